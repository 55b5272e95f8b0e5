"""Read the URL of a captured request: what of it is the same each time, and what is time, page or credential."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from generator.errors import GeneratorError
from generator.scaffold.finding import Finding
from generator.scaffold.request_words import TIME, moment_format, read_parameter

_VERSION = re.compile(r"(v?[0-9]+(\.[0-9]+)*([a-z]+[0-9]*)?|api|rest|beta)", re.IGNORECASE)
_FIRST_CURSORS = ("0", "*", "-1", "first", "beginning", "earliest")
"""What a first request says where the vendor wants a cursor in it too."""
_NOT_A_NAME = re.compile(r"[^a-z0-9_-]+")
USUAL_LIMIT = 50
"""Events in an answer that vendors allow at the least: fewer are asked for to try it out."""
EXAMPLE = "https://api.acme.com/v1/audit?since=2026-01-01T00:00:00Z&limit=100"


@dataclass(frozen=True)
class RequestGuess:
    """A request as a definition has it: its texts have `{from}`, `{to}` and `{cursor}` in place of values."""

    url: str
    """What goes to `pull.url`: scheme, host, and the beginning of the path."""
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    """The JSON of a POST; None for a GET."""
    values: Mapping[str, str] = field(default_factory=dict)
    """The parameters as they were sent, without credentials."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The parameters for `from`, `to`, `cursor`, `page`, `offset` and `limit`."""
    format: str = "rfc3339"
    """How the request writes times."""
    limit: int | None = None
    secret: str | None = None
    """The query parameter that carries the credential, whose value is nowhere in this object."""
    findings: tuple[Finding, ...] = ()

    @property
    def stream(self) -> str:
        """Return a name for the stream: the last word of the path."""
        words = [unquote(part) for part in self.path.split("/") if part]
        named = [name for word in reversed(words) if (name := _stream_name(word))]
        return next(iter(named), "events")


