"""A pulled source in the emulator: its stand-in vendor, its time, its puller, and what is on its queue."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from generator.local.emulator import Emulator
from generator.local.running import SourceFollower
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from tests.emulator.acting import Acting
from tests.emulator.service import HELPER_BUCKET, template
from tests.pulling.vendor import Clock, Vendor, answer_of

HOST, TOKEN_HOST = "api.acme.example", "auth.acme.example"
DEFINITION = """\
description: Audit log of Acme
pull:
  url: https://api.acme.example/v1
  credentials: {bearer: {}}
  every: 24h
  rate: {requests: 1000, per: 1m}
  streams:
    audit:
      get: /events
      query: {from: "{from}", to: "{to}", cursor: "{cursor}"}
      paging: {cursor: {at: next}}
      resume: time
      window: {first: 1h, lag: 10s, overlap: 60s, longest: 90d, format: unix}
events: {split: items, id: id, type: type, time: at, time_format: unix, require: [type]}
facts: {summary: "acme: {type}"}
"""
ROTATING = DEFINITION.replace("{bearer: {}}", "{refresh_token: {url: 'https://auth.acme.example/token'}}")


@dataclass
class Acme:
    """The vendor: `events` by time, for whoever has `token`; its token endpoint ends a refresh token with each use."""

    token: str = "first"
    refresh_token: str = "refresh-1"
    vendor: Vendor = field(default_factory=lambda: Vendor(Clock()))
    asked: list[HttpRequest] = field(default_factory=list)
    refused: int = 0

    def answer(self, request: HttpRequest) -> HttpAnswer:
        url = urlsplit(request.url)
        if url.hostname == TOKEN_HOST:
            return self._renew(dict(parse_qsl(request.body.decode())))
        self.asked.append(request)
        if request.headers.get("authorization") != f"Bearer {self.token}":
            self.refused += 1
            return answer_of({"error": "who are you?"}, 401)
        return self.vendor.page({name: values[0] for name, values in parse_qs(url.query).items()})

    def _renew(self, form: dict[str, str]) -> HttpAnswer:
        if form["refresh_token"] != self.refresh_token:
            return answer_of({"error": "invalid_grant"}, 400)
        number = int(self.refresh_token.rpartition("-")[2]) + 1
        self.refresh_token, self.token = f"refresh-{number}", f"access-{number}"
        return answer_of({"access_token": self.token, "refresh_token": self.refresh_token, "expires_in": 3_600})


@dataclass
class Pulled:
    """A pulled source, deployed."""

    emulator: Emulator
    stack: str
    outputs: Mapping[str, str]
    followed: SourceFollower
    s3: Any

    @classmethod
    def find(cls, emulator: Emulator, stack: str) -> Pulled:
        """Find a stack that is deployed."""
        outputs = emulator.outputs(stack)
        return cls(emulator, stack, outputs, SourceFollower(emulator, outputs, stack), emulator.client("s3"))

    @classmethod
    def deploy(cls, emulator: Emulator, stack: str, build: Path, name: str, **parameters: str) -> Pulled:
        """Deploy the template of a build, whose code is in the helper bucket."""
        emulator.deploy(stack, template(build, name), {"HelperBucket": HELPER_BUCKET, **parameters})
        return cls.find(emulator, stack)

    def run(self) -> dict[str, Any]:
        """Run the puller: what it answers; `errorMessage` where it fails."""
        return self.invoke("Puller")

    def invoke(self, title: str) -> dict[str, Any]:
        """Call a function of the source, as its schedule does."""
        answer: dict[str, Any] = self.acting(title).invoke({})
        return answer

    def acting(self, title: str = "Puller") -> Acting:
        """A function whose permissions can be taken away."""
        return Acting.of(self, self.emulator, self.stack, title)

    def arrived(self) -> list[dict[str, Any]]:
        """The messages on the queue, which is empty then."""
        return list(self._messages())

    def ids(self) -> list[str]:
        """The vendor's ids of the messages on the queue, which is empty then."""
        return [
            tag.removeprefix("id:") for message in self.arrived() for tag in message["tags"] if tag.startswith("id:")
        ]

    def position(self, stream: str = "audit") -> dict[str, Any]:
        """How far a stream is read; empty where that is nowhere."""
        table, dynamodb = self.outputs["PositionsTable"], self.emulator.client("dynamodb")
        item = dynamodb.get_item(TableName=table, Key={"id": {"S": f"position#{stream}"}}).get("Item")
        return json.loads(item["state"]["S"]) if item else {}

    def log(self, message: str) -> list[dict[str, Any]]:
        """The new lines of the log with this message."""
        return [line for line in self.followed.log() if line["message"] == message]

    def _messages(self) -> Iterator[dict[str, Any]]:
        while batch := list(self.followed.messages()):
            yield from batch
