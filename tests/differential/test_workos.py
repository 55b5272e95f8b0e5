"""workos: verify_header of its webhooks."""

from __future__ import annotations

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workos.webhooks._verification import verify_header

from lambdas.auth_type import OutgoingRequest
from tests import fakes
from tests.differential import changes
from tests.differential.changes import changed
from tests.differential.drawn import HOST, bodies, clocks, secrets, stored
from tests.differential.judging import agree, both_take, header, shipped

pytestmark = pytest.mark.differential
WORKOS = shipped("workos")
SIGNATURE = "WorkOS-Signature"
WINDOW = st.integers(-180_000, 180_000)
AGES = st.just(0) | st.sampled_from([-180_001, -180_000, 180_000, 180_001]) | st.integers(-400_000, 400_000)


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    verify_header(event_body=sent.body, event_signature=header(sent, SIGNATURE) or "", secret=key)
    return True


def by_workos(key: str, body: bytes, stamp: int) -> OutgoingRequest:
    """As documented, since the SDK has no signer: workos.com/docs/events/data-syncing/webhooks"""
    signature = hmac.digest(key.encode(), f"{stamp}.".encode() + body, "sha256").hex()
    return OutgoingRequest("POST", f"https://{HOST}/events", {SIGNATURE: f"t={stamp}, v1={signature}"}, body)


def parts(draw: st.DrawFn, sent: OutgoingRequest) -> OutgoingRequest:
    """Other times and signatures. The SDK wants two parts with `, ` between and never looks at their names, so the
    names stay as they are, and no part is added: ours looks at names, and takes several signatures."""
    stamp, _, signature = (header(sent, SIGNATURE) or "t=0, v1=").removeprefix("t=").partition(", v1=")
    choices = [
        (changes.altered(draw, stamp, "0123456789"), signature),
        (draw(st.sampled_from(["", "now", "-1", "1767225600"])), signature),
        (stamp, changes.altered(draw, signature, changes.HEX)),
        (stamp, draw(st.sampled_from(["", signature[:-2], signature * 2, signature[::-1]]))),
    ]
    stamp, signature = draw(st.sampled_from(choices))
    return changes.with_header(sent, SIGNATURE, f"t={stamp}, v1={signature}")


CHANGES = (
    changes.body,
    changes.header_names,
    parts,
    changes.without(SIGNATURE),
    changes.other(SIGNATURE, ["", ",", ", ", "t=, v1=", "x"]),
)


@given(secrets, bodies, clocks, WINDOW)
def test_what_workos_signs_is_taken_by_both(key: str, body: bytes, now: float, age: int) -> None:
    both_take(WORKOS, sdk, by_workos(key, body, int(now * 1_000) - age), (key,), now)


@given(secrets, bodies, clocks)
def test_what_we_sign_as_workos_is_taken_by_both(key: str, body: bytes, now: float) -> None:
    sent = fakes.signed_request(WORKOS.webhook.auth, body, secret=key, now=now)
    # WorkOS writes a space behind the comma; ours takes it either way, and signs without.
    value = sent.headers[SIGNATURE].replace(",v1=", ", v1=")
    both_take(WORKOS, sdk, changes.with_header(sent, SIGNATURE, value), (key,), now)


@given(st.data(), stored(), bodies, clocks, AGES)
def test_whatever_becomes_of_it_workoss_sdk_and_ours_agree(
    data: st.DataObject, keys: tuple[str, tuple[str, ...]], body: bytes, now: float, age: int
) -> None:
    sent = by_workos(keys[0], body, int(now * 1_000) - age)
    agree(WORKOS, sdk, data.draw(changed(sent, CHANGES)), keys[1], now)
