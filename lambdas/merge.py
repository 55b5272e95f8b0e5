"""Entry point of the pipeline's merge function: merge the application's and the configuration's artifact.

Its zip holds only this module and `merging/`. A job holds credentials: only its id and our own messages are logged.
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
from lambdas.merging.raw_zip import CHUNK, Artifact, DeadlineCheck, Merged, MergeRefused, merge, safe_path

MIB = 1_048_576
MAX_ARTIFACT = 1_024 * MIB
"""Bytes of an artifact: no source action makes a larger one from a Git repository."""
MAX_MESSAGE = 5_000
"""Characters of a message that CodePipeline accepts."""
MARGIN = 30_000
"""Milliseconds that remain for the report. A call to AWS that hangs ends within them, with all its retries."""

_CONFIG = Config(
    signature_version="v4", connect_timeout=3, read_timeout=8, retries={"mode": "standard", "total_max_attempts": 3}
)
# Threads would multiply the memory, and the deadline check's exception would not end them.
_TRANSFER = TransferConfig(use_threads=False, multipart_threshold=64 * MIB, multipart_chunksize=16 * MIB)
_ADVICE = {
    ("read", "AccessDenied"): "the pipeline's role needs s3:GetObject, and kms:Decrypt of its key",
    ("read", "NoSuchKey"): "release the change again, so that its action creates it anew",
    ("written", "AccessDenied"): "the pipeline's role needs s3:PutObject, and kms:GenerateDataKey of its key",
}


class Context(Protocol):
    """The part of Lambda's context that is used."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda stops the function."""


class _ArtifactLocation(NamedTuple):
    """The name of an artifact, and its object in S3."""

    name: str
    bucket: str
    key: str

    @classmethod
    def from_job(cls, artifact: Mapping[str, Any]) -> _ArtifactLocation:
        location = artifact["location"]["s3Location"]
        return cls(artifact["name"], location["bucketName"], location["objectKey"])


@cache
def codepipeline_client() -> Any:
    """Return a client with the function's own role."""
    return boto3.client("codepipeline", config=_CONFIG)


def s3_client(credentials: Mapping[str, str]) -> Any:
    """Return a client with the session of the pipeline's role that comes with a job."""
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
    """Run a job and report its result to CodePipeline; ValueError where the event is no job."""
    try:
        job = event["CodePipeline.job"]
        job_id: str = job["id"]
    except (KeyError, TypeError):
        raise ValueError("no job of CodePipeline: an Invoke action of a pipeline calls this function") from None
    started = time.monotonic()
    log_fields: dict[str, Any] = {"job": job_id}
    outcome = _run_job(job, _deadline_check(context), s3, log_fields)
    log_fields["seconds"] = round(time.monotonic() - started, 3)
    # Outside any except clause: a traceback from within one would quote the first error, which may hold credentials.
    try:
        _report(codepipeline(), job_id, outcome)
    except (BotoCoreError, ClientError) as error:
        _log("ERROR", "not reported", **log_fields, error=_code(error))
        raise
    _log(*(("INFO", "merged") if isinstance(outcome, Merged) else ("ERROR", "failed")), **log_fields)


def _run_job(
    job: Mapping[str, Any],
    check_deadline: DeadlineCheck,
    s3: Callable[[Mapping[str, str]], Any],
    log_fields: dict[str, Any],
) -> Merged | str:
    """Return what was merged, or the message why not; add the fields of the log line to `log_fields`."""
    try:
        merged = _merge_artifacts(job["data"], check_deadline, s3)
    except MergeRefused as refused:
        log_fields["why"] = str(refused)[:MAX_MESSAGE]
    except Exception as error:  # noqa: BLE001 - a job without a report blocks its pipeline for 20 minutes
        # The error's text may hold anything, even credentials.
        log_fields["why"] = f"The merge failed unexpectedly: {type(error).__name__}. The function's log says where."
        frames = traceback.extract_tb(error.__traceback__)
        log_fields["where"] = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    else:
        log_fields |= merged._asdict()
        return merged
    return str(log_fields["why"])


def _merge_artifacts(
    data: Mapping[str, Any], check_deadline: DeadlineCheck, s3: Callable[[Mapping[str, str]], Any]
) -> Merged:
    *inputs, output = _artifact_locations(data)
    folder = _folder(data)
    client = s3(data["artifactCredentials"])
    # The files have no names, so their space is free again however the function ends.
    with TemporaryFile() as first, TemporaryFile() as second, TemporaryFile() as out:
        for location, file in zip(inputs, (first, second), strict=True):
            _download(client, location, file, first.tell(), check_deadline)
        application, configuration = (
            Artifact(location.name, file) for location, file in zip(inputs, (first, second), strict=True)
        )
        merged = merge(application, configuration, folder, out, check_deadline)
        out.seek(0)
        _upload(client, output, out, data.get("encryptionKey"), check_deadline)
    return merged


