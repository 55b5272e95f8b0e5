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
from lambdas.signatures.signature_settings import Signed

MAX_BODY = 65_536
"""Bytes of a body up to which two mistakes at once are looked for: some ten thousand pairs, each a hash of it."""
FOREVER = 10**12
"""Seconds of a window in which every time is."""
_REFUSED = (Unauthenticated, Rejected, SecretsUnavailable, ValueError, LookupError, TypeError)


class Attempt(NamedTuple):
    """A request, and what it is verified with."""

    auth: Auth
    request: Request
    secrets: tuple[str, ...]
    now: float

    @property
    def kind(self) -> str:
        return kind(self.auth)

    @property
    def settings(self) -> Any:
        return self.auth.settings

    @property
    def texts(self) -> tuple[str, ...]:
        """The secrets as they are, and without white space around them."""
        return (*self.secrets, *map(str.strip, self.secrets))

    @property
    def verifies(self) -> bool:
        try:
            self.auth.type.verify(self.settings, self.request, lambda _name: self.secrets, self.now)
        except _REFUSED:
            return False
        return True

    def having(self, **changed: Any) -> Attempt:
        """The attempt with other settings."""
        return self._replace(auth=replace(self.auth, settings=replace(self.settings, **changed)))

    def sent(self, **changed: Any) -> Attempt:
        """The attempt with another request."""
        return self._replace(request=replace(self.request, **changed))

    @property
    def relaxed(self) -> Attempt:
        """The attempt at any time, and with any version of the scheme: the signature alone counts."""
        if not isinstance(self.settings, Signed):
            return self
        stamp = self.settings.timestamp
        wide = replace(stamp, tolerance=FOREVER, future=FOREVER) if stamp else None
        return self.having(timestamp=wide, require=None)


Undone = Callable[[Attempt], Attempt]


class Mistake(NamedTuple):
    """What was done otherwise, what to do about it, and the attempt without it; `axis` is what that changes."""

    axis: str
    said: str
    todo: str
    undone: Undone


def kind(auth: Auth) -> str:
    """The type's name in a definition."""
    return auth.type.__name__.rpartition(".")[2]  # type: ignore[attr-defined,no-any-return]  # a module


def having(**changed: Any) -> Undone:
    """With other settings."""
    return lambda attempt: attempt.having(**changed)


def carrying(**changed: Any) -> Undone:
    """With the signature in another place, or another form."""
    return lambda attempt: attempt.having(signature=replace(attempt.settings.signature, **changed))


def sent(**changed: Any) -> Undone:
    """With another request."""
    return lambda attempt: attempt.sent(**changed)


def stored(secrets: tuple[str, ...]) -> Undone:
    """With other secrets."""
    return lambda attempt: attempt._replace(secrets=secrets)


def explaining(attempt: Attempt, mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """The mistake that explains why it does not verify, or two of different axes; none where nothing does."""
    tried: list[Mistake] = []
    in_pairs = len(attempt.request.body) <= MAX_BODY
    for one in mistakes:
        if one.undone(attempt).verifies:
            return (one,)
        if in_pairs:
            tried.append(one)
    for first, second in combinations(tried, 2):
        if first.axis != second.axis and second.undone(first.undone(attempt)).verifies:
            return first, second
    return ()
