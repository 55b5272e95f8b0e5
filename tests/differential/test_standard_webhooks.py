"""standardwebhooks and svix: Webhook. Theirs is the same code, with other names of headers."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from math import floor
from typing import Any

import pytest
import standardwebhooks.webhooks
import svix.webhooks
from hypothesis import assume, given
from hypothesis import strategies as st

from lambdas.auth_type import OutgoingRequest
from lambdas.model import Source
from tests import fakes
from tests.differential import changes
from tests.differential.changes import changed
from tests.differential.drawn import HOST, ages, bodies, clocks, stored
from tests.differential.judging import Sdk, agree, both_take, header, shipped

pytestmark = pytest.mark.differential


def standard(sent: OutgoingRequest, key: str, _now: float) -> bool:
    standardwebhooks.webhooks.Webhook(key).verify(sent.body, dict(sent.headers), json_parse=False)
    return True


def of_svix(sent: OutgoingRequest, key: str, _now: float) -> bool:
    svix.webhooks.Webhook(key).verify(sent.body, dict(sent.headers))
    return True


EACH = pytest.mark.parametrize(
    ("source", "sdk", "webhook", "names"),
    [
        (shipped("standard-webhooks"), standard, standardwebhooks.webhooks.Webhook, "webhook"),
        (shipped("svix"), of_svix, svix.webhooks.Webhook, "svix"),
    ],
    ids=["standard-webhooks", "svix"],
)
ids = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=30)


def _as_stored(key: bytes, *, padded: bool, prefix: str) -> str:
    text = base64.b64encode(key).decode()
    return prefix + (text if padded else text.rstrip("="))


# Base64 for URLs is read by ours, and its `-` and `_` are skipped by the SDK; nobody writes keys so.
keys_in_base64 = st.builds(
    _as_stored, st.binary(min_size=1, max_size=64), padded=st.booleans(), prefix=st.sampled_from(["", "whsec_"])
)


def by_the_sdk(
    webhook: Callable[[str], Any], names: str, key: str, body: bytes, id_and_time: tuple[str, int]
) -> OutgoingRequest:
    signature = webhook(key).sign(id_and_time[0], datetime.fromtimestamp(id_and_time[1], UTC), body.decode())
    headers = {
        f"{names}-id": id_and_time[0],
        f"{names}-timestamp": str(id_and_time[1]),
        f"{names}-signature": signature,
    }
    return OutgoingRequest("POST", f"https://{HOST}/events", headers, body)


@st.composite
def among_others(draw: st.DrawFn, good: str) -> str:
    """The signature among others, in any order: wrong ones, and good ones of other versions.

    At most twenty: ours looks at no more. Each is a version, one comma and base64: at anything else before the good
    one, the SDK raises, so that one bad signature would spoil the others; ours goes on.
    """
    digest = good.removeprefix("v1,")
    wrong = base64.b64encode(draw(st.binary(max_size=64))).decode()
    versions = st.sampled_from(["v1", "v1a", "v2", "v", "V1", "", "v11"])
    others = st.builds("{},{}".format, versions, st.sampled_from([digest, wrong, ""]))
    parts = draw(st.sampled_from([[good], []])) + draw(st.lists(others, min_size=1, max_size=19))
    return " ".join(draw(st.permutations(parts)))


def stamp(name: str) -> changes.Change:
    """The SDK reads the time as a number, and signs its seconds: what is not how these are written is left out."""

    def change(draw: st.DrawFn, sent: OutgoingRequest) -> OutgoingRequest:
        sent = changes.one_character(name, "0123456789.-a")(draw, sent)
        value = header(sent, name) or ""
        with suppress(OverflowError, ValueError):
            assume(str(floor(float(value))) == value)
        return sent

    return change


@EACH
@given(keys_in_base64, ids, bodies, clocks, st.integers(-300, 299))
def test_what_their_sdk_signs_is_taken_by_both(
    source: Source, sdk: Sdk, webhook: Any, names: str, key: str, message_id: str, body: bytes, now: float, age: int
) -> None:
    both_take(source, sdk, by_the_sdk(webhook, names, key, body, (message_id, int(now) - age)), (key,), now)


@EACH
@given(keys_in_base64, bodies, clocks)
def test_what_we_sign_as_they_do_is_taken_by_both(
    source: Source, sdk: Sdk, webhook: Any, names: str, key: str, body: bytes, now: float
) -> None:
    sent = fakes.signed_request(source.endpoint.auth, body, secret=key, now=now)
    assert {name.partition("-")[0] for name in sent.headers} == {names}
    assert webhook
    both_take(source, sdk, sent, (key,), now)


@EACH
@given(st.data(), stored(keys_in_base64), ids, bodies, clocks, ages(300))
def test_whatever_becomes_of_it_their_sdk_and_ours_agree(
    source: Source,
    sdk: Sdk,
    webhook: Any,
    names: str,
    data: st.DataObject,
    keys: tuple[str, tuple[str, ...]],
    message_id: str,
    body: bytes,
    now: float,
    age: int,
) -> None:
    sent = by_the_sdk(webhook, names, keys[0], body, (message_id, int(now) - age))
    where = f"{names}-signature"
    if data.draw(st.booleans()):
        sent = changes.with_header(sent, where, data.draw(among_others(sent.headers[where])))
        among = (changes.body, changes.header_names)
    else:
        among = (changes.body, changes.header_names, changes.signature(where, "v1,"))
    more = (
        *(changes.without(f"{names}-{part}") for part in ("id", "timestamp", "signature")),
        changes.one_character(f"{names}-id", "abc.019_-"),
        stamp(f"{names}-timestamp"),
        changes.other(f"{names}-timestamp", ["", "now", "-1", "1e30"]),
        changes.other(where, ["", ","]),
    )
    agree(source, sdk, data.draw(changed(sent, (*among, *more))), keys[1], now)