def _artifact_locations(data: Mapping[str, Any]) -> tuple[_ArtifactLocation, _ArtifactLocation, _ArtifactLocation]:
    """Return the locations of application, configuration and output."""
    inputs, outputs = data.get("inputArtifacts", ()), data.get("outputArtifacts", ())
    if (len(inputs), len(outputs)) != (2, 1):
        raise MergeRefused(
            "The action needs 2 input artifacts, the application's and then the configuration's, and 1 output "
            f"artifact; it has {len(inputs)} and {len(outputs)}."
        )
    application, configuration, output = map(_ArtifactLocation.from_job, (*inputs, *outputs))
    if application.name == configuration.name or application[1:] == configuration[1:]:
        raise MergeRefused(
            f"Both input artifacts are {configuration.name!r}; name the application's and then the configuration's."
        )
    return application, configuration, output


def _folder(data: Mapping[str, Any]) -> str:
    folder = data["actionConfiguration"]["configuration"].get("UserParameters", "").strip()
    if not folder:
        raise MergeRefused("UserParameters is empty; set it to the folder for the configuration, such as config.")
    return safe_path(folder, "UserParameters is")


def _download(
    client: Any, artifact: _ArtifactLocation, file: BinaryIO, bytes_on_disk: int, check_deadline: DeadlineCheck
) -> None:
    """Download an artifact, if there is room for it and for its part of the merged zip beside `bytes_on_disk`."""
    with _explain_s3_errors(artifact, "read", check_deadline):
        response = client.get_object(Bucket=artifact.bucket, Key=artifact.key)
        size = response["ContentLength"]
        if size > MAX_ARTIFACT:
            raise MergeRefused(
                f"The artifact {artifact.name!r} has {size:,} bytes; it may have at most {MAX_ARTIFACT:,}."
            )
        if (needed := 2 * size + bytes_on_disk) > (free := shutil.disk_usage(gettempdir()).free):
            raise MergeRefused(
                f"The artifact {artifact.name!r} needs {needed // MIB + 1:,} MiB of disk, and {free // MIB:,} MiB are "
                "free; raise the function's ephemeral storage."
            )
        for chunk in response["Body"].iter_chunks(CHUNK):
            check_deadline()
            file.write(chunk)


def _upload(
    client: Any,
    artifact: _ArtifactLocation,
    file: BinaryIO,
    key: Mapping[str, str] | None,
    check_deadline: DeadlineCheck,
) -> None:
    """Upload the merged zip with the pipeline's key, by default with the bucket's encryption."""
    extra = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key["id"]} if key else {}
    with _explain_s3_errors(artifact, "written", check_deadline):
        client.upload_fileobj(file, artifact.bucket, artifact.key, extra, lambda _: check_deadline(), _TRANSFER)


@contextmanager
def _explain_s3_errors(artifact: _ArtifactLocation, action: str, check_deadline: DeadlineCheck) -> Iterator[None]:
    """Turn an error of S3 into MergeRefused, with its code and advice; `action` is "read" or "written"."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        check_deadline()  # botocore wraps what a callback raises into an error of its own
        code = _code(error)
        advice = _ADVICE.get((action, code), "retry the stage")
        url = f"s3://{artifact.bucket}/{artifact.key}"
        raise MergeRefused(f"The artifact {artifact.name!r} can't be {action} at {url} ({code}); {advice}.") from None


def _deadline_check(context: Context) -> DeadlineCheck:
    timeout = context.get_remaining_time_in_millis()
    margin = min(MARGIN, timeout // 4)

    def check_deadline() -> None:
        if context.get_remaining_time_in_millis() < margin:
            raise MergeRefused(
                f"The merge took longer than the function's {timeout / 1_000:.0f} seconds; raise its timeout, or its "
                "memory, which makes it faster, or make the artifacts smaller."
            )

    return check_deadline


def _report(client: Any, job: str, outcome: Merged | str) -> None:
    if isinstance(outcome, Merged):
        summary = f"{outcome.files:,} files, {outcome.bytes:,} bytes"
        client.put_job_success_result(jobId=job, executionDetails={"summary": summary})
    else:
        client.put_job_failure_result(jobId=job, failureDetails={"type": "JobFailed", "message": outcome})


def _code(error: BotoCoreError | ClientError) -> str:
    """Return AWS's error code, or the error's class; never the message, which may quote a request."""
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return str(code or type(error).__name__)


def _log(level: str, message: str, **fields: object) -> None:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"timestamp": at, "level": level, "message": message, "version": VERSION, **fields}
    sys.stdout.write(f"{json.dumps(line, separators=(',', ':'))}\n")
