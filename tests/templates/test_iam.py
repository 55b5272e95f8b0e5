"""What the roles may do, and what somebody comes to who has one: checked in the templates, with AWS's own reference."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import botocore.session
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from generator import names
from generator.definition.read import load
from generator.packaging import product
from generator.templates import event_source, pipeline
from generator.templates.pipeline_inputs import ZipKeys
from generator.templates.text import template_text
from lambdas.model import Pipeline
from tests import iam
from tests.definitions import CASES, ROOT, bundled_source
from tests.iam import Stack, World

pytestmark = pytest.mark.slow

PROJECT, SOURCE, ENVIRONMENT = "MozDef-EF", "zoom", "dev"
VARIANTS: dict[str, tuple[Any, ...]] = {
    "both": ("github", "codecommit"),
    "codecommit": ("codecommit",),
    "github": ("github",),
}
EACH_VARIANT = pytest.mark.parametrize("variant", VARIANTS)
EXECUTION, BUILD, BOUNDARY = "ExecutionRole", "BuildRole", "Boundary"


def shown(node: Any) -> str:
    """An intrinsic as it would stand in an `Fn::Sub`."""
    match node:
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [title, attribute]}:
            return f"${{{title}.{attribute}}}"
        case {"Fn::Sub": [str(written), _]} | {"Fn::Sub": str(written)}:
            return written
        case {"Fn::If": [_, yes, no]}:
            return shown(yes) if no == {"Ref": "AWS::NoValue"} else f"{shown(yes)} or {shown(no)}"
    return str(node)


def written(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of a role or of the boundary that allows something, with the title of whose it is."""
    for title, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role":
            for policy in resource["Properties"]["Policies"]:
                active_policy = policy["Fn::If"][1] if "Fn::If" in policy else policy
                allowed = [each for each in active_policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
                yield from ((title, each) for each in allowed)
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            yield from ((title, each) for each in resource["Properties"]["PolicyDocument"]["Statement"])


DEDUPE, ARCHIVE, OBJECTS = "dedupe", "archive", "objects"
"""Cases with a table, with a stream and a further bucket, and with these in place of a queue of messages."""
PULLED = "okta-log"
"""A source with a puller, and a table of positions."""
PULLED_OBJECTS = ("pulled-objects", "pulled-strict")
"""Cases with a puller that delivers into objects; the second also has an archive, a key and a rotated secret."""
ROTATED = "dropbox-log"
"""A source whose puller stores the secret that its vendor gives in place of the last one."""
SELF_HOSTED = "self-hosted"
"""A case with a puller that may run in a VPC."""


@cache
def built(source: str, like: str, variant: str, hardening: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The pipeline's and the event source's template of a source that is `like` another, with the right keys."""
    definition = load(CASES, [like])[0] if (CASES / like).is_dir() else bundled_source(like)
    hardening = hardening or definition.source.hardening
    renamed_source = replace(definition.source, name=source, pipeline=Pipeline(VARIANTS[variant]), hardening=hardening)
    files = product.source_files(replace(definition, source=renamed_source))
    return json.loads(files[product.PIPELINE]), json.loads(files[product.TEMPLATE])


def deployed(
    project: str, source: str, environment: str, templates: tuple[dict[str, Any], dict[str, Any]]
) -> tuple[Stack, Stack]:
    """A pipeline's stack, made with an administrator's role, and the event source's, which the pipeline makes."""
    values = {
        "ProjectName": project,
        "Environment": environment,
        "HelperBucket": f"{project.lower()}-helper",
        "GitHubRepository": "example/framework",
        "ConnectionArn": f"arn:aws:codeconnections:{iam.REGION}:{iam.ACCOUNT}:connection/0a1b",
        "ConsumerPrincipalArn": "arn:aws:iam::444455556666:role/mozdef",
        # Of google-pubsub.
        "Audience": "mozdef",
        "ServiceAccount": "push@example.iam.gserviceaccount.com",
        # Of okta-log.
        "OktaDomain": "example.okta.com",
        # Of a source that is self-hosted.
        "SubnetIds": "subnet-0a1b2c3d",
        "SecurityGroupIds": "sg-0a1b2c3d",
    }
    pipeline_stack = Stack(names.pipeline_stack_name(source, project, environment), templates[0], values, iam.ADMIN)
    key = f"{names.code_prefix(source, project, environment)}0.zip"  # as a build says that has a role
    bounded = {**values, "PermissionsBoundaryArn": pipeline_stack.resource_arn(BOUNDARY) or "", "LambdaKey": key}
    name, role = names.stack_name(source, project, environment), pipeline_stack.resource_arn(EXECUTION)
    return pipeline_stack, Stack(name, templates[1], bounded, role)


def own_stacks(variant: str = "both") -> tuple[Stack, Stack]:
    return deployed(PROJECT, SOURCE, ENVIRONMENT, built(SOURCE, SOURCE, variant))


def arn(stack: Stack, title: str) -> str:
    resource_arn = stack.resource_arn(title)
    assert resource_arn
    return resource_arn


def roles(stack: Stack) -> list[str]:
    return [title for title, _, _ in stack.resources("AWS::IAM::Role")]


OTHERS = {
    "okta": (PROJECT, "okta", ENVIRONMENT, "okta"),
    "prod": (PROJECT, SOURCE, "prod", SOURCE),
    "zoom-emea": (PROJECT, "zoom-emea", ENVIRONMENT, SOURCE),
    "SOC": ("SOC", SOURCE, ENVIRONMENT, SOURCE),
}
OWN_PATH = names.role_path(SOURCE, PROJECT, ENVIRONMENT)
NEW_ROLES = [f"arn:aws:iam::{iam.ACCOUNT}:role{path}new" for path in (OWN_PATH, "/", "/MozDef-EF/okta/dev/")]
BY_HAND = f"arn:aws:iam::{iam.ACCOUNT}:role{OWN_PATH}by-hand"
NEW = f"a new role {OWN_PATH}new"


def world(pipeline: Stack, event_source: Stack) -> World:
    """Ours beside others of the same account, an administrator's role, and one below our path without a boundary."""
    account = World()
    account.add("pipeline", pipeline)
    account.add("source", event_source)
    for label, (project, source, environment, like) in OTHERS.items():
        other_stacks = deployed(project, source, environment, built(source, like, "both"))
        for kind, stack in zip(("pipeline", "source"), other_stacks, strict=True):
            account.add(f"{label} {kind}", stack)
    anybody = tuple(("Service", service) for service in iam.STARTS)
    trust = (iam.Statement(allows=True, actions=("sts:AssumeRole",), resources=("*",), principals=anybody),)
    account.roles[iam.ADMIN] = iam.Role(iam.ADMIN, trust, iam.ANYTHING)
    account.roles[BY_HAND] = iam.Role(BY_HAND, trust, iam.NOTHING)
    account.labels |= {iam.ADMIN: "Admin", BY_HAND: "by-hand"}
    return account


# --- Every policy, by AWS's own reference -----------------------------------------------------------------------------

# CloudFormation's schema of AWS::ApiGatewayV2::Stage names them, and creating a stage with tags is refused without.
NOT_IN_THE_REFERENCE = {"apigateway:TagResource", "apigateway:UntagResource"}
# What is said of a policy and yet right, by whose it is.
TAGS = (
    "arn:aws:apigateway:us-west-2::/tags/*: no action is about it"  # of the first version, whose actions these are too
)
CONNECTION = (  # its ARN has the service's old name or its new one, by when it was made; the parameter says which
    "codestar-connections:UseConnection: none of its resources is meant, "
    "arn:${Partition}:codestar-connections:${Region}:${Account}:connection/${ConnectionId}"
)


@EACH_VARIANT
def test_in_every_policy_of_a_pipeline_actions_resources_and_conditions_fit(variant: str) -> None:
    stack, _ = own_stacks(variant)
    problems = {
        (title, problem)
        for title, kind, document in stack.documents()
        for problem in iam.problems(kind, document, NOT_IN_THE_REFERENCE)
    }
    github = {("PipelineRole", CONNECTION)} if "github" in VARIANTS[variant] else set()
    assert problems == {(EXECUTION, TAGS), *github}


@pytest.mark.parametrize(
    ("like", "service"),
    [
        (DEDUPE, "dynamodb"),
        (ARCHIVE, "firehose"),
        (OBJECTS, "firehose"),
        (OBJECTS, "s3"),
        (PULLED, "dynamodb"),
        (PULLED, "lambda"),
        (SELF_HOSTED, "ec2"),
        *((like, service) for like in PULLED_OBJECTS for service in ("firehose", "s3", "dynamodb", "lambda")),
        ("pulled-strict", "kms"),
    ],
)
def test_in_every_policy_of_a_pipeline_whose_source_has_more_permissions_fit_too(like: str, service: str) -> None:
    stack, _ = deployed(PROJECT, like, ENVIRONMENT, built(like, like, "codecommit"))
    problems = {(title, problem) for title, kind, each in stack.documents() for problem in iam.problems(kind, each)}
    assert {problem for problem in problems if service in problem[1]} == set()


@pytest.mark.parametrize("name", ["zoom", "okta", DEDUPE, ARCHIVE, OBJECTS, PULLED, SELF_HOSTED, *PULLED_OBJECTS])
def test_in_every_policy_of_an_event_source_actions_resources_and_conditions_fit(name: str) -> None:
    _, stack = deployed(PROJECT, name, ENVIRONMENT, built(name, name, "both"))
    documents = list(stack.documents())
    assert {kind for _, kind, _ in documents} == {"trust", "identity", "resource"}
    assert [(title, problem) for title, kind, each in documents for problem in iam.problems(kind, each)] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Action": ["sqs:SendMessageBatch"]}, "is no action"),
        ({"Action": ["sqs:*"], "Resource": ["*"]}, "can be narrowed"),
        ({"Resource": ["arn:aws:s3:::kept/rejected/*"]}, "none of its resources is meant"),
        ({"Resource": ["arn:aws:sqs:us-west-2:111122223333:a", "arn:aws:s3:::kept"]}, "no action is about it"),
        ({"Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::kept/*"]}, "none of its resources is meant"),
        ({"Condition": {"StringEquals": {"iam:PassedToService": "x"}}}, "has no condition"),
        ({"Principal": "*"}, "a principal, or none"),
        ({"Action": ["sqs:SendMessage", "sqs:SendMessage"]}, "an action twice"),
    ],
)
def test_misfits_are_found(change: dict[str, Any], message: str) -> None:
    right = {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["arn:aws:sqs:us-west-2:111122223333:a"]}
    assert list(iam.problems("identity", {"Version": "2012-10-17", "Statement": [right]})) == []
    wrong = list(iam.problems("identity", {"Version": "2012-10-17", "Statement": [{**right, **change}]}))
    assert [problem for problem in wrong if message in problem]


