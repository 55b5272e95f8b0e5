"""Samples: requests as the vendor sends them, shaped by the handler's own code and compared with what is expected.

Beside `samples/<name>.json`, the body (`.txt` where it is no JSON), may stand `<name>.request.json` (method, headers,
query) and stands `<name>.mozdef.json`, the message (a list of them where the source splits), or `<name>.reply.json` for
a challenge.
"""

from __future__ import annotations

import contextlib
import io
import json
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.definition.schemas.sample_notes import refusing_files, sample_notes
from generator.definition.transform_file import describe_error
from generator.errors import GeneratorError, Problem, display_path
from generator.files.line_ends import HOW_TO_FIX
from generator.samples import gateway
from generator.samples.fake_aws import Bucket, Queue, Store
from generator.samples.files import SAMPLE_TIME, SECRET, Sample, error_text, read_file
from generator.samples.vendor import sign_sample
from lambdas.auth_type import OutgoingRequest
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.model import Source, verified_by
from lambdas.reading.paths import Functions, compile_path
from lambdas.reading.request import BY_IAM
from lambdas.receiving.authorize import authorize
from lambdas.receiving.challenges import matching_challenge
from lambdas.receiving.receive import Receiver
from lambdas.runtime.https_url import FetchRefused, is_allowed
from lambdas.runtime.secrets import Secrets

Accepted = Mapping[Path, bytes | None]
"""Files beside samples as this build leaves them: their content, or None where it removes one."""


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
    def expected_part(self) -> str:
        """Which kind of file holds what is expected of it."""
        return "mozdef" if self.reply is None else "reply"

    @property
    def stale_file(self) -> Path | None:
        """The file of the other kind, from when the sample became that."""
        other = self.sample.file("reply" if self.expected_part == "mozdef" else "mozdef")
        return other if other.exists() else None

    def accepted(self) -> dict[Path, bytes | None]:
        """What is to be stored beside the sample, and None for what is to be removed."""
        stale = {self.stale_file: None} if self.stale_file else {}
        return {self.sample.file(self.expected_part): expected_text(self).encode(), **stale}


def shape(source: Source, sample: Sample) -> Shaped:
    """Send the sample through the authorizer and the handler, with a queue and a bucket in memory."""
    learns = matching_challenge(tuple(one for one in source.webhook.challenges if one.store_secret), sample.request)
    # A store that has no secret yet learns the one that a vendor hands over.
    secrets = Secrets("/sample", lambda: Store(lambda _name: () if learns else (SECRET,)))
    queue, kept = Queue(), KeptBucket("kept", Bucket)
    receiver = Receiver(source, secrets, Outbox("queue", queue), kept, clock=lambda: SAMPLE_TIME, fetch=_refuse_fetch)
    sent = sign_sample(source, sample, gateway.URL, lambda _name: (SECRET,), SAMPLE_TIME)
    method, url, headers, body = sent or OutgoingRequest(sample.method, gateway.URL, sample.headers, sample.body)
    event = gateway.event(method, headers, body, url=url, query=sample.query)
    event[BY_IAM] = sent is None
    with contextlib.redirect_stdout(io.StringIO()) as log:
        passes = (
            verified_by(source.webhook) != "authorizer"
            or authorize(source, secrets, event, SAMPLE_TIME)["isAuthorized"]
        )
        response = receiver.respond(event) if passes else {"statusCode": 403}
    said = json.loads(log.getvalue().splitlines()[-1])
    problems = []
    file = display_path(sample.source_file)
    if response["statusCode"] >= 300:
        why = said.get("why", said["message"])
        problems.append(Problem(file, 0, "", f"is answered {response['statusCode']}: {why}"))
    elif said["kept"]:
        problems.append(Problem(file, 0, "", f"becomes no message: {_reason(source, sample, said['why'])}"))
    messages = [json.loads(body) for body in queue.bodies]
    reply = _reply(response) if said["message"] == "challenge answered" else None
    unknown = list(sample_notes(source, sample_events(source, sample))) if source.check and messages else []
    return Shaped(sample, messages, reply, problems, unknown)


def _reason(source: Source, sample: Sample, why: str) -> str:
    """With where to look: a line of transform.py, or the schemas."""
    if why.startswith("transform: transform() raised"):
        return _trace(source, sample)
    return f"{why} ({', '.join(refusing_files(source, sample_events(source, sample)))})" if "schema: " in why else why


def _trace(source: Source, sample: Sample) -> str:
    """Where transform() raised, and what: in AWS the log has none of it, since it may quote the event."""
    try:
        for item, functions in sample_events(source, sample):
            list(source.transform(item, functions.request)) if source.transform else None
    except BaseException as error:  # noqa: BLE001 - the user's own code, which may call sys.exit()
        frame = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{display_path(Path(frame.filename))}:{frame.lineno}: {describe_error(error)}"
        if isinstance(error, KeyboardInterrupt):  # somebody may have had enough of a loop that does not end
            raise GeneratorError(f"{display_path(sample.source_file)}: transform() was interrupted: {said}") from None
        return said
    return "transform() makes something that JSON has no form for"


def compare(made: Shaped) -> list[Problem]:
    """How the sample differs from what is stored beside it."""
    file, problems = made.sample.file(made.expected_part), []
    if made.stale_file:
        kind = "messages" if made.reply is None else "a reply"
        said = f"is stale, since the sample becomes {kind}; if the build is right, --accept removes it"
        problems.append(Problem(display_path(made.stale_file), 0, "", said))
    try:
        stored = json.loads(read_file(file))
    except FileNotFoundError:
        said = "is missing: --accept stores what the build makes of the sample"
        return [*problems, Problem(display_path(file), 0, "", said)]
    except (OSError, ValueError, RecursionError) as error:
        return [*problems, Problem(display_path(file), getattr(error, "lineno", 0), "", error_text(error))]
    differences = list(_differences(stored, _expected_value(made)))
    more = f", and in {len(differences) - 1} more places" if len(differences) > 1 else ""
    said = "if the build is right, --accept stores what it makes"
    if b"\r\n" in made.sample.body:
        said += f"; its body has CRLF, which may come of a checkout: then {HOW_TO_FIX}"
    return problems + [
        Problem(display_path(file), 0, where, f"{what}{more}; {said}") for where, what in differences[:1]
    ]


def expected_text(made: Shaped) -> str:
    """What is stored beside the sample."""
    return json.dumps(_expected_value(made), indent=2, ensure_ascii=False) + "\n"


def sample_events(source: Source, sample: Sample) -> Iterator[tuple[Any, Functions]]:
    """The events in a sample, and what a path may call beside them."""
    root = sample.request.json
    functions = Functions(sample.request, root)
    for item in compile_path(source.events.split)(root, functions) or [] if source.events.split else [root]:
        yield item, functions


def _expected_value(made: Shaped) -> Any:
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


def _refuse_fetch(url: str, hosts: Iterable[str]) -> bytes:
    """What a challenge would call, a build only looks at."""
    if not is_allowed(url, hosts):
        raise FetchRefused("its host is not in the list of allowed hosts")
    return b""
