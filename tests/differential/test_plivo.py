"""plivo: validate_v3_signature."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plivo.utils.signature_v3 import validate_v3_signature

from generator.samples import gateway
from lambdas.auth_type import OutgoingRequest
from tests import fakes
from tests.differential.judging import agree, both_take, case, header

pytestmark = pytest.mark.differential
PLIVO = case("plivo-v3")
SIGNATURE, NONCE = "X-Plivo-Signature-V3", "X-Plivo-Signature-V3-Nonce"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
names, texts = st.text("aAbB_-", min_size=1, max_size=4), st.text("aä .&=?%1", max_size=6)
secrets = st.text("abc123", min_size=1)
# The SDK reads a query's bytes as Latin-1, and Plivo's other SDKs do not.
queries = st.dictionaries(names, st.text("a .&=?%1", max_size=6), max_size=3)
fields = st.dictionaries(names, texts, min_size=1)


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    taken: bool = validate_v3_signature(
        "POST",
        sent.url,
        header(sent, NONCE) or "",
        key,
        header(sent, SIGNATURE) or "",
        {name: values[0] for name, values in parse_qs(sent.body.decode(), keep_blank_values=True).items()},
    )
    return taken


def signed(key: str, query: dict[str, str], form: dict[str, str]) -> OutgoingRequest:
    url = f"{gateway.URL}?{urlencode(query)}" if query else gateway.URL
    headers = {**FORM, NONCE: "12345"}
    return fakes.signed_request(PLIVO.webhook.auth, urlencode(form).encode(), headers, secret=key, url=url)


@given(secrets, queries, fields)
def test_what_we_sign_as_plivo_is_taken_by_both(key: str, query: dict[str, str], form: dict[str, str]) -> None:
    both_take(PLIVO, sdk, signed(key, query, form), (key,), fakes.NOW)


@given(secrets, queries, fields, queries, fields | st.none())
def test_whatever_becomes_of_it_plivos_sdk_and_ours_agree(
    key: str, query: dict[str, str], form: dict[str, str], other: dict[str, str], more: dict[str, str] | None
) -> None:
    sent = signed(key, query, form)
    changed = signed(key, other, more or form)
    agree(PLIVO, sdk, changed._replace(headers=sent.headers), (key,), fakes.NOW)
