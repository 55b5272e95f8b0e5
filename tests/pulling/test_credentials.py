"""The client of an API with real credentials types: a busy token endpoint, a refused token, a rotated one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdas.credentials import oauth2, refresh_token
from lambdas.model_pull import Credentials, Rate
from lambdas.model_request_types import Duration
from lambdas.model_types import ServiceUrl
from lambdas.pulling.api_client import ApiClient
from lambdas.pulling.outcomes import Refused, StreamFailed
from lambdas.pulling.rate import RequestLog
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from lambdas.runtime.rotated_secrets import RotatedSecrets
from tests.fakes import Store
from tests.pulling.vendor import Clock

API = HttpRequest("GET", "https://api.example.com/events", {})
TOKEN = ServiceUrl("https://auth.example.com/token")
PATH = "/mozdef/made/dev"


def answer(status: int, document: Any, headers: dict[str, str] | None = None) -> HttpAnswer:
    return HttpAnswer(status, headers or {}, json.dumps(document).encode())


class RotatingStore(Store):
    """A Parameter Store of which the function may overwrite the refresh token alone."""

    def put_parameter(self, Name: str, Value: str, Type: str, Overwrite: bool) -> dict[str, Any]:  # noqa: N803
        assert (Name, Type, Overwrite) == (f"{PATH}/refresh_token", "SecureString", True)
        self.values[Name] = Value
        return {"Version": 2}


class Run:
    """A run against a token endpoint with these answers, and an API that takes the last token that was given."""

    def __init__(self, settings: Any, *answers: HttpAnswer) -> None:
        self.clock = Clock()
        self.started = self.clock.now
        self.answers = list(answers)
        self.sent: list[str] = []
        names = ("client_id", "client_secret", "refresh_token")
        self.store = RotatingStore({f"{PATH}/{name}": f"stored-{name}" for name in names})
        module: Any = refresh_token if isinstance(settings, refresh_token.Settings) else oauth2
        self.valid = "access-1"
        self.client = ApiClient(
            Credentials(module, settings),
            (),
            RotatedSecrets(PATH, lambda: self.store, self.clock),
            self._send,
            RequestLog(Rate(100, Duration(60))),
            Deadline(self.clock),
            {},
            self.clock,
            self.clock.sleep,
        )

    def _send(self, request: HttpRequest, _seconds: float) -> HttpAnswer:
        self.sent.append(request.url)
        if request.url == TOKEN:
            return self.answers.pop(0)
        valid = request.headers["Authorization"] == f"Bearer {self.valid}"
        return answer(200, [1]) if valid else answer(401, {})

    def page(self) -> Any:
        page = self.client.page(API, "json")
        return page and page.root


def granted(number: int, **more: Any) -> HttpAnswer:
    return answer(200, {"access_token": f"access-{number}", "expires_in": 3600, **more})


def test_a_busy_token_endpoint_is_waited_for() -> None:
    run = Run(oauth2.Settings(TOKEN), answer(429, {}, {"retry-after": "40"}), answer(503, {}), granted(1))
    assert run.page() == [1]
    assert run.sent == [TOKEN, TOKEN, TOKEN, API.url]
    assert 44 <= run.clock.now - run.started <= 50


def test_a_token_endpoint_that_stays_down_ends_the_run() -> None:
    run = Run(oauth2.Settings(TOKEN), *[answer(503, {})] * 3)
    with pytest.raises(StreamFailed) as raised:
        run.page()
    assert str(raised.value) == "auth.example.com gives no token at present: it answers 503"


def test_a_refused_token_is_renewed_once() -> None:
    run = Run(oauth2.Settings(TOKEN), granted(1), granted(2), granted(3))
    assert run.page() == [1]
    run.valid = "access-2"
    assert run.page() == [1]
    run.valid = "none"
    with pytest.raises(Refused):
        run.page()
    assert run.sent.count(TOKEN) == 3


def test_a_rotated_refresh_token_is_in_the_store() -> None:
    run = Run(refresh_token.Settings(TOKEN), granted(1, refresh_token="refresh-1"))
    assert run.page() == [1]
    assert run.store.values[f"{PATH}/refresh_token"] == "refresh-1"


def test_a_refusal_ends_the_run_with_the_vendors_words() -> None:
    run = Run(oauth2.Settings(TOKEN), answer(401, {"error": "invalid_client"}))
    with pytest.raises(Refused) as raised:
        run.page()
    assert str(raised.value) == "auth.example.com gives no token: it answers 401: invalid_client"
