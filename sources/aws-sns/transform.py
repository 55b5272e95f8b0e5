"""Take the JSON of a Message apart, and say in the words of facts what it is about: each service has words of its own.

`published` has the JSON in place of the text; each finding or record in it is an event. A Message that is no object of
JSON stays as it is, and `published.line` is its first line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lambdas.transforming import Rejected, Request, first_scalar, parse, value_at

# Of an action that GuardDuty found.
REMOTE = """remoteIpDetails.ipAddressV4 remoteIpDetails.ipAddressV6 portProbeDetails.0.remoteIpDetails.ipAddressV4
    sourceIPs.0"""
# Where services say the same: the first that is there; `.` between keys, numbers for items of lists.
# https://docs.aws.amazon.com/eventbridge/latest/ref/event-services.html
WORDS = {
    "action": """configRuleName messageType eventTypeCode Title finding_info.title insightDetails.insightType type
        findingType eventName eventType notificationType Event event action""",
    "user": """resource.accessKeyDetails.userName resource.kubernetesDetails.kubernetesUserDetails.username
        resource.rdsDbUserDetails.user policyDetails.actor.userIdentity.iamUser.userName
        policyDetails.actor.userIdentity.assumedRole.arn mail.source""",
    "user_id": "resource.accessKeyDetails.principalId userIdentity.principalId requester",
    "access_key": "resource.accessKeyDetails.accessKeyId",
    "source_ip": """policyDetails.actor.ipAddressDetails.ipAddressV4 Network.SourceIpV4
        Action.AwsApiCallAction.RemoteIpDetails.IpAddressV4 source-ip-address src-addr
        requestParameters.sourceIPAddress""",
    "user_agent": "service.action.kubernetesApiCallAction.userAgent",
    "target": """AlarmName alarmName Resources.0.Id resources.0.uid resources.0.id resource.instanceDetails.instanceId
        resource.s3BucketDetails.0.name resource.eksClusterDetails.name resource.ecsClusterDetails.name
        resource.lambdaDetails.functionName resource.rdsDbInstanceDetails.dbInstanceIdentifier
        resourcesAffected.s3Bucket.name configurationItem.resourceName configurationItem.resourceId resourceName
        resourceId resource affectedEntities.0.entityValue s3ObjectDetails.objectKey rootCauses.0.service
        mail.destination.0 insightDetails.eventName s3.object.key object.key bucket.name Bucket instance-id resource_id
        repository-name project-name pipeline CommonName""",
    "bucket": "s3.bucket.name bucket.name s3ObjectDetails.bucketName",
    "title": "title message text",
    "reason": """NewStateReason state.reason newEvaluationResult.annotation eventDescription.0.latestDescription
        description Description finding_info.desc bounce.bounceType complaint.complaintFeedbackType""",
    "status": """NewStateValue state.value newEvaluationResult.complianceType scanResultDetails.scanResultStatus
        statusCode Compliance.Status Workflow.Status RecordState status state build-status scan-status
        configurationItemDiff.changeType insightDetails.state""",
    "account": "recipientAccountId affectedAccount AWSAccountId AwsAccountId awsAccountId accountId cloud.account.uid",
    "region": "awsRegion Region eventRegion region",
    "service": "eventSource ProductName metadata.product.name",
    "url": "SourceUrl finding_info.src_url anomalyDetailsLink",
}
# The same of a call's parameters, as CloudTrail records them.
CALLED = """roleName bucketName functionName keyId secretId trailName detectorId groupId instanceId logGroupName
    instancesSet.items.0.instanceId dBInstanceIdentifier clusterName repositoryName topicArn queueUrl stackName
    resourceArn targetId target instanceIds.0 name names.0 DeleteFlowLogsRequest.FlowLogId.content accountId
    instancesSet.items.0.imageId"""
CREATED = "responseElements.instancesSet.items.0.instanceId"
# How a call that has none of these names what it is about: snapshotId, dBClusterIdentifier, projectArn and so on.
NAMING = re.compile(r"\w*(Name|Id|Identifier|Arn)")
CLOSED = {"END", "OK", "COMPLIANT", "PASSED", "NO_THREATS_FOUND", "CLOSED", "RESOLVED", "ARCHIVED", "SUPPRESSED"}
OPENED = {
    "START": "WARNING",
    "ALARM": "WARNING",
    "NON_COMPLIANT": "WARNING",
    "OPEN": "WARNING",
    "THREATS_FOUND": "ERROR",
}
# What opens something to everybody, makes somebody an administrator, or ends a protection of data.
WIDE = re.compile(
    r"Admin|PowerUser|FullAccess|0\.0\.0\.0/0|::/0|AllUsers|AuthenticatedUsers|public-read|PUBLIC_READ"
    r'|"(Action|[Pp]rincipal|AWS)": ?\[?"\*"|"publiclyAccessible": true|"authType": "NONE"'
    r'|"deletionProtection": false|"endpointPublicAccess": true|"enabled": false'
    r'|"(Status|MfaDelete)": "(Suspended|Disabled)"|"BucketLoggingStatus": \{("xmlns": "[^"]*")?\}'
)
CAN_BE_WIDE = re.compile(
    r"(Attach|Put|Set)\w*Policy|CreatePolicy(Version)?|AddUserToGroup|Authorize\w+|Put\w+Acl|Add\w*Permission\w*"
    r"|AssociateAccessPolicy|UpdateClusterConfig|CreateTopic|CreateKey|(Create|Update)\w*Domain(Config)?|Set\w+Attributes|(Modify|Restore)DB\w+|PutBucket(Versioning|Logging)|UpdateProjectVisibility|\w+FunctionUrlConfig\w*"
)


def transform(event: dict[str, Any], request: Request) -> list[dict[str, Any]]:  # noqa: ARG001 - the framework's form
    try:
        published = parse(event["Message"].encode())
    except Rejected:
        published = None
    account = "".join(str(event.get("TopicArn")).split(":")[4:5])
    if not isinstance(published, dict):
        line = event["Message"].strip().partition("\n")[0].strip()
        about = _known({"action": event.get("Subject") or event.get("Type"), "account": account, "status": line})
        return [{**event, "published": {"line": line}, "about": {**about, "action": event.get("Type")}}]
    rest = {key: value for key, value in event.items() if key != "Message"}
    default = {"action": event.get("Subject") or event.get("Type"), "account": account}
    return [{**rest, "published": part, "about": _about(part, record, default)} for part, record in _parts(published)]


def _parts(published: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield what is published and the record in it, for each finding of Security Hub and each record of S3."""
    detail = published.get("detail")
    if findings := _objects(value_at(published, "detail.findings")):
        yield from (({**published, "detail": {**detail, "findings": [finding]}}, finding) for finding in findings)
    elif records := _objects(published.get("Records")):
        yield from (({**published, "Records": [record]}, record) for record in records)
    else:
        yield published, detail if isinstance(detail, dict) else published


