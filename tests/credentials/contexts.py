"""A Parameter Store, a process with its memory, and a vendor's token endpoint, for tests of credentials types."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from lambdas.credential_type import Token
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from lambdas.runtime.secrets import NoSecret

NOW = 1_790_000_000.0
API = HttpRequest("GET", "https://api.example.com/v1/events?limit=100", {"accept": "application/json"})
Vendor = Callable[[HttpRequest], HttpAnswer]


class Process:
    """A function's process: it remembers tokens and secrets, and shares the store with other processes."""

    def __init__(self, store: dict[str, str], vendor: Vendor | None = None) -> None:
        self.store = store
        self.vendor = vendor
        self.tokens: dict[str, Token] = {}
        self.remembered: dict[str, str] = {}
        self.time = NOW
        self.asked: list[HttpRequest] = []

    def secret(self, name: str) -> str:
        return self.remembered[name] if name in self.remembered else self.fresh_secret(name)

    def fresh_secret(self, name: str) -> str:
        if not self.store.get(name):
            raise NoSecret(name)
        self.remembered[name] = self.store[name].strip()
        return self.remembered[name]

    def replace_secret(self, name: str, value: str) -> None:
        self.store[name] = self.remembered[name] = value

    def ask(self, request: HttpRequest) -> HttpAnswer:
        self.asked.append(request)
        assert self.vendor, "this type asks nobody"
        return self.vendor(request)

    def now(self) -> float:
        return self.time


def answer(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpAnswer:
    return HttpAnswer(status, headers or {}, json.dumps(document).encode())


def granting(*documents: dict[str, Any]) -> Vendor:
    """A token endpoint that gives each of these in turn, and by default tokens `access-1`, `access-2` for an hour."""
    given = iter(documents or _tokens())
    return lambda _request: answer(next(given))


def _tokens() -> Iterator[dict[str, Any]]:
    number = 0
    while True:
        number += 1
        yield {"access_token": f"access-{number}", "token_type": "Bearer", "expires_in": 3600}


def form_of(request: HttpRequest) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True))
