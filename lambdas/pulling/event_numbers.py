"""Number the events of a slice that have no id: of a vendor without ids, equal events are several events."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping

from lambdas.pulling.outcomes import StreamFailed

MAX_COUNTED = 2_000_000
"""Different events that are told apart in a slice: each takes some 90 bytes of memory."""
MAX_REMEMBERED = 1_000
"""Counts of the last events, which are stored with a position: an item has 400 KB at the most."""


class EventNumbers:
    """How often each event was met in a slice, by 60 bits of its hash."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._last: deque[int] = deque(maxlen=MAX_REMEMBERED)

    def begin(self, counts: Mapping[str, int]) -> None:
        """Begin a slice, or go on with one, by what `counts` returned for its page before."""
        self._counts = Counter({int(digest, 16): count for digest, count in counts.items()})
        self._last.clear()

    def counts(self) -> dict[str, int]:
        """Return how often the last events since the last call were met in the slice."""
        counts = {f"{digest:x}": self._counts[digest] for digest in sorted(set(self._last))}
        self._last.clear()
        return counts

    def number(self, tag: str) -> int:
        """Count an event by its tag, which ends with a hash, and return how many such the slice had up to now."""
        digest = int(tag[-15:], 16)
        self._counts[digest] += 1
        self._last.append(digest)
        if len(self._counts) > MAX_COUNTED:
            raise StreamFailed(f"more than {MAX_COUNTED:,} events without an id at once: ask for shorter times")
        return self._counts[digest]
