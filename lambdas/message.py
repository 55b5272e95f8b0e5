"""Events into MozDef messages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from json import JSONEncoder
from typing import Any, NamedTuple

from lambdas.body import Rejected, parse
from lambdas.fields import MASK
from lambdas.model import Source
from lambdas.mozdef import IP_FIELDS, is_address, unacceptable
from lambdas.paths import Find, Functions, compiled, splitter
from lambdas.request import Request
from lambdas.text import as_text, filled, paths, pieces
from lambdas.when import iso, seconds

MAX_LENGTH = 1_024
"""Characters of a field that a mapping fills: a summary is one line, whatever the event holds."""
MAX_ADDED = 1_048_576
"""Characters of a text that a mapping adds to `details`: no message has room for more, and the event has it whole."""
MAX_ID = 256
"""Characters of a vendor's id that goes into a tag as it is."""
MAX_EVENTS = 10_000
"""Events of one body: as many as can be sent before the function's time is over."""

_encode = JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")).encode


class Message(NamedTuple):
    """A message from the event at this place in the body: `body` is `fields` as JSON."""

    place: int
    fields: dict[str, Any]
    body: bytes
    at: float = 0.0
    """When it happened, in Unix seconds."""
    id: str | int | None = None
    """The vendor's id of the event, where it has one."""
    drift: tuple[str, ...] = ()
    """What the source's JSON Schemas do not know of the event."""


class Refusal(NamedTuple):
    """Why the event at this place in the body became no message."""

    place: int
    reason: str
    detail: str


