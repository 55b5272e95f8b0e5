"""Samples: requests as the vendor sends them, shaped by the handler's own code and compared with what is expected.

Beside `samples/<name>.json`, the body (`.txt` where it is no JSON), may stand `<name>.request.json` (method, headers,
query) and stands `<name>.mozdef.json`, the message (a list of them where the source splits), or `<name>.reply.json` for
a challenge.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from generator import gateway
from generator.definition import Definition
from generator.errors import Problem
from generator.schemas.samples import notes, refusing
from generator.vendor import as_sent
from generator.yaml_nodes import shown
from lambdas.auth import Sent
from lambdas.authorize import authorized
from lambdas.challenges import matching
from lambdas.fetch import Refused, allowed
from lambdas.formats import reader
from lambdas.kept import Kept
from lambdas.model import Source, verified_by
from lambdas.outbox import Outbox
from lambdas.paths import Functions, compiled
from lambdas.receive import Receiver
from lambdas.request import BY_IAM, Request
from lambdas.secrets import Secrets

SECRET = "5a" * 24  # samples are signed with it, and nothing else; it is hex and base64 too
_GZIP = b"\x1f\x8b"
NOW = 1_767_225_600.0  # 2026-01-01, whenever it is built


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
        """The file that the sample is in."""
        files = (self.file(), self.file().with_suffix(".txt"), self.file("request"))
        return next(one for one in files if one.exists())

    @cached_property
    def request(self) -> Request:
        """The request as the handler sees it, without a credential."""
        event = gateway.event(self.method, self.headers, self.body, query=self.query)
        return Request.from_event(event, NOW, self.read)


@dataclass(frozen=True)
class Shaped:
    """What became of a sample: messages, or a reply where it is a challenge."""

    sample: Sample
    messages: list[dict[str, Any]]
    reply: dict[str, Any] | None
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What the source's JSON Schemas do not know of it."""

    @property
    def part(self) -> str:
        """Which kind of file holds what is expected of it."""
        return "mozdef" if self.reply is None else "reply"


def load(definition: Definition) -> tuple[list[Sample], list[Problem]]:
    """The samples beside a definition, or beside the one that it extends."""
    folder = definition.find("samples")
    if folder is None:
        return [], []
    there = {file.name for file in folder.iterdir()}
    files = {name.rpartition(".")[0] for name in there if name.endswith((".json", ".txt"))}
    names = {name.removesuffix(".request") for name in files if not name.endswith((".mozdef", ".reply"))}
    samples, problems = [], []
    for name in sorted(names):
        try:
            samples.append(_sample(name, folder, reader(definition.source.events)))
        except (OSError, ValueError, RecursionError) as error:
            problems.append(Problem(shown(folder / f"{name}.json"), getattr(error, "lineno", 0), "", _said(error)))
    left = [
        f"{name}.json"
        for name in files
        if name.endswith((".mozdef", ".reply")) and name.rpartition(".")[0] not in names
    ]
    left += [name for name in there if not name.endswith((".json", ".txt")) and not name.startswith(".")]
    problems += [Problem(shown(folder / name), 0, "", "belongs to no sample", warning=True) for name in sorted(left)]
    return samples, problems


def _is_text(value: str) -> bool:
    """Not so is a lone surrogate, which JSON can write and no request can carry."""
    return value.isprintable() or value.encode("utf-8", "ignore").decode() == value


