"""Samples: requests as the vendor sends them, shaped by the handler's own code and compared with what is expected.

Beside `samples/<name>.json`, the body (`.txt` where it is no JSON), may stand `<name>.request.json` (method, headers,
query) and stands `<name>.mozdef.json`, the message (a list of them where the source splits), or `<name>.reply.json` for
a challenge.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.definition.read import Definition
from generator.errors import Problem, display_path
from generator.files import regular_file
from generator.files.debris import is_debris
from generator.samples import gateway
from lambdas.reading.formats import body_reader
from lambdas.reading.request import Request

SECRET = "5a" * 24  # samples are signed with it, and nothing else; it is hex and base64 too
_GZIP = b"\x1f\x8b"
SAMPLE_TIME = 1_767_225_600.0  # 2026-01-01, whenever it is built


@dataclass(frozen=True)
class Sample:
    """A request by its name; `body` is the bytes that are sent."""

    name: str
    folder: Path
    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    def file(self, part: str = "") -> Path:
        """The sample's file of this part."""
        return self.folder / f"{self.name}{f'.{part}' if part else ''}.json"

    read: Callable[[Request], Any]

    @property
    def source_file(self) -> Path:
        """The file that the sample is in, or would be in."""
        files = (self.file(), self.file().with_suffix(".txt"), self.file("request"))
        return next((one for one in files if os.path.lexists(one)), self.file())

    @cached_property
    def request(self) -> Request:
        """The request as the handler sees it, without a credential."""
        event = gateway.event(self.method, self.headers, self.body, query=self.query)
        return Request.from_event(event, SAMPLE_TIME, self.read)


def load_samples(definition: Definition) -> tuple[list[Sample], list[Problem]]:
    """The samples beside a definition, or beside the one that it extends."""
    folder = definition.find("samples")
    if folder is None:
        return [], []
    try:
        there = {file.name for file in folder.iterdir() if not is_debris(file.name)}
    except OSError as error:
        return [], [Problem(display_path(folder), 0, "", error_text(error))]
    files = {name.rpartition(".")[0] for name in there if name.endswith((".json", ".txt"))}
    names = {name.removesuffix(".request") for name in files if not name.endswith((".mozdef", ".reply"))}
    samples, problems = [], []
    for name in sorted(names):
        try:
            samples.append(_read_sample(name, folder, body_reader(definition.source.events)))
        except (OSError, ValueError, RecursionError) as error:
            file = Path(getattr(error, "filename", None) or folder / f"{name}.json")
            problems.append(Problem(display_path(file), getattr(error, "lineno", 0), "", error_text(error)))
    left = [
        f"{name}.json"
        for name in files
        if name.endswith((".mozdef", ".reply")) and name.rpartition(".")[0] not in names
    ]
    left += [name for name in there if not name.endswith((".json", ".txt")) and not name.startswith(".git")]
    problems += [
        Problem(display_path(folder / name), 0, "", "belongs to no sample", warning=True) for name in sorted(left)
    ]
    return samples, problems


def _is_text(value: str) -> bool:
    """Not so is a lone surrogate, which JSON can write and no request can carry."""
    return value.isprintable() or value.encode("utf-8", "ignore").decode() == value


def _members(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else [None]


def error_text(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"can't be read: {error.strerror}"
    if isinstance(error, RecursionError):
        return "is nested too deep"
    return f"is not JSON: {error}" if isinstance(error, json.JSONDecodeError) else str(error)


def read_file(file: Path) -> bytes:
    return regular_file.read(file, regular_file.MAX_REQUEST_BYTES)


def _read_sample(name: str, folder: Path, read: Callable[[Request], Any]) -> Sample:
    body, raw, request = (folder / f"{name}{end}" for end in (".json", ".txt", ".request.json"))
    if os.path.lexists(body) and os.path.lexists(raw):
        raise ValueError(f"{name}.txt is its body too: one of them is too much")
    head = json.loads(read_file(request)) if os.path.lexists(request) else {}
    if not isinstance(head, dict) or set(head) - {"method", "headers", "query"}:
        raise ValueError(f"{name}.request.json has other keys than method, headers and query")
    texts = [value for part in ("headers", "query") for value in _members(head.get(part, {}))]
    if not all(isinstance(value, str) and _is_text(value) for value in [head.get("method", "POST"), *texts]):
        raise ValueError(f"{name}.request.json: method is text, headers and query have texts")
    sent = b""
    if os.path.lexists(body):
        sent = read_file(body)
        json.loads(sent)
    elif os.path.lexists(raw):
        # As sent, but for the line break that an editor puts at the end of a file.
        sent = read_file(raw).removesuffix(b"\n").removesuffix(b"\r")
    kind = {} if os.path.lexists(raw) else {"content-type": "application/json"}
    headers = {**kind, **{name.lower(): value for name, value in head.get("headers", {}).items()}}
    if headers.get("content-encoding") == "gzip" and not sent.startswith(_GZIP):
        # Without compressing: versions of zlib differ, and a hash may be the event's id.
        sent = gzip.compress(sent, compresslevel=0, mtime=0)
    return Sample(name, folder, head.get("method", "POST"), headers, head.get("query", {}), sent, read)
