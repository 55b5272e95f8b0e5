"""livekit-api: WebhookReceiver."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit.api import TokenVerifier, WebhookReceiver

from generator.samples import gateway
from lambdas.auth_type import OutgoingRequest
from lambdas.signatures.hmac_tokens import signed_token
from tests import fakes
from tests.differential import changes
from tests.differential.changes import changed
from tests.differential.drawn import stored
from tests.differential.judging import agree, both_take, header, ours, own, theirs

pytestmark = pytest.mark.differential
LIVEKIT = own("livekit")
ISSUER = "APIkey"
# The SDK's package warns of shorter keys.
keys = st.text("abc123", min_size=32, max_size=40)
bodies = st.builds(
    lambda event, text: json.dumps({"event": event, "id": text}, ensure_ascii=False).encode(),
    st.sampled_from(["room_started", "participant_joined", "egress_ended"]),
    st.text("aé1 \n", max_size=6),
)


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    receiver = WebhookReceiver(TokenVerifier(ISSUER, key))
    return receiver.receive(sent.body.decode(), header(sent, "Authorization") or "") is not None


def digest(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def signed(key: str, body: bytes, algorithm: str = "HS256", **other: Any) -> OutgoingRequest:
    """A request as LiveKit sends it: its token lasts for five minutes."""
    now = int(fakes.NOW)
    claims = {"iss": ISSUER, "nbf": now, "exp": now + 300, "sha256": digest(body), **other}
    token = signed_token({name: value for name, value in claims.items() if value}, key.encode(), algorithm)
    return OutgoingRequest("POST", gateway.URL, {"Authorization": token}, body)


@given(keys, bodies)
def test_what_livekit_signs_is_taken_by_both(key: str, body: bytes) -> None:
    both_take(LIVEKIT, sdk, signed(key, body), (key,), fakes.NOW)


@given(keys, bodies)
def test_what_we_sign_as_livekit_is_taken_by_both(key: str, body: bytes) -> None:
    both_take(LIVEKIT, sdk, fakes.signed_request(LIVEKIT.webhook.auth, body, secret=key), (key,), fakes.NOW)


@given(
    st.data(),
    stored(keys),
    bodies,
    st.sampled_from([*["HS256"] * 6, "HS384", "HS512"]),
    st.sampled_from([*[{}] * 6, {"iss": "APIother"}, {"iss": None}, {"sha256": None}, {"sha256": digest(b"{}")}]),
    st.sampled_from([0, 0, 0, -62, -58, 58, 299, 358, 362]),
)
def test_whatever_becomes_of_it_livekits_sdk_and_ours_agree(
    data: st.DataObject,
    secrets: tuple[str, tuple[str, ...]],
    body: bytes,
    algorithm: str,
    other: dict[str, Any],
    late: int,
) -> None:
    among = (changes.body, changes.header_names, changes.signature("Authorization"), changes.without("Authorization"))
    sent = data.draw(changed(signed(secrets[0], body, algorithm, **other), among))
    agree(LIVEKIT, sdk, sent, secrets[1], fakes.NOW + late)


# Whoever can sign has the secret, so what follows is of no consequence.
@pytest.mark.parametrize(
    ("claims", "verdicts"),
    [
        # Ours takes a token that does not expire where it is good for this body alone.
        ({"exp": None}, (False, True)),
        # The SDK reads base64 with patience.
        ({"sha256": f" {digest(b'{}')}"}, (True, False)),
    ],
)
def test_differences_that_are_known(claims: dict[str, Any], verdicts: tuple[bool, bool]) -> None:
    sent, key = signed("a" * 32, b"{}", **claims), "a" * 32
    assert (theirs(sdk, sent, (key,), fakes.NOW), ours(LIVEKIT, sent, (key,), fakes.NOW)) == verdicts