def test_names_missing_in_the_reference_are_the_services_own() -> None:
    model = botocore.session.get_session().get_service_model("apigatewayv2")
    assert {action.partition(":")[2] for action in NOT_IN_THE_REFERENCE} <= set(model.operation_names)
    assert {iam.level(action) for action in NOT_IN_THE_REFERENCE} == {""}


# What changes who may do what, and what is known to lead to more than it seems to: each is looked at below.
LEADS_FURTHER = {
    EXECUTION: {
        *("iam:CreateRole", "iam:DeleteRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy"),
        *("iam:PutRolePermissionsBoundary", "iam:PassRole"),
        *("lambda:CreateFunction", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"),
        *("lambda:AddPermission", "lambda:RemovePermission", "logs:PutResourcePolicy"),
        *("s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketPublicAccessBlock"),
        *("s3:PutBucketOwnershipControls", "sqs:CreateQueue", "sqs:SetQueueAttributes"),
    },
    # The function Redrive, whose code it deploys anyway.
    BUILD: {"iam:PassRole", "lambda:InvokeFunction"},
    "PipelineRole": {"lambda:InvokeFunction"},
    # The roles of the schedules, and what bounds it: the source's own functions.
    "ClockRole": {"lambda:InvokeFunction"},
    "PullRole": {"lambda:InvokeFunction"},
    # Of a source that is pulled, it calls the puller.
    "VerifyRole": {"lambda:InvokeFunction"},
    BOUNDARY: {"lambda:InvokeFunction"},
}


def test_no_role_can_do_what_leads_further_but_where_it_is_looked_at() -> None:
    lists = iam.audit("privilege-escalation") | iam.audit("credentials-exposure") | iam.audit("resource-exposure")
    actions: dict[str, set[str]] = {}
    for template in (*built("zoom", "zoom", "both"), *built("okta", "okta", "both"), *built(PULLED, PULLED, "both")):
        for title, statement in written(template):
            for action in statement["Action"]:
                if action in lists or iam.level(action) == "Permissions management":
                    actions.setdefault(title, set()).add(action)
    assert actions == LEADS_FURTHER


# --- From the credentials of each role --------------------------------------------------------------------------------

# A role that was made by hand below the path, without a boundary, can be handed over; nothing can be written into it.
AS_EXECUTION = {
    "becomes source/WebhookRole",
    "becomes by-hand",
    f"becomes {NEW} within the boundary",
    f"iam:PutRolePolicy {NEW} within the boundary",
    "iam:PutRolePolicy source/WebhookRole within the boundary",
    "chooses the code source/Webhook",
    "becomes source/RedriveRole",
    "iam:PutRolePolicy source/RedriveRole within the boundary",
    "chooses the code source/Redrive",
    "passes source/RedriveRole to lambda.amazonaws.com",
    f"passes {NEW} within the boundary to lambda.amazonaws.com",
    "passes source/WebhookRole to lambda.amazonaws.com",
    "passes by-hand to lambda.amazonaws.com",
    "becomes source/ClockRole",
    "iam:PutRolePolicy source/ClockRole within the boundary",
    "passes source/ClockRole to lambda.amazonaws.com",
    *(f"passes {role} to scheduler.amazonaws.com" for role in ("by-hand", f"{NEW} within the boundary")),
    *(f"passes source/{title}Role to scheduler.amazonaws.com" for title in ("Webhook", "Redrive", "Clock")),
}
AS_BUILD = {
    *AS_EXECUTION,
    "becomes pipeline/ExecutionRole",
    "passes pipeline/ExecutionRole to cloudformation.amazonaws.com",
    "chooses the template source",
    "chooses the object code of source/Redrive",
}
AS_ARTIFACTS = {
    *AS_BUILD,
    "chooses the object artifacts of pipeline",
    "becomes pipeline/BuildRole",
    "becomes pipeline/VerifyRole",
}
REACHED: dict[str, set[str]] = {
    BUILD: AS_BUILD,
    EXECUTION: AS_EXECUTION,
    "VerifyRole": set(),
    "PushRole": set(),
    # Whatever it puts into the artifact is what the build runs: the merge is trusted as the repositories are.
    "MergeFunctionRole": AS_ARTIFACTS,
    "PipelineRole": {*AS_ARTIFACTS, "chooses a build pipeline/Build", "chooses a build pipeline/Verify"},
    "WebhookRole": set(),
    "RedriveRole": set(),
    "ClockRole": set(),
}
# And what each may change, make or remove, as things stand, but for the helper bucket's objects.
ALARMS = [
    title
    for title, resource in built(SOURCE, SOURCE, "both")[1]["Resources"].items()
    if resource["Type"].endswith("::Alarm")
]
CHANGES: dict[str, set[str]] = {
    BUILD: {"source", "source/Redrive"},
    EXECUTION: {
        *("source/Webhook", "source/WebhookRole", "source/WebhookLog", "source/AccessLog", "by-hand"),
        *("source/Events", "source/DeadLetters", "source/Kept"),
        *("source/Redrive", "source/RedriveRole", "source/RedriveLog", "source/Dashboard"),
        *("source/Clock", "source/ClockRole"),
        *(f"source/{alarm}" for alarm in ALARMS),
        "SOC source/Kept",  # a bucket's name has no room for its project's
    },
    "VerifyRole": set(),
    "PushRole": {"pipeline/Pipeline"},
    "MergeFunctionRole": set(),
    "PipelineRole": {
        *("artifacts of pipeline", "pipeline/Build", "pipeline/Verify", "pipeline/MergeFunction"),
        "pipeline/Configuration",
    },
    "WebhookRole": {"source/Events"},
    "RedriveRole": {"source/Events"},
    "ClockRole": {"source/Redrive"},
}
NOT_IN = {"codecommit": {"pipeline/MergeFunction"}, "github": {"pipeline/MergeFunction", "pipeline/Configuration"}}


@EACH_VARIANT
def test_from_every_role_each_way_ends_at_the_boundary(variant: str) -> None:
    pipeline, event_source = own_stacks(variant)
    account, boundary = world(pipeline, event_source), arn(pipeline, BOUNDARY)
    for stack in (pipeline, event_source):
        for title in roles(stack):
            role = arn(stack, title)
            reached = account.reach(role, NEW_ROLES, boundary)
            itself = {f"becomes {account.label(role)}"}
            assert reached == REACHED[title] - itself, title
            changed = {label for _, label in account.writes(role) if not label.startswith("code of ")}
            assert changed == CHANGES[title] - NOT_IN.get(variant, set()), title


@EACH_VARIANT
def test_code_in_the_helper_bucket_is_for_the_source_itself(variant: str) -> None:
    pipeline, event_source = own_stacks(variant)
    account = world(pipeline, event_source)
    for title in roles(pipeline):
        own = {"source/WebhookRole", "source/RedriveRole"} if title == BUILD else set()
        artifacts = {"pipeline/BuildRole", "pipeline/VerifyRole"} if title == "PipelineRole" else set()
        assert account.plants(arn(pipeline, title)) == own | artifacts, title
    # What people upload, pipelines' own zips among it, lies beside what builds may write.
    assert not policies(pipeline)[BUILD].allows("s3:PutObject", "arn:aws:s3:::mozdef-ef-helper/code/0.zip")


def test_the_boundary_lets_through_what_functions_do_and_nothing_else() -> None:
    """Equal to a list: whatever an attacker writes into a role, this is the end."""
    template, _ = built(SOURCE, SOURCE, "both")
    arn_prefix = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}"
    named = "${ProjectName}-zoom-${Environment}-*"
    secrets = f"{arn_prefix % 'ssm'}:parameter/${{ProjectName}}/zoom/${{Environment}}/*"
    assert [
        (sorted(statement["Action"]), sorted(map(shown, statement["Resource"])), statement.get("Condition"))
        for title, statement in written(template)
        if title == BOUNDARY
    ] == [
        (
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [f"{arn_prefix % 'logs'}:log-group:/aws/{service}/{named}" for service in ("lambda", "vendedlogs")],
            None,
        ),
        (["sqs:SendMessage"], [f"{arn_prefix % 'sqs'}:${{EventsQueueName}}", f"{arn_prefix % 'sqs'}:{named}"], None),
        (
            ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            ["arn:${AWS::Partition}:s3:::zoom-${Environment}-kept-*/*"],
            None,
        ),
        (["s3:ListBucket"], ["arn:${AWS::Partition}:s3:::zoom-${Environment}-kept-*"], None),
        (["ssm:GetParameters"], [secrets], None),
        (["lambda:InvokeFunction"], [f"{arn_prefix % 'lambda'}:function:{named}"], None),
        (["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"], None),
        (
            ["kms:Decrypt"],
            [f"{arn_prefix % 'kms'}:key/*"],
            {
                "StringEquals": {"kms:ViaService": {"Fn::Sub": "ssm.${AWS::Region}.${AWS::URLSuffix}"}},
                "StringLike": {"kms:EncryptionContext:PARAMETER_ARN": {"Fn::Sub": secrets}},
            },
        ),
    ]


