"""A template as the JSON text that is written: sorted keys, short values on one line."""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import Any

from troposphere import Template

from generator.templates import scanner_exceptions

WIDTH = 220


def template_text(template: Template) -> str:
    """Return a template as JSON with sorted keys, so that two versions can be compared; short values are on one line.

    A template over 51,200 bytes has to lie in a bucket, and an indented `{"Ref": "x"}` has three lines.
    """
    document: dict[str, Any] = template.to_dict()
    scanner_exceptions.add_to_metadata(document)
    return f"{dumps_compact(document)}\n"


def dumps_compact(value: Any, indent: str = "") -> str:
    """Return a JSON value with a line for each part that is too long for one line."""
    if isinstance(value, str):
        return encode_basestring(value)
    if not isinstance(value, dict | list) or not value:
        return json.dumps(value)
    deeper = indent + "  "
    # Sections such as Resources are lists of parts: each part has at least a line.
    may_be_inline = len(indent) > 2
    if isinstance(value, dict):
        if may_be_inline and len(value) == 1:
            ((key, member),) = value.items()
            if isinstance(member, str):  # to break a long text's only key from it shortens nothing
                return f"{{{encode_basestring(key)}: {encode_basestring(member)}}}"
        members = [
            f"{encode_basestring(key)}: {dumps_compact(member, deeper)}" for key, member in sorted(value.items())
        ]
        opening, closing = "{", "}"
    else:
        members = [dumps_compact(member, deeper) for member in value]
        opening, closing = "[", "]"
    line = f"{opening}{', '.join(members)}{closing}"
    if may_be_inline and len(indent) + len(line) <= WIDTH and "\n" not in line:
        return line
    inner = f",\n{deeper}".join(members)
    return f"{opening}\n{deeper}{inner}\n{indent}{closing}"
