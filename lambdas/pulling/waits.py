"""How long a vendor asks to wait, and how many requests it still allows, from the headers of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lambdas.runtime.http_stream import HttpStream
from lambdas.runtime.http_types import HttpAnswer

_RESETS = ("x-ratelimit-reset", "x-rate-limit-reset", "x-ratelimit-retryafter", "ratelimit-reset")
_REMAINING = ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining")
_NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?")
_EPOCH = 100_000_000
"""Seconds: a larger number is no delay, of three years and more, but a time since 1970."""
_EPOCH_MS = 100_000_000_000
# https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/: `"default";r=0;t=30`, of several limits with
# commas between them; draft 07 and before, of a single limit: `limit=10, remaining=0, reset=30`
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?')  # the last quote may lack its end, which must not be sought again and again
_MEMBER = re.compile(r"\b(r|t|remaining|reset)\s*=\s*([0-9]{1,18})")


def requested_wait(answer: HttpAnswer | HttpStream, now: float) -> float | None:
    """Return for how many seconds the vendor asks to wait before the next request; None if it asks for none.

    `Retry-After` counts always. When a limit is renewed counts only where it is used up, or the answer is a 429:
    vendors say it with every answer.
    """
    retry_after = answer.headers.get("retry-after")
    if retry_after is not None and (wait := _seconds_until(retry_after, now)) is not None:
        return wait
    waits = [reset for remaining, reset in _policies(answer) if remaining == 0 or answer.status == 429]
    if answer.status == 429 or _remaining_header(answer) == 0:
        waits += [_seconds_until(answer.headers[name], now) for name in _RESETS if name in answer.headers]
    return max((wait for wait in waits if wait is not None), default=None)


def remaining_requests(answer: HttpAnswer | HttpStream) -> int | None:
    """Return how many requests the vendor says that it allows until its limit is renewed; None if it says nothing."""
    stated = [_remaining_header(answer), *(remaining for remaining, _ in _policies(answer))]
    return min((count for count in stated if count is not None), default=None)


def _remaining_header(answer: HttpAnswer | HttpStream) -> int | None:
    texts = (answer.headers[name].strip() for name in _REMAINING if name in answer.headers)
    return min((int(float(text)) for text in texts if _NUMBER.fullmatch(text)), default=None)


def _policies(answer: HttpAnswer | HttpStream) -> Iterator[tuple[int | None, float | None]]:
    """Yield what each limit in the header RateLimit has left, and in how many seconds it is renewed."""
    header = _QUOTED.sub("", answer.headers.get("ratelimit", ""))
    for item in [header] if "remaining" in header else header.split(","):
        members = dict(_MEMBER.findall(item))
        remaining, reset = members.get("r", members.get("remaining")), members.get("t", members.get("reset"))
        if remaining or reset:
            yield remaining and int(remaining), reset and float(reset)


def _seconds_until(text: str, now: float) -> float | None:
    """Return the seconds until what a header says: a delay, a time in seconds or milliseconds, or a date."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        number = float(text)
        if number < _EPOCH:
            return number
        return max(0.0, (number / 1_000 if number >= _EPOCH_MS else number) - now)
    at = _date(text)
    return None if at is None else max(0.0, at - now)


def _date(text: str) -> float | None:
    """Return an HTTP date, or an ISO 8601 time, in Unix seconds; without a zone it is in UTC."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = parse(text)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            continue
    return None
