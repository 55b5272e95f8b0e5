"""`digest`: the example of RFC 7616, 3.9.1, the challenges that vendors send, and a nonce that ends."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.credential_type import CredentialRefused, CredentialUnavailable
from lambdas.credentials import digest
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from lambdas.runtime.secrets import UnusableSecret
from lambdas.tokens.challenges import digest_challenge
from tests.credentials.contexts import API, Process

SETTINGS = digest.Settings()
RFC = HttpRequest("GET", "https://www.example.org/dir/index.html", {})
REALM, NONCE = "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE, OPAQUE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
HEADER = (
    f'Digest realm="{REALM}", qop="auth, auth-int", algorithm=SHA-256, nonce="{NONCE}", opaque="{OPAQUE}", '
    f'Digest realm="{REALM}", qop="auth, auth-int", algorithm=MD5, nonce="{NONCE}", opaque="{OPAQUE}"'
)
ATLAS = 'Digest realm="MMS Public API", domain="", nonce="abc=", algorithm=MD5, qop="auth", stale=false'


def challenge_of(header: str, status: int = 401) -> Any:
    return lambda _request: HttpAnswer(status, {"www-authenticate": header}, b"")


def parameters(value: str) -> dict[str, str]:
    return {name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^",]+))', value)}


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_example_of_the_rfc(algorithm: str, response: str) -> None:
    challenge = {"realm": REALM, "nonce": NONCE, "opaque": OPAQUE, "algorithm": algorithm}
    value = digest.digest_header(challenge, RFC, ("Mufasa", "Circle of Life"), 1, CNONCE)
    assert value == (
        f'Digest username="Mufasa", realm="{REALM}", uri="/dir/index.html", nonce="{NONCE}", cnonce="{CNONCE}", '
        f'response="{response}", opaque="{OPAQUE}", nc=00000001, qop=auth, algorithm={algorithm}'
    )


def test_a_challenge_is_answered_until_it_is_refused() -> None:
    process = Process({"user": "key", "password": "secret"}, challenge_of(ATLAS))
    sent = [parameters(digest.authorize(SETTINGS, API, process).headers["Authorization"]) for _ in range(3)]
    assert process.asked == [API]
    assert [each["nc"] for each in sent] == ["00000001", "00000002", "00000003"]
    assert len({each["cnonce"] for each in sent}) == len({each["response"] for each in sent}) == 3
    assert {each["uri"] for each in sent} == {"/v1/events?limit=100"}
    assert digest.forget(SETTINGS, process) is True
    process.vendor = challenge_of(ATLAS.replace("abc=", "def="))
    fresh = parameters(digest.authorize(SETTINGS, API, process).headers["Authorization"])
    assert (fresh["nonce"], fresh["nc"]) == ("def=", "00000001")
    assert process.asked == [API, API]


def test_a_user_name_with_quotes() -> None:
    challenge = {"realm": 'a "b"', "nonce": "n"}
    value = digest.digest_header(challenge, RFC._replace(url="https://x.example"), ('a"b\\', "p"), 1, "c")
    assert value.startswith('Digest username="a\\"b\\\\", realm="a \\"b\\"", uri="/", nonce="n"')
    assert "opaque" not in value
    assert "algorithm" not in value


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (HEADER, {"realm": REALM, "nonce": NONCE, "opaque": OPAQUE, "algorithm": "SHA-256"}),
        (ATLAS, {"realm": "MMS Public API", "nonce": "abc=", "algorithm": "MD5"}),
        ('digest  Realm = "r" , NONCE="n",qop=auth', {"realm": "r", "nonce": "n"}),
        ('Negotiate, Basic realm="b", Digest realm="r", nonce="n", qop="auth"', {"realm": "r", "nonce": "n"}),
        ('Digest realm="a, Digest nonce=", nonce="n", qop="auth", Bearer', {"realm": "a, Digest nonce=", "nonce": "n"}),
        ('Digest realm="a\\"b", nonce="n", qop="auth", Basic realm="z"', {"realm": 'a"b', "nonce": "n"}),
        ('Digest realm="r", nonce="n"', None),  # RFC 2069, without qop
        ('Digest realm="r", nonce="n", qop="auth-int"', None),
        ('Digest realm="r", nonce="n", qop="auth", algorithm=SHA-512-256', None),
        ('Digest realm="r", nonce="", qop="auth"', None),
        ('Digest realm="r\x01", nonce="n", qop="auth"', None),
        ('Basic realm="r", nonce="n", qop="auth"', None),
        ("", None),
        ("Digest", None),
        ("=" * 10_000, None),
    ],
)
def test_challenges(header: str, expected: dict[str, str] | None) -> None:
    assert digest_challenge(header) == expected


@given(st.text(alphabet='Digest realmnoceqp="\\, \t=auth-SHA256MD5\n', max_size=300))
def test_any_header_is_a_challenge_that_can_be_answered_or_none(header: str) -> None:
    for text in (header, f"{ATLAS}, {header}"):
        if challenge := digest_challenge(text):
            value = digest.digest_header(challenge, RFC, ("u", "p"), 1, "c")
            assert value.isprintable()
            assert value.isascii()


@pytest.mark.parametrize(
    ("status", "header", "message"),
    [
        (200, "", "api.example.com sends no challenge: it answers 200 without a credential, not 401"),
        (404, "", "api.example.com sends no challenge: it answers 404 without a credential, not 401"),
        (401, 'Bearer realm="r"', "api.example.com sends no challenge of Digest with SHA-256 or MD5 and qop auth"),
    ],
)
def test_no_challenge(status: int, header: str, message: str) -> None:
    process = Process({"user": "key", "password": "secret"}, challenge_of(header, status))
    with pytest.raises(CredentialRefused) as raised:
        digest.authorize(SETTINGS, API, process)
    assert str(raised.value) == message


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_vendor_sends_its_challenge_later(status: int) -> None:
    process = Process({"user": "key", "password": "secret"}, challenge_of("", status))
    with pytest.raises(CredentialUnavailable) as raised:
        digest.authorize(SETTINGS, API, process)
    assert raised.value.answer.status == status
    process.vendor = challenge_of(ATLAS)
    assert "Authorization" in digest.authorize(SETTINGS, API, process).headers


def test_stored_secrets() -> None:
    assert digest.secret_names(SETTINGS) == ("user", "password")
    assert digest.check_secret(SETTINGS, "password", "a:b\u00fc") is None
    assert "colon" in (digest.check_secret(SETTINGS, "user", "a:b") or "")
    assert "not ASCII" in (digest.check_secret(SETTINGS, "user", "\u00fc") or "")
    assert digest.check_secret(SETTINGS, "user", "") == "is empty"
    with pytest.raises(UnusableSecret):
        digest.authorize(SETTINGS, API, Process({"user": "a:b", "password": "p"}, challenge_of(ATLAS)))
    assert [key for key, _ in digest.problems(digest.Settings(password=SETTINGS.user))] == ["password"]
    assert list(digest.problems(SETTINGS)) == []
    assert digest.describe(SETTINGS) == "user and password, hashed with the vendor's nonce (HTTP Digest)"
    assert digest.forget(SETTINGS, Process({"user": "a", "password": "p"})) is False
