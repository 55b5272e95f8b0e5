"""How long vendors ask to wait, in each form in which they say it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.pulling.waits import remaining_requests, requested_wait
from lambdas.runtime.http_types import HttpAnswer

NOW = 1_764_486_000.0  # 2025-11-30T07:00:00Z


def answer(headers: Mapping[str, str], status: int = 429) -> HttpAnswer:
    return HttpAnswer(status, headers, b"")


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "30"}, 30),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Sun, 30 Nov 2025 07:01:30 GMT"}, 90),
        ({"retry-after": "Sunday, 30-Nov-25 07:01:30 GMT"}, 90),
        ({"retry-after": "Sun Nov 30 07:01:30 2025"}, 90),
        ({"retry-after": "Sun, 30 Nov 2025 06:00:00 GMT"}, 0),
        ({"retry-after": "1764486060"}, 60),  # a time, where RFC 9110 has a delay
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "5", "x-ratelimit-reset": "1764486060"}, 5),
        ({"retry-after": "soon", "x-ratelimit-reset": "1764486060"}, 60),
        ({"x-rate-limit-reset": "1764486060"}, 60),  # Okta
        ({"x-ratelimit-reset": "1764486060"}, 60),  # GitHub, Auth0
        ({"x-ratelimit-reset": "1764486060500"}, 60.5),
        ({"x-ratelimit-reset": "17"}, 17),  # OneLogin
        ({"x-ratelimit-reset": "0.25"}, 0.25),  # HCP Terraform
        ({"x-ratelimit-reset": "2025-11-30T07:02Z"}, 120),  # Atlassian
        ({"x-ratelimit-reset": "2025-11-30T08:02:00.5+01:00"}, 120.5),
        ({"x-ratelimit-reset": "2025-11-30T07:02:00"}, 120),
        ({"x-ratelimit-reset": "1764480000"}, 0),
        ({"x-ratelimit-retryafter": "1764486060"}, 60),  # CrowdStrike
        ({"ratelimit-reset": "41"}, 41),  # Zendesk
        ({"ratelimit": '"default";r=0;t=30'}, 30),
        ({"ratelimit": '"burst"; r=0; t=5, "daily; r=0; t=999";r=9;t=60'}, 60),  # a 429 says of none which it is
        ({"ratelimit": "limit=100, remaining=0, reset=50"}, 50),
        ({"ratelimit": "nonsense"}, None),
        ({"ratelimit": '"default";r=0'}, None),
    ],
)
def test_a_refusal_says_when_to_come_back(headers: Mapping[str, str], wait: float | None) -> None:
    assert requested_wait(answer(headers), NOW) == wait


@pytest.mark.parametrize(
    ("headers", "wait", "remaining"),
    [
        ({}, None, None),
        ({"x-ratelimit-remaining": "50", "x-ratelimit-reset": "1764486060"}, None, 50),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1764486060"}, 60, 0),
        ({"x-rate-limit-remaining": "0"}, None, 0),
        ({"ratelimit-remaining": "1", "ratelimit-reset": "5"}, None, 1),
        ({"x-ratelimit-remaining": "x", "ratelimit-remaining": "2.0"}, None, 2),
        ({"ratelimit": '"burst";r=0;t=5, "daily";r=99;t=3600'}, 5, 0),
        ({"ratelimit": '"a,b\\";r=0";r=3;t=5'}, None, 3),
        ({"ratelimit": "limit=100, remaining=7, reset=50"}, None, 7),
        ({"retry-after": "0"}, 0, None),
    ],
)
def test_a_page_asks_to_wait_only_where_the_limit_is_used_up(
    headers: Mapping[str, str], wait: float | None, remaining: int | None
) -> None:
    assert requested_wait(answer(headers, 200), NOW) == wait
    assert remaining_requests(answer(headers, 200)) == remaining


def test_a_refusal_for_another_reason_with_no_requests_left_asks_to_wait() -> None:
    """GitHub answers 403, not 429, where its limit is used up."""
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1764486060"}
    assert requested_wait(answer(headers, 403), NOW) == 60
    assert requested_wait(answer({**headers, "x-ratelimit-remaining": "9"}, 403), NOW) is None


def test_a_header_is_read_once_however_many_quotes_it_has() -> None:
    header = {"ratelimit": 'r=0;t=5, "' + '\\"' * 1_000_000}
    assert requested_wait(answer(header, 200), NOW) == 5


HEADER_NAMES = ("retry-after", "x-ratelimit-reset", "x-ratelimit-remaining", "ratelimit", "ratelimit-reset")


@given(
    st.dictionaries(
        st.sampled_from(HEADER_NAMES), st.text(max_size=30) | st.text('0123456789rt=;,:-TZ" .', max_size=30)
    ),
    st.sampled_from([200, 403, 429, 503]),
)
def test_any_header_gives_a_wait_or_none(headers: Mapping[str, str], status: int) -> None:
    wait = requested_wait(answer(headers, status), NOW)
    assert wait is None or 0 <= wait < float("inf")
    remaining = remaining_requests(answer(headers, status))
    assert remaining is None or remaining >= 0
