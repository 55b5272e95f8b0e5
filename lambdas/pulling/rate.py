"""How many requests may be sent now: never more than the vendor allows within any such time, over all runs."""

from __future__ import annotations

from collections import deque

from lambdas.model_pull import Rate


class RequestLog:
    """The times of the requests that count: those of this run, and what the last runs spent."""

    def __init__(self, rate: Rate, spent: int = 0, until: float = 0.0) -> None:
        """`spent` requests were sent by earlier runs, all of them not after `until`."""
        self._rate = rate
        self._times: deque[float] = deque([until] * min(spent, rate.requests), maxlen=rate.requests)
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

    def spent(self, now: float) -> int:
        """Return how many requests the next run has to count as sent just now."""
        return sum(time + self._rate.per > now for time in self._times)
