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
import os
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from generator import gateway, regular_file
from generator.debris import is_debris
from generator.definition import Definition
from generator.errors import GeneratorError, Problem
from generator.fake_aws import Bucket, Queue, Store
from generator.line_ends import MEND
from generator.schemas.samples import notes, refusing
from generator.transform import described
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
from lambdas.paths import Functions, splitter
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
        return next(one for one in files if os.path.lexists(one))

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

    @property
    def stale(self) -> Path | None:
        """The file of the other kind, from when the sample became that."""
        other = self.sample.file("reply" if self.part == "mozdef" else "mozdef")
        return other if other.exists() else None

    def accepted(self) -> dict[Path, bytes | None]:
        """What is to be stored beside the sample, and None for what is to be removed."""
        stale = {self.stale: None} if self.stale else {}
        return {self.sample.file(self.part): text(self).encode(), **stale}


def load(definition: Definition) -> tuple[list[Sample], list[Problem]]:
    """The samples beside a definition, or beside the one that it extends."""
    folder = definition.find("samples")
    if folder is None:
        return [], []
    try:
        there = {file.name for file in folder.iterdir() if not is_debris(file.name)}
    except OSError as error:
        return [], [Problem(shown(folder), 0, "", _said(error))]
    files = {name.rpartition(".")[0] for name in there if name.endswith((".json", ".txt"))}
    names = {name.removesuffix(".request") for name in files if not name.endswith((".mozdef", ".reply"))}
    samples, problems = [], []
    for name in sorted(names):
        try:
            samples.append(_sample(name, folder, reader(definition.source.events)))
        except (OSError, ValueError, RecursionError) as error:
            file = Path(getattr(error, "filename", None) or folder / f"{name}.json")
            problems.append(Problem(shown(file), getattr(error, "lineno", 0), "", _said(error)))
    left = [
        f"{name}.json"
        for name in files
        if name.endswith((".mozdef", ".reply")) and name.rpartition(".")[0] not in names
    ]
    left += [name for name in there if not name.endswith((".json", ".txt")) and not name.startswith(".git")]
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


def _read(file: Path) -> bytes:
    return regular_file.read(file, regular_file.MAX_REQUEST)


def _sample(name: str, folder: Path, read: Callable[[Request], Any]) -> Sample:
    body, raw, request = (folder / f"{name}{end}" for end in (".json", ".txt", ".request.json"))
    if os.path.lexists(body) and os.path.lexists(raw):
        raise ValueError(f"{name}.txt is its body too: one of them is too much")
    head = json.loads(_read(request)) if os.path.lexists(request) else {}
    if not isinstance(head, dict) or set(head) - {"method", "headers", "query"}:
        raise ValueError(f"{name}.request.json has other keys than method, headers and query")
    texts = [value for part in ("headers", "query") for value in _members(head.get(part, {}))]
    if not all(isinstance(value, str) and _is_text(value) for value in [head.get("method", "POST"), *texts]):
        raise ValueError(f"{name}.request.json: method is text, headers and query have texts")
    sent = b""
    if os.path.lexists(body):
        sent = _read(body)
        json.loads(sent)
    elif os.path.lexists(raw):
        # As sent, but for the line break that an editor puts at the end of a file.
        sent = _read(raw).removesuffix(b"\n").removesuffix(b"\r")
    kind = {} if os.path.lexists(raw) else {"content-type": "application/json"}
    headers = {**kind, **{name.lower(): value for name, value in head.get("headers", {}).items()}}
    if headers.get("content-encoding") == "gzip" and not sent.startswith(_GZIP):
        # Without compressing: versions of zlib differ, and a hash may be the event's id.
        sent = gzip.compress(sent, compresslevel=0, mtime=0)
    return Sample(name, folder, head.get("method", "POST"), headers, head.get("query", {}), sent, read)


def shape(source: Source, sample: Sample) -> Shaped:
    """Send the sample through the authorizer and the handler, with a queue and a bucket in memory."""
    learns = matching(tuple(one for one in source.webhook.challenges if one.store_secret), sample.request)
    # A store that has no secret yet learns the one that a vendor hands over.
    secrets = Secrets("/sample", lambda: Store(lambda _name: () if learns else (SECRET,)))
    queue, kept = Queue(), Kept("kept", Bucket)
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
    messages = [json.loads(body) for body in queue.bodies]
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
    except BaseException as error:  # noqa: BLE001 - the user's own code, which may call sys.exit()
        frame = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{shown(Path(frame.filename))}:{frame.lineno}: {described(error)}"
        if isinstance(error, KeyboardInterrupt):  # somebody may have had enough of a loop that does not end
            raise GeneratorError(f"{shown(sample.source_file)}: transform() was interrupted: {said}") from None
        return said
    return "transform() makes something that JSON has no form for"


def compare(made: Shaped) -> list[Problem]:
    """How the sample differs from what is stored beside it."""
    file, problems = made.sample.file(made.part), []
    if made.stale:
        kind = "messages" if made.reply is None else "a reply"
        said = f"is stale, since the sample becomes {kind}; if the build is right, --accept removes it"
        problems.append(Problem(shown(made.stale), 0, "", said))
    try:
        stored = json.loads(_read(file))
    except FileNotFoundError:
        said = "is missing: --accept stores what the build makes of the sample"
        return [*problems, Problem(shown(file), 0, "", said)]
    except (OSError, ValueError, RecursionError) as error:
        return [*problems, Problem(shown(file), getattr(error, "lineno", 0), "", _said(error))]
    differences = list(_differences(stored, _expected(made)))
    more = f", and in {len(differences) - 1} more places" if len(differences) > 1 else ""
    said = "if the build is right, --accept stores what it makes"
    if b"\r\n" in made.sample.body:
        said += f"; its body has CRLF, which may come of a checkout: then {MEND}"
    return problems + [Problem(shown(file), 0, where, f"{what}{more}; {said}") for where, what in differences[:1]]


def text(made: Shaped) -> str:
    """What is stored beside the sample."""
    return json.dumps(_expected(made), indent=2, ensure_ascii=False) + "\n"


def items(source: Source, sample: Sample) -> Iterator[tuple[Any, Functions]]:
    """The events in a sample, and what a path may call beside them."""
    root = sample.request.json
    functions = Functions(sample.request, root)
    for item in splitter(source.events.split)(root, functions) or []:
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
