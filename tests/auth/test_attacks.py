"""What somebody without the secret, or with one request that he has seen, might try: each once worked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from generator.errors import DefinitionError
from generator.samples import gateway
from generator.testing import event_of
from lambdas.auth import jwt, sns
from lambdas.auth_type import OutgoingRequest, Unauthenticated
from lambdas.reading.request import Request
from lambdas.signatures import signed_text, token_claims
from tests import fakes
from tests.definitions import bundled_source, make_definition
from tests.fakes import NOW, SECRET, Endpoint

HMAC = "hmac: {signature: {header: X-Sig}}"


def make_endpoint(folder: Path, webhook: str, rest: str = "", name: str = "made") -> Endpoint:
    return Endpoint(make_definition(folder, f"description: made\nwebhook: {webhook}\n{rest}", name).source)


def refusal_message(folder: Path, webhook: str, rest: str = "") -> str:
    with pytest.raises(DefinitionError) as error:
        make_definition(folder, f"description: made\nwebhook: {webhook}\n{rest}")
    return str(error.value).partition(": ")[2]


def test_a_form_is_taken_apart_for_anyone_only_up_to_a_bound() -> None:
    twilio = Endpoint(bundled_source("twilio").source)
    body = b"a=" + b"%41" * (signed_text._MAX_FORM // 3)
    headers = {"content-type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "AAAA"}
    assert twilio.post(body, headers)["statusCode"] == 401
    assert "the form has more than 262,144 bytes" in twilio.log[-1]["why"]


@pytest.mark.parametrize(
    "url",
    [
        "https://sns.us-west-2.amazonaws.com/.pem?Action=GetEndpointAttributes",
        "https://sns.us-west-2.amazonaws.com/#.pem",
        "https://sns.us-west-2.amazonaws.com/a/../..;.pem?x",
        "https://sns.us-west-2.amazonaws.com:443/SimpleNotificationService-0.pem",
        "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0.pem?1",
        "https://sns.s3.amazonaws.com/SimpleNotificationService-0.pem",
        "https://user@sns.us-west-2.amazonaws.com/SimpleNotificationService-0.pem",
    ],
)
def test_sns_certificate_is_accepted_only_at_a_url_of_sns(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    monkeypatch.setattr(sns, "fetch_from_vendor", lambda url, _hosts: fetched.append(url))
    topic = "arn:aws:sns:us-west-2:123456789012:alarms"
    endpoint = make_endpoint(tmp_path, f"{{auth: {{sns: {{topics: ['{topic}']}}}}}}")
    message = dict.fromkeys(("Message", "MessageId", "Timestamp", "Signature"), "AAAA")
    message |= {"Type": "Notification", "TopicArn": topic, "SignatureVersion": "2", "SigningCertURL": url}
    assert endpoint.post(json.dumps(message).encode())["statusCode"] == 401
    assert (endpoint.log[-1]["why"], fetched) == ("SigningCertURL is not a certificate of SNS", [])


@pytest.mark.parametrize("name", ["aws-sns", "ms-graph"])
def test_body_read_before_its_sender_is_known_is_not_decompressed(name: str) -> None:
    endpoint = Endpoint(bundled_source(name).source)
    bomb = zlib.compress(b'{"a":"' + b"x" * 10_000_000 + b'"}')
    assert endpoint.post(bomb, {"content-encoding": "deflate"})["statusCode"] == 401
    assert endpoint.log[-1]["why"] == "the body is compressed, and has to be read before its sender is known"


@pytest.mark.parametrize("path", ["header('x-time')", "query('t')", "at || header('x-time')", "root('at')"])
def test_time_outside_the_body_is_not_a_signed_time(path: str, tmp_path: Path) -> None:
    auth = f'{{auth: {{hmac: {{signature: {{header: X-Sig}}, timestamp: {{path: "{path}"}}}}}}}}'
    assert (
        refusal_message(tmp_path, auth)
        == "webhook.auth.hmac.timestamp.path: reads more than the body, which alone is signed; use a path into the body"
    )


def test_a_token_for_nobody_is_for_nobody(tmp_path: Path) -> None:
    assert "names nobody" in refusal_message(
        tmp_path, '{auth: {jwt: {issuer: "https://i.example.com", audience: [""]}}}'
    )
    settings = jwt.Settings("https://i.example.com", ("us",))
    for audience in (None, 5, {"a": 1}, True):
        claims = {"iss": settings.issuer, "aud": audience, "exp": NOW + 60}
        with pytest.raises(Unauthenticated, match="aud is none of the audience"):
            token_claims.check_claims(settings, claims, Request("POST"), NOW)


def test_signature_of_a_form_covers_the_fields_read(tmp_path: Path) -> None:
    auth = '{auth: {hmac: {signature: {header: X-Sig}, signed: "{form_sorted}"}}}'
    assert "what is read would not be what is signed" in refusal_message(tmp_path, auth)
    beside = '{auth: {hmac: {signature: {header: X-Sig}, signed: "{url}{body}"}}}'
    assert "fields of a form could be moved" in refusal_message(tmp_path, beside, "events: {format: form}")


def test_every_event_needs_its_own_signature(tmp_path: Path) -> None:
    auth = "{auth: {body_hmac: {each: 'items[].a', signature: {path: s}, signed: '{id}', uncovered: the rest}}}"
    assert "an event without a signature would be accepted" in refusal_message(tmp_path, auth, "events: {split: items}")
    assert refusal_message(tmp_path, auth) == (
        "webhook.auth.body_hmac.each: needs `events.split`, the same list; else the event is the whole body, most of "
        "which is not signed"
    )
    beyond = "{auth: {body_hmac: {signature: {path: s}, signed: \"{header('x')}{id}\", uncovered: the rest}}}"
    assert "reads more than the body" in refusal_message(tmp_path, beyond)


def test_a_signature_in_a_body_goes_no_further(tmp_path: Path) -> None:
    auth = "{auth: {body_hmac: {signature: {path: signature.value}, signed: '{signature.token}', uncovered: the rest}}}"
    endpoint = make_endpoint(tmp_path, auth)
    assert endpoint.post_signed({"signature": {"token": "t"}, "a": 1})["statusCode"] == 200
    (message,) = endpoint.queue.messages
    assert event_of(message) == {"signature": {"token": "t", "value": "[masked]"}, "a": 1}


ORACLE = f"""
  auth: {{{HMAC}}}
  challenges:
    - {{when: plainToken, unauthenticated: true, reply: {{text: "{{hmac_hex(plainToken)}}"}}}}
    - {{when: "header('x-confirm')", confirm: {{url: url, hosts: [hooks.example.com]}}, reply: {{status: 200}}}}
