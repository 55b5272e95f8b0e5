"""Shape events into MozDef messages: the mapping of a definition, ids, times, and why an event is rejected."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from json import JSONEncoder
from typing import Any, NamedTuple

from lambdas.model import Source
from lambdas.reading.body import Rejected, parse
from lambdas.reading.masking import MASK
from lambdas.reading.paths import CompiledPath, Functions, compile_path, split_path
from lambdas.reading.request import Request
from lambdas.reading.text_templates import as_text, compile_template, template_parts, template_paths
from lambdas.runtime.times import iso_time, unix_seconds
from lambdas.shaping.mozdef import IP_FIELDS, details_problem, is_address

MAX_FIELD = 1_024
"""Characters of a message's field that a mapping fills: a summary is one line, whatever the event holds."""
MAX_DETAIL = 1_048_576
"""Characters of a text that a mapping adds to `details`: no message has room for more, and the event has all of it."""
MAX_ID = 256
"""Characters of a vendor's id in a tag; of a longer id, the tag has a hash."""
MAX_EVENTS = 10_000
"""Events of one body: as many as can be sent before the function's time ends."""

_encode = JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")).encode


class Message(NamedTuple):
    """A message, and the index in the body of the event that it is from: `body` is `fields` as JSON."""

    event_index: int
    fields: dict[str, Any]
    body: bytes
    at: float = 0.0
    """When it happened, in Unix seconds."""
    id: str | int | None = None
    """The vendor's id of the event, where it has one."""
    drift: tuple[str, ...] = ()
    """What the source's JSON Schemas do not know of the event."""


class RejectedEvent(NamedTuple):
    """Why the event at this index in the body becomes no message."""

    event_index: int
    reason: str
    detail: str


