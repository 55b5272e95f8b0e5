"""messagebird: RequestValidator."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messagebird.request_validator import RequestValidator

from generator.samples import gateway
from lambdas.auth_type import OutgoingRequest
from lambdas.signatures.hmac_tokens import signed_token
from tests import fakes
from tests.differential.judging import agree, both_take, case, header

pytestmark = pytest.mark.differential
MESSAGEBIRD = case("messagebird")
TOKEN = "MessageBird-Signature-JWT"
# The SDK's package warns of shorter keys.
secrets = st.text("abc123", min_size=64, max_size=70)
bodies = st.binary(min_size=1)
urls = st.text("ab=&%1", max_size=9).map(lambda query: f"{gateway.URL}?{query}" if query else gateway.URL)


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    return bool(RequestValidator(key).validate_signature(header(sent, TOKEN) or "", sent.url, sent.body))


def signed(key: str, body: bytes, url: str) -> OutgoingRequest:
    return fakes.signed_request(MESSAGEBIRD.webhook.auth, body, secret=key, url=url)


def with_time_of_beginning(sent: OutgoingRequest, key: str) -> OutgoingRequest:
    """The SDK wants `nbf`, too, which MessageBird sends."""
    import jwt

    claims = jwt.decode(sent.headers[TOKEN], key, ["HS256"], {"verify_exp": False, "verify_iat": False})
    token = signed_token({**claims, "nbf": int(fakes.NOW)}, key.encode(), "HS256")
    return sent._replace(headers={**sent.headers, TOKEN: token})


@given(secrets, bodies, urls)
def test_what_messagebird_signs_is_taken_by_both(key: str, body: bytes, url: str) -> None:
    sent = with_time_of_beginning(signed(key, body, url), key)
    both_take(MESSAGEBIRD, sdk, sent, (key,), fakes.NOW)


@given(secrets, bodies, urls, bodies, urls, st.sampled_from([0, -62, 62, 299, 400]))
def test_whatever_becomes_of_it_messagebirds_sdk_and_ours_agree(
    key: str, body: bytes, url: str, other: bytes, another: str, late: int
) -> None:
    sent = with_time_of_beginning(signed(key, body, url), key)
    agree(MESSAGEBIRD, sdk, sent._replace(body=other, url=another), (key,), fakes.NOW)
    agree(MESSAGEBIRD, sdk, sent, (key,), fakes.NOW + late)
