"""braintree: WebhookNotificationGateway.parse."""

from __future__ import annotations

import hashlib
import hmac
import warnings
from base64 import b64encode, encodebytes
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from generator.samples import gateway
from lambdas.auth_type import OutgoingRequest
from tests import fakes
from tests.differential import changes
from tests.differential.drawn import stored
from tests.differential.judging import agree, both_take, case, ours, theirs

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of names of its own
    from braintree import BraintreeGateway, Configuration, Environment

# The SDK's sample has its time from `utcnow`.
pytestmark = [pytest.mark.differential, pytest.mark.filterwarnings("ignore::DeprecationWarning:braintree")]
BRAINTREE = case("braintree")
PUBLIC = "public"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# The SDK takes keys of ASCII alone.
keys = st.text("abc123", min_size=1)
KINDS = ("check", "subscription_canceled", "dispute_opened")
written = st.sampled_from([encodebytes, b64encode])


def braintree(key: str) -> BraintreeGateway:
    return BraintreeGateway(Configuration(Environment.Sandbox, "merchant", PUBLIC, key))


def sdk(sent: OutgoingRequest, key: str, _now: float) -> bool:
    fields = {name: values[0] for name, values in parse_qs(sent.body.decode(), strict_parsing=True).items()}
    notification = braintree(key).webhook_notification.parse(fields.get("bt_signature"), fields.get("bt_payload"))
    return bool(notification.kind)


def form(signature: str | None, payload: str) -> OutgoingRequest:
    fields = {"bt_payload": payload} if signature is None else {"bt_signature": signature, "bt_payload": payload}
    return OutgoingRequest("POST", gateway.URL, FORM, urlencode(fields).encode())


@st.composite
def payloads(draw: st.DrawFn) -> str:
    kind, text = draw(st.sampled_from(KINDS)), draw(st.text("aé1 ", max_size=6))
    body = f"<notification><kind>{kind}</kind><subject><check>{text}</check></subject></notification>"
    return draw(written)(body.encode()).decode()


def mac(key: str, payload: str) -> str:
    """As Braintree's `sha1_hmac_hash` has it."""
    return hmac.new(hashlib.sha1(key.encode()).digest(), payload.encode(), "sha1").hexdigest()  # noqa: S324 - theirs


@given(keys, payloads())
def test_what_braintree_signs_is_taken_by_both(key: str, payload: str) -> None:
    both_take(BRAINTREE, sdk, form(f"{PUBLIC}|{mac(key, payload)}", payload), (key,), fakes.NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_what_braintrees_sdk_signs_is_taken_by_both(kind: str) -> None:
    sample = braintree("key").webhook_testing.sample_notification(kind, "id")
    both_take(BRAINTREE, sdk, form(sample["bt_signature"], sample["bt_payload"].decode()), ("key",), fakes.NOW)


@given(st.data(), stored(keys), payloads())
def test_whatever_becomes_of_it_braintrees_sdk_and_ours_agree(
    data: st.DataObject, secrets: tuple[str, tuple[str, ...]], payload: str
) -> None:
    sent = data.draw(st.sampled_from([payload, changes.altered(data.draw, payload, changes.BASE64 + "\n"), ""]))
    assume(f"{sent}\n" != payload)  # as the last test has it
    digest = mac(secrets[0], payload)
    other = data.draw(st.sampled_from([digest[:-1], digest[::-1], "", mac("another", payload)]))
    signature = data.draw(
        st.sampled_from(
            [
                f"{PUBLIC}|{digest}",
                f"elsewhere|{other}&{PUBLIC}|{digest}",
                f"{PUBLIC}|{digest}&elsewhere|{other}",
                f"{PUBLIC}|{other}",
                f"{PUBLIC}|{changes.altered(data.draw, digest, changes.HEX)}",
                f"{PUBLIC}{digest}",
                digest,
                "",
                None,
            ]
        )
    )
    agree(BRAINTREE, sdk, form(signature, sent), secrets[1], fakes.NOW)


# Whoever can sign has the private key, so what follows is of no consequence.
@pytest.mark.parametrize(
    ("signature", "payload", "verdicts"),
    [
        # Ours knows no public key, and takes a signature behind any, or a second one behind the same.
        ("elsewhere|{mac}", "{payload}", (False, True)),
        (f"{PUBLIC}|0&{PUBLIC}|{{mac}}", "{payload}", (False, True)),
        # Of what looks like hex, ours compares bytes.
        (f"{PUBLIC}|{{MAC}}", "{payload}", (False, True)),
        # The SDK adds a line break that a web framework took away.
        (f"{PUBLIC}|{{mac}}", "{stripped}", (True, False)),
    ],
)
def test_differences_that_are_known(signature: str, payload: str, verdicts: tuple[bool, bool]) -> None:
    text = encodebytes(b"<notification><kind>check</kind><subject/></notification>").decode()
    digest = mac("key", text)
    pieces = {"mac": digest, "MAC": digest.upper(), "payload": text, "stripped": text.removesuffix("\n")}
    sent = form(signature.format(**pieces), payload.format(**pieces))
    assert (theirs(sdk, sent, ("key",), fakes.NOW), ours(BRAINTREE, sent, ("key",), fakes.NOW)) == verdicts
