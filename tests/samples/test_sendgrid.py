"""SendGrid's events: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import facts_of

ANN = "ann@example.net"
CLICKED = "https://shop.example.com/login"


def event(kind: str, **fields: Any) -> list[dict[str, Any]]:
    fixed = {
        "email": ANN,
        "timestamp": 1772446883,
        "sg_event_id": "ZXhh",
        "sg_message_id": "14c5",
        "category": ["sign-in"],
    }
    return [{**fixed, "event": kind, **fields}]


@pytest.mark.parametrize(
    ("body", "line", "severity", "facts"),
    [
        (event("processed"), f"processed for {ANN}", "INFO", {"success": True}),
        (event("delivered", response="250 OK"), f"delivered for {ANN}: 250 OK", "INFO", {"success": True}),
        (event("deferred", response="400 later"), f"deferred for {ANN}: 400 later", "INFO", {"success": False}),
        (
            event("bounce", reason="550 unknown", type="blocked", status="5.1.1", ip="198.51.100.5"),
            f"bounce for {ANN}: 550 unknown",
            "NOTICE",
            {"success": False, "reason": "550 unknown", "sourceipaddress": None, "sending_ip": "198.51.100.5"},
        ),
        (
            event("dropped", reason="Bounced Address"),
            f"dropped for {ANN}: Bounced Address",
            "NOTICE",
            {"success": False},
        ),
        (
            event("open", ip="203.0.113.24", useragent="Mozilla/5.0"),
            f"open for {ANN}",
            "INFO",
            {"username": ANN, "sourceipaddress": "203.0.113.24", "useragent": "Mozilla/5.0", "sending_ip": None},
        ),
        (
            event("click", url=CLICKED, ip="203.0.113.24"),
            f"click for {ANN}: {CLICKED}",
            "INFO",
            {"username": ANN, "target": CLICKED, "success": None},
        ),
        (event("spamreport"), f"spamreport for {ANN}", "WARNING", {"username": ANN}),
        (event("unsubscribe"), f"unsubscribe for {ANN}", "INFO", {"username": ANN}),
        (event("group_unsubscribe", asm_group_id=10), f"group_unsubscribe for {ANN}", "INFO", {"username": ANN}),
        (event("group_resubscribe", asm_group_id=10), f"group_resubscribe for {ANN}", "INFO", {"username": ANN}),
    ],
)
def test_event_of_mail(body: Any, line: str, severity: str, facts: dict[str, Any]) -> None:
    fixed = {"targetuser": ANN, "kind": "other", "session": "14c5", "category": "sign-in"}
    expected = {"summary": f"sendgrid: {line}", "severity": severity, **fixed, **facts}
    assert facts_of("sendgrid", body, expected) == expected


@pytest.mark.parametrize(
    ("change", "severity", "kind"),
    [
        ("compliance_suspend", "ERROR", "account.disable"),
        ("compliance_deactivate", "ERROR", "account.disable"),
        ("compliance_reactivate", "NOTICE", "account.enable"),
        ("something_new", "ERROR", "other"),
    ],
)
def test_change_of_the_account(change: str, severity: str, kind: str) -> None:
    body = [{"event": "account_status_change", "sg_event_id": "MjEz", "timestamp": 1772446999, "type": change}]
    expected = {
        "summary": f"sendgrid: account_status_change: {change}",
        "severity": severity,
        "kind": kind,
        "eventname": "account_status_change",
        "targetuser": None,
    }
    assert facts_of("sendgrid", body, expected) == expected


def test_category_is_a_text_or_a_list() -> None:
    assert facts_of("sendgrid", event("open", category="newsletter"), {"category": 0}) == {"category": "newsletter"}
