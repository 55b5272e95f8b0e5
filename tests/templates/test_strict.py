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


def of_type(made: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: one["Properties"] for name, one in made["Resources"].items() if one["Type"] == kind}


def checks(made: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (title, check)
        for title, one in made["Resources"].items()
        for check, _ in scanner_exceptions.exceptions_for(one)
    }


def test_all_that_is_kept_is_encrypted_with_the_key() -> None:
    for one in of_type(STRICT, "AWS::SQS::Queue").values():
        assert (one["KmsMasterKeyId"], "SqsManagedSseEnabled" in one) == (KEY, False)
    (rule,) = STRICT["Resources"]["Kept"]["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {"KMSMasterKeyID": KEY, "SSEAlgorithm": "aws:kms"},
    }
    assert {one["KmsKeyId"]["Fn::GetAtt"][0] for one in of_type(STRICT, "AWS::Logs::LogGroup").values()} == {"Key"}
    assert {one["KmsKeyArn"]["Fn::GetAtt"][0] for one in of_type(STRICT, "AWS::Lambda::Function").values()} == {"Key"}


def test_the_key_is_rotated_and_outlives_what_it_encrypts() -> None:
    key = STRICT["Resources"]["Key"]
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == STRICT["Resources"]["Kept"]["DeletionPolicy"]
    assert key["UpdateReplacePolicy"] == "Retain"


def test_who_asked_for_what_is_kept_is_logged_once_s3_may_write_it() -> None:
    kept, log = STRICT["Resources"]["Kept"], STRICT["Resources"]["KeptLogPolicy"]
    assert kept["Properties"]["LoggingConfiguration"] == {"DestinationBucketName": {"Ref": "KeptLog"}}
    assert kept["DependsOn"] == ["KeptLogPolicy"]
    _, writes = log["Properties"]["PolicyDocument"]["Statement"]
    its = kept["Properties"]["BucketName"]["Fn::Sub"]
    assert writes["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert writes["Condition"]["ArnLike"] == {
        "aws:SourceArn": {"Fn::Sub": [f"arn:${{AWS::Partition}}:s3:::{its[0]}", its[1]]}
    }


def test_what_strict_does_away_with_needs_no_reason_any_more() -> None:
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
        one["Sid"]: one
        for each in STRICT["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"]
        for one in [each.get("Fn::If", [None, each])[1]]
    }
    root = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
    named = {"Fn::If": ["HasKeyAdministratorArn", {"Ref": "KeyAdministratorArn"}, {"Ref": "AWS::NoValue"}]}
    assert {sid: (one["Effect"], one["Principal"]) for sid, one in statements.items()} == {
        "Manage": ("Allow", {"AWS": [root, named]}),
        "ThroughServices": ("Allow", {"AWS": [root, named]}),
        "GrantsForServices": ("Deny", "*"),
        "Logs": ("Allow", {"Service": {"Fn::Sub": "logs.${AWS::Region}.${AWS::URLSuffix}"}}),
        "Consumer": ("Allow", {"AWS": {"Ref": "ConsumerPrincipalArn"}}),
    }
    uses = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:CreateGrant"}
    assert not uses & set(statements["Manage"]["Action"])
    assert statements["Consumer"]["Action"] == ["kms:Decrypt"]
    assert {sid: list(one["Condition"]) for sid, one in statements.items() if "Condition" in one} == {
        "ThroughServices": ["StringEquals"],
        "GrantsForServices": ["BoolIfExists"],
        "Logs": ["ArnLike"],
        "Consumer": ["StringEquals"],
    }


@pytest.mark.parametrize("made", [PIPELINE, STRICT, BASELINE], ids=["pipeline", "strict", "baseline"])
def test_it_can_be_deployed_by_its_body_and_names_no_role(made: dict[str, Any]) -> None:
    """CAPABILITY_IAM is enough for what has no name of its own."""
    for kind, name in (("Role", "RoleName"), ("ManagedPolicy", "ManagedPolicyName"), ("User", "UserName")):
        assert not [one for one in of_type(made, f"AWS::IAM::{kind}").values() if name in one]
    assert not [one for one in made["Resources"].values() if one["Type"].startswith(("AWS::IAM::User", "Custom::"))]


