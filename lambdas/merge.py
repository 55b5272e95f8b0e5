"""Entry point of a pipeline's Invoke action that merges two artifacts, the application's and the configuration's.

It ships alone with `raw_zip`. A job holds credentials: nothing of it is logged but its id and what people are told.
https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
"""

from __future__ import annotations

import json
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import Any, BinaryIO, NamedTuple, Protocol

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lambdas import VERSION
from lambdas.merging.raw_zip import CHUNK, Artifact, Merged, MergeRefused, Tick, merge, safe_path

MIB = 1_048_576
MAX_ARTIFACT = 1_024 * MIB
"""Bytes of an artifact: a source action makes none larger of a Git repository."""
MAX_MESSAGE = 5_000
"""Characters that CodePipeline takes."""
MARGIN = 30_000
"""Milliseconds that are kept for the report. A call to AWS that hangs is over within them, with all its tries."""

_CONFIG = Config(
    signature_version="v4", connect_timeout=3, read_timeout=8, retries={"mode": "standard", "total_max_attempts": 3}
)
# A thread for each part would multiply the memory, and would not hear that the time is over.
_TRANSFER = TransferConfig(use_threads=False, multipart_threshold=64 * MIB, multipart_chunksize=16 * MIB)
_ADVICE = {
    ("read", "AccessDenied"): "the pipeline's role needs s3:GetObject, and kms:Decrypt of its key",
    ("read", "NoSuchKey"): "release the change again, so that its action makes it anew",
    ("written", "AccessDenied"): "the pipeline's role needs s3:PutObject, and kms:GenerateDataKey of its key",
}


class Context(Protocol):
    """What is used of Lambda's."""

    def get_remaining_time_in_millis(self) -> int:
        """Until the function is stopped."""


class _Object(NamedTuple):
    """Where an artifact lies."""

    name: str
    bucket: str
    key: str

    @classmethod
    def of(cls, artifact: Mapping[str, Any]) -> _Object:
        location = artifact["location"]["s3Location"]
        return cls(artifact["name"], location["bucketName"], location["objectKey"])


@cache
def codepipeline_client() -> Any:
    """The function's own."""
    return boto3.client("codepipeline", config=_CONFIG)


def s3_client(credentials: Mapping[str, str]) -> Any:
    """Of the session of the pipeline's role that comes with a job."""
    return boto3.client(
        "s3",
        aws_access_key_id=credentials["accessKeyId"],
        aws_secret_access_key=credentials["secretAccessKey"],
        aws_session_token=credentials["sessionToken"],
        config=_CONFIG.merge(Config(signature_version="s3v4")),
    )


def handler(
    event: Mapping[str, Any],
    context: Context,
    codepipeline: Callable[[], Any] = codepipeline_client,
    s3: Callable[[Mapping[str, str]], Any] = s3_client,
) -> None:
    """Do a job, and tell CodePipeline how it went; ValueError where the event is none."""
    try:
        job = event["CodePipeline.job"]
        job_id: str = job["id"]
    except (KeyError, TypeError):
        raise ValueError("no job of CodePipeline: an Invoke action of a pipeline calls this function") from None
    started = time.monotonic()
    told: dict[str, Any] = {"job": job_id}
    outcome = _outcome(job, _deadline(context), s3, told)
    told["seconds"] = round(time.monotonic() - started, 3)
    # Not within an except clause, whose error a traceback of this one would quote.
    try:
        _report(codepipeline(), job_id, outcome)
    except (BotoCoreError, ClientError) as error:
        _log("ERROR", "not reported", **told, error=_code(error))
        raise
    _log(*(("INFO", "merged") if isinstance(outcome, Merged) else ("ERROR", "failed")), **told)


def _outcome(
    job: Mapping[str, Any], tick: Tick, s3: Callable[[Mapping[str, str]], Any], told: dict[str, Any]
) -> Merged | str:
    """What was merged, or why not; `told` takes what the log says of it."""
    try:
        merged = _merged(job["data"], tick, s3)
    except MergeRefused as refused:
        told["why"] = str(refused)[:MAX_MESSAGE]
    except Exception as error:  # noqa: BLE001 - a job without an answer holds its pipeline up for 20 minutes
        # The error's text may have anything in it, credentials too.
        told["why"] = f"The merge failed unexpectedly: {type(error).__name__}. The function's log says where."
        frames = traceback.extract_tb(error.__traceback__)
        told["where"] = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    else:
        told |= merged._asdict()
        return merged
    return str(told["why"])


