"""Check the value of each keyword of a JSON Schema, and say what would be right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any

from generator.definition.schemas.backtracking import MAX_STATES, is_exponential
from generator.definition.schemas.structure import SCHEMA_KEYS, SCHEMA_LIST_KEYS, SCHEMA_MAP_KEYS

TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_ANNOTATIONS = (  # keywords that tell people something, and refuse nothing
    *("$schema", "$id", "id", "$comment", "title", "description", "default", "example", "examples", "format"),
    *("readOnly", "writeOnly", "deprecated", "contentEncoding", "contentMediaType"),
)
_LATER_DRAFTS = (
    *("unevaluatedProperties", "unevaluatedItems", "prefixItems", "dependentRequired", "dependentSchemas"),
    *("minContains", "maxContains", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor"),
)
# Own keywords: https://github.com/bcherny/json-schema-to-typescript has such, and GitHub's schemas are full of them.
_OWN = re.compile("x-|ts[A-Z]")
_BACKTRACKS = (
    "backtracks exponentially: its repeated part matches one text in two ways, as in (a+)+$, so a sender could keep a "
    "function busy; write it so that a text matches in one way, as a+$ does"
)


def keyword_problem(key: str, value: Any) -> str | None:
    """Return what is wrong with a keyword or its value, or None.

    An unknown keyword is the vendor's own, unless it is similar to one that refuses: a typo would turn that rule off.
    """
    if key in _CHECKS:
        return _CHECKS[key](value)
    if key == "nullable":
        return 'is OpenAPI\'s; in JSON Schema, "null" is one of the types'
    if key in _LATER_DRAFTS:
        return "is of a later draft than 07"
    if key in _ANNOTATIONS or _OWN.match(key):
        return None
    known = {name.lower(): name for name in ("$ref", *_CHECKS, *_ANNOTATIONS)}
    similar = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.75)
    return f"no such keyword; did you mean {known[similar[0]]}? (an own keyword begins with x-)" if similar else None


def _type(value: Any) -> str | None:
    kinds = value if isinstance(value, list) else [value]
    if kinds and all(isinstance(kind, str) and kind in TYPES for kind in kinds) and len(set(kinds)) == len(kinds):
        return None
    return f"must be {', '.join(TYPES[:-1])} or {TYPES[-1]}, or a list of them"


def _list(value: Any) -> str | None:
    return None if isinstance(value, list) and value else "must be a list that is not empty"


def _schemas(value: Any) -> str | None:
    return _list(value) and "must be a list of schemas"


def _values(value: Any) -> str | None:
    return _list(value) or _value(value)


def _value(value: Any) -> str | None:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict) and isinstance(part.get("$ref"), str):
            return "has a $ref in a value, which can't be told from one in a schema"
        waiting += part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return None


def _named(value: Any) -> str | None:
    return None if isinstance(value, dict) else "must be an object: names with schemas"


def _patterns(value: Any) -> str | None:
    return _named(value) or "; ".join(filter(None, map(_pattern, value))) or None


def _dependencies(value: Any) -> str | None:
    is_wrong = _named(value) or any(isinstance(names, list) and _required(names) for names in value.values())
    return "must be an object: names with schemas, or with lists of names" if is_wrong else None


def _required(value: Any) -> str | None:
    is_valid = (
        isinstance(value, list) and all(isinstance(name, str) for name in value) and len(set(value)) == len(value)
    )
    return None if is_valid else "must be a list of names, each once"


def _count(value: Any) -> str | None:
    is_valid = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return None if is_valid else "must be a whole number, 0 or above"


def _number(value: Any) -> str | None:
    return None if isinstance(value, int | float) and not isinstance(value, bool) else "must be a number"


def _exclusive(value: Any) -> str | None:
    return None if isinstance(value, bool) else _number(value)


def _step(value: Any) -> str | None:
    return _number(value) or (None if value > 0 else "must be above 0")


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _pattern(value: Any) -> str | None:
    if not isinstance(value, str):
        return "must be a regular expression"
    compiled = re.sub(r"(?<!\\)\$", r"\\Z", value)
    try:
        re.compile(compiled)
    except re.error as error:
        return f"{value} is not a regular expression of Python: {error}; a dollar in brackets is written \\$"
    exponential = is_exponential(compiled)
    if exponential is None:
        return f"{value} repeats more than {MAX_STATES:,} characters: too many to tell whether it backtracks"
    return f"{value} {_BACKTRACKS}" if exponential else None


def _no_check(_value: Any) -> None:
    return None


_CHECKS: dict[str, Callable[[Any], str | None]] = {
    **dict.fromkeys(SCHEMA_KEYS, _no_check),  # each schema is checked on its own
    **dict.fromkeys(SCHEMA_LIST_KEYS, _schemas),
    **dict.fromkeys(SCHEMA_MAP_KEYS, _named),
    **dict.fromkeys(_COUNTS, _count),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), _exclusive),
    "minimum": _number,
    "maximum": _number,
    "multipleOf": _step,
    "type": _type,
    "enum": _values,
    "const": _value,
    "pattern": _pattern,
    "uniqueItems": _flag,
    "items": _no_check,
    "required": _required,
    "dependencies": _dependencies,
    "patternProperties": _patterns,
}
RULES = tuple(key for key in _CHECKS if key not in ("definitions", "$defs"))
"""The keywords that can refuse an event."""