"""


def test_handshake_signature_for_anyone_opens_no_other_handshake(tmp_path: Path) -> None:
    endpoint = make_endpoint(tmp_path, ORACLE)
    signature = endpoint.post(b'{"plainToken":"123"}')["body"]
    assert signature == hmac.digest(SECRET.encode(), b"123", "sha256").hex()
    assert endpoint.post(b"123", {"X-Sig": signature, "x-confirm": "yes"})["statusCode"] == 401
    assert endpoint.log[-1]["why"] == "a challenge would have signed this for anyone"


def test_url_to_call_must_be_signed(tmp_path: Path) -> None:
    assert "is not in the body, which alone is signed" in refusal_message(
        tmp_path, ORACLE.replace("url: url", "url: \"header('x-url')\"")
    )


def test_handshake_credential_may_not_be_signed_by_another_handshake(tmp_path: Path) -> None:
    own = "auth: {body_hmac: {signature: {path: s}, signed: '{id}', uncovered: the rest}}, confirm:"
    assert "no signature of the whole body verifies events" in refusal_message(
        tmp_path, ORACLE.replace("confirm:", own)
    )


def test_the_credentials_of_a_handshake_are_kept_nowhere(tmp_path: Path) -> None:
    webhook = f"""
  auth: {{{HMAC}}}
  challenges:
    - {{method: GET, when: query('a'), auth: {{token: {{header: X-Verify, secret: one_token}}}}, reply: {{text: a}}}}
    - {{method: GET, when: query('b'), auth: {{token: {{query: vt, secret: two_token}}}}, reply: {{status: 200}}}}
    - {{when: never, auth: {{body_token: {{field: verify.token, secret: three_token}}}}, reply: {{status: 200}}}}
