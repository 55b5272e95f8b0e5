"""hubspot-api-client: Signature, of its three versions."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hubspot.utils.signature import Signature
from hypothesis import given
from hypothesis import strategies as st

from lambdas.auth_type import OutgoingRequest
from tests import fakes
from tests.differential import changes
from tests.differential.changes import changed
from tests.differential.drawn import bodies, clocks, secrets, stored, urls
from tests.differential.judging import agree, both_take, header, own

pytestmark = pytest.mark.differential
STAMP, SIGNATURE, VERSION = "X-HubSpot-Request-Timestamp", "X-HubSpot-Signature", "X-HubSpot-Signature-Version"
HASHES = pytest.mark.parametrize("version", ["v1", "v2"])
HUBSPOT = {version: own(f"hubspot-{version}") for version in ("v1", "v2", "v3")}
UNDONE = re.compile("%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
# The SDK takes any time in the future, and what is not quite 300 seconds old once its milliseconds are cut off.
AGES = st.just(0) | st.sampled_from([-300_000, -1, 1, 298_999, 301_000]) | st.integers(302_000, 10**7)


def sdk_of_hashes(sent: OutgoingRequest, key: str, _now: float) -> bool:
    """Which version it is, the SDK is told; its documentation says where from."""
    version = header(sent, VERSION)
    assert version in ("v1", "v2")
    return Signature.is_valid(
        header(sent, SIGNATURE), key, sent.body.decode(), sent.url, sent.method, signature_version=version
    )


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    """With the URL as it came, and as HubSpot's documentation has its escapes undone before the SDK is asked."""
    before, mark, query = sent.url.partition("?")
    undone = before + mark + UNDONE.sub(lambda match: unquote(match[0]), query)
    signature, body, stamp = header(sent, f"{SIGNATURE}-v3"), sent.body.decode(), header(sent, STAMP)
    return any(Signature.is_valid(signature, key, body, url, sent.method, "v3", stamp) for url in (sent.url, undone))


def hashed(version: str, key: str, body: bytes, url: str) -> OutgoingRequest:
    signature = Signature.get_signature(key, body.decode(), version, url, "POST")
    return OutgoingRequest("POST", url, {SIGNATURE: signature, VERSION: version}, body)


def by_the_sdk(key: str, body: bytes, url: str, stamp: str) -> OutgoingRequest:
    signature = Signature.get_signature(key, body.decode(), "v3", url, "POST", stamp)
    return OutgoingRequest("POST", url, {f"{SIGNATURE}-v3": signature, STAMP: stamp}, body)


def milliseconds(now: float, age: int) -> str:
    return str(int(now * 1_000) - age)


@HASHES
@given(secrets, bodies, urls(), clocks)
def test_what_hubspots_sdk_hashes_is_taken_by_both(version: str, key: str, body: bytes, url: str, now: float) -> None:
    both_take(HUBSPOT[version], sdk_of_hashes, hashed(version, key, body, url), (key,), now)


@HASHES
@given(secrets, bodies, urls(), clocks)
def test_what_we_hash_as_hubspot_is_taken_by_both(version: str, key: str, body: bytes, url: str, now: float) -> None:
    sent = fakes.signed_request(HUBSPOT[version].webhook.auth, body, secret=key, now=now, url=url)
    both_take(HUBSPOT[version], sdk_of_hashes, sent, (key,), now)


@HASHES
@given(st.data(), stored(), bodies, urls(), clocks)
def test_whatever_becomes_of_a_hash_hubspots_sdk_and_ours_agree(
    version: str, data: st.DataObject, keys: tuple[str, tuple[str, ...]], body: bytes, url: str, now: float
) -> None:
    among = (
        changes.body,
        changes.header_names,
        changes.url,
        changes.method,
        changes.signature(SIGNATURE, alphabet=changes.HEX),
        changes.without(SIGNATURE),
        changes.without(VERSION),
        changes.other(VERSION, ["", "v3", "1"]),
    )
    sent = data.draw(changed(hashed(version, keys[0], body, url), among))
    agree(HUBSPOT[version], sdk_of_hashes, sent, keys[1], now)


@given(secrets, bodies, urls(), clocks, st.integers(-300_000, 298_999))
def test_what_hubspots_sdk_signs_is_taken_by_both(key: str, body: bytes, url: str, now: float, age: int) -> None:
    both_take(HUBSPOT["v3"], sdk, by_the_sdk(key, body, url, milliseconds(now, age)), (key,), now)


@given(secrets, bodies, urls(), clocks)
def test_what_is_signed_with_a_url_without_escapes_is_taken_by_both(
    key: str, body: bytes, url: str, now: float
) -> None:
    before, mark, query = url.partition("?")
    undone = before + mark + UNDONE.sub(lambda match: unquote(match[0]), query)
    sent = by_the_sdk(key, body, undone, milliseconds(now, 0))._replace(url=url)
    both_take(HUBSPOT["v3"], sdk, sent, (key,), now)


@given(secrets, bodies, urls(), clocks)
def test_what_we_sign_as_hubspot_is_taken_by_both(key: str, body: bytes, url: str, now: float) -> None:
    sent = fakes.signed_request(HUBSPOT["v3"].webhook.auth, body, secret=key, now=now, url=url)
    both_take(HUBSPOT["v3"], sdk, sent, (key,), now)


@given(st.data(), stored(), bodies, urls(), clocks, AGES)
def test_whatever_becomes_of_it_hubspots_sdk_and_ours_agree(
    data: st.DataObject, keys: tuple[str, tuple[str, ...]], body: bytes, url: str, now: float, age: int
) -> None:
    among = (
        changes.body,
        changes.header_names,
        changes.url,
        changes.method,
        changes.signature(f"{SIGNATURE}-v3"),
        changes.without(f"{SIGNATURE}-v3"),
        changes.without(STAMP),
        changes.one_character(STAMP, "0123456789.-a"),
        changes.other(STAMP, ["", "now", "-1", "1e30"]),
    )
    sent = by_the_sdk(keys[0], body, url, milliseconds(now, age))
    agree(HUBSPOT["v3"], sdk, data.draw(changed(sent, among)), keys[1], now)
