"""List the objects of a source's archive, and have its redrive function preview or send the requests in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from generator.definition.cross_checks import MAX_ARCHIVE_DAYS
from generator.errors import GeneratorError
from generator.operate.redrive_client import CHUNK, invoke
from lambdas.delivering.envelope import ARCHIVE_PREFIX

DELAY = timedelta(minutes=15)
"""The most by which a request and the hour of its object differ: the stream waits for five minutes, and may be late."""
LONGEST = timedelta(days=MAX_ARCHIVE_DAYS)
"""For which a copy stays at most: the days before are not listed."""
MAX_REQUESTS = 500
"""Requests of one call, so that an interruption ends soon."""


_HOUR = re.compile(rf"{ARCHIVE_PREFIX}/[0-9-]+/([01][0-9]|2[0-3])/")
"""How the key of a copy begins: what somebody else stored is not read."""


class Period(NamedTuple):
    """From `since`, and before `until`."""

    since: datetime
    until: datetime


class ArchiveQuery(NamedTuple):
    """Which requests of an archive: received in a period, with an event of a type or an id; `None` means any."""

    period: Period
    type: str | None = None
    id: str | None = None

    @property
    def payload(self) -> dict[str, Any]:
        """Return the query as the function reads it."""
        since, until = self.period.since.timestamp(), self.period.until.timestamp()
        return {"since": since, "until": until, "type": self.type, "id": self.id}


def parse_period(since: str, until: str | None, now: datetime) -> Period:
    """Return the period from a day or minute to the end of another, in UTC; without an end, up to now."""
    # Later than now is as good as now, and the calendar of Python ends with the year 9999.
    begin, end = _moment(since), now if until is None else min(now, _moment(until))
    if until is not None:
        end += timedelta(minutes=1) if "T" in until else timedelta(days=1)
    if begin >= end:
        raise GeneratorError(f"--since {since} is not before {f'--until {until}' if until else 'now'}")
    return Period(max(begin, now - LONGEST), end)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def list_archived(s3: Any, bucket: str, period: Period) -> list[str]:
    """Return the keys of the objects that may hold requests of a period, the oldest hour first."""
    first, last = period.since - DELAY, period.until + DELAY
    begin, end = (f"{ARCHIVE_PREFIX}/{moment:%Y-%m-%d/%H}" for moment in (first, last))
    keys: list[str] = []
    for day in _days(first.date(), last.date()):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{ARCHIVE_PREFIX}/{day}/")
        listed = (entry["Key"] for page in pages for entry in page.get("Contents", ()))
        keys += (key for key in listed if _HOUR.match(key) and begin <= key[: len(begin)] <= end)
    return keys


def _days(first: date, last: date) -> Iterator[str]:
    for number in range((last - first).days + 1):
        yield (first + timedelta(days=number)).isoformat()


def replay(
    functions: Any,
    function: str,
    keys: Sequence[str],
    query: ArchiveQuery,
    *,
    send: bool,
    limit: int | None,
    step: int,
    wait: Callable[[float], None],
) -> Iterator[list[dict[str, Any]]]:
    """Yield the function's results call by call: at most `step` requests of a call, and `limit` in all.

    It ends with a result that has `stopped`, where the queue does not take what is sent.
    """
    waiting, requests = [(key, 0) for key in keys], 0
    while waiting and (limit is None or requests < limit):
        most = step if limit is None else min(step, limit - requests)
        payload = {"send": send, "objects": waiting[:CHUNK], "limit": most, **query.payload}
        results = invoke(functions, function, {"archive": payload}, wait)["results"]
        done = [result for result in results if not result.get("left")]
        unfinished = [(result["key"], result["next"]) for result in done if "next" in result]
        requests += sum(result.get("requests", 0) for result in done)
        yield done
        if any(result.get("stopped") for result in done):
            return
        remaining = [*unfinished, *waiting[len(done) :]]
        if remaining == waiting:
            raise GeneratorError(f"{function} had no time for {waiting[0][0]}; its log says what took so long")
        waiting = remaining


def resume_time(key: str) -> str:
    """Return the minute from which on a request in this object, or in a later one, may have come."""
    _, day, hour, _ = key.split("/", 3)
    return f"{datetime.fromisoformat(f'{day}T{hour}:00') - DELAY:%Y-%m-%dT%H:%M}"
