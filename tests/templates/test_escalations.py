"""What somebody who may push could make of the pipeline's roles, as requests: each was allowed once, and is not now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from generator.definition.read import load
from generator.names import MAX_STACK
from generator.templates import pipeline
from generator.templates.pipeline_inputs import ZipKeys
from generator.templates.resources.execution_actions import RESOURCE_TYPES
from generator.templates.text import template_text
from lambdas.model import Dedupe, Destination, S3Objects
from tests import iam
from tests.definitions import CASES
from tests.iam import Policy, Value
from tests.templates.test_iam import (
    ARCHIVE,
    BUILD,
    DEDUPE,
    ENVIRONMENT,
    EXECUTION,
    LONGEST,
    OBJECTS,
    PROJECT,
    PULLED,
    SOURCE,
    arn,
    built,
    deployed,
    own_stacks,
)

HERE = f"{iam.REGION}:{iam.ACCOUNT}"
NAME = f"{PROJECT}-{SOURCE}-{ENVIRONMENT}"
APIS = f"arn:aws:apigateway:{iam.REGION}::/apis"
FUNCTION = f"arn:aws:lambda:{HERE}:function:{NAME}-Webhook-1"
ALARM = f"arn:aws:cloudwatch:{HERE}:alarm:{NAME}-Refused-1"
RULE = f"arn:aws:events:{HERE}:rule/{NAME}-Clock-1"
QUEUE, KEPT = f"arn:aws:sqs:{HERE}:{NAME}-Events-1", f"arn:aws:s3:::{SOURCE}-{ENVIRONMENT}-kept-1"
STACK = f"arn:aws:cloudformation:{HERE}:stack/{NAME}/1"
TOPIC = f"arn:aws:sns:{HERE}:security"
TAGS = f"arn:aws:apigateway:{iam.REGION}::/tags/arn%3Aaws%3Aapigateway%3A%3A%3A%2Fapis%2Fother"


def asks(function: str) -> str:
    """The URI of an authorizer that asks a function."""
    path = f"arn:aws:apigateway:{iam.REGION}:lambda:path/2015-03-31/functions"
    return f"{path}/arn:aws:lambda:{HERE}:function:{function}/invocations"


def tags(kind: str, source: str) -> dict[str, Value]:
    """The tags of a source as the keys of conditions."""
    values = {"Project": PROJECT, "Service": source, "Environment": ENVIRONMENT}
    return {f"aws__{kind}Tag/{key}": value for key, value in values.items()}


class Request(NamedTuple):
    """What is asked of AWS with a role of the pipeline, and what conditions can see of it."""

    action: str
    resource: str
    context: Mapping[str, Value] = {}
    role: str = EXECUTION

    def allowed_by(self, policies: Mapping[str, Policy]) -> bool:
        return policies[self.role].allows(self.action, self.resource, **self.context)


OF_OKTA, OWN = tags("Resource", "okta"), tags("Resource", SOURCE)
_ACTS = {"cloudformation__RoleArn": "arn:aws:iam::111122223333:role/execution"}
ESCALATIONS = {
    "a rule that matches every event of the account": Request("events:PutRule", RULE),
    "and brings them to a function": Request("events:PutTargets", RULE, {"events__TargetArn": FUNCTION}),
    "another's API is deleted": Request("apigateway:DELETE", f"{APIS}/other", OF_OKTA),
    "and one that is none of ours": Request("apigateway:DELETE", f"{APIS}/other"),
    "another's API is imported anew": Request("apigateway:PUT", f"{APIS}/other", OF_OKTA),
    "an API with our tags and another name, such as a WebSocket API": Request(
        "apigateway:PATCH", f"{APIS}/other", {**OWN, "apigateway__Resource/ApiName": "chat"}
    ),
    "an API with another's name": Request(
        "apigateway:POST", APIS, {"apigateway__Request/ApiName": "MozDef-EF-okta-dev"}
    ),
    "another's stage logs elsewhere": Request("apigateway:PATCH", f"{APIS}/other/stages/$default", OF_OKTA),
    "another's requests go to a function of ours": Request("apigateway:PATCH", f"{APIS}/other/integrations/1", OF_OKTA),
    "another's route has another target": Request("apigateway:PATCH", f"{APIS}/other/routes/1", OF_OKTA),
    "another's authorizer asks a function of ours": Request(
        "apigateway:PATCH",
        f"{APIS}/other/authorizers/1",
        {"apigateway__Resource/AuthorizerUri": asks("MozDef-EF-okta-dev-Verify-1")},
    ),
    "another's tokens are from another issuer": Request(
        "apigateway:PATCH", f"{APIS}/other/authorizers/1", {"apigateway__Resource/AuthorizerType": "JWT"}
    ),
    "another's API takes our tags": Request("apigateway:POST", TAGS, {**OF_OKTA, **tags("Request", SOURCE)}),
    "what answers WebSockets": Request("apigateway:PATCH", f"{APIS}/other/models/1"),
    "an alarm stops a machine": Request(
        "cloudwatch:PutMetricAlarm", ALARM, {"cloudwatch__AlarmActions": ("arn:aws:automate:us-west-2:ec2:stop",)}
    ),
    "an alarm tells somebody else besides": Request(
        "cloudwatch:PutMetricAlarm", ALARM, {"cloudwatch__AlarmActions": (TOPIC, f"{TOPIC}-else")}
    ),
    "a change set of anything": Request("cloudformation:CreateChangeSet", STACK, _ACTS, BUILD),
    "a resource policy of the account's logs": Request(
        "cloudformation:CreateChangeSet",
        STACK,
        {**_ACTS, "cloudformation__ResourceTypes": ("AWS::IAM::Role", "AWS::Logs::ResourcePolicy")},
        BUILD,
    ),
    "what somebody else has made is imported": Request(
        "cloudformation:CreateChangeSet",
        STACK,
        {
            **_ACTS,
            "cloudformation__ResourceTypes": ("AWS::ApiGatewayV2::Route",),
            "cloudformation__ImportResourceTypes": ("AWS::ApiGatewayV2::Route",),
        },
        BUILD,
    ),
    "another account calls a function": Request(
        "lambda:AddPermission", FUNCTION, {"lambda__Principal": "999988887777"}
    ),
    "anybody calls a function": Request("lambda:AddPermission", FUNCTION, {"lambda__Principal": "*"}),
    "EventBridge calls a function": Request(
        "lambda:AddPermission", FUNCTION, {"lambda__Principal": "events.amazonaws.com"}
    ),
}
# These are needed for a first deployment, and to clean up after one that fails: ProtectEvents takes them away.
DESTROYS = {
    f"{action} of what holds events": Request(action, on)
    for on, actions in (
        (QUEUE, ("sqs:DeleteQueue", "sqs:SetQueueAttributes")),
        (
            KEPT,
            (
                *("s3:DeleteBucket", "s3:PutLifecycleConfiguration", "s3:PutBucketVersioning"),
                *("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"),
            ),
        ),
    )
    for action in actions
}
# As CloudFormation asks, of what the source's own templates have.
NEEDED = {
    "its API is made": Request(
        "apigateway:POST", APIS, {"apigateway__Request/ApiName": NAME, **tags("Request", SOURCE)}
    ),
    "changed": Request("apigateway:PATCH", f"{APIS}/own", {**OWN, "apigateway__Resource/ApiName": NAME}),
    "and deleted": Request("apigateway:DELETE", f"{APIS}/own", {**OWN, "apigateway__Resource/ApiName": NAME}),
    "its stage is made": Request("apigateway:POST", f"{APIS}/own/stages", tags("Request", SOURCE)),
    "with tags": Request("apigateway:TagResource", f"{APIS}/own/stages/$default", tags("Request", SOURCE)),
    "and changed": Request("apigateway:PATCH", f"{APIS}/own/stages/$default", OWN),
    **{
        f"{verb} {part}, whether AWS sends the API's tags or not ({len(sent)})": Request(
            f"apigateway:{verb}", f"{APIS}/own/{part}{'' if verb == 'POST' else '/1'}", sent
        )
        for verb in ("POST", "PATCH", "DELETE")
        for part in ("integrations", "routes")
        for sent in (OWN, {})
    },
    "its authorizer is made": Request(
        "apigateway:POST",
        f"{APIS}/own/authorizers",
        {
            "apigateway__Request/AuthorizerType": "REQUEST",
            "apigateway__Request/AuthorizerUri": asks(f"{NAME}-Verify-1"),
        },
    ),
    "and deleted again": Request(
        "apigateway:DELETE",
        f"{APIS}/own/authorizers/1",
        {"apigateway__Resource/AuthorizerUri": asks(f"{NAME}-Verify-1")},
    ),
    "an alarm that tells nobody": Request("cloudwatch:PutMetricAlarm", ALARM),
    "an alarm that tells the topic": Request(
        "cloudwatch:PutMetricAlarm", ALARM, {"cloudwatch__AlarmActions": (TOPIC,)}
    ),
    "API Gateway calls a function": Request(
        "lambda:AddPermission", FUNCTION, {"lambda__Principal": "apigateway.amazonaws.com"}
    ),
    "and no longer": Request("lambda:RemovePermission", FUNCTION, {"lambda__Principal": "apigateway.amazonaws.com"}),
    "a change set of what sources have": Request(
        "cloudformation:CreateChangeSet",
        STACK,
        {**_ACTS, "cloudformation__ResourceTypes": tuple(RESOURCE_TYPES)},
        BUILD,
    ),
    "a schedule": Request("scheduler:CreateSchedule", f"arn:aws:scheduler:{HERE}:schedule/default/{NAME}-Clock-1"),
}

# The statements as they stood before: that each escalation is allowed by them shows that it is a request that matters.
BEFORE: dict[str, list[dict[str, Any]]] = {
    EXECUTION: [
        {"Action": ["events:PutRule", "events:PutTargets"], "Resource": f"arn:aws:events:{HERE}:rule/{NAME}-*"},
        {
            "Action": [f"apigateway:{verb}" for verb in ("GET", "POST", "PUT", "PATCH", "DELETE")],
            "Resource": [APIS, f"{APIS}/*", f"arn:aws:apigateway:{iam.REGION}::/tags/*"],
        },
        {"Action": ["cloudwatch:PutMetricAlarm"], "Resource": f"arn:aws:cloudwatch:{HERE}:alarm:{NAME}-*"},
        {"Action": ["lambda:AddPermission"], "Resource": f"arn:aws:lambda:{HERE}:function:{NAME}-*"},
        {"Action": ["sqs:DeleteQueue", "sqs:SetQueueAttributes"], "Resource": f"arn:aws:sqs:{HERE}:{NAME}-*"},
        {
            "Action": [request.action for request in DESTROYS.values() if request.resource == KEPT],
            "Resource": f"arn:aws:s3:::{SOURCE}-{ENVIRONMENT}-kept-*",
        },
    ],
    BUILD: [
        {
            "Action": ["cloudformation:CreateChangeSet"],
            "Resource": f"arn:aws:cloudformation:{HERE}:stack/{NAME}/*",
            "Condition": {"StringEquals": {"cloudformation:RoleArn": _ACTS["cloudformation__RoleArn"]}},
        }
    ],
}


def policies(protected: bool, *, conditions: bool = True) -> dict[str, Policy]:
    """What the pipeline's roles may do now; without `conditions`, as if no statement had one."""
    stack, _ = own_stacks()
    stack.parameter_values = {**stack.parameter_values, "AlarmTopicArn": TOPIC, "ProtectEvents": str(protected).lower()}
    policy_statements: dict[str, list[iam.Statement]] = {EXECUTION: [], BUILD: []}
    for title, kind, document in stack.documents():
        if title in policy_statements and kind == "identity":
            text = json.dumps(document).replace(arn(stack, EXECUTION), _ACTS["cloudformation__RoleArn"])
            written: list[dict[str, Any]] = json.loads(text)["Statement"]
            bare = [{key: value for key, value in statement.items() if key != "Condition"} for statement in written]
            policy_statements[title] += iam.statements({"Statement": written if conditions else bare})
    return {title: Policy(several) for title, several in policy_statements.items()}


