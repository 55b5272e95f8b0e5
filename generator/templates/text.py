"""A template as the JSON text that is written: sorted keys, short values on one line."""

from __future__ import annotations

import json
from typing import Any

from troposphere import Template

from generator.templates import scanner_exceptions

WIDTH = 120


def template_text(template: Template) -> str:
    """Return a template as JSON with sorted keys, so that two versions can be compared; short values are on one line.

    A template over 51,200 bytes has to lie in a bucket. In this form event sources have 39,000 to 47,000 bytes, a
    strict one 55,000; with each part on a line of its own, as json.dumps indents, they would have 57,000 to 80,000.
    """
    document: dict[str, Any] = template.to_dict()
    scanner_exceptions.add_to_metadata(document)
    return f"{dumps_compact(document)}\n"


def dumps_compact(value: Any, indent: str = "") -> str:
    """Return a JSON value with a line for each part that is too long for one line."""
    if not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    deeper = indent + "  "
    if isinstance(value, dict):
        members = [f"{dumps_compact(key)}: {dumps_compact(member, deeper)}" for key, member in sorted(value.items())]
        opening, closing = "{", "}"
    else:
        members = [dumps_compact(member, deeper) for member in value]
        opening, closing = "[", "]"
    line = f"{opening}{', '.join(members)}{closing}"
    # Sections such as Resources are lists of parts: each part has at least a line.
    if len(indent) > 2 and len(indent) + len(line) <= WIDTH and "\n" not in line:
        return line
    inner = f",\n{deeper}".join(members)
    return f"{opening}\n{deeper}{inner}\n{indent}{closing}"