def test_the_boundary_takes_nothing_from_the_functions() -> None:
    for name in ("zoom", "okta", DEDUPE, ARCHIVE, OBJECTS, PULLED, SELF_HOSTED, *PULLED_OBJECTS):
        pipeline_stack, source = deployed(PROJECT, name, ENVIRONMENT, built(name, name, "both", "baseline"))
        account = world(pipeline_stack, source)
        for title in roles(source):
            role = account.roles[arn(source, title)]
            assert role.boundary == arn(pipeline_stack, BOUNDARY)
            allowed = {
                (action, on)
                for each in role.policy.statements
                if each.allows
                for action in each.actions
                for on in each.resources
            }
            assert [
                permission for permission in allowed if not account.policies[role.boundary].allows(*permission)
            ] == []


SERVICES_WITH_ROLES = ("lambda.amazonaws.com", "scheduler.amazonaws.com")
WRITES_ROLES = ("iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary")


@EACH_VARIANT
def test_every_write_into_a_role_demands_the_boundary(variant: str) -> None:
    """The emulator does not know this condition, so that the rehearsal shows nothing of it."""
    template, _ = built(SOURCE, SOURCE, variant)
    condition = {"StringEquals": {"iam:PermissionsBoundary": {"Ref": BOUNDARY}}}
    below = ["arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${ProjectName}/zoom/${Environment}/*"]
    for action in WRITES_ROLES:
        statements = [(title, statement) for title, statement in written(template) if action in statement["Action"]]
        assert [title for title, _ in statements] == [EXECUTION]
        assert statements[0][1]["Condition"] == condition
        assert list(map(shown, statements[0][1]["Resource"])) == below


