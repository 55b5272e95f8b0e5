"""Fill in the texts of a request: its path, query, headers and body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from lambdas.paging_style import PagingError
from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake
from lambdas.reading.paths import Functions, compile_path
from lambdas.reading.text_templates import as_text, template_parts

Fill = Callable[[Any], Any]
"""Fills a text in from a value. A text that is a sole `{path}` gives what the path finds: None if nothing."""
_IN_PATHS = "/%:@!$&'()*+,;=~"
"""Characters that a URL's path may have as they are (RFC 3986, `pchar`); a % begins what is encoded already."""


def compile_text(text: str, encode: Callable[[str], str] = str) -> Fill:
    """Return a function that fills a text in, each found value encoded; PagingError where a path finds nothing.

    A sole `{path}` is not encoded.
    """
    parts = list(template_parts(text))
    if len(parts) == 1 and parts[0][0] == "path":
        return _finder(parts[0][1])
    fills = [_literal(part) if kind == "literal" else _required(part, text, encode) for kind, part in parts]
    return lambda value: "".join([fill(value) for fill in fills])


def compile_path_text(text: str, *, query: bool = False) -> Fill:
    """Return a function that fills in the path of a URL, each found value as one part of it or less."""
    fill, safe = compile_text(text, _one_part), f"{_IN_PATHS}?" if query else _IN_PATHS
    return lambda value: quote(as_text(fill(value)), safe=safe)


def compile_pairs(texts: Mapping[str, Any]) -> Callable[[Any], str]:
    """Return a function that writes a query or a form. A sole `{path}` that finds nothing is left out."""
    fills = [
        (name, compile_text(text))
        for name, value in texts.items()
        for text in (value if isinstance(value, list | tuple) else (value,))
    ]

    def write(value: Any) -> str:
        pairs = [(name, fill(value)) for name, fill in fills]
        return urlencode([(name, as_text(text)) for name, text in pairs if text is not None], quote_via=quote)

    return write


def compile_json(template: Any) -> Fill:
    """Return a function that fills in a JSON value. Members and items that are a sole `{path}` may be left out."""
    if isinstance(template, str):
        return compile_text(template)
    if isinstance(template, Mapping):
        members = [(name, compile_json(below), _may_be_absent(below)) for name, below in template.items()]
        return lambda value: {
            name: member for name, fill, optional in members if (member := fill(value)) is not None or not optional
        }
    if isinstance(template, list | tuple):
        items = [(compile_json(below), _may_be_absent(below)) for below in template]
        return lambda value: [item for fill, optional in items if (item := fill(value)) is not None or not optional]
    return _literal(template)


def _may_be_absent(template: Any) -> bool:
    return isinstance(template, str)


def _literal(value: Any) -> Fill:
    return lambda _: value


def _finder(path: str) -> Fill:
    find = compile_path(path)
    functions = Functions(Intake(None, 0.0))

    def fill(value: Any) -> Any:
        try:
            return find(value, functions)
        except Rejected as error:
            raise PagingError(f"a text of the request: {error.detail}") from None

    return fill


def _required(path: str, text: str, encode: Callable[[str], str]) -> Fill:
    find = _finder(path)

    def fill(value: Any) -> str:
        if (part := find(value)) is None:
            raise PagingError(f"{path} finds nothing, and is needed in the request's {text}")
        return encode(as_text(part))

    return fill


def _one_part(text: str) -> str:
    """Encode a text so that it stays one part of a path, which no server takes for the folder above."""
    if text in (".", ".."):
        raise PagingError("a text in the request's path is . or .., which would lead elsewhere")
    return quote(text, safe="")
