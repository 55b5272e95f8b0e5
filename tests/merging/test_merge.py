"""A job of the merge action, from CodePipeline's event to what CodePipeline is told."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, ConnectTimeoutError, HTTPClientError, IncompleteReadError
from botocore.stub import Stubber
from moto import mock_aws

from generator.packaging.bundle import merge_zip
from lambdas import merge
from lambdas.merging import raw_zip

BUCKET = "artifacts"
JOB = "11111111-aaaa-bbbb-cccc-222222222222"
KEY = "arn:aws:kms:us-west-2:123456789012:key/11111111-2222-3333-4444-555555555555"
CREDENTIALS = {
    "accessKeyId": "ASIARECOGNISABLE",
    "secretAccessKey": "recognisable/secret",
    "sessionToken": "recognisable+token=",
}
DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": str(CREDENTIALS)}}, "Any")
SLOW = ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "Any")


def artifact(name: str, key: str) -> dict[str, Any]:
    return {
        "name": name,
        "revision": None,
        "location": {"type": "S3", "s3Location": {"bucketName": BUCKET, "objectKey": key}},
    }


def event(user_parameters: str | None = "config", **data: Any) -> dict[str, Any]:
    """As CodePipeline calls a function, with some of the job's data put otherwise."""
    parameters = {} if user_parameters is None else {"UserParameters": user_parameters}
    job = {
        "actionConfiguration": {"configuration": {"FunctionName": "merge", **parameters}},
        "inputArtifacts": [artifact("App", "p/App/1"), artifact("Config", "p/Config/2")],
        "outputArtifacts": [artifact("Merged", "p/Merged/3")],
        "artifactCredentials": CREDENTIALS,
    }
    return {"CodePipeline.job": {"id": JOB, "accountId": "123456789012", "data": job | data}}


def zipped(contents: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()


@dataclass
class Clock:
    """Lambda's context. From the call `late_at` on there is next to no time left."""

    milliseconds_left: int = 299_990
    calls: int = 0
    late_at: int = sys.maxsize

    def get_remaining_time_in_millis(self) -> int:
        self.calls += 1
        return self.milliseconds_left if self.calls < self.late_at else 100


@dataclass
class Done:
    """What CodePipeline was told, and the line in the log."""

    result_sent: dict[str, Any]
    log: dict[str, Any]


class Pipeline:
    """A bucket of artifacts, and a CodePipeline that takes what the SDK's model of it allows."""

    def __init__(self, s3: Any, codepipeline: Any, capsys: pytest.CaptureFixture[str]) -> None:
        self.s3, self.codepipeline, self.capsys = s3, codepipeline, capsys
        self.clock = Clock()
        self.result_sent: dict[str, Any] = {}
        self.put("p/App/1", zipped({"run": "old", "config/a": "old"}))
        self.put("p/Config/2", zipped({"a": "new"}))

    def _hear(self, params: dict[str, Any], **_: object) -> None:
        self.result_sent = params

    def put(self, key: str, content: bytes) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)

    def run(self, job: dict[str, Any], answer: str, s3: Callable[..., Any] = merge.s3_client) -> Done:
        self.codepipeline.meta.events.register_first("provide-client-params.codepipeline", self._hear)
        with Stubber(self.codepipeline) as stubber:
            stubber.add_response(answer, {})
            merge.handler(job, self.clock, lambda: self.codepipeline, s3)
            stubber.assert_no_pending_responses()
        self.codepipeline.meta.events.unregister("provide-client-params.codepipeline", self._hear)
        return Done(self.result_sent, self.line(self.capsys))

    def succeeds(self, job: dict[str, Any]) -> Done:
        return self.run(job, "put_job_success_result")

    def fails(self, job: dict[str, Any], s3: Callable[..., Any] = merge.s3_client) -> str:
        """The message of a failure, which is in the log too."""
        done = self.run(job, "put_job_failure_result", s3)
        message = done.result_sent["failureDetails"]["message"]
        assert done.result_sent == {"jobId": JOB, "failureDetails": {"type": "JobFailed", "message": message}}
        assert done.log == done.log | {"level": "ERROR", "message": "failed", "job": JOB, "why": message}
        return str(message)

    @staticmethod
    def line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
        """The one line that a run logs, without a word of the credentials."""
        out, err = capsys.readouterr()
        assert err == ""
        assert out.count("\n") == 1
        assert not [secret for secret in CREDENTIALS.values() if secret in out]
        line: dict[str, Any] = json.loads(out)
        return line

    def output(self) -> dict[str, str]:
        content = self.s3.get_object(Bucket=BUCKET, Key="p/Merged/3")["Body"].read()
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            return {name: opened.read(name).decode() for name in opened.namelist()}


