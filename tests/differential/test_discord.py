"""discord-interactions: verify_key, Ed25519 by libsodium; ours is OpenSSL's."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from discord_interactions import verify_key
from hypothesis import given
from hypothesis import strategies as st

from lambdas.auth_type import OutgoingRequest
from tests import fakes
from tests.differential import changes
from tests.differential.changes import changed
from tests.differential.drawn import HOST, bodies, clocks
from tests.differential.judging import agree, both_take, header, shipped

pytestmark = pytest.mark.differential
DISCORD = shipped("discord")
STAMP, SIGNATURE = "X-Signature-Timestamp", "X-Signature-Ed25519"
seeds = st.binary(min_size=32, max_size=32)
# The SDK does not look at the time; ours takes 900 seconds of the past and 300 of the future.
AGES = st.integers(-300, 899)
CHANGES = (
    changes.body,
    changes.header_names,
    changes.signature(SIGNATURE, alphabet=changes.HEX),
    changes.without(SIGNATURE),
    changes.without(STAMP),
    changes.one_character(STAMP, "0123456789abc"),
)


def public(seed: bytes) -> str:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    return verify_key(sent.body, header(sent, SIGNATURE) or "", header(sent, STAMP) or "", key)


def by_discord(seed: bytes, body: bytes, stamp: str) -> OutgoingRequest:
    """As documented, since the SDK has no signer: docs.discord.com/developers/interactions/overview"""
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(stamp.encode() + body).hex()
    return OutgoingRequest("POST", f"https://{HOST}/events", {STAMP: stamp, SIGNATURE: signature}, body)


@given(seeds, bodies | st.binary(), clocks, AGES)
def test_what_discord_signs_is_taken_by_both(seed: bytes, body: bytes, now: float, age: int) -> None:
    both_take(DISCORD, sdk, by_discord(seed, body, str(int(now) - age)), (public(seed),), now)


@given(seeds, bodies | st.binary(), clocks)
def test_what_we_sign_as_discord_is_taken_by_both(seed: bytes, body: bytes, now: float) -> None:
    sent = fakes.signed_request(DISCORD.webhook.auth, body, secret=f"private:{seed.hex()}", now=now)
    both_take(DISCORD, sdk, sent, (public(seed),), now)


@given(st.data(), seeds, seeds, bodies, clocks, AGES)
def test_whatever_becomes_of_it_discords_sdk_and_ours_agree(
    data: st.DataObject, seed: bytes, other: bytes, body: bytes, now: float, age: int
) -> None:
    own, another = public(seed), public(other)
    keys = data.draw(st.sampled_from([(own,), (own.upper(),), (own, another), (another, own), (another,), (own[:-2],)]))
    sent = by_discord(seed, body, str(int(now) - age))
    agree(DISCORD, sdk, data.draw(changed(sent, CHANGES)), keys, now)
