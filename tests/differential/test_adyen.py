"""Adyen: is_valid_hmac_notification and is_valid_hmac_payload."""

from __future__ import annotations

import json
from typing import Any

import pytest
from Adyen.util import (
    generate_notification_sig,
    generate_payload_sig,
    is_valid_hmac_notification,
    is_valid_hmac_payload,
)
from hypothesis import given
from hypothesis import strategies as st

from lambdas.auth_type import OutgoingRequest
from tests import fakes
from tests.differential import changes
from tests.differential.changes import changed
from tests.differential.drawn import HOST, bodies, clocks, stored, texts
from tests.differential.judging import agree, both_take, header, own

pytestmark = pytest.mark.differential
ADYEN, PLATFORM = own("adyen"), own("adyen-platform")
SIGNATURE = "HmacSignature"
# The SDK takes an empty key; ours does not.
keys_in_hex = st.binary(min_size=1, max_size=64).map(bytes.hex).flatmap(lambda key: st.sampled_from([key, key.upper()]))
# As Adyen writes them: texts, and one integer. What else JSON has, the SDK signs as Python would print it.
items = st.fixed_dictionaries(
    {
        "pspReference": texts,
        "merchantAccountCode": texts,
        "merchantReference": texts,
        "amount": st.fixed_dictionaries({"value": st.integers(-(2**63), 2**63 - 1), "currency": texts}),
        "eventCode": st.sampled_from(["AUTHORISATION", "CAPTURE", "a:b"]),
        "success": st.sampled_from(["true", "false"]),
        "eventDate": texts,
    },
    optional={"originalReference": texts, "reason": texts, "operations": st.lists(texts, max_size=2)},
)


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    """It looks at the first item only, and would have to be asked about each."""
    items = json.loads(sent.body)["notificationItems"]
    return bool(items) and all(is_valid_hmac_notification(item_["NotificationRequestItem"], key) for item_ in items)


def sdk_of_platforms(sent: OutgoingRequest, key: str, _now: float) -> bool:
    return is_valid_hmac_payload(header(sent, SIGNATURE), key, sent.body)


def posted(root: Any, headers: dict[str, str] | None = None) -> OutgoingRequest:
    return OutgoingRequest("POST", f"https://{HOST}/events", headers or {}, json.dumps(root).encode())


def by_the_sdk(key: str, item: dict[str, Any]) -> dict[str, Any]:
    signature = generate_notification_sig(item, key).decode()
    return {"NotificationRequestItem": {**item, "additionalData": {"hmacSignature": signature, "more": "m"}}}


def notification(items: list[dict[str, Any]]) -> OutgoingRequest:
    return posted({"live": "false", "notificationItems": items})


@st.composite
def spoilt(draw: st.DrawFn, signed: dict[str, Any]) -> dict[str, Any]:
    """An item of which something is not what was signed, or is not there, or is of no consequence."""
    item = json.loads(json.dumps(signed["NotificationRequestItem"]))
    more = item["additionalData"]
    ways = {
        "nothing": lambda: None,
        "a text": lambda: item.update({draw(st.sampled_from(sorted(item.keys() - {"amount"}))): draw(texts)}),
        "a field gone": lambda: item.pop(draw(st.sampled_from(sorted(item.keys() - {"amount", "additionalData"})))),
        "the value": lambda: item["amount"].update(value=item["amount"]["value"] ^ 1),
        "the currency": lambda: item["amount"].update(currency=draw(texts)),
        "no signature": lambda: more.pop("hmacSignature"),
        "an empty one": lambda: more.update(hmacSignature=""),
        "another": lambda: more.update(hmacSignature=_other(draw, more["hmacSignature"])),
        "one that is no text": lambda: more.update(hmacSignature=draw(st.sampled_from([None, 1, [], {}]))),
        "no data": lambda: item.pop("additionalData"),
        "a colon elsewhere": lambda: item.update(
            pspReference=f"{item['pspReference']}:{item.get('originalReference', '')}", originalReference=""
        ),
    }
    ways[draw(st.sampled_from(list(ways)))]()
    return {"NotificationRequestItem": item}


def _other(draw: st.DrawFn, signature: str) -> str:
    sent = changes.signature(SIGNATURE)(draw, posted({}, {SIGNATURE: signature}))
    return sent.headers[SIGNATURE]


@given(keys_in_hex, st.lists(items, min_size=1, max_size=3), clocks)
def test_what_adyens_sdk_signs_is_taken_by_both(key: str, items: list[dict[str, Any]], now: float) -> None:
    both_take(ADYEN, sdk, notification([by_the_sdk(key, item_) for item_ in items]), (key,), now)


@given(keys_in_hex, st.lists(items, min_size=1, max_size=3), clocks)
def test_what_we_sign_as_adyen_is_taken_by_both(key: str, items: list[dict[str, Any]], now: float) -> None:
    body = notification([{"NotificationRequestItem": item_} for item_ in items]).body
    both_take(ADYEN, sdk, fakes.signed_request(ADYEN.webhook.auth, body, secret=key, now=now), (key,), now)


@given(st.data(), stored(keys_in_hex), st.lists(items, max_size=3), clocks)
def test_whatever_becomes_of_it_adyens_sdk_and_ours_agree(
    data: st.DataObject, keys: tuple[str, tuple[str, ...]], items: list[dict[str, Any]], now: float
) -> None:
    sent = notification([data.draw(spoilt(by_the_sdk(keys[0], item_))) for item_ in items])
    agree(ADYEN, sdk, sent, keys[1], now)


@given(keys_in_hex, bodies, clocks)
def test_what_adyens_sdk_signs_for_platforms_is_taken_by_both(key: str, body: bytes, now: float) -> None:
    signature = generate_payload_sig(body, key).decode()
    sent = OutgoingRequest("POST", f"https://{HOST}/events", {SIGNATURE: signature}, body)
    both_take(PLATFORM, sdk_of_platforms, sent, (key,), now)


@given(keys_in_hex, bodies | st.binary(), clocks)
def test_what_we_sign_as_adyens_platforms_is_taken_by_both(key: str, body: bytes, now: float) -> None:
    sent = fakes.signed_request(PLATFORM.webhook.auth, body, secret=key, now=now)
    both_take(PLATFORM, sdk_of_platforms, sent, (key,), now)


@given(st.data(), stored(keys_in_hex), bodies, clocks)
def test_whatever_becomes_of_it_adyens_sdk_for_platforms_and_ours_agree(
    data: st.DataObject, keys: tuple[str, tuple[str, ...]], body: bytes, now: float
) -> None:
    among = (changes.body, changes.header_names, changes.signature(SIGNATURE), changes.without(SIGNATURE))
    signature = generate_payload_sig(body, keys[0]).decode()
    sent = OutgoingRequest("POST", f"https://{HOST}/events", {SIGNATURE: signature}, body)
    agree(PLATFORM, sdk_of_platforms, data.draw(changed(sent, among)), keys[1], now)
