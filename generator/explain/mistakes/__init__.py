"""The common mistakes by which a request does not verify: each is undone, and the request verified once more.

What then verifies is the explanation: by chance it does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import combinations
from typing import Any, NamedTuple

from lambdas.auth_type import Unauthenticated
from lambdas.model import Auth
from lambdas.reading.body import Rejected
from lambdas.reading.request import Request
from lambdas.runtime.secrets import SecretsUnavailable
from lambdas.signatures.signature_settings import SignatureSettings

MAX_BODY = 65_536
"""Bytes of a body up to which two mistakes at once are looked for: some ten thousand pairs, each a hash of it."""
FOREVER = 10**12
"""Seconds of a window in which every time is."""
_REFUSED = (Unauthenticated, Rejected, SecretsUnavailable, ValueError, LookupError, TypeError)


class VerificationAttempt(NamedTuple):
    """A request, and what it is verified with."""

    auth: Auth
    request: Request
    secrets: tuple[str, ...]
    now: float

    @property
    def type_name(self) -> str:
        return type_name(self.auth)

    @property
    def settings(self) -> Any:
        return self.auth.settings

    @property
    def secret_texts(self) -> tuple[str, ...]:
        """The secrets as they are, and without white space around them."""
        return (*self.secrets, *map(str.strip, self.secrets))

    @property
    def verifies(self) -> bool:
        try:
            self.auth.type.verify(self.settings, self.request, lambda _name: self.secrets, self.now)
        except _REFUSED:
            return False
        return True

    def with_settings(self, **changed: Any) -> VerificationAttempt:
        """The attempt with other settings."""
        return self._replace(auth=replace(self.auth, settings=replace(self.settings, **changed)))

    def with_request(self, **changed: Any) -> VerificationAttempt:
        """The attempt with another request."""
        return self._replace(request=replace(self.request, **changed))

    @property
    def ignoring_time(self) -> VerificationAttempt:
        """The attempt at any time, and with any version of the scheme: the signature alone counts."""
        if not isinstance(self.settings, SignatureSettings):
            return self
        stamp = self.settings.timestamp
        wide = replace(stamp, tolerance=FOREVER, future=FOREVER) if stamp else None
        return self.with_settings(timestamp=wide, require=None)


Correction = Callable[[VerificationAttempt], VerificationAttempt]


class Mistake(NamedTuple):
    """What was done otherwise, what to do about it, and the attempt without it; `axis` is what that changes."""

    axis: str
    diagnosis: str
    advice: str
    correct: Correction


def type_name(auth: Auth) -> str:
    """The type's name in a definition."""
    return auth.type.__name__.rpartition(".")[2]  # type: ignore[attr-defined,no-any-return]  # a module


def with_settings(**changed: Any) -> Correction:
    """With other settings."""
    return lambda attempt: attempt.with_settings(**changed)


def with_signature(**changed: Any) -> Correction:
    """With the signature in another place, or another form."""
    return lambda attempt: attempt.with_settings(signature=replace(attempt.settings.signature, **changed))


def with_request(**changed: Any) -> Correction:
    """With another request."""
    return lambda attempt: attempt.with_request(**changed)


def with_secrets(secrets: tuple[str, ...]) -> Correction:
    """With other secrets."""
    return lambda attempt: attempt._replace(secrets=secrets)


def find_explanation(attempt: VerificationAttempt, mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """The mistake that explains why it does not verify, or two of different axes; none where nothing does."""
    tried: list[Mistake] = []
    in_pairs = len(attempt.request.body) <= MAX_BODY
    for one in mistakes:
        if one.correct(attempt).verifies:
            return (one,)
        if in_pairs:
            tried.append(one)
    for first, second in combinations(tried, 2):
        if first.axis != second.axis and second.correct(first.correct(attempt)).verifies:
            return first, second
    return ()
