"""`open`: the console's pages of a deployed source; CloudFormation is a fake."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable

import pytest

from generator.aws import Target
from generator.commands import main
from generator.commands import open as command
from tests.cloudformation import ACCOUNT, OUTPUTS, CloudFormation
from tests.examples import assert_example

STACK, PIPELINE = "MozDef-EF-zoom-dev", "MozDef-EF-zoom-pipeline-dev"
PIPELINE_URL = f"https://us-west-2.console.aws.amazon.com/codesuite/codepipeline/pipelines/{PIPELINE}/view"
LETTERS = f"https://sqs.us-west-2.amazonaws.com/{ACCOUNT}/MozDef-EF-zoom-dev-DeadLetters-1"
PAGES = f"""\
stack        https://us-west-2.console.aws.amazon.com/cloudformation/home?region=us-west-2#/stacks/stackinfo?stackId=\
arn%3Aaws%3Acloudformation%3Aus-west-2%3A{ACCOUNT}%3Astack%2F{STACK}%2F0
queue        https://us-west-2.console.aws.amazon.com/sqs/v3/home?region=us-west-2#/queues/\
https%3A%2F%2Fsqs.us-west-2.amazonaws.com%2F{ACCOUNT}%2F{STACK}-Events-1
dead-letters https://us-west-2.console.aws.amazon.com/sqs/v3/home?region=us-west-2#/queues/\
https%3A%2F%2Fsqs.us-west-2.amazonaws.com%2F{ACCOUNT}%2F{STACK}-DeadLetters-1
logs         https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2#logsV2:log-groups\
$3FlogGroupNameFilter$3D$252Faws$252Flambda$252F{STACK}-
dashboard    https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2#dashboards/dashboard/{STACK}
"""


@pytest.fixture
def formation(monkeypatch: pytest.MonkeyPatch) -> CloudFormation:
    """An account without stacks."""
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    formation = CloudFormation()
    monkeypatch.setattr(Target, "client", lambda _target, _service: formation)
    return formation


def deploy(formation: CloudFormation, status: str = "UPDATE_COMPLETE", partition: str = "aws") -> None:
    outputs = {**OUTPUTS, "DeadLettersQueueUrl": LETTERS}
    pairs = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
    stack = formation.add_stack(status, Outputs=pairs if status.endswith("E_COMPLETE") else [])
    stack["StackId"] = stack["StackId"].replace("arn:aws:", f"arn:{partition}:")


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(formation: CloudFormation, capsys: pytest.CaptureFixture[str]) -> Run:
    assert formation

    def run_open(*args: str) -> tuple[int, str, str]:
        status = main(["open", *args])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run_open


def test_the_pages_of_a_source_are_printed(formation: CloudFormation, run: Run, update: bool) -> None:
    deploy(formation)
    assert run("zoom") == (0, PAGES, "")
    assert_example("open", "python -m generator open zoom", PAGES, update=update)
    pairs = [{"OutputKey": "PipelineUrl", "OutputValue": PIPELINE_URL}]
    formation.add_stack("CREATE_COMPLETE", PIPELINE, Outputs=pairs)
    assert run("zoom") == (0, f"{PAGES}pipeline     {PIPELINE_URL}\n", "")
    assert len(formation.requests_of("describe_stacks")) == 4


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
    ],
)
def test_each_partition_has_a_console_of_its_own(
    formation: CloudFormation, run: Run, partition: str, region: str, host: str
) -> None:
    deploy(formation, partition=partition)
    status, out, _ = run("zoom", "--region", region)
    urls = [line.split()[1] for line in out.splitlines()]
    assert (status, len(urls)) == (0, 5)
    assert all(url.startswith(f"https://{host}/") and f"/home?region={region}#" in url for url in urls)


def test_a_partition_without_a_known_console_is_reported(formation: CloudFormation, run: Run) -> None:
    deploy(formation, partition="aws-eusc")
    known = "aws, aws-us-gov, aws-cn"
    message = f"error: the address of the console of the partition aws-eusc is not known ({known} are)\n"
    assert run("zoom") == (1, "", message)


def test_a_page_can_be_chosen(formation: CloudFormation, run: Run) -> None:
    deploy(formation)
    assert run("zoom", "dashboard", "queue")[1].splitlines() == [PAGES.splitlines()[at] for at in (1, 4)]
    has = "it has stack, queue, dead-letters, logs, dashboard"
    assert run("zoom", "pipeline") == (1, "", f"error: zoom has no pipeline; {has}\n")
    assert run("zoom", "bucket")[:2] == (2, "")


@pytest.mark.parametrize("status", ["ROLLBACK_FAILED", "REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS"])
def test_a_stack_that_is_not_complete_has_a_page_too(formation: CloudFormation, run: Run, status: str) -> None:
    deploy(formation, status)
    assert run("zoom") == (0, PAGES.splitlines()[0] + "\n", "")


def test_a_pipeline_alone_has_a_page(formation: CloudFormation, run: Run) -> None:
    formation.add_stack("ROLLBACK_COMPLETE", PIPELINE, Outputs=[])
    status, out, _ = run("zoom")
    assert (status, out.count("\n"), out.endswith(f"stack%2F{PIPELINE}%2F0\n")) == (0, 1, True)
    assert out.startswith("pipeline     https://us-west-2.console.aws.amazon.com/cloudformation/home?")


def test_a_source_that_is_not_deployed_or_another_is_reported(formation: CloudFormation, run: Run) -> None:
    choose = "deploy it first, or choose another with --env, --project or --region"
    assert run("zoom") == (1, "", f"error: no stack {STACK} in us-west-2: {choose}\n")
    formation.add_stack("CREATE_COMPLETE", STACK, Tags=[{"Key": "Service", "Value": "okta"}])
    assert run("zoom")[0] == 1
    assert run("Zoom")[:2] == (2, "")


def test_the_url_of_another_pipeline_is_not_taken(formation: CloudFormation, run: Run) -> None:
    deploy(formation)
    pairs = [{"OutputKey": "PipelineUrl", "OutputValue": "https://pages.example.com"}]
    formation.add_stack("CREATE_COMPLETE", PIPELINE, Outputs=pairs, Tags=[{"Key": "Service", "Value": "okta"}])
    status, out, err = run("zoom")
    assert (status, out, err.startswith(f"error: stack {PIPELINE} is another's: ")) == (1, "", True)


def test_an_emulator_has_no_console(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    message = "the emulator at http://127.0.0.1:9 (AWS_ENDPOINT_URL) has no console; `status` and `logs` read it"
    assert run("zoom") == (1, "", f"error: {message}\n")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that a browser has opened; there are a terminal and a browser."""
    urls: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: not urls.append(url))  # type: ignore[func-returns-value]
    monkeypatch.setattr(command, "has_browser", lambda: True)
    monkeypatch.setattr(command, "is_terminal", lambda: True)
    return urls