def _stream_name(word: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", re.sub(r"\.(json|ndjson|csv)$", "", word))
    name = _NOT_A_NAME.sub("_", spaced.lower()).strip("_-")[:32]
    return name if re.match("[a-z]", name) and not _VERSION.fullmatch(name) else ""


def read_request(url: str, body: Any = None) -> RequestGuess:
    """Return what a URL asks, and the JSON of its body; GeneratorError where it is no URL that can be asked."""
    text = url.strip().strip("'\"")
    scheme, host, path, query = _split_url(text)
    base, below = _split_path(path)
    reader = _Reader()
    # A key may stand several times, as in filter[created_at][]=A&filter[created_at][]=B.
    pairs: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        pairs.setdefault(name, []).append(value)
    written = {name: reader.write(name, values) for name, values in pairs.items()}
    return RequestGuess(
        f"{scheme}://{host}{base}",
        below,
        {name: value for name, value in written.items() if value is not None},
        None if body is None else reader.write_body(body),
        reader.values,
        reader.names,
        reader.format,
        reader.limit,
        reader.secret,
        (*_user_finding(text), *reader.findings()),
    )


def _split_url(text: str) -> tuple[str, str, str, str]:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise GeneratorError(f"--url: is no URL; it must be one such as {EXAMPLE}") from None
    if parts.scheme == "http":
        raise GeneratorError("--url: is http, which would show the credential to whoever listens; write https://")
    if parts.scheme != "https" or not host:
        raise GeneratorError(f"--url: must be the whole URL of the request, such as {EXAMPLE}")
    return parts.scheme, f"{host}{port}", parts.path.rstrip("/") or "/", parts.query


def _split_path(path: str) -> tuple[str, str]:
    """Return the beginning of a path, up to its version, and the rest, which begins with a slash."""
    parts = path.split("/")
    last = max((index for index, part in enumerate(parts[:-1]) if _VERSION.fullmatch(part)), default=0)
    rest = "/" + "/".join(parts[last + 1 :])
    return "/".join(parts[: last + 1]), _escaped(unquote(rest)) if "%" in rest else _escaped(rest)


def _user_finding(url: str) -> Iterator[Finding]:
    if "@" in urlsplit(url).netloc:
        yield Finding("sure", "the URL has a user in it, which is a credential: left out, and written nowhere")


class _Reader:
    """Writes the texts of a request, and remembers what they are for."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.format = "rfc3339"
        self.limit: int | None = None
        self.secret: str | None = None
        self._notes: list[Finding] = []
        self._proven: set[str] = set()

    def write(self, name: str, values: list[str]) -> Any:
        """Return a parameter's text or texts; None where it is left out."""
        if len(values) == 2 and all(map(moment_format, values)):
            self._time("from", name, moment_format(values[0]))
            self._time("to", name, moment_format(values[1]))
            return ["{from}", "{to}"]
        texts = [text for value in values if (text := self._text(name, name, value)) is not None]
        if not texts:
            return None
        return texts[0] if len(values) == 1 else texts

    def write_body(self, value: Any, name: str = "") -> Any:
        """Return a JSON body with texts in place of times and cursors."""
        if isinstance(value, dict):
            members = {key: self.write_body(member, f"{name}.{key}" if name else key) for key, member in value.items()}
            return {key: member for key, member in members.items() if member is not None}
        if isinstance(value, list):
            return [self.write_body(member, name) for member in value]
        if isinstance(value, bool) or value is None or not name:
            return value
        text = self._text(name, name.rpartition(".")[2], str(value))
        if text is None:
            return None
        if isinstance(value, int | float) and "{" not in str(text):
            return value
        # The vendor took a number, and values from paging and the window are texts.
        return f"{{to_number({text[1:-1]})}}" if isinstance(value, int | float) else text

    def _text(self, name: str, key: str, value: str) -> Any:
        parameter = read_parameter(key, value)
        purpose = parameter.purpose
        if purpose == "secret":
            self.secret = self.secret or name
            return None
        self.values[name] = value
        if purpose in self.names and purpose != "other":
            return _escaped(value)
        if purpose in ("from", "to"):
            self._time(purpose, name, parameter.format)
        elif purpose != "other":
            self.names[purpose] = name
        if purpose == "limit":
            self.limit = int(value)
            return int(value)
        if purpose == "cursor" and value in _FIRST_CURSORS:
            return f"{{cursor || '{value}'}}"
        return f"{{{purpose}}}" if purpose != "other" else self._with_times(name, value)

    def _with_times(self, name: str, value: str) -> str:
        """Return a longer text with its times replaced, as in a filter or a search."""
        times = [match for match in TIME.finditer(value) if "from" not in self.names]
        if not times or len(times) > 2:
            return _escaped(value)
        parts, offset = [], 0
        for purpose, match in zip(("from", "to"), times, strict=False):
            parts += [_escaped(value[offset : match.start()]), f"{{{purpose}}}"]
            self._time(purpose, name, moment_format(match[0]))
            offset = match.end()
        return "".join([*parts, _escaped(value[offset:])])

    def _time(self, purpose: Any, name: str, written: str | None) -> None:
        self.names[purpose] = name
        if written:
            self.format = written
            self._proven.add(purpose)

    def findings(self) -> Iterator[Finding]:
        """Yield what the parameters are for."""
        if self.secret:
            yield Finding("sure", f"{self.secret} in the query may be secret: left out, and written nowhere")
        for purpose, text in (("from", "begins the time range"), ("to", "ends the time range")):
            if name := self.names.get(purpose):
                kind: Any = "sure" if purpose in self._proven else "check"
                yield Finding(kind, f"{name} {text}, written as {self.format}")
        if self.limit is not None:
            text = f"{self.names['limit']}={self.limit}: the most events in an answer"
            if self.limit >= USUAL_LIMIT:
                yield Finding("sure", text)
            else:
                yield Finding("check", f"{text}; write the most that the vendor allows")


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