def _about(published: dict[str, Any], record: dict[str, Any], default: dict[str, Any]) -> dict[str, Any]:
    about = {name: first_scalar(record, paths) for name, paths in WORDS.items()}
    around = {"action": "detail-type", "account": "account", "region": "region", "service": "source"}
    about |= {name: about[name] or first_scalar(published, key) or default.get(name) for name, key in around.items()}
    if isinstance(record.get("userIdentity"), dict) and "s3" not in record:
        return _known({**about, **_call(record)})
    if "AlarmName" in record:
        about["action"] = "CloudWatch Alarm State Change"
    if "anomalyId" in record:
        about["action"] = "Anomaly Detected"
        about["title"] = f"{value_at(record, 'impact.totalImpact')} dollars by {record.get('monitorName')}"
    actions = value_at(record, "service.action")
    for action in _objects([*actions.values()] if isinstance(actions, dict) else None):
        if remote := first_scalar(action, REMOTE):
            about["destination" if action.get("connectionDirection") == "OUTBOUND" else "source_ip"] = remote
    return _known({**about, **_finding(record, str(about["action"]))})


def _finding(record: dict[str, Any], action: str) -> dict[str, Any]:
    """Say how grave it is, in syslog's words, and whether it begins or ends."""
    states = {str(value_at(record, path)).upper() for path in WORDS["status"].split()}
    if states & CLOSED or record.get("archived") or value_at(record, "service.archived"):
        return {"severity": "INFO", "phase": "closed"}
    severity = next((word for state, word in OPENED.items() if state in states), None)
    if isinstance(score := record.get("severity"), int | float):
        # https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
        bands = ((9, "CRITICAL"), (7, "ERROR"), (4, "WARNING"), (0, "NOTICE"))
        severity = next((word for least, word in bands if score >= least), None)
    elif label := first_scalar(record, "severity.description severity Severity.Label"):
        severity = str(label)
    elif action.startswith(("AWS_RISK", "AWS_ABUSE")) or record.get("isPublic"):
        severity = "ERROR"
    elif "anomalyId" in record or (action == "Access Analyzer Finding" and "ACTIVE" in states):
        severity = "WARNING"
    return {"severity": severity, "phase": severity and "opened"}