def test_the_pages_are_opened_where_there_is_a_browser(formation: CloudFormation, run: Run, opened: list[str]) -> None:
    deploy(formation)
    assert run("zoom", "stack", "logs")[0] == 0
    assert opened == [PAGES.splitlines()[at].split()[1] for at in (0, 3)]


def test_print_opens_nothing(formation: CloudFormation, run: Run, opened: list[str]) -> None:
    deploy(formation)
    assert run("zoom", "--print") == (0, PAGES, "")
    assert opened == []


@pytest.mark.parametrize("lacks", ["has_browser", "is_terminal"])
def test_without_a_browser_or_a_terminal_nothing_is_opened(
    formation: CloudFormation, run: Run, opened: list[str], monkeypatch: pytest.MonkeyPatch, lacks: str
) -> None:
    deploy(formation)
    monkeypatch.setattr(command, lacks, lambda: False)
    assert run("zoom") == (0, PAGES, "")
    assert opened == []


def test_a_browser_that_does_not_start_is_reported_once(
    formation: CloudFormation, run: Run, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(formation)
    assert opened == []
    monkeypatch.setattr(webbrowser, "open", lambda _url: False)
    assert run("zoom") == (0, PAGES, "note: no browser could be started; the pages are printed above\n")


def test_a_browser_needs_a_desktop() -> None:
    assert command.has_browser({}, "darwin")
    assert not command.has_browser({"TERM": "xterm"}, "linux")
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        assert command.has_browser({name: "x"}, "linux")


def test_a_closed_output_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert not command.is_terminal()
