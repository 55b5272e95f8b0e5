"""A stored secret that is not as it should be: used where that is safe, else 503 and never 401, which is final."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.samples import gateway
from generator.samples.vendor import random_secrets
from lambdas.auth_type import OutgoingRequest
from lambdas.receiving.authorize import authorize
from lambdas.runtime.secrets import PREVIOUS_SUFFIX, REREAD_INTERVAL, TTL, UnusableSecret
from tests.definitions import make_definition
from tests.fakes import NOW, Endpoint

STACK = "MozDef-EF-made-dev"
BODY = b'{"items":[{"id":"1","token":""}],"token":"","s":""}'
TYPES = {
    "hmac": "hmac: {signature: {header: X-Sig}}",
    "hmac in hex": "hmac: {signature: {header: X-Sig}, key: {encoding: hex}}",
    "hmac in base64": "hmac: {signature: {header: X-Sig}, key: {encoding: base64}}",
    "body_hmac": "body_hmac: {signature: {path: s}, signed: '{items}', uncovered: the rest}",
    "body_hmac in hex": "body_hmac: {signature: {path: s}, signed: '{items}', uncovered: rest, key: {encoding: hex}}",
    "digest": "digest: {signature: {header: X-Sig}, signed: '{secret}{body}'}",
    "basic": "basic: {}",
    "token": "token: {header: X-Token}",
    "token after Bearer": "token: {header: Authorization, prefix: 'Bearer '}",
    "token in the query": "token: {query: key}",
    "body_token": "body_token: {field: token}",
    "body_token in each": "body_token: {each: items, field: token}",
    "ed25519": "ed25519: {signature: {header: X-Sig}}",
    "ecdsa": "ecdsa: {signature: {header: X-Sig, encoding: base64}}",
    "rsa": "rsa: {signature: {header: X-Sig, encoding: base64}}",
}
EVERY_TYPE = pytest.mark.parametrize("auth", TYPES.values(), ids=TYPES)


class SignedEndpoint(Endpoint):
    """An endpoint with random secrets of its auth type, and a vendor that has them."""

    def __init__(self, folder: Path, auth: str, more: str = "") -> None:
        super().__init__(
            make_definition(folder, f"description: d\nwebhook: {{auth: {{{auth}}}{more}}}").source, stack=STACK
        )
        self.pairs = random_secrets(self.source.endpoint)
        self.store.values = {self.parameter_name(name): stored for name, (stored, _) in self.pairs.items()}

    def parameter_name(self, name: str = "auth_token") -> str:
        return f"{self.path}/{name}"

    def vendor(self, pairs: dict[str, tuple[str, str]] | None = None) -> OutgoingRequest:
        auth = self.source.endpoint.auth
        held = pairs or self.pairs
        sent = auth.type.sign(
            auth.settings, OutgoingRequest("POST", gateway.URL, {}, BODY), lambda name: (held[name][1],), NOW
        )
        assert sent
        return sent

    def forger(self) -> OutgoingRequest:
        return self.vendor(random_secrets(self.source.endpoint))

    def status(self, sent: OutgoingRequest) -> int:
        status: int = self.send(sent)["statusCode"]
        return status

    def counts(self) -> list[Any]:
        return [line.get("NoSecret") for line in self.log if line.get("status")]


@pytest.fixture
def make_endpoint(tmp_path: Path) -> Callable[..., SignedEndpoint]:
    return lambda auth, more="": SignedEndpoint(tmp_path, auth, more)


def refusal(endpoint: SignedEndpoint) -> int:
    """What a forgery is answered while all is well."""
    return (
        403
        if endpoint.source.endpoint.auth.type.verified_by(endpoint.source.endpoint.auth.settings) != "handler"
        else 401
    )


@EVERY_TYPE
@pytest.mark.parametrize("around", ["{}\n", "{}\r\n", " {}", "\t{} \n"])
def test_white_space_around_a_secret_refuses_nobody_and_lets_nobody_in(make_endpoint, auth: str, around: str) -> None:
    endpoint = make_endpoint(auth)
    endpoint.store.values[endpoint.parameter_name()] = around.format(endpoint.pairs["auth_token"][0])
    assert endpoint.status(endpoint.vendor()) == 200
    assert endpoint.status(endpoint.forger()) == refusal(endpoint)
    assert len(endpoint.queue.bodies) == 1


@pytest.mark.parametrize("name", ["hmac", "digest", "basic", "token in the query", "body_token"])
def test_white_space_within_the_secret_is_kept(make_endpoint, name: str) -> None:
    endpoint = make_endpoint(TYPES[name])
    stored = f"{endpoint.pairs['auth_token'][0]} \n"
    endpoint.store.values[endpoint.parameter_name()] = stored
    assert endpoint.status(endpoint.vendor({"auth_token": (stored, stored)})) == 200


def test_blank_previous_secret_leaves_no_key_that_anyone_knows(make_endpoint) -> None:
    endpoint = make_endpoint("hmac: {signature: {header: X-Sig}, key: {text: 'HMAC{secret}'}}")
    endpoint.store.values[endpoint.parameter_name() + PREVIOUS_SUFFIX] = " "
    forged = hmac.digest(b"HMAC", BODY, "sha256").hex()
    assert endpoint.status(OutgoingRequest("POST", gateway.URL, {"X-Sig": forged}, BODY)) == 401
    assert endpoint.status(endpoint.vendor()) == 200


UNUSABLE = dict.fromkeys(TYPES, ("\n", "is blank"))
NO_KEY = "is no key written in {}, which the definition says that it is"
UNUSABLE |= {
    "hmac in hex": ("no-hex", NO_KEY.format("hex")),
    "hmac in base64": ("b\u00e4se64", NO_KEY.format("base64")),
    "body_hmac in hex": ("abc", NO_KEY.format("hex")),
    "basic": ("a-password-alone", "is not `user:password`: it has no colon"),
    "token": ("two\nlines", "has a character in it that no header has, such as a line break"),
    "ed25519": ("abcd", "is a public key of 2 bytes, and must have 32"),
    "ecdsa": ("-----BEGIN PUBLIC KEY-----", "is no public key of P-256 or P-384, neither in PEM nor as DER in base64"),
    "rsa": ("AAAA", "is no public key of RSA, neither in PEM nor as DER in base64"),
}


@pytest.mark.parametrize("name", TYPES)
def test_unusable_secret_is_answered_503_for_the_vendor_to_retry(make_endpoint, name: str) -> None:
    endpoint = make_endpoint(TYPES[name])
    endpoint.store.values[endpoint.parameter_name()], why = UNUSABLE[name]
    assert [endpoint.status(sent) for sent in (endpoint.vendor(), endpoint.forger())] == [503, 503]
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})
    assert {line["why"] for line in endpoint.log} == {f"UnusableSecret: auth_token {why}"}
    assert endpoint.counts() == [1, 1]
    # An authorizer says so too, and leaves the answer to the handler.
    assert {line["level"] for line in endpoint.log if "status" in line} == {"ERROR"}


@EVERY_TYPE
def test_repaired_secret_is_noticed_before_the_cache_expires(make_endpoint, auth: str) -> None:
    endpoint = make_endpoint(auth)
    endpoint.store.values[endpoint.parameter_name()] = "\n"
    assert endpoint.status(endpoint.vendor()) == 503
    assert REREAD_INTERVAL < TTL
    endpoint.store.values[endpoint.parameter_name()], endpoint.clock = endpoint.pairs["auth_token"][0], REREAD_INTERVAL
    assert endpoint.status(endpoint.vendor()) == 200


@EVERY_TYPE
def test_unusable_previous_secret_counts_as_absent(make_endpoint, auth: str) -> None:
    endpoint = make_endpoint(auth)
    endpoint.store.values[endpoint.parameter_name() + PREVIOUS_SUFFIX] = "\n"
    assert endpoint.status(endpoint.vendor()) == 200
    assert endpoint.status(endpoint.forger()) == refusal(endpoint)


@EVERY_TYPE
def test_previous_secret_works_beside_an_unusable_current_secret(make_endpoint, auth: str) -> None:
    endpoint = make_endpoint(auth)
    endpoint.store.values[endpoint.parameter_name() + PREVIOUS_SUFFIX] = endpoint.store.values[
        endpoint.parameter_name()
    ]
    endpoint.store.values[endpoint.parameter_name()] = " "
    assert endpoint.status(endpoint.vendor()) == 200
    # It may be the vendor's, made with the secret that we can't use.
    assert endpoint.status(endpoint.forger()) == 503
    assert len(endpoint.queue.bodies) == 1


@pytest.mark.parametrize("name", ["hmac", "token", "token in the query", "basic"])
def test_request_without_a_credential_is_refused_whatever_is_stored(make_endpoint, name: str) -> None:
    endpoint = make_endpoint(TYPES[name])
    endpoint.store.values[endpoint.parameter_name()] = "\n"
    assert endpoint.status(OutgoingRequest("POST", gateway.URL, {}, BODY)) == 401


TWO = "hmac: {signature: {header: X-Sig}}}, {token: {header: X-Token, secret: other}"


def test_any_of_works_with_the_usable_type(make_endpoint) -> None:
    endpoint = make_endpoint(f"any_of: [{{{TWO}}}]")
    endpoint.store.values[endpoint.parameter_name()] = "\n"
    token = {"X-Token": endpoint.pairs["other"][1]}
    assert endpoint.status(OutgoingRequest("POST", gateway.URL, token, BODY)) == 200
    # What has no signature can't be the way that is broken; what has one may be.
    assert endpoint.status(OutgoingRequest("POST", gateway.URL, {"X-Token": "forged"}, BODY)) == 401
    assert endpoint.status(OutgoingRequest("POST", gateway.URL, {"X-Token": "forged", "X-Sig": "00"}, BODY)) == 503
    assert endpoint.log[-1]["why"] == "UnusableSecret: auth_token is blank"


@pytest.mark.parametrize("broken", ["auth_token", "other"])
def test_all_of_refuses_if_any_type_refuses(make_endpoint, broken: str) -> None:
    endpoint = make_endpoint(f"all_of: [{{{TWO}}}]")
    sent = endpoint.vendor()
    endpoint.store.values[endpoint.parameter_name(broken)] = "\n"
    assert endpoint.status(sent) == 503
    assert endpoint.status(endpoint.forger()) == 401
    assert endpoint.queue.bodies == []


def test_reply_is_signed_with_a_usable_secret(make_endpoint) -> None:
    reply = "{when: c, unauthenticated: true, reply: {text: '{hmac_hex(c)}'}}"
    endpoint = make_endpoint(TYPES["hmac"], f", challenges: [{reply}]")
    signed = endpoint.post(b'{"c":"1"}')
    endpoint.store.values[endpoint.parameter_name()] += "\n"
    endpoint.clock = TTL
    assert endpoint.post(b'{"c":"1"}') == signed
    endpoint.store.values[endpoint.parameter_name()] = "\n"
    endpoint.clock = TTL * 2
    assert endpoint.post(b'{"c":"1"}')["statusCode"] == 503
    assert endpoint.log[-1]["why"] == "UnusableSecret: auth_token is blank"


LEARNS = "{when: hand, unauthenticated: true, store_secret: hand, reply: {status: 200}}"


def test_secret_handed_over_again_equals_the_stored_secret_with_a_line_break(make_endpoint) -> None:
    endpoint = make_endpoint(TYPES["hmac"], f", challenges: [{LEARNS}]")
    again = json.dumps({"hand": endpoint.pairs["auth_token"][0]}).encode()
    endpoint.store.values[endpoint.parameter_name()] += "\n"
    assert endpoint.post(again)["statusCode"] == 200
    assert endpoint.post(b'{"hand":"another-one-0123456789"}')["statusCode"] == 401
    endpoint.store.values[endpoint.parameter_name()], endpoint.clock = "\n", TTL
    assert endpoint.post(again)["statusCode"] == 503
    assert endpoint.log[-1]["why"] == "UnusableSecret: auth_token is blank: delete that parameter"


@pytest.mark.parametrize(("unusable", "header"), [("auth_token", "X-Token"), ("other", "X-Sig")])
def test_any_of_signs_with_the_type_whose_secret_is_usable(make_endpoint, unusable: str, header: str) -> None:
    endpoint = make_endpoint(f"any_of: [{{{TWO}}}]")
    sent = endpoint.vendor({**endpoint.pairs, unusable: ("\n", "\n")})
    assert header in sent.headers
    with pytest.raises(UnusableSecret, match="auth_token is blank"):
        endpoint.vendor(dict.fromkeys(endpoint.pairs, ("\n", "\n")))


# Behind an authorizer.


@pytest.mark.parametrize("stored", [None, "\n"], ids=["missing", "blank"])
def test_behind_an_authorizer_the_handler_answers_503_and_takes_nothing(make_endpoint, stored: str | None) -> None:
    endpoint = make_endpoint(TYPES["token"])
    endpoint.store.values = {endpoint.parameter_name(): stored} if stored else {}
    assert endpoint.status(endpoint.vendor()) == 503
    authorizer, handler = endpoint.log
    assert (authorizer["message"], handler["message"]) == ("left to the handler", "no secret")
    assert authorizer["why"] == handler["why"]
    assert ("NoSecret" in authorizer, handler["NoSecret"]) == (False, 1), "it is counted once"
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


def test_pass_cached_by_api_gateway_lets_no_forgery_in(make_endpoint) -> None:
    endpoint = make_endpoint(TYPES["token"])
    event = gateway.event("POST", {"X-Token": "forged"}, BODY)
    values, endpoint.store.values = endpoint.store.values, {}
    assert authorize(endpoint.source, endpoint.secrets, event, NOW, STACK) == {"isAuthorized": True}
    endpoint.store.values, endpoint.clock = values, TTL
    assert endpoint.receiver.respond(event)["statusCode"] == 401
    assert endpoint.queue.bodies == []
