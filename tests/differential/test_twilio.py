"""twilio: RequestValidator."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, quote, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from lambdas.auth_type import OutgoingRequest
from lambdas.reading.formats import FORM
from tests import fakes
from tests.differential import changes
from tests.differential.changes import changed
from tests.differential.drawn import bodies, clocks, secrets, stored, texts, urls
from tests.differential.judging import agree, both_refuse, both_take, header, shipped

pytestmark = pytest.mark.differential
TWILIO = shipped("twilio")
SIGNATURE = "X-Twilio-Signature"
Kind = Callable[[st.DrawFn, str, str], OutgoingRequest]
fields = st.dictionaries(texts, st.lists(texts, min_size=1, max_size=3), max_size=5)
types = st.sampled_from([FORM, f"{FORM}; charset=UTF-8", FORM.title()])


class Fields(dict[str, list[str]]):
    """A form as Django hands it over."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    text = sent.body.decode()
    is_form = (header(sent, "Content-Type") or "").lower().startswith(FORM)
    params = Fields(parse_qs(text, keep_blank_values=True)) if is_form else text
    return RequestValidator(key).validate(sent.url, params, header(sent, SIGNATURE))


def written(draw: st.DrawFn, form: Mapping[str, list[str]]) -> bytes:
    """Fields in any order, with the escapes of browsers or of others."""
    pairs = draw(st.permutations([(name, value) for name, values in form.items() for value in values]))
    plus = urlencode(pairs)
    return draw(st.sampled_from([plus, urlencode(pairs, quote_via=quote), plus.replace("%3A", ":")])).encode()


def as_signed(draw: st.DrawFn, url: str) -> str:
    """Twilio adds the port to the URL, or does not."""
    return draw(st.sampled_from([url, url.replace(".com/", ".com:443/", 1)]))


def form(draw: st.DrawFn, key: str, url: str) -> OutgoingRequest:
    """The fields are signed, however they are written; the URL has no bodySHA256, which would be enough for ours."""
    drawn = draw(fields)
    signature = RequestValidator(key).compute_signature(as_signed(draw, url), Fields(drawn))
    return OutgoingRequest("POST", url, {"Content-Type": draw(types), SIGNATURE: signature}, written(draw, drawn))


def other(draw: st.DrawFn, key: str, url: str) -> OutgoingRequest:
    """The URL is signed, with the body's hash in it."""
    body = draw(bodies)
    url += f"{'&' if '?' in url else '?'}bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = RequestValidator(key).compute_signature(as_signed(draw, url), {})
    return OutgoingRequest("POST", url, {"Content-Type": "application/json", SIGNATURE: signature}, body)


def another_url(draw: st.DrawFn, sent: OutgoingRequest) -> OutgoingRequest:
    """Neither quotes nor escapes are put in: ours looks past those of quotes, the SDK does not."""
    return changes.one_in_url(draw, sent, "ghZ_~&=")


def another_port(draw: st.DrawFn, sent: OutgoingRequest) -> OutgoingRequest:
    return sent._replace(url=as_signed(draw, sent.url))


def fields_anew(draw: st.DrawFn, sent: OutgoingRequest) -> OutgoingRequest:
    """The same fields, otherwise written, or some of them twice: Twilio signs each value once."""
    fields = parse_qs(sent.body.decode(), keep_blank_values=True)
    twice = {name: [*values, values[0]] for name, values in fields.items()}
    return sent._replace(body=written(draw, draw(st.sampled_from([fields, twice]))))


CHANGES = (
    changes.body,
    changes.header_names,
    changes.signature(SIGNATURE),
    changes.without(SIGNATURE),
    another_url,
    another_port,
)
EACH = pytest.mark.parametrize(("kind", "among"), [(form, (*CHANGES, fields_anew)), (other, CHANGES)])


@EACH
@given(st.data(), secrets, urls(), clocks)
def test_what_twilios_sdk_signs_is_taken_by_both(
    kind: Kind, among: tuple[changes.Change, ...], data: st.DataObject, key: str, url: str, now: float
) -> None:
    assert among
    both_take(TWILIO, sdk, kind(data.draw, key, url), (key,), now)


@given(st.data(), secrets, urls(), clocks, st.booleans())
def test_what_we_sign_as_twilio_is_taken_by_both(
    data: st.DataObject, key: str, url: str, now: float, is_form: bool
) -> None:
    headers = {"Content-Type": data.draw(types) if is_form else "application/json"}
    body = written(data.draw, data.draw(fields)) if is_form else data.draw(bodies)
    both_take(
        TWILIO, sdk, fakes.signed_request(TWILIO.webhook.auth, body, headers, secret=key, now=now, url=url), (key,), now
    )


@given(st.data(), secrets, urls(), clocks)
def test_a_body_that_is_taken_away_from_its_signed_hash_is_refused_by_both(
    data: st.DataObject, key: str, url: str, now: float
) -> None:
    sent = other(data.draw, key, url)
    assume(sent.body)
    both_refuse(TWILIO, sdk, sent._replace(body=b""), (key,), now)


@EACH
@given(st.data(), stored(), urls(), clocks)
def test_whatever_becomes_of_it_twilios_sdk_and_ours_agree(
    kind: Kind,
    among: tuple[changes.Change, ...],
    data: st.DataObject,
    keys: tuple[str, tuple[str, ...]],
    url: str,
    now: float,
) -> None:
    sent = kind(data.draw, keys[0], url)
    agree(TWILIO, sdk, data.draw(changed(sent, among)), keys[1], now)
