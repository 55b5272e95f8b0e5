"""A source that runs in the emulator, as the outside sees it: an endpoint, a queue, a bucket."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import randbelow
from types import MappingProxyType
from typing import Any, TypeVar

import pytest
import urllib3

from generator.local.emulator import Emulator
from generator.local.running import SourceFollower

T = TypeVar("T")

HELPER_BUCKET = "helper-bucket"
SECRET = "secretValueTest"


def sign_in(monkeypatch: pytest.MonkeyPatch, settings: Mapping[str, str]) -> None:
    """Have these in the environment, as a user of the commands has an account's, and no others."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**settings, "NO_PROXY": "*"}.items():
        monkeypatch.setenv(name, value)


@dataclass(frozen=True)
class Service:
    emulator: Emulator
    outputs: Mapping[str, str]
    followed: SourceFollower
    http: urllib3.PoolManager
    s3: Any

    @classmethod
    def deploy(
        cls, emulator: Emulator, stack: str, template: str, parameters: Mapping[str, str] = MappingProxyType({})
    ) -> Service:
        outputs = emulator.deploy(stack, template, {"HelperBucket": HELPER_BUCKET, **parameters})
        bundle = str(emulator.ca_bundle) if emulator.ca_bundle else None
        http = urllib3.PoolManager(ca_certs=bundle, retries=False, timeout=30)
        return cls(emulator, outputs, SourceFollower(emulator, outputs, stack), http, emulator.client("s3"))

    def call(self, method: str, body: bytes | None, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        sent = {"content-type": "application/json", **headers}
        return self.http.request(method, self.emulator.invoke_url(self.outputs), body=body, headers=sent)

    def post(self, body: bytes, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        return self.call("POST", body, headers)

    def arrived(self) -> list[dict[str, Any]]:
        """The messages on the queue, which is empty then. An answer is given only once they are there."""
        messages: list[dict[str, Any]] = []
        while batch := list(self.followed.messages()):
            messages += batch
        return messages

    def kept(self) -> dict[str, bytes]:
        """The objects that were put into the Kept bucket since the last time."""
        bucket = self.outputs["KeptBucket"]
        return {key: self.s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in self.followed.kept()}


def free_port() -> int:
    """A port that nothing listens on: one of those below the ones that a system gives out by itself meanwhile."""
    while True:
        port = 20_000 + randbelow(12_000)
        with socket.socket() as free, suppress(OSError):
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", port))
            return port


def eventually(look: Callable[[], T], seconds: float = 20) -> T:
    """What is seen as soon as there is something to see, or else at the end."""
    deadline = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return seen


def template(build: Path, name: str) -> str:
    return (build / name / "event-source.json").read_text(encoding="utf-8")