class Shaper:
    """Shapes events by a definition's mapping, which it compiles once."""

    def __init__(self, source: Source) -> None:
        name, events, mozdef = source.name, source.events, source.mozdef
        self._source = source
        self._split = split_path(events.split)
        self._require = [(path, compile_path(path)) for path in events.require]
        self._id, self._time = _compile_optional(events.id), _compile_optional(events.time)
        texts = {
            "hostname": mozdef.hostname or f"{name}_host",
            "processname": mozdef.processname or name,
            "summary": mozdef.summary or f"{name}_event",
            "category": mozdef.category or name,
            "severity": mozdef.severity,
            "source": mozdef.source,
            # MozDef drops `eventsource`, and fills it from `logger`.
            "eventsource": mozdef.eventsource or f"{name}_api",
            "logger": mozdef.eventsource or f"{name}_api",
        }
        self._fixed = {
            field: "".join(part for _, part in template_parts(text))
            for field, text in texts.items()
            if not template_paths(text)
        }
        self._texts = [(field, compile_template(text)) for field, text in texts.items() if template_paths(text)]
        self._tags = [compile_template(text) for text in mozdef.tags]
        self._details = [(key, compile_template(text)) for key, text in (mozdef.details or {}).items()]

    def shape(self, request: Request) -> Iterator[Message | RejectedEvent]:
        """Yield a message, or why there is none, for each event; Rejected where the body can't be split at all."""
        root = request.json
        functions = Functions(request, root)
        items = self._split(root, functions)
        if not isinstance(items, list):
            raise Rejected("no-events", f"{self._source.events.split} is not a list")
        if len(items) > MAX_EVENTS:
            raise Rejected("too-many", f"more than {MAX_EVENTS:,} events in one body")
        if self._source.transform and request.masked:
            _ = request.as_kept  # fixes what may have to be kept, before transform() can change it
        for index, item in enumerate(items):
            try:
                # Before transform(), since a vendor's schema describes what the vendor sends.
                drift = check(item, functions) if (check := self._source.check) else ()
                for event in self._transform(item, request):
                    yield self._message(index, event, functions, drift)
            except Rejected as rejected:
                yield RejectedEvent(index, rejected.reason, rejected.detail)
            except RecursionError:
                yield RejectedEvent(index, "depth", "nested too deep")
            except Exception as error:  # noqa: BLE001 - a bug of the framework must not lose the event
                yield RejectedEvent(index, "error", f"shaping it raised {type(error).__name__}")

    def _transform(self, item: Any, request: Request) -> list[Any]:
        if not self._source.transform:
            return [item]
        try:
            returned = self._source.transform(item, request)
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

    def _message(self, event_index: int, event: Any, functions: Functions, drift: tuple[str, ...]) -> Message:
        if not isinstance(event, dict):
            raise Rejected("not-an-object", f"an event must be a JSON object, not {_json_type(event)}")
        for path, find in self._require:
            if find(event, functions) is None:
                raise Rejected("missing", f"no {path}")
        at = self._event_time(event, functions)
        vendor_id = self._vendor_id(event, functions)
        tag = self._content_id(event, functions) if vendor_id is None else id_tag(vendor_id)
        details = {**event, **self._extra_details(event, functions)} if self._details else event
        fields: dict[str, Any] = dict(self._fixed)
        for field, fill in self._texts:
            fields[field] = _truncated_text(fill(event, functions))
        fields["timestamp"] = fields["utctimestamp"] = iso_time(at)
        fields["processid"] = functions.request.id
        fields["tags"] = [
            self._source.name,
            tag,
            *[_truncated_text(fill(event, functions)) for fill in self._tags],
        ]
        if functions.request.canary:
            fields["tags"].append("canary")
        fields["details"] = details
        if problem := details_problem(details):
            raise Rejected("mozdef", problem)
        return Message(event_index, fields, encode_json(fields), at, vendor_id, drift)

    def _event_time(self, event: Any, functions: Functions) -> float:
        if not self._time:
            return functions.request.time
        value = self._time(event, functions)
        if value is None:
            if self._source.events.time_optional:
                return functions.request.time
            raise Rejected("time", f"no {self._source.events.time}")
        try:
            return unix_seconds(value, self._source.events.time_format)
        except ValueError:
            path, time_format = self._source.events.time, self._source.events.time_format
            raise Rejected("time", f"{path} is not a time as {time_format} writes it") from None

    def _vendor_id(self, event: Any, functions: Functions) -> str | int | None:
        """Return the vendor's id, the same for every delivery of an event; None where it has none."""
        vendor_id = event_id(self._id(event, functions)) if self._id else None
        if isinstance(vendor_id, str) and functions.request.masked and MASK in vendor_id:
            return None  # the mask is the same in all events
        return vendor_id

    def _content_id(self, event: Any, functions: Functions) -> str:
        """Return a hash of the event as sent: a retry has the same id where the vendor sends the same bytes."""
        # A hash of the unmasked body would reveal a short secret, such as a PIN, to anyone who tries them all.
        as_sent = event is functions.root and not functions.request.masked
        content = functions.request.body if as_sent else encode_json(event)
        return f"id:sha256:{_digest(content)}"

    def _extra_details(self, event: Any, functions: Functions) -> dict[str, Any]:
        """Return the mapping's keys of `details`, without absent values and addresses that Elasticsearch refuses."""
        values = {key: fill(event, functions) for key, fill in self._details}
        return {
            # Parsed again, since a path can compute what JSON can't hold, such as to_number('nan').
            key: value[:MAX_DETAIL] if isinstance(value, str) else parse(encode_json(value))
            for key, value in values.items()
            if value is not None and not (key in IP_FIELDS and not is_address(value))
        }


def event_id(value: Any) -> str | int | None:
    """Return a value that can be the id of an event, a text or an integer; None for any other.

    Different events share a boolean or a blank text, and different numbers with a fraction may be read as one double.
    """
    if isinstance(value, str):
        return value if value.strip() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def id_tag(id_: str | int) -> str:
    """Return the tag of a vendor's id: a hash where the id is long."""
    text = as_text(id_)
    return f"id:{text}" if len(text) <= MAX_ID else f"id:sha256:{_digest(text.encode('utf-8', 'surrogatepass'))}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:40]


def _truncated_text(value: Any) -> str:
    text = as_text(value)
    return text if len(text) <= MAX_FIELD else text[: MAX_FIELD - 1] + "…"


def encode_json(value: Any) -> bytes:
    """Encode a value as compact JSON in UTF-8, with escapes for the characters that SQS refuses.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    """
    try:
        text = _encode(value)
        body = text.encode()
    except UnicodeEncodeError:
        raise Rejected("text", "a lone surrogate, which is no character") from None
    except (TypeError, ValueError) as error:
        raise Rejected("number", f"something that JSON has no form for: {type(error).__name__}") from None
    return body if text.isascii() else body.replace(b"\xef\xbf\xbe", b"\\ufffe").replace(b"\xef\xbf\xbf", b"\\uffff")


def _json_type(value: Any) -> str:
    kinds = {list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")


def _compile_optional(path: Any) -> CompiledPath | None:
    return compile_path(path) if path else None
