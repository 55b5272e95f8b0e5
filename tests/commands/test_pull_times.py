"""Times as people write them for `pull`."""

from __future__ import annotations

import click
import pytest

from generator.commands._pull_times import parse_time

NOW = 1_767_225_600.0  # 2026-01-01


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2025-12-31", NOW - 86_400),
        ("2025-12-31T23:00+01:00", NOW - 7_200),
        ("6h", NOW - 21_600),
        ("30d", NOW - 2_592_000),
    ],
)
def test_a_time_is_a_day_a_minute_or_how_long_ago(text: str, seconds: float) -> None:
    assert parse_time(text, NOW) == seconds


@pytest.mark.parametrize("text", ["0206-01-01", "0001-01-01", "0001-01-01T00:00:00+14:00", "99999d", "1970-01-01"])
def test_a_time_long_ago_is_a_slip_of_the_hand(text: str) -> None:
    with pytest.raises(click.UsageError, match=r"before the year 2000|is no time such as"):
        parse_time(text, NOW)


@pytest.mark.parametrize("text", ["2026-01-02", "9999-12-31"])
def test_a_time_in_the_future_has_no_events(text: str) -> None:
    with pytest.raises(click.UsageError, match="is in the future"):
        parse_time(text, NOW)
