"""Senders that sign as Svix and Standard Webhooks do, under names of their own: Clerk, Resend and OpenAI."""

from __future__ import annotations

from typing import Any

import pytest

from generator.testing import event_of
from tests.shipped_messages import details, line, only_message

SVIX = {"svix-id": "msg_1", "svix-timestamp": "1772446878"}
STANDARD = {"webhook-id": "wh_1", "webhook-timestamp": "1772446878"}
BOB = {"id": "user_b", "email_addresses": [{"email_address": "bob@example.com"}]}
CORP = {"organization": {"name": "Corp"}, "public_user_data": {"identifier": "bob@example.com"}}
MAIL = {"to": ["ann@example.net"], "from": "no-reply@example.com", "email_id": "m-1", "subject": "Hello"}


def of(source: str, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """An event, with each sender's own time."""
    when = {
        "clerk": {"timestamp": 1772446877100, "event_attributes": {"http_request": {"client_ip": "192.0.2.17"}}},
        "resend": {"created_at": "2026-03-02T10:21:17.100Z"},
        "openai": {"created_at": 1772446877, "id": "evt_1"},
    }
    return {"type": kind, "data": data, **when[source]}


EVENTS: list[tuple[str, str, dict[str, Any], str, dict[str, Any]]] = [
    (
        "clerk",
        "session.created",
        {"id": "sess_1", "object": "session", "user_id": "user_b", "user": BOB},
        "INFO authentication.start | clerk: session.created on bob@example.com",
        {"username": "bob@example.com", "userid": "user_b", "session": "sess_1", "sourceipaddress": "192.0.2.17"},
    ),
    (
        "clerk",
        "session.created",
        {"user_id": "user_b", "actor": {"sub": "user_a"}},
        "WARNING authentication.start | clerk: session.created on user_b impersonated by user_a",
        {"impersonator": "user_a"},
    ),
    ("clerk", "session.ended", {"user_id": "user_b"}, "INFO authentication.end | clerk: session.ended on user_b", {}),
    ("clerk", "user.created", BOB, "INFO account.create | clerk: user.created on bob@example.com", {}),
    ("clerk", "user.deleted", {"id": "user_b"}, "NOTICE account.delete | clerk: user.deleted on user_b", {}),
    (
        "clerk",
        "organizationMembership.created",
        {"role": "org:admin", **CORP},
        "WARNING permission.grant | clerk: organizationMembership.created on bob@example.com as org:admin in Corp",
        {"role": "org:admin", "targetuser": "bob@example.com", "organization": "Corp"},
    ),
    (
        "clerk",
        "organizationMembership.deleted",
        {"role": "org:member", **CORP},
        "NOTICE permission.revoke | clerk: organizationMembership.deleted on bob@example.com as org:member in Corp",
        {},
    ),
    ("clerk", "permission.deleted", {"key": "a:b"}, "WARNING permission.change | clerk: permission.deleted on a:b", {}),
    (
        "resend",
        "email.bounced",
        {**MAIL, "bounce": {"type": "Permanent", "message": "No such mailbox"}},
        "NOTICE other | resend: email.bounced on ann@example.net from no-reply@example.com: Permanent: No such mailbox",
        {"targetuser": "ann@example.net", "reason": "No such mailbox", "session": "m-1", "success": False},
    ),
    (
        "resend",
        "email.failed",
        {**MAIL, "failed": {"reason": "reached_daily_quota"}},
        "NOTICE other | resend: email.failed on ann@example.net from no-reply@example.com: reached_daily_quota",
        {"success": False},
    ),
    (
        "resend",
        "email.complained",
        MAIL,
        "WARNING other | resend: email.complained on ann@example.net from no-reply@example.com: Hello",
        {},
    ),
    (
        "resend",
        "domain.deleted",
        {"name": "mail.example.com", "status": "verified"},
        "WARNING configuration.delete | resend: domain.deleted on mail.example.com: verified",
        {"target": "mail.example.com"},
    ),
    (
        "resend",
        "suppression.removed",
        {"email": "ann@example.net", "origin": "manual"},
        "NOTICE data.delete | resend: suppression.removed on ann@example.net: manual",
        {"origin": "manual"},
    ),
    (
        "openai",
        "safety_identifier.blocked",
        {"safety_identifier": "u-1", "safety_category": "bio", "project_id": "proj_1"},
        "WARNING detection.create | openai: safety_identifier.blocked on u-1 (bio) in proj_1",
        {"targetuser": "u-1", "organization": "proj_1", "success": False},
    ),
    (
        "openai",
        "fine_tuning.job.succeeded",
        {"id": "ftjob-1"},
        "NOTICE data.create | openai: fine_tuning.job.succeeded on ftjob-1",
        {"success": True},
    ),
    ("openai", "eval.run.failed", {"id": "e-1"}, "NOTICE other | openai: eval.run.failed on e-1", {"success": False}),
    (
        "openai",
        "response.completed",
        {"id": "r-1"},
        "INFO other | openai: response.completed on r-1",
        {"target": "r-1"},
    ),
]


@pytest.mark.parametrize(("source", "kind", "data", "expected", "facts"), EVENTS, ids=[row[3] for row in EVENTS])
def test_event_becomes_a_line(
    source: str, kind: str, data: dict[str, Any], expected: str, facts: dict[str, Any]
) -> None:
    headers = STANDARD if source == "openai" else SVIX
    message = only_message(source, of(source, kind, data), headers)
    assert (line(message), details(message, facts)) == (expected, facts)
    assert (message["category"], message["hostname"]) == (source, f"{source}_host")
    assert message["timestamp"].startswith("2026-03-02T10:21:17")


def test_the_link_that_somebody_clicked_is_masked() -> None:
    sent = of(
        "resend", "email.clicked", {**MAIL, "click": {"link": "https://example.com/?token=x", "ipAddress": "::1"}}
    )
    assert event_of(only_message("resend", sent, SVIX))["data"]["click"] == {"link": "[masked]", "ipAddress": "::1"}


def test_codes_and_links_in_clerks_mails_are_masked_as_those_of_svix() -> None:
    sent = of(
        "clerk", "email.created", {"to_email_address": "a@example.net", "body": "424242", "data": {"otp_code": "1"}}
    )
    event = event_of(only_message("clerk", sent, SVIX))
    assert (event["data"]["body"], event["data"]["data"]) == ("[masked]", {"otp_code": "[masked]"})