"""
    endpoint = make_endpoint(tmp_path, webhook, "events: {require: [never]}")
    body = b'{"verify":{"token":"BODYTOKEN"}}'
    sent = fakes.signed_request(
        endpoint.source.endpoint.auth, body, {"X-Verify": "HEADERTOKEN"}, url=f"{gateway.URL}?vt=QUERYTOKEN&x=1"
    )
    assert endpoint.send(sent)["statusCode"] == 200
    (kept,) = endpoint.bucket.objects.values()
    envelope = json.loads(kept)
    text = f"{envelope} {base64.b64decode(envelope['body'])!r}"
    assert not [token for token in ("HEADERTOKEN", "QUERYTOKEN", "BODYTOKEN") if token in text]
    assert envelope["query"] == "x=1"


def test_events_differing_only_in_a_header_are_both_kept(tmp_path: Path) -> None:
    endpoint = make_endpoint(
        tmp_path, f"{{auth: {{{HMAC}}}}}", "events: {require: [never], type: \"header('x-kind')\"}"
    )
    for kind in ("deleted", "starred", "starred"):
        assert endpoint.post_signed({"repository": 1}, {"x-kind": kind})["statusCode"] == 200
    assert sorted(json.loads(envelope)["headers"]["x-kind"] for envelope in endpoint.bucket.objects.values()) == [
        "deleted",
        "starred",
    ]


ONE = {"id": "1", "password": "hunter2"}


@pytest.mark.parametrize("body", [[[ONE]], [ONE], ONE])
def test_mask_finds_a_field_in_nested_lists(body: Any, tmp_path: Path) -> None:
    rest = 'events: {split: "[] || [@]", mask: ["[].password"]}'
    endpoint = make_endpoint(tmp_path, f"{{auth: {{{HMAC}}}}}", rest)
    assert endpoint.post_signed(body)["statusCode"] == 200
    assert "hunter2" not in json.dumps(endpoint.queue.bodies) + str(endpoint.bucket.objects)


def test_only_the_fields_read_from_a_form_are_kept() -> None:
    slack = Endpoint(bundled_source("slack").source)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert slack.post_signed(b"payload=%7B%7D&token=SLACKTOKEN", headers)["statusCode"] == 200
    kept = [base64.b64decode(json.loads(envelope)["body"]) for envelope in slack.bucket.objects.values()]
    assert kept
    assert not [body for body in kept if b"SLACKTOKEN" in body]


def test_fields_of_a_form_moved_into_the_query_sign_no_other_body() -> None:
    twilio = Endpoint(bundled_source("twilio").source)
    forged = b'{"forged": 1}'
    text = f"&bodySHA256={hashlib.sha256(forged).hexdigest()}&"
    url = f"{gateway.URL}?a=1BodyX{text}From+1"
    signature = base64.b64encode(hmac.digest(SECRET.encode(), url.encode(), "sha1")).decode()
    sent = OutgoingRequest("POST", url, {"X-Twilio-Signature": signature, "content-type": "application/json"}, forged)
    assert twilio.send(sent)["statusCode"] == 401
    assert twilio.queue.bodies == []


def test_bytes_after_a_compressed_body_are_refused(tmp_path: Path) -> None:
    endpoint = make_endpoint(tmp_path, f"{{auth: {{{HMAC}}}}}")
    assert (
        endpoint.post_signed(zlib.compress(b'{"a":1}') + b"more", {"content-encoding": "deflate"})["statusCode"] == 200
    )
    assert (endpoint.queue.bodies, len(endpoint.bucket.objects)) == ([], 1)


def test_nothing_is_learned_while_a_secret_is_changed() -> None:
    source = bundled_source("asana").source
    endpoint = Endpoint(source, secret=None)
    endpoint.store.values["/MozDef-EF/asana/dev/auth_token_previous"] = "the one before"
    assert endpoint.post(b"{}", {"x-hook-secret": "a-secret-of-a-stranger"})["statusCode"] in (401, 503)
    assert "/MozDef-EF/asana/dev/auth_token" not in endpoint.store.values


def endpoint_with_seen_signature(folder: Path, signed: str) -> tuple[Endpoint, str]:
    """An endpoint whose body's hash is in the query, and the signature that somebody has seen of {"a":1}."""
    auth = f'{{hmac: {{signature: {{header: X-Sig}}, signed: "{signed}", body_hash: {{query: X}}}}}}'
    endpoint = make_endpoint(folder, f"{{auth: {auth}}}")
    seen = fakes.signed_request(endpoint.source.endpoint.auth, b'{"a":1}')
    assert endpoint.send(seen)["statusCode"] == 200
    return endpoint, seen.headers["X-Sig"]


