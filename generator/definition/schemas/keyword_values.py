"""What each keyword of a JSON Schema takes, and what would be right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any

from generator.definition.schemas.backtracking import MAX_STATES, is_exponential
from generator.definition.schemas.structure import SCHEMA_KEYS, SCHEMA_LIST_KEYS, SCHEMA_MAP_KEYS

TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_SAID = (  # what tells people something, and refuses nothing
    *("$schema", "$id", "id", "$comment", "title", "description", "default", "example", "examples", "format"),
    *("readOnly", "writeOnly", "deprecated", "contentEncoding", "contentMediaType"),
)
_LATER = (
    *("unevaluatedProperties", "unevaluatedItems", "prefixItems", "dependentRequired", "dependentSchemas"),
    *("minContains", "maxContains", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor"),
)
# https://github.com/bcherny/json-schema-to-typescript has such; GitHub's schemas are full of them.
_OWN = re.compile("x-|ts[A-Z]")
_BACKTRACKS = (
    "backtracks exponentially: in what it repeats, one text fits in two ways, as in (a+)+$, and a sender can have a "
    "function try them all; let it fit in one way, as a+$ does"
)


def keyword_problem(key: str, value: Any) -> str | None:
    """What is wrong with a keyword, or with its value.

    One that nobody knows is the vendor's own, unless it is nearly one that refuses something: that rule would be off.
    """
    if key in _CHECKS:
        return _CHECKS[key](value)
    if key == "nullable":
        return 'is OpenAPI\'s; in JSON Schema, "null" is one of the types'
    if key in _LATER:
        return "is of a later draft than 07"
    if key in _SAID or _OWN.match(key):
        return None
    known = {one.lower(): one for one in ("$ref", *_CHECKS, *_SAID)}
    near = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.75)
    return f"no such keyword; did you mean {known[near[0]]}? (one of your own begins with x-)" if near else None


def _type(value: Any) -> str | None:
    kinds = value if isinstance(value, list) else [value]
    if kinds and all(isinstance(one, str) and one in TYPES for one in kinds) and len(set(kinds)) == len(kinds):
        return None
    return f"must be {', '.join(TYPES[:-1])} or {TYPES[-1]}, or a list of them"


def _list(value: Any) -> str | None:
    return None if isinstance(value, list) and value else "must be a list with something in it"


def _schemas(value: Any) -> str | None:
    return _list(value) and "must be a list of schemas"


def _values(value: Any) -> str | None:
    return _list(value) or _value(value)


def _value(value: Any) -> str | None:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict) and isinstance(one.get("$ref"), str):
            return "has a $ref in a value, which can't be told from one in a schema"
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else []
    return None


def _named(value: Any) -> str | None:
    return None if isinstance(value, dict) else "must be an object: names with schemas"


def _patterns(value: Any) -> str | None:
    return _named(value) or "; ".join(said for said in map(_pattern, value) if said) or None


def _dependencies(value: Any) -> str | None:
    wrong = _named(value) or any(isinstance(one, list) and _required(one) for one in value.values())
    return "must be an object: names with schemas, or with lists of names" if wrong else None


def _required(value: Any) -> str | None:
    fits = isinstance(value, list) and all(isinstance(one, str) for one in value) and len(set(value)) == len(value)
    return None if fits else "must be a list of names, each once"


def _count(value: Any) -> str | None:
    return (
        None
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0
        else "must be 0, or a number above"
    )


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
        return f"{value} is no regular expression of Python's: {error}; a dollar in brackets is written \\$"
    slow = is_exponential(compiled)
    if slow is None:
        return f"{value} repeats more than {MAX_STATES:,} characters: too many to tell whether it backtracks"
    return f"{value} {_BACKTRACKS}" if slow else None


def _nothing(_value: Any) -> None:
    return None


_CHECKS: dict[str, Callable[[Any], str | None]] = {
    **dict.fromkeys(SCHEMA_KEYS, _nothing),  # a schema is looked at where it stands
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
    "items": _nothing,
    "required": _required,
    "dependencies": _dependencies,
    "patternProperties": _patterns,
}
RULES = tuple(key for key in _CHECKS if key not in ("definitions", "$defs"))
"""The keywords that can refuse something."""
