"""The part of a definition that says where the parts of an event are: `events`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lambdas.model_types import Field, Format, Path, SchemaFile
from lambdas.runtime.times import TimeFormat


@dataclass(frozen=True, slots=True)
class Events:
    """Where the parts of an event are in the body. With `split`, every path but `split` itself starts at one item."""

    format: tuple[Format, ...] = ("json",)
    """How the body is written; with several, its content type decides, and the first is for all other types."""
    payload: str | None = None
    """The field of a form that holds the event as JSON. Without it, the form's fields are the event."""
    mask: tuple[Field, ...] = ()
    """Fields of the body that hold a secret, each with its full path: masked before anything is sent or kept."""
    split: Path | None = None
    """The list of events in a body that carries several. Without it, the body is one event."""
    require: tuple[Path, ...] = ()
    """What an event must have; without it, the event is kept as rejected."""
    id: Path | None = None
    """The vendor's id of the event, the same in every retry. Without it, a hash of the event is the id."""
    type: Path | None = None
    """The kind of event, which chooses its schema in `schemas`. A build warns where no sample has it."""
    schemas: Mapping[str, SchemaFile] | None = None
    """JSON Schemas by kind of event, `"*"` for all others: an event that violates its schema is kept as rejected."""
    time: Path | None = None
    """When the event happened. Without it, the message has the time of receipt."""
    time_optional: bool = False
    """An event without `time` has the time of receipt. By default it is kept as rejected."""
    expect_every: int | None = None
    """Hours, 1 to 168, within which an event always comes: silence that lasts longer is an alarm."""
    time_format: TimeFormat = "rfc3339"
    """How `time` is written: `rfc3339`, `unix` (seconds), `unix_ms` (milliseconds) or `http_date`. Never guessed."""
