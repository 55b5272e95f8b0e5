"""Times as vendors write them: what one format writes, it reads, and no other format's."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.runtime.times import TimeFormat, format_time, unix_seconds

# Milliseconds have at most fourteen digits.
SECONDS = st.integers(min_value=0, max_value=99_999_999_999)
FORMATS: tuple[TimeFormat, ...] = get_args(TimeFormat)


@given(SECONDS, st.sampled_from(FORMATS))
def test_a_time_is_read_as_it_is_written(at: int, time_format: TimeFormat) -> None:
    assert unix_seconds(format_time(at, time_format), time_format) == at


@given(SECONDS)
def test_a_date_of_http_is_that_of_pythons_mail(at: int) -> None:
    written = format_time(at, "http_date")
    assert written == format_datetime(datetime.fromtimestamp(at, UTC), usegmt=True)
    assert parsedate_to_datetime(written).timestamp() == at


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 09 Dec 2016 15:35:36 GMT",
        "Fri 09 Dec 2016 15:35:36 UTC",
        "Fri, 9 Dec 2016 15:35:36 +0000",
        "09 Dec 2016 15:35:36 GMT",
    ],
)
def test_a_date_of_http_may_lack_its_comma_or_its_day(text: str) -> None:
    assert unix_seconds(text, "http_date") == 1_481_297_736


@pytest.mark.parametrize(
    "value",
    [
        *("", "Fri, 09 Dec 2016 15:35:36", "Fri, 09 Dec 2016 15:35:36 CET", "Fri, 31 Feb 2016 15:35:36 GMT"),
        *("Fri, 09 Dec 16 15:35:36 GMT", "fri, 09 dec 2016 15:35:36 gmt", "Fri, 09 Dec 2016 25:35:36 GMT"),
        *("Thu, 01 Jan 1969 00:00:00 GMT", "1481297736", 1_481_297_736, None, True, ["Fri"]),
    ],
)
def test_what_is_no_date_of_http_is_no_time(value: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unix_seconds(value, "http_date")
