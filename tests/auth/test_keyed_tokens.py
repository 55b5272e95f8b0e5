"""JSON Web Tokens under a stored secret, and tokens that name a hash of the request."""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.definition.read import load
from generator.definition.signature_checks import open_bodies
from lambdas.auth import jwt
from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model_types import ClaimText, SecretName, ServiceUrl, UrlBase
from lambdas.reading.request import Request
from lambdas.runtime.secrets import UnusableSecret
from lambdas.signatures.encodings import decode_text, encode_bytes
from lambdas.signatures.hmac_tokens import signed_token
from lambdas.signatures.signature_settings import Url
from tests import issuers
from tests.definitions import CASES, bundled_source, make_definition
from tests.fakes import NOW, SECRET

pytestmark = pytest.mark.slow

BODY, URL = b'{"a":1}', "https://example.com/events?b=2"
BODY_HASH = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
BOUND = jwt.Settings(
    secret=SecretName("auth_token"), algorithms=("HS256",), claims={"sha": ClaimText("{body_sha256}")}, prefix=""
)


def token(claims: Any = None, secret: str = SECRET, algorithm: str = "HS256") -> str:
    return signed_token({"sha": BODY_HASH} if claims is None else claims, secret.encode(), algorithm)


def refuses(value: str, settings: jwt.Settings = BOUND, body: bytes = BODY, now: float = NOW, **request: Any) -> bool:
    sent = Request("POST", {"authorization": value}, body, url=URL, time=now, **request)
    try:
        jwt.verify(settings, sent, lambda _name: (SECRET,), now)
    except Unauthenticated:
        return True
    return False


def test_a_token_of_this_body_verifies_and_of_another_does_not() -> None:
    assert not refuses(token())
    assert refuses(token(), body=b'{"a":2}')
    assert refuses(token(secret="another"))
    for claims in ({}, {"sha": None}, {"sha": 5}, {"sha": [BODY_HASH]}, {"sha": BODY_HASH.upper()}, [], "sha", None):
        value = token(claims) if claims is not None else signed_token(None, SECRET.encode(), "HS256")  # type: ignore[arg-type]
        assert refuses(value), claims


def test_token_with_an_extension_is_refused() -> None:
    header = encode_bytes(b'{"alg":"HS256","crit":["exp"]}', "base64url")
    signed = f"{header}.{token().split('.')[1]}"
    signature = hmac.digest(SECRET.encode(), signed.encode(), "sha256")
    assert refuses(f"{signed}.{encode_bytes(signature, 'base64url')}")


def test_lone_surrogate_is_no_token_of_an_issuer() -> None:
    assert refuses("\ud800.a.b", jwt.Settings(issuer=ServiceUrl("https://i.example"), prefix=""))


@pytest.mark.parametrize("value", [".", "..", "a.b.c", "é.é.é", "\ud800.a.b", "{}", f"{'e30.' * 3}", "e30.e30.="])
def test_what_is_no_token_is_refused(value: str) -> None:
    assert refuses(value)
    assert refuses(token() + value)
    assert refuses(f"Bearer {token()}")


def nested(depth: int) -> bytes:
    return b'{"alg":"HS256","a":' + b"[" * depth + b"]" * depth + b"}"


def test_a_deeply_nested_token_is_refused() -> None:
    for depth in (900, 100_000):
        header = encode_bytes(nested(depth), "base64url")
        assert refuses(f"{header}.{token().partition('.')[2]}")


