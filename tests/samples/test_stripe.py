"""Stripe's snapshot events: how grave each type is, and what each object is called in a line.

https://docs.stripe.com/api/events/types
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.shipped_messages import facts_of, messages_of

GROUPS = [
    ("WARNING", "detection.create", "radar.early_fraud_warning.created charge.dispute.created review.opened"),
    ("WARNING", "detection.create", "issuing_dispute.created"),
    ("WARNING", "detection.change", "charge.dispute.funds_withdrawn"),
    ("WARNING", "account.change", "account.external_account.created account.external_account.updated"),
    ("WARNING", "account.change", "account.external_account.deleted"),
    ("WARNING", "permission.grant", "account.application.authorized"),
    ("WARNING", "permission.revoke", "account.application.deauthorized"),
    ("NOTICE", "account.change", "account.updated capability.updated person.updated issuing_cardholder.updated"),
    ("NOTICE", "account.create", "person.created issuing_cardholder.created"),
    ("NOTICE", "account.delete", "person.deleted customer.deleted"),
    ("NOTICE", "configuration.create", "billing_portal.configuration.created payment_link.created"),
    ("NOTICE", "data.create", "issuing_card.created issuing_token.created"),
    ("NOTICE", "detection.create", "billing.alert.triggered"),
    ("INFO", "account.create", "customer.created"),
    ("INFO", "account.change", "customer.updated"),
    ("INFO", "configuration.create", "product.created price.created coupon.created promotion_code.created"),
    ("INFO", "configuration.change", "product.updated price.updated tax.settings.updated"),
    ("INFO", "configuration.delete", "product.deleted price.deleted"),
    ("INFO", "data.create", "payment_intent.created payout.created refund.created file.created"),
    ("INFO", "data.change", "charge.refunded payment_method.attached customer.subscription.updated"),
    ("INFO", "data.delete", "customer.subscription.deleted invoice.deleted"),
    ("INFO", "detection.change", "charge.dispute.updated charge.dispute.funds_reinstated"),
    ("INFO", "detection.close", "charge.dispute.closed review.closed"),
    ("INFO", "other", "balance.available invoice.upcoming payment_intent.processing"),
]
OUTCOMES = [
    (True, "INFO", "charge.succeeded payment_intent.succeeded payout.paid invoice.paid checkout.session.completed"),
    (False, "NOTICE", "charge.failed payment_intent.payment_failed invoice.payment_failed setup_intent.setup_failed"),
    (False, "NOTICE", "refund.failed topup.failed reporting.report_run.failed"),
    (False, "WARNING", "payout.failed"),
]


def event(event_type: str, obj: dict[str, Any], **fields: Any) -> dict[str, Any]:
    previous = fields.pop("previous", None)
    data = {"object": obj} if previous is None else {"object": obj, "previous_attributes": previous}
    fixed = {"id": "evt_1", "object": "event", "api_version": "2026-02-25.clover", "created": 1772442008}
    request = {"id": "req_1", "idempotency_key": None}
    rest = {"livemode": True, "pending_webhooks": 1, "request": request, "type": event_type}
    return {**fixed, **rest, "data": data, **fields}


@pytest.mark.parametrize(
    ("event_type", "severity", "kind"),
    [(event_type, severity, kind) for severity, kind, types in GROUPS for event_type in types.split()],
)
def test_type(event_type: str, severity: str, kind: str) -> None:
    expected = {
        "summary": f"stripe: {event_type}: thing x_1, new",
        "severity": severity,
        "kind": kind,
        "eventname": event_type,
        "success": None,
        "session": "req_1",
    }
    assert (
        facts_of("stripe", event(event_type, {"id": "x_1", "object": "thing", "status": "new"}), expected) == expected
    )


@pytest.mark.parametrize(
    ("event_type", "success", "severity"),
    [(event_type, success, severity) for success, severity, types in OUTCOMES for event_type in types.split()],
)
def test_outcome(event_type: str, success: bool, severity: str) -> None:
    expected = {"success": success, "severity": severity}
    assert facts_of("stripe", event(event_type, {"id": "x_1", "object": "thing"}), expected) == expected


@pytest.mark.parametrize(
    ("event_type", "obj", "of_it", "facts"),
    [
        (
            "charge.dispute.created",
            {
                "id": "du_1",
                "object": "dispute",
                "amount": 12900,
                "currency": "eur",
                "reason": "fraudulent",
                "status": "needs_response",
                "evidence": {"customer_email_address": "carol@example.com", "customer_purchase_ip": "198.51.100.77"},
            },
            "dispute du_1 (carol@example.com), fraudulent",
            {
                "targetuser": "carol@example.com",
                "sourceipaddress": "198.51.100.77",
                "reason": "fraudulent",
                "amount": "12900",
                "currency": "eur",
                "object": "dispute",
            },
        ),
        (
            "radar.early_fraud_warning.created",
            {"id": "issfr_1", "object": "radar.early_fraud_warning", "fraud_type": "made_with_stolen_card"},
            "radar.early_fraud_warning issfr_1, made_with_stolen_card",
            {"reason": "made_with_stolen_card", "target": "issfr_1"},
        ),
        (
            "review.opened",
            {"id": "prv_1", "object": "review", "reason": "rule", "ip_address": "203.0.113.44"},
            "review prv_1, rule",
            {"sourceipaddress": "203.0.113.44"},
        ),
        (
            "account.external_account.created",
            {"id": "ba_1", "object": "bank_account", "account_holder_name": "Example Shop", "status": "new"},
            "bank_account ba_1 (Example Shop), new",
            {"target": "Example Shop"},
        ),
        (
            "payout.failed",
            {"id": "po_1", "object": "payout", "failure_code": "account_closed", "failure_message": "It is closed."},
            "payout po_1, account_closed",
            {"reason": "It is closed."},
        ),
        (
            "payment_intent.payment_failed",
            {
                "id": "pi_1",
                "object": "payment_intent",
                "customer": "cus_1",
                "last_payment_error": {
                    "decline_code": "stolen_card",
                    "message": "Your card was declined.",
                    "payment_method": {"billing_details": {"email": "carol@example.com"}},
                },
            },
            "payment_intent pi_1 (carol@example.com), stolen_card",
            {"reason": "Your card was declined.", "customer": "cus_1", "targetuser": "carol@example.com"},
        ),
        (
            "customer.deleted",
            {"id": "cus_1", "object": "customer", "name": "Carol", "email": "carol@example.com"},
            "customer cus_1 (Carol)",
            {"target": "Carol", "targetuser": "carol@example.com"},
        ),
        (
            "invoice.overdue",
            {"id": "in_1", "object": "invoice", "customer_email": "carol@example.com", "status": "open"},
            "invoice in_1 (carol@example.com), open",
            {},
        ),
        (
            "mandate.updated",
            {"id": "m_1", "object": "mandate", "customer_acceptance": {"online": {"ip_address": "198.51.100.1"}}},
            "mandate m_1",
            {"sourceipaddress": "198.51.100.1"},
        ),
        (
            "person.updated",
            {"id": "person_1", "object": "person", "first_name": "Dee", "last_name": "Doe"},
            "person person_1 (Dee Doe)",
            {"target": "Dee Doe"},
        ),
        (
            "customer.discount.created",
            {"object": "discount", "coupon": {"id": "spring", "name": "Spring sale"}},
            "discount (Spring sale)",
            {"target": "Spring sale"},
        ),
        (
            "plan.updated",
            {"id": "plan_1", "object": "plan", "nickname": "Team, yearly"},
            "plan plan_1 (Team, yearly)",
            {"target": "Team, yearly"},
        ),
        (
            "file.created",
            {"id": "file_1", "object": "file", "filename": "passport.pdf"},
            "file file_1 (passport.pdf)",
            {"target": "passport.pdf"},
        ),
        ("balance.available", {"object": "balance"}, "balance", {"target": None}),
    ],
)
def test_object(event_type: str, obj: dict[str, Any], of_it: str, facts: dict[str, Any]) -> None:
    expected = {"summary": f"stripe: {event_type}: {of_it}", **facts}
    assert facts_of("stripe", event(event_type, obj), expected) == expected


def test_change_of_a_connected_account() -> None:
    obj = {"id": "acct_2", "object": "account", "business_profile": {"name": "Example Shop"}, "email": "a@example.com"}
    stopped = {**obj, "requirements": {"disabled_reason": "requirements.past_due"}}
    body = event("account.updated", stopped, previous={"payouts_enabled": True, "requirements": {}}, account="acct_2")
    expected = {
        "summary": "stripe: account.updated: account acct_2 (Example Shop), requirements.past_due,"
        " changed payouts_enabled, requirements, in acct_2",
        "severity": "WARNING",
        "organization": "acct_2",
        "changed": "payouts_enabled, requirements",
        "livemode": "true",
    }
    assert facts_of("stripe", body, expected) == expected
    assert facts_of("stripe", event("account.updated", obj), {"severity": 0, "changed": 0}) == {
        "severity": "NOTICE",
        "changed": None,
    }


@pytest.mark.parametrize(
    "obj",
    [
        {"object": "payment_intent", "client_secret": "pi_secret"},
        {"object": "payment_intent", "last_payment_error": {"payment_intent": {"client_secret": "pi_secret"}}},
        {"object": "payment_intent", "next_action": {"redirect_to_url": {"url": "https://x/pi_secret"}}},
        {"object": "invoice", "hosted_invoice_url": "https://x/pi_secret", "invoice_pdf": "https://x/pi_secret"},
        {
            "object": "payment_intent",
            "next_action": {"oxxo_display_details": {"hosted_voucher_url": "https://x/pi_secret"}},
        },
        {"object": "charge", "receipt_url": "https://x/pi_secret"},
        {"object": "topup", "source": {"client_secret": "pi_secret"}},
        {"object": "credit_note", "pdf": "https://x/pi_secret"},
        {"object": "treasury.inbound_transfer", "hosted_regulatory_receipt_url": "https://x/pi_secret"},
        {"object": "file", "links": {"data": [{"url": "https://x/pi_secret"}]}},
        {"object": "billing_portal.session", "url": "https://x/pi_secret"},
        {"object": "invoice", "confirmation_secret": {"client_secret": "pi_secret"}},
    ],
)
def test_what_opens_a_payment_is_masked(obj: dict[str, Any]) -> None:
    assert "pi_secret" not in json.dumps(messages_of("stripe", event("payment_intent.created", {"id": "x_1", **obj})))
