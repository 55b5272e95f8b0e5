"""How many calls to AWS fit into the time that is left before Lambda ends the function."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from lambdas.runtime.aws_errors import OutOfTime

CALL_SECONDS = 5.5
"""The longest that a call to AWS takes: two tries of a second to connect and a second to be answered, a pause of a
second, and half a second in reserve. Only a host several of whose addresses lead nowhere takes longer."""
CALLS_PER_KEPT_OBJECT = 6
"""Calls for which there must be time before the next kept object: to find it, to send, and to store what remains."""


class Deadline:
    """When an invocation ends. Until `begin` is called there is no end: a build has all the time that it needs."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = math.inf

    def begin(self, context: Any) -> None:
        """Set the end of this invocation from its context: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html."""
        self._end = self._clock() + context.get_remaining_time_in_millis() / 1_000

    def allows(self, calls: int) -> bool:
        """Return whether this many calls to AWS, one after the other, end in time, however slow they are."""
        return self.allows_seconds(calls * CALL_SECONDS)

    def allows_seconds(self, seconds: float) -> bool:
        """Return whether so many seconds are left."""
        return self._clock() + seconds <= self._end

    def require(self, calls: int) -> None:
        """Raise OutOfTime unless this many calls end in time."""
        if not self.allows(calls):
            raise OutOfTime
