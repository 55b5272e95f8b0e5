"""How many requests a run may send, also in view of those of the runs before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lambdas.model_pull import Rate
from lambdas.model_request_types import Duration
from lambdas.pulling.rate import RequestLog, Spent

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
    log = RequestLog(RATE, [(100, 2)], now=100.0)
    assert log.wait(101.0) == 0.0
    log.add(101.0)
    assert log.wait(101.0) == 59.0
    assert log.spent(101.0) == [(101, 3)]
    assert log.spent(160.5) == [(101, 1)]


def test_a_run_that_waits_does_not_put_off_the_end_of_its_wait() -> None:
    spent = RequestLog(RATE, [(100, 3)], now=120.0).spent(120.0)
    assert spent == [(100, 3)]
    assert RequestLog(RATE, spent, now=140.0).wait(140.0) == 20.0


def test_requests_of_several_runs_end_to_count_one_after_the_other() -> None:
    rate = Rate(requests=100, per=Duration(600))
    log = RequestLog(rate, [(1_000, 60), (1_300, 39)], now=1_500.0)
    log.add(1_500.5)
    assert log.spent(1_500.5) == [(1_000, 60), (1_300, 39), (1_501, 1)]
    assert log.spent(1_600.0) == [(1_300, 39), (1_501, 1)]


def test_a_clock_that_was_set_back_makes_nobody_wait_longer_than_the_rate_says() -> None:
    log = RequestLog(RATE, [(10_000, 3)], now=100.0)
    assert log.wait(100.0) == 60.0
    assert log.spent(100.0) == [(100, 3)]


@given(st.integers(1, 5), st.lists(st.lists(st.floats(0, 30), min_size=1, max_size=12), min_size=1, max_size=5))
def test_never_more_than_the_vendor_allows_within_any_such_time(requests: int, runs: list[list[float]]) -> None:
    rate, now, sent = Rate(requests=requests, per=Duration(60)), 0.0, []
    spent: Spent = ()
    for pauses in runs:
        log = RequestLog(rate, spent, now)
        for pause in pauses:
            now += pause
            now += log.wait(now)
            log.add(now)
            sent.append(now)
        spent = log.spent(now)
    for first in sent:
        # The last bit of a sum of floats is nobody's rate.
        assert sum(first <= time < first + 60 - 1e-6 for time in sent) <= requests
