"""`status` without a name: a row for each deployed source; CloudFormation is a fake, the rest is moto's."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from generator.aws import Target
from generator.commands import main
from generator.operate import overview, shared_state
from tests.cloudformation import CloudFormation, refusal
from tests.definitions import SOURCES

pytestmark = pytest.mark.slow

REGION = "us-west-2"


@dataclass
class Deployed:
    """An account into which sources can be deployed."""

    formation: CloudFormation = field(default_factory=CloudFormation)
    calls: list[str] = field(default_factory=list)
    """The operations that AWS was asked for, but CloudFormation's."""

    def deploy(self, source: str, environment: str = "dev", status: str = "UPDATE_COMPLETE", **more: str) -> str:
        """Deploy a source that is well, and return its stack's name."""
        name = f"MozDef-EF-{source}-{environment}"
        sqs, bucket = boto3.client("sqs", REGION), f"{source}-{environment}-kept-0"
        location = {"LocationConstraint": REGION}
        boto3.client("s3", REGION).create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
        secret = f"/MozDef-EF/{source}/{environment}/auth_token"
        boto3.client("ssm", REGION).put_parameter(Name=secret, Value="never to be told", Type="SecureString")
        outputs = {
            "KeptBucket": bucket,
            "EventsQueueUrl": sqs.create_queue(QueueName=f"{name}-Events")["QueueUrl"],
            "DeadLettersQueueUrl": sqs.create_queue(QueueName=f"{name}-DeadLetters")["QueueUrl"],
            "ApiId": f"api-{source}-{environment}",
            "SecretParameters": secret,
            **more,
        }
        tags = {"Project": "MozDef-EF", "Service": source, "Environment": environment}
        self.formation.add_stack(
            status,
            name,
            Outputs=[{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
        self.formation.resources[name] = []
        self.hold(name, "Redrive", "f", "AWS::Lambda::Function")
        return name

    def hold(self, stack: str, logical_id: str, name: str, kind: str) -> None:
        """Have a stack hold a resource."""
        ids = {"LogicalResourceId": logical_id, "PhysicalResourceId": name}
        self.formation.resources[stack].append({**ids, "ResourceType": kind, "ResourceStatus": "CREATE_COMPLETE"})

    def keep(self, prefix: str, bucket: str = "zoom-dev-kept-0") -> None:
        key = f"{prefix}/2026-03-01/missing/0.json"
        boto3.client("s3", REGION).put_object(Bucket=bucket, Key=key, Body=b"{}")

    def alarm(self, stack: str, logical_id: str, value: str = "ALARM") -> None:
        name = f"{stack}-{logical_id}-1A2B"
        self.hold(stack, logical_id, name, "AWS::CloudWatch::Alarm")
        self.set_alarm(name, value)

    def set_alarm(self, name: str, value: str = "ALARM") -> None:
        """Have an alarm, of whatever stack."""
        cloudwatch = boto3.client("cloudwatch", REGION)
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/SQS",
            MetricName="NumberOfMessagesSent",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Period=300,
            Statistic="Sum",
            Threshold=0,
        )
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=value, StateReason="a test")

    def count(self, api: str, number: float) -> None:
        dimensions = [{"Name": "ApiId", "Value": api}]
        at = datetime.now(UTC) - timedelta(hours=2)
        data = [{"MetricName": "Count", "Dimensions": dimensions, "Value": number, "Timestamp": at}]
        boto3.client("cloudwatch", REGION).put_metric_data(Namespace="AWS/ApiGateway", MetricData=data)


@pytest.fixture
def deployed(empty_account: None, monkeypatch: pytest.MonkeyPatch) -> Deployed:  # noqa: ARG001 - what it has set up
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(SOURCES.parent)
    account, plain = Deployed(), Target.client
    monkeypatch.setattr(account.formation, "get_template_summary", lambda **_: {}, raising=False)

    def client(target: Target, service: str, seconds: int | None = None) -> Any:
        if service == "cloudformation":
            return account.formation
        real = plain(target, service, seconds)
        real.meta.events.register("before-call", lambda model, **_: account.calls.append(model.name), unique_id="c")
        return real

    monkeypatch.setattr(Target, "client", client)
    return account


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> Run:
    assert deployed

    def status(*args: str) -> tuple[int, str, str]:
        code = main(["status", *args])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return status


def test_each_deployed_source_has_a_row_and_what_is_wrong_comes_first(deployed: Deployed, run: Run) -> None:
    deployed.deploy("okta")
    deployed.deploy("zoom")
    deployed.deploy("github", "prod", "UPDATE_ROLLBACK_COMPLETE")
    deployed.count("api-github-prod", 1_200)
    deployed.count("api-okta-dev", 1)
    deployed.alarm("MozDef-EF-zoom-dev", "Refused")
    deployed.alarm("MozDef-EF-okta-dev", "Unread", "OK")
    deployed.keep("rejected")
    deployed.keep("oversize", "okta-dev-kept-0")
    assert run() == (
        1,
        """
MozDef-EF  us-west-2, 3 deployed sources, 1 of them with something to do

  zoom    dev   alarm Refused; rejected events  0 requests in the last day
  github  prod  well  1,200 requests in the last day; its last change was taken back
  okta    dev   well  1 request in the last day

to see more, and what to do: python -m generator status zoom
""",
        "",
    )


def test_an_alarm_of_a_stack_whose_name_begins_with_anothers_is_not_the_others(deployed: Deployed, run: Run) -> None:
    deployed.deploy("zoom")
    deployed.set_alarm("MozDef-EF-zoom-dev-x-Refused-1A2B")
    assert run()[0] == 0
    deployed.alarm("MozDef-EF-zoom-dev", "Unread")
    assert "  zoom  dev  alarm Unread  " in run()[1]


def test_where_all_are_well_the_exit_status_is_0(deployed: Deployed, run: Run) -> None:
    deployed.deploy("zoom")
    assert run()[:2] == (
        0,
        "\nMozDef-EF  us-west-2, 1 deployed source, nothing to do\n\n  zoom  dev  well  0 requests in the last day\n",
    )


def test_env_chooses_an_environment_and_without_it_there_are_all(deployed: Deployed, run: Run) -> None:
    deployed.deploy("zoom")
    deployed.deploy("zoom", "prod", "UPDATE_ROLLBACK_FAILED")
    rows = {args: json.loads(run("--json", *args)[1]) for args in ((), ("--env", "dev"), ("--env", "prod"))}
    environments = [[row["environment"] for row in listed] for listed in rows.values()]
    assert environments == [["prod", "dev"], ["dev"], ["prod"]]
    assert run("--env", "dev")[0] == 0
    code, out, _ = run()
    assert (code, out.splitlines()[-1]) == (
        1,
        "to see more, and what to do: python -m generator status zoom --env prod",
    )


def test_few_calls_are_made_for_many_sources(deployed: Deployed, run: Run) -> None:
    sources = [f"s{number}" for number in range(9)]  # moto's pages of parameters have ten
    for source in sources:
        deployed.deploy(source)
    assert run()[0] == 0
    assert len(deployed.formation.requests_of("describe_stacks")) == len(sources)
    once = ["DescribeAlarms", "DescribeParameters", "GetMetricData", "ListBuckets", "ListQueues"]
    each = ["GetQueueAttributes", "ListObjectsV2"]
    assert Counter(deployed.calls) == Counter([*once, *each * len(sources)])


def test_more_secrets_and_metrics_than_one_call_takes_are_asked_for_in_several(
    deployed: Deployed, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_state, "_MAX_NAMES", 2)
    monkeypatch.setattr(shared_state, "_MAX_QUERIES", 2)
    for number in range(3):
        deployed.deploy(f"s{number}")
        deployed.count(f"api-s{number}-dev", number)
    code, out, _ = run("--json")
    assert (code, [row["requests"] for row in json.loads(out)]) == (0, [0, 1, 2])
    assert [deployed.calls.count(name) for name in ("DescribeParameters", "GetMetricData")] == [2, 2]


# What is wrong with one is wrong here too.


def _lack_secret(_: Deployed) -> None:
    boto3.client("ssm", REGION).delete_parameter(Name="/MozDef-EF/zoom/dev/auth_token")


def _have_dead_letters(deployed: Deployed) -> None:
    outputs = deployed.formation.stacks["MozDef-EF-zoom-dev"]["Outputs"]
    (url,) = [each["OutputValue"] for each in outputs if each["OutputKey"] == "DeadLettersQueueUrl"]
    for _ in range(2):
        boto3.client("sqs", REGION).send_message(QueueUrl=url, MessageBody="{}")


def _leave_behind(deployed: Deployed) -> None:
    s3, bucket = boto3.client("s3", REGION), "zoom-dev-kept-9"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    tags = {"Project": "MozDef-EF", "Service": "zoom", "Environment": "dev"}
    tag_set = [{"Key": key, "Value": value} for key, value in tags.items()]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tag_set})
    deployed.keep("unsent", bucket)


