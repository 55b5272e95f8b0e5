"""Say what a name that is not known may be."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from lambdas.shaping.facts import SEVERITIES
from lambdas.shaping.mozdef_names import DETAIL_NAMES

FACT_BY_DETAIL = {**{detail: fact for fact, detail in DETAIL_NAMES.items()}, "email": "user"}
"""The fact that a name of MozDef's details comes from."""
OUTPUT_BY_SIEM = {
    **dict.fromkeys(("elastic", "elasticsearch", "opensearch", "splunk", "secops", "google-secops", "panther"), "ecs"),
    **dict.fromkeys(("vector", "filebeat"), "ecs"),
    **dict.fromkeys(("sentinel", "microsoft-sentinel"), "ocsf"),
}
"""The output that a SIEM reads best, as docs/how-to/siem/index.md has it."""


def suggestion(name: str, known: Collection[str]) -> str:
    """Return the end of a message: the most similar name, and the known ones: `; did you mean x? (x, y, z)`."""
    return f"{did_you_mean(name, known)} ({', '.join(sorted(known))})"


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return `; did you mean x?`, or nothing: also for another case, a name of MozDef's or a SIEM."""
    lower, upper = name.lower(), name.upper()
    others = (lower, upper, FACT_BY_DETAIL.get(name), SEVERITIES.get(upper), OUTPUT_BY_SIEM.get(lower))
    meant = [other for other in others if other in known]
    similar = meant or difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {similar[0]}?" if similar else ""
