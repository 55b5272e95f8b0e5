"""Say what a name that is not known may be."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from lambdas.shaping.facts import SEVERITIES
from lambdas.shaping.mozdef_names import DETAIL_NAMES

FACT_BY_DETAIL = {**{detail: fact for fact, detail in DETAIL_NAMES.items()}, "email": "user"}
"""The fact that a name of MozDef's details comes from."""


def suggestion(name: str, known: Collection[str]) -> str:
    """Return the end of a message: the most similar name, and the known ones: `; did you mean x? (x, y, z)`."""
    return f"{did_you_mean(name, known)} ({', '.join(sorted(known))})"


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return `; did you mean x?`, or nothing: also where case, or a name of MozDef's, is what differs."""
    others = (name.lower(), name.upper(), FACT_BY_DETAIL.get(name), SEVERITIES.get(name.upper()))
    meant = [other for other in others if other in known]
    similar = meant or difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {similar[0]}?" if similar else ""
