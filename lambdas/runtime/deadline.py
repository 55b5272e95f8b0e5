"""The time that is left to a function, before Lambda ends it, whatever it is doing."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from lambdas.runtime.aws_errors import OutOfTime

CALL_SECONDS = 5.5
"""What a call to AWS takes at most: two tries of a second each to connect and to be answered, a pause of a second, and
one of ours. Only a host of whose addresses several lead nowhere takes longer."""
CALLS_PER_KEPT_OBJECT = 6
"""Calls that there is time for where another kept object is begun: one to find it, to send, and to put what stays."""


class Deadline:
    """When an invocation ends. Without a beginning there is no end: a build has all the time that it needs."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = math.inf

    def begin(self, context: Any) -> None:
        """Begin an invocation: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html."""
        self._end = self._clock() + context.get_remaining_time_in_millis() / 1_000

    def allows(self, calls: int) -> bool:
        """Whether so many calls to AWS, one after the other, are over in time, however slow they are."""
        return self._clock() + calls * CALL_SECONDS <= self._end

    def require(self, calls: int) -> None:
        """OutOfTime where so many calls may be too many."""
        if not self.allows(calls):
            raise OutOfTime
