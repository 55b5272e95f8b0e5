"""A sample: a request with a name, as the vendor sends it, or what a vendor's API answers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

from generator.files import regular_file
from generator.samples import gateway
from lambdas.model import OutputName
from lambdas.reading.request import Request

SECRET = "5a" * 24  # signs samples, and nothing else; it is valid hex and base64
EXPECTED_PARTS = (*get_args(OutputName), "reply")
"""The kinds of files that store what a sample becomes: the messages of an output, or the reply to a challenge."""
SAMPLE_TIME = 1_767_225_600.0  # 2026-01-01: the time of every sample in a build


@dataclass(frozen=True)
class Sample:
    """A request with a name; `body` is the bytes that are sent, and `read` the reader of the source's format."""

    name: str
    folder: Path
    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    read: Callable[[Request], Any]

    def file(self, part: str = "") -> Path:
        """Return the sample's file of a part, such as `mozdef`."""
        return self.folder / f"{self.name}{f'.{part}' if part else ''}.json"

    @property
    def source_file(self) -> Path:
        """Return the file that the sample is in, or would be in."""
        files = (self.file(), self.file().with_suffix(".txt"), self.file("request"))
        return next((file for file in files if os.path.lexists(file)), self.file())

    @cached_property
    def request(self) -> Request:
        """Return the request as the handler sees it, without a credential."""
        event = gateway.event(self.method, self.headers, self.body, query=self.query)
        return Request.from_event(event, SAMPLE_TIME, self.read)


def error_text(error: Exception) -> str:
    """Return in words why a file of a sample can't be read."""
    if isinstance(error, OSError):
        return f"can't be read: {error.strerror}"
    if isinstance(error, RecursionError):
        return "is nested too deep"
    return f"is not JSON: {error}" if isinstance(error, json.JSONDecodeError) else str(error)


def read_json(file: Path) -> Any:
    """Return what a file of a sample says; ValueError where it is empty or no JSON."""
    content = read_file(file)
    refuse_empty(content, file.name)
    return json.loads(content)


def refuse_empty(content: bytes, name: str = "") -> None:
    """Raise ValueError where a file, whose content must be JSON, is empty; `name` if it is not the sample's first."""
    if not content.strip():
        raise ValueError(f"{name} is empty" if name else "is empty; it must hold the body that the vendor sends")


def read_file(file: Path) -> bytes:
    """Return the content of a file of a sample; OSError where it can't be read or is too large."""
    return regular_file.read(file, regular_file.MAX_REQUEST_BYTES)
