"""What MozDef's SQS worker does with a message, as a list of what must hold so that nothing of it is lost."""

from __future__ import annotations

import ipaddress
import json
import re
from datetime import UTC, datetime
from typing import Any

from generator.testing import event_of

# The top-level keys that MozDef keeps, without those that overwrite another (`type`, `path`, `file` …);
# it makes its own `eventsource` from `logger`.
TEXTS = {"hostname", "processname", "processid", "summary", "category", "severity", "source", "logger", "eventsource"}
KEYS = TEXTS | {"timestamp", "utctimestamp", "tags", "details"}
ISO_8601_WITH_ZONE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def assert_acceptable(message: dict[str, Any], source: str, event: dict[str, Any], at: str) -> None:
    """The message is one that MozDef takes whole, from this event of this source, which happened at this time."""
    json.dumps(message, allow_nan=False).encode()  # Elasticsearch takes neither NaN nor a lone surrogate
    assert set(message) == KEYS
    assert all(isinstance(message[key], str) and message[key].strip() for key in TEXTS)
    assert message["hostname"] == f"{source}_host"
    assert message["processname"] == source
    assert message["source"] == "api_aws_lambda"
    assert message["logger"] == message["eventsource"] == f"{source}_api"
    assert message["severity"] == message["severity"].upper()
    assert message["processid"] not in ("-", "UNKNOWN")
    for key in ("timestamp", "utctimestamp"):
        assert ISO_8601_WITH_ZONE.fullmatch(message[key])
        assert datetime.fromisoformat(message[key]).astimezone(UTC) == datetime.fromisoformat(at)
    assert isinstance(message["tags"], list)
    assert all(isinstance(tag, str) for tag in message["tags"])
    assert message["tags"][0] == source
    assert [tag for tag in message["tags"] if re.fullmatch("id:.+", tag)] == message["tags"][1:2]
    _assert_details(message["details"])
    carried = event_of(message)
    assert {key: carried.get(key) for key in event} == event


def assert_zooms_plugin_takes_it(message: dict[str, Any]) -> None:
    """What MozDef's zoom_fixup asks of a message: it makes another from `details`, and drops one without `event`."""
    assert message["hostname"] == "zoom_host"
    assert "zoom" in message["tags"]
    assert isinstance(message["details"]["event"], str)
    assert isinstance(message["details"]["payload"], dict)


def _assert_details(details: Any) -> None:
    assert isinstance(details, dict)
    for key in ("sourceipaddress", "destinationipaddress"):
        if key in details:
            ipaddress.ip_address(details[key])
    assert isinstance(details.get("success", True), bool)
