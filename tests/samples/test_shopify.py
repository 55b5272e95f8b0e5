"""Shopify's topics: how grave each is, and what a line says of its body.

https://shopify.dev/docs/api/webhooks
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.shipped_messages import facts_of, messages_of

SHOP = "example-store.myshopify.com"
GROUPS = [
    ("WARNING", "permission.revoke", "app/uninstalled"),
    ("WARNING", "permission.change", "app/scopes_update"),
    ("WARNING", "permission.grant", "finance_app_staff_member/grant"),
    ("WARNING", "configuration.create", "domains/create"),
    ("WARNING", "configuration.change", "domains/update themes/publish"),
    ("WARNING", "configuration.delete", "domains/destroy"),
    ("WARNING", "detection.create", "disputes/create"),
    ("NOTICE", "detection.change", "disputes/update orders/risk_assessment_changed"),
    ("NOTICE", "data.read", "customers/data_request bulk_operations/finish"),
    ("NOTICE", "account.delete", "customers/delete customers/redact"),
    ("NOTICE", "account.disable", "customers/disable"),
    ("NOTICE", "permission.revoke", "finance_app_staff_member/revoke"),
    ("NOTICE", "configuration.create", "themes/create locations/create"),
    ("NOTICE", "configuration.change", "themes/update shop/update locations/activate"),
    ("NOTICE", "configuration.delete", "themes/delete locations/delete shop/redact"),
    ("INFO", "account.create", "customers/create"),
    ("INFO", "account.enable", "customers/enable"),
    ("INFO", "account.change", "customers/update customers_marketing_consent/update"),
    ("INFO", "configuration.change", "app_subscriptions/update markets/update"),
    ("INFO", "data.create", "orders/create products/create checkouts/create refunds/create fulfillments/create"),
    ("INFO", "data.change", "orders/updated orders/cancelled orders/paid products/update"),
    ("INFO", "data.delete", "orders/delete products/delete"),
]


def headers(topic: str) -> dict[str, str]:
    times = {"X-Shopify-Triggered-At": "2026-03-02T10:21:17.877041743Z", "X-Shopify-Event-Id": "9888"}
    return {"X-Shopify-Topic": topic, "X-Shopify-Shop-Domain": SHOP, "X-Shopify-Webhook-Id": "b545", **times}


@pytest.mark.parametrize(
    ("topic", "severity", "kind"),
    [(topic, severity, kind) for severity, kind, topics in GROUPS for topic in topics.split()],
)
def test_topic(topic: str, severity: str, kind: str) -> None:
    expected = {
        "summary": f"shopify: {topic} at {SHOP}: Spring",
        "severity": severity,
        "kind": kind,
        "eventname": topic,
        "target": "Spring",
        "organization": SHOP,
        "session": "9888",
    }
    assert facts_of("shopify", {"id": 1, "name": "Spring"}, expected, headers=headers(topic)) == expected


CUSTOMER = {"customer": {"id": 1, "email": "ann@example.net"}}
ORDER = {
    "id": 82,
    "name": "#9999",
    **CUSTOMER,
    "financial_status": "authorized",
    "browser_ip": "198.51.100.23",
    "client_details": {"user_agent": "Mozilla/5.0", "browser_ip": "198.51.100.24"},
    "total_price": "99.00",
    "currency": "CHF",
    "user_id": 7001,
    "source_name": "web",
}


ACTIVITY = {
    "event": {
        "action": "api_request",
        "actor": {"actor_metadata": {"app_name": "Export"}, "on_behalf_of": {"user_email": "dee@example.net"}},
        "subject": {"subject_identifier": SHOP},
        "context": {"context_metadata": {"client_ip": "198.51.100.7", "user_agent": "curl/8"}},
    }
}


@pytest.mark.parametrize(
    ("topic", "body", "of_it", "facts"),
    [
        (
            "orders/create",
            ORDER,
            ": #9999, ann@example.net, authorized",
            {
                "username": "ann@example.net",
                "userid": "7001",
                "targetuser": "ann@example.net",
                "sourceipaddress": "198.51.100.23",
                "useragent": "Mozilla/5.0",
                "amount": "99.00",
                "currency": "CHF",
                "channel": "web",
                "status": "authorized",
            },
        ),
        (
            "orders/cancelled",
            {**ORDER, "cancel_reason": "fraud"},
            ": #9999, ann@example.net, fraud, authorized",
            {"username": None, "reason": "fraud"},
        ),
        ("customers/redact", {"shop_id": 1, "shop_domain": SHOP, **CUSTOMER}, ": ann@example.net", {}),
        (
            "customers/disable",
            {"id": 7, "email": "bob@example.net", "state": "disabled"},
            ": bob@example.net, disabled",
            {},
        ),
        (
            "app/scopes_update",
            {"id": 1, "previous": ["read_orders"], "current": ["read_orders", "write_themes"]},
            ": scopes read_orders,write_themes",
            {"role": "read_orders, write_themes"},
        ),
        (
            "disputes/create",
            {"id": 28, "order_id": 82, "reason": "fraudulent", "status": "needs_response", "amount": "11.50"},
            ": order 82, fraudulent, needs_response",
            {"reason": "fraudulent", "amount": "11.50"},
        ),
        (
            "domains/create",
            {"id": 69, "host": "login.example.net"},
            ": login.example.net",
            {"target": "login.example.net"},
        ),
        ("themes/publish", {"id": 51, "name": "Spring", "role": "main"}, ": Spring, main", {"role": None}),
        ("products/update", {"id": 78, "title": "T-Shirt", "status": "active"}, ": T-Shirt, active", {}),
        ("products/delete", {"id": 78}, ": 78", {"target": "78"}),
        ("refunds/create", {"id": 90, "order_id": 82, "user_id": 7001}, ": order 82", {"userid": "7001"}),
        ("app_subscriptions/update", {"app_subscription": {"name": "Pro", "status": "ACTIVE"}}, ": Pro, ACTIVE", {}),
        (
            "order_transactions/create",
            {"id": 12, "order_id": 82, "kind": "sale", "status": "failure", "amount": "9.00"},
            ": order 82, failure",
            {"success": False, "severity": "NOTICE"},
        ),
        (
            "order_transactions/create",
            {"id": 12, "order_id": 82, "kind": "sale", "status": "success"},
            ": order 82, success",
            {"success": True, "severity": "INFO"},
        ),
        (
            "subscription_billing_attempts/failure",
            {"error_message": "Expired.", "error_code": "expired_payment_method"},
            ": Expired.",
            {"success": False, "severity": "NOTICE", "reason": "Expired."},
        ),
        (
            "audit_events/admin_api_activity",
            {"events": [ACTIVITY]},
            ": api_request by dee@example.net",
            {"username": "dee@example.net", "sourceipaddress": "198.51.100.7", "useragent": "curl/8", "target": SHOP},
        ),
        (
            "company_contact_roles/assign",
            {
                "company_contact": {"title": "Buyer", "company": {"name": "Example Company"}},
                "company_contact_role": {"name": "Location admin"},
            },
            ": Buyer of Example Company, Location admin",
            {"target": "Example Company", "role": "Location admin"},
        ),
        ("orders/risk_assessment_changed", {"risk_level": "high"}, ": high", {"severity": "WARNING"}),
        ("orders/risk_assessment_changed", {"risk_level": "low"}, ": low", {"severity": "NOTICE"}),
        (
            "customers/merge",
            {"status": "failed", "errors": [{"message": "Bob is being merged."}]},
            ": Bob is being merged., failed",
            {"reason": "Bob is being merged."},
        ),
        ("orders/edited", {"order_edit": {"id": 7, "order_id": 82}}, ": order 82", {}),
        ("collection_listings/remove", {"collection_listing": {"collection_id": 40}}, ": 40", {}),
        ("scheduled_product_listings/add", {"scheduled_product_listing": {"title": "T-Shirt"}}, ": T-Shirt", {}),
        (
            "bulk_operations/finish",
            {"admin_graphql_api_id": "gid://x/1", "status": "completed"},
            ": gid://x/1, completed",
            {},
        ),
        # The id of a cart is its token.
        ("carts/create", {"id": "e1f2", "token": "e1f2"}, "", {"target": None}),
        ("tax_services/update", {}, "", {}),
    ],
)
def test_body(topic: str, body: dict[str, Any], of_it: str, facts: dict[str, Any]) -> None:
    expected = {"summary": f"shopify: {topic} at {SHOP}{of_it}", **facts}
    assert facts_of("shopify", body, expected, headers=headers(topic)) == expected


@pytest.mark.parametrize(
    "body",
    [
        {"token": "t0ken", "cart_token": "t0ken", "checkout_token": "t0ken", "landing_site": "/?t0ken"},
        {"order_status_url": "https://x/t0ken", "abandoned_checkout_url": "https://x/t0ken"},
        {"invoice_url": "https://x/t0ken", "checkout": {"token": "t0ken", "abandoned_checkout_url": "https://x/t0ken"}},
    ],
)
def test_what_opens_an_order_is_masked(body: dict[str, Any]) -> None:
    found = messages_of("shopify", {"id": 1, "name": "#1", **body}, headers=headers("orders/create"))
    assert "t0ken" not in json.dumps(found)
