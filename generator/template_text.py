"""A template as it is written."""

from __future__ import annotations

import json
from typing import Any

from troposphere import Template

from generator import accepted

WIDTH = 120


def text(template: Template) -> str:
    """JSON with sorted keys, so that two versions can be compared; what fits into a line is on one.

    A template over 51,200 bytes has to lie in a bucket. So written, event sources have 39,000 to 47,000, a strict one
    55,000; with each part on a line of its own, as json.dumps indents, 57,000 to 80,000.
    """
    document: dict[str, Any] = template.to_dict()
    accepted.mark(document)
    return f"{formatted(document)}\n"


def formatted(value: Any, indent: str = "") -> str:
    """A JSON value by lines, of which none but the innermost is long."""
    if not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    deeper = indent + "  "
    if isinstance(value, dict):
        members = [f"{formatted(key)}: {formatted(below, deeper)}" for key, below in sorted(value.items())]
        opening, closing = "{", "}"
    else:
        members = [formatted(below, deeper) for below in value]
        opening, closing = "[", "]"
    line = f"{opening}{', '.join(members)}{closing}"
    # Resources and the like are lists of parts: each part has a line at least.
    if len(indent) > 2 and len(indent) + len(line) <= WIDTH and "\n" not in line:
        return line
    inner = f",\n{deeper}".join(members)
    return f"{opening}\n{deeper}{inner}\n{indent}{closing}"
