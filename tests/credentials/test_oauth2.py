"""`oauth2`: how clients prove themselves, the vendors' own fields, and tokens in memory."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.credential_type import CredentialRefused
from lambdas.credentials import oauth2
from lambdas.model_types import ServiceUrl
from lambdas.runtime.secrets import SecretsUnavailable, UnusableSecret
from tests.credentials.contexts import API, NOW, Process, answer, form_of, granting
from tests.credentials.keys import EC, PEM, RSA

URL = ServiceUrl("https://auth.example.com/oauth2/token")
CLIENT = {"client_id": "s6BhdRkqt3", "client_secret": "gX1fBat3bV"}
BASIC, BODY = oauth2.Settings(URL), oauth2.Settings(URL, "body")
JWT = oauth2.Settings(URL, "private_key_jwt", scope="okta.logs.read")


def first_request(settings: oauth2.Settings, store: dict[str, str] | None = None) -> Any:
    process = Process(store or CLIENT, granting())
    request = oauth2.authorize(settings, API, process)
    assert request == API._replace(headers={**API.headers, "Authorization": "Bearer access-1"})
    (asked,) = process.asked
    assert (asked.method, asked.url) == ("POST", settings.url)
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    return asked


def test_a_secret_in_the_header() -> None:
    asked = first_request(BASIC)
    assert asked.headers["Authorization"] == "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"  # RFC 6749, 2.3.1 and 4.4.2
    assert asked.body == b"grant_type=client_credentials"


def test_special_characters_are_encoded_in_the_header() -> None:
    """RFC 6749, 2.3.1 and its appendix B, whose example is the text below."""
    text = " %&+\u00a3\u20ac"
    asked = first_request(BASIC, {"client_id": "a:b", "client_secret": f"x{text}"})
    user, password = base64.b64decode(asked.headers["Authorization"].removeprefix("Basic ")).decode().split(":")
    assert (user, password) == ("a%3Ab", "x+%25%26%2B%C2%A3%E2%82%AC")


def test_a_secret_in_the_form() -> None:
    asked = first_request(BODY)
    assert "Authorization" not in asked.headers
    assert form_of(asked) == {"grant_type": "client_credentials", **CLIENT}


def test_a_body_in_json() -> None:
    process = Process(CLIENT, granting())
    oauth2.authorize(oauth2.Settings(URL, format="json", scope="a"), API, process)
    (asked,) = process.asked
    assert asked.headers["Content-Type"] == "application/json"
    assert json.loads(asked.body) == {"grant_type": "client_credentials", "scope": "a"}


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        (
            oauth2.Settings(URL, fields={"grant_type": "account_credentials", "account_id": "abc"}),
            {"grant_type": "account_credentials", "account_id": "abc"},
        ),
        (oauth2.Settings(URL, audience="wiz-api"), {"grant_type": "client_credentials", "audience": "wiz-api"}),
        (
            oauth2.Settings(URL, scope="https://graph.microsoft.com/.default", resource="https://r.example"),
            {
                "grant_type": "client_credentials",
                "scope": "https://graph.microsoft.com/.default",
                "resource": "https://r.example",
            },
        ),
    ],
    ids=["Zoom", "Wiz", "Entra"],
)
def test_fields_of_vendors(settings: oauth2.Settings, fields: dict[str, str]) -> None:
    assert form_of(first_request(settings)) == fields


@pytest.mark.parametrize(
    ("algorithm", "key"), [("RS256", RSA), ("PS256", RSA), ("ES256", EC)], ids=["RS256", "PS256", "ES256"]
)
def test_a_signed_assertion(algorithm: Any, key: Any) -> None:
    settings = oauth2.Settings(URL, "private_key_jwt", algorithm=algorithm, key_id="key-1")
    form = form_of(first_request(settings, {"client_id": "0oa1", "private_key": PEM[key]}))
    assert form["client_id"] == "0oa1"
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assertion = form["client_assertion"]
    assert jwt.get_unverified_header(assertion) == {"alg": algorithm, "typ": "JWT", "kid": "key-1"}
    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(assertion, key.public_key(), algorithms=[algorithm], audience=URL, options=options)
    assert (claims["iss"], claims["sub"]) == ("0oa1", "0oa1")
    assert (claims["iat"], claims["exp"]) == (NOW, NOW + 45)


def test_assertions_differ_and_may_have_another_audience() -> None:
    settings = oauth2.Settings(URL, "private_key_jwt", assertion_audience="https://auth.example.com/")
    store = {"client_id": "0oa1", "private_key": PEM[RSA]}
    claims = [
        jwt.decode(form_of(first_request(settings, store))["client_assertion"], options={"verify_signature": False})
        for _ in range(2)
    ]
    assert {each["aud"] for each in claims} == {"https://auth.example.com/"}
    assert len({each["jti"] for each in claims}) == 2


def test_a_token_is_used_until_a_minute_before_its_end() -> None:
    process = Process(CLIENT, granting())

    def sent() -> str:
        return oauth2.authorize(BASIC, API, process).headers["Authorization"]

    assert [sent(), sent()] == ["Bearer access-1"] * 2
    process.time = NOW + 3_539
    assert sent() == "Bearer access-1"
    process.time = NOW + 3_540
    assert [sent(), sent()] == ["Bearer access-2"] * 2
    assert len(process.asked) == 2


def test_a_token_is_renewed_after_401() -> None:
    process = Process(CLIENT, granting())
    assert oauth2.forget(BASIC, process) is False
    oauth2.authorize(BASIC, API, process)
    assert oauth2.forget(BASIC, process) is True
    assert oauth2.authorize(BASIC, API, process).headers["Authorization"] == "Bearer access-2"


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [
        (3600, 3540),
        ("3600", 3540),
        (3600.5, 3540.5),
        (60, 30),
        (1, 0.5),
        (10**12, 86_340),
        (None, 540),
        (0, 540),
        (-5, 540),
        ("soon", 540),
        ([], 540),
        ("nan", 540),
        ("inf", 540),
        ("9" * 400, 540),
    ],
)
def test_lifetimes(expires_in: Any, seconds: float) -> None:
    process = Process(CLIENT, granting({"access_token": "a", "expires_in": expires_in}))
    oauth2.authorize(BASIC, API, process)
    assert process.tokens["access"].expires == NOW + seconds


def test_the_time_counts_from_the_request() -> None:
    process = Process(CLIENT)

    def slow_vendor(_request: Any) -> Any:
        process.time += 25
        return answer({"access_token": "a", "expires_in": 3600})

    process.vendor = slow_vendor
    oauth2.authorize(BASIC, API, process)
    assert process.tokens["access"].expires == NOW + 3_540


@pytest.mark.parametrize(
    ("settings", "store", "error"),
    [
        (BASIC, {"client_id": "a"}, SecretsUnavailable),
        (BASIC, {"client_id": "a", "client_secret": "b\nc"}, UnusableSecret),
        (JWT, {"client_id": "a", "private_key": "b"}, UnusableSecret),
        (
            oauth2.Settings(URL, "private_key_jwt", algorithm="ES256"),
            {"client_id": "a", "private_key": PEM[RSA]},
            UnusableSecret,
        ),
    ],
)
def test_unusable_secrets_are_not_sent(settings: oauth2.Settings, store: dict[str, str], error: Any) -> None:
    process = Process(store, granting())
    with pytest.raises(error):
        oauth2.authorize(settings, API, process)
    assert process.asked == []
    assert process.tokens == {}


@given(st.binary(max_size=200), st.sampled_from([200, 201, 204, 301, 400, 401, 403, 404]))
def test_any_answer_is_a_token_or_a_refusal(body: bytes, status: int) -> None:
    process = Process(CLIENT, lambda _request: answer({}, status)._replace(body=body))
    with pytest.raises(CredentialRefused) as raised:
        oauth2.authorize(BASIC, API, process)
    assert str(raised.value).isprintable()


def test_what_is_stored() -> None:
    assert oauth2.secret_names(BASIC) == oauth2.secret_names(BODY) == ("client_id", "client_secret")
    assert oauth2.secret_names(JWT) == ("client_id", "private_key")
    assert (oauth2.wheels(BASIC), oauth2.wheels(JWT)) == ((), ("cryptography",))
    assert oauth2.token_url(BASIC) == URL
    assert oauth2.check_secret(JWT, "private_key", PEM[RSA]) is None
    assert "neither PEM" in (oauth2.check_secret(JWT, "private_key", "gX1fBat3bV") or "")
    assert oauth2.check_secret(BASIC, "client_secret", "") == "is empty"
    assert [oauth2.describe(each) for each in (BASIC, BODY, JWT)] == [
        "an access token for a client (OAuth 2.0), which proves itself by its secret in Authorization",
        "an access token for a client (OAuth 2.0), which proves itself by its secret in the form",
        "an access token for a client (OAuth 2.0), which proves itself by an assertion signed with RS256",
    ]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (BASIC, []),
        (JWT, []),
        (
            oauth2.Settings(URL, fields={"client_secret": "x"}),
            [
                (
                    "fields.client_secret",
                    "is a secret, which never stands in a definition: store it under the name in `client_secret`",
                )
            ],
        ),
        (
            oauth2.Settings(URL, fields={"password": "x"}),
            [
                (
                    "fields.password",
                    "is a secret, which never stands in a definition: this type has no use for it",
                )
            ],
        ),
        (
            oauth2.Settings(URL, scope="a", fields={"scope": "b", "client_id": "c"}),
            [
                ("fields.scope", "stands in `scope` too; leave one of them out"),
                ("fields.client_id", "is sent anyway: store it under the name in `client_id`"),
            ],
        ),
        (
            oauth2.Settings(URL, "body", key_id="k", algorithm="ES256"),
            [
                ("algorithm", "is of an assertion, which only `send: private_key_jwt` sends"),
                ("key_id", "is of an assertion, which only `send: private_key_jwt` sends"),
            ],
        ),
        (
            oauth2.Settings(URL, client_secret=BASIC.client_id),
            [("client_id", "is the parameter client_id, which holds another secret too")],
        ),
        (
            oauth2.Settings(ServiceUrl("https://ann@auth.example.com/")),
            [
                (
                    "url",
                    "it is not a plain https URL; a token endpoint has a URL such as "
                    "https://auth.example.com/oauth2/token",
                )
            ],
        ),
        (oauth2.Settings(ServiceUrl(f"{URL}#x")), [("url", "has a # in it; leave it and what follows out")]),
    ],
)
def test_mistakes(settings: oauth2.Settings, expected: list[tuple[str, str]]) -> None:
    assert list(oauth2.problems(settings)) == expected
