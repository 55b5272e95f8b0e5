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

from generator.definition.read import Definition
from generator.definition.source_folders import source_names
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
from lambdas.auth.jwt import Settings as JwtSettings
from tests.definitions import SOURCES, bundled_source, make_definition, webhook_names

NOW = 1_772_446_878.0
HEX, BASE64 = "5a" * 32, base64.b64encode(b"Z" * 32).decode()


@cache
def every() -> tuple[Definition, ...]:
    return tuple(map(bundled_source, source_names(SOURCES)))


def is_anybodys(name: str) -> bool:
    """It requires nothing of an event, and its headers do not name a vendor."""
    source = bundled_source(name).source
    named = any(name in header for header in source.endpoint.auth.type.headers(source.endpoint.auth.settings))
    return not source.events.require and not named


def signed(definition: Definition) -> dict[str, Captured]:
    """The samples of a source as its vendor sends them; where a stranger can't sign, with what looks like it."""
    pairs = random_secrets(definition.source.endpoint)
    settings = [leaf.settings for leaf in leaves(definition.source.endpoint.auth)]
    tokens = {own.header.lower(): f"{own.prefix}eyJ" for own in settings if isinstance(own, JwtSettings)}
    captures = {}
    for sample in sample_files.load_samples(definition)[0]:
        sent = sign_sample(definition.source, sample, gateway.URL, lambda name: (pairs[name][1],), NOW)
        method, url, headers, body = sent or (sample.method, gateway.URL, {**sample.headers, **tokens}, sample.body)
        captures[sample.name] = Captured(method, url, tuple(headers.items()), body)
    return captures


def captured(headers: dict[str, str], body: bytes = b'{"a": 1}', url: str = "/events") -> Captured:
    return Captured("POST", url, tuple(headers.items()), body)


@pytest.mark.parametrize("name", [name for name in webhook_names() if not is_anybodys(name)])
def test_every_bundled_sample_is_recognized_as_the_right_source(name: str) -> None:
    own = bundled_source(name)
    for sample, request in signed(own).items():
        recognition = recognize(request, every())
        if (name, sample) == ("asana", "heartbeat"):  # an empty list, which may be anybody's
            assert recognition.auth == yaml_form(own.source.endpoint.auth)
            continue
        assert recognition.recognized_source is not None, sample
        # What signs as another sender does may be taken for that one, which it extends.
        assert recognition.recognized_source.source.name in (name, own.source.extends), sample
        assert recognition.handshake == is_handshake(own, sample), sample


def is_handshake(own: Definition, sample: str) -> bool:
    return (own.folders[0] / "samples" / f"{sample}.reply.json").exists()


@pytest.mark.parametrize("name", webhook_names())
def test_guessed_signature_equals_the_definition(name: str) -> None:
    own = bundled_source(name)
    signatures = [yaml_form(leaf) for leaf in leaves(own.source.endpoint.auth) if leaf.type in (ecdsa, ed25519, hmac)]
    for request in signed(own).values() if signatures else ():
        guess = guess_auth(request)
        if guess is None:  # a handshake that is not signed
            continue
        ((kind, settings),) = guess.auth.items()
        if kind in ("token", "body_token"):  # the secret that a handshake hands over
            continue
        alike = [form[kind] for form in signatures if kind in form and _places(form[kind]) & _places(settings)]
        assert alike, (name, guess)
        assert settings.get("algorithm") in {likeness.get("algorithm") for likeness in alike}


def _places(settings: dict[str, dict[str, str]]) -> set[tuple[str, str | None, str | None]]:
    signature = settings["signature"]
    headers = signature["header"] if isinstance(signature["header"], list) else [signature["header"]]
    return {(header, signature.get("prefix"), signature.get("encoding")) for header in headers}


MEANT = 'that this vendor means the same by it: HMAC-SHA256 of "{timestamp}|{body}" in X-Odd, at most 300 s old'


def test_new_definition_makes_the_headers_known(tmp_path) -> None:
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
    recognition = recognize(captured(headers, b'{"odd": 1}'), [odd, *every()])
    assert recognition.recognized_source is odd
    assert recognition.auth == yaml_form(odd.source.endpoint.auth)
    assert (recognition.certain, recognition.to_check) == ((), (MEANT,))
    assert recognition.similarities == ("it looks like an event of odd, which does not come with the framework",)
    other = recognize(captured(headers), [odd, *every()])
    assert (other.recognized_source, other.auth) == (None, recognition.auth)
    assert (other.certain, other.to_check) == ((), (MEANT,))
    assert other.similarities == ("x-odd looks as in requests of odd",)
    for missing in ("x-odd", "x-when"):
        rest = captured({name: value for name, value in headers.items() if name != missing}, b'{"odd": 1}')
        assert recognize(rest, [odd]).auth != recognition.auth
    assert recognize(captured({**headers, "x-odd": "odd:Wlpa"}, b'{"odd": 1}'), [odd]).recognized_source is None


def test_of_sources_with_the_same_signature_the_body_and_other_headers_decide() -> None:
    captures = {name: signed(bundled_source(name)) for name in ("bitbucket", "jira", "snyk")}
    for name, requests in captures.items():
        for request in requests.values():
            like = recognize(request, every()).recognized_source
            assert like is not None
            assert like.source.name == name
    stranger = recognize(captured({"X-Hub-Signature": f"sha256={HEX}"}), [bundled_source(name) for name in captures])
    assert stranger.recognized_source is None
    assert stranger.certain == ("x-hub-signature looks as in requests of bitbucket and jira and snyk",)