NOW, PROTECTED, UNCONDITIONAL = (
    policies(protected=False),
    policies(protected=True),
    policies(protected=False, conditions=False),
)
THEN = {
    title: Policy(iam.statements({"Statement": [{"Effect": "Allow", **statement} for statement in several]}))
    for title, several in BEFORE.items()
}


@pytest.mark.parametrize("request_name", [*ESCALATIONS, *DESTROYS])
def test_each_escalation_was_allowed_before(request_name: str) -> None:
    assert {**ESCALATIONS, **DESTROYS}[request_name].allowed_by(THEN)


@pytest.mark.parametrize("request_name", ESCALATIONS)
def test_no_escalation_is_allowed_now(request_name: str) -> None:
    assert not ESCALATIONS[request_name].allowed_by(NOW)
    assert not ESCALATIONS[request_name].allowed_by(PROTECTED)


@pytest.mark.parametrize("request_name", DESTROYS)
def test_stores_of_events_are_safe_once_protected(request_name: str) -> None:
    assert DESTROYS[request_name].allowed_by(NOW)  # or a first deployment could not clean up
    assert not DESTROYS[request_name].allowed_by(PROTECTED)


@pytest.mark.parametrize(("like", "purpose"), [(ARCHIVE, "archive"), (OBJECTS, "objects")])
def test_a_bucket_of_a_stream_is_safe_once_protected(like: str, purpose: str) -> None:
    stack, _ = deployed(PROJECT, SOURCE, ENVIRONMENT, built(SOURCE, like, "both"))
    stack.parameter_values = {**stack.parameter_values, "ProtectEvents": "true"}
    execution = [
        statement
        for title, kind, document in stack.documents()
        if (title, kind) == (EXECUTION, "identity")
        for statement in iam.statements(document)
    ]
    for action in ("s3:DeleteBucket", "s3:PutLifecycleConfiguration", "s3:PutBucketPolicy", "s3:PutBucketVersioning"):
        assert not Policy(execution).allows(action, KEPT.replace("kept", purpose))
    assert Policy(execution).allows("s3:PutBucketTagging", KEPT.replace("kept", purpose))
    # What is in the stream of messages is nowhere else, and nobody reads an object of which no queue is told.
    assert not Policy(execution).allows("s3:PutBucketNotification", KEPT.replace("kept", purpose))
    stream = f"arn:aws:firehose:{iam.REGION}:{iam.ACCOUNT}:deliverystream/{PROJECT}-{SOURCE}-{ENVIRONMENT}-Writer-1"
    assert Policy(execution).allows("firehose:DeleteDeliveryStream", stream) == (like == ARCHIVE)
    assert Policy(execution).allows("firehose:UpdateDestination", stream)