class Shaper:
    """A definition's mapping, compiled once."""

    def __init__(self, source: Source) -> None:
        name, events, mozdef = source.name, source.events, source.mozdef
        self._source = source
        self._split = splitter(events.split)
        self._require = [(path, compiled(path)) for path in events.require]
        self._id, self._time = _optional(events.id), _optional(events.time)
        texts = {
            "hostname": mozdef.hostname or f"{name}_host",
            "processname": mozdef.processname or name,
            "summary": mozdef.summary or f"{name}_event",
            "category": mozdef.category or name,
            "severity": mozdef.severity,
            "source": mozdef.source,
            # MozDef drops `eventsource`, and makes its own from `logger`.
            "eventsource": mozdef.eventsource or f"{name}_api",
            "logger": mozdef.eventsource or f"{name}_api",
        }
        self._fixed = {
            field: "".join(part for _, part in pieces(text)) for field, text in texts.items() if not paths(text)
        }
        self._texts = [(field, filled(text)) for field, text in texts.items() if paths(text)]
        self._tags = [filled(text) for text in mozdef.tags]
        self._details = [(key, filled(text)) for key, text in (mozdef.details or {}).items()]

    def shape(self, request: Request) -> Iterator[Message | Refusal]:
        """A message for each event of the body, or why not; Rejected where the body can't be taken apart at all."""
        root = request.json
        functions = Functions(request, root)
        items = self._split(root, functions)
        if not isinstance(items, list):
            raise Rejected("no-events", f"{self._source.events.split} is not a list")
        if len(items) > MAX_EVENTS:
            raise Rejected("too-many", f"more than {MAX_EVENTS:,} events in one body")
        if self._source.transform and request.masked:
            _ = request.to_keep  # before transform() can change what may have to be kept as it came
        for place, item in enumerate(items):
            try:
                # Before transform(): a vendor's schema describes what the vendor sends.
                drift = check(item, functions) if (check := self._source.check) else ()
                for event in self._transformed(item, request):
                    yield self._message(place, event, functions, drift)
            except Rejected as rejected:
                yield Refusal(place, rejected.reason, rejected.detail)
            except RecursionError:
                yield Refusal(place, "depth", "nested too deep")
            except Exception as error:  # noqa: BLE001 - whatever is wrong with our own code, the event is kept
                yield Refusal(place, "error", f"shaping it raised {type(error).__name__}")

    def _transformed(self, item: Any, request: Request) -> list[Any]:
        if not self._source.transform:
            return [item]
        try:
            returned = self._source.transform(item, request)
            single = isinstance(returned, dict | str | bytes)
            made = [] if single else list(islice(returned, MAX_EVENTS + 1))
        except RecursionError:
            raise
        except BaseException as error:
            # The source's own code: whatever is wrong with it, the event is kept. sys.exit() is no Exception.
            raise Rejected("transform", f"transform() raised {type(error).__name__}") from error
        if single:
            raise Rejected("transform", "transform() must return a list of events")
        if len(made) > MAX_EVENTS:
            raise Rejected("too-many", f"transform() made more than {MAX_EVENTS:,} events")
        # What it made is what a sender might have sent, or it is none: no dates, no NaN, no circles.
        return [parse(encoded(event)) for event in made]

    def _message(self, place: int, event: Any, functions: Functions, drift: tuple[str, ...]) -> Message:
        if not isinstance(event, dict):
            raise Rejected("not-an-object", f"an event must be a JSON object, not {_kind(event)}")
        for path, find in self._require:
            if find(event, functions) is None:
                raise Rejected("missing", f"no {path}")
        at = self._moment(event, functions)
        moment = iso(at)
        named = self._named(event, functions)
        identity = self._hashed(event, functions) if named is None else tag(named)
        details = {**event, **self._added(event, functions)} if self._details else event
        fields: dict[str, Any] = dict(self._fixed)
        for field, fill in self._texts:
            fields[field] = _line(fill(event, functions))
        fields["timestamp"] = fields["utctimestamp"] = moment
        fields["processid"] = functions.request.id
        fields["tags"] = [self._source.name, identity, *[_line(fill(event, functions)) for fill in self._tags]]
        if functions.request.canary:
            fields["tags"].append("canary")
        fields["details"] = details
        if problem := unacceptable(details):
            raise Rejected("mozdef", problem)
        return Message(place, fields, encoded(fields), at, named, drift)

    def _moment(self, event: Any, functions: Functions) -> float:
        if not self._time:
            return functions.request.time
        found = self._time(event, functions)
        if found is None:
            if self._source.events.time_optional:
                return functions.request.time
            raise Rejected("time", f"no {self._source.events.time}")
        try:
            return seconds(found, self._source.events.time_format)
        except ValueError:
            where, written = self._source.events.time, self._source.events.time_format
            raise Rejected("time", f"{where} is not a time as {written} writes it") from None

    def _named(self, event: Any, functions: Functions) -> str | int | None:
        """The vendor's id, the same for every delivery of the same event; None where it has none."""
        found = identifier(self._id(event, functions)) if self._id else None
        if isinstance(found, str) and functions.request.masked and MASK in found:
            return None  # what was masked is the same in all events
        return found

    def _hashed(self, event: Any, functions: Functions) -> str:
        """A hash of the event as sent: what is sent again is the same, as far as the vendor sends the same."""
        # Of what was masked, a hash would let anyone find a short one, such as a PIN, by trying them all.
        as_sent = event is functions.root and not functions.request.masked
        content = functions.request.body if as_sent else encoded(event)
        return f"id:sha256:{_digest(content)}"

    def _added(self, event: Any, functions: Functions) -> dict[str, Any]:
        """Further keys of `details`; what is absent is left out, and so is an address that Elasticsearch refuses."""
        found = {key: fill(event, functions) for key, fill in self._details}
        return {
            # A path can compute what JSON can't hold, such as to_number('nan').
            key: value[:MAX_ADDED] if isinstance(value, str) else parse(encoded(value))
            for key, value in found.items()
            if value is not None and not (key in IP_FIELDS and not is_address(value))
        }


def identifier(value: Any) -> str | int | None:
    """The value as the id of an event: a text or an integer; None where it can be none.

    Different events have the same boolean or blank text, and different numbers with a fraction are read as one double.
    """
    if isinstance(value, str):
        return value if value.strip() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def tag(id_: str | int) -> str:
    """The tag of a vendor's id: a hash of one that is long."""
    text = as_text(id_)
    return f"id:{text}" if len(text) <= MAX_ID else f"id:sha256:{_digest(text.encode('utf-8', 'surrogatepass'))}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:40]


def _line(value: Any) -> str:
    text = as_text(value)
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"


def encoded(value: Any) -> bytes:
    """The value as compact JSON in UTF-8, with escapes where SQS would refuse the characters.

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


def _kind(value: Any) -> str:
    kinds = {list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")


def _optional(path: Any) -> Find | None:
    return compiled(path) if path else None