@EACH_VARIANT
def test_roles_are_handed_to_the_services_that_start_with_them(variant: str) -> None:
    template, _ = built(SOURCE, SOURCE, variant)
    below = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${ProjectName}/zoom/${Environment}/*"
    assert [
        (title, list(map(shown, statement["Resource"])), statement["Condition"])
        for title, statement in written(template)
        if "iam:PassRole" in statement["Action"]
    ] == [
        (BUILD, ["${ExecutionRole.Arn}"], {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}),
        (EXECUTION, [below], {"StringEquals": {"iam:PassedToService": [*SERVICES_WITH_ROLES]}}),
    ]


@pytest.mark.parametrize("like", [ARCHIVE, OBJECTS])
def test_a_role_is_handed_to_firehose_for_an_archive_or_objects_alone(like: str) -> None:
    pipeline, _ = deployed(PROJECT, SOURCE, ENVIRONMENT, built(SOURCE, like, "both"))
    may, role = policies(pipeline)[EXECUTION], f"arn:aws:iam::{iam.ACCOUNT}:role{OWN_PATH}StreamRole"
    plain, _ = own_stacks()
    for policy, expected in ((may, True), (policies(plain)[EXECUTION], False)):
        to_firehose = {"iam__PassedToService": "firehose.amazonaws.com"}
        assert policy.allows("iam:PassRole", role, **to_firehose) == expected
        stream = f"arn:aws:firehose:{iam.REGION}:{iam.ACCOUNT}:deliverystream/{PROJECT}-{SOURCE}-{ENVIRONMENT}-Stream-1"
        assert policy.allows("firehose:CreateDeliveryStream", stream) == expected
        assert not policy.allows("firehose:CreateDeliveryStream", stream.replace(SOURCE, "okta"))


def test_roles_are_taken_on_by_services_alone_and_where_they_can_be_named_by_one_resource() -> None:
    pipeline, event_source = own_stacks()
    trusted = {
        title: (statement.principals, {key: values for _, key, values in statement.conditions})
        for stack in (pipeline, event_source)
        for title, kind, document in stack.documents()
        if kind == "trust"
        for statement in iam.statements(document)
    }

    def only(title: str) -> dict[str, tuple[str, ...]]:
        return {"aws:SourceAccount": (iam.ACCOUNT,), "aws:SourceArn": (arn(pipeline, title),)}

    assert trusted == {
        BUILD: ((("Service", "codebuild.amazonaws.com"),), only("Build")),
        "VerifyRole": ((("Service", "codebuild.amazonaws.com"),), only("Verify")),
        "PipelineRole": ((("Service", "codepipeline.amazonaws.com"),), only("Pipeline")),
        EXECUTION: ((("Service", "cloudformation.amazonaws.com"),), {}),
        "MergeFunctionRole": ((("Service", "lambda.amazonaws.com"),), {}),
        "PushRole": ((("Service", "events.amazonaws.com"),), {}),
        "WebhookRole": ((("Service", "lambda.amazonaws.com"),), {}),
        "RedriveRole": ((("Service", "lambda.amazonaws.com"),), {}),
        "ClockRole": ((("Service", "scheduler.amazonaws.com"),), {}),
    }


def test_a_stack_that_was_deployed_with_a_role_of_more_does_not_lend_it_to_the_build() -> None:
    """CloudFormation would go on with the role of the last time, which nobody has to hand over again."""
    pipeline, event_source = own_stacks()
    event_source.role = iam.ADMIN
    account = world(pipeline, event_source)
    assert "becomes Admin" not in account.reach(arn(pipeline, BUILD), NEW_ROLES, arn(pipeline, BOUNDARY))


# --- That the analysis sees what would be wrong -----------------------------------------------------------------------

Change = Callable[[dict[str, Any]], None]


def combined(*changes: Change) -> Change:
    def change(template: dict[str, Any]) -> None:
        for step in changes:
            step(template)

    return change


def statement_of(template: dict[str, Any], title: str, action: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The statement of a role that allows an action, and the list that it stands in."""
    listed = template["Resources"][title]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return listed, next(statement for statement in listed if action in statement["Action"])


def separated(title: str, action: str, **change: Any) -> Change:
    """The action as a statement of its own that differs; a None removes."""

    def done(template: dict[str, Any]) -> None:
        listed, statement = statement_of(template, title, action)
        statement["Action"].remove(action)
        separate = {**statement, "Action": [action], **change}
        listed.append({key: value for key, value in separate.items() if value is not None})

    return done


def added(title: str, *actions: str, on: Any = "*", **further: Any) -> Change:
    """One more statement."""

    def done(template: dict[str, Any]) -> None:
        policy = template["Resources"][title]["Properties"]["Policies"][0]["PolicyDocument"]
        policy["Statement"].append({"Effect": "Allow", "Action": list(actions), "Resource": on, **further})

    return done


def trusts(title: str, principal: Any) -> Change:
    def done(template: dict[str, Any]) -> None:
        (statement,) = template["Resources"][title]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        statement["Principal"] = principal

    return done


def bounds(*actions: str) -> Change:
    def done(template: dict[str, Any]) -> None:
        document = template["Resources"][BOUNDARY]["Properties"]["PolicyDocument"]
        document["Statement"].append({"Effect": "Allow", "Action": list(actions), "Resource": "*"})

    return done


EVERY_ROLE = {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/*"}
OWN_ROLES = {"Fn::Sub": f"arn:aws:iam::${{AWS::AccountId}}:role{OWN_PATH}*"}
BOUNDED = {"StringEquals": {"iam:PermissionsBoundary": {"Ref": BOUNDARY}}}
TO_CLOUDFORMATION = {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}
TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
MISTAKES: dict[str, tuple[Change, str]] = {
    "CreateRole without the boundary": (
        separated(EXECUTION, "iam:CreateRole", Condition=None),
        f"becomes {NEW} WITHOUT LIMIT",
    ),
    "PutRolePolicy without the boundary": (
        separated(EXECUTION, "iam:PutRolePolicy", Condition=None),
        "iam:PutRolePolicy by-hand WITHOUT LIMIT",
    ),
    "DeleteRolePolicy without the boundary": (
        separated(EXECUTION, "iam:DeleteRolePolicy", Condition=None),
        "iam:DeleteRolePolicy: by-hand",
    ),
    "PutRolePermissionsBoundary of any": (
        separated(EXECUTION, "iam:PutRolePermissionsBoundary", Condition=None),
        f"iam:PutRolePermissionsBoundary of another {NEW} WITHOUT LIMIT",
    ),
    "CreateRole anywhere": (
        separated(EXECUTION, "iam:CreateRole", Resource=EVERY_ROLE),
        "becomes a new role /new within the boundary",
    ),
    "CreateRole by the build": (added(BUILD, "iam:CreateRole", on=OWN_ROLES), f"becomes {NEW} WITHOUT LIMIT"),
    "CreateRole with a boundary of its own choice": (
        separated(
            EXECUTION,
            "iam:CreateRole",
            Condition={"StringLike": {"iam:PermissionsBoundary": "arn:aws:iam::*:policy/*"}},
        ),
        f"becomes {NEW} WITHOUT LIMIT",
    ),
    "PassRole of the execution role to anything": (
        separated(BUILD, "iam:PassRole", Condition=None),
        "passes pipeline/ExecutionRole to another.amazonaws.com",
    ),
    "PassRole of any role to CloudFormation": (
        separated(BUILD, "iam:PassRole", Resource=EVERY_ROLE, Condition=TO_CLOUDFORMATION),
        "passes Admin to cloudformation.amazonaws.com",
    ),
    "and any role for a change set": (
        combined(
            separated(BUILD, "iam:PassRole", Resource=EVERY_ROLE, Condition=TO_CLOUDFORMATION),
            separated(BUILD, "cloudformation:CreateChangeSet", Condition=None),
        ),
        "becomes Admin",
    ),
    "PassRole of the source's roles to anything": (
        separated(EXECUTION, "iam:PassRole", Condition=None),
        "passes source/WebhookRole to another.amazonaws.com",
    ),
    "PassRole of any role to Lambda": (
        separated(EXECUTION, "iam:PassRole", Resource="*", Condition=TO_LAMBDA),
        "becomes Admin",
    ),
    "PassRole to Lambda and functions, for the build": (
        added(BUILD, "iam:PassRole", "lambda:CreateFunction"),
        "becomes Admin",
    ),
    "UpdateAssumeRolePolicy": (
        added(EXECUTION, "iam:UpdateAssumeRolePolicy", on=OWN_ROLES),
        "iam:UpdateAssumeRolePolicy by-hand WITHOUT LIMIT",
    ),
    "UpdateAssumeRolePolicy of any role": (added(EXECUTION, "iam:UpdateAssumeRolePolicy"), "becomes Admin"),
    "AttachRolePolicy": (
        added(EXECUTION, "iam:AttachRolePolicy", on=OWN_ROLES),
        "iam:AttachRolePolicy by-hand WITHOUT LIMIT",
    ),
    "AttachRolePolicy with the boundary, of any role": (
        added(EXECUTION, "iam:AttachRolePolicy", Condition=BOUNDED),
        "iam:AttachRolePolicy source/WebhookRole within the boundary",
    ),
    "DeleteRolePermissionsBoundary": (
        added(EXECUTION, "iam:DeleteRolePermissionsBoundary", on=OWN_ROLES),
        f"iam:DeleteRolePermissionsBoundary {NEW} WITHOUT LIMIT",
    ),
    "DeleteRolePermissionsBoundary with the boundary": (
        added(EXECUTION, "iam:DeleteRolePermissionsBoundary", on=OWN_ROLES, Condition=BOUNDED),
        "iam:DeleteRolePermissionsBoundary source/WebhookRole WITHOUT LIMIT",
    ),
    "CreatePolicyVersion": (added(EXECUTION, "iam:CreatePolicyVersion"), "iam:CreatePolicyVersion pipeline/Boundary"),
    "SetDefaultPolicyVersion of the boundary": (
        added(BUILD, "iam:SetDefaultPolicyVersion", on={"Ref": BOUNDARY}),
        "iam:SetDefaultPolicyVersion pipeline/Boundary",
    ),
    "everything of IAM below the path": (added(EXECUTION, "iam:*", on=OWN_ROLES), f"becomes {NEW} WITHOUT LIMIT"),
    "users": (added(EXECUTION, "iam:CreateAccessKey"), "iam:CreateAccessKey WITHOUT LIMIT"),
    "lambda:* on *": (added(EXECUTION, "lambda:*"), "becomes pipeline/MergeFunctionRole"),
    "lambda:* on *, for the merge function": (
        added("MergeFunctionRole", "lambda:*"),
        "becomes okta source/WebhookRole",
    ),
    "every function's code": (added(BUILD, "lambda:UpdateFunctionCode"), "becomes SOC source/WebhookRole"),
    "every function": (
        separated(EXECUTION, "lambda:DeleteFunction", Resource="arn:aws:lambda:us-west-2:111122223333:function:*"),
        "lambda:DeleteFunction: pipeline/MergeFunction",
    ),
    "every stack": (
        separated(BUILD, "cloudformation:CreateChangeSet", Resource="*"),
        "cloudformation:CreateChangeSet: SOC",
    ),
    "the pipeline's own stack": (
        added(BUILD, "cloudformation:*", on={"Ref": "AWS::StackId"}),
        "becomes Admin",
    ),
    "builds of others": (added(BUILD, "codebuild:StartBuild"), "becomes okta pipeline/BuildRole"),
    "its own project": (
        added("VerifyRole", "codebuild:UpdateProject", on={"Fn::GetAtt": ["Build", "Arn"]}),
        "codebuild:UpdateProject: pipeline/Build",
    ),
    "taking on roles": (added("VerifyRole", "sts:AssumeRole"), "may take on Admin"),
    "a role for everybody": (trusts(EXECUTION, "*"), "becomes pipeline/ExecutionRole"),
    "a role for the account, and who takes it on": (
        lambda template: (
            trusts(EXECUTION, {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}})(template),
            added("VerifyRole", "sts:AssumeRole", on={"Fn::GetAtt": [EXECUTION, "Arn"]})(template),
        )[0],
        "becomes pipeline/ExecutionRole",
    ),
    "artifacts that verify writes": (
        added("VerifyRole", "s3:PutObject", on={"Fn::Sub": "${Artifacts.Arn}/*"}),
        "becomes pipeline/BuildRole",
    ),
    "another's artifacts": (added(BUILD, "s3:PutObject"), "becomes SOC pipeline/BuildRole"),
    "a boundary that lets IAM through": (bounds("iam:*"), "iam:PutRolePolicy Admin WITHOUT LIMIT"),
    "a boundary that lets everything through": (bounds("*"), "becomes Admin"),
    "a pipeline that is changed": (
        added(BUILD, "codepipeline:UpdatePipeline", on={"Fn::Sub": "arn:aws:codepipeline:*:*:${AWS::StackName}"}),
        "codepipeline:UpdatePipeline: pipeline/Pipeline",
    ),
}


def findings_of(pipeline: Stack, event_source: Stack) -> set[str]:
    """All that is found of any role of the pipeline."""
    account, boundary = world(pipeline, event_source), arn(pipeline, BOUNDARY)
    findings: set[str] = set()
    for title in (BUILD, "VerifyRole", "MergeFunctionRole"):
        reached = account.reach(arn(pipeline, title), NEW_ROLES, boundary)
        findings |= {f"{title} {fact}" for fact in reached}
    for title in roles(pipeline):
        if title != "PipelineRole":
            findings |= {f"{action}: {label}" for action, label in account.writes(arn(pipeline, title))}
    return findings


@cache
def findings_of_template() -> set[str]:
    return findings_of(*own_stacks())


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_template_is_found(mistake: str) -> None:
    change, expected = MISTAKES[mistake]
    template, event_source = built(SOURCE, SOURCE, "both")
    wrong = copy.deepcopy(template)
    change(wrong)
    findings = findings_of(*deployed(PROJECT, SOURCE, ENVIRONMENT, (wrong, event_source)))
    new = findings - findings_of_template()
    assert [finding for finding in new if expected in finding], sorted(new)


@pytest.mark.parametrize("strange", ["NotAction", "NotResource", "NotPrincipal"])
def test_statement_that_can_not_be_followed_is_no_proof(strange: str) -> None:
    with pytest.raises(ValueError, match=f"{strange} can't be followed"):
        iam.Statement.of({"Effect": "Allow", "Action": "iam:*", strange: "x"})


# --- Stars ------------------------------------------------------------------------------------------------------------


def stars() -> set[tuple[str, str, str]]:
    """Who may do what on things that the deployment's own name does not bound; `<source>` is the source's name."""
    wide_statements = set()
    templates = [*built("okta", "okta", "both"), *(built(SOURCE, SOURCE, variant)[0] for variant in VARIANTS)]
    templates += [
        *built("okta", "okta", "both", "strict"),
        *built(SOURCE, ARCHIVE, "both"),
        *built(SOURCE, OBJECTS, "both"),
        *built(PULLED, PULLED, "both"),
        *built(SELF_HOSTED, SELF_HOSTED, "both"),
        *built(ROTATED, ROTATED, "both"),
        *built("pulled-objects", "pulled-objects", "both"),
    ]
    for template in (*templates, built(SOURCE, SOURCE, "both")[1]):
        source = template["Metadata"]["MozDefEventFramework"]["Source"]
        for title, statement in written(template):
            on = [re.sub(rf"\b{source}\b", "<source>", shown(each)) for each in statement["Resource"]]
            if wide := [each for each in on if "*" in each and not is_own(each.partition("*")[0])]:
                wide_statements.add((title, ", ".join(statement["Action"]), ", ".join(wide)))
    return wide_statements


def is_own(before: str) -> bool:
    """Whether what stands before the star is one deployment's alone."""
    named = all(part in before for part in ("${ProjectName}", "<source>", "${Environment}"))
    return named or "${AWS::StackName}" in before or ".Arn}" in before


def test_every_star_stands_with_its_reason_in_the_documentation() -> None:
    text = (ROOT / "docs" / "reference" / "wide-permissions.md").read_text(encoding="utf-8")
    legend = re.search(r"`BUCKET SETTINGS` stands for .*?```text\n(.*?)\n```", text, re.DOTALL)
    assert legend
    bucket_settings = " ".join(legend[1].split())
    lines = text.splitlines()
    start = lines.index("| who | what | on | why it can't be narrower |") + 2
    listed = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        role, actions, on, why = (cell.strip() for cell in line.strip("|").split("|"))
        assert len(why.split()) >= 3, line
        written_out = actions.strip("`").replace("BUCKET SETTINGS", bucket_settings)
        listed.append((role.strip("`"), written_out, on.strip("`")))
    assert sorted(listed) == sorted(stars()), "\n".join(
        f"| {' | '.join(f'`{cell}`' for cell in row)} | why |" for row in sorted(stars())
    )


# --- Names ------------------------------------------------------------------------------------------------------------

SERVICES = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,6}){0,2}", fullmatch=True).filter(
    lambda name: names.service_problem(name) is None
)
ENVIRONMENTS = st.from_regex(names.ENVIRONMENT_PATTERN, fullmatch=True)


def projects(service: str) -> st.SearchStrategy[str]:
    """Single dashes: CloudFormation makes one of two in the names that it makes."""
    words = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}(-[A-Za-z0-9]{1,8}){0,3}", fullmatch=True)
    return words.filter(lambda name: names.deployment_problem(service, name, ENVIRONMENT) is None)


@st.composite
def deployments(draw: st.DrawFn) -> tuple[str, str, str]:
    service = draw(SERVICES)
    return draw(projects(service)), service, draw(ENVIRONMENTS)


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    """Two different deployments, of names that are alike more often than not."""
    deployment = draw(deployments())
    project, service, environment = deployment
    word = draw(st.sampled_from(["emea", "pipeline", "kept", service, project.lower(), environment]))
    alike = [service, f"{service}-{word}", f"{word}-{service}", service[:-1], service.split("-")[0], draw(SERVICES)]
    other_service = draw(st.sampled_from(alike))
    other_environment = draw(st.sampled_from([environment, f"{environment[:-1]}2", f"{environment}2"]) | ENVIRONMENTS)
    near = [project, project, project, f"{project}-{word}", f"{word}-{project}", f"{project}-{service}"]
    other_project = draw(st.sampled_from(near))
    other = (other_project, other_service, other_environment)
    assume(deployment != other)
    assume(names.service_problem(other_service) is None)
    assume(names.deployment_problem(other_service, other_project, other_environment) is None)
    return deployment, other


def stacks(project: str, source: str, environment: str) -> tuple[Stack, Stack]:
    """With an authorizer, and without the zips, which take longer than the rest."""
    return deployed(project, source, environment, templates_without_zips(source))


@cache
def templates_without_zips(source: str) -> tuple[dict[str, Any], dict[str, Any]]:
    renamed_source = replace(bundled_source("okta").source, name=source)
    templates = (
        pipeline.build(renamed_source, ZipKeys("code/merge.zip", "code/config.zip")),
        event_source.build(renamed_source, "code/0.zip"),
    )
    pipeline_template, source_template = (json.loads(template_text(template)) for template in templates)
    return pipeline_template, source_template


# By the type of what the event source makes: which role of the pipeline may do what to it.
MEANT = {
    "AWS::Lambda::Function": [(EXECUTION, "lambda:CreateFunction"), (BUILD, "lambda:GetFunctionConfiguration")],
    "AWS::SQS::Queue": [
        (EXECUTION, "sqs:CreateQueue"),
        (BUILD, "sqs:GetQueueAttributes"),
        (BOUNDARY, "sqs:SendMessage"),
    ],
    "AWS::S3::Bucket": [(EXECUTION, "s3:CreateBucket")],
    "AWS::Logs::LogGroup": [(EXECUTION, "logs:CreateLogGroup"), ("VerifyRole", "logs:FilterLogEvents")],
    "AWS::IAM::Role": [(EXECUTION, "iam:CreateRole"), (EXECUTION, "iam:PassRole")],
    "AWS::Scheduler::Schedule": [(EXECUTION, "scheduler:CreateSchedule"), (EXECUTION, "scheduler:DeleteSchedule")],
    "AWS::CloudWatch::Alarm": [(EXECUTION, "cloudwatch:PutMetricAlarm"), (EXECUTION, "cloudwatch:TagResource")],
    "AWS::CloudWatch::Dashboard": [(EXECUTION, "cloudwatch:PutDashboard"), (EXECUTION, "cloudwatch:TagResource")],
}
SHORTEST, LONGEST_SERVICE = ("a", "b", "qa"), "s" * names.MAX_SERVICE
LONGEST = ("P" * names.max_project(LONGEST_SERVICE), LONGEST_SERVICE, "production2"[: names.MAX_ENVIRONMENT])


def policies(stack: Stack) -> dict[str, iam.Policy]:
    role_statements: dict[str, list[iam.Statement]] = {}
    for title, kind, document in stack.documents():
        if kind == "identity":
            role_statements.setdefault(title, []).extend(iam.statements(document))
    return {title: iam.Policy(several) for title, several in role_statements.items()}


QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@QUICK
@given(deployments())
@example(SHORTEST)
@example(LONGEST)
@example(("MozDef-EF", "zoom", "dev"))
def test_permissions_meet_the_names_that_cloudformation_makes(deployment: tuple[str, str, str]) -> None:
    pipeline_stack, source_stack = stacks(*deployment)
    assert len(source_stack.name) <= names.MAX_STACK
    may = policies(pipeline_stack)
    context = {
        "iam__PermissionsBoundary": arn(pipeline_stack, BOUNDARY),
        "iam__PassedToService": "lambda.amazonaws.com",
    }
    missed = {
        title
        for title, kind, _ in source_stack.resources(*MEANT)
        for role, action in MEANT[kind]
        if not may[role].allows(action, arn(source_stack, title), **context)
    }
    assert missed == set()
    types = tuple(resource["Type"] for resource in source_stack.template["Resources"].values())
    named = {"cloudformation__RoleArn": arn(pipeline_stack, EXECUTION), "cloudformation__ResourceTypes": types}
    for role, action in ((BUILD, "cloudformation:CreateChangeSet"), ("VerifyRole", "cloudformation:DescribeStacks")):
        assert may[role].allows(action, source_stack.arn, **named)
    # What the functions' own policies say, the boundary lets through, but for a function's log of a name that is cut.
    for each in [each for policy in policies(source_stack).values() for each in policy.statements]:
        for action in each.actions:
            assert [on for on in each.resources if not may[BOUNDARY].allows(action, on)] == []


@QUICK
@given(neighbours())
@example((("MozDef-EF", "zoom", "dev"), ("MozDef-EF", "zoom-emea", "dev")))
@example((("MozDef-EF", "zoom", "dev"), ("MozDef-EF", "emea-zoom", "dev")))
@example((("MozDef-EF", "zoom", "dev"), ("MozDef-EF", "zoom", "dev2")))
@example((("MozDef-EF", "zoom", "dev"), ("SOC", "zoom", "dev")))
@example((("a", "b-zoom", "dev"), ("a-b", "zoom", "dev")))
@example((("a-pipeline", "zoom", "dev"), ("a", "zoom", "dev")))
def test_permissions_meet_nothing_of_a_neighbour(both: tuple[tuple[str, str, str], tuple[str, str, str]]) -> None:
    deployment, other = both
    pipeline_stack, _ = stacks(*deployment)
    shared = ("arn:aws:apigateway:", f"arn:aws:s3:::{deployment[0].lower()}-helper/")
    patterns = {
        on
        for policy in policies(pipeline_stack).values()
        for each in policy.statements
        for on in each.resources
        if on != "*" and not on.startswith(shared)
    }
    met = {label for thing, label in neighbor_resources(*other) for pattern in patterns if iam.like(pattern, thing)}
    own = names.stack_name(deployment[1], deployment[0], deployment[2])
    neighbor_names = [stack.name for stack in stacks(*other)]
    if deployment[0] == other[0]:
        assert met == set()
    elif any(name == own or name.startswith(f"{own}-") for name in neighbor_names) or names_a_bucket(deployment, other):
        # Two projects of which one's name begins with the other's: docs/explanation/security/wall.md says so.
        assert (
            other[0].startswith(f"{deployment[0]}-")
            or deployment[0].startswith(f"{other[0]}-")
            or names_a_bucket(deployment, other)
        )
    else:
        assert met == ({"Kept", "kept"} if deployment[1:] == other[1:] else set())


def names_a_bucket(deployment: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """A project that is called what a source's bucket is."""
    return other[0].lower().startswith(f"{deployment[1]}-{deployment[2]}-kept-")


def neighbor_resources(project: str, source: str, environment: str) -> Iterator[tuple[str, str]]:
    """The ARNs of all that a neighbour has, and what each is."""
    for stack in stacks(project, source, environment):
        yield stack.arn, "stack"
        for title, _, _ in stack.resources():
            if resource_arn := stack.resource_arn(title):
                yield resource_arn, title
                if title in ("Kept", "Artifacts"):
                    yield f"{resource_arn}/object", title.lower()
    secret = names.secret_path(source, project, environment)
    yield f"arn:aws:ssm:{iam.REGION}:{iam.ACCOUNT}:parameter{secret}/auth_token", "secret"
    yield f"arn:aws:iam::{iam.ACCOUNT}:role{names.role_path(source, project, environment)}new", "role"


@QUICK
@given(deployments())
@example(SHORTEST)
@example(LONGEST)
@example(("MozDef-EF", "zoom", "dev"))
def test_roles_that_make_the_event_source_meet_nothing_of_their_own_pipeline(deployment: tuple[str, str, str]) -> None:
    pipeline_stack, _ = stacks(*deployment)
    may = policies(pipeline_stack)
    own = {
        pipeline_stack.arn,
        *(
            resource_arn
            for title, _, _ in pipeline_stack.resources()
            if (resource_arn := pipeline_stack.resource_arn(title))
        ),
    }
    for role in (EXECUTION, BOUNDARY):
        patterns = {on for each in may[role].statements for on in each.resources if on != "*"}
        assert [(pattern, thing) for pattern in patterns for thing in own if iam.like(pattern, thing)] == []


# --- What CloudFormation needs ----------------------------------------------------------------------------------------

_API = {f"apigateway:{verb}" for verb in ("GET", "POST", "PUT", "PATCH", "DELETE")}
# To create, read, update and delete each type with the properties that we give it, by the handlers of AWS's schemas of
# the types and the errors that people met.
NEEDS: dict[str, set[str]] = {
    "AWS::DynamoDB::Table": {
        *("dynamodb:CreateTable", "dynamodb:DescribeTable", "dynamodb:UpdateTable", "dynamodb:DeleteTable"),
        *("dynamodb:DescribeTimeToLive", "dynamodb:UpdateTimeToLive"),
        *("dynamodb:DescribeContinuousBackups", "dynamodb:UpdateContinuousBackups"),
        # Read with it, though we set none of these.
        *("dynamodb:DescribeContributorInsights", "dynamodb:DescribeKinesisStreamingDestination"),
        "dynamodb:GetResourcePolicy",
        *("dynamodb:ListTagsOfResource", "dynamodb:TagResource", "dynamodb:UntagResource"),
    },
    "AWS::KinesisFirehose::DeliveryStream": {
        *("firehose:CreateDeliveryStream", "firehose:DescribeDeliveryStream", "firehose:DeleteDeliveryStream"),
        *("firehose:UpdateDestination", "firehose:ListTagsForDeliveryStream"),
        *("firehose:TagDeliveryStream", "firehose:UntagDeliveryStream"),
        *("firehose:StartDeliveryStreamEncryption", "firehose:StopDeliveryStreamEncryption"),
        *("iam:GetRole", "iam:PassRole"),
    },
    "AWS::Logs::LogStream": {"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:DeleteLogStream"},
    "AWS::ApiGatewayV2::Api": _API,
    "AWS::ApiGatewayV2::Authorizer": _API,
    "AWS::ApiGatewayV2::Integration": _API,
    "AWS::ApiGatewayV2::Route": _API,
    "AWS::ApiGatewayV2::Stage": {
        *_API,
        *("apigateway:TagResource", "apigateway:UntagResource"),
        # Its access log is a log delivery.
        *("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery"),
        *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies"),
        "logs:DescribeLogGroups",
    },
    "AWS::CloudWatch::Alarm": {
        *("cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms", "cloudwatch:DeleteAlarms"),
        *("cloudwatch:TagResource", "cloudwatch:UntagResource", "cloudwatch:ListTagsForResource"),
    },
    "AWS::CloudWatch::Dashboard": {
        *("cloudwatch:PutDashboard", "cloudwatch:GetDashboard", "cloudwatch:DeleteDashboards"),
        *("cloudwatch:TagResource", "cloudwatch:UntagResource", "cloudwatch:ListTagsForResource"),
    },
    "AWS::Scheduler::Schedule": {
        *(f"scheduler:{verb}Schedule" for verb in ("Create", "Get", "Update", "Delete")),
        "iam:PassRole",
    },
    "AWS::IAM::Role": {
        *("iam:CreateRole", "iam:GetRole", "iam:DeleteRole", "iam:TagRole", "iam:UntagRole"),
        *("iam:PutRolePolicy", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:DeleteRolePolicy"),
        *("iam:ListAttachedRolePolicies", "iam:PutRolePermissionsBoundary"),
    },
    "AWS::Lambda::Function": {
        *("lambda:CreateFunction", "lambda:GetFunction", "lambda:GetFunctionConfiguration", "lambda:DeleteFunction"),
        *("lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:GetFunctionCodeSigningConfig"),
        *("lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency", "lambda:GetRuntimeManagementConfig"),
        *("lambda:GetFunctionConcurrency", "lambda:GetFunctionRecursionConfig", "lambda:GetFunctionScalingConfig"),
        *("lambda:ListTags", "lambda:TagResource", "lambda:UntagResource"),
        *("iam:PassRole", "s3:GetObject", "s3:GetObjectVersion"),
    },
    "AWS::Lambda::EventInvokeConfig": {
        *(f"lambda:{verb}FunctionEventInvokeConfig" for verb in ("Put", "Get", "Update", "Delete")),
    },
    "AWS::Lambda::Permission": {"lambda:AddPermission", "lambda:GetPolicy", "lambda:RemovePermission"},
    "AWS::Logs::LogGroup": {
        *("logs:CreateLogGroup", "logs:DescribeLogGroups", "logs:DeleteLogGroup", "logs:ListTagsForResource"),
        *("logs:TagResource", "logs:UntagResource", "logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy"),
        *("logs:GetDataProtectionPolicy", "logs:DescribeIndexPolicies", "logs:DescribeResourcePolicies"),
    },
    "AWS::Logs::MetricFilter": {"logs:PutMetricFilter", "logs:DescribeMetricFilters", "logs:DeleteMetricFilter"},
    "AWS::S3::Bucket": {
        *("s3:CreateBucket", "s3:ListBucket", "s3:DeleteBucket", "s3:GetBucketTagging", "s3:PutBucketTagging"),
        *("s3:GetEncryptionConfiguration", "s3:PutEncryptionConfiguration"),
        *("s3:GetLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
        *("s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
        *("s3:GetBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
        *("s3:GetBucketVersioning", "s3:PutBucketVersioning"),
    },
    "AWS::S3::BucketPolicy": {"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"},
    "AWS::SQS::Queue": {
        *("sqs:CreateQueue", "sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:SetQueueAttributes", "sqs:DeleteQueue"),
        *("sqs:ListQueueTags", "sqs:TagQueue", "sqs:UntagQueue"),
    },
    "AWS::SQS::QueuePolicy": {"sqs:SetQueueAttributes"},
}
# The schemas name these too. Without them, a change of what they are for is refused: that is why.
LEFT_OUT = {
    "iam:UpdateAssumeRolePolicy": "a trust that somebody else is in; ours never changes",
    "iam:AttachRolePolicy": "no managed policy is attached",
    "iam:DetachRolePolicy": "no managed policy is attached",
    "iam:DeleteRolePermissionsBoundary": "the boundary stays",
    "iam:UpdateRole": "no description and no duration of sessions",
    "lambda:PutRuntimeManagementConfig": "the runtime is updated as Lambda does by default",
    "lambda:GetLayerVersion": "no layers, which would be code that no zip has",
    "logs:PutDataProtectionPolicy": "no data protection policy",
    "s3:DeleteObject": "a bucket that is deleted is empty, or stays",
}


NOTIFICATIONS = "the notifications of a bucket"
NEEDS[NOTIFICATIONS] = {"s3:GetBucketNotification", "s3:PutBucketNotification"}


def needed_types(template: dict[str, Any]) -> set[str]:
    """The types of a template's resources, and what some of them have."""
    resources = template["Resources"].values()
    notify = any("NotificationConfiguration" in resource.get("Properties", {}) for resource in resources)
    return {resource["Type"] for resource in resources} | ({NOTIFICATIONS} if notify else set())


@pytest.mark.parametrize("name", ["zoom", "okta", DEDUPE, ARCHIVE, OBJECTS, PULLED, *PULLED_OBJECTS])
def test_cloudformation_may_do_what_each_type_needs(name: str) -> None:
    template, source = built(name, name, "both", "baseline")
    types = needed_types(source)
    assert types <= set(NEEDS)
    may = {action for title, statement in written(template) if title == EXECUTION for action in statement["Action"]}
    assert {kind: NEEDS[kind] - may for kind in types if NEEDS[kind] - may} == {}
    assert may & set(LEFT_OUT) == set()


@pytest.mark.parametrize("name", ["okta", DEDUPE, ARCHIVE, OBJECTS, PULLED, *PULLED_OBJECTS])
def test_cloudformation_may_do_nothing_that_no_type_needs(name: str) -> None:
    template, source = built(name, name, "both", "baseline")
    types = needed_types(source)
    may = {action for title, statement in written(template) if title == EXECUTION for action in statement["Action"]}
    assert may - set().union(*(NEEDS[kind] for kind in types)) == set()