@given(st.integers(0, 2), st.integers(min_value=0))
def test_flipped_bit_of_a_token_is_refused(index: int, bit: int) -> None:
    parts = token().split(".")
    content = bytearray(decode_text(parts[index], "base64url"))
    at = bit % (8 * len(content))
    content[at // 8] ^= 1 << at % 8
    parts[index] = encode_bytes(bytes(content), "base64url")
    assert refuses(".".join(parts))


@pytest.mark.parametrize("algorithm", ["none", "None", "hs256", "RS256", "HS384", "HS512", "", None, ["HS256"], 5])
def test_a_token_does_not_choose_how_it_is_verified(algorithm: Any) -> None:
    for secret in (SECRET.encode(), b"", None):
        assert refuses(issuers.forged({"alg": algorithm}, {"sha": BODY_HASH}, secret))
    if algorithm in ("HS384", "HS512"):
        assert not refuses(token(algorithm=algorithm), replace(BOUND, algorithms=(algorithm,)))
        assert refuses(token(algorithm=algorithm))


# github:messagebird/python-rest-api tests/test_request_validator/webhook_signature_test_data.json
MESSAGEBIRD = {
    "HS384": (
        "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI"
        "1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJ"
        "iN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.KNMW-29X77lZeuPmThmHWc_R"
        "UAvTkaDkpxIZK6mqE08v8mWKiU9Edh4QXwAJO2nv",
        False,
    ),
    "HS512": (
        "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI"
        "1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJ"
        "iN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.rd6r0iMyNGnVPCwurETphE3Y"
        "8rpAyvvnUK0S8WvGUkt2E1QSRAZ7NZJZBHw1Y_Wb5W-sK9HJr_PRL2vz4jRT3Q",
        False,
    ),
    "none": (
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJNZXNzYWdlQmlyZCIsImlhdCI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1"
        "NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJi"
        "N2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.",
        True,
    ),
}


@pytest.mark.parametrize("name", MESSAGEBIRD)
def test_published_tokens_of_other_algorithms(name: str) -> None:
    settings = load(CASES, ["messagebird"])[0].source.endpoint.auth.settings
    # They were published for requests without a body.
    settings = replace(settings, claims={key: x for key, x in settings.claims.items() if key != "payload_hash"})
    value, refused = MESSAGEBIRD[name]
    request = Request("GET", {"messagebird-signature-jwt": value}, url="https://example.com/")
    try:
        jwt.verify(
            settings,
            request,
            lambda _name: ("36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb",),
            1_625_479_200,
        )
    except Unauthenticated:
        assert refused
    else:
        assert not refused


@pytest.mark.parametrize(
    ("times", "refused"),
    [
        ({}, False),
        ({"exp": NOW - 59}, False),
        ({"exp": NOW - 60}, True),
        ({"nbf": NOW + 60}, False),
        ({"nbf": NOW + 61}, True),
        ({"exp": "soon"}, True),
        ({"exp": None}, True),
    ],
    ids=str,
)
def test_a_token_of_the_body_need_not_expire(times: dict[str, Any], *, refused: bool) -> None:
    assert refuses(token({"sha": BODY_HASH, **times})) == refused
    # One that names nothing of the body would be good for any, for ever.
    unbound = replace(BOUND, claims={"iss": ClaimText("vendor")})
    assert refuses(token({"iss": "vendor", **times}), unbound) == (refused or "exp" not in times)


@pytest.mark.parametrize(
    ("issued", "refused"),
    [(0, False), (-300, False), (-301, True), (60, False), (61, True), (None, True), ("x", True), (float("nan"), True)],
    ids=str,
)
def test_the_time_of_issue_is_a_replay_window(issued: Any, *, refused: bool) -> None:
    settings = replace(BOUND, tolerance=300)
    at = issued + NOW if isinstance(issued, int | float) else issued
    claims = {"sha": BODY_HASH} | ({} if issued is None else {"iat": at})
    assert refuses(token(claims), settings) == refused


def test_a_hash_of_the_url_is_of_the_url_that_was_called() -> None:
    auth = load(CASES, ["messagebird"])[0].source.endpoint.auth
    lookup: SecretLookup = lambda _name: (SECRET,)  # noqa: E731 - for both
    sent = auth.type.sign(auth.settings, OutgoingRequest("POST", URL, {}, BODY), lookup, NOW)
    assert sent
    request = Request.from_outgoing(sent, NOW)
    auth.type.verify(auth.settings, request, lookup, NOW)
    for url in ("https://example.com/events", "https://example.com/events?b=3", "https://other.example.com/events?b=2"):
        with pytest.raises(Unauthenticated, match="url_hash is not what it must be"):
            auth.type.verify(auth.settings, replace(request, url=url), lookup, NOW)
    at_vendor = replace(auth.settings, url=Url(base=UrlBase("https://hooks.example.com/x")))
    with pytest.raises(Unauthenticated, match="url_hash is not what it must be"):
        auth.type.verify(at_vendor, request, lookup, NOW)


def test_a_blank_secret_lets_nobody_in() -> None:
    request = Request("POST", {"authorization": token(secret="")}, BODY)
    for blank in ("", " ", "\n"):
        with pytest.raises(UnusableSecret):
            jwt.verify(BOUND, request, lambda _name, blank=blank: (blank,), NOW)


def test_a_token_that_covers_nothing_of_the_body_is_named(tmp_path: Any) -> None:
    [(key, text)] = open_bodies("webhook.auth", bundled_source("google-pubsub").source.endpoint.auth)
    assert (key, text.partition(":")[0]) == ("webhook.auth.jwt", "covers nothing of the body")
    bound = load(CASES, ["fusionauth"])[0].source.endpoint.auth
    assert list(open_bodies("webhook.auth", bound)) == []
    assert "not covered: the body" not in bound.type.describe(bound.settings)
    either = "any_of: [{basic: {}}, {jwt: {issuer: 'https://a.example.com', audience: [a]}}]"
    made = make_definition(tmp_path, f"description: d\nwebhook: {{auth: {{{either}}}}}").source.endpoint.auth
    assert [key for key, _ in open_bodies("webhook.auth", made)] == ["webhook.auth.any_of[1].jwt"]
    both = "all_of: [{hmac: {signature: {header: X-Sig}}}, {jwt: {issuer: 'https://a.example.com', audience: [a]}}]"
    made = make_definition(tmp_path, f"description: d\nwebhook: {{auth: {{{both}}}}}").source.endpoint.auth
    assert list(open_bodies("webhook.auth", made)) == []


def test_an_issuers_token_with_a_hash_of_the_body_is_good_for_that_body_alone(monkeypatch: Any) -> None:
    issuer, auth = issuers.Issuer(), load(CASES, ["fusionauth"])[0].source.endpoint.auth
    page = {"https://auth.example.com/.well-known/jwks.json": issuers.key_set(issuer)}
    issuers.Internet(page).put_before(monkeypatch)
    claims = {"request_body_sha256": "AVq9f1zFei3ZS3WQ8ErYCEJzkF7jPsXOvq5iJ2qX+GI="}
    value = {"x-fusionauth-signature-jwt": issuer.token(claims)}
    auth.type.verify(auth.settings, Request("POST", value, BODY), lambda _name: (), NOW)
    for body in (b"", BODY + b" "):
        with pytest.raises(Unauthenticated, match="request_body_sha256 is not what it must be"):
            auth.type.verify(auth.settings, Request("POST", value, body), lambda _name: (), NOW)
    keyed = {"x-fusionauth-signature-jwt": signed_token(claims, json.dumps(issuer.jwk()).encode(), "HS256")}
    with pytest.raises(Unauthenticated, match="alg is none of those"):
        auth.type.verify(auth.settings, Request("POST", keyed, BODY), lambda _name: (), NOW)
