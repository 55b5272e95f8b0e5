"""sendgrid: EventWebhook, ECDSA."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from sendgrid.helpers.eventwebhook import EventWebhook

from lambdas.auth_type import OutgoingRequest
from tests import fakes
from tests.differential import changes
from tests.differential.changes import changed
from tests.differential.drawn import HOST, bodies, clocks
from tests.differential.judging import agree, both_take, header, shipped

pytestmark = pytest.mark.differential
SENDGRID = shipped("sendgrid")
STAMP, SIGNATURE = "X-Twilio-Email-Event-Webhook-Timestamp", "X-Twilio-Email-Event-Webhook-Signature"
# The SDK does not look at the time; ours takes a day of the past and 300 seconds of the future. Curves other than
# P-256 the SDK would take too, and SendGrid has none.
private = st.integers(1, 2**255).map(lambda number: ec.derive_private_key(number, ec.SECP256R1()))
AGES = st.integers(-300, 86_399)


def stored(key: ec.EllipticCurvePrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    return EventWebhook(key).verify_signature(sent.body.decode(), header(sent, SIGNATURE), header(sent, STAMP))


def by_sendgrid(key: ec.EllipticCurvePrivateKey, body: bytes, stamp: str) -> OutgoingRequest:
    """As documented, since the SDK has no signer."""
    signature = base64.b64encode(
        key.sign(stamp.encode() + body, ec.ECDSA(SHA256(), deterministic_signing=True))
    ).decode()
    return OutgoingRequest("POST", f"https://{HOST}/events", {STAMP: stamp, SIGNATURE: signature}, body)


CHANGES = (
    changes.body,
    changes.header_names,
    changes.signature(SIGNATURE),
    changes.without(SIGNATURE),
    changes.without(STAMP),
    changes.one_character(STAMP, "0123456789"),
)


@given(private, bodies, clocks, AGES)
def test_what_sendgrid_signs_is_taken_by_both(key: Any, body: bytes, now: float, age: int) -> None:
    both_take(SENDGRID, sdk, by_sendgrid(key, body, str(int(now) - age)), (stored(key),), now)


@given(private, bodies, clocks)
def test_what_we_sign_as_sendgrid_is_taken_by_both(key: Any, body: bytes, now: float) -> None:
    held = f"private:{key.private_numbers().private_value:x}"
    sent = fakes.signed_request(SENDGRID.webhook.auth, body, secret=held, now=now)
    both_take(SENDGRID, sdk, sent, (stored(key),), now)


@given(st.data(), private, private, bodies, clocks, AGES)
def test_whatever_becomes_of_it_sendgrids_sdk_and_ours_agree(
    data: st.DataObject, key: Any, other: Any, body: bytes, now: float, age: int
) -> None:
    own, another = stored(key), stored(other)
    keys = data.draw(st.sampled_from([(own,), (own, another), (another, own), (another,), ("",), ("no key", own)]))
    sent = by_sendgrid(key, body, str(int(now) - age))
    agree(SENDGRID, sdk, data.draw(changed(sent, CHANGES)), keys, now)
