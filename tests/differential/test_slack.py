"""slack_sdk: SignatureVerifier."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from lambdas.auth_type import OutgoingRequest
from tests import fakes
from tests.differential import changes
from tests.differential.changes import changed
from tests.differential.drawn import HOST, ages, bodies, clocks, secrets, stored
from tests.differential.judging import agree, both_take, shipped

pytestmark = pytest.mark.differential
SLACK = shipped("slack")
STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
# Hex in capitals is the same signature to us, and none to the SDK: hence no capitals among what is put in.
CHANGES = (
    changes.body,
    changes.header_names,
    changes.signature(SIGNATURE, "v0=", changes.HEX),
    changes.without(SIGNATURE),
    changes.without(STAMP),
    changes.one_character(STAMP, "0123456789 .+-_a"),
    changes.other(STAMP, ["", "-1", "now", "1767225600.0", "99999999999999999999", "2026-01-01T00:00:00Z"]),
)


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    return SignatureVerifier(key).is_valid_request(sent.body, dict(sent.headers))


def by_the_sdk(key: str, body: bytes, stamp: str) -> OutgoingRequest:
    signature = SignatureVerifier(key).generate_signature(timestamp=stamp, body=body)
    return OutgoingRequest("POST", f"https://{HOST}/events", {STAMP: stamp, SIGNATURE: str(signature)}, body)


@given(secrets, bodies, clocks, st.integers(-300, 299))
def test_what_slacks_sdk_signs_is_taken_by_both(key: str, body: bytes, now: float, age: int) -> None:
    both_take(SLACK, sdk, by_the_sdk(key, body, str(int(now) - age)), (key,), now)


@given(secrets, bodies, clocks)
def test_what_we_sign_as_slack_is_taken_by_both(key: str, body: bytes, now: float) -> None:
    both_take(SLACK, sdk, fakes.signed_request(SLACK.webhook.auth, body, secret=key, now=now), (key,), now)


@given(st.data(), stored(), bodies, clocks, ages(300))
def test_whatever_becomes_of_it_slacks_sdk_and_ours_agree(
    data: st.DataObject, keys: tuple[str, tuple[str, ...]], body: bytes, now: float, age: int
) -> None:
    sent = by_the_sdk(keys[0], body, str(int(now) - age))
    agree(SLACK, sdk, data.draw(changed(sent, CHANGES)), keys[1], now)
