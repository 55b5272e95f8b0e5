"""A template as it is written."""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import Any

from troposphere import Template

from generator import accepted

WIDTH = 220


def text(template: Template) -> str:
    """JSON with sorted keys, so that two versions can be compared; what fits into a line is on one.

    A template over 51,200 bytes has to lie in a bucket, and an indented `{"Ref": "x"}` has three lines.
    """
    document = template.to_dict()
    accepted.mark(document)
    return f"{formatted(document)}\n"


def _is_text(*values: Any) -> bool:
    return len(values) == 1 and isinstance(values[0], str)


def formatted(value: Any, indent: str = "") -> str:
    """A JSON value by lines, of which none but the innermost is long."""
    if isinstance(value, str):
        return encode_basestring(value)
    if not isinstance(value, dict | list) or not value:
        return json.dumps(value)
    deeper = indent + "  "
    if isinstance(value, dict):
        members = [f"{encode_basestring(key)}: {formatted(value[key], deeper)}" for key in sorted(value)]
        opening, closing = "{", "}"
    else:
        members = [formatted(below, deeper) for below in value]
        opening, closing = "[", "]"
    line = f"{opening}{', '.join(members)}{closing}"
    # Breaking a long text's only key from it shortens nothing.
    fits = len(indent) + len(line) <= WIDTH or (isinstance(value, dict) and _is_text(*value.values()))
    # Resources and the like are lists of parts: each part has a line at least.
    if fits and "\n" not in line and len(indent) > 2:
        return line
    inner = ",\n".join(f"{deeper}{member}" for member in members)
    return f"{opening}\n{inner}\n{indent}{closing}"
