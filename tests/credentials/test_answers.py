"""What token endpoints answer instead of a token, in a message without a secret."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.credential_type import CredentialRefused, CredentialUnavailable
from lambdas.credentials import oauth2
from lambdas.model_types import ServiceUrl
from lambdas.runtime.http_types import HttpAnswer
from tests.credentials.contexts import API, Process, answer

URL = ServiceUrl("https://auth.example.com/oauth2/token")
SECRET = "gX1fBat3bV/+="
BEGIN = "auth.example.com gives no token: it answers"


def refused(given_answer: HttpAnswer, send: Any = "body") -> str:
    process = Process({"client_id": "s6BhdRkqt3", "client_secret": SECRET}, lambda _request: given_answer)
    with pytest.raises(CredentialRefused) as raised:
        oauth2.authorize(oauth2.Settings(URL, send), API, process)
    assert process.tokens == {}
    return str(raised.value)


@pytest.mark.parametrize(
    ("status", "document", "expected"),
    [
        (400, {"error": "invalid_request"}, "400: invalid_request"),  # RFC 6749, 5.2
        (
            401,
            {"error": "invalid_client", "error_description": "Client authentication failed"},
            "401: invalid_client, Client authentication failed",
        ),
        (
            400,
            {"reason": "Invalid client_id or client_secret", "error": "invalid_client"},
            "400: invalid_client, Invalid client_id or client_secret",
        ),
        (
            401,
            {"errorCode": "E0000011", "errorSummary": "Invalid token provided", "errorCauses": []},
            "401: E0000011, Invalid token provided",
        ),
        (
            403,
            {"meta": {}, "errors": [{"code": 403, "message": "access denied, invalid bearer token"}]},
            "403: 403, access denied, invalid bearer token",
        ),
        (
            401,
            {"message": "A JSON web token could not be decoded", "documentation_url": "https://docs.example"},
            "401: A JSON web token could not be decoded",
        ),
        (
            400,
            {"error": {"code": 400, "message": "Bad", "status": "INVALID_ARGUMENT"}},
            "400: 400, Bad",
        ),
        (401, {"error": True, "message": "no"}, "401: no"),
        (401, {"error": False, "code": 17, "message": "no"}, "401: 17, no"),
        (
            200,
            {"ok": False, "error": "invalid_auth"},
            "200: no access_token of which a header could be made, invalid_auth",
        ),
        (200, {"access_token": ""}, "200: no access_token of which a header could be made"),
        (200, {"access_token": "a\r\nX: y"}, "200: no access_token of which a header could be made"),
        (200, {"access_token": 7}, "200: no access_token of which a header could be made"),
        (200, {"access_token": "a", "token_type": "DPoP"}, "200: a token of the type DPoP; only Bearer is known"),
        (200, [], "200: something that is no JSON object"),
        (302, {}, "302, a redirect, which is not followed: is the URL right?"),
        (404, {}, "404"),
    ],
)
def test_words_of_vendors(status: int, document: Any, expected: str) -> None:
    assert refused(answer(document, status)) == f"{BEGIN} {expected}"


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 100_000])
def test_a_body_that_is_no_json(body: bytes) -> None:
    assert refused(HttpAnswer(200, {}, body)) == f"{BEGIN} 200: something that is no JSON object"
    assert refused(HttpAnswer(400, {}, body)) == f"{BEGIN} 400"


@pytest.mark.parametrize("send", ["basic", "body"])
def test_a_vendor_that_repeats_the_secret(send: Any) -> None:
    echo = {"error": "invalid_client", "error_description": f"unknown secret '{SECRET}', '{SECRET}'"}
    assert refused(answer(echo, 401), send) == f"{BEGIN} 401: invalid_client, unknown secret '…', '…'"
    long = {"error": "invalid_grant", "error_description": f"bad assertion {'eyJhbGciOi' * 8}.x"}
    assert refused(answer(long, 400), send) == f"{BEGIN} 400: invalid_grant, bad assertion …"


def test_words_are_bounded_and_printable() -> None:
    message = refused(answer({"error": "a\n\u202eb\x1b[31m", "error_description": "word " * 10_000}, 400))
    assert message.startswith(f"{BEGIN} 400: a b [31m, word word")
    assert message.endswith("…")
    assert len(message) < 400


@given(st.text(), st.text(), st.sampled_from(["error", "message", "reason"]))
def test_no_message_holds_the_secret(before: str, after: str, name: str) -> None:
    message = refused(answer({name: f"{before}{SECRET}{after}"}, 400))
    assert SECRET not in message
    assert message.isprintable()
    assert len(message) < 400


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 599])
def test_an_endpoint_that_is_busy_is_asked_again_later(status: int) -> None:
    busy = answer({"error": "temporarily_unavailable"}, status, {"retry-after": "7"})
    process = Process({"client_id": "a", "client_secret": "b"}, lambda _request: busy)
    with pytest.raises(CredentialUnavailable) as raised:
        oauth2.authorize(oauth2.Settings(URL), API, process)
    assert str(raised.value) == f"auth.example.com gives no token at present: it answers {status}"
    assert raised.value.answer is busy
