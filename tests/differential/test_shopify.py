"""shopifyapp: verify_webhook_req."""

from __future__ import annotations

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopify_app.verify.webhook import verify_webhook_req

from lambdas.auth_type import OutgoingRequest
from tests import fakes
from tests.differential import changes
from tests.differential.changes import changed
from tests.differential.drawn import HOST, bodies, clocks, secrets, stored
from tests.differential.judging import agree, both_take, shipped

pytestmark = pytest.mark.differential
SHOPIFY = shipped("shopify")
SIGNATURE = "X-Shopify-Hmac-Sha256"
# The SDK also takes `shopify-hmac-sha256`, of a kind of subscription that the source does not cover, and POST only,
# which is the handler's to say.
CHANGES = (changes.body, changes.header_names, changes.url, changes.signature(SIGNATURE), changes.without(SIGNATURE))


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    request = {"method": sent.method, "url": sent.url, "headers": dict(sent.headers), "body": sent.body.decode()}
    return bool(verify_webhook_req(request, {"client_id": "client", "client_secret": key}).ok)


def by_shopify(key: str, body: bytes) -> OutgoingRequest:
    """As documented, since the SDK has no signer: shopify.dev/docs/apps/build/webhooks/verify-deliveries"""
    signature = base64.b64encode(hmac.digest(key.encode(), body, "sha256")).decode()
    return OutgoingRequest(
        "POST", f"https://{HOST}/events", {SIGNATURE: signature, "X-Shopify-Topic": "orders/create"}, body
    )


@given(secrets, bodies, clocks)
def test_what_shopify_signs_is_taken_by_both(key: str, body: bytes, now: float) -> None:
    both_take(SHOPIFY, sdk, by_shopify(key, body), (key,), now)


@given(secrets, bodies, clocks)
def test_what_we_sign_as_shopify_is_taken_by_both(key: str, body: bytes, now: float) -> None:
    both_take(SHOPIFY, sdk, fakes.signed_request(SHOPIFY.webhook.auth, body, secret=key, now=now), (key,), now)


@given(st.data(), stored(), bodies, clocks)
def test_whatever_becomes_of_it_shopifys_sdk_and_ours_agree(
    data: st.DataObject, keys: tuple[str, tuple[str, ...]], body: bytes, now: float
) -> None:
    agree(SHOPIFY, sdk, data.draw(changed(by_shopify(keys[0], body), CHANGES)), keys[1], now)
