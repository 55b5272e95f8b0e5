"""What stands in for CodePipeline where a function reports to it: as the SDK calls it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from generator.local.pipeline_jobs import PipelineJobs, serve_jobs

pytestmark = pytest.mark.slow


@pytest.fixture
def served() -> Iterator[PipelineJobs]:
    with serve_jobs() as taken:
        yield taken


def client(served: PipelineJobs) -> Any:
    return boto3.client(
        "codepipeline",
        region_name="us-west-2",
        endpoint_url=served.url,
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )


def test_server_takes_both_answers_of_each_job(served: PipelineJobs) -> None:
    codepipeline = client(served)
    codepipeline.put_job_success_result(jobId="one", executionDetails={"summary": "2 files"})
    message = "'config' is a file in the artifact 'Ünï'\n" + "x" * 4_000
    codepipeline.put_job_failure_result(jobId="two", failureDetails={"type": "JobFailed", "message": message})
    assert served.answers == {"one": None, "two": message}


def test_the_last_answer_of_a_job_counts(served: PipelineJobs) -> None:
    codepipeline = client(served)
    codepipeline.put_job_failure_result(jobId="one", failureDetails={"type": "JobFailed", "message": "no"})
    codepipeline.put_job_success_result(jobId="one")
    assert served.answers == {"one": None}


def test_functions_may_answer_at_the_same_time(served: PipelineJobs) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: client(served).put_job_success_result(jobId=str(number)), range(16)))
    assert served.answers == {str(number): None for number in range(16)}


def test_any_other_call_is_refused(served: PipelineJobs) -> None:
    with pytest.raises(ClientError) as caught:
        client(served).get_pipeline_state(name="one")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert served.answers == {}


def test_server_is_on_this_machine_alone_says_nothing_and_is_gone_in_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    with serve_jobs() as first, serve_jobs() as other:
        client(first).put_job_success_result(jobId="one")
        assert (first.answers, other.answers) == ({"one": None}, {})
        places = [urlsplit(served.url) for served in (first, other)]
    assert [address.hostname for address in places] == ["127.0.0.1", "127.0.0.1"]
    for address in places:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address.hostname, address.port))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}])
def test_a_web_page_can_answer_for_no_job(served: PipelineJobs, headers: dict[str, str]) -> None:
    target = "CodePipeline_20150709.PutJobSuccessResult"
    for more, status in (({}, 200), (headers, 403)):
        sent = HTTPConnection(urlsplit(served.url).netloc)
        sent.request("POST", "/", json.dumps({"jobId": str(status)}), {"x-amz-target": target, **more})
        assert sent.getresponse().status == status
        sent.close()
    assert served.answers == {"200": None}
