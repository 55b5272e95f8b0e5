"""What a user reads, and how soon, where AWS does not answer: the endpoint, the region, and what chose them."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from generator.aws import Target
from generator.aws_failures import NoRetry, explain_failure
from generator.commands import main


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts that are looked up; none is found. The user has credentials, and no settings besides."""
    hosts: list[str] = []

    def find_none(host: str, *_arguments: Any, **_options: Any) -> Any:
        hosts.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr(socket, "getaddrinfo", find_none)
    return hosts


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_no_answer_names_endpoint_and_region_and_is_not_asked_again(
    attempts: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str
) -> None:
    monkeypatch.setenv(variable, "us-west-2")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "")  # names no endpoint
    assert main(["status", "zoom"]) == 1
    assert capsys.readouterr().err == (
        "error: AWS: no answer from https://cloudformation.us-west-2.amazonaws.com/ (region us-west-2, from "
        f"{variable}): is there a network, and has it this service?\n"
    )
    assert len(attempts) == 1


@pytest.mark.usefixtures("attempts")
def test_a_region_that_does_not_exist_is_answered_with_those_that_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "zoom", "--region", "us-est-1"]) == 1
    message = capsys.readouterr().err
    assert message.startswith(
        "error: AWS: no answer from https://cloudformation.us-est-1.amazonaws.com/: us-est-1, from --region, is no "
        "known region; did you mean us-west-1 or us-east-1"
    )
    assert "us-gov-east-1" not in message  # what is meant is named


@pytest.mark.usefixtures("attempts")
def test_a_region_that_is_like_none_is_answered_with_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "zoom", "--region", "xxxxxxxxx-q-7"]) == 1
    message = capsys.readouterr().err
    assert "xxxxxxxxx-q-7, from --region, is no known region; the known ones are af-south-1, " in message
    assert ", us-west-2, us-gov-east-1, " in message


def test_a_region_that_is_no_name_of_a_host_is_answered_with_known_ones(
    attempts: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_REGION", "us_west_2")
    assert main(["status", "zoom"]) == 1
    message = capsys.readouterr().err
    assert message.startswith("error: AWS: us_west_2, from AWS_REGION, is no known region; did you mean us-west-2")
    assert not attempts


@pytest.mark.usefixtures("attempts")
@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CLOUDFORMATION"])
def test_an_endpoint_of_the_users_own_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.setenv(variable, "https://aws.example.com")
    assert main(["status", "zoom"]) == 1
    assert capsys.readouterr().err == (
        f"error: AWS: no answer from https://aws.example.com/, which {variable} names: is that right, "
        "and does it run?\n"
    )


def test_a_connection_is_waited_for_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert Target().client("sqs").meta.config.connect_timeout == 2


class Endpoint:
    host = "https://sqs.us-west-2.amazonaws.com"


def test_a_host_that_has_answered_is_tried_again() -> None:
    handler = NoRetry("us-west-2", "AWS_REGION")
    refused = EndpointConnectionError(endpoint_url=Endpoint.host)
    handler(Endpoint, (object(), {}), None)
    handler(Endpoint, None, refused)  # botocore decides
    assert explain_failure(refused) == f"AWS: no answer from {Endpoint.host}: is there a network?"


def test_another_error_than_that_of_a_connection_is_left_to_botocore() -> None:
    NoRetry("us-west-2", "AWS_REGION")(Endpoint, None, ValueError())
