"""Signatures, tokens and handshakes that vendors, their SDKs and others have published, through the real handler.

And what holds of every way of signing: what was signed verifies, and one bit of it less does not.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jwt.api_jws import PyJWS

from generator.definition.auth_types import auth_types
from generator.definition.read import load
from generator.definition.secret_names import stored_names
from generator.samples import gateway, vendor
from lambdas.auth import leaves, rsa, token
from lambdas.auth_type import OutgoingRequest, Unauthenticated
from lambdas.model import Auth, auths
from lambdas.reading.formats import FORM
from lambdas.reading.request import Request
from lambdas.runtime import vendor_fetch
from lambdas.runtime.http_types import FetchFailed
from lambdas.runtime.secrets import SecretsUnavailable, UnusableSecret
from lambdas.signatures import issuer_keys
from lambdas.signatures.encodings import decode_text, encode_bytes
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.published_keys import REREAD, RETRY, TTL, FetchCache
from lambdas.signatures.signature_settings import PIECE, SignatureSettings
from tests import fakes, issuers, published
from tests.definitions import CASES, SOURCES, make_definition, webhook_definitions
from tests.fakes import NOW, SECRET, Endpoint
from tests.issuers import Internet, Issuer, message, signed_message
from tests.published import HANDSHAKES, REQUESTS, Delivery, Vector, delivery, handshake, vector_names

pytestmark = pytest.mark.slow

as_published: Callable[[str], str] = str
in_any_case = pytest.mark.parametrize("case", [str.lower, as_published, str.upper], ids=["lower", "published", "upper"])
in_any_encoding = pytest.mark.parametrize("binary", [False, True], ids=["text", "base64"])
VALID = [vector for vector in REQUESTS if vector["valid"]]
INVALID = [vector for vector in REQUESTS if not vector["valid"] and vector["secret"] != ""]
WITHOUT_A_SECRET = [vector for vector in REQUESTS if not vector["valid"] and vector["secret"] == ""]


@contextmanager
def online(pages: Mapping[str, bytes | int | Exception]) -> Iterator[Internet]:
    """An internet that has these pages and no others, and nothing remembered of any before."""
    with pytest.MonkeyPatch.context() as patched:
        yield Internet(dict(pages)).put_before(patched)


def endpoint_of(arrives: Delivery) -> Endpoint:
    return Endpoint(arrives.source, secret=arrives.stored, now=arrives.now)


def event_of(
    sent: OutgoingRequest, case: Callable[[str], str] = as_published, *, binary: bool = False
) -> dict[str, Any]:
    """A request as API Gateway hands it over, but for the case of its headers."""
    event = gateway.event(sent.method, {}, sent.body, url=sent.url, binary=binary)
    return {**event, "headers": {case(name): value for name, value in sent.headers.items()}}


def outcome(vector: Vector, case: Callable[[str], str] = as_published, *, binary: bool = False) -> published.Outcome:
    arrives = delivery(vector)
    endpoint = endpoint_of(arrives)
    with online(arrives.pages):
        answer = endpoint.call(event_of(arrives.sent, case, binary=binary))
    return published.outcome(answer["statusCode"], endpoint.queue.messages, endpoint.bucket.objects)


def test_every_published_vector_is_used_except_outbound_ones() -> None:
    assert len(VALID) + len(INVALID) + len(WITHOUT_A_SECRET) == len(REQUESTS)
    left_out = [
        vector["scheme"] for vector in published.ALL_VECTORS if vector not in REQUESTS and vector not in HANDSHAKES
    ]
    assert sorted(left_out) == sorted(published.OUTBOUND)
    used = {name for vector in (*REQUESTS, *HANDSHAKES) for name in (vector["scheme"], vector["vendor"])}
    assert set(published.SOURCE_OF) <= used


@in_any_case
@in_any_encoding
@pytest.mark.parametrize("vector", VALID, ids=vector_names(VALID))
def test_signed_request_is_on_the_queue_or_kept(vector: Vector, case: Callable[[str], str], *, binary: bool) -> None:
    assert outcome(vector, case, binary=binary) == published.expected(vector)


@in_any_case
@in_any_encoding
@pytest.mark.parametrize("vector", INVALID, ids=vector_names(INVALID))
def test_unsigned_request_is_refused_and_leaves_nothing(
    vector: Vector, case: Callable[[str], str], *, binary: bool
) -> None:
    assert outcome(vector, case, binary=binary) == (401, [], [])


@pytest.mark.parametrize("vector", WITHOUT_A_SECRET, ids=vector_names(WITHOUT_A_SECRET))
def test_a_published_request_for_an_empty_secret_leaves_nothing(vector: Vector) -> None:
    assert outcome(vector) == (503, [], [])


@in_any_case
@pytest.mark.parametrize(("valid", "status"), [(True, 200), (False, 403)])
def test_a_published_token_is_verified_by_an_authorizer_too(
    case: Callable[[str], str], status: int, *, valid: bool
) -> None:
    [vector] = [
        candidate for candidate in REQUESTS if candidate["scheme"] == "gitlab-token" and candidate["valid"] is valid
    ]
    endpoint = Endpoint(load(CASES, ["gitlab"])[0].source, secret=vector["secret"])
    answer = endpoint.call(event_of(delivery(vector).sent, case))
    assert (answer["statusCode"], len(endpoint.queue.bodies)) == (status, int(valid))


@in_any_case
@pytest.mark.parametrize("vector", HANDSHAKES, ids=vector_names(HANDSHAKES))
def test_a_handshake_is_answered_as_published_and_becomes_no_event(vector: Vector, case: Callable[[str], str]) -> None:
    arrives = handshake(vector)
    endpoint = endpoint_of(arrives)
    with online(arrives.pages):
        answer = endpoint.call(event_of(arrives.sent, case))
    expected_headers = {name.lower(): value for name, value in vector["expect_headers"].items()}
    shown_answer = published.parse_answer(answer["body"])
    assert (answer["statusCode"], shown_answer) == (vector["expect_status"], vector["expect_body"])
    assert expected_headers.items() <= answer["headers"].items()
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


def published_handshake(scheme: str, vendor: str) -> Vector:
    [vector] = [candidate for candidate in HANDSHAKES if (candidate["scheme"], candidate["vendor"]) == (scheme, vendor)]
    return vector


@pytest.mark.parametrize(
    "vector",
    [
        published_handshake("challenge:json-echo", "Slack"),
        published_handshake("challenge:static", "Discord interactions"),
        published_handshake("challenge:static", "Discord webhook events"),
        published_handshake("challenge:sns-confirm", "AWS SNS"),
    ],
    ids=["slack", "discord interactions", "discord webhook events", "sns"],
)
def test_handshake_published_without_a_signature_needs_one(vector: Vector) -> None:
    arrives = handshake(vector)
    endpoint = endpoint_of(arrives)
    with online(arrives.pages) as internet:
        answer = endpoint.call(event_of(delivery(vector).sent))
    assert (answer["statusCode"], answer["body"], internet.requested_urls) == (401, "", [])
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


def test_handshake_with_a_token_is_not_answered_to_another_token() -> None:
    arrives = handshake(published_handshake("challenge:query-to-text", "Meta (Facebook/WhatsApp)"))
    endpoint = endpoint_of(arrives._replace(stored="another"))
    answer = endpoint.call(event_of(arrives.sent))
    assert (answer["statusCode"], answer["body"]) == (401, "")


@pytest.mark.parametrize(
    ("vector", "secret", "body"),
    [
        (
            asana := published_handshake("challenge:header-echo", "Asana"),
            asana["headers"]["X-Hook-Secret"],
            {"events": []},
        ),
        (
            notion := published_handshake("challenge:body-secret", "Notion"),
            json.loads(notion["body"])["verification_token"],
            {},
        ),
    ],
    ids=["asana", "notion"],
)
def test_handed_over_secret_is_stored_once_and_verifies_events(vector: Vector, secret: str, body: Any) -> None:
    arrives = handshake(vector)
    endpoint = endpoint_of(arrives)
    stored = {f"{endpoint.path}/auth_token": secret}
    assert endpoint.call(event_of(arrives.sent))["statusCode"] == 200
    assert endpoint.store.values == stored
    headers = {name: value.replace(secret, secret[::-1]) for name, value in arrives.sent.headers.items()}
    again = arrives.sent._replace(
        headers=headers, body=arrives.sent.body.replace(secret.encode(), secret[::-1].encode())
    )
    assert endpoint.call(event_of(again))["statusCode"] == 401
    assert endpoint.store.values == stored
    assert endpoint.post_signed(body, secret=secret)["statusCode"] == 200
    assert endpoint.post_signed(body, secret=secret[::-1])["statusCode"] == 401


def test_subscription_is_confirmed_once_the_sender_is_verified() -> None:
    arrives = handshake(published_handshake("challenge:sns-confirm", "AWS SNS"))
    with online(arrives.pages) as internet:
        assert endpoint_of(arrives).call(event_of(arrives.sent))["statusCode"] == 200
    assert internet.requested_urls == [issuers.CERTIFICATE_URL, json.loads(arrives.sent.body)["SubscribeURL"]]


def test_a_signed_handshake_of_twitch_is_not_answered_to_others() -> None:
    endpoint = Endpoint(load(CASES, ["twitch"])[0].source)
    headers = {"Twitch-Eventsub-Message-Type": "webhook_callback_verification"}
    assert endpoint.post(b'{"challenge":"c"}', headers) == {"statusCode": 401, "headers": {}, "body": ""}
    answer = endpoint.post_signed(b'{"challenge":"c"}', headers)
    assert (answer["statusCode"], answer["body"]) == (200, "c")
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


# Every way of verifying that a source has, shipped or a case, taken apart where it is made of several.
SOURCE = {
    f"{folder.name}/{definition.source.name}": definition.source
    for folder in (SOURCES, CASES)
    for definition in webhook_definitions(folder)
}
LEAVES = {
    f"{name}/{index}": leaf
    for name, source in SOURCE.items()
    for index, leaf in enumerate(leaf for auth in auths(source.endpoint) for leaf in leaves(auth))
}
URL = f"{gateway.URL}?account=7"
# No NUL at the end: an HMAC fills its key up with them, so that two keys that end in one more or less are the same.
secrets = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip)
raw_keys = st.binary(min_size=1).filter(lambda key: key[-1] > 0)
bits = st.integers(min_value=0)
# There are dozens of ways, each of which is to be drawn some times.
for_every_leaf = settings(max_examples=5 * settings().max_examples)


def kind(auth: Auth) -> str:
    return auth.type.__name__.rpartition(".")[2]  # type: ignore[attr-defined,no-any-return]  # a module


def leaves_of_kind(*kinds: str) -> list[str]:
    return [name for name, leaf in LEAVES.items() if kind(leaf) in kinds]


def signed_where(holds: Callable[[Any], Any]) -> list[str]:
    """The ways with a signature in a header, of whose settings this holds."""
    return [
        name for name, leaf in LEAVES.items() if isinstance(leaf.settings, SignatureSettings) and holds(leaf.settings)
    ]


KEYED = [name for name, leaf in LEAVES.items() if getattr(leaf.settings, "secret", None)]
SIGNED = signed_where(lambda settings: "{form" not in settings.signed)
FORMS = signed_where(lambda settings: "{form_sorted}" in settings.signed)
OF_A_FIELD = signed_where(lambda settings: "{form(" in settings.signed)
STAMPED = signed_where(lambda settings: settings.timestamp and settings.timestamp.header)
NAMED = signed_where(lambda settings: settings.id)
OF_A_URL = signed_where(lambda settings: "{url}" in settings.signed)
VERSIONED = signed_where(lambda settings: settings.require)


class Signature(NamedTuple):
    """A request that was signed in one way, and the key that is stored for it."""

    leaf: Auth
    request: Request
    stored: str

    def but(self, **changes: Any) -> Request:
        return replace(self.request, **changes)

    def with_header(self, name: str, value: str) -> Request:
        return self.but(headers={**self.request.headers, name.lower(): value})

    @property
    def value(self) -> str:
        """What carries the signature: a header, a query parameter, or a field of a form."""
        place = self.leaf.settings.signature
        if place.query:
            return self.request.query(place.query) or ""
        if place.form:
            return dict(parse_qsl(self.request.body.decode()))[place.form]
        return self.request.headers[place.header[0].replace("-*", "-1").lower()]

    def with_value(self, value: str) -> Request:
        place = self.leaf.settings.signature
        if place.query:
            query = urlencode({**dict(self.request.query_parameters), place.query: value})
            return self.but(raw_query=query, url=f"{self.request.url.partition('?')[0]}?{query}")
        if place.form:
            return self.but(body=urlencode({**dict(parse_qsl(self.request.body.decode())), place.form: value}).encode())
        return self.with_header(place.header[0].replace("-*", "-1"), value)

    def refuses(self, request: Request, *stored: str, now: float = NOW) -> bool:
        return refuses(self.leaf, request, *(stored or (self.stored,)), now=now)


def refuses(auth: Auth, request: Request, *stored: str, now: float = NOW) -> bool:
    try:
        auth.type.verify(auth.settings, request, lambda _name: stored, now)
    except Unauthenticated:
        return True
    return False


# To make one takes a tenth of a second.
RSA_PAIRS = [rsa.key_pair(LEAVES["sources/wise/0"].settings) for _ in range(3)]


def pairs(leaf: Auth) -> st.SearchStrategy[tuple[str, str]]:
    """What is stored, and what the sender has."""
    if kind(leaf) == "rsa":
        return st.sampled_from(RSA_PAIRS)
    if pair := getattr(leaf.type, "key_pair", None):
        return st.builds(pair, st.just(leaf.settings))
    key = getattr(leaf.settings, "key", None) or KeyEncoding()
    in_header = isinstance(leaf.settings, token.Settings) and leaf.settings.header
    user = "user:" if kind(leaf) == "basic" else ""
    texts = {
        "utf8": secrets.filter(str.isprintable) if in_header else secrets.map(user.__add__),
        "hex": raw_keys.map(bytes.hex),
        "base64": raw_keys.map(lambda raw: key.strip + base64.b64encode(raw).decode()),
    }[key.encoding]
    return texts.map(lambda text: (text, text))


def fixed_pair(leaf: Auth) -> tuple[str, str]:
    """A pair that will do, whatever the way."""
    pair: Any = getattr(leaf.type, "key_pair", lambda _settings: ("5a", "5a"))
    stored, held = pair(leaf.settings)
    return (stored, held) if kind(leaf) != "basic" else ("user:5a", "user:5a")


def body_with(text: str) -> bytes:
    """A body in which every way that looks into one finds what it looks for."""
    signed_part = {"timestamp": "1767225600", "token": text}
    items = [{"NotificationRequestItem": {"pspReference": text, "amount": {"value": 7}}}]
    value = [{"clientState": "", "id": text}]
    parts = {"signature": signed_part, "notificationItems": items, "value": value, "sharedSecret": ""}
    return json.dumps(parts).encode()


def bodies(leaf: Auth) -> st.SearchStrategy[bytes]:
    signed_text, stamp = getattr(leaf.settings, "signed", ""), getattr(leaf.settings, "timestamp", None)
    if "{form(" in signed_text:
        return st.text("xyz", min_size=1).map(lambda text: urlencode({"transloadit": text, "more": "1"}).encode())
    if "{form_sorted}" in signed_text:
        fields = st.dictionaries(st.text("abc", min_size=1), st.text("xyz"), min_size=1)
        return fields.map(lambda pairs: urlencode(pairs).encode())
    if kind(leaf).startswith("body_") or (stamp and stamp.path):
        return st.text().map(body_with)
    return st.binary(min_size=1)


@st.composite
def signatures(draw: st.DrawFn, among: list[str]) -> Signature:
    leaf = LEAVES[draw(st.sampled_from(among))]
    stored, held = draw(pairs(leaf))
    return signature(leaf, draw(bodies(leaf)), stored, held)


def signature(leaf: Auth, body: bytes, stored: str, held: str) -> Signature:
    text = getattr(leaf.settings, "signed", "")
    form = {"Content-Type": FORM} if "{form" in text else {}
    # What a definition signs is the vendor's to send.
    theirs = {argument: "7" for name, argument in PIECE.findall(text) if name == "header" and argument != "x-digest"}
    sent = fakes.signed_request(leaf, body, {**theirs, **form}, secret=held, url=URL)
    return Signature(leaf, Request.from_outgoing(sent, NOW), stored)


def flipped(data: bytes, bit: int) -> bytes:
    at = bit % (8 * len(data))
    return data[: at // 8] + bytes([data[at // 8] ^ 1 << at % 8]) + data[at // 8 + 1 :]


def flipped_text(text: str, bit: int) -> str:
    return flipped(text.encode(), bit).decode("latin-1")


def part(value: str, prefix: str, split: str, number: int | None = None) -> tuple[str, str, str]:
    """A value as what is before its first part with this prefix, or of this number; the part; and what is after it."""
    if number:
        parts = value.split(split)
        before, after = parts[: number - 1], parts[number:]
        return "".join(f"{each}{split}" for each in before), parts[number - 1], "".join(f"{split}{x}" for x in after)
    start = value.index(prefix) + len(prefix)
    end = value.find(split, start) if split else -1
    return value[:start], value[start : end if end >= 0 else None], value[end:] if end >= 0 else ""


def test_every_type_is_among_the_ways() -> None:
    made_of_others = {kind(auth) for source in SOURCE.values() for auth in auths(source.endpoint)}
    assert made_of_others | {kind(leaf) for leaf in LEAVES.values()} == set(auth_types())


@for_every_leaf
@given(st.data(), st.sampled_from(KEYED))
def test_signed_request_verifies_with_the_current_and_the_previous_secret(data: st.DataObject, name: str) -> None:
    signed, (other, _) = data.draw(signatures([name])), data.draw(pairs(LEAVES[name]))
    assume(other.strip() != signed.stored.strip())
    assert not signed.refuses(signed.request)
    assert not signed.refuses(signed.request, other, signed.stored)
    assert signed.refuses(signed.request, other)


@for_every_leaf
@given(st.data(), st.sampled_from(KEYED))
def test_an_empty_secret_never_verifies(data: st.DataObject, name: str) -> None:
    signed = data.draw(signatures([name]))
    with pytest.raises(UnusableSecret):
        signed.refuses(signed.request, "")
    if not hasattr(signed.leaf.type, "key_pair"):
        with pytest.MonkeyPatch.context() as patched:
            # We sign with no such key, and others may.
            patched.setattr(signed.leaf.type, "read_secret", lambda *_: (b"",))
            empty = signature(signed.leaf, data.draw(bodies(signed.leaf)), "", "")
        with pytest.raises(UnusableSecret):
            empty.refuses(empty.request, "")
        assert empty.refuses(empty.request, signed.stored, "")


@pytest.mark.parametrize("name", sorted(name for name in SOURCE if stored_names(SOURCE[name].webhook)))
def test_an_empty_parameter_is_no_secret(name: str) -> None:
    source = SOURCE[name]
    endpoint = Endpoint(source, secret="")
    auth = source.endpoint.auth
    held = vendor.random_secrets(source.endpoint)
    theirs = {"X-Key-Id": "7", "X-Lark-Request-Nonce": "7", "X-Plivo-Signature-V3-Nonce": "7"}
    unsigned = OutgoingRequest("POST", URL, theirs, body_with("7"))
    if source.events.format == ("form",):
        form = {**theirs, "Content-Type": FORM}
        unsigned = OutgoingRequest("POST", URL, form, b"transloadit=%7B%7D&event.event_time=7")
    sent = auth.type.sign(auth.settings, unsigned, lambda name: (held[name][1],), NOW)
    assert sent
    assert endpoint.send(sent)["statusCode"] == 503
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


@for_every_leaf
@given(signatures(SIGNED), bits)
def test_flipped_bit_of_the_body_is_refused(signed: Signature, bit: int) -> None:
    assert signed.refuses(signed.but(body=flipped(signed.request.body, bit)))


@given(signatures(FORMS), bits)
def test_flipped_bit_of_a_form_is_refused_unless_the_fields_stay_the_same(signed: Signature, bit: int) -> None:
    changed = flipped(signed.request.body, bit)
    # Twilio signs what a form says: names and values, one after the other.
    forms = [body.decode("latin-1") for body in (signed.request.body, changed)]
    before, after = ("".join(map("".join, sorted(parse_qsl(form, keep_blank_values=True)))) for form in forms)
    assume(before != after)
    assert signed.refuses(signed.but(body=changed))


@for_every_leaf
@given(signatures([*SIGNED, *FORMS, *OF_A_FIELD]), bits)
def test_flipped_bit_of_the_signature_is_refused(signed: Signature, bit: int) -> None:
    carried = signed.leaf.settings.signature
    before, text, after = part(signed.value, carried.prefix, carried.split, carried.part)
    # The bytes, not their text: hex may have either case, and base64 bits that count for nothing.
    text_of_flipped = encode_bytes(flipped(decode_text(text, carried.encoding), bit), carried.encoding)
    assert not signed.refuses(signed.with_value(f"{before}{text}{after}"))
    assert signed.refuses(signed.with_value(f"{before}{text_of_flipped}{after}"))


@for_every_leaf
@given(signatures(STAMPED), bits)
def test_flipped_bit_of_the_time_is_refused(signed: Signature, bit: int) -> None:
    stamp = signed.leaf.settings.timestamp
    before, text, after = part(signed.request.headers[stamp.header.lower()], stamp.prefix, stamp.split, stamp.part)
    assert signed.refuses(signed.with_header(stamp.header, f"{before}{flipped_text(text, bit)}{after}"))


@given(signatures(NAMED), bits)
def test_flipped_bit_of_the_delivery_id_is_refused(signed: Signature, bit: int) -> None:
    name = signed.leaf.settings.id.header.lower()
    assert signed.refuses(signed.with_header(name, flipped_text(signed.request.headers[name], bit)))


@for_every_leaf
@given(signatures(OF_A_URL), bits)
def test_flipped_bit_of_the_query_is_refused(signed: Signature, bit: int) -> None:
    before, _, query = signed.request.url.partition("?")
    changed = flipped_text(query, bit)
    assert signed.refuses(signed.but(url=f"{before}?{changed}", raw_query=changed))


@given(signatures([name for name in OF_A_URL if not LEAVES[name].settings.url or not LEAVES[name].settings.url.base]))
def test_a_request_for_another_path_or_host_is_refused(signed: Signature) -> None:
    assert signed.refuses(signed.but(url=signed.request.url.replace("/events", "/event")))
    assert signed.refuses(signed.but(url=signed.request.url.replace("://", "://not-")))


@given(signatures(signed_where(lambda settings: "{method}" in settings.signed)), st.sampled_from(["PUT", "post", ""]))
def test_another_method_is_refused_where_the_method_is_signed(signed: Signature, method: str) -> None:
    assert signed.refuses(signed.but(method=method))


@pytest.mark.parametrize("name", VERSIONED)
def test_request_claiming_another_version_is_refused(name: str) -> None:
    leaf = LEAVES[name]
    signed = signature(leaf, b"{}", SECRET, SECRET)
    assert not signed.refuses(signed.request)
    for header in leaf.settings.require:
        assert signed.refuses(signed.with_header(header, "2026"))
        assert signed.refuses(
            signed.but(headers={key: x for key, x in signed.request.headers.items() if key != header.lower()})
        )


WINDOWS = {
    "sources/box": (600, 60),
    "sources/discord": (900, 300),
    "sources/linear": (60, 60),
    "sources/sendgrid": (86_400, 300),
    "sources/workos": (180, 180),
    "cases/twitch": (600, 600),
    "cases/cloudinary": (7_200, 300),
}


@pytest.mark.parametrize("name", signed_where(lambda settings: settings.timestamp))
def test_the_replay_window_is_as_wide_as_the_definition_says_both_ways(name: str) -> None:
    leaf = LEAVES[name]
    past, future = WINDOWS.get(name.rpartition("/")[0], (300, 300))
    signed = signature(leaf, body_with("7"), *fixed_pair(leaf))
    late = (-future - 1, -future, past, past + 1)
    assert [signed.refuses(signed.request, now=NOW + seconds) for seconds in late] == [True, False, False, True]


@given(signatures(leaves_of_kind("token")), bits)
def test_flipped_bit_of_a_token_is_refused(signed: Signature, bit: int) -> None:
    header, query, request = signed.leaf.settings.header, signed.leaf.settings.query, signed.request
    if header:
        token = flipped(request.headers[header.lower()].encode(), bit).decode("utf-8", "surrogateescape")
        assert signed.refuses(signed.with_header(header, token))
    else:
        wrong = flipped((request.query(query) or "").encode(), bit)
        assert signed.refuses(signed.but(raw_query=urlencode({query: wrong})))


@given(signatures(leaves_of_kind("basic")), bits)
def test_flipped_bit_of_user_or_password_is_refused(signed: Signature, bit: int) -> None:
    scheme, _, text = signed.request.headers["authorization"].partition(" ")
    wrong = base64.b64encode(flipped(base64.b64decode(text), bit)).decode()
    assert signed.refuses(signed.with_header("authorization", f"{scheme} {wrong}"))
    assert signed.refuses(signed.with_header("authorization", f"Bearer {text}"))
    assert signed.refuses(signed.with_header("authorization", text))


def changed_json(signed: Signature, change: Callable[[Any], object]) -> Request:
    body = json.loads(signed.request.body)
    change(body)
    return signed.but(body=json.dumps(body).encode())


TOKEN_IN_ITEMS, TOKEN_IN_BODY = ["sources/ms-graph/0"], ["sources/meraki/0"]


def test_every_token_in_a_body_is_in_items_or_beside_them() -> None:
    assert sorted(leaves_of_kind("body_token")) == sorted([*TOKEN_IN_ITEMS, *TOKEN_IN_BODY])


@given(signatures(TOKEN_IN_ITEMS), bits)
def test_flipped_bit_of_a_token_in_an_item_is_refused(signed: Signature, bit: int) -> None:
    wrong = flipped(signed.stored.encode(), bit).decode("latin-1")
    assert signed.refuses(changed_json(signed, lambda body: body["value"][0].update(clientState=wrong)))
    assert signed.refuses(changed_json(signed, lambda body: body["value"].append({"clientState": wrong})))


@given(signatures(TOKEN_IN_BODY), bits)
def test_flipped_bit_of_a_token_in_the_body_is_refused(signed: Signature, bit: int) -> None:
    wrong = flipped(signed.stored.encode(), bit).decode("latin-1")
    assert signed.refuses(changed_json(signed, lambda body: body.update(sharedSecret=wrong)))


@pytest.mark.parametrize(
    "value",
    [[], {}, None, "s", ["s"], [None], [{}], [{"clientState": None}], [{"clientState": ["s"]}], [{"clientstate": "s"}]],
    ids=json.dumps,
)
def test_items_without_the_token_are_refused(value: Any) -> None:
    for name in TOKEN_IN_ITEMS:
        signed = signature(LEAVES[name], body_with("7"), "s", "s")
        assert not signed.refuses(signed.request)
        assert signed.refuses(changed_json(signed, lambda body: body.update(value=value)))


@pytest.mark.parametrize("value", [None, "", ["s"], {"s": "s"}, True, 5, "S", "s "], ids=json.dumps)
def test_a_body_without_the_token_is_refused(value: Any) -> None:
    for name in TOKEN_IN_BODY:
        signed = signature(LEAVES[name], body_with("7"), "s", "s")
        assert not signed.refuses(signed.request)
        assert signed.refuses(changed_json(signed, lambda body: body.update(sharedSecret=value)))
        assert signed.refuses(changed_json(signed, lambda body: body.pop("sharedSecret")))


def item_of(body: Any) -> Any:
    return body["notificationItems"][0]["NotificationRequestItem"]


ADYEN, MAILGUN = "sources/adyen/0", "sources/mailgun/0"


@given(signatures([ADYEN]), st.sampled_from(["originalReference", "merchantAccountCode", "eventCode", "success"]), bits)
def test_flipped_bit_of_a_signed_field_of_an_item_is_refused(signed: Signature, absent: str, bit: int) -> None:
    wrong = flipped_text(item_of(json.loads(signed.request.body))["pspReference"] or "7", bit)
    assert signed.refuses(changed_json(signed, lambda body: item_of(body).update(pspReference=wrong)))
    assert signed.refuses(changed_json(signed, lambda body: item_of(body).update({absent: "true"})))
    assert signed.refuses(changed_json(signed, lambda body: item_of(body)["amount"].update(value=8)))


@given(signatures([ADYEN]), bits)
def test_flipped_bit_of_a_signature_in_an_item_is_refused(signed: Signature, bit: int) -> None:
    right = item_of(json.loads(signed.request.body))["additionalData"]["hmacSignature"]
    wrong = base64.b64encode(flipped(base64.b64decode(right), bit)).decode()
    assert signed.refuses(
        changed_json(signed, lambda body: item_of(body)["additionalData"].update(hmacSignature=wrong))
    )


@given(signatures([ADYEN]))
def test_every_item_must_be_signed_and_no_items_are_refused(signed: Signature) -> None:
    more = {"NotificationRequestItem": {"pspReference": "7"}}
    assert signed.refuses(changed_json(signed, lambda body: body["notificationItems"].append(more)))
    assert signed.refuses(changed_json(signed, lambda body: body["notificationItems"].clear()))
    assert signed.refuses(changed_json(signed, lambda body: body.pop("notificationItems")))
    assert signed.refuses(changed_json(signed, lambda body: item_of(body).pop("additionalData")))


def test_the_window_of_a_signature_in_a_body() -> None:
    signed = signature(LEAVES[MAILGUN], body_with("7"), SECRET, SECRET)
    late = (-32_401, -32_400, 32_400, 32_401)
    assert [signed.refuses(signed.request, now=NOW + seconds) for seconds in late] == [True, False, False, True]


@given(signatures(OF_A_FIELD), st.text("xyz"))
def test_another_text_of_a_signed_field_is_refused_and_so_is_the_field_twice(signed: Signature, text: str) -> None:
    fields = dict(parse_qsl(signed.request.body.decode()))
    changed = {**fields, "transloadit": text}
    assert signed.refuses(signed.but(body=urlencode(changed).encode())) == (changed != fields)
    twice = signed.request.body + b"&" + urlencode({"transloadit": text}).encode()
    assert signed.refuses(signed.but(body=twice))


OTHER_URLS = [
    ("cases/contentful/0", "/events", "/event"),
    ("cases/plivo-v3/0", "/events", "/event"),
    ("cases/plivo-v3/0", "account=7", "account=8"),
    ("cases/plivo-v3/0", "account=7", ""),
    ("cases/plivo-v3/0", "://", "://not-"),
]


@pytest.mark.parametrize(("name", "was", "becomes"), OTHER_URLS)
def test_another_part_of_the_url_that_is_signed_is_refused(name: str, was: str, becomes: str) -> None:
    signed = signature(LEAVES[name], b"a=1", *fixed_pair(LEAVES[name]))
    assert not signed.refuses(signed.request)
    url = signed.request.url.replace(was, becomes)
    assert signed.refuses(signed.but(url=url, raw_query=url.partition("?")[2]))


def test_parameters_of_the_query_may_come_in_another_order() -> None:
    leaf = LEAVES["cases/plivo-v3/0"]
    sent = fakes.signed_request(
        leaf, b"a=1", {"X-Plivo-Signature-V3-Nonce": "7", "Content-Type": FORM}, url=f"{gateway.URL}?b=2&a=%31"
    )
    request = Request.from_outgoing(sent, NOW)
    assert not refuses(leaf, request, SECRET)
    assert not refuses(leaf, replace(request, url=f"{gateway.URL}?a=1&b=2"), SECRET)
    assert refuses(leaf, replace(request, url=f"{gateway.URL}?a=2&b=1"), SECRET)


def test_a_signature_in_the_query_is_no_part_of_the_url_that_is_signed(tmp_path: Path) -> None:
    text = "hmac: {signature: {query: sig}, signed: '{url} {query_sorted} {body}'}"
    leaf = make_definition(tmp_path, f"description: d\nwebhook: {{auth: {{{text}}}}}").source.endpoint.auth
    for url in (gateway.URL, f"{gateway.URL}?a=1&b=2"):
        sent = fakes.signed_request(leaf, b"{}", url=url)
        text = f"{url} {url.partition('?')[2]} {{}}"
        assert hmac.digest(SECRET.encode(), text.encode(), "sha256").hex() in sent.url
        request = Request.from_outgoing(sent, NOW)
        assert not refuses(leaf, request, SECRET)
        for more in ("&sig=00", "&%73ig=00", "&c=3"):
            assert refuses(leaf, replace(request, url=request.url + more, raw_query=request.raw_query + more), SECRET)


@given(st.text("abc;:\n", max_size=9), st.text("abc;:\n", max_size=9))
def test_headers_that_the_request_names_are_signed(one: str, other: str) -> None:
    for name in ("cases/hook0/0", "cases/contentful/0"):
        leaf = LEAVES[name]
        sent = fakes.signed_request(leaf, b"{}", {"x-one": one, "x-other": "o"})
        request = Request.from_outgoing(sent, NOW)
        assert not refuses(leaf, request, SECRET)
        changed = replace(request, headers={**request.headers, "x-one": other})
        assert refuses(leaf, changed, SECRET) == (other.strip() != one.strip())
        without = {key: value for key, value in request.headers.items() if key != "x-other"}
        assert refuses(leaf, replace(request, headers=without), SECRET)


@pytest.mark.parametrize("names", ["", ",", "x-one,,x-two", ",".join(f"x-{number}" for number in range(51))])
def test_a_request_that_names_no_headers_or_too_many_is_refused(names: str) -> None:
    leaf = LEAVES["cases/contentful/0"]
    headers = {f"x-{number}": "1" for number in range(51)} | {"x-contentful-signed-headers": names}
    headers |= {"x-contentful-signature": "00", "x-contentful-timestamp": str(int(NOW * 1000))}
    with pytest.raises(Unauthenticated, match="names no headers, or more than 50"):
        leaf.type.verify(leaf.settings, Request("POST", headers, b"{}"), lambda _name: (SECRET,), NOW)


def test_a_key_of_two_secrets_is_of_both_and_of_those_before_them() -> None:
    leaf = LEAVES["cases/two-secrets/0"]
    stored = {"auth_token": ("new", "old"), "client_id": ("id", "former")}
    for key, refused in (
        ("id&new", False),
        ("id&old", False),
        ("former&old", False),
        ("id", True),
        ("new", True),
        ("new&id", True),
        ("{secret}&new", True),
    ):
        headers = {"x-signature": hmac.digest(key.encode(), b"{}", "sha256").hex()}
        try:
            leaf.type.verify(leaf.settings, Request("POST", headers, b"{}"), stored.__getitem__, NOW)
        except Unauthenticated:
            assert refused, key
        else:
            assert not refused, key
    for missing in ("auth_token", "client_id"):
        with pytest.raises(UnusableSecret):
            leaf.type.verify(
                leaf.settings, Request("POST", headers, b"{}"), {**stored, missing: ("\n",)}.__getitem__, NOW
            )


@given(signatures([MAILGUN]), st.sampled_from(["timestamp", "token", "signature"]), bits)
def test_flipped_bit_of_a_signed_value_in_a_body_is_refused(signed: Signature, field: str, bit: int) -> None:
    right = json.loads(signed.request.body)["signature"][field]
    wrong = flipped_text(right or "7", bit)
    # Hex may have either case.
    assume(field != "signature" or wrong.lower() != right)
    assert signed.refuses(changed_json(signed, lambda body: body["signature"].update({field: wrong})))


@pytest.mark.parametrize(("number", "refused"), [(1, False), (2, False), (100, False), (0, True), (101, True)])
def test_a_signature_may_be_in_any_header_of_a_family_and_in_no_other(number: int, *, refused: bool) -> None:
    signed = signature(LEAVES["sources/docusign/0"], b"{}", SECRET, SECRET)
    right = signed.request.headers["x-docusign-signature-1"]
    assert signed.refuses(signed.but(headers={f"x-docusign-signature-{number}": right})) is refused
    wrong = {f"x-docusign-signature-{other}": "AAAA" for other in range(1, 8)}
    assert signed.refuses(signed.but(headers={**wrong, f"x-docusign-signature-{number}": right})) is refused


@pytest.mark.parametrize("name", ["sources/gitlab", "sources/twilio", "cases/hubspot"])
def test_any_of_needs_one_verifying_type(name: str) -> None:
    auth, key = SOURCE[name].webhook.auth, "whsec_" + "5a" * 24
    for leaf in auth.settings.of:
        signed = signature(leaf, urlencode({"a": "b"}).encode(), key, key)
        assert not refuses(auth, signed.request, key)
        assert refuses(auth, signed.request, key[::-1])
    assert refuses(auth, Request("POST", {}, b"a=b", time=NOW, url=URL), key)


def test_all_of_several_ways_must_hold() -> None:
    auth = SOURCE["sources/adyen"].webhook.auth
    stored = {"login": ("user:5a",), "auth_token": ("5a",)}
    both = auth.type.sign(auth.settings, OutgoingRequest("POST", URL, {}, body_with("7")), stored.__getitem__, NOW)
    assert both
    auth.type.verify(auth.settings, Request.from_outgoing(both, NOW), stored.__getitem__, NOW)
    for leaf in auth.settings.of:
        signed = signature(leaf, body_with("7"), *fixed_pair(leaf))
        assert not signed.refuses(signed.request)
        with pytest.raises(Unauthenticated):
            auth.type.verify(auth.settings, signed.request, stored.__getitem__, NOW)


SNS = SOURCE["cases/sns"].webhook.auth
CONFIRMED = {"SubscribeURL": "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription", "Token": "2336412f37"}


def certified() -> AbstractContextManager[Internet]:
    return online({issuers.CERTIFICATE_URL: issuers.certificate()})


def posted_request(content: Any) -> Request:
    return Request("POST", {}, json.dumps(content).encode(), time=NOW)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Subject": "Hello"},
        {"Type": "SubscriptionConfirmation", **CONFIRMED},
        {"Type": "UnsubscribeConfirmation", **CONFIRMED},
    ],
    ids=["notification", "with a subject", "subscription", "unsubscription"],
)
def test_sns_message_verifies_and_the_certificate_is_fetched_once(version: str, fields: dict[str, str]) -> None:
    request = posted_request(signed_message(message(SignatureVersion=version, **fields)))
    with certified() as internet:
        assert not refuses(SNS, request)
        assert not refuses(SNS, request)
    assert internet.requested_urls == [issuers.CERTIFICATE_URL]


@given(st.sampled_from(["1", "2"]), st.sampled_from(issuers.NOTIFICATION), st.text(min_size=1), bits)
def test_flipped_bit_of_an_sns_message_is_refused(version: str, field: str, text: str, bit: int) -> None:
    notification = signed_message(message(SignatureVersion=version, Message=text, Subject=text))
    wrong = flipped_text(notification[field], bit)
    signature = base64.b64encode(flipped(base64.b64decode(notification["Signature"]), bit)).decode()
    with certified():
        assert not refuses(SNS, posted_request(notification))
        assert refuses(SNS, posted_request({**notification, field: wrong}))
        assert refuses(SNS, posted_request({name: value for name, value in notification.items() if name != field}))
        assert refuses(SNS, posted_request({**notification, "Signature": signature}))


@pytest.mark.parametrize(
    "fields",
    [
        {"TopicArn": f"{issuers.TOPIC}2"},
        {"TopicArn": issuers.TOPIC.replace("123456789012", "210987654321")},
        {"TopicArn": issuers.TOPIC.lower()},
        {"TopicArn": ""},
    ],
    ids=["another", "of another account", "in another case", "none"],
)
def test_a_message_of_another_topic_is_refused_and_nothing_is_fetched(fields: dict[str, str]) -> None:
    with certified() as internet:
        assert refuses(SNS, posted_request(signed_message(message(**fields))))
    assert internet.requested_urls == []


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.us-west-2.amazonaws.com/SimpleNotificationService-0a1b.pem",
        "https://sns.us-west-2.amazonaws.com/a.key",
        "https://sns.us-west-2.amazonaws.com/a?.pem",
        "https://sns.us-west-2.amazonaws.com:8443/SimpleNotificationService-0a1b.pem",
        "https://sns.us-west-2.amazonaws.com.example.com/SimpleNotificationService-0a1b.pem",
        "https://sns.cn-north-1.amazonaws.cn/SimpleNotificationService-0a1b.pem",
        "https://sns.cn-north-1.amazonaws.com.cn.example.com/SimpleNotificationService-0a1b.pem",
        "https://sns.us-west-2.amazonaws.eu.com/SimpleNotificationService-0a1b.pem",
        "https://sns.us-west-2.amazonaws.com@example.com/SimpleNotificationService-0a1b.pem",
        "https://example.com/sns.us-west-2.amazonaws.com/SimpleNotificationService-0a1b.pem",
        "https://example.com#sns.us-west-2.amazonaws.com/SimpleNotificationService-0a1b.pem",
        "https://sns.us-west-2.example.com/SimpleNotificationService-0a1b.pem",
        "https://xsns.us-west-2.amazonaws.com/SimpleNotificationService-0a1b.pem",
        "https://sns.a.us-west-2.amazonaws.com/SimpleNotificationService-0a1b.pem",
        "https://sns.amazonaws.com/SimpleNotificationService-0a1b.pem",
        # Whoever has the bucket of this name.
        "https://sns.s3.amazonaws.com/SimpleNotificationService-0a1b.pem",
        "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-0a1b.pem",
        "https://sns.s3-website-us-west-2.amazonaws.com/SimpleNotificationService-0a1b.pem",
        "https://sns.us-west-2.amazonaws.com/a b.pem",
        "",
    ],
)
def test_a_certificate_from_elsewhere_is_not_even_fetched(url: str) -> None:
    with online({url: issuers.certificate()}) as internet:
        assert refuses(SNS, posted_request(signed_message(message(SigningCertURL=url))))
    assert internet.requested_urls == []


@pytest.mark.parametrize(
    "url",
    [
        "https://sns.us-gov-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem",
        "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0a1b.pem",
        "https://sns.cn-northwest-1.amazonaws.com.cn/SimpleNotificationService-0a1b.pem",
        "https://sns.eusc-de-east-1.amazonaws.eu/SimpleNotificationService-0a1b.pem",
    ],
)
def test_a_certificate_of_any_region_is_fetched(url: str) -> None:
    with online({url: issuers.certificate()}):
        assert not refuses(SNS, posted_request(signed_message(message(SigningCertURL=url))))


@pytest.mark.parametrize(
    "changes",
    [
        {"SignatureVersion": "1"},
        {"SignatureVersion": "3"},
        {"SignatureVersion": 2},
        {"SignatureVersion": None},
        {"Type": "SubscriptionConfirmation", **CONFIRMED},
        {"Type": "Other"},
        {"Type": None},
        {"Signature": ""},
        {"Signature": None},
        {"Signature": "?"},
        {"SigningCertURL": None},
        {"TopicArn": [issuers.TOPIC]},
        {"Message": {"a": 1}},
    ],
    ids=str,
)
def test_relabeled_message_is_refused(changes: dict[str, Any]) -> None:
    notification = signed_message(message())
    with certified():
        assert refuses(SNS, posted_request({**notification, **changes}))
        assert refuses(SNS, posted_request([notification]))
        assert refuses(SNS, Request("POST", {}, b"{", time=NOW))
        relabelled = {**signed_message(message(SignatureVersion="1")), "SignatureVersion": "2"}
        assert refuses(SNS, posted_request(relabelled))


@pytest.mark.parametrize(
    "name",
    [
        "sns.amazonaws.com",
        "sns-signing.af-south-1.amazonaws.com",
        "sns-us-gov-west-1.amazonaws.com",
        "sns-cn-north-1.amazonaws.com.cn",
        "sns-signing.eusc-de-east-1.amazonaws.eu",
    ],
)
def test_sns_certificate_names_the_region(name: str) -> None:
    with online({issuers.CERTIFICATE_URL: issuers.certificate(name)}):
        assert not refuses(SNS, posted_request(signed_message(message())))


@pytest.mark.parametrize(
    "name",
    ["sns.example.com", "sns-signing.amazonaws.com", "s3.amazonaws.com", "sns-x.amazonaws.com", "xsns.amazonaws.com"],
)
def test_another_certificate_at_the_sns_host_verifies_nothing(name: str) -> None:
    with online({issuers.CERTIFICATE_URL: issuers.certificate(name)}):
        assert refuses(SNS, posted_request(signed_message(message())))


def test_page_without_a_certificate_verifies_nothing() -> None:
    request = posted_request(signed_message(message()))
    for page in (b"", b"<html/>", b"x" * 70_000):
        with online({issuers.CERTIFICATE_URL: page}):
            assert refuses(SNS, request)
    with online({}):
        assert refuses(SNS, request)


def test_while_sns_publishes_no_certificate_a_message_is_not_refused_for_good() -> None:
    url = issuers.CERTIFICATE_URL
    for fault in (FetchFailed("no answer"), 503, 429):
        with online({url: fault}), pytest.raises(SecretsUnavailable):
            SNS.type.verify(SNS.settings, posted_request(signed_message(message())), lambda _name: (), NOW)


JWT = SOURCE["cases/jwt"].webhook.auth
KEYS_URL = "https://keys.example.com/jwks.json"
ISSUER, OTHER, STRANGER = Issuer(), Issuer("second", "ES256"), Issuer("stranger")
ABSENT = "(not there)"
CLAIMS: dict[str, Any] = {
    "iss": "https://issuer.example.com",
    "aud": "mozdef",
    "exp": NOW + 300,
    "email": "sender@example.com",
    "email_verified": True,
}


def with_keys(pages: Mapping[str, bytes | int | Exception] = MappingProxyType({})) -> AbstractContextManager[Internet]:
    return online({KEYS_URL: issuers.key_set(ISSUER, OTHER), **pages})


def bearer_request(token: str, scheme: str = "Bearer") -> Request:
    return Request("POST", {"authorization": f"{scheme} {token}"}, b"{}", time=NOW)


@pytest.mark.parametrize("issuer", [ISSUER, OTHER], ids=["RS256", "ES256"])
@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"aud": ["other", "siem"]},
        {"exp": NOW - 59},
        {"nbf": NOW + 59},
        {"email_verified": "true"},
        {"sub": "anyone", "iat": NOW + 3_600},
    ],
    ids=str,
)
def test_a_token_of_the_issuer_verifies(issuer: Issuer, claims: dict[str, Any]) -> None:
    with with_keys():
        assert not refuses(JWT, bearer_request(issuer.token({**CLAIMS, **claims})))
        assert not refuses(JWT, bearer_request(issuer.token({**CLAIMS, **claims}), scheme="bearer"))


def test_an_issuer_that_is_no_url_is_a_claim(tmp_path: Path) -> None:
    # https://developers.google.com/workspace/chat/verify-requests-from-chat
    text = f"""
        description: Google Chat
        webhook:
          auth:
            jwt: {{jwks_url: "{KEYS_URL}", audience: ["1234567890"], claims: {{iss: chat@example.com}}}}
    """
    auth = make_definition(tmp_path, text).source.endpoint.auth
    claims = {"iss": "chat@example.com", "aud": "1234567890", "exp": NOW + 300}
    with with_keys():
        assert not refuses(auth, bearer_request(ISSUER.token(claims)))
        assert refuses(auth, bearer_request(ISSUER.token({**claims, "iss": "https://issuer.example.com"})))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://issuer.example.com/"},
        {"iss": "https://accounts.google.com"},
        {"iss": ["https://issuer.example.com"]},
        {"iss": ABSENT},
        {"aud": "other"},
        {"aud": []},
        {"aud": "mozdef siem"},
        {"aud": {"mozdef": True}},
        {"aud": [{}]},
        {"aud": [["mozdef"]]},
        {"aud": ABSENT},
        {"exp": NOW - 60},
        {"exp": "soon"},
        {"exp": True},
        {"exp": [NOW + 300]},
        {"exp": 10**400},
        {"exp": None},
        {"exp": float("nan")},
        {"exp": ABSENT},
        {"nbf": NOW + 61},
        {"nbf": "later"},
        {"nbf": float("nan")},
        {"nbf": False},
        {"nbf": None},
        {"email": "other@example.com"},
        {"email": ["sender@example.com"]},
        {"email": ABSENT},
        {"email_verified": False},
        {"email_verified": ABSENT},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_a_token_for_another_or_of_another_time_is_refused(changes: dict[str, Any]) -> None:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not ABSENT}
    with with_keys():
        assert refuses(JWT, bearer_request(ISSUER.token(claims)))
        # The HTTP API has verified its signature, and no more of it than that.
        assert refuses(JWT, replace(bearer_request(""), claims=claims))


@pytest.mark.parametrize(
    "changes", [{"aud": "[svc mozdef]"}, {"aud": ["[svc mozdef]"]}, {"exp": str(NOW + 300)}, {"nbf": "0"}], ids=str
)
def test_text_form_of_a_claim_is_refused_in_a_token(changes: dict[str, Any]) -> None:
    """Whoever may have the issuer sign for the service `[svc mozdef]` is none of ours."""
    with with_keys():
        assert refuses(JWT, bearer_request(ISSUER.token({**CLAIMS, **changes})))
    handed_over = {**CLAIMS, "exp": str(NOW + 300), **changes}
    assert refuses(JWT, replace(bearer_request(""), claims=handed_over)) == isinstance(changes.get("aud"), list)


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("depth", [300, 900, 2_000])
def test_deeply_nested_token_is_refused(depth: int) -> None:
    _, claims, _ = ISSUER.token(CLAIMS).split(".")
    deep = (
        base64.urlsafe_b64encode(f'{{"alg":"RS256","kid":"first","a":{nested(depth)}}}'.encode()).decode().rstrip("=")
    )
    with with_keys():
        assert refuses(JWT, bearer_request(f"{deep}.{claims}.AAAA"))
        # The issuer has signed it, so all of it is looked at.
        text = json.dumps({**CLAIMS, "email": "%"}).replace('"%"', nested(depth))
        signed = PyJWS().encode(text.encode(), ISSUER.key, "RS256", {"kid": "first"})
        assert refuses(JWT, bearer_request(signed))
    assert refuses(JWT, replace(bearer_request(""), claims={**CLAIMS, "email": json.loads(nested(300))}))


@pytest.mark.parametrize(
    "changes",
    [
        {"use": "enc"},
        {"use": "SIG"},
        {"use": ["sig"]},
        {"key_ops": ["encrypt", "wrapKey"]},
        {"key_ops": ["sign"]},
        {"key_ops": 5},
        {"use": "sig", "key_ops": ["encrypt"]},
        {"kty": "EC", "crv": "P-999"},
        {"kty": ["RSA"]},
        {"n": 5},
        {"n": ""},
        {"e": "AA"},
        {"kty": None, "x": json.loads(nested(300))},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_key_for_another_purpose_verifies_nothing(changes: dict[str, Any]) -> None:
    keys = {"keys": [{**ISSUER.jwk(), **changes}, OTHER.jwk(), None, 5]}
    with with_keys({KEYS_URL: json.dumps(keys).encode()}):
        assert refuses(JWT, bearer_request(ISSUER.token(CLAIMS)))
        assert not refuses(JWT, bearer_request(OTHER.token(CLAIMS)))


@pytest.mark.parametrize("changes", [{"use": None}, {"key_ops": ["verify"]}, {"key_ops": None}], ids=str)
def test_key_without_a_use_verifies(changes: dict[str, Any]) -> None:
    with with_keys({KEYS_URL: json.dumps({"keys": [{**ISSUER.jwk(), **changes}]}).encode()}):
        assert not refuses(JWT, bearer_request(ISSUER.token(CLAIMS)))


def public(encoding: Encoding) -> bytes:
    key: bytes = ISSUER.key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    return key


PUBLIC: dict[str, Callable[[], bytes | None]] = {
    "no key": lambda: None,
    "an empty key": lambda: b"",
    "PEM": lambda: public(Encoding.PEM),
    "PEM on one line": lambda: public(Encoding.PEM).replace(b"\n", b""),
    "DER": lambda: public(Encoding.DER),
    "JWK": lambda: json.dumps(ISSUER.jwk()).encode(),
}


@pytest.mark.parametrize("key", PUBLIC)
@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "HS256", "hs256", "RS256", "ES256", "", None, ["RS256"]])
def test_forgeable_token_is_refused(algorithm: Any, key: str) -> None:
    with with_keys() as internet:
        for kid in ({"kid": "first"}, {"kid": "second"}, {}):
            token = issuers.forged({"typ": "JWT", "alg": algorithm, **kid}, CLAIMS, PUBLIC[key]())
            assert refuses(JWT, bearer_request(token))
    # Its algorithm is looked at before any key is.
    assert internet.requested_urls == ([KEYS_URL] if algorithm in ("RS256", "ES256") else [])


STRANGERS_URL = "https://stranger.example.com/jwks.json"
STRANGE: dict[str, Callable[[], str]] = {
    "an unknown key": lambda: STRANGER.token(CLAIMS),
    "another's key under the id of one": lambda: STRANGER.token(CLAIMS, kid="first"),
    "the id of the other key": lambda: ISSUER.token(CLAIMS, kid="second"),
    "the id in another case": lambda: ISSUER.token(CLAIMS, kid="FIRST"),
    "an EC key under the id of an RSA key": lambda: OTHER.token(CLAIMS, kid="first"),
    "another's EC key": lambda: Issuer("stranger", "ES256").token(CLAIMS, kid="second"),
    "a key in the token": lambda: STRANGER.token(CLAIMS, kid="first", jwk=STRANGER.jwk()),
    "a place of keys in the token": lambda: STRANGER.token(CLAIMS, kid="first", jku=STRANGERS_URL),
    "RS512": lambda: Issuer("first", "RS512").token(CLAIMS),
    "PS256": lambda: Issuer("first", "PS256").token(CLAIMS),
}


@pytest.mark.parametrize("token", STRANGE)
def test_a_token_of_another_key_or_algorithm_is_refused(token: str) -> None:
    with with_keys({STRANGERS_URL: issuers.key_set(STRANGER)}) as internet:
        assert refuses(JWT, bearer_request(STRANGE[token]()))
    assert set(internet.requested_urls) <= {KEYS_URL}


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Basic {}", "{}", "Bearer {} {}", "Bearer a.b.c", "Bearer a"]
)
def test_a_header_without_a_token_is_refused(value: str) -> None:
    token = ISSUER.token(CLAIMS)
    with with_keys():
        assert refuses(JWT, Request("POST", {"authorization": value.format(token, token)}, b"{}", time=NOW))
        assert refuses(JWT, Request("POST", {}, b"{}", time=NOW))


@given(st.sampled_from([ISSUER, OTHER]), st.integers(0, 2), bits)
def test_flipped_bit_of_a_json_web_token_is_refused(issuer: Issuer, part_index: int, bit: int) -> None:
    parts = issuer.token(CLAIMS).split(".")
    parts[part_index] = encode_bytes(flipped(decode_text(parts[part_index], "base64url"), bit), "base64url")
    with with_keys():
        assert refuses(JWT, bearer_request(".".join(parts)))


def test_renewed_key_is_fetched_and_a_withdrawn_key_is_forgotten() -> None:
    renewed, clock = Issuer("renewed"), [0.0]
    with with_keys() as internet, pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            issuer_keys, "KEY_SETS", FetchCache(issuer_keys._parse_key_set, issuer_keys._fetch, lambda: clock[0])
        )
        assert not refuses(JWT, bearer_request(ISSUER.token(CLAIMS)))
        internet.pages[KEYS_URL] = issuers.key_set(renewed)
        # A minute after the last time, at the earliest: who makes up ids does not have us ask for each.
        clock[0] = REREAD - 1
        assert refuses(JWT, bearer_request(renewed.token(CLAIMS)))
        assert len(internet.requested_urls) == 1
        clock[0] = REREAD
        assert not refuses(JWT, bearer_request(renewed.token(CLAIMS)))
        assert len(internet.requested_urls) == 2
        assert refuses(JWT, bearer_request(ISSUER.token(CLAIMS)))


def test_withdrawn_key_is_forgotten_within_an_hour() -> None:
    clock = [0.0]
    with with_keys() as internet, pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            issuer_keys, "KEY_SETS", FetchCache(issuer_keys._parse_key_set, issuer_keys._fetch, lambda: clock[0])
        )
        assert not refuses(JWT, bearer_request(ISSUER.token(CLAIMS)))
        internet.pages[KEYS_URL] = issuers.key_set(Issuer("renewed"))
        clock[0] = TTL - 1
        assert not refuses(JWT, bearer_request(ISSUER.token(CLAIMS)))
        clock[0] = TTL
        assert refuses(JWT, bearer_request(ISSUER.token(CLAIMS)))


@pytest.mark.parametrize(
    "page", [FetchFailed("no answer"), 503, 404, 302, b"", b"[]", b"{}", b'{"keys": 1}', b"[" * 65_000]
)
def test_issuer_without_keys_is_asked_again_and_nothing_is_refused_for_good(page: Any) -> None:
    clock = [0.0]
    with online({KEYS_URL: page}) as internet, pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            issuer_keys, "KEY_SETS", FetchCache(issuer_keys._parse_key_set, issuer_keys._fetch, lambda: clock[0])
        )
        for kid in range(100):
            with pytest.raises(SecretsUnavailable):
                refuses(JWT, bearer_request(Issuer("stranger").token(CLAIMS, kid=str(kid))))
        assert internet.requested_urls == [KEYS_URL]
        internet.pages[KEYS_URL] = issuers.key_set(ISSUER)
        clock[0] = RETRY
        assert not refuses(JWT, bearer_request(ISSUER.token(CLAIMS)))


@pytest.mark.parametrize("page", [FetchFailed("no answer"), 503, 404, b"<html/>"])
def test_known_keys_go_on_serving_while_the_issuer_is_down(page: Any) -> None:
    clock, unknown = [0.0], bearer_request(Issuer("renewed").token(CLAIMS))
    with with_keys() as internet, pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            issuer_keys, "KEY_SETS", FetchCache(issuer_keys._parse_key_set, issuer_keys._fetch, lambda: clock[0])
        )
        assert not refuses(JWT, bearer_request(ISSUER.token(CLAIMS)))
        internet.pages[KEYS_URL] = page
        # It is asked once a minute, whoever comes: not for each key that is made up, nor for each that is known.
        for minute in range(3):
            for second in (0, 1, REREAD - 1):
                clock[0] = TTL + minute * REREAD + second
                assert not refuses(JWT, bearer_request(ISSUER.token(CLAIMS)))
                assert refuses(JWT, unknown)
            assert len(internet.requested_urls) == 2 + minute
        internet.pages[KEYS_URL] = issuers.key_set(Issuer("renewed"))
        clock[0] = TTL + 3 * REREAD
        assert not refuses(JWT, unknown)
        assert refuses(JWT, bearer_request(ISSUER.token(CLAIMS)))


def test_issuer_without_a_jwks_uri_is_asked_again_after_a_while() -> None:
    auth, clock = SOURCE["sources/google-pubsub"].webhook.auth, [0.0]
    discovery_url = "https://accounts.google.com/.well-known/openid-configuration"
    with online({}) as internet, pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            issuer_keys, "KEY_SET_URLS", FetchCache(issuer_keys._parse_jwks_uri, issuer_keys._fetch, lambda: clock[0])
        )
        for page in (404, FetchFailed("no answer"), b"<html/>", b"[]", b"[" * 60_000, b'{"jwks_uri": 5}'):
            internet.pages[discovery_url] = page
            internet.requested_urls.clear()
            for _ in range(10):
                with pytest.raises(SecretsUnavailable):
                    refuses(auth, bearer_request(ISSUER.token(CLAIMS)))
            assert internet.requested_urls == [discovery_url]
            clock[0] += RETRY


def test_fake_certificate_urls_are_fetched_within_bounds_and_evict_no_true_certificate() -> None:
    with certified() as internet:
        true = posted_request(signed_message(message()))
        assert not refuses(SNS, true)
        for number in range(100):
            url = issuers.CERTIFICATE_URL.replace("0a1b", f"0a1b{number}")
            for _ in range(2):
                with suppress(SecretsUnavailable):
                    assert refuses(SNS, posted_request(signed_message(message(SigningCertURL=url))))
            assert not refuses(SNS, true)
        assert len(internet.requested_urls) == vendor_fetch.FETCHES_PER_MINUTE == len(set(internet.requested_urls))


SERVICE_ACCOUNT = "mozdef-push@my-project.iam.gserviceaccount.com"


@pytest.mark.parametrize("issuer", ["https://accounts.google.com", "accounts.google.com"])
def test_issuer_configuration_must_name_the_keys_url(issuer: str) -> None:
    auth = SOURCE["sources/google-pubsub"].webhook.auth
    claims = {"iss": issuer, "aud": "mozdef-pubsub", "exp": NOW + 300, "email": SERVICE_ACCOUNT, "email_verified": True}
    discovery_url = "https://accounts.google.com/.well-known/openid-configuration"
    with with_keys({discovery_url: json.dumps({"jwks_uri": KEYS_URL}).encode()}) as internet:
        assert not refuses(auth, bearer_request(ISSUER.token(claims)))
        assert not refuses(auth, bearer_request(ISSUER.token(claims)))
        assert refuses(auth, bearer_request(STRANGER.token(claims, kid="first")))
    assert internet.requested_urls == [discovery_url, KEYS_URL]


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"aud": "[other mozdef-pubsub]"}, 200),
        ({"aud": "[other]"}, 401),
        ({"email": "other@example.com"}, 401),
        (None, 401),
    ],
)
def test_claims_from_the_http_api_are_required_and_checked(claims: Any, status: int) -> None:
    endpoint = Endpoint(SOURCE["sources/google-pubsub"], secret=None)
    # All of them are texts: an HTTP API writes them so.
    good = {"iss": "https://accounts.google.com", "aud": "mozdef-pubsub", "exp": str(int(NOW) + 300)}
    good |= {"email": SERVICE_ACCOUNT, "email_verified": "true"}
    event = gateway.event("POST", {}, b'{"message": {"messageId": "7"}, "subscription": "s"}')
    if claims is not None:
        event["requestContext"]["authorizer"] = {"jwt": {"claims": {**good, **claims}}}
    assert endpoint.call(event)["statusCode"] == status


def test_token_for_the_http_api_is_refused_without_claims() -> None:
    endpoint = Endpoint(SOURCE["sources/google-pubsub"], secret=None)
    claims = {**CLAIMS, "iss": "https://accounts.google.com", "aud": "mozdef-pubsub", "email": SERVICE_ACCOUNT}
    discovery_url = "https://accounts.google.com/.well-known/openid-configuration"
    with with_keys({discovery_url: json.dumps({"jwks_uri": KEYS_URL}).encode()}) as internet:
        assert not refuses(endpoint.source.endpoint.auth, bearer_request(ISSUER.token(claims)))
        internet.requested_urls.clear()
        answer = endpoint.post(b'{"message": {}}', {"authorization": f"Bearer {ISSUER.token(claims)}"})
    assert (answer["statusCode"], internet.requested_urls) == (401, [])
