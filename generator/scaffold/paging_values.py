"""The words with which answers say where the next page is, and what a guess at paging consists of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from generator.scaffold.answer_values import Value
from generator.scaffold.finding import Finding
from generator.scaffold.request_guess import RequestGuess

URLS = (
    *("next", "nexturl", "nextlink", "nextpage", "nextpageurl", "nextpageuri", "odatanextlink", "nextrecordsurl"),
    *("nexthref", "nexturi"),
)
CURSORS = (
    *("nextcursor", "nextpagetoken", "nexttoken", "nextpagecursor", "aftercursor", "endcursor", "cursor"),
    *("nextstreamposition", "continuationtoken", "continuation", "scrollid", "nextoffset", "nextposition", "nextpage"),
    *("nextmarker", "after", "next", "lastid"),
)
_MORE = ("hasmore", "hasnext", "hasnextpage", "more", "moreavailable", "hasmoreresults", "hasmoreevents", "moreresults")
_LAST = ("islast", "islastpage", "lastpage", "last", "complete", "done")
GUIDE = "docs/how-to/choose-paging.md"


@dataclass(frozen=True)
class PagingGuess:
    """What goes below `paging`, and what the request must say for it."""

    style: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    parameter: str | None = None
    """The query parameter that carries the cursor, the page or the offset."""
    is_endless: bool = False
    """Whether there is a next link or cursor on the last page too, so that it can be kept over runs."""


def find_flag(values: Sequence[Value]) -> str | None:
    """Return the path that is true as long as there are more pages; None where the answer has no such word."""
    flags = [value for value in values if isinstance(value.value, bool)]
    more = next((value.path for value in flags if value.word in _MORE), None)
    last = next((value.path for value in flags if value.word in _LAST), None)
    return more or (f"!{last}" if last else None)


def is_next_url(value: Value) -> bool:
    """Return whether a value in an answer is the URL of the next page."""
    outer_word = value._replace(names=value.names[:-1]).word
    is_href = value.word in ("href", "url", "uri") and outer_word in ("next", "nextpage", "nextlink")
    return (value.word in URLS or is_href) and _is_url(value.value)


def _is_url(value: Any) -> bool:
    if not isinstance(value, str) or not value.startswith(("https://", "http://", "/", "?")):
        return False
    try:
        urlsplit(value)
    except ValueError:  # such as https://[x
        return False
    return True


def is_cursor(value: Any) -> bool:
    """Return whether a value may be a cursor."""
    return (isinstance(value, str) and bool(value) and not value.startswith("http")) or is_number(value)


def is_number(value: Any) -> bool:
    """Return whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


_BY_WORD = {
    "nextcursor": "cursor",
    "nextpagecursor": "cursor",
    "endcursor": "after",
    "nextstreamposition": "stream_position",
    "next": "cursor",
    "nextpage": "page",
}


def parameter_name(value: Value, request: RequestGuess) -> str:
    """Return the parameter that vendors usually call so, as the answer spells it."""
    if value.word == "aftercursor":
        return "page[after]" if (request.names.get("limit") or "").startswith("page[") else "after"
    if value.word in _BY_WORD:
        return _BY_WORD[value.word]
    name = value.names[-1]
    for before in ("next_", "next"):
        if name.startswith(before) and len(name) > len(before):
            rest = name.removeprefix(before)
            return rest[0].lower() + rest[1:]
    return name