@pytest.fixture(scope="module")
def clients() -> Iterator[tuple[Any, Any]]:
    """Made once: each takes longer than a test."""
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", "us-west-2")
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        yield s3, boto3.client("codepipeline")


@pytest.fixture
def pipeline(
    clients: tuple[Any, Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Pipeline]:
    """No job leaves anything in the temporary folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield Pipeline(*clients, capsys)
    assert list(tmp_path.iterdir()) == []


class Broken:
    """A client whose call of one name goes wrong."""

    def __init__(self, call: str, error: Exception) -> None:
        self._call = call
        self._error = error

    def __call__(self, credentials: dict[str, str]) -> Any:
        self._client = merge.s3_client(credentials)
        return self

    def __getattr__(self, name: str) -> Any:
        return self._fail if name == self._call else getattr(self._client, name)

    def _fail(self, *_: object, **__: object) -> None:
        raise self._error


def test_configuration_goes_into_the_folder(pipeline: Pipeline) -> None:
    done = pipeline.succeeds(event())
    assert pipeline.output() == {"run": "old", "config/a": "new"}
    size = pipeline.s3.head_object(Bucket=BUCKET, Key="p/Merged/3")["ContentLength"]
    assert done.result_sent == {"jobId": JOB, "executionDetails": {"summary": f"2 files, {size} bytes"}}
    assert done.log.keys() == {"timestamp", "level", "message", "version", "job", "files", "bytes", "seconds"}
    assert done.log == done.log | {"level": "INFO", "message": "merged", "job": JOB, "files": 2, "bytes": size}


@pytest.mark.parametrize(
    ("written", "file"),
    [("config/", "config/a"), ("./config", "config/a"), (" config\n", "config/a"), ("./config//x/.", "config/x/a")],
)
def test_the_folder_may_be_written_otherwise(pipeline: Pipeline, written: str, file: str) -> None:
    pipeline.succeeds(event(written))
    assert pipeline.output()[file] == "new"


def test_a_dot_is_the_root(pipeline: Pipeline) -> None:
    pipeline.succeeds(event("."))
    assert pipeline.output() == {"run": "old", "config/a": "old", "a": "new"}


def test_job_leaves_nothing_for_the_next_job(pipeline: Pipeline) -> None:
    """A function's process does one job after the other."""
    pipeline.fails(event(""))
    pipeline.succeeds(event())
    pipeline.put("p/Config/2", zipped({"b": "newer"}))
    pipeline.succeeds(event())
    assert pipeline.output() == {"run": "old", "config/a": "old", "config/b": "newer"}


@pytest.mark.parametrize("size", [10, 6_000_000])
def test_the_pipelines_key_encrypts_the_output(pipeline: Pipeline, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is so large that it goes in parts, here of 5 MB, as small as S3 has them."""
    part = 5 * merge.MIB
    small = TransferConfig(use_threads=False, multipart_threshold=part, multipart_chunksize=part)
    monkeypatch.setattr(merge, "_TRANSFER", small)
    pipeline.put("p/Config/2", zipped({"a": "." * size}))
    pipeline.succeeds(event(encryptionKey={"id": KEY, "type": "KMS"}))
    head = pipeline.s3.head_object(Bucket=BUCKET, Key="p/Merged/3")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", KEY)
    assert ("-" in head["ETag"]) == (size > part)
    assert pipeline.output()["config/a"] == "." * size


def test_without_a_key_the_bucket_decides(pipeline: Pipeline) -> None:
    pipeline.succeeds(event())
    assert "SSEKMSKeyId" not in pipeline.s3.head_object(Bucket=BUCKET, Key="p/Merged/3")


def test_s3_is_called_by_the_jobs_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    sent = []

    class Empty:
        def stream(self) -> Iterator[bytes]:
            yield b""

    def answer(request: Any, **_: object) -> AWSResponse:
        sent.append(request.headers)
        return AWSResponse(request.url, 200, {}, Empty())

    client = merge.s3_client(CREDENTIALS)
    client.meta.events.register("before-send.s3", answer)
    client.head_bucket(Bucket=BUCKET)
    (headers,) = sent
    assert headers["Authorization"].startswith(b"AWS4-HMAC-SHA256 Credential=ASIARECOGNISABLE/")
    assert headers["X-Amz-Security-Token"] == b"recognisable+token="


def test_codepipeline_is_called_by_the_functions_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    client = merge.codepipeline_client()
    assert client is merge.codepipeline_client()
    assert (client.meta.service_model.service_name, client.meta.config.signature_version) == ("codepipeline", "v4")


LEAVES = "it must be relative, without '..', backslash, drive letter or NUL."
TWO = (
    "The action needs 2 input artifacts, the application's and then the configuration's, and 1 output artifact; it has "
)
APP, CONFIG, MERGED = artifact("App", "p/App/1"), artifact("Config", "p/Config/2"), artifact("Merged", "p/Merged/3")
EMPTY = "UserParameters is empty; set it to the folder for the configuration, such as config."


@pytest.mark.parametrize(
    ("job", "message"),
    [
        (event(None), EMPTY),
        (event(""), EMPTY),
        (event(" "), EMPTY),
        (event("../x"), f"UserParameters is '../x'; {LEAVES}"),
        (event("/config"), f"UserParameters is '/config'; {LEAVES}"),
        (event(inputArtifacts=[APP]), f"{TWO}1 and 1."),
        (event(inputArtifacts=[APP, CONFIG, MERGED], outputArtifacts=[]), f"{TWO}3 and 0."),
        (
            event(inputArtifacts=[APP, artifact("App", "p/Other/2")]),
            "Both input artifacts are 'App'; name the application's and then the configuration's.",
        ),
        (
            event(inputArtifacts=[APP, artifact("Config", "p/App/1")]),
            "Both input artifacts are 'Config'; name the application's and then the configuration's.",
        ),
        (
            event(inputArtifacts=[APP, artifact("Config", "p/gone")]),
            "The artifact 'Config' can't be read at s3://artifacts/p/gone (NoSuchKey); release the change again, so "
            "that its action creates it anew.",
        ),
        (
            event(artifactCredentials={}),
            "The merge failed unexpectedly: KeyError. The function's log says where.",
        ),
    ],
)
def test_impossible_job_fails_with_a_reason(pipeline: Pipeline, job: dict[str, Any], message: str) -> None:
    assert pipeline.fails(job) == message


@pytest.mark.parametrize(("key", "name"), [("p/App/1", "App"), ("p/Config/2", "Config")])
def test_a_damaged_artifact_is_named(pipeline: Pipeline, key: str, name: str) -> None:
    pipeline.put(key, b"no zip")
    assert pipeline.fails(event()) == (f"The artifact '{name}' is no zip, or a damaged one: File is not a zip file.")


def test_merge_refusal_is_the_failure_message(pipeline: Pipeline) -> None:
    pipeline.put("p/App/1", zipped({"config": "a file"}))
    assert pipeline.fails(event()) == (
        "'config' is a file or a link in the artifact 'App', and a folder in the artifact 'Config'; rename one of them."
    )


RETRY = "retry the stage."


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            "get_object",
            DENIED,
            "The artifact 'App' can't be read at s3://artifacts/p/App/1 (AccessDenied); the pipeline's role needs "
            "s3:GetObject, and kms:Decrypt of its key.",
        ),
        (
            "upload_fileobj",
            DENIED,
            "The artifact 'Merged' can't be written at s3://artifacts/p/Merged/3 (AccessDenied); the pipeline's role "
            "needs s3:PutObject, and kms:GenerateDataKey of its key.",
        ),
        (
            "get_object",
            ClientError({"Error": {"Code": "SlowDown", "Message": "no"}}, "GetObject"),
            f"The artifact 'App' can't be read at s3://artifacts/p/App/1 (SlowDown); {RETRY}",
        ),
        (
            "get_object",
            ClientError({}, "GetObject"),
            f"The artifact 'App' can't be read at s3://artifacts/p/App/1 (ClientError); {RETRY}",
        ),
        (
            "upload_fileobj",
            ConnectTimeoutError(endpoint_url=CREDENTIALS["sessionToken"]),
            f"The artifact 'Merged' can't be written at s3://artifacts/p/Merged/3 (ConnectTimeoutError); {RETRY}",
        ),
        (
            "upload_fileobj",
            ValueError(str(CREDENTIALS)),
            "The merge failed unexpectedly: ValueError. The function's log says where.",
        ),
    ],
)
def test_s3_error_fails_the_job_with_the_error_code(
    pipeline: Pipeline, call: str, error: Exception, message: str
) -> None:
    """AWS's own message stays out: it quotes requests."""
    assert pipeline.fails(event(), Broken(call, error)) == message


def test_interrupted_download_fails_the_job(pipeline: Pipeline) -> None:
    class Body:
        def iter_chunks(self, _: int) -> Iterator[bytes]:
            yield b"PK"
            raise IncompleteReadError(actual_bytes=2, expected_bytes=9)

    class Client:
        def get_object(self, **_: str) -> dict[str, Any]:
            return {"ContentLength": 9, "Body": Body()}

    assert pipeline.fails(event(), lambda _: Client()) == (
        f"The artifact 'App' can't be read at s3://artifacts/p/App/1 (IncompleteReadError); {RETRY}"
    )


def test_an_unexpected_failure_says_where_in_the_log(pipeline: Pipeline) -> None:
    done = pipeline.run(
        event(), "put_job_failure_result", Broken("upload_fileobj", ValueError(CREDENTIALS["secretAccessKey"]))
    )
    assert [location.partition(":")[0] for location in done.log["where"]] == ["merge.py"] * 3 + ["test_merge.py"]


def test_too_large_an_artifact_is_not_downloaded(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "MAX_ARTIFACT", 9)
    size = len(zipped({"run": "old", "config/a": "old"}))
    assert pipeline.fails(event()) == f"The artifact 'App' has {size} bytes; it may have at most 9."


def test_full_disk_is_foreseen(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both artifacts and what they become lie on it at once."""
    app, config = (
        pipeline.s3.head_object(Bucket=BUCKET, Key=key)["ContentLength"] for key in ("p/App/1", "p/Config/2")
    )
    usage = namedtuple("usage", "free")  # noqa: PYI024 - as shutil's
    free = 2 * config + app
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(free))
    pipeline.succeeds(event())
    free -= 1
    assert pipeline.fails(event()) == (
        "The artifact 'Config' needs 1 MiB of disk, and 0 MiB are free; raise the function's ephemeral storage."
    )


def test_message_is_cut_to_the_length_codepipeline_takes(pipeline: Pipeline) -> None:
    name = "n" * 4_990
    assert (
        pipeline.fails(event(inputArtifacts=[artifact(name, "1"), artifact(name, "2")]))
        == (f"Both input artifacts are '{name}'; name the application's and then the configuration's."[:5_000])
    )


LATE = (
    "The merge took longer than the function's 300 seconds; raise its timeout, or its memory, which makes it faster, "
    "or make the artifacts smaller."
)


def test_merge_ends_before_the_timeout_at_any_step(pipeline: Pipeline) -> None:
    """The clock is looked at in each step; the last look is while the output goes to S3."""
    pipeline.succeeds(event())
    looks = pipeline.clock.calls
    assert looks > 10
    for late_at in range(2, looks + 1):
        pipeline.clock = Clock(late_at=late_at)
        assert pipeline.fails(event()) == LATE


def test_a_download_ends_between_two_chunks(pipeline: Pipeline) -> None:
    def chunks(_: int) -> Iterator[bytes]:
        yield b"PK"
        pipeline.clock.late_at = 0
        yield b""
        raise AssertionError("asked for more")

    class Client:
        def get_object(self, **_: str) -> dict[str, Any]:
            return {"ContentLength": 9, "Body": SimpleNamespace(iter_chunks=chunks)}

    assert pipeline.fails(event(), lambda _: Client()) == LATE


def test_an_upload_ends_within_a_part(pipeline: Pipeline) -> None:
    def late(**_: object) -> None:
        pipeline.clock.late_at = 0

    def s3(credentials: dict[str, str]) -> Any:
        client = merge.s3_client(credentials)
        client.meta.events.register("before-send.s3.PutObject", late)
        return client

    assert pipeline.fails(event(), s3) == LATE


def test_timeout_message_hides_botocores_wording(pipeline: Pipeline) -> None:
    """Whatever a body raises while it is sent is the cause of an error of botocore's own."""

    class Client:
        def get_object(self, **_: str) -> None:
            pipeline.clock.late_at = 0
            raise HTTPClientError(error=raw_zip.MergeRefused(LATE))

    assert pipeline.fails(event(), lambda _: Client()) == LATE


@pytest.mark.parametrize(("milliseconds", "left", "message"), [(300_000, 30_000, None), (300_000, 29_999, LATE)])
def test_half_a_minute_is_kept_for_the_report(milliseconds: int, left: int, message: str | None) -> None:
    check_deadline = merge._deadline_check(Falling([milliseconds, left]))
    if message is None:
        check_deadline()
    else:
        with pytest.raises(raw_zip.MergeRefused) as refused:
            check_deadline()
        assert str(refused.value) == message


def test_a_short_function_keeps_a_quarter() -> None:
    merge._deadline_check(Falling([20_000, 5_000]))()
    with pytest.raises(raw_zip.MergeRefused, match=r"^The merge took longer than the function's 20 seconds; raise"):
        merge._deadline_check(Falling([20_000, 4_999]))()


@dataclass
class Falling:
    left: list[int]

    def get_remaining_time_in_millis(self) -> int:
        return self.left.pop(0)


@pytest.mark.parametrize("user_parameters", ["config", ""])
def test_failing_report_is_raised_for_lambda_to_retry(pipeline: Pipeline, user_parameters: str) -> None:
    class Codepipeline:
        def __getattr__(self, _: str) -> Any:
            return self._fail

        def _fail(self, **_: object) -> None:
            raise SLOW

    with pytest.raises(ClientError) as raised:
        merge.handler(event(user_parameters), pipeline.clock, Codepipeline)
    assert raised.value is SLOW
    # Lambda logs a traceback with whatever error it came after.
    assert SLOW.__context__ is None
    line = pipeline.line(pipeline.capsys)
    assert line == line | {"level": "ERROR", "message": "not reported", "job": JOB, "error": "ThrottlingException"}
    assert ("why" in line, "files" in line) == (not user_parameters, bool(user_parameters))


@pytest.mark.parametrize("other", [{}, {"secret": "recognisable"}, {"CodePipeline.job": {}}, ["recognisable"], None])
def test_event_without_a_job_is_an_error(other: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(
        ValueError, match=r"^no job of CodePipeline: an Invoke action of a pipeline calls this function$"
    ):
        merge.handler(other, Clock())
    assert capsys.readouterr() == ("", "")


def test_merge_function_runs_from_the_zip_alone(tmp_path: Path) -> None:
    file = tmp_path / "merge.zip"
    file.write_bytes(merge_zip())
    with zipfile.ZipFile(file) as opened:
        names = ["__init__", "merge", "merging/__init__", "merging/raw_zip", "merging/zip_records"]
        assert opened.namelist() == [f"lambdas/{name}.py" for name in names]
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from lambdas import merge\n"
        "print(*sorted(name for name in sys.modules if name.partition('.')[0] in ('lambdas', 'generator')))\n"
        "print(merge.handler.__module__, merge.__file__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(file)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "lambdas lambdas.merge lambdas.merging lambdas.merging.raw_zip lambdas.merging.zip_records",
        f"lambdas.merge {file / 'lambdas' / 'merge.py'}",
    ]