@pytest.mark.parametrize(
    "query", ["%58={old}&X={new}", "X={old}&%58={new}", "X={old}&X={new}", "X={new}&%58={old}", "&%58={old}&&X={new}"]
)
def test_repeated_query_parameter_is_neither_signed_nor_read(query: str, tmp_path: Path) -> None:
    endpoint, signature = endpoint_with_seen_signature(tmp_path, "{query('X')}")
    forged = b'{"forged":1}'
    old, new = (hashlib.sha256(body).hexdigest() for body in (b'{"a":1}', forged))
    url = f"{gateway.URL}?{query.format(old=old, new=new)}"
    assert endpoint.send(OutgoingRequest("POST", url, {"X-Sig": signature}, forged))["statusCode"] == 401
    assert endpoint.log[-1]["why"] == "query parameter X is there more than once"
    assert len(endpoint.queue.bodies) == 1


def test_query_parameter_is_the_same_in_every_encoding(tmp_path: Path) -> None:
    endpoint, signature = endpoint_with_seen_signature(tmp_path, "{query('X')}")
    digest = hashlib.sha256(b'{"a":1}').hexdigest()
    for query in (f"%58={digest}", f"Y=2&X={digest}", f"X=%{ord(digest[0]):x}{digest[1:]}"):
        url = f"{gateway.URL}?{query}"
        assert endpoint.send(OutgoingRequest("POST", url, {"X-Sig": signature}, b'{"a":1}'))["statusCode"] == 200, query


@pytest.mark.parametrize("query", ["X={hash}&Y=", "aX={hash}&X={hash}", "%61%58={hash}&X={hash}", "a=X&X={hash}"])
def test_a_hash_in_the_query_is_last_and_named_nowhere_else(query: str, tmp_path: Path) -> None:
    endpoint, _ = endpoint_with_seen_signature(tmp_path, "{url}")
    url = f"{gateway.URL}?{query.format(hash=hashlib.sha256(b'{}').hexdigest())}"
    signature = hmac.digest(SECRET.encode(), url.encode(), "sha256").hex()
    assert endpoint.send(OutgoingRequest("POST", url, {"X-Sig": signature}, b"{}"))["statusCode"] == 401
    assert endpoint.log[-1]["why"] == "X is not the last query parameter of a body that is not a form"


def test_signature_in_the_query_is_there_once_and_of_this_body(tmp_path: Path) -> None:
    endpoint = make_endpoint(tmp_path, "{auth: {hmac: {signature: {query: sig}}}}")
    signature = hmac.digest(SECRET.encode(), b'{"a":1}', "sha256").hex()
    assert endpoint.post(b'{"a":1}', url=f"{gateway.URL}?s%69g={signature}")["statusCode"] == 200
    assert endpoint.post(b'{"a":2}', url=f"{gateway.URL}?sig={signature}")["statusCode"] == 401
    for query in ("", f"?sig={signature}&sig=00", f"?sig=00&s%69g={signature}", "?sig="):
        assert endpoint.post(b'{"a":1}', url=f"{gateway.URL}{query}")["statusCode"] == 401, query


@pytest.mark.parametrize("query", ["key=wrong&key={secret}", "key={secret}&k%65y=wrong", "key={secret}&key={secret}"])
def test_token_twice_in_the_query_is_refused(query: str, tmp_path: Path) -> None:
    endpoint = make_endpoint(tmp_path, "{auth: {token: {query: key}}}")
    once = f"{gateway.URL}?k%65y={SECRET.replace(' ', '+')}"
    assert endpoint.post(b"{}", url=once)["statusCode"] == 200
    twice = f"{gateway.URL}?{query.format(secret=SECRET.replace(' ', '%20'))}"
    assert endpoint.post(b"{}", url=twice)["statusCode"] == 401
    assert endpoint.log[-1]["why"] == "query parameter key is there more than once"
