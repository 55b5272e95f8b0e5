"""A cache, by URL, of what vendors publish for verifying them: public keys, and where the keys are."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from lambdas.runtime.http_types import FetchRefused
from lambdas.runtime.secrets import SecretsUnavailable

TTL = 3_600.0
"""Seconds for which a parsed answer is served from memory."""
REREAD = 60.0
"""Seconds, at least, between two reads because of an unknown key, and between two tries to refresh a known answer
after one has failed."""
RETRY = 10.0
"""Seconds before a publisher that has never answered is asked again. SNS sends a message again after 20 seconds, and
gives up after the third time, https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html"""

T = TypeVar("T")
Failure = SecretsUnavailable | FetchRefused


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    value: T | Failure
    """The last answer, or why there never was one."""
    read_at: float
    failed: bool = False
    """Whether the last read failed."""

    def lasts(self, max_age: float) -> float:
        """Return the seconds for which the publisher is not asked again."""
        if not self.failed:
            return max_age
        return RETRY if isinstance(self.value, Failure) else REREAD


class FetchCache(Generic[T]):
    """Fetches URLs, and caches the parsed answers. While a refresh fails, the known answer goes on serving."""

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
        """Return the parsed answer, at most `max_age` seconds old.

        FetchRefused or SecretsUnavailable where there is none.
        """
        entry = self._entries.get(url)
        if entry is None or self._clock() - entry.read_at >= entry.lasts(max_age):
            entry = self._read(url, entry)
        if isinstance(entry.value, Failure):
            raise entry.value.with_traceback(None)
        return entry.value

    def _read(self, url: str, previous: _Entry[T] | None) -> _Entry[T]:
        value: T | Failure
        try:
            value, failed = self.parse(self._fetch(url)), False
        except (SecretsUnavailable, FetchRefused) as error:
            value, failed = error, True
        except (ValueError, RecursionError) as error:
            value, failed = FetchRefused(str(error)), True
        if failed and previous and not isinstance(previous.value, Failure):
            value = previous.value
        self._forget_failures()
        self._entries[url] = _Entry(value, self._clock(), failed)
        return self._entries[url]

    def _forget_failures(self) -> None:
        """Drop old failures: a sender may name any number of URLs that fail. Answers are never dropped."""
        for url, entry in list(self._entries.items()):
            if isinstance(entry.value, Failure) and self._clock() - entry.read_at >= RETRY:
                del self._entries[url]