def test_bundled_source_is_preferred_to_an_equal_copy(tmp_path) -> None:
    text = (SOURCES / "github" / "source.yml").read_text(encoding="utf-8")
    copy = make_definition(tmp_path, text, "a-copy")
    request = next(iter(signed(bundled_source("github")).values()))
    recognition = recognize(request, [copy, *every()])
    assert recognition.recognized_source is not None
    assert (recognition.recognized_source.source.name, recognition.similarities) == ("github", ())
    alone = recognize(request, [copy])
    assert alone.recognized_source is copy
    assert alone.certain == ("X-Hub-Signature-256 carries 32 bytes in hex after sha256=, as HMAC-SHA256 makes them",)
    assert alone.similarities == ("it looks like an event of a-copy, which does not come with the framework",)
    assert alone.to_check


def test_guess_is_never_certain_even_beside_bundled_sources(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("generator.scaffold.recognize.BUNDLED", tmp_path.resolve())
    auth = {"hmac": {"signature": {"header": "X-Acme-Signature"}}}
    request = captured({"X-Acme-Signature": HEX})
    for check, sure in (((), True), (("the key",), False)):
        definition = make_definition(
            tmp_path, texts.definition_text(DefinitionDraft("acme", "Acme", auth=auth, to_check=check)), "acme"
        )
        recognition = recognize(request, [definition])
        assert (not recognition.similarities, not recognition.to_check) == (sure, sure)


def test_tenant_is_not_preferred_to_the_extended_source(tmp_path) -> None:
    tenant = make_definition(tmp_path, "extends: zoom\ndescription: Zoom\n", "a-zoom")
    (request,) = [capture for name, capture in signed(bundled_source("zoom")).items() if name == "user.created"]
    like = recognize(request, [tenant, *every()]).recognized_source
    assert like is not None
    assert like.source.name == "zoom"


def test_settings_left_to_each_user_are_taken_from_the_request() -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:alarms"
    body = {"TopicArn": topic, "SigningCertURL": "", "Signature": "", "MessageId": "1", "Type": "Notification"}
    recognition = recognize(captured({}, json.dumps(body).encode()), every())
    assert recognition.recognized_source is not None
    assert (recognition.recognized_source.source.name, recognition.auth) == ("aws-sns", {"sns": {"topics": [topic]}})


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
        ({"X-Sig": "5a" * 256}, {"rsa": {"signature": {"header": "X-Sig"}}}),
        # RSA with 1,024 bits.
        ({"X-Sig": "5a" * 128}, {}),
        ({"X-Sig": "5a" * 96}, {"ecdsa": {"signature": {"header": "X-Sig"}, "algorithm": "sha384"}}),
        (
            {"X-Acme-Signature": f"sha256={HEX}", "X-Acme-Signature-V2": HEX},
            {"hmac": {"signature": {"header": "X-Acme-Signature-V2"}}},
        ),
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
        # Parts in double quotes, which name the algorithm beside the signature, as Keygen and Drone send them.
        (
            {"X-Sig": f'keyId="7", algorithm="hmac-sha256", signature="{BASE64}", headers="date digest"'},
            {"hmac": {"signature": {"header": "X-Sig", "prefix": "signature=", "split": ",", "encoding": "base64"}}},
        ),
        (
            {"X-Sig": f'algorithm="ed25519",signature="{base64.b64encode(b"Z" * 64).decode()}"'},
            {"ed25519": {"signature": {"header": "X-Sig", "prefix": "signature=", "split": ",", "encoding": "base64"}}},
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
            {"jwt": {"issuer": "https://${Issuer}", "audience": ["${Audience}"], "algorithms": ["ES256"]}},
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
        (
            {"Authorization": f"Bearer {jwt(alg='HS256')}"},
            {"jwt": {"secret": "auth_token", "algorithms": "HS256"}},
        ),
        ({"Authorization": f"Bearer {jwt(alg='none')}"}, {}),
        (
            {"X-Acme-Jwt": f"JWT {jwt(alg='HS512')}"},
            {"jwt": {"secret": "auth_token", "algorithms": "HS512", "header": "X-Acme-Jwt", "prefix": "JWT "}},
        ),
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
def test_credential_is_recognized_by_name_and_form(headers: dict[str, str], auth: dict[str, object] | None) -> None:
    guess = guess_auth(captured(headers))
    assert (guess.auth if guess else None) == auth


def test_token_in_the_query_is_guessed_last() -> None:
    guess = guess_auth(captured({}, url="https://hooks.example.com/events?page=1&token=abc"))
    assert guess is not None
    assert (guess.auth, guess.certain) == ({"token": {"query": "token"}}, ())
    assert guess.to_check == ("that token in the query is a token of yours, the same in every request",)
    assert guess_auth(captured({}, url="/events?page=1")) is None


def test_guess_says_certain_parts_and_parts_to_check() -> None:
    headers = {"X-Sig": f"sha256={HEX}", "X-Time": "1772446878", "Authorization": "abc", "X-Other-Sig": "5a" * 20}
    guess = guess_auth(captured(headers))
    assert guess is not None
    assert guess.certain == ("X-Sig carries 32 bytes in hex after sha256=, as HMAC-SHA256 makes them",)
    assert guess.to_check == (
        "what is signed: {timestamp}.{body} is a guess; a colon, nothing, and an id before it are usual too",
        "that the time is signed at all: if not, take `timestamp` out, and let `signed` be {body}",
        "that it is an HMAC: a plain hash of the secret and the request is as long (`digest`)",
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
def test_proposed_definition_is_readable_for_any_request(headers: dict[str, str], body: bytes) -> None:
    recognition = recognize(captured(headers, body), every())
    if not recognition.auth:
        return
    text = texts.definition_text(DefinitionDraft("made", "Made", auth=recognition.auth, to_check=recognition.to_check))
    with TemporaryDirectory() as folder:
        assert yaml_form(make_definition(Path(folder), text).source.webhook.auth) == recognition.auth
