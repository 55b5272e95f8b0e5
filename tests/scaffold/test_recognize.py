"""How the sender of a captured request is verified, as far as a request tells."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.definition.read import Definition, source_names
from generator.samples import files as sample_files
from generator.samples import gateway
from generator.samples.captured import Captured
from generator.samples.vendor import random_secrets, sign_sample
from generator.scaffold import texts
from generator.scaffold.definition_yaml import yaml_form
from generator.scaffold.guess_auth import guess_auth
from generator.scaffold.recognize import recognize
from generator.scaffold.texts import DefinitionDraft
from lambdas.auth import ecdsa, ed25519, hmac, leaves
from tests.definitions import SOURCES, bundled_source, make_definition

NOW = 1_772_446_878.0
HEX, BASE64 = "5a" * 32, base64.b64encode(b"Z" * 32).decode()


@cache
def every() -> tuple[Definition, ...]:
    return tuple(map(bundled_source, source_names(SOURCES)))


def is_anybodys(name: str) -> bool:
    """It requires nothing of an event, and its headers do not name a vendor."""
    source = bundled_source(name).source
    named = any(name in header for header in source.webhook.auth.type.headers(source.webhook.auth.settings))
    return not source.events.require and not named


def signed(one: Definition) -> dict[str, Captured]:
    """The samples of a source as its vendor sends them; where a stranger can't sign, with what looks like it."""
    pairs = random_secrets(one.source.webhook)
    found = {}
    for sample in sample_files.load_samples(one)[0]:
        sent = sign_sample(one.source, sample, gateway.URL, lambda name: (pairs[name][1],), NOW)
        unsigned = {**sample.headers, "authorization": "Bearer eyJ"}
        method, url, headers, body = sent or (sample.method, gateway.URL, unsigned, sample.body)
        found[sample.name] = Captured(method, url, tuple(headers.items()), body)
    return found


def captured(headers: dict[str, str], body: bytes = b'{"a": 1}', url: str = "/events") -> Captured:
    return Captured("POST", url, tuple(headers.items()), body)


@pytest.mark.parametrize("name", [name for name in source_names(SOURCES) if not is_anybodys(name)])
def test_every_sample_that_comes_with_the_framework_is_known_as_its_own_sources(name: str) -> None:
    own = bundled_source(name)
    for sample, request in signed(own).items():
        found = recognize(request, every())
        if (name, sample) == ("asana", "heartbeat"):  # an empty list, which may be anybody's
            assert found.auth == yaml_form(own.source.webhook.auth)
            continue
        assert found.recognized_source is not None, sample
        assert found.recognized_source.source.name == name, sample
        assert found.handshake == is_handshake(own, sample), sample


def is_handshake(own: Definition, sample: str) -> bool:
    return (own.folders[0] / "samples" / f"{sample}.reply.json").exists()


@pytest.mark.parametrize("name", source_names(SOURCES))
def test_what_is_guessed_of_a_signature_is_what_the_definition_says(name: str) -> None:
    own = bundled_source(name)
    there = [yaml_form(leaf) for leaf in leaves(own.source.webhook.auth) if leaf.type in (ecdsa, ed25519, hmac)]
    for request in signed(own).values() if there else ():
        found = guess_auth(request)
        if found is None:  # a handshake that is not signed
            continue
        ((kind, settings),) = found.auth.items()
        if kind == "token":  # the secret that a handshake hands over
            continue
        alike = [one[kind] for one in there if kind in one and _places(one[kind]) & _places(settings)]
        assert alike, (name, found)
        assert settings.get("algorithm") in {one.get("algorithm") for one in alike}


def _places(settings: dict[str, dict[str, str]]) -> set[tuple[str, str | None, str | None]]:
    signature = settings["signature"]
    headers = signature["header"] if isinstance(signature["header"], list) else [signature["header"]]
    return {(header, signature.get("prefix"), signature.get("encoding")) for header in headers}