def _set_status(status: str) -> Callable[[Deployed], None]:
    def set_status(deployed: Deployed) -> None:
        deployed.formation.stacks["MozDef-EF-zoom-dev"]["StackStatus"] = status

    return set_status


SITUATIONS: dict[str, tuple[Callable[[Deployed], None], str | None]] = {
    "well": (lambda _: None, None),
    "an alarm": (lambda deployed: deployed.alarm("MozDef-EF-zoom-dev", "Unread"), "alarm Unread"),
    "no secret": (_lack_secret, "auth_token is not stored"),
    "dead letters": (_have_dead_letters, "2 dead letters"),
    "rejected": (lambda deployed: deployed.keep("rejected"), "rejected events"),
    "unsent": (lambda deployed: deployed.keep("unsent"), "events that wait to be sent"),
    "unsendable": (lambda deployed: deployed.keep("unsendable"), "messages that SQS refuses"),
    "too large": (lambda deployed: deployed.keep("oversize"), None),
    "of an earlier stack": (_leave_behind, "events that an earlier stack left behind"),
    "taken back": (_set_status("UPDATE_ROLLBACK_COMPLETE"), None),
    "not taken back": (
        _set_status("UPDATE_ROLLBACK_FAILED"),
        "is in UPDATE_ROLLBACK_FAILED: its last update failed, and could not be taken back either, so parts of it may "
        "be new and parts old; this goes on with it: python -m generator deploy zoom",
    ),
    "at work": (
        _set_status("UPDATE_IN_PROGRESS"),
        "is in UPDATE_IN_PROGRESS since 2026-03-02 12:00 UTC: wait until that has ended",
    ),
    "not created": (
        _set_status("ROLLBACK_COMPLETE"),
        "is in ROLLBACK_COMPLETE: its creation failed, and nothing of it is left: python -m generator deploy zoom",
    ),
}


