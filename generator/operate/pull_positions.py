"""The table of a deployed pulled source, for people: how far each stream is read, and what they want of the puller."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.definition.pull_streams import choose_streams
from generator.errors import GeneratorError
from lambdas.model_pull import Pull, Stream
from lambdas.pulling.parts import StreamKey
from lambdas.pulling.position_table import PositionMoved, PositionTable, TableUnavailable
from lambdas.pulling.runner import stream_keys

CONTROL, LEASE = "control", "lease"


@dataclass(frozen=True)
class StreamState:
    """How far a stream is read. Times are in Unix seconds; None before it was read."""

    stream: str
    read_to: int | None
    in_part: bool
    """A slice, or a list of pages, is read in part."""
    version: int
    fields: Mapping[str, Any] | None
    """The position as it is stored."""


@dataclass(frozen=True)
class Backfill:
    """A time that people want to be read again; `at` is how far it is read, None before it began."""

    id: str
    stream: str
    start: int
    goal: int
    at: int | None
    done: bool


@dataclass(frozen=True)
class LeaseState:
    """Who asks now, and when the vendor wants to be asked again; in Unix seconds, 0 for never."""

    held_until: float
    not_before: float
    last_end: float
    """When the last run ended."""


class PullTable:
    """Reads and writes the table in the name of a person."""

    def __init__(self, table: str, dynamodb: Any, pull: Pull) -> None:
        self._name = table
        self._dynamodb = dynamodb
        self._pull = pull
        self._table = PositionTable(table, dynamodb, f"person-{secrets.token_hex(4)}")

    def streams(self, name: str | None = None) -> list[tuple[StreamKey, Stream]]:
        """Return the streams, or those of a name, such as `logins` or `logins[staff]`; GeneratorError for none."""
        return choose_streams(self._pull, name)

    def state(self, key: StreamKey, stream: Stream) -> StreamState:
        """Return how far a stream is read."""
        fields, version = self._read(f"position#{key}")
        return StreamState(str(key), _read_to(fields, stream), _in_part(fields), version, fields)

    def control(self) -> tuple[dict[str, Any], int]:
        """Return what people want, and its version."""
        fields, version = self._read(CONTROL)
        return dict(fields or {}), version

    def write_control(self, control: Mapping[str, Any], version: int) -> None:
        """Store what people want; GeneratorError where somebody else has changed it meanwhile."""
        self._write(CONTROL, control, version)

    def move(self, state: StreamState, stream: Stream, at: int) -> None:
        """Have a stream be read from a time; GeneratorError where a run has moved it meanwhile."""
        self.put(state, {"start": at} if stream.resume == "time" else {"since": at})

    def put(self, state: StreamState, fields: Mapping[str, Any]) -> None:
        """Store a position of a stream; GeneratorError where a run has moved it meanwhile."""
        self._write(f"position#{state.stream}", fields, state.version)

    def backfills(self) -> list[Backfill]:
        """Return the backfills of all streams, also those that are done."""
        return [
            self._backfill(wanted, str(key))
            for wanted in self.control()[0].get("backfills") or ()
            for key, _ in stream_keys(self._pull)
            if wanted.get("stream") in (None, key.name, str(key))
        ]

    def lease(self) -> LeaseState:
        """Return the lease."""
        answer = self._dynamodb.get_item(TableName=self._name, Key={"id": {"S": LEASE}}, ConsistentRead=True)
        item = answer.get("Item", {})
        held, not_before, end = (
            float(item.get(name, {}).get("N", 0)) for name in ("held_until", "not_before", "ended")
        )
        return LeaseState(held, not_before, end)

    def _backfill(self, wanted: Mapping[str, Any], stream: str) -> Backfill:
        fields, _ = self._read(f"backfill#{wanted['id']}#{stream}")
        at = int(fields["start"]) if fields else None
        done = bool(fields and fields.get("done"))
        return Backfill(str(wanted["id"]), stream, int(wanted["from"]), int(wanted["to"]), at, done)

    def _read(self, name: str) -> tuple[Mapping[str, Any] | None, int]:
        try:
            return self._table.position(name)
        except TableUnavailable as error:
            raise GeneratorError(f"AWS: the table {self._name} can't be read: {error}") from error

    def _write(self, name: str, fields: Mapping[str, Any], version: int) -> None:
        try:
            self._table.write_position(name, fields, version)
        except PositionMoved:
            raise GeneratorError(
                "the puller, or somebody else, has changed that at this moment: run the command again"
            ) from None
        except TableUnavailable as error:
            raise GeneratorError(f"AWS: the table {self._name} can't be written: {error}") from error


def open_backfills(wanted: Sequence[Mapping[str, Any]], known: Sequence[Backfill]) -> list[Mapping[str, Any]]:
    """Return the backfills that are not done for all of their streams."""
    unfinished = {backfill.id for backfill in known if not backfill.done}
    return [backfill for backfill in wanted if backfill["id"] in unfinished]


def new_backfill(start: int, goal: int, stream: str | None) -> dict[str, Any]:
    """Return a backfill with an id that no earlier one has: what is read of it is stored under that."""
    named = {"stream": stream} if stream else {}
    return {"id": f"{int(time.time()):x}{secrets.token_hex(2)}", "from": start, "to": goal, **named}


def _read_to(fields: Mapping[str, Any] | None, stream: Stream) -> int | None:
    if not fields:
        return None
    if "start" not in fields:
        at = fields.get("at", fields.get("since"))
        return None if at is None else int(at)
    start = int(fields["start"])
    # Between two sweeps the position is behind what is read by the overlap.
    return start if "goal" in fields else start + stream.window.overlap


def _in_part(fields: Mapping[str, Any] | None) -> bool:
    return fields is not None and ("page" in fields or "goal" in fields)