@pytest.mark.parametrize("request_name", NEEDED)
def test_requests_of_cloudformation_for_the_source_itself_are_allowed(request_name: str) -> None:
    assert NEEDED[request_name].allowed_by(NOW)
    assert NEEDED[request_name].allowed_by(PROTECTED)


NO_ACTION = {"events:PutRule", "events:PutTargets"}
NO_RESOURCE = {"another's API is imported anew"}


@pytest.mark.parametrize("request_name", ESCALATIONS)
def test_conditions_refuse_what_neither_action_nor_resource_does(request_name: str) -> None:
    bare = ESCALATIONS[request_name].action in NO_ACTION or request_name in NO_RESOURCE
    assert ESCALATIONS[request_name].allowed_by(UNCONDITIONAL) == (not bare)


def test_open_parts_of_another_api_are_those_of_the_documentation() -> None:
    """Parts of an API, where AWS does not send whose they are; no template can ask for more than to add some."""
    parts = [f"{APIS}/other/{part}" for part in ("integrations", "routes", "stages")]
    for verb in ("POST", "PATCH", "DELETE"):
        for part in parts:
            on = part if verb == "POST" else f"{part}/1"
            expected = not (verb != "POST" and part.endswith("stages"))
            assert Request(f"apigateway:{verb}", on).allowed_by(NOW) == expected, (verb, on)
            assert not Request(f"apigateway:{verb}", on, OF_OKTA).allowed_by(NOW)