def _call(record: dict[str, Any]) -> dict[str, Any]:
    """Say what CloudTrail records of a call.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    """
    parameters, identity = record.get("requestParameters"), record["userIdentity"]
    user = first_scalar(parameters, "userName") or first_scalar(record, "responseElements.accessKey.userName")
    target = first_scalar(parameters, CALLED) or first_scalar(record, CREATED)
    target = target or (None if user else first_scalar(parameters, "groupName policyName policyArn"))
    role = first_scalar(parameters, "policyArn policyName groupName roleArn permissionSetArn")
    if not (user or target or role) and isinstance(parameters, dict):
        target = first_scalar(parameters, " ".join(filter(NAMING.fullmatch, parameters)))
    reason = ": ".join(str(record[key]) for key in ("errorCode", "errorMessage") if record.get(key))
    failed = bool(reason) or value_at(record, "responseElements.ConsoleLogin") == "Failure"
    outcome = "failure" if failed else "success"
    wide = CAN_BE_WIDE.fullmatch(str(record.get("eventName"))) and WIDE.search(json.dumps(parameters).replace("\\", ""))
    no_mfa = identity.get("type") == "IAMUser" and value_at(record, "additionalEventData.MFAUsed") == "No"
    root = identity.get("type") == "Root" and not identity.get("invokedBy")
    return {
        "user": _caller(identity),
        "user_id": identity.get("principalId"),
        "access_key": identity.get("accessKeyId"),
        "source_ip": record.get("sourceIPAddress"),
        "user_agent": record.get("userAgent"),
        "target_user": user,
        "target": target,
        "role": None if role == target else role,
        "outcome": outcome,
        "reason": reason,
        "status": reason or outcome,
        "notable": "root" if root else None if failed else "wide" if wide else "no MFA" if no_mfa else None,
    }


def _caller(identity: dict[str, Any]) -> Any:
    """Return who called; of a role its session too, whose name alone is chosen by whoever assumes the role."""
    if identity.get("type") == "Root":
        return "root"
    session = str(identity.get("arn")).partition(":assumed-role/")[2]
    return session or first_scalar(identity, "userName invokedBy onBehalfOf.userId principalId accountId")


def _known(about: dict[str, Any]) -> dict[str, Any]:
    """Return what is known, and all of it in one line."""
    known = {name: value for name, value in about.items() if value not in (None, "")}
    if bucket := known.pop("bucket", None):
        known["target"] = bucket if known.get("target") in (None, bucket) else f"{bucket}/{known['target']}"
    thing = known.get("target_user") or known.get("target")
    user = known.get("user") or known.get("user_id")
    parts = [str(known.get("action")), f"by {user}" if user else "", f"on {thing}" if thing else ""]
    parts += [f"({known['role']})" if "role" in known else "", f"in {known.get('account')}"]
    state = known.get("title") or known.get("status")
    return {**known, "line": " ".join(filter(None, parts)) + (f": {state}" if state else "")}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
