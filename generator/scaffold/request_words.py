"""What a parameter of a vendor's request is for, by its name and its value as the vendor's page or a capture has it."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from generator.scaffold.value_kinds import is_secret

Purpose = Literal["from", "to", "cursor", "page", "offset", "limit", "secret", "other"]

_FROM = re.compile(
    r"(.*(since|oldest|begin|begins|gte?|ge)|(.*(date|time|created|occurred|published))?(from|after|start|min)"
    r"|(from|after|start|begin|min|created|occurred|published|updated)(after|since|from|date|time|datetime|timestamp|at|ms)*"
    r"|filtercreatedat|filterstart.*)"
)
_TO = re.compile(
    r"(.*(until|till|newest|latest|lte?|le)|(.*(date|time|created|occurred|published))?(to|before|end|max)"
    r"|(to|before|end|until|max|created|occurred|published|updated)(before|until|to|date|time|datetime|timestamp|at|ms)+"
    r"|filterend.*)"
)
_LIMIT = re.compile(r"(page)?limit|limit.*|.*perpage|(page)?size|count|take|top|max(results|items|records)?|first|rows")
_CURSOR = re.compile(
    r".*cursor|.*(page|next|continuation|skip|sync)token|marker|scroll(id)?|starting(after|token)|page(after|before)|"
    r"after(id)?|before(id)?|lastid|streamposition|.*position|offset"
)
_PAGE = re.compile(r"p|page(number|num|no|index)?|pagenumber|currentpage")
_OFFSET = re.compile(r"offset|skip|start(at|index|position|row)?|from|pageoffset|startingat")

_CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
_TIME = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[T ]{_CLOCK}(?:[Zz]|[+-][0-9]{{2}}:?[0-9]{{2}})?)?"
TIME = re.compile(rf"(?<![0-9]){_TIME}(?![0-9:])")
_MOMENT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:(?P<mark>[T ])(?P<minute>[0-9]{2}:[0-9]{2})"
    r"(?P<second>:[0-9]{2})?(?P<part>\.[0-9]+)?(?P<zone>[Zz]|[+-][0-9:]+)?)?"
)
_SECONDS = re.compile(r"1[0-9]{9}|2[0-9]{9}")
_PLACEHOLDER = re.compile(r"<.*>|\{.*\}|\$.*|[A-Z][A-Z0-9_]*|\.{3}|…|")


class Parameter(NamedTuple):
    """What a parameter is for; `format` is that of `window` where its value is a time."""

    purpose: Purpose
    format: str | None = None
    is_proven: bool = False
    """Whether its value fits what its name says."""


def read_parameter(name: str, value: str) -> Parameter:
    """Return what a parameter is for."""
    word = re.sub(r"[^a-z0-9]", "", name.lower())
    if time_format := moment_format(value):
        if _TO.fullmatch(word) and not (_FROM.fullmatch(word) and not word.endswith(("to", "before", "end", "until"))):
            return Parameter("to", time_format, is_proven=True)
        if _FROM.fullmatch(word):
            return Parameter("from", time_format, is_proven=True)
    is_small = value.isdigit() and len(value) < 9
    if is_small and _PAGE.fullmatch(word):
        return Parameter("page", is_proven=True)
    if is_small and _LIMIT.fullmatch(word) and value != "0":
        return Parameter("limit", is_proven=True)
    if is_small and _OFFSET.fullmatch(word):
        return Parameter("offset", is_proven=True)
    if _PLACEHOLDER.fullmatch(value):
        return _by_name(word)
    if _CURSOR.fullmatch(word):
        return Parameter("cursor", is_proven=True)
    return Parameter("secret" if is_secret(name, value) else "other")


def _by_name(word: str) -> Parameter:
    """Return what a parameter is for whose value is a placeholder, or empty."""
    for purpose, pattern in (("page", _PAGE), ("cursor", _CURSOR), ("from", _FROM), ("to", _TO)):
        if pattern.fullmatch(word) and not (word == "after" and purpose == "cursor"):
            return Parameter(purpose)  # type: ignore[arg-type]
    return Parameter("other")


def moment_format(value: str) -> str | None:
    """Return the `window.format` that writes a time as this value does; None where it is no time."""
    if _SECONDS.fullmatch(value):
        return "unix"
    if len(value) == 13 and _SECONDS.fullmatch(value[:10]) and value.isdigit():
        return "unix_ms"
    if not (match := _MOMENT.fullmatch(value)):
        return None
    if not match["mark"]:
        return "date"
    if match["mark"] == "T" and match["second"] and not match["part"] and (match["zone"] or "").upper() == "Z":
        return "rfc3339"
    zone = {"Z": "Z", "": ""}.get((match["zone"] or "").upper(), "+00:00" if ":" in (match["zone"] or "") else "+0000")
    part = "." + "0" * (len(match["part"]) - 1) if match["part"] else ""
    return f"%Y-%m-%d{match['mark']}%H:%M{':%S' if match['second'] else ''}{part}{zone}"