def _merged(data: Mapping[str, Any], tick: Tick, s3: Callable[[Mapping[str, str]], Any]) -> Merged:
    *inputs, output = _objects(data)
    folder = _folder(data)
    client = s3(data["artifactCredentials"])
    # None of the files has a name: their space is free again however the function ends.
    with TemporaryFile() as first, TemporaryFile() as second, TemporaryFile() as out:
        for one, file in zip(inputs, (first, second), strict=True):
            _download(client, one, file, first.tell(), tick)
        application, configuration = (
            Artifact(one.name, file) for one, file in zip(inputs, (first, second), strict=True)
        )
        merged = merge(application, configuration, folder, out, tick)
        out.seek(0)
        _upload(client, output, out, data.get("encryptionKey"), tick)
    return merged


def _objects(data: Mapping[str, Any]) -> tuple[_Object, _Object, _Object]:
    """Application, configuration, output."""
    inputs, outputs = data.get("inputArtifacts", ()), data.get("outputArtifacts", ())
    if (len(inputs), len(outputs)) != (2, 1):
        raise MergeRefused(
            "The merge takes 2 input artifacts, the application's and then the configuration's, and makes 1 output "
            f"artifact; the action has {len(inputs)} and {len(outputs)}."
        )
    application, configuration, output = map(_Object.of, (*inputs, *outputs))
    if application.name == configuration.name or application[1:] == configuration[1:]:
        raise MergeRefused(
            f"Both input artifacts are {configuration.name!r}; name the application's and then the configuration's."
        )
    return application, configuration, output


def _folder(data: Mapping[str, Any]) -> str:
    folder = data["actionConfiguration"]["configuration"].get("UserParameters", "").strip()
    if not folder:
        raise MergeRefused(
            "UserParameters is empty; put in it the folder that the configuration goes to, such as config."
        )
    return safe_path(folder, "UserParameters is")


def _download(client: Any, one: _Object, file: BinaryIO, held: int, tick: Tick) -> None:
    """With room left for what it becomes beside the `held` bytes of the other artifact."""
    with _explained(one, "read", tick):
        found = client.get_object(Bucket=one.bucket, Key=one.key)
        size = found["ContentLength"]
        if size > MAX_ARTIFACT:
            raise MergeRefused(f"The artifact {one.name!r} has {size:,} bytes; {MAX_ARTIFACT:,} are the most.")
        if (needed := 2 * size + held) > (free := shutil.disk_usage(gettempdir()).free):
            raise MergeRefused(
                f"The artifact {one.name!r} needs {needed // MIB + 1:,} MiB of disk, and {free // MIB:,} are free; "
                "raise the function's ephemeral storage."
            )
        for chunk in found["Body"].iter_chunks(CHUNK):
            tick()
            file.write(chunk)


def _upload(client: Any, one: _Object, file: BinaryIO, key: Mapping[str, str] | None, tick: Tick) -> None:
    """With the pipeline's key; where it has none, the bucket's default encrypts."""
    extra = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key["id"]} if key else {}
    with _explained(one, "written", tick):
        client.upload_fileobj(file, one.bucket, one.key, extra, lambda _: tick(), _TRANSFER)


@contextmanager
def _explained(one: _Object, done: str, tick: Tick) -> Iterator[None]:
    """What S3 does not do, to people: its code, and what helps."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        tick()  # botocore puts what a callback raises into an error of its own
        code = _code(error)
        advice = _ADVICE.get((done, code), "retry the stage")
        where = f"s3://{one.bucket}/{one.key}"
        raise MergeRefused(f"The artifact {one.name!r} can't be {done} at {where} ({code}); {advice}.") from None


def _deadline(context: Context) -> Tick:
    given = context.get_remaining_time_in_millis()
    margin = min(MARGIN, given // 4)

    def tick() -> None:
        if context.get_remaining_time_in_millis() < margin:
            raise MergeRefused(
                f"The merge took longer than the function's {given / 1_000:.0f} seconds; raise its timeout, or its "
                "memory, which makes it faster, or make the artifacts smaller."
            )

    return tick


def _report(client: Any, job: str, outcome: Merged | str) -> None:
    if isinstance(outcome, Merged):
        summary = f"{outcome.files:,} files, {outcome.bytes:,} bytes"
        client.put_job_success_result(jobId=job, executionDetails={"summary": summary})
    else:
        client.put_job_failure_result(jobId=job, failureDetails={"type": "JobFailed", "message": outcome})


def _code(error: BotoCoreError | ClientError) -> str:
    """AWS's code, or the kind of failure; never the message, which may quote a request."""
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return str(code or type(error).__name__)


def _log(level: str, message: str, **fields: object) -> None:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"timestamp": at, "level": level, "message": message, "version": VERSION, **fields}
    sys.stdout.write(f"{json.dumps(line, separators=(',', ':'))}\n")
