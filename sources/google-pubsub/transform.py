"""Take message.data apart, and say in the words of facts what it is about: each service has words of its own.

`published` has the JSON in place of the base64: a `log` (LogEntry), a `finding` (Security Command Center) or other
`data`; of a text it has the `text`, and its first `line`. Data that is no text stays as it was.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from lambdas.transforming import Rejected, Request, first_scalar, parse, value_at

AUTHENTICATED = "log.protoPayload.authenticationInfo"
DELEGATED = f"{AUTHENTICATED}.serviceAccountDelegationInfo.0"
# Where services say the same: the first that is there; `.` between keys, numbers for items of lists.
# https://cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog
# https://cloud.google.com/security-command-center/docs/reference/rest/v2/organizations.sources.findings
# https://cloud.google.com/monitoring/support/notification-options#schema-pubsub
WORDS = {
    "action": """log.protoPayload.methodName finding.finding.category data.incident.policy_name
        data.incident.condition_name data.asset.assetType data.budgetDisplayName attributes.eventType attributes.action
        log.logName""",
    "user": f"""{AUTHENTICATED}.principalEmail {AUTHENTICATED}.principalSubject finding.finding.access.principalEmail
        finding.finding.access.principalSubject""",
    "delegated_by": f"{DELEGATED}.firstPartyPrincipal.principalEmail {DELEGATED}.principalSubject",
    "source_ip": """log.protoPayload.requestMetadata.callerIp finding.finding.access.callerIp log.httpRequest.remoteIp
        log.jsonPayload.connection.src_ip finding.finding.connections.0.sourceIp""",
    "destination": "log.jsonPayload.connection.dest_ip finding.finding.connections.0.destinationIp",
    "user_agent": """log.protoPayload.requestMetadata.callerSuppliedUserAgent log.httpRequest.userAgent
        finding.finding.access.userAgent""",
    "target": """log.protoPayload.resourceName finding.resource.displayName finding.finding.resourceName
        data.incident.resource_display_name data.incident.resource_name data.asset.name attributes.objectId
        log.httpRequest.requestUrl log.resource.labels.instance_id log.resource.type""",
    "bucket": "attributes.bucketId",
    "target_user": """delta.member parameters.USER_EMAIL parameters.affected_email_address
        log.protoPayload.response.email log.resource.labels.email_id finding.finding.iamBindings.0.member""",
    "role": "delta.role parameters.ROLE_NAME finding.finding.iamBindings.0.role",
    "change": "delta.action",
    "reason": """log.protoPayload.status.message finding.finding.description data.incident.summary
        parameters.login_failure_type log.jsonPayload.statusDetails""",
    "status": """finding.finding.state data.incident.state log.jsonPayload.statusDetails log.jsonPayload.message
        log.jsonPayload.msg log.jsonPayload.event log.jsonPayload.disposition log.textPayload data.status data.message
        line log.httpRequest.status""",
    "project": """log.resource.labels.project_id finding.resource.gcpMetadata.projectDisplayName
        finding.resource.projectDisplayName finding.resource.project_display_name data.incident.scoping_project_id""",
    "service": "log.protoPayload.serviceName log.resource.type",
    "url": "finding.finding.externalUri data.incident.url",
    "session": "log.trace log.insertId",
    "level": "finding.finding.severity data.incident.severity log.severity",
}
DELTAS = ("serviceData.policyDelta.bindingDeltas", "metadata.policyDelta.bindingDeltas", "metadata.bindingDeltas")
# Who or what opens something to everybody, makes somebody an administrator, or ends a log.
WIDE = re.compile(
    r'owner|editor|admin|tokenCreator|allUsers|allAuthenticatedUsers|0\.0\.0\.0/0|::/0|"enableFlowLogs": false',
    re.IGNORECASE,
)
# What a new bucket gives to the owners, editors and viewers of its project is Google's own habit.
OF_PROJECT = ("projectOwner:", "projectEditor:", "projectViewer:")


def transform(event: dict[str, Any], request: Request) -> list[dict[str, Any]]:  # noqa: ARG001 - the framework's form
    message = event["message"]
    try:
        text = base64.b64decode(message.get("data") or "", validate=True).decode()
    except ValueError:
        return [event]
    published = _taken_apart(text)
    rest = {key: value for key, value in message.items() if key != "data"}
    about = _about({**published, "attributes": message.get("attributes")})
    return [{**event, "message": rest, "published": published, "about": about}]


def _taken_apart(text: str) -> dict[str, Any]:
    try:
        parsed = parse(text.encode())
    except Rejected:
        parsed = None
    if not isinstance(parsed, dict):
        return {"text": text, "line": text.strip().partition("\n")[0].strip()}
    return {"log" if "logName" in parsed else "finding" if isinstance(parsed.get("finding"), dict) else "data": parsed}


def _about(published: dict[str, Any]) -> dict[str, Any]:
    audit = value_at(published, "log.protoPayload")
    deltas = next((found for path in DELTAS if (found := _objects(value_at(audit, path)))), [])
    deltas = [delta for delta in deltas if not str(delta.get("member")).startswith(OF_PROJECT)]
    items = _objects(value_at(audit, "metadata.event.0.parameter"))
    parameters = {str(item.get("name")): item.get("value") for item in items}
    known = {**published, "delta": deltas[0] if deltas else None, "parameters": parameters}
    about = {name: first_scalar(known, paths) for name, paths in WORDS.items()}
    action = str(about["action"] or "")
    # CreateRole, but buckets.delete of storage.buckets.delete.
    about["call"] = re.sub(r"^.*?\.(?=\w+\.[a-z]+$|\w+$)", "", action)
    if about["target_user"]:
        # `user:ann@example.com`; the other kinds are serviceAccount, group, domain and so on.
        about["target_user"] = re.sub(r"^[A-Za-z]+:(?!//)", "", str(about["target_user"]))
    if isinstance(audit, dict) and "methodName" in audit:
        about |= _outcome(audit, deltas, str(about["call"]))
    if bucket := about.pop("bucket"):
        about["target"] = f"{bucket}/{about['target']}"
    found = {name: value for name, value in about.items() if value not in (None, "")}
    return {**found, "line": _line(found)}


def _outcome(audit: dict[str, Any], deltas: list[dict[str, Any]], call: str) -> dict[str, Any]:
    """Say whether a call succeeded, and whether it opened something or made an administrator."""
    # https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
    failed = value_at(audit, "status.code") not in (None, 0) or call.endswith("Failure")
    outcome = "failure" if failed else "success"
    added = [delta for delta in deltas if delta.get("action") == "ADD"]
    network = re.search(r"\.(firewalls|subnetworks)\.", str(audit["methodName"]))
    # Compute Engine and Cloud Run write the whole policy, and not what is new in it.
    opening = audit.get("request") if network else added if deltas else value_at(audit, "request.policy")
    wide = "wide" if not failed and WIDE.search(json.dumps(opening)) else None
    return {"outcome": outcome, "status": value_at(audit, "status.message") or outcome, "wide": wide}


def _line(about: dict[str, Any]) -> str:
    member = about.get("target_user")
    toward = "from" if about.get("change") == "REMOVE" else "to"
    given = [about.get("change"), about.get("role"), f"{toward} {member}" if "role" in about and member else member]
    parts = [
        str(about.get("action", "message")),
        f"by {about['user']}" if "user" in about else "",
        f"on {about['target']}" if "target" in about else "",
        f"({' '.join(str(word) for word in given if word)})" if any(given) else "",
    ]
    return " ".join(filter(None, parts)) + (f": {about['status']}" if "status" in about else "")


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
