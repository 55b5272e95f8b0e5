"""Say what becomes of keys that an earlier version had below `mozdef`, and that are facts now."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from generator.definition.suggestions import FACT_BY_DETAIL
from generator.definition.yaml_nodes import entries, location
from generator.errors import Problem
from lambdas.model_facts import FACT_CHOICES, FACT_TEXTS, KINDS, OUTCOMES

_WORDS = {"kind": KINDS, "outcome": OUTCOMES}


def moved_keys(definition: yaml.Node) -> Iterator[Problem]:
    """Yield a problem for each key of an earlier version's `mozdef`: what is right now."""
    mozdef = _member(definition, "mozdef")
    moved = [key for key, _ in entries(mozdef) if key.value in ("summary", "severity")] if mozdef else []
    for key in moved:
        yield Problem(*location(key), f"mozdef.{key.value}", f"is facts.{key.value} now; move it there as it is")
    details = _member(mozdef, "details") if mozdef else None
    for key, value in entries(details) if details else ():
        name = str(key.value)
        # These have a type of their own in MozDef's index, which the facts take care of.
        if moved or name in ("sourceipaddress", "destinationipaddress", "success"):
            yield Problem(*location(key), f"mozdef.details.{name}", f"is {_new_place(name, value)}")


def _new_place(name: str, value: yaml.Node) -> str:
    """Return the key that a name below `mozdef.details` has now, and how its value is written there."""
    fact = FACT_BY_DETAIL.get(name) or (name if name in (*FACT_TEXTS, *FACT_CHOICES) else None)
    if words := _WORDS.get(fact or ""):
        patterns = ", ".join(f"{word}: [patterns]" for word in words[:2])
        of = value.value if isinstance(value, yaml.ScalarNode) else "{path}"
        return f'facts.{fact} now; write there {{of: "{of}", {patterns}}}'
    extra = re.sub("[^a-z0-9_]", "_", name.lower())
    return f"{f'facts.{fact}' if fact else f'facts.extra.{extra}'} now; move it there"


def _member(node: yaml.Node | None, name: str) -> yaml.Node | None:
    """Return the mapping below a key; None where there is none."""
    if not isinstance(node, yaml.MappingNode):
        return None
    value = next((value for key, value in entries(node) if key.value == name), None)
    return value if isinstance(value, yaml.MappingNode) else None
