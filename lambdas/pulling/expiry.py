"""When the credentials end with which a vendor is asked: people say it as a tag of each stored parameter."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from lambdas.model import Source
from lambdas.runtime.aws_errors import AWS_ERRORS, call_aws, error_code, list_field
from lambdas.runtime.log import log

TAG = "Expires"
"""The tag's key; its value is a day, such as 2027-03-31."""
WARN_DAYS = 21
"""Days before the end from which on it is counted: enough for somebody to come back from a vacation."""
REREAD_SECONDS = 3_600.0


def read_day(text: str) -> date | None:
    """Return a day that is written as 2027-03-31; None for another text."""
    try:
        return date.fromisoformat(text) if len(text) == len("2027-03-31") else None
    except ValueError:
        return None


def days_left(day: date, now: float) -> int:
    """Return how many days are left until a day begins in UTC; below 0 once it has."""
    return (day - datetime.fromtimestamp(now, UTC).date()).days


def credential_names(source: Source) -> tuple[str, ...]:
    """Return the names of the parameters with which a source asks its vendor."""
    assert source.pull is not None  # noqa: S101 - no other source has a puller
    return source.pull.credentials.type.secret_names(source.pull.credentials.settings)


class Expiry:
    """The days that the tags of parameters say; read once an hour, since a day is what they tell apart."""

    def __init__(
        self,
        path: str,
        names: Sequence[str],
        client: Callable[[], Any],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._parameters = [f"{path}/{name}" for name in names]
        self._client = client
        self._clock = clock
        self._days: list[date] = []
        self._read_after = 0.0

    def expiring(self) -> int:
        """Return how many credentials end within WARN_DAYS, or have ended; none of which nobody said when.

        No run fails since the tags can't be read: what was read before counts, and the log says why.
        """
        now = self._clock()
        if now >= self._read_after:
            self._read_after = now + REREAD_SECONDS
            try:
                self._days = [day for parameter in self._parameters if (day := self._read(parameter))]
            except AWS_ERRORS as error:
                log("WARN", "when credentials expire is not known", now, why=error_code(error))
        return sum(days_left(day, now) <= WARN_DAYS for day in self._days)

    def _read(self, parameter: str) -> date | None:
        read = self._client().list_tags_for_resource
        tags = list_field(call_aws(read, ResourceType="Parameter", ResourceId=parameter), "TagList")
        return next((read_day(str(tag.get("Value"))) for tag in tags if tag.get("Key") == TAG), None)