def test_an_api_that_verifies_tokens_itself_needs_an_authorizer_of_that_kind_and_has_no_other() -> None:
    stack, _ = deployed(PROJECT, SOURCE, ENVIRONMENT, built(SOURCE, "google-pubsub", "both"))
    allowed = [
        statement
        for title, kind, each in stack.documents()
        if (title, kind) == (EXECUTION, "identity")
        for statement in iam.statements(each)
    ]
    for kind, expected in (("JWT", True), ("REQUEST", False)):
        context = {"apigateway__Request/AuthorizerType": kind}
        assert Policy(allowed).allows("apigateway:POST", f"{APIS}/own/authorizers", **context) == expected


def test_the_types_of_a_change_set_are_those_that_sources_have() -> None:
    variants = [
        built("okta", "okta", "both", "strict"),
        *(built(like, like, "both") for like in (SOURCE, DEDUPE, ARCHIVE, OBJECTS, PULLED)),
    ]
    assert {resource["Type"] for _, template in variants for resource in template["Resources"].values()} == set(
        RESOURCE_TYPES
    )


@pytest.mark.parametrize("hardening", ["baseline", "strict"])
def test_policies_have_no_more_characters_than_iam_takes(hardening: Any) -> None:
    """10,240 in all policies of a role, 6,144 in a managed one.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    _, event_source = built(LONGEST[1], ARCHIVE, "both", hardening)
    archived = load(CASES, [ARCHIVE])[0].source
    both = Destination(S3Objects())
    longest = replace(archived, name=LONGEST[1], dedupe=Dedupe(), delivery=both, hardening=hardening)
    template = json.loads(template_text(pipeline.build(longest, ZipKeys("code/merge.zip", "code/config.zip"))))
    stack, _ = deployed(*LONGEST, (template, event_source))
    assert len(LONGEST[0]) + len(LONGEST[1]) + len(LONGEST[2]) + 2 == MAX_STACK
    long = {"EventsQueueName": "Q" * 80, "AlarmTopicArn": f"{TOPIC}{'t' * 200}", "ProtectEvents": "true"}
    stack.parameter_values = {**stack.parameter_values, **long}
    sizes: dict[str, int] = {}
    for title, kind, document in stack.documents():
        if kind == "identity":
            sizes[title] = sizes.get(title, 0) + len(json.dumps(document, separators=(",", ":")))
    assert sizes.pop("Boundary") <= 6_144
    assert max(sizes.values()) <= 10_240
