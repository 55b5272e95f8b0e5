"""`hardening: strict`: what it encrypts, logs and reserves, who may use the key, and that it opens no way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.aws import Target
from generator.deploy.context import DeployContext
from generator.deploy.deployment import Deployment
from generator.errors import DefinitionError
from generator.packaging.product import Product, source_files
from generator.templates import scanner_exceptions
from tests import iam
from tests.definitions import ROOT, SOURCES, bundled_source, make_definition
from tests.templates.test_iam import (
    BOUNDARY,
    ENVIRONMENT,
    EXECUTION,
    NEW_ROLES,
    PROJECT,
    arn,
    built,
    deployed,
    roles,
    world,
)

NAME = "acme"  # like Okta: with an authorizer
PIPELINE, STRICT = built(NAME, "okta", "both", "strict")
BASELINE = built(NAME, "okta", "both")[1]
KEY = {"Fn::GetAtt": ["Key", "Arn"]}


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"] for name, resource in template["Resources"].items() if resource["Type"] == kind
    }


def checks(template: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (title, check)
        for title, resource in template["Resources"].items()
        for check, _ in scanner_exceptions.exceptions_for(resource)
    }


def test_all_that_is_kept_is_encrypted_with_the_key() -> None:
    for queue in of_type(STRICT, "AWS::SQS::Queue").values():
        assert (queue["KmsMasterKeyId"], "SqsManagedSseEnabled" in queue) == (KEY, False)
    (rule,) = STRICT["Resources"]["Kept"]["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {"KMSMasterKeyID": KEY, "SSEAlgorithm": "aws:kms"},
    }
    assert {group["KmsKeyId"]["Fn::GetAtt"][0] for group in of_type(STRICT, "AWS::Logs::LogGroup").values()} == {"Key"}
    assert {
        function["KmsKeyArn"]["Fn::GetAtt"][0] for function in of_type(STRICT, "AWS::Lambda::Function").values()
    } == {"Key"}


def test_the_key_is_rotated_and_outlives_what_it_encrypts() -> None:
    key = STRICT["Resources"]["Key"]
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == STRICT["Resources"]["Kept"]["DeletionPolicy"]
    assert key["UpdateReplacePolicy"] == "Retain"


def test_requests_for_kept_objects_are_logged_once_s3_may_write_the_log() -> None:
    kept, log = STRICT["Resources"]["Kept"], STRICT["Resources"]["KeptLogPolicy"]
    assert kept["Properties"]["LoggingConfiguration"] == {"DestinationBucketName": {"Ref": "KeptLog"}}
    assert kept["DependsOn"] == ["KeptLogPolicy"]
    _, writes = log["Properties"]["PolicyDocument"]["Statement"]
    bucket_name = kept["Properties"]["BucketName"]["Fn::Sub"]
    assert writes["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert writes["Condition"]["ArnLike"] == {
        "aws:SourceArn": [{"Fn::Sub": [f"arn:${{AWS::Partition}}:s3:::{bucket_name[0]}", bucket_name[1]]}]
    }


def test_checks_that_strict_passes_need_no_reason_any_more() -> None:
    cleared = {check for _, check in checks(BASELINE)} - {check for _, check in checks(STRICT)}
    assert cleared == {
        *("CKV_AWS_27", "CKV_AWS_158", "CKV_AWS_173"),
        *("cloudwatch_log_group_encrypted_check", "cloudwatch_log_group_retention_period_check"),
    }
    logs = {"CKV_AWS_18", "S3_BUCKET_LOGGING_ENABLED", "s3_bucket_logging_enabled_check"}
    logs.add("s3_bucket_default_encryption_kms_check")
    assert {title for title, check in checks(STRICT) if check in logs} == {"KeptLog"}


def test_the_keys_policy_is_for_those_who_need_it() -> None:
    statements = {
        statement["Sid"]: statement
        for each in STRICT["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"]
        for statement in [each.get("Fn::If", [None, each])[1]]
    }
    root = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
    named = {"Fn::If": ["HasKeyAdministratorArn", {"Ref": "KeyAdministratorArn"}, {"Ref": "AWS::NoValue"}]}
    assert {sid: (statement["Effect"], statement["Principal"]) for sid, statement in statements.items()} == {
        "Manage": ("Allow", {"AWS": [root, named]}),
        "ThroughServices": ("Allow", {"AWS": [root, named]}),
        "GrantsForServices": ("Deny", "*"),
        "Logs": ("Allow", {"Service": {"Fn::Sub": "logs.${AWS::Region}.${AWS::URLSuffix}"}}),
        "Consumer": ("Allow", {"AWS": {"Ref": "ConsumerPrincipalArn"}}),
    }
    uses = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:CreateGrant"}
    assert not uses & set(statements["Manage"]["Action"])
    assert statements["Consumer"]["Action"] == ["kms:Decrypt"]
    assert {sid: list(statement["Condition"]) for sid, statement in statements.items() if "Condition" in statement} == {
        "ThroughServices": ["StringEquals"],
        "GrantsForServices": ["BoolIfExists"],
        "Logs": ["ArnLike"],
        "Consumer": ["StringEquals"],
    }


@pytest.mark.parametrize("template", [PIPELINE, STRICT, BASELINE], ids=["pipeline", "strict", "baseline"])
def test_template_can_be_deployed_by_its_body_and_names_no_role(template: dict[str, Any]) -> None:
    """CAPABILITY_IAM is enough for what has no name of its own."""
    for kind, name in (("Role", "RoleName"), ("ManagedPolicy", "ManagedPolicyName"), ("User", "UserName")):
        assert not [properties for properties in of_type(template, f"AWS::IAM::{kind}").values() if name in properties]
    assert not [
        resource
        for resource in template["Resources"].values()
        if resource["Type"].startswith(("AWS::IAM::User", "Custom::"))
    ]


# --- Permissions ------------------------------------------------------------------------------------------------------


def strict_stacks(like: str = "okta") -> tuple[iam.Stack, iam.Stack]:
    return deployed(PROJECT, NAME, ENVIRONMENT, built(NAME, like, "both", "strict"))


EACH_LIKE = pytest.mark.parametrize("like", ["okta", "pulled-strict"])


@EACH_LIKE
def test_in_every_policy_actions_resources_and_conditions_fit(like: str) -> None:
    pipeline, source = strict_stacks(like)
    for stack in (pipeline, source):
        for title, kind, document in stack.documents():
            if title not in (EXECUTION, "PipelineRole"):  # tests/templates/test_iam.py knows what is said of these two
                assert list(iam.problems(kind, document)) == [], title


@EACH_LIKE
def test_the_boundary_takes_nothing_from_the_functions_key_and_traces_among_it(like: str) -> None:
    pipeline, source = strict_stacks(like)
    source.parameter_values = {**source.parameter_values, "Tracing": "Active"}
    account = world(pipeline, source)
    keys = {"kms__ViaService": f"sqs.{iam.REGION}.amazonaws.com"}
    for title in roles(source):
        if title in ("ClockRole", "PullRole"):  # they call a function, and neither keep nor trace anything
            continue
        role = account.roles[arn(source, title)]
        permissions = {
            (action, on)
            for statement in role.policy.statements
            for action in statement.actions
            for on in statement.resources
        }
        needed = {"kms"} if title in ("StreamRole", "WriterRole") else {"xray", "kms"}  # a stream is not traced
        assert needed <= {action.partition(":")[0] for action, _ in permissions}
        refused = [
            permission
            for permission in permissions
            if not account.policies[role.boundary or ""].allows(*permission, **keys)
        ]
        assert refused == []


def test_the_key_is_used_through_services_alone() -> None:
    pipeline, _ = strict_stacks()
    bounds = next(document for title, _, document in pipeline.documents() if title == BOUNDARY)
    policy = iam.Policy(iam.statements(bounds))
    key_arn = f"arn:aws:kms:{iam.REGION}:{iam.ACCOUNT}:key/1"
    assert not policy.allows("kms:Decrypt", key_arn)
    assert not policy.allows("kms:Decrypt", key_arn, kms__ViaService=f"secretsmanager.{iam.REGION}.amazonaws.com")


@EACH_LIKE
def test_from_every_role_each_way_ends_at_the_boundary(like: str) -> None:
    pipeline, source = strict_stacks(like)
    account, boundary = world(pipeline, source), arn(pipeline, BOUNDARY)
    for title in (*roles(pipeline), *roles(source)):
        stack = pipeline if title in roles(pipeline) else source
        reached = account.reach(arn(stack, title), NEW_ROLES, boundary)
        assert not [finding for finding in reached if "WITHOUT LIMIT" in finding], title


def test_the_pipelines_role_makes_a_key_with_the_sources_tags_and_touches_no_other() -> None:
    pipeline, _ = strict_stacks()
    document = next(each for title, kind, each in pipeline.documents() if (title, kind) == (EXECUTION, "identity"))
    policy = iam.Policy(iam.statements(document))
    tags = {"Project": PROJECT, "Service": NAME, "Environment": ENVIRONMENT}
    own = {f"aws__RequestTag/{name}": value for name, value in tags.items()}
    other = f"arn:aws:kms:{iam.REGION}:{iam.ACCOUNT}:key/other"
    assert policy.allows("kms:CreateKey", "*", **own)
    assert not policy.allows("kms:CreateKey", "*", **{**own, "aws__RequestTag/Service": "zoom"})
    for action in ("PutKeyPolicy", "ScheduleKeyDeletion", "DisableKey", "CreateGrant", "Decrypt", "UntagResource"):
        assert not policy.allows(f"kms:{action}", other, **own)


@pytest.mark.parametrize(
    ("role", "parameters", "administrator"),
    [
        (iam.ADMIN, {}, iam.ADMIN),
        (iam.ADMIN, {"KeyAdministratorArn": f"{iam.ADMIN}2"}, f"{iam.ADMIN}2"),
        (None, {}, None),
    ],
)
def test_the_role_that_makes_the_stack_manages_its_key(
    role: str | None, parameters: dict[str, str], administrator: str | None
) -> None:
    for hardening in ("strict", "baseline"):
        definition = bundled_source("okta")
        definition = replace(definition, source=replace(definition.source, hardening=hardening))
        product = Product(definition, source_files(definition), [], [], [], [], {}, {})
        context = DeployContext(Target(bucket_option="helper"), SOURCES, ROOT)
        sent = Deployment(context, product, parameters if hardening == "strict" else {}, role).change_set_parameters(
            None
        )
        sent_parameters = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in sent}
        assert sent_parameters.get("KeyAdministratorArn") == (administrator if hardening == "strict" else None)


# --- Definition -------------------------------------------------------------------------------------------------------


def test_a_strict_source_reserves_concurrency(tmp_path: Path) -> None:
    text = """
        description: made
        hardening: strict
        webhook:
          auth: {token: {header: x-token}}
          concurrency: null
    """
    with pytest.raises(DefinitionError) as error:
        make_definition(tmp_path, text)
    assert str(error.value).endswith(
        "made/source.yml:6: webhook.concurrency: must be 1 to 1000, since `hardening: strict` reserves concurrency"
    )
    functions = of_type(STRICT, "AWS::Lambda::Function")
    assert {name: function.get("ReservedConcurrentExecutions") for name, function in functions.items()} == {
        "Webhook": 20,
        "Verify": 20,
        "Redrive": 1,
    }


def test_a_source_is_not_strict_unless_it_says_so() -> None:
    assert "AWS::KMS::Key" not in {resource["Type"] for resource in BASELINE["Resources"].values()}
    assert "kms" not in json.dumps(
        {name: resource.get("Properties") for name, resource in BASELINE["Resources"].items()}
    )
