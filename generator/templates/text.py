"""A template as it is written."""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import Any

from troposphere import Template

from generator.templates import scanner_exceptions

WIDTH = 220


def text(template: Template) -> str:
    """JSON with sorted keys, so that two versions can be compared; what fits into a line is on one.

    A template over 51,200 bytes has to lie in a bucket, and an indented `{"Ref": "x"}` has three lines.
    """
    document: dict[str, Any] = template.to_dict()
    scanner_exceptions.add_to_metadata(document)
    return f"{formatted(document)}\n"


def formatted(value: Any, indent: str = "") -> str:
    """A JSON value by lines, of which none but the innermost is long."""
    if isinstance(value, str):
        return encode_basestring(value)
    if not isinstance(value, dict | list) or not value:
        return json.dumps(value)
    deeper = indent + "  "
    # Resources and the like are lists of parts: each part has a line at least.
    on_a_line = len(indent) > 2
    if isinstance(value, dict):
        if on_a_line and len(value) == 1:
            ((key, only),) = value.items()
            if isinstance(only, str):  # breaking a long text's only key from it shortens nothing
                return f"{{{encode_basestring(key)}: {encode_basestring(only)}}}"
        members = [f"{encode_basestring(key)}: {formatted(below, deeper)}" for key, below in sorted(value.items())]
        opening, closing = "{", "}"
    else:
        members = [formatted(below, deeper) for below in value]
        opening, closing = "[", "]"
    line = f"{opening}{', '.join(members)}{closing}"
    if on_a_line and len(indent) + len(line) <= WIDTH and "\n" not in line:
        return line
    inner = f",\n{deeper}".join(members)
    return f"{opening}\n{deeper}{inner}\n{indent}{closing}"
