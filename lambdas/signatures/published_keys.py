"""What vendors publish for verifying them: public keys, and where these are. In memory, by URL."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from lambdas.runtime.https_url import FetchRefused
from lambdas.runtime.secrets import SecretsUnavailable

TTL = 3_600.0
"""Seconds that what was read is taken from memory."""
REREAD = 60.0
"""Seconds, at least, between two reads that unknown keys ask for, and between two tries while what is known can't be
read anew."""
RETRY = 10.0
"""Seconds before a publisher of whom nothing is known is asked again. SNS sends a message again after 20 seconds, and
gives up after the third time, https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html"""

T = TypeVar("T")
Failure = SecretsUnavailable | FetchRefused


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    value: T | Failure
    """What was read last, or why nothing ever was."""
    asked: float
    failed: bool = False
    """Whether it could not be read the last time."""

    def lasts(self, max_age: float) -> float:
        """Seconds for which the publisher is not asked again."""
        if not self.failed:
            return max_age
        return RETRY if isinstance(self.value, Failure) else REREAD


class FetchCache(Generic[T]):
    """What `fetch` finds at URLs, parsed. While it can't be read anew, what is known goes on serving."""

    def __init__(
        self,
        parse: Callable[[bytes], T],
        fetch: Callable[[str], bytes],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.parse = parse
        self._fetch = fetch
        self._clock = clock
        self._entries: dict[str, _Entry[T]] = {}

    def get(self, url: str, max_age: float = TTL) -> T:
        """What is at the URL, at most so many seconds old; Refused or SecretsUnavailable where nothing is known."""
        entry = self._entries.get(url)
        if entry is None or self._clock() - entry.asked >= entry.lasts(max_age):
            entry = self._read(url, entry)
        if isinstance(entry.value, Failure):
            raise entry.value.with_traceback(None)
        return entry.value

    def _read(self, url: str, before: _Entry[T] | None) -> _Entry[T]:
        value: T | Failure
        try:
            value, failed = self.parse(self._fetch(url)), False
        except (SecretsUnavailable, FetchRefused) as error:
            value, failed = error, True
        except (ValueError, RecursionError) as error:
            value, failed = FetchRefused(str(error)), True
        if failed and before and not isinstance(before.value, Failure):
            value = before.value
        self._forget_failures()
        self._entries[url] = _Entry(value, self._clock(), failed)
        return self._entries[url]

    def _forget_failures(self) -> None:
        """A sender may name any number of URLs with nothing there. What was read is never pushed out by them."""
        for url, entry in list(self._entries.items()):
            if isinstance(entry.value, Failure) and self._clock() - entry.asked >= RETRY:
                del self._entries[url]