def _members(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else [None]


def _said(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"can't be read: {error.strerror}"
    if isinstance(error, RecursionError):
        return "is nested too deep"
    return f"is not JSON: {error}" if isinstance(error, json.JSONDecodeError) else str(error)


def _sample(name: str, folder: Path, read: Callable[[Request], Any]) -> Sample:
    body, raw, request = (folder / f"{name}{end}" for end in (".json", ".txt", ".request.json"))
    if body.exists() and raw.exists():
        raise ValueError(f"{name}.txt is its body too: one of them is too much")
    head = json.loads(request.read_bytes()) if request.exists() else {}
    if not isinstance(head, dict) or set(head) - {"method", "headers", "query"}:
        raise ValueError(f"{name}.request.json has other keys than method, headers and query")
    texts = [value for part in ("headers", "query") for value in _members(head.get(part, {}))]
    if not all(isinstance(value, str) and _is_text(value) for value in [head.get("method", "POST"), *texts]):
        raise ValueError(f"{name}.request.json: method is text, headers and query have texts")
    sent = b""
    if body.exists():
        sent = body.read_bytes()
        json.loads(sent)
    elif raw.exists():
        # As sent, but for the line break that an editor puts at the end of a file.
        sent = raw.read_bytes().removesuffix(b"\n")
    kind = {} if raw.exists() else {"content-type": "application/json"}
    headers = {**kind, **{name.lower(): value for name, value in head.get("headers", {}).items()}}
    if headers.get("content-encoding") == "gzip" and not sent.startswith(_GZIP):
        # Without compressing: versions of zlib differ, and a hash may be the event's id.
        sent = gzip.compress(sent, compresslevel=0, mtime=0)
    return Sample(name, folder, head.get("method", "POST"), headers, head.get("query", {}), sent, read)


def shape(source: Source, sample: Sample) -> Shaped:
    """Send the sample through the authorizer and the handler, with a queue and a bucket in memory."""
    learns = matching(tuple(one for one in source.webhook.challenges if one.store_secret), sample.request)
    secrets = Secrets("/sample", _Learning if learns else _Store)
    queue, bucket = _Queue(), _Bucket()
    kept = Kept("kept", lambda: bucket)
    receiver = Receiver(source, secrets, Outbox("queue", queue), kept, clock=lambda: NOW, fetch=_not_called)
    sent = as_sent(source, sample, gateway.URL, lambda _name: (SECRET,), NOW)
    method, url, headers, body = sent or Sent(sample.method, gateway.URL, sample.headers, sample.body)
    event = gateway.event(method, headers, body, url=url, query=sample.query)
    event[BY_IAM] = sent is None
    with contextlib.redirect_stdout(io.StringIO()) as log:
        passes = verified_by(source.webhook) != "authorizer" or authorized(source, secrets, event, NOW)["isAuthorized"]
        response = receiver.respond(event) if passes else {"statusCode": 403}
    said = json.loads(log.getvalue().splitlines()[-1])
    problems = []
    file = shown(sample.source_file)
    if response["statusCode"] >= 300:
        why = said.get("why", said["message"])
        problems.append(Problem(file, 0, "", f"is answered {response['statusCode']}: {why}"))
    elif said["kept"]:
        problems.append(Problem(file, 0, "", f"becomes no message: {_why(source, sample, said['why'])}"))
    messages = [json.loads(entry["MessageBody"]) for entry in queue.entries]
    reply = _reply(response) if said["message"] == "challenge answered" else None
    unknown = list(notes(source, items(source, sample))) if source.check and messages else []
    return Shaped(sample, messages, reply, problems, unknown)


def _why(source: Source, sample: Sample, why: str) -> str:
    """With where to look: a line of transform.py, or the schemas."""
    if why.startswith("transform: transform() raised"):
        return _trace(source, sample)
    return f"{why} ({', '.join(refusing(source, items(source, sample)))})" if "schema: " in why else why


def _trace(source: Source, sample: Sample) -> str:
    """Where transform() raised, and what: in AWS the log has none of it, since it may quote the event."""
    try:
        for item, functions in items(source, sample):
            list(source.transform(item, functions.request)) if source.transform else None
    except Exception as error:  # noqa: BLE001 - the user's own code
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return f"{shown(Path(frame.filename))}:{frame.lineno}: {type(error).__name__}: {error}"
    return "transform() makes something that JSON has no form for"


def compare(made: Shaped) -> list[Problem]:
    """How the sample differs from what is stored beside it."""
    file = made.sample.file(made.part)
    try:
        stored = json.loads(file.read_bytes())
    except FileNotFoundError:
        return [Problem(shown(file), 0, "", "is missing: --accept stores what the build makes of the sample")]
    except (OSError, ValueError, RecursionError) as error:
        return [Problem(shown(file), getattr(error, "lineno", 0), "", _said(error))]
    differences = list(_differences(stored, _expected(made)))
    more = f", and in {len(differences) - 1} more places" if len(differences) > 1 else ""
    said = "if the build is right, --accept stores what it makes"
    return [Problem(shown(file), 0, where, f"{what}{more}; {said}") for where, what in differences[:1]]


def text(made: Shaped) -> str:
    """What is stored beside the sample."""
    return json.dumps(_expected(made), indent=2, ensure_ascii=False) + "\n"


def items(source: Source, sample: Sample) -> Iterator[tuple[Any, Functions]]:
    """The events in a sample, and what a path may call beside them."""
    root = sample.request.json
    functions = Functions(sample.request, root)
    for item in compiled(source.events.split)(root, functions) or [] if source.events.split else [root]:
        yield item, functions


def _expected(made: Shaped) -> Any:
    if made.reply is not None:
        return made.reply
    return made.messages[0] if len(made.messages) == 1 else made.messages


def _reply(response: Mapping[str, Any]) -> dict[str, Any]:
    try:
        body = json.loads(response["body"])
    except ValueError:
        body = response["body"]
    return {"status": response["statusCode"], "headers": response["headers"], "body": body}


def _differences(stored: Any, made: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if stored == made:
        return
    if isinstance(stored, dict) and isinstance(made, dict):
        for key in [*stored, *(key for key in made if key not in stored)]:
            yield from _differences(stored.get(key), made.get(key), f"{where}.{key}" if where else str(key))
    elif isinstance(stored, list) and isinstance(made, list) and len(stored) == len(made):
        for index, (one, other) in enumerate(zip(stored, made, strict=True)):
            yield from _differences(one, other, f"{where}[{index}]")
    else:
        yield where, f"{_short(stored)} is stored, and the build makes {_short(made)}"


def _short(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 80 else f"{shown[:79]}…"


def _not_called(url: str, hosts: Iterable[str]) -> bytes:
    """What a challenge would call, a build only looks at."""
    if not allowed(url, hosts):
        raise Refused("it is not at a host that may be asked")
    return b""


class _Store:
    def get_parameters(self, Names: list[str], **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return {"Parameters": [{"Name": Names[0], "Value": SECRET}]}


class _Learning:
    """A store that has no secret yet: what a vendor hands over is learned."""

    def get_parameters(self, **_: object) -> dict[str, Any]:
        return {"Parameters": []}

    def put_parameter(self, **_: object) -> None:
        """It is stored."""


class _Queue:
    def __init__(self) -> None:
        self.entries: list[dict[str, str]] = []

    def send_message_batch(self, Entries: list[dict[str, str]], **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's name
        self.entries += Entries
        return {}


class _Bucket:
    def __init__(self) -> None:
        self.keys: list[str] = []

    def put_object(self, Key: str, **_: object) -> None:  # noqa: N803 - boto3's name
        self.keys.append(Key)