@pytest.mark.parametrize(("happens", "problem"), SITUATIONS.values(), ids=SITUATIONS)
def test_the_exit_status_is_that_of_the_source_alone(
    deployed: Deployed, run: Run, happens: Callable[[Deployed], None], problem: str | None
) -> None:
    deployed.deploy("zoom")
    happens(deployed)
    code, out, _ = run("--json")
    (row,) = json.loads(out)
    assert (row["problems"], row["well"]) == ([problem] if problem else [], problem is None)
    assert code == run("zoom")[0] == (1 if problem else 0)


def test_what_aws_refuses_for_one_source_is_in_its_row(
    deployed: Deployed, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.deploy("okta")
    deployed.deploy("zoom")
    boto3.client("s3", REGION).delete_bucket(Bucket="okta-dev-kept-0")
    code, out, _ = run()
    first = "  okta  dev  AWS: ListObjectsV2: NoSuchBucket: The specified bucket does not exist"
    assert (code, out.splitlines()[3].startswith(first), "zoom  dev  well" in out) == (1, True, True)

    def refuse(*_: object) -> Any:
        raise refusal("you may not", "AccessDenied", "ListBuckets")

    monkeypatch.setattr(shared_state.retained_resources, "list_buckets_and_queues", refuse)
    assert "zoom  dev  well" in run()[1]
    monkeypatch.setattr(
        shared_state.retained_resources,
        "list_buckets_and_queues",
        lambda *_: (_ for _ in ()).throw(ClientError({"Error": {"Code": "InternalError"}}, "ListBuckets")),
    )
    assert run() == (1, "", "error: AWS: ListBuckets: InternalError\n")


def test_other_stacks_are_none_of_the_sources(deployed: Deployed, run: Run) -> None:
    deployed.deploy("zoom")
    formation = deployed.formation
    formation.add_stack("CREATE_COMPLETE", "MozDef-EF-zoom-pipeline-dev")
    formation.add_stack("CREATE_COMPLETE", "Other-okta-dev")
    formation.add_stack("CREATE_COMPLETE", "MozDef-EF-x-okta-dev")  # of the project MozDef-EF-x, by its tags
    formation.add_stack("CREATE_COMPLETE", "MozDef-EF-okta-dev", Tags=[])  # whose template is not ours
    assert [row["source"] for row in json.loads(run("--json")[1])] == ["zoom"]


def test_a_stack_that_was_made_in_the_console_has_a_row(deployed: Deployed, run: Run) -> None:
    name = deployed.deploy("zoom")
    deployed.formation.stacks[name]["Tags"] = []
    deployed.formation.templates[name] = {"Metadata": {"MozDefEventFramework": {"Source": "zoom"}}}
    assert [row["source"] for row in json.loads(run("--json")[1])] == ["zoom"]


def test_where_nothing_is_deployed_it_is_said(deployed: Deployed, run: Run) -> None:
    choose = "--project and --region choose another"
    assert run() == (1, "", f"error: no source of the project MozDef-EF is deployed in us-west-2; {choose}\n")
    deployed.deploy("zoom")
    message = f"no source of the project MozDef-EF is deployed in us-west-2 with --env prod; {choose}"
    assert run("--env", "prod") == (1, "", f"error: {message}\n")
    assert run("--env", "prod", "--json") == (1, "[]\n", "")
    for status in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE"):
        _set_status(status)(deployed)
        assert run("--json")[1] == "[]\n"


def test_a_source_of_an_earlier_version_is_to_be_deployed_again(deployed: Deployed, run: Run) -> None:
    name = deployed.deploy("zoom")
    deployed.formation.stacks[name]["Outputs"] = []
    assert run()[1].splitlines()[3].startswith("  zoom  dev  the stack is of an older version, which can't redrive")


def test_a_source_without_a_stored_secret_needs_none(deployed: Deployed, run: Run) -> None:
    deployed.deploy("zoom", SecretParameters="none: public keys are fetched")
    assert run()[0] == 0
    assert "DescribeParameters" not in deployed.calls


def test_an_emulator_counts_no_requests(deployed: Deployed, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    deployed.deploy("zoom")
    for module in (overview, shared_state):
        monkeypatch.setattr(module, "environment_is_emulator", lambda: True, raising=False)
    assert run()[1].splitlines()[-1] == "  zoom  dev  well"


def test_a_pulled_source_without_its_definition_is_looked_at_as_far_as_can_be(deployed: Deployed, run: Run) -> None:
    deployed.deploy("acme-log", PullerFunction="the-puller", ApiId="")
    code, out, _ = run()
    note = "without its definition, whether it asks is not looked at"
    assert (code, out.splitlines()[3]) == (0, f"  acme-log  dev  well  0 requests in the last day; {note}")