MEANT = 'that this vendor means the same by it: HMAC-SHA256 of "{timestamp}|{body}" in X-Odd, at most 300 s old'


def test_a_definition_that_is_new_teaches_its_headers_by_itself(tmp_path) -> None:
    odd = make_definition(
        tmp_path,
        """\
        description: Odd
        webhook:
          auth:
            hmac:
              signature: {header: X-Odd, prefix: "odd:", encoding: base64url}
              timestamp: {header: X-When, format: unix_ms}
              signed: "{timestamp}|{body}"
        events: {require: [odd]}
        """,
        "odd",
    )
    headers = {"x-odd": f"odd:{'Wlpa' * 10}Wlo", "x-when": "1772446878000"}
    its = recognize(captured(headers, b'{"odd": 1}'), [odd, *every()])
    assert its.recognized_source is odd
    assert its.auth == yaml_form(odd.source.webhook.auth)
    assert (its.certain, its.to_check) == ((), (MEANT,))
    assert its.similarities == ("it looks like an event of odd, which does not come with the framework",)
    other = recognize(captured(headers), [odd, *every()])
    assert (other.recognized_source, other.auth) == (None, its.auth)
    assert (other.certain, other.to_check) == ((), (MEANT,))
    assert other.similarities == ("x-odd looks as in requests of odd",)
    for missing in ("x-odd", "x-when"):
        rest = captured({name: value for name, value in headers.items() if name != missing}, b'{"odd": 1}')
        assert recognize(rest, [odd]).auth != its.auth
    assert recognize(captured({**headers, "x-odd": "odd:Wlpa"}, b'{"odd": 1}'), [odd]).recognized_source is None


def test_of_sources_with_the_same_signature_the_body_and_other_headers_decide() -> None:
    found = {name: signed(bundled_source(name)) for name in ("bitbucket", "jira", "snyk")}
    for name, requests in found.items():
        for request in requests.values():
            like = recognize(request, every()).recognized_source
            assert like is not None
            assert like.source.name == name
    stranger = recognize(captured({"X-Hub-Signature": f"sha256={HEX}"}), [bundled_source(name) for name in found])
    assert stranger.recognized_source is None
    assert stranger.certain == ("x-hub-signature looks as in requests of bitbucket and jira and snyk",)


def test_what_comes_with_the_framework_is_better_than_a_copy_that_has_the_same(tmp_path) -> None:
    text = (SOURCES / "github" / "source.yml").read_text(encoding="utf-8")
    copy = make_definition(tmp_path, text, "a-copy")
    request = next(iter(signed(bundled_source("github")).values()))
    found = recognize(request, [copy, *every()])
    assert found.recognized_source is not None
    assert (found.recognized_source.source.name, found.similarities) == ("github", ())
    alone = recognize(request, [copy])
    assert alone.recognized_source is copy
    assert alone.certain == ("X-Hub-Signature-256 carries 32 bytes in hex after sha256=, as HMAC-SHA256 makes them",)
    assert alone.similarities == ("it looks like an event of a-copy, which does not come with the framework",)
    assert alone.to_check


def test_what_was_guessed_is_sure_nowhere_not_even_beside_what_comes_with_the_framework(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("generator.scaffold.recognize.BUNDLED", tmp_path.resolve())
    auth = {"hmac": {"signature": {"header": "X-Acme-Signature"}}}
    request = captured({"X-Acme-Signature": HEX})
    for check, sure in (((), True), (("the key",), False)):
        made = make_definition(
            tmp_path, texts.definition_text(DefinitionDraft("acme", "Acme", auth=auth, to_check=check)), "acme"
        )
        found = recognize(request, [made])
        assert (not found.similarities, not found.to_check) == (sure, sure)


def test_a_tenant_is_no_better_than_the_source_that_it_extends(tmp_path) -> None:
    tenant = make_definition(tmp_path, "extends: zoom\ndescription: Zoom\n", "a-zoom")
    (request,) = [one for name, one in signed(bundled_source("zoom")).items() if name == "user.created"]
    like = recognize(request, [tenant, *every()]).recognized_source
    assert like is not None
    assert like.source.name == "zoom"


def test_what_a_definition_leaves_to_each_user_is_taken_from_the_request() -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:alarms"
    body = {"TopicArn": topic, "SigningCertURL": "", "Signature": "", "MessageId": "1", "Type": "Notification"}
    found = recognize(captured({}, json.dumps(body).encode()), every())
    assert found.recognized_source is not None
    assert (found.recognized_source.source.name, found.auth) == ("aws-sns", {"sns": {"topics": [topic]}})


def jwt(**claims: object) -> str:
    parts = ({"alg": claims.pop("alg", "RS256")}, claims)
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*texts, "c2ln"])


