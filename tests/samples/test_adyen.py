"""What becomes of Adyen's events beyond the samples; codes and fields as its Webhooks API has them."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest

from generator.testing import event_of
from lambdas.auth import leaves
from lambdas.auth_type import OutgoingRequest, Unauthenticated
from lambdas.reading.request import Request
from tests.definitions import bundled_source
from tests.shipped_messages import details, line, only_message

ITEM = {
    "pspReference": "7914073381342284",
    "merchantAccountCode": "TestMerchant",
    "merchantReference": "TestPayment-1407325143704",
    "amount": {"value": 1130, "currency": "EUR"},
    "eventDate": "2026-03-02T11:21:17+01:00",
    "success": "true",
}
ON = "on TestPayment-1407325143704 in TestMerchant"


def request(**fields: Any) -> dict[str, Any]:
    return {
        "live": "false",
        "notificationItems": [{"NotificationRequestItem": {**ITEM, "additionalData": {}, **fields}}],
    }


EVENTS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (
        {"eventCode": "CHARGEBACK", "reason": "Fraudulent", "originalReference": "8313842560770001"},
        f"WARNING detection.create | adyen: CHARGEBACK {ON}: Fraudulent",
        {"reason": "Fraudulent", "session": "8313842560770001", "success": True, "live": "false"},
    ),
    (
        {"eventCode": "CAPTURE", "success": "false", "reason": "Insufficient balance"},
        f"NOTICE data.change | adyen: CAPTURE failed {ON}: Insufficient balance",
        {"success": False, "amount": "1130 EUR"},
    ),
    (
        {"eventCode": "REFUND", "additionalData": {"shopperEmail": "ann@example.net"}},
        f"INFO data.change | adyen: REFUND {ON}",
        {"targetuser": "ann@example.net", "username": None},
    ),
    (
        {"eventCode": "AUTHORISATION", "reason": "033899:1111:03/2030", "additionalData": {"shopperIP": "192.0.2.17"}},
        f"INFO data.create | adyen: AUTHORISATION {ON} from 192.0.2.17",
        {"reason": None, "sourceipaddress": "192.0.2.17"},
    ),
    ({"eventCode": "PREARBITRATION_LOST"}, f"NOTICE detection.close | adyen: PREARBITRATION_LOST {ON}", {}),
]


@pytest.mark.parametrize(("fields", "expected", "facts"), EVENTS, ids=[row[1] for row in EVENTS])
def test_event_becomes_a_line(fields: dict[str, Any], expected: str, facts: dict[str, Any]) -> None:
    message = only_message("adyen", request(**fields))
    assert (line(message), details(message, facts)) == (expected, facts)
    assert f"id:{fields['eventCode']}/7914073381342284/{fields.get('success', 'true')}" in message["tags"]


def test_numbers_of_accounts_and_of_people_are_masked() -> None:
    names = ("iban", "bankAccountNumber", "shopperSocialSecurityNumber", "cavv")
    message = only_message("adyen", request(eventCode="REFUND", additionalData=dict.fromkeys(names, "1")))
    sent = event_of(message)["additionalData"]
    assert {name: sent[name] for name in names} == dict.fromkeys(names, "[masked]")


@pytest.mark.parametrize(("value", "refused"), [(1130, False), (1131, True)])
def test_the_signature_in_adyens_own_tests_is_verified(value: int, *, refused: bool) -> None:
    """github.com/Adyen/adyen-php-api-library, tests/Adyen/Util/HmacSignatureTest.php."""
    leaf, _ = leaves(bundled_source("adyen").source.endpoint.auth)
    signed = {"hmacSignature": "Ny9gS2veKo5E4w8/OL6xz1/wvT/hYkAXy1xNc/QvO4I="}
    body = request(eventCode="AUTHORISATION", amount={"value": value, "currency": "EUR"}, additionalData=signed)
    arrives = Request.from_outgoing(
        OutgoingRequest("POST", "https://example.com/events", {}, json.dumps(body).encode()), 0
    )
    key = ("DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00",)
    outcome: Any = pytest.raises(Unauthenticated) if refused else contextlib.nullcontext()
    with outcome:
        leaf.type.verify(leaf.settings, arrives, lambda _name: key, 0)
