"""stripe: WebhookSignature."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stripe import WebhookSignature

from lambdas.auth_type import OutgoingRequest
from tests import fakes
from tests.differential import changes
from tests.differential.changes import changed
from tests.differential.drawn import HOST, bodies, clocks, secrets, stored
from tests.differential.judging import agree, both_take, header, shipped

pytestmark = pytest.mark.differential
STRIPE = shipped("stripe")
SIGNATURE = "Stripe-Signature"
# The SDK takes any time in the future, ours 300 seconds of it: none beyond is drawn.
AGES = st.just(0) | st.sampled_from([-300, -299, 299, 300, 301]) | st.integers(-300, 2_000)


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    return WebhookSignature.verify_header(sent.body, header(sent, SIGNATURE), key, 300)


def by_the_sdk(key: str, body: bytes, stamp: int) -> OutgoingRequest:
    signature = WebhookSignature.generate_signature_header(body.decode(), key, stamp)
    return OutgoingRequest("POST", f"https://{HOST}/events", {SIGNATURE: signature}, body)


@st.composite
def among_others(draw: st.DrawFn, value: str, other_key: str, body: bytes, stamp: int) -> str:
    """The time and the signature among others, in any order: of other keys, other schemes, other times.

    At most twenty parts: ours looks at no more. No spaces: ours drops those around a part.
    """
    good = value.partition(",v1=")[2]
    wrong = by_the_sdk(other_key, body, stamp).headers[SIGNATURE].partition(",v1=")[2]
    schemes = st.sampled_from(["v0", "v1", "v2", "v", "v10", "V1", ""])
    # The SDK gives up at a `v1` without `=`, and reads no further than a second `=`; ours does neither.
    others = st.builds("{}={}".format, schemes, st.sampled_from([good, wrong, good[:-1], f"{good}00", "", "zz"]))
    junk = st.sampled_from(["", "v0", "x", f"t={stamp + 1}", f"v1={wrong}"])
    parts = [*value.split(","), *draw(st.lists(others | junk, max_size=draw(st.sampled_from([2, 18]))))]
    return ",".join(draw(st.permutations(parts)))


def one_character(draw: st.DrawFn, sent: OutgoingRequest) -> OutgoingRequest:
    """The SDK reads `t` as a number, and then signs the number: what is not how a number is written is left out."""
    sent = changes.one_character(SIGNATURE, "0123456789abcdefvtx,.")(draw, sent)
    for part in (header(sent, SIGNATURE) or "").split(","):
        name, _, value = part.partition("=")
        assume(name not in ("t", "v1") or ("=" in part and (name == "v1" or not value.isdigit() or value[0] != "0")))
    return sent


CHANGES = (
    changes.body,
    changes.header_names,
    one_character,
    changes.without(SIGNATURE),
    changes.other(SIGNATURE, ["", "t=", "v1=", "t=,v1=", ",", "x"]),
)


@given(secrets, bodies, clocks, st.integers(-300, 299))
def test_what_stripes_sdk_signs_is_taken_by_both(key: str, body: bytes, now: float, age: int) -> None:
    both_take(STRIPE, sdk, by_the_sdk(key, body, int(now) - age), (key,), now)


@given(secrets, bodies, clocks)
def test_what_we_sign_as_stripe_is_taken_by_both(key: str, body: bytes, now: float) -> None:
    both_take(STRIPE, sdk, fakes.signed_request(STRIPE.webhook.auth, body, secret=key, now=now), (key,), now)


@given(st.data(), stored(), secrets, bodies, clocks, AGES)
def test_whatever_becomes_of_it_stripes_sdk_and_ours_agree(
    data: st.DataObject, keys: tuple[str, tuple[str, ...]], other: str, body: bytes, now: float, age: int
) -> None:
    stamp = int(now) - age
    sent = by_the_sdk(keys[0], body, stamp)
    if data.draw(st.booleans()):
        value = data.draw(among_others(sent.headers[SIGNATURE], other, body, stamp))
        sent = changes.with_header(sent, SIGNATURE, value)
    agree(STRIPE, sdk, data.draw(changed(sent, CHANGES)), keys[1], now)
