"""A Message that is JSON of a known kind, taken apart: `published.<kind>`, in place of the text.

Elasticsearch gives a field one type for good. So each kind has a place of its own, and what differs from one API call
or resource to the next stays JSON text. JSON of no known kind stays the text that it was.
"""

from __future__ import annotations

import json
import re
from typing import Any

from lambdas.transforming import Rejected, Request, parse

FREE = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails", "configurationItem")


def transform(event: dict[str, Any], request: Request) -> list[dict[str, Any]]:  # noqa: ARG001 - the framework's form
    try:
        published = parse(event["Message"].encode())
    except Rejected:
        published = None
    if not isinstance(published, dict) or not (kind := _kind(published)):
        return [{**event, "published": {"line": event["Message"].strip().partition("\n")[0]}}]
    rest = {key: value for key, value in event.items() if key != "Message"}
    return [{**rest, "published": {kind: _stable(published)}}]


def _kind(published: dict[str, Any]) -> str | None:
    """A CloudWatch alarm, or an EventBridge event by its detail-type; CloudTrail's types all hold the same record."""
    if isinstance(published.get("AlarmName"), str) and "NewStateValue" in published:
        return "alarm"
    kind = published.get("detail-type")
    if not isinstance(kind, str) or not isinstance(published.get("detail"), dict):
        return None
    return "cloudtrail" if kind.endswith("via CloudTrail") else re.sub(r"[^a-z0-9]+", "_", kind.lower()).strip("_")


def _stable(published: dict[str, Any]) -> dict[str, Any]:
    detail = published.get("detail")
    if not isinstance(detail, dict):
        return published
    free = {key: json.dumps(detail[key], ensure_ascii=False) for key in FREE if detail.get(key) is not None}
    return {**published, "detail": {**detail, **free}}
