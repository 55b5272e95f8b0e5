"""Send requests within the rate of a source, each only while there is time for its answer and what comes after."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lambdas.pulling.answers import Answer
from lambdas.pulling.outcomes import RunEnds
from lambdas.pulling.rate import RequestLog
from lambdas.pulling.waits import remaining_requests
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.http_types import HttpAnswer, HttpRequest

REQUEST_SECONDS = 30.0
"""The longest that a request may take, until the last byte of its answer; or of a part of it, where it has parts."""
DELIVERY_SECONDS = 60.0
"""Time for what comes after a page: its messages, claims and position, however slow AWS is."""
MAX_WAIT = 6 * 3_600.0
"""Seconds of a wait that are believed: a header in the wrong unit must not end the asking."""
AnyAnswer = TypeVar("AnyAnswer", HttpAnswer, Answer)


class RatedSender:
    """Sends all requests of a run: those to the API, and those to its token endpoint."""

    def __init__(
        self,
        requests: RequestLog,
        deadline: Deadline,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._requests = requests
        self._deadline = deadline
        self._clock = clock
        self._sleep = sleep
        self.remaining: int | None = None
        """Requests that the vendor said are left, at its last answer."""

    def send(self, request: HttpRequest, send: Callable[[HttpRequest, float], AnyAnswer]) -> AnyAnswer:
        """Send a request once there is room for it in the rate; RunEnds where there is no time for it."""
        self.wait_for_room()
        self.require_time()
        self._requests.add(self._clock())
        answer = send(request, REQUEST_SECONDS)
        self.remaining = remaining_requests(answer)
        return answer

    def wait_for_room(self) -> bool:
        """Wait until a request is within the rate; return whether that took time."""
        seconds = self._requests.wait(self._clock())
        if seconds:
            self.wait(seconds, "the vendor's rate is used up")
        return bool(seconds)

    def require_time(self) -> None:
        """Raise RunEnds unless a request, and what comes after it, still have their time."""
        if not self._deadline.allows_seconds(REQUEST_SECONDS + DELIVERY_SECONDS):
            raise RunEnds("its time is over")

    def wait(self, seconds: float, why: str) -> None:
        """Wait, if what comes after still has its time; else RunEnds, and no run begins before then."""
        seconds = min(seconds, MAX_WAIT)
        if not self._deadline.allows_seconds(seconds + REQUEST_SECONDS + DELIVERY_SECONDS):
            raise RunEnds(why, not_before=self._clock() + seconds)
        self._sleep(seconds)