TIMED = {"timestamp": {"header": "X-Acme-Timestamp"}, "signed": "{timestamp}.{body}"}
TRIO = {
    "timestamp": {"header": "Acme-Timestamp"},
    "id": {"header": "Acme-Id"},
    "signed": "{id}.{timestamp}.{body}",
}


@pytest.mark.parametrize(
    ("headers", "auth"),
    [
        ({"X-Sig": HEX}, {"hmac": {"signature": {"header": "X-Sig"}}}),
        ({"X-Sig": f"sha256={HEX}"}, {"hmac": {"signature": {"header": "X-Sig", "prefix": "sha256="}}}),
        ({"X-Sig": BASE64}, {"hmac": {"signature": {"header": "X-Sig", "encoding": "base64"}}}),
        (
            {"X-Sig": f"sha256={BASE64}"},
            {"hmac": {"signature": {"header": "X-Sig", "prefix": "sha256=", "encoding": "base64"}}},
        ),
        (
            {"X-Sig": "_-" + BASE64.rstrip("=")[2:]},
            {"hmac": {"signature": {"header": "X-Sig", "encoding": "base64url"}}},
        ),
        ({"X-Sig": "5a" * 20}, {"hmac": {"signature": {"header": "X-Sig"}, "algorithm": "sha1"}}),
        ({"X-Sig": "5a" * 64}, {"hmac": {"signature": {"header": "X-Sig"}, "algorithm": "sha512"}}),
        ({"X-Sig-Ed25519": "5a" * 64}, {"ed25519": {"signature": {"header": "X-Sig-Ed25519"}}}),
        (
            {"X-Sig": base64.b64encode(b"\x30\x44" + b"Z" * 68).decode()},
            {"ecdsa": {"signature": {"header": "X-Sig", "encoding": "base64"}}},
        ),
        ({"X-Sig": "5a" * 256}, {}),
        (
            {"X-Sig": f"v0={HEX}", "X-Acme-Timestamp": "1772446878"},
            {
                "hmac": {
                    "signature": {"header": "X-Sig", "prefix": "v0="},
                    **TIMED,
                    "signed": "v0:{timestamp}:{body}",
                }
            },
        ),
        (
            {"X-Acme-Signature": HEX, "X-Time": "1772446878", "X-Acme-Timestamp": "1772446878"},
            {"hmac": {"signature": {"header": "X-Acme-Signature"}, **TIMED}},
        ),
        (
            {"X-Sig": HEX, "X-Sent-At": "1772446878000"},
            {
                "hmac": {
                    "signature": {"header": "X-Sig"},
                    "timestamp": {"header": "X-Sent-At", "format": "unix_ms"},
                    "signed": "{timestamp}.{body}",
                }
            },
        ),
        (
            {"X-Sig": HEX, "X-Date": "2026-03-02T10:21:18.123456789Z"},
            {
                "hmac": {
                    "signature": {"header": "X-Sig"},
                    "timestamp": {"header": "X-Date", "format": "rfc3339"},
                    "signed": "{timestamp}.{body}",
                }
            },
        ),
        # Neither is a time: too long ago, and a number of something else.
        ({"X-Sig": HEX, "X-Times": "17", "X-Ttl": "1772446878"}, {"hmac": {"signature": {"header": "X-Sig"}}}),
        (
            {"X-Sig": f"t=1772446878, v0={'4b' * 32}, v1={HEX}"},
            {
                "hmac": {
                    "signature": {"header": "X-Sig", "prefix": "v1=", "split": ","},
                    "timestamp": {"header": "X-Sig", "prefix": "t=", "split": ","},
                    "signed": "{timestamp}.{body}",
                }
            },
        ),
        (
            {"Paddle-Signature": f"ts=1772446878000;h1={HEX}"},
            {
                "hmac": {
                    "signature": {"header": "Paddle-Signature", "prefix": "h1=", "split": ";"},
                    "timestamp": {"header": "Paddle-Signature", "prefix": "ts=", "split": ";", "format": "unix_ms"},
                    "signed": "{timestamp}.{body}",
                }
            },
        ),
        (
            {"X-Sig": f"v1={HEX},v1={'4b' * 32}"},
            {"hmac": {"signature": {"header": "X-Sig", "prefix": "v1=", "split": ","}}},
        ),
        (
            {"X-DocuSign-Signature-1": BASE64, "X-DocuSign-Signature-2": BASE64},
            {"hmac": {"signature": {"header": "X-DocuSign-Signature-*", "encoding": "base64"}}},
        ),
        # SHA-1 beside something better, as GitHub has it.
        (
            {"X-Sig": f"sha1={'5a' * 20}", "X-Sig-New": f"sha256={HEX}"},
            {"hmac": {"signature": {"header": "X-Sig-New", "prefix": "sha256="}}},
        ),
        (
            {"Acme-Id": "msg_1", "Acme-Timestamp": "1772446878", "Acme-Signature": f"v1,{BASE64} v1a,x"},
            {
                "hmac": {
                    "signature": {"header": "Acme-Signature", "prefix": "v1,", "split": " ", "encoding": "base64"},
                    **TRIO,
                    "key": {"encoding": "base64", "strip": "whsec_"},
                }
            },
        ),
        (
            {
                "Acme-Id": "msg_1",
                "Acme-Timestamp": "1772446878",
                "Acme-Signature": f"v1a,{base64.b64encode(b'Z' * 64).decode()}",
            },
            {
                "ed25519": {
                    "signature": {"header": "Acme-Signature", "prefix": "v1a,", "split": " ", "encoding": "base64"},
                    **TRIO,
                    "key": {"encoding": "base64", "strip": "whpk_"},
                }
            },
        ),
        ({"Authorization": "Basic YTpi"}, {"basic": {}}),
        ({"Authorization": "Bearer abc"}, {"token": {"header": "Authorization", "prefix": "Bearer "}}),
        ({"Authorization": "Splunk 12-34"}, {"token": {"header": "Authorization", "prefix": "Splunk "}}),
        ({"Authorization": "abc"}, {"token": {"header": "Authorization"}}),
        ({"Authorization": 'Digest username="a", uri="/"'}, {}),
        (
            {"Authorization": f"Bearer {jwt(iss='https://a.example.com', aud=['b'])}"},
            {"jwt": {"issuer": "https://a.example.com", "audience": ["b"]}},
        ),
        (
            {"Authorization": f"Bearer {jwt(iss='a', alg='ES256')}"},
            {"jwt": {"issuer": "https://REPLACE_ME", "audience": ["REPLACE_ME"], "algorithms": ["ES256"]}},
        ),
        (
            {"Authorization": f"Bearer {jwt(iss='https://accounts.google.com', aud='b', email='c@example.com')}"},
            {
                "jwt": {
                    "issuer": "https://accounts.google.com",
                    "audience": ["b"],
                    "claims": {"email": "c@example.com", "email_verified": "true"},
                }
            },
        ),
        ({"Authorization": f"Bearer {jwt(alg='HS256')}"}, {}),
        ({"Authorization": "Bearer eyJhIjo.eyJh.c2ln"}, {}),
        ({"X-Acme-Token": "abc"}, {"token": {"header": "X-Acme-Token"}}),
        ({"X-Api-Key": "abc"}, {"token": {"header": "X-Api-Key"}}),
        ({"X-Acme-Check": HEX}, {"hmac": {"signature": {"header": "X-Acme-Check"}}}),
        ({"X-Acme-Signature": "who knows"}, {}),
        # Hashes of the body, keys of other things, sessions, and ids.
        ({"Cookie": f"a={HEX}; b={HEX}", "X-Commit": "5a" * 20, "X-Message-Id": HEX}, None),
        ({"Content-Digest": f"sha-256=:{BASE64}:", "Digest": BASE64, "X-Event-Key": "a", "Idempotency-Key": "b"}, None),
        ({"X-Request-Id": "0b9f1c1e-3c1c-4a53-9d5c-9d6c1f0e7a11", "Traceparent": f"00-{HEX[:32]}-{HEX[:16]}-01"}, None),
    ],
)
def test_a_credential_is_known_by_its_name_and_by_what_it_looks_like(
    headers: dict[str, str], auth: dict[str, object] | None
) -> None:
    found = guess_auth(captured(headers))
    assert (found.auth if found else None) == auth


