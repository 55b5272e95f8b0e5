"""The names of keys below `details` in a MozDef message, all of which share an index with each other."""

from __future__ import annotations

from lambdas.model_facts import FACT_TEXTS

DETAIL_NAMES = {
    "action": "eventname",
    "user": "username",
    "user_id": "userid",
    "user_agent": "useragent",
    "target_user": "targetuser",
    "outcome": "success",
    "source_ip": "sourceipaddress",
}
"""The names that MozDef's alerts and dashboards look for; every other fact has its own name."""
RESERVED_DETAILS = ("fields", "json", "omitted", "oversize")
"""Keys of every source's messages, beside the facts."""
SCALAR_DETAILS = (
    *("kind", "email", "sourceipv6address", "destinationipv6address", "fields", "json", "omitted"),
    *(DETAIL_NAMES.get(name, name) for name in FACT_TEXTS if name not in ("summary", "source_ip")),
)
"""Keys that are a text, a number or a list of texts in the messages of every source."""
