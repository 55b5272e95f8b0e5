"""Shape an intake into messages: its events, their ids, times and facts, and why an event is rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any

from lambdas.model import Source
from lambdas.reading.body import Rejected, parse
from lambdas.reading.intake import Intake
from lambdas.reading.masking import MASK
from lambdas.reading.paths import CompiledPath, Functions, compile_path, split_path
from lambdas.runtime.times import unix_seconds
from lambdas.shaping.event import Message, RejectedEvent, ShapedEvent, content_tag, encode_json, event_id, id_tag
from lambdas.shaping.facts import FactFinder

if TYPE_CHECKING:
    from lambdas.shaping.output import MessageOutput

MAX_EVENTS = 10_000
"""Events of one body: as many as can be sent before the function's time ends."""


class Shaper:
    """Shapes events by a definition's mapping, which it compiles once."""

    def __init__(self, source: Source) -> None:
        events = source.events
        self.source = source
        self._split = split_path(events.split)
        self._require = [(path, compile_path(path)) for path in events.require]
        self._id, self._time = _compile_optional(events.id), _compile_optional(events.time)
        self._facts = FactFinder(source)
        self._output: MessageOutput = import_module(f"lambdas.shaping.outputs.{source.output}").MessageOutput(source)

    def shape(self, intake: Intake) -> Iterator[Message | RejectedEvent]:
        """Yield a message, or why there is none, for each event; Rejected where the body can't be split at all."""
        functions = Functions(intake, intake.root)
        items = self._split(intake.root, functions)
        if not isinstance(items, list):
            raise Rejected("no-events", f"{self.source.events.split} is not a list")
        if len(items) > MAX_EVENTS:
            raise Rejected("too-many", f"more than {MAX_EVENTS:,} events in one body")
        for index, item in enumerate(items):
            try:
                # Before transform(), since a vendor's schema describes what the vendor sends.
                drift = check(item, functions) if (check := self.source.check) else ()
                for event in self._transform(item, intake):
                    yield self._message(index, event, functions, intake, drift)
            except Rejected as rejected:
                yield RejectedEvent(index, rejected.reason, rejected.detail)
            except RecursionError:
                yield RejectedEvent(index, "depth", "nested too deep")
            except Exception as error:  # noqa: BLE001 - a bug of the framework must not lose the event
                yield RejectedEvent(index, "error", f"shaping it raised {type(error).__name__}")

    def shorten(self, message: Message, reference: Mapping[str, Any]) -> Message:
        """Return a message that is too large for the queue in its short form, with a reference to the whole event."""
        return message._replace(body=self._output.short_message(message.event, reference))

    def _transform(self, item: Any, intake: Intake) -> list[Any]:
        if not self.source.transform:
            return [item]
        try:
            returned = self.source.transform(item, intake.request)
            is_list = not isinstance(returned, dict | str | bytes)
            events = list(islice(returned, MAX_EVENTS + 1)) if is_list else []
        except RecursionError:
            raise
        except BaseException as error:
            # A bug of the source's code must not lose the event either. sys.exit() raises no Exception.
            raise Rejected("transform", f"transform() raised {type(error).__name__}") from error
        if not is_list:
            raise Rejected("transform", "transform() must return a list of events")
        if len(events) > MAX_EVENTS:
            raise Rejected("too-many", f"transform() made more than {MAX_EVENTS:,} events")
        # Its events must be JSON that a sender could send: no dates, no NaN, no circles.
        return [parse(encode_json(event)) for event in events]

    def _message(self, index: int, event: Any, functions: Functions, intake: Intake, drift: tuple[str, ...]) -> Message:
        if not isinstance(event, dict):
            # A body that is a list is most often one of events, which the definition has to say.
            is_body = isinstance(event, list) and event == functions.root
            hint = '; `events: {split: "@"}` takes each of its items' if is_body else ""
            raise Rejected("not-an-object", f"an event must be a JSON object, not {_json_type(event)}{hint}")
        for path, find in self._require:
            if find(event, functions) is None:
                raise Rejected("missing", f"no {path}")
        at = self._event_time(event, functions, intake)
        vendor_id = self._vendor_id(event, functions)
        if vendor_id is not None:
            tag = id_tag(vendor_id)
        else:
            # A retry has the same id where the vendor sends the same bytes.
            as_sent = intake.content if event is intake.root else None
            tag = content_tag(encode_json(event) if as_sent is None else as_sent)
        shaped = ShapedEvent(index, event, self._facts.find(event, functions), tag, at, functions, intake)
        return Message(shaped, self._output.message(shaped), vendor_id, drift)

    def _event_time(self, event: Any, functions: Functions, intake: Intake) -> float:
        if not self._time:
            return intake.time
        value = self._time(event, functions)
        if value is None:
            if self.source.events.time_optional:
                return intake.time
            raise Rejected("time", f"no {self.source.events.time}")
        try:
            return unix_seconds(value, self.source.events.time_format)
        except ValueError:
            path, time_format = self.source.events.time, self.source.events.time_format
            raise Rejected("time", f"{path} is not a time as {time_format} writes it") from None

    def _vendor_id(self, event: Any, functions: Functions) -> str | int | None:
        """Return the vendor's id, the same for every delivery of an event; None where it has none."""
        vendor_id = event_id(self._id(event, functions)) if self._id else None
        if isinstance(vendor_id, str) and MASK in vendor_id:
            return None  # the mask is the same in all events
        return vendor_id


def _json_type(value: Any) -> str:
    kinds = {list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")


def _compile_optional(path: Any) -> CompiledPath | None:
    return compile_path(path) if path else None
