"""What message.data holds, taken apart: `published` has a `log`, a `finding` or a `text`, in place of the base64.

Elasticsearch gives a field one type for good. So what differs from one service to the next stays JSON text, and so does
JSON that is neither a LogEntry nor a finding. Data that is no text stays as it was. `message` becomes `envelope`,
since in MozDef `details.message` is a text.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from lambdas.transforming import Rejected, Request, parse

# https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
FREE_IN_LOG = ("jsonPayload", "labels")
# https://cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog
FREE_IN_AUDIT = ("request", "response", "metadata", "serviceData", "resourceOriginalState", "policyViolationInfo")
FREE_IN_FINDING = ("sourceProperties", "securityMarks", "externalSystems", "contacts")


def transform(event: dict[str, Any], request: Request) -> list[dict[str, Any]]:  # noqa: ARG001 - the framework's form
    envelope = dict(event["message"])
    rest = {key: value for key, value in event.items() if key != "message"}
    try:
        text = base64.b64decode(envelope.get("data") or "", validate=True).decode()
    except ValueError:
        return [{**rest, "envelope": envelope}]
    envelope.pop("data", None)
    return [{**rest, "envelope": envelope, "published": _taken_apart(text)}]


def _taken_apart(text: str) -> dict[str, Any]:
    try:
        parsed = parse(text.encode())
    except Rejected:
        parsed = None
    if isinstance(parsed, dict) and "logName" in parsed:
        return {"log": _log(parsed)}
    if isinstance(parsed, dict) and isinstance(parsed.get("finding"), dict):
        return {"finding": {**parsed, "finding": _as_text(parsed["finding"], FREE_IN_FINDING)}}
    return {"text": text, "line": text.strip().partition("\n")[0]}


def _log(entry: dict[str, Any]) -> dict[str, Any]:
    entry = _as_text(entry, FREE_IN_LOG)
    if isinstance(audit := entry.get("protoPayload"), dict):
        audit = _as_text(audit, FREE_IN_AUDIT)
        if isinstance(status := audit.get("status"), dict):
            audit["status"] = _as_text(status, ("details",))
        entry["protoPayload"] = audit
    return entry


def _as_text(parsed: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    free = {name: json.dumps(parsed[name], ensure_ascii=False) for name in names if parsed.get(name) is not None}
    return {**parsed, **free}
