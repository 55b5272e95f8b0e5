"""How many requests may be sent now: never more than the vendor allows within any such time, over all runs."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import TypeAlias

from lambdas.model_pull import Rate

Spent: TypeAlias = Sequence[tuple[int, int]]
"""Requests of earlier runs: each item says until when how many of them were sent, since the item before."""
_PARTS = 10
"""Parts of the time of a rate that are told apart from one run to the next."""


class RequestLog:
    """The times of the requests that count: those of this run, and what the last runs spent."""

    def __init__(self, rate: Rate, spent: Spent = (), now: float = math.inf) -> None:
        """`spent` is what the last run returned, `now` when this run begins: what is later is from a clock ahead."""
        self._rate = rate
        times = [float(min(until, now)) for until, count in spent for _ in range(min(count, rate.requests))]
        self._times: deque[float] = deque(times, maxlen=rate.requests)
        self.total = 0
        """Requests of this run."""

    def wait(self, now: float) -> float:
        """Return for how many seconds the next request has to wait."""
        if len(self._times) < self._rate.requests:
            return 0.0
        # A clock that was set back must not make a run wait for hours.
        oldest = min(self._times[0], now)
        return max(0.0, oldest + self._rate.per - now)

    def add(self, now: float) -> None:
        """Count a request that is sent now."""
        self._times.append(now)
        self.total += 1

    def spent(self, now: float) -> Spent:
        """Return the requests that the next run has to count, each as sent at the end of its part of the time.

        Were all counted as sent now, a run that waits would put off the end of its own wait, again and again.
        """
        parts: dict[int, tuple[int, int]] = {}
        for at in sorted(math.ceil(time) for time in self._times if time + self._rate.per > now):
            part = at * _PARTS // self._rate.per
            parts[part] = (at, parts.get(part, (0, 0))[1] + 1)
        return list(parts.values())
