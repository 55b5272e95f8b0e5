"""boxsdk: WebhooksManager.validate_message."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime, timedelta, timezone

import pytest
from box_sdk_gen.managers.webhooks import WebhooksManager
from hypothesis import given
from hypothesis import strategies as st

from lambdas.auth_type import OutgoingRequest
from tests import fakes
from tests.differential import changes
from tests.differential.changes import changed
from tests.differential.drawn import HOST, bodies, secrets
from tests.differential.judging import Sdk, agree, both_take, shipped
from tests.fakes import NOW

pytestmark = pytest.mark.differential
BOX = shipped("box")
PRIMARY, SECONDARY, STAMP = "Box-Signature-Primary", "Box-Signature-Secondary", "Box-Delivery-Timestamp"
VERSION, ALGORITHM = "Box-Signature-Version", "Box-Signature-Algorithm"
# The SDK takes nothing of the future, ours 60 seconds of it.
AGES = st.sampled_from([0, 0, 1, 599, 600, 601, 602, -61, -62]) | st.integers(0, 2_000)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
pairs = st.lists(secrets, min_size=2, max_size=2, unique=True).map(tuple)


def sdk(primary: str, secondary: str) -> Sdk:
    """The SDK takes both keys at once, each for its own header; ours either for either, since they change places."""

    def verify(sent: OutgoingRequest, _key: str, _now: float) -> bool:
        headers = {name.lower(): value for name, value in sent.headers.items()}
        return WebhooksManager.validate_message(sent.body.decode(), headers, primary, secondary_key=secondary)

    return verify


def by_box(keys: tuple[str, str], body: bytes, stamp: str) -> OutgoingRequest:
    """As documented, since the SDK has no signer: developer.box.com/guides/webhooks/v2/signatures-v2"""
    digests = [hmac.digest(key.encode(), body + stamp.encode(), "sha256") for key in keys]
    primary, secondary = (base64.b64encode(other).decode() for other in digests)
    headers = {PRIMARY: primary, SECONDARY: secondary, STAMP: stamp, VERSION: "1", ALGORITHM: "HmacSHA256"}
    return OutgoingRequest("POST", f"https://{HOST}/events", headers, body)


def written(age: int, zone: timezone) -> str:
    """Whole seconds, as Box writes them. The SDK cuts off what is less, of the clock too, so ours stands at one."""
    return datetime.fromtimestamp(NOW - age, zone).isoformat()


CHANGES = (
    changes.body,
    changes.header_names,
    changes.signature(PRIMARY),
    changes.signature(SECONDARY),
    *(changes.without(name) for name in (PRIMARY, SECONDARY, STAMP, VERSION, ALGORITHM)),
    changes.other(VERSION, ["", "2", "1.0"]),
    changes.other(ALGORITHM, ["", "HmacSHA1", "hmacsha256"]),
    changes.other(STAMP, ["", "now", "2026-13-01T00:00:00Z", "1767225600", "2026-01-01T00:00:00Z"]),
    changes.one_character(STAMP, "0123456789"),
)


@given(pairs, bodies, st.integers(0, 600), zones)
def test_what_box_signs_is_taken_by_both(keys: tuple[str, str], body: bytes, age: int, zone: timezone) -> None:
    both_take(BOX, sdk(*keys), by_box(keys, body, written(age, zone)), keys, NOW)


@given(pairs, bodies, st.integers(0, 10**6))
def test_what_we_sign_as_box_is_taken_by_both(keys: tuple[str, str], body: bytes, later: int) -> None:
    now = NOW + later
    both_take(BOX, sdk(*keys), fakes.signed_request(BOX.webhook.auth, body, secret=keys[0], now=now), keys, now)


@given(st.data(), st.lists(secrets, min_size=4, max_size=4, unique=True), bodies, AGES, zones)
def test_whatever_becomes_of_it_boxs_sdk_and_ours_agree(
    data: st.DataObject, keys: list[str], body: bytes, age: int, zone: timezone
) -> None:
    primary, secondary, other, another = keys
    sent = by_box((primary, secondary), body, written(age, zone))
    stored_keys = data.draw(
        st.sampled_from([(primary, secondary), (primary, other), (other, secondary), (other, another)])
    )
    agree(BOX, sdk(*stored_keys), data.draw(changed(sent, CHANGES)), stored_keys, NOW)
