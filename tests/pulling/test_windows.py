"""Which times are asked for: nothing is left out between two requests, and no position is in the future."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.model_pull import Window
from lambdas.model_request_types import Duration
from lambdas.pulling.windows import (
    TimePosition,
    after_page,
    after_sweep,
    first_position,
    is_at_goal,
    is_shortest,
    next_slice,
    not_ahead,
    position_fields,
    restarted,
    retained,
    unit,
    write_time,
)

NOW = 1_767_225_600
WINDOW = Window(first=Duration(7_200), lag=Duration(60), overlap=Duration(300), longest=Duration(3_600), format="unix")


def sweep(position: TimePosition, window: Window, now: float) -> tuple[list[tuple[int, int]], TimePosition]:
    """Return the slices that are asked for until the goal, a page each, and the position of the next sweep."""
    slices = []
    while (time_slice := next_slice(position, window, now)) is not None:
        assert time_slice.end is not None
        slices.append((time_slice.start, time_slice.end))
        position = after_page(time_slice, None, window, {})
        if is_at_goal(position):
            return slices, after_sweep(position, window)
    return slices, position


def test_a_first_sweep_begins_as_far_back_as_the_definition_says_and_ends_before_the_lag() -> None:
    slices, position = sweep(first_position(WINDOW, NOW), WINDOW, NOW)
    assert slices == [(NOW - 7_200, NOW - 3_600), (NOW - 3_601, NOW - 60)]
    assert position == TimePosition(NOW - 60 - 300)


def test_the_next_sweep_goes_back_by_the_overlap() -> None:
    _, position = sweep(first_position(WINDOW, NOW), WINDOW, NOW)
    assert sweep(position, WINDOW, NOW + 600)[0] == [(NOW - 360, NOW + 540)]


@pytest.mark.parametrize("now", [NOW - 86_400, NOW, NOW + 60])
def test_nothing_is_asked_for_before_the_lag_is_over_or_when_the_clock_went_back(now: float) -> None:
    position = TimePosition(NOW)
    assert next_slice(position, WINDOW, now) is None


def test_the_goal_of_a_sweep_stays_though_time_goes_on() -> None:
    time_slice = next_slice(TimePosition(NOW - 3_000), WINDOW, NOW)
    assert time_slice is not None
    later = next_slice(after_page(time_slice, "2", WINDOW, {"a": 1}), WINDOW, NOW + 5_000)
    assert later == TimePosition(NOW - 3_000, NOW - 60, NOW - 60, page="2", counts={"a": 1})


def test_a_slice_whose_token_is_refused_is_read_anew_at_half_its_length_which_grows_again() -> None:
    time_slice = next_slice(TimePosition(NOW - 7_200, goal=NOW), WINDOW, NOW + 60)
    assert time_slice is not None
    again = restarted(replace(time_slice, page="9"), WINDOW)
    assert again == TimePosition(NOW - 7_200, NOW, length=1_800)
    assert again is not None
    time_slice = next_slice(again, WINDOW, NOW + 60)
    assert time_slice is not None
    assert time_slice.end == NOW - 5_400
    assert after_page(time_slice, None, WINDOW, {}).length == 2_250
    assert after_page(replace(time_slice, length=3_000), None, WINDOW, {}).length is None


@pytest.mark.parametrize(("time_format", "step"), [("unix", 1), ("date", 86_400)])
def test_a_slice_of_a_single_unit_cannot_be_halved(time_format: str, step: int) -> None:
    window = replace(WINDOW, format=time_format)
    time_slice = TimePosition(NOW, NOW + 9 * step, NOW + step, "9")
    assert is_shortest(time_slice, window)
    assert not is_shortest(replace(time_slice, end=NOW + 2 * step), window)
    assert restarted(time_slice, window) == TimePosition(NOW, NOW + 9 * step, length=step)


@pytest.mark.parametrize(("length", "longer"), [(1, 2), (2, 3), (3, 4), (4, 5), (40, 50)])
def test_a_slice_of_a_single_second_grows_too(length: int, longer: int) -> None:
    time_slice = TimePosition(NOW - 7_200, NOW, NOW - 7_200 + length, "9", length=length)
    assert after_page(time_slice, None, WINDOW, {}).length == longer


def test_slices_of_days_grow_by_days() -> None:
    days = replace(WINDOW, format="date", longest=Duration(30 * 86_400))
    lengths, position = [], TimePosition(NOW, NOW + 90 * 86_400, length=86_400)
    for _ in range(8):
        position = after_page(replace(position, end=position.start + (position.length or 0)), None, days, {})
        lengths.append((position.length or 0) / 86_400)
    assert lengths == [2, 3, 4, 5, 6, 7, 8, 10]


def test_what_the_vendor_keeps_no_more_is_not_asked_for() -> None:
    window, oldest = replace(WINDOW, retention=Duration(86_400)), NOW - 86_400 + 600
    assert retained(TimePosition(NOW - 90_000), window, NOW) == TimePosition(oldest)
    assert retained(TimePosition(NOW - 90_000, goal=NOW), window, NOW) == TimePosition(oldest, NOW)
    assert retained(TimePosition(NOW - 80_000), window, NOW) == TimePosition(NOW - 80_000)
    gone = TimePosition(NOW - 95_000, NOW - 90_000, NOW - 90_000, page="2")
    assert retained(gone, window, NOW) == TimePosition(oldest, oldest)


def test_a_slice_that_is_read_in_part_is_read_on_though_its_beginning_is_gone() -> None:
    window = replace(WINDOW, retention=Duration(86_400))
    part = TimePosition(NOW - 90_000, NOW, NOW - 80_000, page="2")
    assert retained(part, window, NOW) == part


def test_a_first_position_is_within_what_the_vendor_keeps() -> None:
    window = replace(WINDOW, first=Duration(86_400), retention=Duration(86_400))
    position = first_position(window, NOW)
    assert position == retained(position, window, NOW) == TimePosition(NOW - 86_400 + 600)


@pytest.mark.parametrize(
    "window",
    [replace(WINDOW, first=Duration(60), lag=Duration(7_200)), replace(WINDOW, first=Duration(60), format="date")],
)
def test_a_first_time_that_is_shorter_than_the_lag_or_a_day_is_one_that_can_be_asked_for(window: Window) -> None:
    assert next_slice(first_position(window, NOW + 43_200), window, NOW + 43_200) is not None


def test_a_clock_that_was_ahead_leaves_no_position_in_the_future() -> None:
    assert not_ahead(TimePosition(NOW + 1_000), WINDOW, NOW) == TimePosition(NOW - 360)
    assert not_ahead(TimePosition(NOW - 400), WINDOW, NOW) == TimePosition(NOW - 400)
    time_slice = next_slice(TimePosition(NOW - 600, NOW + 5_000), WINDOW, NOW)
    assert time_slice == TimePosition(NOW - 600, NOW - 60, NOW - 60)


@pytest.mark.parametrize(
    ("time_format", "written", "seconds"),
    [
        ("rfc3339", "2026-01-01T00:00:00Z", 1),
        ("unix", "1767225600", 1),
        ("unix_ms", "1767225600000", 1),
        ("date", "2026-01-01", 86_400),
        ("%Y-%m-%dT%H:%M:%S.000Z", "2026-01-01T00:00:00.000Z", 1),
        ("%Y-%m-%dT%H:%MZ", "2026-01-01T00:00Z", 60),
        ("%Y-%m-%dT%HZ", "2026-01-01T00Z", 3_600),
    ],
)
def test_times_are_written_as_the_vendor_reads_them(time_format: str, written: str, seconds: int) -> None:
    assert (write_time(NOW, time_format), unit(time_format)) == (written, seconds)


@given(
    st.builds(
        Window,
        first=st.integers(60, 10**6),
        lag=st.integers(0, 10**4),
        overlap=st.just(86_400),
        longest=st.integers(86_401, 10**6),
        format=st.sampled_from(["rfc3339", "unix_ms", "date", "%Y-%m-%dT%H:%MZ"]),
    ),
    st.lists(st.integers(-1_000, 200_000), min_size=1, max_size=20),
)
def test_slices_leave_nothing_out_and_never_end_in_the_future(window: Window, steps: list[int]) -> None:
    now = NOW
    position = first_position(window, now)
    read_to = position.start
    for step in steps:
        now += step
        slices, position = sweep(position, window, now)
        for start, end in slices:
            assert start <= read_to, "a gap"
            assert start < end <= now - window.lag
            read_to = max(read_to, end)
        assert position.start <= read_to
        assert TimePosition(**position_fields(position)) == position