# --- Permissions ------------------------------------------------------------------------------------------------------


def theirs() -> tuple[iam.Stack, iam.Stack]:
    return deployed(PROJECT, NAME, ENVIRONMENT, (PIPELINE, STRICT))


def test_in_every_policy_actions_resources_and_conditions_fit() -> None:
    pipeline, source = theirs()
    for one in (pipeline, source):
        for title, kind, document in one.documents():
            if title not in (EXECUTION, "PipelineRole"):  # tests/templates/test_iam.py knows what is said of these two
                assert list(iam.problems(kind, document)) == [], title


def test_the_boundary_takes_nothing_from_the_functions_key_and_traces_among_it() -> None:
    pipeline, source = theirs()
    source.parameter_values = {**source.parameter_values, "Tracing": "Active"}
    made = world(pipeline, source)
    keys = {"kms__ViaService": f"sqs.{iam.REGION}.amazonaws.com"}
    for title in roles(source):
        if title == "ClockRole":  # it calls a function, and neither keeps nor traces anything
            continue
        role = made.roles[arn(source, title)]
        wanted = {(action, on) for one in role.policy.statements for action in one.actions for on in one.resources}
        assert {"xray", "kms"} <= {action.partition(":")[0] for action, _ in wanted}
        refused = [one for one in wanted if not made.policies[role.boundary or ""].allows(*one, **keys)]
        assert refused == []


def test_the_key_is_used_through_services_alone() -> None:
    pipeline, _ = theirs()
    bounds = next(document for title, _, document in pipeline.documents() if title == BOUNDARY)
    policy = iam.Policy(iam.statements(bounds))
    its = f"arn:aws:kms:{iam.REGION}:{iam.ACCOUNT}:key/1"
    assert not policy.allows("kms:Decrypt", its)
    assert not policy.allows("kms:Decrypt", its, kms__ViaService=f"secretsmanager.{iam.REGION}.amazonaws.com")


def test_from_every_role_each_way_ends_at_the_boundary() -> None:
    pipeline, source = theirs()
    made, boundary = world(pipeline, source), arn(pipeline, BOUNDARY)
    for title in (*roles(pipeline), *roles(source)):
        its = pipeline if title in roles(pipeline) else source
        reached = made.reach(arn(its, title), NEW_ROLES, boundary)
        assert not [one for one in reached if "WITHOUT LIMIT" in one], title


def test_the_pipelines_role_makes_a_key_with_the_sources_tags_and_touches_no_other() -> None:
    pipeline, _ = theirs()
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
    ("role", "given", "said"),
    [
        (iam.ADMIN, {}, iam.ADMIN),
        (iam.ADMIN, {"KeyAdministratorArn": f"{iam.ADMIN}2"}, f"{iam.ADMIN}2"),
        (None, {}, None),
    ],
)
def test_the_role_that_makes_the_stack_manages_its_key(
    role: str | None, given: dict[str, str], said: str | None
) -> None:
    for hardening in ("strict", "baseline"):
        one = bundled_source("okta")
        one = replace(one, source=replace(one.source, hardening=hardening))
        product = Product(one, source_files(one), [], [], [], {}, {})
        place = DeployContext(Target(bucket_option="helper"), SOURCES, ROOT)
        sent = Deployment(place, product, given if hardening == "strict" else {}, role).change_set_parameters(None)
        found = {one["ParameterKey"]: one["ParameterValue"] for one in sent}
        assert found.get("KeyAdministratorArn") == (said if hardening == "strict" else None)


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
    assert {name: one.get("ReservedConcurrentExecutions") for name, one in functions.items()} == {
        "Webhook": 20,
        "Verify": 20,
        "Redrive": 1,
    }


def test_a_source_is_not_strict_unless_it_says_so() -> None:
    assert "AWS::KMS::Key" not in {one["Type"] for one in BASELINE["Resources"].values()}
    assert "kms" not in json.dumps({name: one.get("Properties") for name, one in BASELINE["Resources"].items()})
