"""`github_app`: a JWT of the app's, and the token of its installation."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import PrivateFormat

from lambdas.credential_type import CredentialRefused, CredentialUnavailable
from lambdas.credentials import github_app
from lambdas.model_request_types import UrlOrigin
from tests.credentials.contexts import API, NOW, Process, answer
from tests.credentials.keys import EC, PEM, RSA, pem

APP = github_app.Settings("Iv23liABCDEFGHIJKLMN", "12345678")
SERVER = github_app.Settings("1", "2", UrlOrigin("https://github.example.com/api/v3"))
STORED = pem(RSA, PrivateFormat.TraditionalOpenSSL)  # as GitHub's .pem files are
TOKEN = {"token": "ghs_16C7e42F292c6912E7710c838347Ae178B4a", "permissions": {}, "repository_selection": "all"}


def github(expires_at: Any = "2026-09-21T15:13:20Z", status: int = 201) -> Any:
    return lambda _request: answer({**TOKEN, "expires_at": expires_at}, status)


def test_a_token_of_an_installation() -> None:
    process = Process({"private_key": STORED}, github())
    request = github_app.authorize(APP, API, process)
    assert request.headers["Authorization"] == f"Bearer {TOKEN['token']}"
    (asked,) = process.asked
    assert (asked.method, asked.url) == ("POST", "https://api.github.com/app/installations/12345678/access_tokens")
    assert asked.url == github_app.token_url(APP)
    assert asked.headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert asked.body == b""
    proof = asked.headers["Authorization"].removeprefix("Bearer ")
    assert jwt.get_unverified_header(proof) == {"alg": "RS256", "typ": "JWT"}
    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(proof, RSA.public_key(), algorithms=["RS256"], options=options)
    assert claims == {"iss": "Iv23liABCDEFGHIJKLMN", "iat": int(NOW) - 60, "exp": int(NOW) + 300}


def test_a_server_of_ones_own() -> None:
    assert github_app.token_url(SERVER) == "https://github.example.com/api/v3/app/installations/2/access_tokens"


@pytest.mark.parametrize(
    ("expires_at", "seconds"),
    [
        ("2026-09-21T15:13:20Z", 3_540),
        ("2026-09-21T15:13:20+00:00", 3_540),
        (None, 3_540),
        ("2001-01-01T00:00:00Z", 3_540),
    ],
)
def test_a_token_is_renewed_a_minute_before_its_end(expires_at: Any, seconds: float) -> None:
    process = Process({"private_key": STORED}, github(expires_at))
    github_app.authorize(APP, API, process)
    assert process.tokens["access"].expires == NOW + seconds
    process.time = NOW + seconds - 1
    github_app.authorize(APP, API, process)
    assert len(process.asked) == 1
    assert github_app.forget(APP, process) is True
    github_app.authorize(APP, API, process)
    assert len(process.asked) == 2


@pytest.mark.parametrize(
    ("document", "status", "message"),
    [
        ({"message": "A JSON web token could not be decoded"}, 401, "401: A JSON web token could not be decoded"),
        ({"message": "Not Found", "status": "404"}, 404, "404: Not Found"),
        ({"token": "a\nb"}, 201, "201: no token of which a header could be made"),
        ({}, 201, "201: no token of which a header could be made"),
    ],
)
def test_refusals(document: Any, status: int, message: str) -> None:
    process = Process({"private_key": STORED}, lambda _request: answer(document, status))
    with pytest.raises(CredentialRefused) as raised:
        github_app.authorize(APP, API, process)
    assert str(raised.value) == f"api.github.com gives no token: it answers {message}"


def test_github_is_down() -> None:
    with pytest.raises(CredentialUnavailable):
        github_app.authorize(APP, API, Process({"private_key": STORED}, lambda _request: answer({}, 503)))


def test_settings() -> None:
    assert github_app.secret_names(APP) == ("private_key",)
    assert github_app.wheels(APP) == ("cryptography",)
    assert github_app.check_secret(APP, "private_key", STORED) is None
    assert "RSA" in (github_app.check_secret(APP, "private_key", PEM[EC]) or "")
    assert github_app.describe(SERVER) == "a token of the GitHub App 1, for its installation 2"
    assert list(github_app.problems(APP)) == list(github_app.problems(SERVER)) == []
    bad = github_app.Settings("my app", "https://github.com/x", UrlOrigin("https://a@b.example"))
    assert [key for key, _ in github_app.problems(bad)] == ["url", "app", "installation"]
