"""squareup: verify_signature."""

from __future__ import annotations

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from square.utils.webhooks_helper import verify_signature

from lambdas.auth_type import OutgoingRequest
from tests import fakes
from tests.differential import changes
from tests.differential.changes import changed
from tests.differential.drawn import bodies, clocks, queries, secrets, stored, urls
from tests.differential.judging import agree, both_take, header, own

pytestmark = pytest.mark.differential
SQUARE = own("square")
SIGNATURE = "x-square-hmacsha256-signature"
REGISTERED = "https://hooks.example.com/square"
# The SDK refuses an empty body; ours verifies it, and the handler refuses it then.
some = bodies.filter(bool)


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    """What was registered at Square has the query in it; where the request came to is another matter."""
    _, mark, query = sent.url.partition("?")
    return verify_signature(
        request_body=sent.body.decode(),
        signature_header=header(sent, SIGNATURE) or "",
        signature_key=key,
        notification_url=REGISTERED + mark + query,
    )


def by_square(key: str, body: bytes, url: str, query: str) -> OutgoingRequest:
    """As documented, since the SDK has no signer: developer.squareup.com/docs/webhooks/step3validate"""
    mark = "?" if query else ""
    digest = hmac.digest(key.encode(), f"{REGISTERED}{mark}{query}".encode() + body, "sha256")
    return OutgoingRequest(
        "POST", url.partition("?")[0] + mark + query, {SIGNATURE: base64.b64encode(digest).decode()}, body
    )


@given(secrets, some, urls(), queries, clocks)
def test_what_square_signs_is_taken_by_both(key: str, body: bytes, url: str, query: str, now: float) -> None:
    both_take(SQUARE, sdk, by_square(key, body, url, query), (key,), now)


@given(secrets, some, urls(), clocks)
def test_what_we_sign_as_square_is_taken_by_both(key: str, body: bytes, url: str, now: float) -> None:
    both_take(SQUARE, sdk, fakes.signed_request(SQUARE.webhook.auth, body, secret=key, now=now, url=url), (key,), now)


@given(st.data(), stored(), some, urls(), queries, clocks)
def test_whatever_becomes_of_it_squares_sdk_and_ours_agree(
    data: st.DataObject, keys: tuple[str, tuple[str, ...]], body: bytes, url: str, query: str, now: float
) -> None:
    among = (
        lambda draw, sent: changed_request if (changed_request := changes.body(draw, sent)).body else sent,
        changes.header_names,
        changes.url,
        changes.signature(SIGNATURE),
        changes.without(SIGNATURE),
    )
    sent = data.draw(changed(by_square(keys[0], body, url, query), among))
    agree(SQUARE, sdk, sent, keys[1], now)
