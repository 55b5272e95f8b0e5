"""Okta's events: each that an event hook may choose becomes a line that names who did what to what.

https://developer.okta.com/docs/reference/api/event-types (those with `event-hook-eligible`)
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import facts_of, messages_of

ADMIN = {"id": "00uAdmin", "type": "User", "alternateId": "admin@example.com", "displayName": "Admin"}
NOBODY = {"id": "unknown", "type": "User", "alternateId": "typed@example.com", "displayName": "unknown"}
ANN = {"id": "00uAnn", "type": "User", "alternateId": "ann@example.com", "displayName": "Ann"}
GROUP = {"id": "00g1", "type": "UserGroup", "alternateId": "unknown", "displayName": "Production"}
WIKI = {"id": "0oa1", "type": "AppInstance", "alternateId": "Wiki", "displayName": "Wiki"}
ACCOUNT = {"id": "0ua1", "type": "AppUser", "alternateId": "ann", "displayName": "Ann"}
POLICY = {"id": "00p1", "type": "PolicyEntity", "alternateId": "unknown", "displayName": "Default Policy"}
RULE = {"id": "0pr1", "type": "PolicyRule", "alternateId": "00p1", "displayName": "Require MFA"}


def body(event_type: str, *target: dict[str, Any], **changes: Any) -> dict[str, Any]:
    event = {
        "uuid": "u1",
        "eventType": event_type,
        "published": "2026-03-02T09:00:00.000Z",
        "severity": "INFO",
        "actor": ADMIN,
        "client": {"ipAddress": "198.51.100.23", "userAgent": {"rawUserAgent": "curl/8"}},
        "outcome": {"result": "SUCCESS", "reason": None},
        "target": list(target) or None,
        **changes,
    }
    return {"data": {"events": [event]}}


def granted(role: str) -> dict[str, Any]:
    return {"debugContext": {"debugData": {"privilegeGranted": role}}}


PHISHED = "FastPass declined phishing attempt"
FAILED = {"outcome": {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}}


@pytest.mark.parametrize(
    ("request_body", "summary", "severity", "kind"),
    [
        (
            body("user.session.start"),
            "user.session.start by admin@example.com: SUCCESS",
            "INFO",
            "authentication.start",
        ),
        (
            body("user.session.start", actor=NOBODY, severity="WARN", **FAILED),
            "user.session.start by typed@example.com: FAILURE INVALID_CREDENTIALS",
            "WARNING",
            "authentication.start",
        ),
        (body("user.session.end"), "user.session.end by admin@example.com: SUCCESS", "INFO", "authentication.end"),
        (
            body("user.authentication.sso", WIKI, outcome={"result": "DENY", "reason": "POLICY"}),
            "user.authentication.sso by admin@example.com on Wiki: DENY POLICY",
            "NOTICE",
            "authentication.start",
        ),
        (
            body("application.user_membership.show_password", ACCOUNT, WIKI, ANN),
            "application.user_membership.show_password by admin@example.com on Ann, Wiki, ann@example.com: SUCCESS",
            "NOTICE",
            "account.change",
        ),
        (
            body("user.authentication.auth_via_mfa", outcome={"result": "FAILURE", "reason": PHISHED}),
            f"user.authentication.auth_via_mfa by admin@example.com: FAILURE {PHISHED}",
            "WARNING",
            "authentication.start",
        ),
        (
            body("user.account.privilege.grant", ANN, **granted("Super administrator")),
            "user.account.privilege.grant by admin@example.com of Super administrator on ann@example.com: SUCCESS",
            "WARNING",
            "permission.grant",
        ),
        (
            body("group.privilege.grant", GROUP, **granted("Help desk administrator")),
            "group.privilege.grant by admin@example.com of Help desk administrator on Production: SUCCESS",
            "WARNING",
            "permission.grant",
        ),
        (
            body("group.user_membership.add", ANN, GROUP),
            "group.user_membership.add by admin@example.com on ann@example.com, Production: SUCCESS",
            "INFO",
            "permission.grant",
        ),
        (
            body("application.user_membership.remove", ACCOUNT, WIKI, ANN),
            "application.user_membership.remove by admin@example.com on Ann, Wiki, ann@example.com: SUCCESS",
            "INFO",
            "permission.revoke",
        ),
        (
            body("policy.rule.update", POLICY, RULE),
            "policy.rule.update by admin@example.com on Default Policy, Require MFA: SUCCESS",
            "WARNING",
            "configuration.change",
        ),
        (
            body("user.lifecycle.suspend", ANN),
            "user.lifecycle.suspend by admin@example.com on ann@example.com: SUCCESS",
            "INFO",
            "account.disable",
        ),
        (
            body("user.account.lock", ANN, severity="WARN"),
            "user.account.lock by admin@example.com on ann@example.com: SUCCESS",
            "WARNING",
            "account.lock",
        ),
        (
            body("system.api_token.revoke", outcome=None, actor=None),
            "system.api_token.revoke",
            "INFO",
            "configuration.change",
        ),
    ],
)
def test_event_is_told(request_body: Any, summary: str, severity: str, kind: str) -> None:
    expected = {"summary": f"okta: {summary}", "severity": severity, "kind": kind}
    assert facts_of("okta", request_body, expected) == expected


# Each is enough for an analyst to look, whatever severity Okta gives it.
WARNINGS = [
    "app.oauth2.client.privilege.grant",
    "app.oauth2.token.detect_reuse",
    "app.oauth2.as.token.detect_reuse",
    "app.oauth2.trusted_server.add",
    "iam.resourceset.bindings.add",
    "iam.role.permissions.add",
    "policy.auth_reevaluate.fail",
    "policy.lifecycle.deactivate",
    "policy.rule.delete",
    "security.authenticator.lifecycle.deactivate",
    "security.breached_credential.detected",
    "security.trusted_origin.create",
    "system.api_token.create",
    "system.api_token.request_outside_allowed_range",
    "system.idp.key.create",
    "system.idp.lifecycle.create",
    "system.idp.lifecycle.read_client_secret",
    "system.log_stream.lifecycle.deactivate",
    "system.log_stream.lifecycle.delete",
    "user.account.report_suspicious_activity_by_enduser",
    "user.mfa.factor.deactivate",
    "user.mfa.factor.reset_all",
    "user.risk.detect",
    "user.session.impersonation.grant",
    "zone.delete",
    "zone.remove_blacklist",
]
QUIET = [
    "access.request.create",
    "app.oauth2.as.consent.grant",
    "application.lifecycle.update",
    "device.enrollment.create",
    "iam.role.subscriptions.update",
    "policy.rule.activate",
    "security.trusted_origin.delete",
    "system.email.delivery",
    "user.account.update_profile",
    "user.authentication.universal_logout",
    "user.lifecycle.create",
    "user.mfa.factor.activate",
    "workload_principal.register",
]


@pytest.mark.parametrize("event_type", WARNINGS)
def test_what_weakens_protection_warns(event_type: str) -> None:
    expected = {"severity": "WARNING", "summary": f"okta: {event_type} by admin@example.com on Wiki: SUCCESS"}
    assert facts_of("okta", body(event_type, WIKI), expected) == expected


@pytest.mark.parametrize("event_type", QUIET)
def test_routine_is_quiet(event_type: str) -> None:
    assert facts_of("okta", body(event_type, WIKI), {"severity": None}) == {"severity": "INFO"}


@pytest.mark.parametrize(
    ("event_type", "kind"),
    [
        ("user.account.unlock_by_admin", "account.enable"),
        ("user.lifecycle.delete.initiated", "account.delete"),
        ("user.mfa.factor.reset_all", "account.change"),
        ("user.authentication.universal_logout.scheduled", "authentication.end"),
        ("user.risk.change", "detection.change"),
        ("app.oauth2.token.detect_reuse", "detection.create"),
        ("iam.resourceset.bindings.delete", "permission.revoke"),
        ("iam.resourceset.update", "permission.change"),
        ("application.lifecycle.create", "configuration.create"),
        ("security.trusted_origin.delete", "configuration.delete"),
        ("system.idp.lifecycle.read_client_secret", "configuration.read"),
        ("inline_hook.executed", "other"),
    ],
)
def test_kind(event_type: str, kind: str) -> None:
    assert facts_of("okta", body(event_type), {"kind": None}) == {"kind": kind}


def test_facts_are_found() -> None:
    context = {"externalSessionId": "102Session", "authenticationProvider": "FEDERATION", "credentialType": "ASSERTION"}
    event = body("user.account.privilege.grant", ANN, authenticationContext=context, **granted("Super administrator"))
    expected = {
        "eventname": "user.account.privilege.grant",
        "username": "admin@example.com",
        "email": "admin@example.com",
        "userid": "00uAdmin",
        "sourceipaddress": "198.51.100.23",
        "useragent": "curl/8",
        "targetuser": "ann@example.com",
        "target": None,
        "role": "Super administrator",
        "session": "102Session",
        "success": True,
        "auth_provider": "FEDERATION",
        "credential_type": "ASSERTION",
    }
    assert facts_of("okta", event, expected) == expected
    rule = {"target": "Require MFA", "targetuser": None}
    assert facts_of("okta", body("policy.rule.update", POLICY, RULE), rule) == rule


def test_login_has_the_category_that_alerts_look_for() -> None:
    failed, changed = (
        messages_of("okta", body("user.session.start", **FAILED)),
        messages_of("okta", body("zone.update")),
    )
    assert (failed[0]["category"], failed[0]["details"]["success"]) == ("authentication", False)
    assert changed[0]["category"] == "okta"


@pytest.mark.parametrize("subject", [{"filter": "^$", "matchType": "USERNAME"}, "idpuser.email", ["a", {"b": 1}], None])
def test_change_details_are_text_whatever_they_are(subject: Any) -> None:
    target = {**POLICY, "changeDetails": {"from": {"policySubject": subject}, "to": {"policySubject": {"a": [1]}}}}
    (message,) = messages_of("okta", body("policy.lifecycle.update", target))
    assert all(isinstance(entry, str) for entry in message["details"]["fields"])
    assert "data.events.target.changeDetails" not in message["details"]
    assert message["summary"] == "okta: policy.lifecycle.update by admin@example.com on Default Policy: SUCCESS"
