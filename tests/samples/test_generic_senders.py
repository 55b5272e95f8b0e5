"""Sources for any sender: bearer, standard-webhooks and svix find what an event says under usual names.

https://clerk.com/docs/webhooks/overview, https://resend.com/docs/dashboard/webhooks/event-types,
https://docs.svix.com/incoming-webhooks (operational webhooks)
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.shipped_messages import facts_of, messages_of

HEADERS = {
    "bearer": {},
    "standard-webhooks": {"webhook-id": "msg_1", "webhook-timestamp": "1772446878"},
    "svix": {"svix-id": "msg_1", "svix-timestamp": "1772446878"},
}
ANN, BOB = "ann@example.com", "bob@example.com"


def tell(source: str, body: Any, facts: dict[str, Any]) -> dict[str, Any]:
    return facts_of(source, body, facts, headers=HEADERS[source])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {
                "id": "9f2c",
                "type": "role.granted",
                "actor": {"id": 8801, "email": ANN, "user_agent": "Mozilla/5.0"},
                "target": {"email": BOB, "name": "billing"},
                "role": {"name": "admin"},
                "organization": {"name": "Example Org"},
                "ip": "198.51.100.40",
                "request_id": "req-1",
                "outcome": "success",
                "html_url": "https://acme.example.com/audit",
            },
            {
                "summary": f"bearer: role.granted by {ANN} on {BOB} as admin in Example Org: success",
                "severity": "WARNING",
                "kind": "permission.grant",
                "eventname": "role.granted",
                "username": ANN,
                "userid": "8801",
                "targetuser": BOB,
                "target": "billing",
                "role": "admin",
                "organization": "Example Org",
                "sourceipaddress": "198.51.100.40",
                "useragent": "Mozilla/5.0",
                "session": "req-1",
                "success": True,
                "url": "https://acme.example.com/audit",
            },
        ),
        (
            {"event": "login", "user": "ann", "client_ip": "2001:db8::1", "success": False, "error": "bad password"},
            {
                "summary": "bearer: login by ann: bad password",
                "severity": "NOTICE",
                "kind": "authentication.start",
                "username": "ann",
                "success": False,
                "reason": "bad password",
                "sourceipv6address": "2001:db8::1",
            },
        ),
        (
            {"action": "login.failed", "email": ANN, "source_ip": "192.0.2.1"},
            {
                "summary": f"bearer: login.failed by {ANN}",
                "severity": "NOTICE",
                "kind": "authentication.start",
                "success": False,
                "email": ANN,
            },
        ),
        (
            {"event_type": "config.changed", "actor": {"name": "deploy"}, "level": "notice", "status": "applied"},
            {
                "summary": "bearer: config.changed by deploy: applied",
                "severity": "NOTICE",
                "kind": "configuration.change",
                "success": None,
            },
        ),
        ({"action": "export", "user": {"login": "ann"}}, {"summary": "bearer: export by ann", "kind": "data.read"}),
        ({"type": "user.mfa_disabled", "user": "ann"}, {"severity": "WARNING", "kind": "account.change"}),
        ({"type": "token.created", "user": "ann"}, {"severity": "NOTICE", "kind": "account.change"}),
        (
            {"type": "user.deleted", "target_user": "bob"},
            {"summary": "bearer: user.deleted on bob", "targetuser": "bob"},
        ),
        ({"type": "user.logout", "user": "ann"}, {"kind": "authentication.end"}),
        (
            {"type": "signed_in", "user": "ann", "outcome": {"result": "FAILURE"}},
            {"severity": "NOTICE", "success": False},
        ),
        ({"type": "signed_in", "user": "ann", "result": "denied"}, {"severity": "NOTICE", "success": False}),
        ({"type": "signed_in", "user": "ann", "success": True}, {"severity": "INFO", "success": True}),
        ({"type": "user.locked", "severity": "high"}, {"kind": "account.lock", "severity": "ERROR"}),
        ({"type": {"a": 1}, "event": "x", "actor": [1], "user": {"a": 1}}, {"summary": "bearer: x", "eventname": "x"}),
    ],
)
def test_sender_with_a_bearer_token(body: dict[str, Any], expected: dict[str, Any]) -> None:
    assert tell("bearer", body, expected) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"type": "user.created", "data": {"id": "usr_1", "email": BOB, "status": "invited"}},
            {
                "summary": f"webhook: user.created on {BOB}: invited",
                "kind": "account.create",
                "targetuser": BOB,
                "username": None,
            },
        ),
        (
            {
                "type": "user.login_failed",
                "data": {
                    "id": "evt_1",
                    "actor": {"id": "usr_1", "email": ANN, "ip": "203.0.113.24"},
                    "outcome": "denied",
                    "severity": "warning",
                },
            },
            {
                "summary": f"webhook: user.login_failed by {ANN}: denied",
                "severity": "WARNING",
                "kind": "authentication.start",
                "username": ANN,
                "userid": "usr_1",
                "success": False,
                "sourceipaddress": "203.0.113.24",
            },
        ),
        (
            {"type": "api_key.created", "data": {"name": "nightly", "user": {"email": ANN}, "ip_address": "192.0.2.1"}},
            {
                "summary": f"webhook: api_key.created by {ANN} on nightly",
                "severity": "NOTICE",
                "kind": "account.change",
                "target": "nightly",
                "sourceipaddress": "192.0.2.1",
            },
        ),
        (
            {
                "type": "role.granted",
                "data": {"actor": {"id": "svc_1"}, "role": "owner", "target_user": {"email": BOB}},
            },
            {
                "summary": f"webhook: role.granted by svc_1 on {BOB} as owner",
                "severity": "WARNING",
                "kind": "permission.grant",
                "role": "owner",
            },
        ),
        (
            {"event": "contact.deleted", "data": {"id": "1f81eb52"}},
            {"summary": "webhook: contact.deleted on 1f81eb52", "kind": "data.delete", "target": "1f81eb52"},
        ),
        ({"type": "response.completed", "data": {"id": 7}}, {"summary": "webhook: response.completed", "target": "7"}),
        ({"type": "x"}, {"summary": "webhook: x", "severity": "INFO", "kind": "other"}),
        ({"type": "x", "data": [1]}, {"summary": "webhook: x"}),
    ],
)
def test_standard_webhook(body: dict[str, Any], expected: dict[str, Any]) -> None:
    assert tell("standard-webhooks", body, expected) == expected


USER = {"id": "user_1", "object": "user", "email_addresses": [{"email_address": ANN}], "username": None}
MEMBER = {"organization": {"name": "Acme Inc"}, "public_user_data": {"identifier": BOB}, "role": "org:member"}
ADMIN = {**MEMBER, "role": "org:admin"}
INVITED = {"email_address": BOB, "role": "org:member", "public_organization_data": {"name": "Acme Inc"}}
SESSION = {"id": "sess_1", "object": "session", "user_id": "user_1", "status": "active"}
MAIL = {"to": [ANN], "from": "no-reply@example.com", "subject": "Your order"}
ENDPOINT = {"appId": "app_1", "appUid": "customer", "endpointId": "ep_1"}


@pytest.mark.parametrize(
    ("event_type", "data", "line", "severity", "kind"),
    [
        ("user.created", USER, f" on {ANN}", "INFO", "account.create"),
        ("user.updated", USER, f" on {ANN}", "INFO", "account.change"),
        ("user.deleted", {"id": "user_1", "deleted": True}, " on user_1", "NOTICE", "account.delete"),
        ("session.created", SESSION, " on user_1: active", "INFO", "authentication.start"),
        ("session.ended", {**SESSION, "status": "ended"}, " on user_1: ended", "INFO", "authentication.end"),
        ("session.revoked", {**SESSION, "status": "revoked"}, " on user_1: revoked", "NOTICE", "authentication.end"),
        ("organization.created", {"id": "org_1", "name": "Acme Inc"}, " on Acme Inc", "NOTICE", "configuration.create"),
        ("organization.deleted", {"id": "org_1"}, " on org_1", "WARNING", "configuration.delete"),
        ("organizationMembership.created", MEMBER, f" on {BOB} as org:member in Acme Inc", "INFO", "permission.grant"),
        (
            "organizationMembership.updated",
            ADMIN,
            f" on {BOB} as org:admin in Acme Inc",
            "WARNING",
            "permission.change",
        ),
        ("organizationMembership.deleted", MEMBER, f" on {BOB} as org:member in Acme Inc", "INFO", "permission.revoke"),
        ("organizationInvitation.created", INVITED, f" on {BOB} as org:member in Acme Inc", "INFO", "permission.grant"),
        ("organizationDomain.created", {"name": "example.com"}, " on example.com", "INFO", "configuration.create"),
        ("role.updated", {"key": "org:x", "name": "X"}, " on X", "NOTICE", "permission.change"),
        (
            "waitlistEntry.created",
            {"email_address": BOB, "status": "pending"},
            f" on {BOB}: pending",
            "INFO",
            "data.create",
        ),
        ("email.created", {"to_email_address": ANN, "subject": "Sign in"}, f" on {ANN}", "INFO", "data.create"),
        ("email.delivered", MAIL, f" on {ANN}", "INFO", "other"),
        (
            "email.bounced",
            {**MAIL, "bounce": {"message": "Full.", "type": "Transient"}},
            f" on {ANN}: Transient: Full.",
            "NOTICE",
            "other",
        ),
        ("email.failed", {**MAIL, "failed": {"reason": "quota"}}, f" on {ANN}: quota", "NOTICE", "other"),
        ("email.complained", MAIL, f" on {ANN}", "WARNING", "other"),
        ("domain.deleted", {"name": "example.com"}, " on example.com", "NOTICE", "configuration.delete"),
        ("endpoint.created", ENDPOINT, " on ep_1", "NOTICE", "configuration.create"),
        ("endpoint.deleted", ENDPOINT, " on ep_1", "WARNING", "configuration.delete"),
        (
            "endpoint.disabled",
            {**ENDPOINT, "failSince": "2026-02-25"},
            " on ep_1: 2026-02-25",
            "WARNING",
            "configuration.change",
        ),
        (
            "message.attempt.exhausted",
            {**ENDPOINT, "lastAttempt": {"responseStatusCode": 500}},
            " on ep_1: 500",
            "WARNING",
            "other",
        ),
        ("message.attempt.failing", ENDPOINT, " on ep_1", "NOTICE", "other"),
        ("message.attempt.recovered", ENDPOINT, " on ep_1", "INFO", "other"),
        ("anything.else", {}, "", "INFO", "other"),
    ],
)
def test_event_delivered_through_svix(
    event_type: str, data: dict[str, Any], line: str, severity: str, kind: str
) -> None:
    expected = {"summary": f"svix: {event_type}{line}", "severity": severity, "kind": kind}
    assert tell("svix", {"type": event_type, "data": data}, expected) == expected


def test_facts_of_events_through_svix() -> None:
    request = {"http_request": {"client_ip": "198.51.100.23", "user_agent": "Mozilla/5.0"}}
    clerk = {"type": "session.created", "data": SESSION, "event_attributes": request, "instance_id": "ins_1"}
    of_clerk = {
        "sourceipaddress": "198.51.100.23",
        "useragent": "Mozilla/5.0",
        "userid": "user_1",
        "session": "sess_1",
        "organization": "ins_1",
    }
    assert tell("svix", clerk, of_clerk) == of_clerk
    click = {"ipAddress": "203.0.113.24", "userAgent": "Mozilla/5.0", "link": "https://shop.example.com"}
    of_resend = {"sourceipaddress": "203.0.113.24", "targetuser": ANN, "target": "Your order", "from": MAIL["from"]}
    assert tell("svix", {"type": "email.clicked", "data": {**MAIL, "click": click}}, of_resend) == of_resend
    of_svix = {"organization": "customer", "endpoint": "ep_1", "response": "500", "success": False}
    failed = {**ENDPOINT, "lastAttempt": {"responseStatusCode": 500}}
    assert tell("svix", {"type": "message.attempt.exhausted", "data": failed}, of_svix) == of_svix


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("bearer", {"type": "a", "secret": "t0ken", "access_token": "t0ken", "private_key": "t0ken"}),
        ("bearer", [{"type": "a", "token": "t0ken", "client_secret": "t0ken", "refresh_token": "t0ken"}]),
        ("standard-webhooks", {"type": "a", "data": {"secret": "t0ken", "password": "t0ken", "access_token": "t0ken"}}),
        (
            "svix",
            {"type": "email.created", "data": {"body": "t0ken", "body_plain": "t0ken", "data": {"otp_code": "t0ken"}}},
        ),
        ("svix", {"type": "sms.created", "data": {"message": "t0ken", "data": {"otp_code": "t0ken"}}}),
        ("svix", {"type": "organizationInvitation.created", "data": {"url": "https://x/t0ken", "secret": "t0ken"}}),
    ],
)
def test_secrets_are_masked(source: str, body: Any) -> None:
    assert "t0ken" not in json.dumps(messages_of(source, body, headers=HEADERS[source]))