def test_a_token_in_the_query_is_the_last_that_is_thought_of() -> None:
    found = guess_auth(captured({}, url="https://hooks.example.com/events?page=1&token=abc"))
    assert found is not None
    assert (found.auth, found.certain) == ({"token": {"query": "token"}}, ())
    assert found.to_check == ("that token in the query is a token of yours, the same in every request",)
    assert guess_auth(captured({}, url="/events?page=1")) is None


def test_it_says_what_is_sure_and_what_is_to_be_checked() -> None:
    headers = {"X-Sig": f"sha256={HEX}", "X-Time": "1772446878", "Authorization": "abc", "X-Other-Sig": "5a" * 20}
    found = guess_auth(captured(headers))
    assert found is not None
    assert found.certain == ("X-Sig carries 32 bytes in hex after sha256=, as HMAC-SHA256 makes them",)
    assert found.to_check == (
        "what is signed: {timestamp}.{body} is a guess, and {timestamp}{body} is usual too",
        "that the time is signed at all: if not, take `timestamp` out, and let `signed` be {body}",
        "the key: the secret's text as it is, or decoded from hex or base64 first (`key`)",
        "X-Other-Sig may carry a signature too: which one is the vendor's best?",
        "Authorization may carry a credential too: `all_of` verifies both",
    )
    unnamed = guess_auth(captured({"X-Acme-Check": HEX}))
    assert unnamed is not None
    assert unnamed.certain == ()
    assert unnamed.to_check[0] == "that X-Acme-Check is a signature at all: only its length says so"
    nothing = recognize(captured({}), every())
    assert (nothing.auth, nothing.certain) == ({}, ())
    assert nothing.to_check == ("how it shows that a request is its own: nothing here looks like a credential",)


NAMES = st.sampled_from(["Authorization", "X-Sig", "X-Time", "webhook-id", "webhook-signature", "X-Token", "X-Odd"])
VALUES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=40),
    st.sampled_from([HEX, BASE64, f"v1,{BASE64}", f"t=1772446878,v1={HEX}", "1772446878", "Bearer eyJ.e.e", "a=b;c=d"]),
)
BODIES = st.one_of(st.binary(max_size=40), st.sampled_from([b"{}", b"[]", b"null", b"1", b'{"event": 1}', b"a=b"]))


@given(headers=st.dictionaries(NAMES, VALUES), body=BODIES)
def test_whatever_a_request_has_in_it_what_is_proposed_can_be_read(headers: dict[str, str], body: bytes) -> None:
    found = recognize(captured(headers, body), every())
    if not found.auth:
        return
    text = texts.definition_text(DefinitionDraft("made", "Made", auth=found.auth, to_check=found.to_check))
    with TemporaryDirectory() as folder:
        assert yaml_form(make_definition(Path(folder), text).source.webhook.auth) == found.auth
