"""Read messages of any output: what people look for in them, and the event that they are of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from json import loads
from typing import Any, NamedTuple, get_args

from lambdas.model import OutputName
from lambdas.runtime.times import iso_time
from lambdas.shaping.output import Places

OUTPUTS: tuple[str, ...] = get_args(OutputName)


class Shown(NamedTuple):
    """What people look for in a message; a severity is empty where its output has none.

    The summary of a raw message is the event's type, or its id where the definition names no type.
    """

    timestamp: str
    severity: str
    summary: str
    tags: list[str]
    id: str

    @property
    def line(self) -> str:
        """Time, severity and summary in a line."""
        return f"{self.timestamp[:19].replace('T', ' ')} {self.severity:<7} {self.summary}"


@cache
def places(output: str) -> Places:
    """Return where the messages of an output have what people look for."""
    output_places: Places = import_module(f"lambdas.shaping.outputs.{output}").PLACES
    return output_places


def shown(message: Mapping[str, Any]) -> Shown:
    """Return what people look for in a message of any output."""
    where = places(output_of(message))
    time, id_, tags = _at(message, where["time"]), _at(message, where["id"]), _at(message, where["tags"])
    summary, severity = _at(message, where["summary"]), _at(message, where["severity"])
    if where["id"] == where["tags"]:
        id_ = next(tag.removeprefix("id:") for tag in tags if tag.startswith("id:"))
    return Shown(iso_time(time / 1000) if isinstance(time, int) else time, severity or "", summary or id_, tags, id_)


def output_of(message: Mapping[str, Any]) -> str:
    """Return the output that made a message: each has its time in another place."""
    return next(output for output in OUTPUTS if _at(message, places(output)["time"]) is not None)


def event_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event in a message; KeyError where it has none."""
    output = output_of(message)
    event: dict[str, Any]
    if output == "mozdef":
        details: dict[str, Any] = message["details"]
        event = loads("".join(details["json"])) if "fields" in details else details
    elif output == "raw":
        event = message["event"]
    else:
        event = loads(message["event"]["original"] if output == "ecs" else message["raw_data"])
    return event


def _at(message: Mapping[str, Any], path: str) -> Any:
    value: Any = message
    for name in path.split(".") if path else ():
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if path else None
