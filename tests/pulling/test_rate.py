"""How many requests a run may send, also in view of those of the runs before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lambdas.model_pull import Rate
from lambdas.model_request_types import Duration
from lambdas.pulling.rate import RequestLog

RATE = Rate(requests=3, per=Duration(60))


def test_a_request_waits_until_there_is_room_for_it() -> None:
    log = RequestLog(RATE)
    for now in (0.0, 1.0, 2.0):
        assert log.wait(now) == 0.0
        log.add(now)
    assert log.wait(5.0) == 55.0
    assert log.wait(60.0) == 0.0
    assert log.total == 3


def test_requests_of_the_run_before_count() -> None:
    log = RequestLog(RATE, spent=2, until=100.0)
    assert log.wait(101.0) == 0.0
    log.add(101.0)
    assert log.wait(101.0) == 59.0
    assert log.spent(101.0) == 3
    assert log.spent(160.5) == 1


def test_a_clock_that_was_set_back_makes_nobody_wait_longer_than_the_rate_says() -> None:
    log = RequestLog(RATE, spent=3, until=10_000.0)
    assert log.wait(100.0) == 60.0


@given(st.integers(1, 5), st.lists(st.lists(st.floats(0, 30), min_size=1, max_size=12), min_size=1, max_size=5))
def test_never_more_than_the_vendor_allows_within_any_such_time(requests: int, runs: list[list[float]]) -> None:
    rate, now, sent = Rate(requests=requests, per=Duration(60)), 0.0, []
    spent, until = 0, 0.0
    for pauses in runs:
        log = RequestLog(rate, spent, until)
        for pause in pauses:
            now += pause
            now += log.wait(now)
            log.add(now)
            sent.append(now)
        spent, until = log.spent(now), now
    for first in sent:
        # The last bit of a sum of floats is nobody's rate.
        assert sum(first <= time < first + 60 - 1e-6 for time in sent) <= requests
