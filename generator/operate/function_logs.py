"""Read the log lines of a deployed source's functions, of all functions in the order of time, and go on reading."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from generator.aws import Target
from generator.aws_failures import environment_is_emulator
from generator.deploy import stacks
from generator.errors import GeneratorError

LATE_MS = 120_000
"""How much later than a newer line of the same group a line may arrive, and still be shown."""
ACCESS_LOG = "AccessLog"
_SUFFIX = "Log"
_DENIED = ("AccessDenied", "AccessDeniedException")
_THROTTLED = ("ThrottlingException", "Throttling", "TooManyRequestsException")
REQUEST_ID = "[A-Za-z0-9_=-]{1,100}"
# What CloudWatch looks for, so that it need not return every line. It may return too many, and never too few.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
_ERROR_TERMS = (
    "ERROR",
    "Error",
    "errorType",
    "errorMessage",
    "Traceback",
    "error",
    "timeout",
    "failure",
    '"timed out"',
)
_TERMS_BY_LEVEL: Mapping[str, tuple[str, ...]] = {"ERROR": _ERROR_TERMS, "WARN": (*_ERROR_TERMS, "WARN")}


class ThrottledError(GeneratorError):
    """CloudWatch Logs takes no more requests now."""


@dataclass(frozen=True)
class LogRecord:
    """A line of a function's log; `function` is the logical id of the function, or ACCESS_LOG."""

    function: str
    at: int
    """In milliseconds."""
    message: str
    identity: str = field(repr=False)


def log_groups(target: Target, source: str, *, access_log: bool = False) -> dict[str, str]:
    """Return the log groups of a source's functions by their logical ids; `access_log` adds that of the API.

    NotDeployedError where there is no stack.
    """
    stack = stacks.get_deployed_stack(target, source)
    groups = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for resource in stacks.list_resources(target.client("cloudformation"), stack)
        if resource["ResourceType"] == "AWS::Logs::LogGroup"
    }
    return {
        title if title == ACCESS_LOG else title.removesuffix(_SUFFIX): name
        for title, name in sorted(groups.items())
        if access_log or title != ACCESS_LOG
    }


def filter_pattern(level: str, request_id: str | None) -> str | None:
    """Return the pattern by which CloudWatch looks for lines of at least this level, or of a request."""
    if request_id:
        return f'"{request_id}"'
    if environment_is_emulator():  # an emulator does not know alternatives
        return None
    return " ".join(f"?{term}" for term in _TERMS_BY_LEVEL.get(level, ())) or None


@dataclass
class LogReader:
    """Reads the lines of log groups since a time, and with each further call of `read` those that are new.

    A line may arrive after a newer one, since each environment of a function sends its own. So each call begins
    `LATE_MS` before the newest line of a group, and leaves out what it has returned before, by the id of each line:
    several may have the same time.
    """

    logs: Any
    groups: Mapping[str, str]
    since: int
    pattern: str | None = None
    missing: set[str] = field(default_factory=set)
    """The functions whose log group does not exist."""
    _newest: dict[str, int] = field(default_factory=dict)
    _seen: dict[str, dict[str, int]] = field(default_factory=dict)

    def read(self) -> Iterator[LogRecord]:
        """Yield the new lines, the oldest first.

        What was yielded before a failure is not yielded again, and what was not is yielded by the next call.
        """
        for record in heapq.merge(*map(self._records, self.groups), key=lambda record: record.at):
            seen = self._seen.setdefault(record.function, {})
            if record.identity in seen:
                continue
            seen[record.identity] = record.at
            self._newest[record.function] = max(record.at, self._newest.get(record.function, record.at))
            start = self._start(record.function)
            while seen and seen[oldest := next(iter(seen))] < start:
                del seen[oldest]
            yield record

    def _start(self, function: str) -> int:
        return max(self.since, self._newest.get(function, 0) - LATE_MS)

    def _records(self, function: str) -> Iterator[LogRecord]:
        query = {"logGroupName": self.groups[function], "startTime": self._start(function)}
        if self.pattern:
            query["filterPattern"] = self.pattern
        try:
            # CloudWatch returns the lines in the order of time:
            # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
            for page in self.logs.get_paginator("filter_log_events").paginate(**query):
                for event in page["events"]:
                    message, stream = event["message"], event.get("logStreamName", "")
                    identity = event.get("eventId") or f"{stream} {event['timestamp']} {message}"
                    yield LogRecord(function, event["timestamp"], message.rstrip("\n"), identity)
        except ClientError as error:
            self._explain(error, function)

    def _explain(self, error: ClientError, function: str) -> None:
        code, group = error.response["Error"]["Code"], self.groups[function]
        if code == "ResourceNotFoundException":
            self.missing.add(function)
        elif code in _DENIED:
            reason = " ".join(error.response["Error"].get("Message", "").split())
            raise GeneratorError(
                f"you may not read the log group {group}: that takes the permission logs:FilterLogEvents on it, which "
                f"an operator has: docs/reference/permissions.md. AWS says: {reason}"
            ) from error
        elif code in _THROTTLED:
            raise ThrottledError(
                "CloudWatch Logs takes no more requests now: its limit is for all users of the account and region. "
                "Wait a minute, or read less with a shorter --since"
            ) from error
        else:
            raise error


def is_request_id(text: str) -> bool:
    """Return whether a text can be the id of a request."""
    return re.fullmatch(REQUEST_ID, text) is not None
