"""What the template promises: its contract, and what no linter sees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from generator import names
from generator.definition.secret_names import credential_secrets, replaced_secrets
from generator.operate.redrive_client import PATIENCE, PAUSES
from generator.templates import event_source
from generator.templates.text import template_text
from lambdas.model import Dedupe, Source, verified_by
from lambdas.runtime.deadline import CALL_SECONDS, CALLS_PER_KEPT_OBJECT
from tests.definitions import bundled_source, every_definition

pytestmark = pytest.mark.slow

EVERY = [definition.source for definition in every_definition()]
WEBHOOKS = [source for source in EVERY if source.webhook]
PULLED = [source for source in EVERY if source.pull]
SELF_HOSTED = next(source for source in PULLED if source.pull and source.pull.self_hosted)
NAME, PLACE = SELF_HOSTED.name, "${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}"
BY_NAME = pytest.mark.parametrize("source", EVERY, ids=lambda source: source.name)
BY_WEBHOOK = pytest.mark.parametrize("source", WEBHOOKS, ids=lambda source: source.name)
BY_PULLED = pytest.mark.parametrize("source", PULLED, ids=lambda source: source.name)


def build_template(source: Source) -> dict[str, Any]:
    index = next((index for index, candidate in enumerate(EVERY) if candidate is source), None)
    document: dict[str, Any] = json.loads(written(source) if index is None else written_of_every(index))
    return document


def written(source: Source) -> str:
    return template_text(event_source.build(source, "code/0.zip"))


@cache
def written_of_every(index: int) -> str:
    """Each of them is asked for by many tests."""
    return written(EVERY[index])


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"] for name, resource in template["Resources"].items() if resource["Type"] == kind
    }


TRACE = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
WHAT = {
    "Kept": ("kept", "AWS::StackId"),
    "Archive": ("archive", "AWS::StackId"),
    "ObjectsBucket": ("objects", "AWS::StackId"),
    "KeptLog": ("logs", "Key"),
}


def statements(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in of_type(template, "AWS::IAM::Role").items():
        for policy in role["Policies"]:
            document = policy["Fn::If"][1]["PolicyDocument"] if "Fn::If" in policy else policy["PolicyDocument"]
            yield from ((name, statement) for statement in document["Statement"])


@BY_NAME
def test_parameters_and_outputs_are_the_contract(source: Source) -> None:
    template = build_template(source)
    assert set(template["Parameters"]) == {
        "ProjectName",
        "Environment",
        "HelperBucket",
        "LambdaKey",
        "PermissionsBoundaryArn",
        "ConsumerPrincipalArn",
        "EventsQueueName",
        "AlarmTopicArn",
        "Tracing",
        *(["KeyAdministratorArn"] if source.hardening == "strict" else []),
        *(["SubnetIds", "SecurityGroupIds"] if source.pull and source.pull.self_hosted else []),
        *(source.parameters or ()),
    }
    assert set(template["Outputs"]) == {
        *(["EndpointUrl", "ApiId"] if source.webhook else ["PullerFunction", "PositionsTable"]),
        *(["ObjectsQueueUrl", "ObjectsQueueArn", "ObjectsBucket"] if source.delivery.s3 else []),
        *([] if source.delivery.s3 else ["EventsQueueUrl", "EventsQueueArn"]),
        "DeadLettersQueueUrl",
        "KeptBucket",
        "SecretParameters",
        *(["ArchiveBucket"] if source.archive else []),
    }
    grouped = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for group in grouped for name in group["Parameters"]) == sorted(template["Parameters"])
    for parameter in template["Parameters"].values():
        assert {"AllowedPattern", "ConstraintDescription", "Description"} <= set(parameter)
        if "Default" in parameter:
            assert re.search(parameter["AllowedPattern"], parameter["Default"])


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        ("ProjectName", ["MozDef-EF", "a"], ["", "1a", "a_b", "/<project>/", "a--b", "a-"]),
        ("Environment", ["dev", "prod2"], ["", "Dev", "a-b", "emea", "dev22"]),
        ("HelperBucket", ["my-bucket"], ["", "My-Bucket", "s3://my-bucket"]),
        ("LambdaKey", ["code/0a.zip"], ["", "a b"]),
        ("PermissionsBoundaryArn", ["", "arn:aws:iam::123456789012:policy/b"], ["b", "arn:aws:iam::1:policy/b"]),
        ("ConsumerPrincipalArn", ["", "arn:aws-us-gov:iam::123456789012:role/x/y"], ["*", "123456789012"]),
        (
            "AlarmTopicArn",
            ["", "arn:aws:sns:us-west-2:123456789012:pager"],
            ["pager", "arn:aws:sqs:us-west-2:1:a", "*"],
        ),
        ("EventsQueueName", ["", "MozDef-EF-zoom-dev"], ["a b", "a" * 81, "a.fifo"]),
    ],
)
def test_the_form_refuses_what_can_not_be_right(parameter: str, good: list[str], bad: list[str]) -> None:
    pattern = re.compile(build_template(bundled_source("zoom").source)["Parameters"][parameter]["AllowedPattern"])
    assert [value for value in good if not pattern.fullmatch(value)] == []
    assert [value for value in bad if pattern.fullmatch(value)] == []


@BY_NAME
def test_permissions_name_their_resource(source: Source) -> None:
    for role, statement in statements(build_template(source)):
        if statement["Action"] == TRACE or statement["Action"][0].startswith("ec2:"):
            continue  # a trace has no name, and a network interface has none before it is there
        for resource in statement["Resource"]:
            text = json.dumps(resource)
            assert text.replace("/*", "") == text.replace("/*", "").replace("*", ""), f"{role}: {text}"
        assert not [action for action in statement["Action"] if "*" in action]


def test_each_function_may_do_what_it_needs_and_nothing_else() -> None:
    allowed = {
        name: {
            role: sorted(
                action
                for owner, statement in statements(build_template(source))
                if owner == role
                for action in statement["Action"]
            )
            for role in of_type(build_template(source), "AWS::IAM::Role")
        }
        for name, source in ((name, bundled_source(name).source) for name in ("zoom", "okta", "okta-log"))
    }
    log, trace = ["logs:CreateLogStream", "logs:PutLogEvents"], sorted(TRACE)
    stores, positions = ["s3:PutObject", "sqs:SendMessage"], ["dynamodb:GetItem", "dynamodb:UpdateItem"]
    credentials = ["ssm:GetParameters", "ssm:ListTagsForResource"]
    claims = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem"]
    redrive = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject", "sqs:SendMessage"]
    assert allowed == {
        "zoom": {
            "WebhookRole": [*log, "s3:PutObject", "sqs:SendMessage", "ssm:GetParameters", *trace],
            # It sends what was verified when it came, and reads no secret.
            "RedriveRole": [*log, *redrive, *trace],
            "ClockRole": ["lambda:InvokeFunction"],
        },
        # The handler behind an authorizer verifies too; the authorizer can reach no queue.
        "okta": {
            "WebhookRole": [*log, "s3:PutObject", "sqs:SendMessage", "ssm:GetParameters", *trace],
            "VerifyRole": [*log, "ssm:GetParameters", *trace],
            "RedriveRole": [*log, *redrive, *trace],
            "ClockRole": ["lambda:InvokeFunction"],
        },
        # It moves positions, and claims each event; the redrive claims what it sends, and moves no position.
        "okta-log": {
            "PullerRole": sorted([*log, *stores, *credentials, *trace, *claims, *positions]),
            "RedriveRole": sorted([*log, *redrive, *trace, *claims]),
            "ClockRole": ["lambda:InvokeFunction"],
            "PullRole": ["lambda:InvokeFunction"],
        },
    }


def test_traces_are_sent_and_permitted_only_where_tracing_is_active() -> None:
    template = build_template(bundled_source("okta").source)
    assert template["Parameters"]["Tracing"]["Default"] == "PassThrough"
    assert template["Conditions"]["IsTraced"] == {"Fn::Equals": [{"Ref": "Tracing"}, "Active"]}
    for function in of_type(template, "AWS::Lambda::Function").values():
        assert function["TracingConfig"] == {"Mode": {"Ref": "Tracing"}}
    for title in functions_roles(template):
        own_policy, tracing = template["Resources"][title]["Properties"]["Policies"]
        assert not set(TRACE) & {
            action for statement in own_policy["PolicyDocument"]["Statement"] for action in statement["Action"]
        }
        assert [tracing["Fn::If"][0], tracing["Fn::If"][2]] == ["IsTraced", {"Ref": "AWS::NoValue"}]


def functions_roles(template: dict[str, Any]) -> set[str]:
    return {function["Role"]["Fn::GetAtt"][0] for function in of_type(template, "AWS::Lambda::Function").values()}


@BY_NAME
def test_queues_outlive_their_messages_and_their_stack(source: Source) -> None:
    template = build_template(source)
    queues, read = of_type(template, "AWS::SQS::Queue"), "Objects" if source.delivery.s3 else "Events"
    assert set(queues) == {read, "DeadLetters"}
    assert queues["DeadLetters"]["MessageRetentionPeriod"] > queues[read]["MessageRetentionPeriod"]
    assert queues[read]["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
    assert queues[read]["RedrivePolicy"]["maxReceiveCount"] >= 5
    for name in (read, "DeadLetters", "Kept", *(["ObjectsBucket"] if source.delivery.s3 else [])):
        assert template["Resources"][name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert template["Resources"][name]["UpdateReplacePolicy"] == "Retain"


@BY_NAME
def test_every_store_refuses_what_comes_without_tls(source: Source) -> None:
    template = build_template(source)
    policies = {**of_type(template, "AWS::SQS::QueuePolicy"), **of_type(template, "AWS::S3::BucketPolicy")}
    some = {
        *(["KeptLogPolicy"] if source.hardening == "strict" else []),
        *(["ArchivePolicy"] if source.archive else []),
        *(["ObjectsPolicy", "ObjectsBucketPolicy"] if source.delivery.s3 else ["EventsPolicy"]),
    }
    assert set(policies) == {"DeadLettersPolicy", "KeptPolicy"} | some
    for policy in policies.values():
        document = policy["PolicyDocument"]
        for variant in document["Fn::If"][1:] if "Fn::If" in document else [document]:
            deny = variant["Statement"][0]
            assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")
            # A JSON boolean: some scanners compare with nothing else.
            assert deny["Condition"] == {"Bool": {"aws:SecureTransport": False}}


@BY_NAME
def test_nothing_is_named_that_need_not_be_and_no_partition_is_assumed(source: Source) -> None:
    template = build_template(source)
    text = json.dumps({part: content for part, content in template.items() if part != "Parameters"})  # examples
    assert re.findall(r"arn:aws[^\[]", text) == []
    for kind, key in (("Lambda::Function", "FunctionName"), ("IAM::Role", "RoleName")):
        assert [properties for properties in of_type(template, f"AWS::{kind}").values() if key in properties] == []


@pytest.mark.parametrize(("hardening", "most"), [("baseline", 51_200), ("strict", 60_000)])
@BY_NAME
def test_template_can_be_deployed_by_its_body_and_with_every_option_from_the_helper_bucket(
    source: Source, hardening: Any, most: int
) -> None:
    """CloudFormation takes 51,200 bytes with a request, and 1 MB from a bucket; `deploy` and `upload` put it there.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    """
    longest = replace(source, name="s" * names.MAX_SERVICE, description="d" * 200, hardening=hardening)
    if source.webhook:
        longest = replace(
            longest, dedupe=Dedupe(), webhook=replace(source.webhook, concurrency=source.webhook.concurrency or 1)
        )
    written = event_source.build(longest, f"code/{'0' * 64}.zip")
    # With an archive or objects, a template goes by the helper bucket.
    streams = (source.archive is not None) + (source.delivery.s3 is not None)
    assert len(template_text(written).encode()) <= most + 12_000 * streams


def test_each_function_puts_reads_and_deletes_below_its_own_prefixes_of_the_bucket() -> None:
    prefixes = {
        (role, action.removeprefix("s3:")): [resource["Fn::Sub"].removeprefix("${Kept.Arn}/") for resource in on]
        for role, statement in statements(build_template(bundled_source("zoom").source))
        for action in statement["Action"]
        if action.startswith("s3:") and action != "s3:ListBucket"
        for on in [statement["Resource"]]
    }
    assert prefixes == {
        ("WebhookRole", "PutObject"): ["rejected/*", "oversize/*", "unsent/*"],
        ("RedriveRole", "PutObject"): ["rejected/*", "oversize/*", "unsent/*", "unsendable/*"],
        ("RedriveRole", "GetObject"): ["rejected/*", "unsent/*"],
        ("RedriveRole", "DeleteObject"): ["rejected/*", "unsent/*"],
    }


@BY_WEBHOOK
def test_only_this_api_and_this_clock_may_invoke_the_functions(source: Source) -> None:
    template = build_template(source)
    permissions = of_type(template, "AWS::Lambda::Permission")
    for permission in permissions.values():
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert permission["SourceArn"]["Fn::Sub"].startswith("arn:${AWS::Partition}:execute-api:")
        assert "${Api}/" in permission["SourceArn"]["Fn::Sub"]
    invoked = {permission["FunctionName"]["Ref"] for permission in permissions.values()}
    assert invoked == set(of_type(template, "AWS::Lambda::Function")) - {"Redrive"}


@BY_NAME
def test_the_sweep_comes_by_the_clock_and_has_time(source: Source) -> None:
    template = build_template(source)
    schedules = of_type(template, "AWS::Scheduler::Schedule")
    assert set(schedules) == {"Clock", *(["Pull"] if source.pull else [])}
    schedule = schedules["Clock"]
    assert (schedule["ScheduleExpression"], schedule["State"]) == ("rate(5 minutes)", "ENABLED")
    redrive, role = ({"Fn::GetAtt": [title, "Arn"]} for title in ("Redrive", "ClockRole"))
    assert schedule["Target"] == {"Arn": redrive, "RoleArn": role}
    (policy,) = of_type(template, "AWS::IAM::Role")["ClockRole"]["Policies"]
    (invokes,) = policy["PolicyDocument"]["Statement"]
    assert (invokes["Action"], invokes["Resource"]) == (["lambda:InvokeFunction"], [redrive])
    assert of_type(template, "AWS::Events::Rule") == {}
    # One that is begun is over before the next is, and before the command that asked gives up.
    redrive = of_type(template, "AWS::Lambda::Function")["Redrive"]
    assert CALLS_PER_KEPT_OBJECT * CALL_SECONDS < redrive["Timeout"] < min(300, PATIENCE, sum(PAUSES))


@BY_WEBHOOK
def test_redrive_function_does_one_thing_at_a_time_where_concurrency_can_be_reserved(source: Source) -> None:
    def reserved(template: dict[str, Any]) -> Any:
        return of_type(template, "AWS::Lambda::Function")["Redrive"].get("ReservedConcurrentExecutions")

    assert reserved(build_template(source)) == 1
    none = replace(source, webhook=replace(source.endpoint, concurrency=None))
    assert reserved(build_template(none)) is None


@BY_WEBHOOK
def test_routes_stand_behind_the_authorizer_where_there_is_one(source: Source) -> None:
    template = build_template(source)
    kind = {"handler": "NONE", "authorizer": "CUSTOM", "api": "JWT"}[verified_by(source.endpoint)]
    authorizers = {
        authorizer["AuthorizerType"] for authorizer in of_type(template, "AWS::ApiGatewayV2::Authorizer").values()
    }
    assert authorizers == {"NONE": set(), "CUSTOM": {"REQUEST"}, "JWT": {"JWT"}}[kind]
    for route in of_type(template, "AWS::ApiGatewayV2::Route").values():
        assert route["AuthorizationType"] == kind
        assert route["AuthorizerId"] == {"Ref": "Authorizer" if authorizers else "AWS::NoValue"}


def test_routes_exist_only_for_the_methods_that_a_source_needs() -> None:
    keys = {
        name: [
            route["RouteKey"]
            for route in of_type(build_template(bundled_source(name).source), "AWS::ApiGatewayV2::Route").values()
        ]
        for name in ("zoom", "okta")
    }
    assert keys == {"zoom": ["POST /events"], "okta": ["GET /events", "POST /events"]}


def test_two_sources_templates_have_the_same_ids() -> None:
    zoom, okta = (set(build_template(bundled_source(name).source)["Resources"]) for name in ("zoom", "okta"))
    assert zoom < okta
    assert okta - zoom == {
        "Authorizer",
        "Verify",
        "VerifyLog",
        "VerifyPermission",
        "VerifyRole",
        "GetRoute",
        "WebhookGetPermission",
    }


@BY_NAME
def test_the_buckets_and_the_logs_are_named_by_what_they_come_and_go_with_and_so_once_only(source: Source) -> None:
    template = build_template(source)
    for title, bucket in of_type(template, "AWS::S3::Bucket").items():
        name, parts = bucket["BucketName"]["Fn::Sub"]
        assert name == f"{source.name}-${{Environment}}-{WHAT[title][0]}-${{Time}}${{Node}}"
        assert all(json.dumps({"Ref": WHAT[title][1]}) in json.dumps(part) for part in parts.values())
    for group in of_type(template, "AWS::Logs::LogGroup").values():
        assert "${AWS::StackName}-" in group["LogGroupName"]["Fn::Sub"]


@BY_NAME
def test_roles_lie_below_a_path_of_the_sources_own(source: Source) -> None:
    for role in of_type(build_template(source), "AWS::IAM::Role").values():
        assert role["Path"] == {"Fn::Sub": f"/${{ProjectName}}/{source.name}/${{Environment}}/"}


def test_the_longest_names_fit() -> None:
    service, environment = "s" * names.MAX_SERVICE, "production1"
    assert re.fullmatch(names.ENVIRONMENT_PATTERN, environment)
    assert len(environment) == names.MAX_ENVIRONMENT
    project = "p" * names.max_project(service)
    assert names.deployment_problem(service, project, environment) is None
    assert names.deployment_problem(service, names.DEFAULT_PROJECT, environment) is None
    assert names.deployment_problem(service, project + "p", environment)
    stack = names.stack_name(service, project, environment)
    assert len(stack) == names.MAX_STACK
    assert build_template(bundled_source("zoom").source)["Parameters"]["ProjectName"]["MaxLength"] == names.max_project(
        "zoom"
    )
    for function in of_type(build_template(bundled_source("okta").source), "AWS::Lambda::Function"):
        assert len(f"{stack}-{function}-0123456789012") <= 64
    assert len(f"{service}-{environment}-kept-{'0' * 20}") <= 63


@BY_NAME
def test_no_environment_variable_holds_a_secret(source: Source) -> None:
    for function in of_type(build_template(source), "AWS::Lambda::Function").values():
        variables = function["Environment"]["Variables"]
        known_variables = {"EVENTS_QUEUE_URL", "KEPT_BUCKET", "SECRETS_PATH", "STACK", "DEDUPE_TABLE", "DEDUPE_LEASE"}
        parameters = {f"PARAMETER_{name}": {"Ref": name} for name in source.parameters or ()}
        known_variables |= {"ARCHIVE_BUCKET", "ARCHIVE_STREAM", "OBJECTS_BUCKET", "EVENTS_STREAM"}
        assert set(variables) - parameters.keys() <= known_variables
        assert {name: variables.get(name) for name in parameters} == parameters
        path = {"Fn::Sub": f"/${{ProjectName}}/{source.name}/${{Environment}}"}
        assert variables.get("SECRETS_PATH") == (path if function["Handler"] != "lambdas.redrive.handler" else None)
        assert variables["STACK"] == {"Ref": "AWS::StackName"}


def test_a_table_of_claims_is_there_for_a_source_with_dedupe_alone() -> None:
    source = next(candidate for candidate in EVERY if candidate.name == "dedupe")
    template = build_template(source)
    with_table = [each.name for each in WEBHOOKS if of_type(build_template(each), "AWS::DynamoDB::Table")]
    assert with_table == ["dedupe", "objects-strict"]
    table = of_type(template, "AWS::DynamoDB::Table")["Claims"]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert (table["BillingMode"], "TableName" in table) == ("PAY_PER_REQUEST", False)
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    # What it holds is worth nothing without the functions.
    assert template["Resources"]["Claims"]["DeletionPolicy"] == "Delete"
    may = {
        role: sorted(
            action
            for owner, each in statements(template)
            if owner == role
            for action in each["Action"]
            if "dynamo" in action
        )
        for role in functions_roles(template)
    }
    claims = ["dynamodb:BatchWriteItem", "dynamodb:PutItem"]
    assert may == {"WebhookRole": claims, "RedriveRole": ["dynamodb:BatchGetItem", *claims]}


@BY_PULLED
def test_the_schedule_asks_as_often_as_the_definition_says_and_no_run_is_tried_again(source: Source) -> None:
    template = build_template(source)
    assert source.pull
    schedule = of_type(template, "AWS::Scheduler::Schedule")["Pull"]
    minutes = source.pull.every // 60
    assert schedule["ScheduleExpression"] == f"rate({minutes} minute{'s' * (minutes > 1)})"
    no_retries = {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}
    puller = {"Fn::GetAtt": ["Puller", "Arn"]}
    assert schedule["Target"] == {
        "Arn": puller,
        "RoleArn": {"Fn::GetAtt": ["PullRole", "Arn"]},
        "RetryPolicy": no_retries,
    }
    (retries,) = of_type(template, "AWS::Lambda::EventInvokeConfig").values()
    assert retries == {"FunctionName": {"Ref": "Puller"}, "Qualifier": "$LATEST", **no_retries}
    (policy,) = of_type(template, "AWS::IAM::Role")["PullRole"]["Policies"]
    (invokes,) = policy["PolicyDocument"]["Statement"]
    assert (invokes["Action"], invokes["Resource"]) == (["lambda:InvokeFunction"], [puller])


@BY_PULLED
def test_a_pulled_source_has_no_way_in_and_its_positions_outlive_the_stack(source: Source) -> None:
    template = build_template(source)
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    assert [kind for kind in kinds if kind.startswith("AWS::ApiGateway")] == []
    assert "AWS::Lambda::Permission" not in kinds
    (table,) = (value for value in template["Resources"].values() if value["Type"] == "AWS::DynamoDB::Table")
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert table["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    functions = of_type(template, "AWS::Lambda::Function")
    assert set(functions) == {"Puller", "Redrive"}
    for function in functions.values():
        assert float(function["Environment"]["Variables"]["DEDUPE_LEASE"]) > function["Timeout"]
        assert function["Environment"]["Variables"]["DEDUPE_TABLE"] == {"Ref": "Positions"}


@BY_PULLED
def test_the_puller_alone_reads_secrets_and_replaces_those_alone_that_the_vendor_rotates(source: Source) -> None:
    assert source.pull
    secrets = {
        action: (role, [resource["Fn::Sub"].rpartition("/")[2] for resource in statement["Resource"]])
        for role, statement in statements(build_template(source))
        for action in statement["Action"]
        if action.startswith("ssm:")
    }
    names = credential_secrets(source.pull)
    read = {
        "ssm:GetParameters": ("PullerRole", [f"{name}{end}" for name in names for end in ("", "_previous")]),
        "ssm:ListTagsForResource": ("PullerRole", list(names)),
    }
    replaced = list(replaced_secrets(source.pull))
    assert secrets == {**read, **({"ssm:PutParameter": ("PullerRole", replaced)} if replaced else {})}


def test_the_puller_of_a_self_hosted_api_alone_runs_in_the_vpc_that_the_form_names() -> None:
    template = build_template(SELF_HOSTED)
    functions = of_type(template, "AWS::Lambda::Function")
    assert "VpcConfig" not in functions["Redrive"]
    split = {name: {"Fn::Split": [",", {"Ref": name}]} for name in ("SubnetIds", "SecurityGroupIds")}
    assert functions["Puller"]["VpcConfig"] == split
    assert not any("Default" in template["Parameters"][name] for name in split)
    network = [
        policy
        for resource in of_type(template, "AWS::IAM::Role").values()
        for policy in resource["Policies"]
        if "ec2:" in json.dumps(policy)
    ]
    assert len(network) == 1
    *allowed, denied = network[0]["PolicyDocument"]["Statement"]
    assert {statement["Effect"] for statement in allowed} == {"Allow"}
    actions = {action for statement in allowed for action in statement["Action"]}
    assert (denied["Effect"], set(denied["Action"]), denied["Resource"]) == ("Deny", actions, ["*"])
    code_of = {
        "lambda:SourceFunctionArn": {"Fn::Sub": f"arn:{PLACE}:function:${{ProjectName}}-{NAME}-${{Environment}}-*"}
    }
    assert denied["Condition"] == {"ArnLike": code_of}


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        ("SubnetIds", ["subnet-0a1b2c3d", "subnet-0a,subnet-1b"], ["", "a", "subnet-0a,", "subnet-0a, subnet-1b"]),
        ("SecurityGroupIds", ["sg-0a1b2c3d", "sg-0a,sg-1b"], ["", "default", "subnet-0a", "*"]),
    ],
)
def test_the_form_refuses_what_is_no_network(parameter: str, good: list[str], bad: list[str]) -> None:
    pattern = re.compile(build_template(SELF_HOSTED)["Parameters"][parameter]["AllowedPattern"])
    assert [value for value in good if not pattern.fullmatch(value)] == []
    assert [value for value in bad if pattern.fullmatch(value)] == []


def test_a_claim_outlives_the_function_that_holds_it() -> None:
    template = build_template(next(candidate for candidate in EVERY if candidate.name == "dedupe"))
    functions = of_type(template, "AWS::Lambda::Function")
    assert set(functions) == {"Webhook", "Redrive"}
    for function in functions.values():
        assert float(function["Environment"]["Variables"]["DEDUPE_LEASE"]) > function["Timeout"]
        assert function["Environment"]["Variables"]["DEDUPE_TABLE"] == {"Ref": "Claims"}


def test_a_stream_is_there_for_a_source_that_says_so_alone() -> None:
    streams = {
        candidate.name: sorted(of_type(build_template(candidate), "AWS::KinesisFirehose::DeliveryStream"))
        for candidate in EVERY
    }
    assert {name: titles for name, titles in streams.items() if titles} == {
        "archive": ["Stream"],
        "archive-strict": ["Stream"],
        "objects": ["Writer"],
        "objects-strict": ["Stream", "Writer"],
        "pulled-objects": ["Writer"],
        "pulled-strict": ["Stream", "Writer"],
    }


@pytest.mark.parametrize(
    ("name", "days"), [("objects", 30), ("objects-strict", 90), ("pulled-objects", 90), ("pulled-strict", 90)]
)
def test_objects_have_what_a_minute_brought_and_a_queue_is_told_of_each(name: str, days: int) -> None:
    template, strict = build_template(next(each for each in EVERY if each.name == name)), "strict" in name
    bucket, stream = template["Resources"]["ObjectsBucket"], template["Resources"]["Writer"]["Properties"]
    (rule,) = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["NoncurrentVersionExpiration"]) == (days, {"NoncurrentDays": 1})
    destination = stream["ExtendedS3DestinationConfiguration"]
    assert (stream["DeliveryStreamType"], "DeliveryStreamName" in stream) == ("DirectPut", False)
    assert destination["BufferingHints"] == {"IntervalInSeconds": 60, "SizeInMBs": 16}
    assert (destination["CompressionFormat"], destination["FileExtension"]) == ("GZIP", ".json.gz")
    assert destination["Prefix"] == f"events/{name}/!{{timestamp:yyyy/MM/dd/HH}}/"
    errors = f"failed/{name}/!{{firehose:error-output-type}}/!{{timestamp:yyyy/MM/dd/HH}}/"
    assert destination["ErrorOutputPrefix"] == errors
    (told,) = bucket["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
    assert told == {
        "Event": "s3:ObjectCreated:*",
        "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "events/"}]}},
        "Queue": {"Fn::GetAtt": ["Objects", "Arn"]},
    }
    assert bucket["DependsOn"] == ["ObjectsPolicy", *(["KeptLogPolicy"] if strict else [])]
    assert "LoggingConfiguration" in bucket["Properties"] if strict else True


def test_s3_tells_the_queue_for_its_own_bucket_alone_and_the_siem_reads_messages_alone() -> None:
    template = build_template(next(each for each in EVERY if each.name == "objects-strict"))
    condition, with_consumer, without = template["Resources"]["ObjectsPolicy"]["Properties"]["PolicyDocument"]["Fn::If"]
    assert condition == "HasConsumerPrincipalArn"
    notifications = with_consumer["Statement"][1]
    assert without["Statement"] == with_consumer["Statement"][:2]
    assert (notifications["Principal"], notifications["Action"]) == (
        {"Service": "s3.amazonaws.com"},
        ["sqs:SendMessage"],
    )
    name, parts = template["Resources"]["ObjectsBucket"]["Properties"]["BucketName"]["Fn::Sub"]
    assert notifications["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::Sub": [f"arn:${{AWS::Partition}}:s3:::{name}", parts]}},
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    }
    consumer = {"AWS": {"Ref": "ConsumerPrincipalArn"}}
    assert with_consumer["Statement"][2]["Principal"] == consumer
    reads = template["Resources"]["ObjectsBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"][1]["Fn::If"]
    assert (reads[0], reads[2]) == ("HasConsumerPrincipalArn", {"Ref": "AWS::NoValue"})
    assert (reads[1]["Principal"], reads[1]["Action"]) == (consumer, ["s3:GetObject", "s3:GetObjectVersion"])
    assert reads[1]["Resource"] == [{"Fn::Sub": "${ObjectsBucket.Arn}/events/*"}]
    key = {
        statement["Sid"]: statement
        for each in template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"]
        for statement in [each["Fn::If"][1] if "Fn::If" in each else each]
    }
    assert key["Notifications"]["Principal"] == {"Service": "s3.amazonaws.com"}
    assert key["Notifications"]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    services = key["Consumer"]["Condition"]["StringEquals"]["kms:ViaService"]
    assert [service["Fn::Sub"].partition(".")[0] for service in services] == ["sqs", "s3"]


@pytest.mark.parametrize(("name", "role"), [("objects", "WebhookRole"), ("pulled-objects", "PullerRole")])
def test_functions_hand_messages_to_the_stream_and_to_no_queue(name: str, role: str) -> None:
    template = build_template(next(each for each in EVERY if each.name == name))
    may = {
        (role, action): statement["Resource"]
        for role, statement in statements(template)
        for action in statement["Action"]
        if "ObjectsBucket" in json.dumps(statement["Resource"]) or action.startswith(("firehose:", "sqs:"))
    }
    put, hand_over = [{"Fn::Sub": "${ObjectsBucket.Arn}/events/*"}], [{"Fn::GetAtt": ["Writer", "Arn"]}]
    assert {key: resource for key, resource in may.items() if key[0] != "WriterRole"} == {
        (each, action): resource
        for each in (role, "RedriveRole")
        for action, resource in (("firehose:PutRecordBatch", hand_over), ("s3:PutObject", put))
    }


@pytest.mark.parametrize(("name", "days"), [("archive", 90), ("archive-strict", 30)])
def test_an_archive_keeps_what_the_stream_delivers_and_no_longer_than_is_said(name: str, days: int) -> None:
    template = build_template(next(candidate for candidate in EVERY if candidate.name == name))
    archive, stream = template["Resources"]["Archive"], template["Resources"]["Stream"]["Properties"]
    (rule,) = archive["Properties"]["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["NoncurrentVersionExpiration"]) == (days, {"NoncurrentDays": 1})
    assert (archive["DeletionPolicy"], archive["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    destination = stream["ExtendedS3DestinationConfiguration"]
    assert (stream["DeliveryStreamType"], "DeliveryStreamName" in stream) == ("DirectPut", False)
    assert destination["BufferingHints"] == {"IntervalInSeconds": 300, "SizeInMBs": 16}
    assert destination["CompressionFormat"] == "GZIP"
    assert destination["Prefix"] == "accepted/!{timestamp:yyyy-MM-dd}/!{timestamp:HH}/"
    strict = {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": {"Fn::GetAtt": ["Key", "Arn"]}}
    encryption = stream["DeliveryStreamEncryptionConfigurationInput"]
    assert encryption == (strict if "strict" in name else {"KeyType": "AWS_OWNED_CMK"})
    logged = "LoggingConfiguration" in archive["Properties"]
    assert logged == ("strict" in name)


def test_functions_put_into_the_archive_and_read_from_it_each_in_its_own_way() -> None:
    template = build_template(next(candidate for candidate in EVERY if candidate.name == "archive"))
    may = {
        (role, action): statement["Resource"]
        for role, statement in statements(template)
        for action in statement["Action"]
        if "Archive" in json.dumps(statement["Resource"]) or action.startswith("firehose:")
    }
    objects, bucket = [{"Fn::Sub": "${Archive.Arn}/accepted/*"}], [{"Fn::GetAtt": ["Archive", "Arn"]}]
    assert {key: resource for key, resource in may.items() if key[0] != "StreamRole"} == {
        ("WebhookRole", "firehose:PutRecordBatch"): [{"Fn::GetAtt": ["Stream", "Arn"]}],
        ("WebhookRole", "s3:PutObject"): objects,
        ("RedriveRole", "s3:GetObject"): objects,
        ("RedriveRole", "s3:ListBucket"): bucket,
    }
    assert {action for role, action in may if role == "StreamRole"} == {
        *("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
        *("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
    }
    (trust,) = template["Resources"]["StreamRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "firehose.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "AWS::AccountId"}}}
