"""What Google's services publish: each becomes a line that names who did what to what.

https://cloud.google.com/logging/docs/audit/understanding-audit-logs
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.shipped_messages import facts_of, messages_of

ANN, BOB = "ann@example.com", "bob@example.com"
DEPLOY = "deploy@example-project.iam.gserviceaccount.com"
KEYS = "projects/-/serviceAccounts/1000001"
PROJECT = "projects/example-project"


def pushed(data: Any, **attributes: str) -> dict[str, Any]:
    text = data if isinstance(data, str) else json.dumps(data)
    message = {"data": base64.b64encode(text.encode()).decode(), "messageId": "20704", "attributes": attributes}
    return {
        "message": {**message, "publishTime": "2026-03-02T09:30:12.55Z"},
        "subscription": "projects/p/subscriptions/s",
    }


def entry(**fields: Any) -> dict[str, Any]:
    resource = {"type": "project", "labels": {"project_id": "example-project"}}
    times = {"timestamp": "2026-03-02T09:30:10.123456789Z", "insertId": "-made1up"}
    return {"logName": f"{PROJECT}/logs/app", "resource": resource, "severity": "NOTICE", **times, **fields}


def audit(method: str, resource: str = PROJECT, user: str = ANN, **fields: Any) -> dict[str, Any]:
    metadata = {"callerIp": "198.51.100.40", "callerSuppliedUserAgent": "agent/1.0"}
    payload = {
        "status": {},
        "authenticationInfo": {"principalEmail": user},
        "requestMetadata": metadata,
        "serviceName": "iam.googleapis.com",
        "methodName": method,
        "resourceName": resource,
    }
    return entry(protoPayload={**payload, **fields})


def policy(
    action: str, role: str, member: str, method: str = "SetIamPolicy", resource: str = PROJECT
) -> dict[str, Any]:
    delta = {"action": action, "role": role, "member": member}
    return audit(method, resource, serviceData={"policyDelta": {"bindingDeltas": [delta]}})


def workspace(method: str, user: str = ANN, **parameters: str) -> dict[str, Any]:
    items = [{"name": name, "value": value} for name, value in parameters.items()]
    return audit(method, "organizations/1", user, metadata={"event": [{"eventName": "x", "parameter": items}]})


def finding(severity: str, state: str = "ACTIVE", **fields: Any) -> dict[str, Any]:
    of = {"category": "Anomalous Grant", "externalUri": "https://console.cloud.google.com/f", **fields}
    resource = {"displayName": "example-project", "gcpMetadata": {"projectDisplayName": "example-project"}}
    return {
        "finding": {"severity": severity, "state": state, "eventTime": "2026-03-02T11:10:36.153Z", **of},
        "resource": resource,
    }


def incident(state: str, severity: str = "No severity") -> dict[str, Any]:
    of = {"policy_name": "High load", "resource_display_name": "web-1", "summary": "Load is above 1"}
    return {"incident": {"state": state, "severity": severity, "url": "https://console.cloud.google.com/i", **of}}


DENIED = {"code": 7, "message": "PERMISSION_DENIED"}
BY = f"by {ANN}"
EVENTS = [
    (
        policy("ADD", "roles/owner", f"user:{BOB}"),
        *("WARNING", "permission.grant", f"SetIamPolicy {BY} on {PROJECT} (ADD roles/owner to {BOB}): success"),
    ),
    (
        policy("ADD", "roles/viewer", f"serviceAccount:{DEPLOY}"),
        *("NOTICE", "permission.grant", f"SetIamPolicy {BY} on {PROJECT} (ADD roles/viewer to {DEPLOY}): success"),
    ),
    (
        policy("REMOVE", "roles/owner", f"user:{BOB}"),
        *("NOTICE", "permission.revoke", f"SetIamPolicy {BY} on {PROJECT} (REMOVE roles/owner from {BOB}): success"),
    ),
    (
        policy("ADD", "roles/storage.objectViewer", "allUsers", "storage.setIamPermissions", "projects/_/buckets/b"),
        *("WARNING", "permission.grant"),
        f"storage.setIamPermissions {BY} on projects/_/buckets/b (ADD roles/storage.objectViewer to allUsers): success",
    ),
    (audit("SetIamPolicy"), "NOTICE", "permission.change", f"SetIamPolicy {BY} on {PROJECT}: success"),
    (
        audit("google.iam.admin.v1.CreateServiceAccountKey", KEYS),
        *("WARNING", "account.change", f"google.iam.admin.v1.CreateServiceAccountKey {BY} on {KEYS}: success"),
    ),
    (
        audit("google.iam.admin.v1.CreateServiceAccount", response={"email": DEPLOY}),
        *(
            "NOTICE",
            "account.create",
            f"google.iam.admin.v1.CreateServiceAccount {BY} on {PROJECT} ({DEPLOY}): success",
        ),
    ),
    (
        audit("v1.compute.instances.delete", "i-1", status=DENIED),
        *("NOTICE", "configuration.delete", f"v1.compute.instances.delete {BY} on i-1: PERMISSION_DENIED"),
    ),
    (
        audit("v1.compute.firewalls.insert", "all", request={"sourceRanges": ["0.0.0.0/0"]}),
        *("WARNING", "configuration.create", f"v1.compute.firewalls.insert {BY} on all: success"),
    ),
    (
        audit("v1.compute.firewalls.insert", "office", request={"sourceRanges": ["192.0.2.0/24"]}),
        *("NOTICE", "configuration.create", f"v1.compute.firewalls.insert {BY} on office: success"),
    ),
    (
        audit("google.logging.v2.ConfigServiceV2.DeleteSink", "sinks/siem"),
        *(
            "WARNING",
            "configuration.delete",
            f"google.logging.v2.ConfigServiceV2.DeleteSink {BY} on sinks/siem: success",
        ),
    ),
    (audit("storage.objects.get", "b/o"), "INFO", "data.read", f"storage.objects.get {BY} on b/o: success"),
    (audit("storage.objects.delete", "b/o"), "INFO", "data.delete", f"storage.objects.delete {BY} on b/o: success"),
    (
        workspace("google.login.LoginService.loginFailure", login_failure_type="login_failure_invalid_password"),
        *("NOTICE", "authentication.start", f"google.login.LoginService.loginFailure {BY} on organizations/1: failure"),
    ),
    (
        workspace("google.login.LoginService.loginSuccess"),
        *("INFO", "authentication.start", f"google.login.LoginService.loginSuccess {BY} on organizations/1: success"),
    ),
    (
        workspace("google.login.LoginService.suspiciousLogin", "", affected_email_address=BOB),
        *("WARNING", "detection.create"),
        f"google.login.LoginService.suspiciousLogin on organizations/1 ({BOB}): success",
    ),
    (
        workspace("google.admin.AdminService.assignRole", ROLE_NAME="_SEED_ADMIN_ROLE", USER_EMAIL=BOB),
        *("WARNING", "permission.grant"),
        f"google.admin.AdminService.assignRole {BY} on organizations/1 (_SEED_ADMIN_ROLE to {BOB}): success",
    ),
    (
        workspace("google.admin.AdminService.addGroupMember", USER_EMAIL=BOB),
        *("INFO", "permission.grant"),
        f"google.admin.AdminService.addGroupMember {BY} on organizations/1 ({BOB}): success",
    ),
    (
        audit("google.admin.AdminService.inboundSsoProfileUpdated", "organizations/1/inboundSsoSettings"),
        *("WARNING", "configuration.change"),
        f"google.admin.AdminService.inboundSsoProfileUpdated {BY} on organizations/1/inboundSsoSettings: success",
    ),
    (
        audit("google.iam.admin.v1.WorkforcePools.CreateWorkforcePool", "organizations/1"),
        *("WARNING", "configuration.create"),
        f"google.iam.admin.v1.WorkforcePools.CreateWorkforcePool {BY} on organizations/1: success",
    ),
    (
        audit("InsertProjectOwnershipInvite"),
        *("WARNING", "permission.grant", f"InsertProjectOwnershipInvite {BY} on {PROJECT}: success"),
    ),
    (
        audit("storage.hmacKeys.create"),
        *("WARNING", "account.change", f"storage.hmacKeys.create {BY} on {PROJECT}: success"),
    ),
    (
        audit("google.api.apikeys.v2.ApiKeys.CreateKey"),
        *("NOTICE", "configuration.create", f"google.api.apikeys.v2.ApiKeys.CreateKey {BY} on {PROJECT}: success"),
    ),
    (
        audit("storage.buckets.delete", "projects/_/buckets/b"),
        *("WARNING", "configuration.delete", f"storage.buckets.delete {BY} on projects/_/buckets/b: success"),
    ),
    (
        audit("io.k8s.authorization.rbac.v1.clusterrolebindings.create", "clusterrolebindings/root"),
        *("WARNING", "permission.grant"),
        f"io.k8s.authorization.rbac.v1.clusterrolebindings.create {BY} on clusterrolebindings/root: success",
    ),
    (
        audit("io.k8s.authorization.rbac.v1.rolebindings.delete", "rolebindings/r"),
        *("NOTICE", "permission.revoke"),
        f"io.k8s.authorization.rbac.v1.rolebindings.delete {BY} on rolebindings/r: success",
    ),
    (
        audit("google.pubsub.v1.Publisher.DeleteTopic", "topics/siem"),
        *("NOTICE", "configuration.delete", f"google.pubsub.v1.Publisher.DeleteTopic {BY} on topics/siem: success"),
    ),
    (
        workspace("google.login.LoginService.logout"),
        *("INFO", "authentication.end", f"google.login.LoginService.logout {BY} on organizations/1: success"),
    ),
    (
        workspace("google.admin.AdminService.deleteRole", ROLE_NAME="Helpers"),
        *(
            "INFO",
            "permission.change",
            f"google.admin.AdminService.deleteRole {BY} on organizations/1 (Helpers): success",
        ),
    ),
    (
        audit("UpdateCryptoKeyVersion", "cryptoKeys/k"),
        *("WARNING", "configuration.change", f"UpdateCryptoKeyVersion {BY} on cryptoKeys/k: success"),
    ),
    (
        audit("v1.compute.subnetworks.patch", "default", request={"enableFlowLogs": False}),
        *("WARNING", "configuration.change", f"v1.compute.subnetworks.patch {BY} on default: success"),
    ),
    (
        audit("v1.compute.subnetworks.patch", "default", request={"enableFlowLogs": True}),
        *("INFO", "configuration.change", f"v1.compute.subnetworks.patch {BY} on default: success"),
    ),
    (
        audit(
            "v1.compute.disks.setIamPolicy", "disks/d", request={"policy": {"bindings": [{"members": ["allUsers"]}]}}
        ),
        *("WARNING", "permission.change", f"v1.compute.disks.setIamPolicy {BY} on disks/d: success"),
    ),
    (
        policy(
            "ADD", "roles/storage.legacyBucketOwner", "projectOwner:p", "storage.buckets.create", "projects/_/buckets/b"
        ),
        *("INFO", "configuration.create", f"storage.buckets.create {BY} on projects/_/buckets/b: success"),
    ),
    (finding("CRITICAL"), "CRITICAL", "detection.create", "Anomalous Grant on example-project: ACTIVE"),
    (finding("HIGH"), "ERROR", "detection.create", "Anomalous Grant on example-project: ACTIVE"),
    (finding("LOW"), "NOTICE", "detection.create", "Anomalous Grant on example-project: ACTIVE"),
    (finding("HIGH", "INACTIVE"), "INFO", "detection.close", "Anomalous Grant on example-project: INACTIVE"),
    (finding("HIGH", mute="MUTED"), "INFO", "detection.create", "Anomalous Grant on example-project: ACTIVE"),
    (incident("open", "Critical"), "CRITICAL", "detection.create", "High load on web-1: open"),
    (incident("open"), "WARNING", "detection.create", "High load on web-1: open"),
    (incident("closed", "Critical"), "INFO", "detection.close", "High load on web-1: closed"),
    (
        entry(severity="ERROR", textPayload="disk full\nmore"),
        *("ERROR", "other", f"{PROJECT}/logs/app on project: disk full more"),
    ),
    (entry(severity="DEFAULT", jsonPayload={"msg": "a"}), "INFO", "other", f"{PROJECT}/logs/app on project: a"),
    (
        entry(severity="WARNING", httpRequest={"requestUrl": "https://example.com/login", "status": 403}),
        *("WARNING", "other", f"{PROJECT}/logs/app on https://example.com/login: 403"),
    ),
    ({"asset": {"name": "//b", "assetType": "storage/Bucket"}}, "INFO", "other", "storage/Bucket on //b"),
    ({"message": "hello"}, "INFO", "other", "message: hello"),
    ("Deployed web-1\nmore", "INFO", "other", "message: Deployed web-1"),
    ("[1]", "INFO", "other", "message: [1]"),
]


@pytest.mark.parametrize(("data", "severity", "kind", "line"), EVENTS)
def test_message(data: Any, severity: str, kind: str, line: str) -> None:
    expected = {"summary": f"google-pubsub: {line}", "severity": severity, "kind": kind}
    assert facts_of("google-pubsub", pushed(data), expected) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            policy("ADD", "roles/owner", f"user:{BOB}"),
            {
                "eventname": "SetIamPolicy",
                "username": ANN,
                "email": ANN,
                "targetuser": BOB,
                "role": "roles/owner",
                "target": PROJECT,
                "success": True,
                "sourceipaddress": "198.51.100.40",
                "useragent": "agent/1.0",
                "organization": "example-project",
                "service": "iam.googleapis.com",
                "session": "-made1up",
            },
        ),
        (audit("x.Y", status=DENIED), {"success": False, "reason": "PERMISSION_DENIED"}),
        (audit("x.Y", status={"code": 0}), {"success": True}),
        (audit("x.Y", requestMetadata={"callerIp": "private"}), {"sourceipaddress": None}),
        (audit("x.Y", requestMetadata={"callerIp": "2001:db8::1"}), {"sourceipv6address": "2001:db8::1"}),
        (
            audit(
                "x.Y",
                authenticationInfo={
                    "principalEmail": DEPLOY,
                    "serviceAccountDelegationInfo": [{"firstPartyPrincipal": {"principalEmail": ANN}}],
                },
            ),
            {"username": DEPLOY, "delegated_by": ANN},
        ),
        (
            audit("x.Y", authenticationInfo={"principalSubject": "principal://iam.googleapis.com/x/subject/ann"}),
            {"username": "principal://iam.googleapis.com/x/subject/ann"},
        ),
        (
            finding("HIGH", access={"principalEmail": "eve@example.net", "callerIp": "203.0.113.9"}, description="Odd"),
            {
                "username": "eve@example.net",
                "sourceipaddress": "203.0.113.9",
                "url": "https://console.cloud.google.com/f",
                "reason": "Odd",
                "state": "ACTIVE",
            },
        ),
        (incident("open"), {"url": "https://console.cloud.google.com/i", "reason": "Load is above 1"}),
        (
            entry(jsonPayload={"connection": {"src_ip": "203.0.113.9", "dest_ip": "198.51.100.1"}}),
            {"sourceipaddress": "203.0.113.9", "destinationipaddress": "198.51.100.1"},
        ),
    ],
)
def test_facts_of_a_message(data: Any, expected: dict[str, Any]) -> None:
    assert facts_of("google-pubsub", pushed(data), expected) == expected


def test_notification_of_cloud_storage_is_told_by_its_attributes() -> None:
    body = pushed({"kind": "storage#object"}, eventType="OBJECT_DELETE", bucketId="logs", objectId="a/b.gz")
    expected = {
        "summary": "google-pubsub: OBJECT_DELETE on logs/a/b.gz",
        "kind": "data.delete",
        "target": "logs/a/b.gz",
    }
    assert facts_of("google-pubsub", body, expected) == expected


def test_data_that_is_no_text_stays_as_it_was() -> None:
    body = pushed("")
    body["message"]["data"] = "/w=="
    (message,) = messages_of("google-pubsub", body)
    assert message["summary"] == "google-pubsub: projects/p/subscriptions/s"
    assert "message.data=/w==" in message["details"]["fields"]


@pytest.mark.parametrize(
    "data",
    [
        {"logName": 1, "protoPayload": {"methodName": None, "status": 5, "serviceData": {"policyDelta": []}}},
        {"logName": "a", "protoPayload": "x"},
        {"logName": "a", "protoPayload": {"methodName": "x", "metadata": {"event": [{"parameter": [1, {}]}]}}},
        {"finding": {}},
        {"incident": 1},
    ],
)
def test_json_of_another_shape_is_an_event_too(data: Any) -> None:
    assert messages_of("google-pubsub", pushed(data))
