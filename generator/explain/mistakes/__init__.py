"""The search for a common mistake: correct each candidate in turn, and verify the request again.

A request that then verifies proves the mistake, since it does not verify by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import combinations
from typing import Any, NamedTuple

from generator.definition.auth_types import auth_type_name
from lambdas.auth_type import Unauthenticated
from lambdas.model import Auth
from lambdas.reading.body import Rejected
from lambdas.reading.request import Request
from lambdas.runtime.secrets import SecretsUnavailable
from lambdas.signatures.signature_settings import SignatureSettings

MAX_BODY = 65_536
"""Bytes of a body up to which pairs of mistakes are tried: some ten thousand pairs, each with a hash of the body."""
FOREVER = 10**12
"""Seconds of a replay window that contains every time."""
_REFUSED = (Unauthenticated, Rejected, SecretsUnavailable, ValueError, LookupError, TypeError)


class VerificationAttempt(NamedTuple):
    """A request, and the auth type, secrets and time with which it is verified."""

    auth: Auth
    request: Request
    secrets: tuple[str, ...]
    now: float

    @property
    def type_name(self) -> str:
        return auth_type_name(self.auth)

    @property
    def settings(self) -> Any:
        return self.auth.settings

    @property
    def secret_texts(self) -> tuple[str, ...]:
        """The secrets as stored and stripped."""
        return (*self.secrets, *map(str.strip, self.secrets))

    @property
    def verifies(self) -> bool:
        try:
            self.auth.type.verify(self.settings, self.request, lambda _name: self.secrets, self.now)
        except _REFUSED:
            return False
        return True

    def with_settings(self, **changed: Any) -> VerificationAttempt:
        """Return the attempt with other settings."""
        return self._replace(auth=replace(self.auth, settings=replace(self.settings, **changed)))

    def with_request(self, **changed: Any) -> VerificationAttempt:
        """Return the attempt with another request."""
        return self._replace(request=replace(self.request, **changed))

    @property
    def ignoring_time(self) -> VerificationAttempt:
        """The attempt with no replay window and no required headers: only the signature counts."""
        if not isinstance(self.settings, SignatureSettings):
            return self
        stamp = self.settings.timestamp
        wide = replace(stamp, tolerance=FOREVER, future=FOREVER) if stamp else None
        return self.with_settings(timestamp=wide, require=None)


Correction = Callable[[VerificationAttempt], VerificationAttempt]


class Mistake(NamedTuple):
    """A diagnosis, advice, and the function that corrects an attempt; `axis` names what the correction changes.

    A rare mistake is tried alone, and not together with each other one: `in_pairs` is false.
    """

    axis: str
    diagnosis: str
    advice: str
    correct: Correction
    in_pairs: bool = True


def with_settings(**changed: Any) -> Correction:
    """Return a correction to other settings."""
    return lambda attempt: attempt.with_settings(**changed)


def with_signature(**changed: Any) -> Correction:
    """Return a correction to other settings of the signature."""
    return lambda attempt: attempt.with_settings(signature=replace(attempt.settings.signature, **changed))


def with_request(**changed: Any) -> Correction:
    """Return a correction to another request."""
    return lambda attempt: attempt.with_request(**changed)


def with_secrets(secrets: tuple[str, ...]) -> Correction:
    """Return a correction to other secrets."""
    return lambda attempt: attempt._replace(secrets=secrets)


def find_explanation(attempt: VerificationAttempt, mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """Return the mistake that explains the failure, or two of different axes; empty where none do."""
    tried: list[Mistake] = []
    in_pairs = len(attempt.request.body) <= MAX_BODY
    for mistake in mistakes:
        if mistake.correct(attempt).verifies:
            return (mistake,)
        if in_pairs and mistake.in_pairs:
            tried.append(mistake)
    for first, second in combinations(tried, 2):
        if first.axis != second.axis and second.correct(first.correct(attempt)).verifies:
            return first, second
    return ()
