"""What MozDef's worker makes of a message before it hands it to Elasticsearch, or why it loses it.

Written after mq/esworker_sqs.py of https://github.com/mozilla/MozDef.
"""

from __future__ import annotations

import re
from typing import Any

from tests.mozdef_plugins import Lost, with_plugins

QUEUE, RECEIVED = "project-source-dev", "2026-01-01T00:00:00+00:00"

# What the worker calls a key of the top level; every other key is lost.
_TEXTS = {
    **dict.fromkeys(("message", "summary"), "summary"),
    **dict.fromkeys(("hostname", "source_host", "host"), "hostname"),
    **dict.fromkeys(("syslogseverity", "severity", "severityvalue", "level"), "severity"),
    **dict.fromkeys(("facility", "syslogfacility", "source"), "source"),
    **dict.fromkeys(("pid", "processid"), "processid"),
    **dict.fromkeys(("pname", "processname", "sourcename"), "processname"),
    **dict.fromkeys(("path", "logger", "file"), "eventsource"),
    **dict.fromkeys(("type", "eventtype", "category"), "category"),
}
_TIMES = ("eventtime", "timestamp", "utctimestamp")
_ISO_8601_WITH_ZONE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def worker_document(message: Any) -> dict[str, Any]:
    """Return the document that the worker hands to Elasticsearch; raise Lost where it is not what was sent."""
    if not isinstance(message, dict):
        raise Lost("dropped: not an object")
    if not isinstance(message.get("tags", []), list):
        raise Lost("dropped: the worker ends, since tags is not a list, and the message comes again")
    if message.get("customendpoint"):
        raise Lost("altered: customendpoint has the worker leave the message as it is")
    sent = {**message, "tags": [*message.get("tags", []), QUEUE]}
    try:
        document = _normalized(sent)
    except (AttributeError, OverflowError, TypeError, ValueError) as error:
        raise Lost(f"dropped: {error}") from None
    document = with_plugins(document)
    for name in ("category", "hostname", "processid", "processname", "severity", "source", "summary"):
        document.setdefault(name, "UNKNOWN")
    for name in ("receivedtimestamp", "timestamp", "utctimestamp"):
        document.setdefault(name, RECEIVED)
    return {"mozdefhostname": "mozdef", "type": "event", "tags": [], "details": {}, **document}


def _normalized(message: dict[str, Any]) -> dict[str, Any]:
    details: dict[str, Any] = {}
    document: dict[str, Any] = {"receivedtimestamp": RECEIVED, "details": details, "type": "event"}
    for key, value in message.items():
        name = key.replace("@", "").lower()
        if name in _TEXTS:
            text = str(value)
            document[_TEXTS[name]] = text.upper() if _TEXTS[name] == "severity" else text
        if name in _TIMES:
            document["timestamp"] = document["utctimestamp"] = _time(value)
        # The worker tests for a part of these two words, so that "a" and "" count as both.
        if name in "payload" and "summary" in message:
            details["payload"] = str(value)
        elif name in "payload":
            document["summary"] = str(value)
        if name in "tags" and len(value):
            document["tags"] = value
        if name in ("details", "fields"):
            details.update(value if isinstance(value, dict) else {"message": value})
        if name.startswith(("details.", "fields.")):
            detail = name.replace("fields.", "").replace("details.", "")
            cast = int if detail.endswith("_int") else float if detail.endswith("_float") else str
            details[detail] = cast(value)
    return document


def _time(value: Any) -> str:
    """Return a time that the worker reads rightly, whatever its own zone; it drops or mistakes all others."""
    if isinstance(value, str) and _ISO_8601_WITH_ZONE.fullmatch(value):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return RECEIVED
    raise ValueError("not a time that MozDef reads")
