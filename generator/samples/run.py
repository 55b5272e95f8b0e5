"""Send a sample through the handler's own code, with AWS in memory: the messages, or the reply, that it becomes."""

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
from generator.samples import gateway
from generator.samples.fake_aws import Bucket, Queue, Store
from generator.samples.sample import EXPECTED_PARTS, SAMPLE_TIME, Sample
from generator.samples.vendor import sample_secrets, sign_sample
from lambdas.auth_type import OutgoingRequest
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.model import Source, verified_by
from lambdas.reading.paths import Functions, split_path
from lambdas.reading.request import BY_IAM
from lambdas.receiving.authorize import authorize
from lambdas.receiving.challenges import matching_challenge
from lambdas.receiving.receive import Receiver
from lambdas.runtime.http_types import FetchRefused
from lambdas.runtime.https_url import is_allowed
from lambdas.runtime.secrets import Secrets


@dataclass(frozen=True)
class Shaped:
    """A sample with the messages that it becomes, or with the reply where it is a challenge."""

    sample: Sample
    messages: list[dict[str, Any]]
    reply: dict[str, Any] | None
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Fields and values that the source's JSON Schemas do not know."""
    requests: str | None = None
    """What the vendor's API is asked, a line for each request, where the source is pulled."""
    output: str = "mozdef"
    """The output that makes the messages."""

    @property
    def expected_part(self) -> str:
        """Return the kind of the file that stores what the sample becomes: the output's name, or reply."""
        return self.output if self.reply is None else "reply"

    @property
    def stale_files(self) -> list[Path]:
        """Return the files of other kinds that exist: they are left from when the sample became that."""
        others = (self.sample.file(part) for part in EXPECTED_PARTS if part != self.expected_part)
        return [other for other in others if other.exists()]


def shape(source: Source, sample: Sample) -> Shaped:
    """Send a sample through the authorizer and the handler, or the puller, with AWS in memory."""
    if source.pull:
        return _shape_pulled(source, sample)
    stores_secret = matching_challenge(
        tuple(challenge for challenge in source.endpoint.challenges if challenge.store_secret), sample.request
    )
    stored = sample_secrets(source.endpoint)
    # While a challenge hands the secret over, the store has none yet.
    secrets = Secrets("/sample", lambda: Store(lambda name: () if stores_secret else (stored[name],)))
    queue, kept = Queue(), KeptBucket("kept", Bucket)
    receiver = Receiver(source, secrets, Outbox("queue", queue), kept, clock=lambda: SAMPLE_TIME, fetch=_refuse_fetch)
    signed = sign_sample(source, sample, gateway.URL, lambda name: (stored[name],), SAMPLE_TIME)
    method, url, headers, body = signed or OutgoingRequest(sample.method, gateway.URL, sample.headers, sample.body)
    event = gateway.event(method, headers, body, url=url, query=sample.query)
    event[BY_IAM] = signed is None
    with contextlib.redirect_stdout(io.StringIO()) as log:
        passes = (
            verified_by(source.endpoint) != "authorizer"
            or authorize(source, secrets, event, SAMPLE_TIME)["isAuthorized"]
        )
        response = receiver.respond(event) if passes else {"statusCode": 403}
    log_line = json.loads(log.getvalue().splitlines()[-1])
    problems = []
    file = display_path(sample.source_file)
    if response["statusCode"] >= 300:
        reason = log_line.get("why", log_line["message"])
        problems.append(Problem(file, 0, "", f"is answered {response['statusCode']}: {reason}"))
    elif log_line["kept"]:
        problems.append(Problem(file, 0, "", f"becomes no message: {_reason(source, sample, log_line['why'])}"))
    messages = [json.loads(body) for body in queue.bodies]
    reply = _reply(response) if log_line["message"] == "challenge answered" else None
    unknown = list(sample_notes(source, sample_events(source, sample))) if source.check and messages else []
    return Shaped(sample, messages, reply, problems, unknown, output=source.output)


def _shape_pulled(source: Source, sample: Sample) -> Shaped:
    from generator.samples import pulled
    from generator.samples.pulled_files import PullSample

    assert isinstance(sample, PullSample)  # noqa: S101 - load_samples() reads no other for a pulled source
    report, messages, requests = pulled.play(source, sample)
    lines = "".join(f"{line}\n" for line in requests)
    return Shaped(sample, messages, None, pulled.problems(sample, report), requests=lines, output=source.output)


def _reason(source: Source, sample: Sample, reason: str) -> str:
    """Return the handler's reason with the place to look at: a line of transform.py, or the schemas."""
    if reason.startswith("transform: transform() raised"):
        return _trace(source, sample)
    return (
        f"{reason} ({', '.join(refusing_files(source, sample_events(source, sample)))})"
        if "schema: " in reason
        else reason
    )


def _trace(source: Source, sample: Sample) -> str:
    """Return where transform() raised, and the error, which the log in AWS leaves out since it may quote the event."""
    try:
        for item, _ in sample_events(source, sample):
            list(source.transform(item, sample.request)) if source.transform else None
    except BaseException as error:  # noqa: BLE001 - the user's own code, which may call sys.exit()
        frame = traceback.extract_tb(error.__traceback__)[-1]
        location = f"{display_path(Path(frame.filename))}:{frame.lineno}: {describe_error(error)}"
        if isinstance(error, KeyboardInterrupt):  # Ctrl-C, perhaps since a loop does not end
            raise GeneratorError(
                f"{display_path(sample.source_file)}: transform() was interrupted: {location}"
            ) from None
        return location
    return "transform() makes something that JSON has no form for"


def sample_events(source: Source, sample: Sample) -> Iterator[tuple[Any, Functions]]:
    """Yield each event in a sample with the functions that a path may call."""
    if source.pull:
        from generator.samples.pulled import sample_events as pulled_events

        yield from pulled_events(source.pull, sample)
        return
    root = sample.request.json
    functions = Functions(sample.request, root)
    for item in split_path(source.events.split)(root, functions) or []:
        yield item, functions


def _reply(response: Mapping[str, Any]) -> dict[str, Any]:
    try:
        body = json.loads(response["body"])
    except ValueError:
        body = response["body"]
    return {"status": response["statusCode"], "headers": response["headers"], "body": body}


def _refuse_fetch(url: str, hosts: Iterable[str]) -> bytes:
    """Check the URL that a challenge would fetch; a build fetches nothing."""
    if not is_allowed(url, hosts):
        raise FetchRefused("its host is not in the list of allowed hosts")
    return b""
