"""The operations of a description: which of them a request is, and what is wrong with the request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.descriptions.documents import ANY_QUERY, Node
from tests.descriptions.schemas import ANY, Schemas
from tests.descriptions.sent_requests import SentRequest

_VARIABLE = re.compile(r"\{[^/}]+\}")


@dataclass(frozen=True)
class Operation:
    """A method of a path."""

    path: str
    node: Node
    parameters: Mapping[tuple[str, str], Node]
    """By place and name; a header's name is in lower case."""
    path_values: Mapping[str, str]
    schemas: Schemas

    @cached_property
    def contents(self) -> Mapping[str, Node]:
        """Return the content types of the answer with status 200, each with its schema."""
        answers = {str(status): answer for status, answer in self.node["responses"].items()}
        answer = self.schemas.resolved(answers.get("200") or answers.get("2XX") or answers.get("default") or {})
        return {name: content.get("schema", ANY) for name, content in answer.get("content", {}).items()}

    @property
    def answer(self) -> Node:
        """Return the schema of the answer in JSON."""
        return next((schema for name, schema in self.contents.items() if "json" in name), ANY)

    def problems(self, request: SentRequest) -> Iterator[str]:
        """Yield what the description does not know of a request, or does not allow."""
        query = [] if self.node.get(ANY_QUERY) else parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
        names = {name for name, _ in query}
        for name in sorted(names):
            yield from self._query_problems(name, [value for key, value in query if key == name])
        for name, value in self.path_values.items():
            yield from self._value_problems("path", name, [value])
        for (place, name), parameter in self.parameters.items():
            if place == "query" and parameter.get("required") and not any(_is_of(sent, name) for sent in names):
                yield f"query parameter {name}: required, and not sent"
        yield from self._header_problems(request.headers)
        yield from self._body_problems(request)

    def _query_problems(self, name: str, values: list[str]) -> Iterator[str]:
        """Check a parameter; `name[key]` is a field of an object, `name[]` an item of a list."""
        if ("query", name) in self.parameters:
            yield from self._value_problems("query", name, values)
            return
        base, _, rest = name.partition("[")
        parameter = self.parameters.get(("query", base)) or self.parameters.get(("query", f"{base}[]"))
        key = rest.rstrip("]")
        if parameter is None:
            yield f"query parameter {name}: no such parameter"
        elif not key:
            yield from self._checked(parameter.get("schema", ANY), values, f"query parameter {name}")
        elif forms := self.schemas.below(parameter.get("schema", ANY), key):
            yield from self._checked({"anyOf": forms}, values, f"query parameter {name}")
        else:
            yield f"query parameter {name}: {base} has no field {key}"

    def _value_problems(self, place: str, name: str, values: list[str]) -> Iterator[str]:
        parameter = self.parameters.get((place, name))
        if parameter is None:
            yield f"{place} parameter {name}: no such parameter"
            return
        if not parameter.get("explode", True):
            values = [part for value in values for part in value.split(",")]
        yield from self._checked(parameter.get("schema", ANY), values, f"{place} parameter {name}")

    def _checked(self, schema: Node, values: list[str], where: str) -> Iterator[str]:
        """Check texts as the values that they stand for: a single one, or a list."""
        readings = [*([] if len(values) > 1 else _readings(values[0])), [_readings(value)[-1] for value in values]]
        problems = [list(self.schemas.problems(schema, reading, where)) for reading in readings]
        if all(problems):
            of_its_type = (group for group in problems if not any("is not of type" in problem for problem in group))
            yield from next(of_its_type, problems[0])

    def _header_problems(self, headers: Mapping[str, str]) -> Iterator[str]:
        for name, value in headers.items():
            if name == "accept" and ("header", name) not in self.parameters:
                if value not in (*self.contents, "*/*"):
                    yield f"header accept: {value} is not among {', '.join(self.contents) or 'none'}"
            elif name != "content-type":
                yield from self._value_problems("header", name, [value])

    def _body_problems(self, request: SentRequest) -> Iterator[str]:
        body = self.schemas.resolved(self.node.get("requestBody", {}))
        contents = body.get("content", {})
        if not request.body:
            if body.get("required"):
                yield "body: required, and not sent"
            return
        kind = request.headers.get("content-type", "")
        if kind not in contents:
            yield f"header content-type: {kind or 'none'} is not among {', '.join(contents) or 'none'}"
            return
        schema, value = contents[kind].get("schema", ANY), json.loads(request.body)
        yield from self.schemas.problems(schema, value, "body")
        yield from self.schemas.unknown_fields(schema, value, "body")


class Operations:
    """All operations of a description."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self.schemas = Schemas(document)

    def find(self, method: str, url: str) -> Operation | None:
        """Return the operation that a request is; that with the fewest variables in its path, where several fit."""
        address = url.partition("?")[0]
        fits = []
        for path, item in self._document["paths"].items():
            for server in item.get("servers") or self._document.get("servers") or [{"url": ""}]:
                pattern = _server_pattern(server["url"].rstrip("/")) + _path_pattern(path.partition("?")[0])
                if method in item and (match := re.fullmatch(pattern, address)):
                    names = [name.strip("{}") for name in _VARIABLE.findall(path)]
                    values = map(unquote, match.groups())
                    fits.append((len(names), path, item, dict(zip(names, values, strict=True))))
        if not fits:
            return None
        _, path, item, values = min(fits, key=lambda entry: entry[0])
        node = item[method]
        parameters = [
            self.schemas.resolved(parameter) for parameter in (*item.get("parameters", []), *node.get("parameters", []))
        ]
        by_name = {(parameter["in"], _parameter_name(parameter)): parameter for parameter in parameters}
        return Operation(path, node, by_name, values, self.schemas)


def _server_pattern(server: str) -> str:
    """Return a pattern of a server's URLs: a variable is a part of a host or a whole URL; the host may be left out."""
    pattern = ".+".join(re.escape(part) for part in _VARIABLE.split(server))
    return pattern if server.startswith(("https://", "{")) else f"https://[^/]+{pattern}"


def _path_pattern(path: str) -> str:
    """Return a pattern of paths: each variable stands for a part without slashes."""
    return "([^/]+)".join(re.escape(part) for part in _VARIABLE.split(path))


def _parameter_name(parameter: Node) -> str:
    name: str = parameter["name"]
    return name.lower() if parameter["in"] == "header" else name


def _is_of(sent: str, name: str) -> bool:
    return sent == name or sent.partition("[")[0] == name.partition("[")[0]


def _readings(text: str) -> list[Any]:
    """Return what a text may stand for: itself, a number or a truth value."""
    readings: list[Any] = [text]
    if re.fullmatch(r"-?\d+", text):
        readings.append(int(text))
    return [*readings, text == "true"] if text in ("true", "false") else readings
