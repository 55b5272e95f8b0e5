"""Say what becomes of keys that an earlier version had below `mozdef`, and that are facts now."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from generator.definition.yaml_nodes import entries, location
from generator.errors import Problem
from lambdas.shaping.mozdef_names import DETAIL_NAMES

_FACT_BY_DETAIL = {detail: fact for fact, detail in DETAIL_NAMES.items()}
_SAME_NAME = ("kind", "reason", "target", "role", "organization", "session", "url")


def moved_keys(definition: yaml.Node) -> Iterator[Problem]:
    """Yield a problem for each key of an earlier version's `mozdef`: what is right now."""
    mozdef = _member(definition, "mozdef")
    moved = [key for key, _ in entries(mozdef) if key.value in ("summary", "severity")] if mozdef else []
    for key in moved:
        message = f"is facts.{key.value} now, for every output; move it there as it is"
        yield Problem(*location(key), f"mozdef.{key.value}", message)
    details = _member(mozdef, "details") if mozdef else None
    for key, _ in entries(details) if details else ():
        name = str(key.value)
        fact = _FACT_BY_DETAIL.get(name) or (name if name in _SAME_NAME else None)
        # These have a type of their own in MozDef's index, which the facts take care of.
        if moved or name in ("sourceipaddress", "destinationipaddress", "success"):
            now = f"facts.{fact}" if fact else f"facts.extra.{name}"
            yield Problem(*location(key), f"mozdef.details.{name}", f"is {now} now, for every output; move it there")


def _member(node: yaml.Node | None, name: str) -> yaml.Node | None:
    """Return the mapping below a key; None where there is none."""
    if not isinstance(node, yaml.MappingNode):
        return None
    value = next((value for key, value in entries(node) if key.value == name), None)
    return value if isinstance(value, yaml.MappingNode) else None
