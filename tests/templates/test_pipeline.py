"""What the pipeline's template promises: its contract, its variants, and what no linter sees."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.definition.read import load
from generator.packaging import lint
from generator.templates import event_source, pipeline
from generator.templates.pipeline_inputs import ZipKeys
from generator.templates.resources.codebuild import IMAGE
from generator.templates.text import dumps_compact, template_text
from lambdas.model import Archive, Dedupe, Destination, Pipeline, S3Objects
from tests.definitions import CASES, bundled_source

STORED = Path(__file__).parents[1] / "snapshots" / "pipelines"
SOURCES: dict[str, tuple[Any, ...]] = {
    "both": ("github", "codecommit"),
    "codecommit": ("codecommit",),
    "github": ("github",),
}
# (variant, is the configuration's repository made, does a person approve)
MATRIX = [
    (variant, created, approval)
    for variant in SOURCES
    for created in (("true", "false") if variant != "github" else ("none",))
    for approval in ("false", "true")
]


def written(variant: str = "both", name: str = "zoom") -> str:
    source = replace(bundled_source(name).source, pipeline=Pipeline(SOURCES[variant]))
    return template_text(pipeline.build(source, ZipKeys("code/merge.zip", "code/config.zip")))


def build_template(variant: str = "both", name: str = "zoom") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(written(variant, name))
    return document


def resolved(value: Any, conditions: dict[str, bool]) -> Any:
    """What CloudFormation takes where these conditions hold: an Fn::If is one of its two, or is not there."""
    if isinstance(value, dict):
        if set(value) == {"Fn::If"}:
            name, yes, no = value["Fn::If"]
            return resolved(yes if conditions[name] else no, conditions)
        members = {key: resolved(member, conditions) for key, member in value.items()}
        return {key: member for key, member in members.items() if member != {"Ref": "AWS::NoValue"}}
    if isinstance(value, list):
        return [
            element
            for element in (resolved(element, conditions) for element in value)
            if element != {"Ref": "AWS::NoValue"}
        ]
    return value


def deployed(variant: str, created: str, approval: str) -> dict[str, Any]:
    """The resources and the outputs of one row of the matrix."""
    template = build_template(variant)
    conditions = {
        "CreatesConfigRepository": created == "true",
        "HasConfigRepository": created == "false",
        "HasEventsQueueName": False,
        "ProtectsEvents": False,
        "RequiresApproval": approval == "true",
    }
    resources = {k: v for k, v in template["Resources"].items() if conditions.get(v.get("Condition", ""), True)}
    document: dict[str, Any] = resolved({"Resources": resources, "Outputs": template["Outputs"]}, conditions)
    return document


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"] for name, resource in template["Resources"].items() if resource["Type"] == kind
    }


def stages(template: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = template["Resources"]["Pipeline"]["Properties"]["Stages"]
    return listed


@pytest.mark.parametrize("variant", SOURCES)
def test_each_variants_template_is_the_one_stored(variant: str, update: bool) -> None:
    file = STORED / f"{variant}.json"
    if update:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written(variant), encoding="utf-8")
    assert written(variant) == file.read_text(encoding="utf-8"), f"{file}: run with --update, and read the diff"


@pytest.mark.parametrize(("variant", "created", "approval"), MATRIX)
def test_each_row_of_the_matrix_is_the_one_stored(variant: str, created: str, approval: str, update: bool) -> None:
    file = STORED / f"{variant}-created-{created}-approval-{approval}.json"
    text = dumps_compact(deployed(variant, created, approval)) + "\n"
    if update:
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), f"{file}: run with --update, and read the diff"


def test_no_snapshot_is_left_of_a_variant_that_is_gone() -> None:
    rows = {f"{variant}-created-{created}-approval-{approval}.json" for variant, created, approval in MATRIX}
    assert {file.name for file in STORED.iterdir()} == rows | {f"{variant}.json" for variant in SOURCES}


MOST = 70_000
"""Bytes: CloudFormation takes 51,200 with a request, and 1 MB from the helper bucket, where `deploy` puts the rest."""


@pytest.mark.slow
def test_every_variant_lints_clean_and_can_be_deployed(tmp_path: Path) -> None:
    texts = {variant: written(variant) for variant in SOURCES}
    with lint.Linter("full", tmp_path) as linter:
        assert linter.check(texts) == {variant: [] for variant in SOURCES}
    assert max(len(text.encode()) for text in texts.values()) <= MOST


def test_the_longest_names_and_an_authorizer_change_nothing_in_its_size() -> None:
    source = replace(bundled_source("okta").source, name="s" * 20, description="d" * 200)
    key = "code/" + "0" * 64 + ".zip"
    streams = {"archive": Archive(), "delivery": Destination(S3Objects())}
    for candidate in (source, replace(source, hardening="strict", dedupe=Dedupe(), **streams)):
        assert len(template_text(pipeline.build(candidate, ZipKeys(key, key))).encode()) <= MOST


@pytest.mark.parametrize(
    ("variant", "created", "approval", "expected"),
    [
        ("both", "true", "false", ["Source", "Merge", "TestBuildDeploy", "Verify"]),
        ("both", "false", "true", ["Source", "Merge", "Approve", "TestBuildDeploy", "Verify"]),
        ("codecommit", "true", "true", ["Source", "Approve", "TestBuildDeploy", "Verify"]),
        ("github", "none", "false", ["Source", "TestBuildDeploy", "Verify"]),
    ],
)
def test_stages_stand_in_their_order_and_code_runs_only_behind_the_approval(
    variant: str, created: str, approval: str, expected: list[str]
) -> None:
    assert [stage["Name"] for stage in stages(deployed(variant, created, approval))] == expected


@pytest.mark.parametrize("variant", SOURCES)
def test_every_artifact_is_made_before_it_is_taken(variant: str) -> None:
    artifacts: set[str] = set()
    for stage in stages(deployed(variant, "true", "true")):
        for action in stage["Actions"]:
            assert {artifact["Name"] for artifact in action.get("InputArtifacts", [])} <= artifacts
        artifacts |= {artifact["Name"] for action in stage["Actions"] for artifact in action.get("OutputArtifacts", [])}


def test_the_application_is_merged_first_and_the_folder_is_the_functions_parameter() -> None:
    (merge,) = next(stage for stage in stages(build_template()) if stage.get("Name") == "Merge")["Actions"]
    assert [artifact["Name"] for artifact in merge["InputArtifacts"]] == ["Application", "Configuration"]
    assert merge["Configuration"] == {
        "FunctionName": {"Ref": "MergeFunction"},
        "UserParameters": {"Ref": "ConfigDirectory"},
    }


@pytest.mark.parametrize("variant", SOURCES)
def test_parameters_and_outputs_are_the_contract(variant: str) -> None:
    template = build_template(variant)
    github = {"GitHubRepository", "GitHubBranch", "ConnectionArn"} if variant != "codecommit" else set()
    codecommit = (
        {"ConfigRepository", "ConfigBranch", "CreateConfigRepository", "ConfigKey"} if variant != "github" else set()
    )
    both = {"MergeKey"} if variant == "both" else set()
    always = {"ProjectName", "Environment", "HelperBucket", "ConfigDirectory", "RequireApproval", "ProtectEvents"}
    handed_on = {"ConsumerPrincipalArn", "EventsQueueName", "AlarmTopicArn"}
    assert set(template["Parameters"]) == always | handed_on | github | codecommit | both
    repository = {"ConfigRepositoryUrl"} if variant != "github" else set()
    assert set(template["Outputs"]) == {"PipelineUrl", "EventSourceStack", "PermissionsBoundaryArn"} | repository
    grouped = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for group in grouped for name in group["Parameters"]) == sorted(template["Parameters"])
    for parameter in template["Parameters"].values():
        assert {"AllowedPattern", "ConstraintDescription", "Description"} <= set(parameter)
        if "Default" in parameter:
            assert re.search(parameter["AllowedPattern"], parameter["Default"])


def test_the_form_asks_for_the_definitions_parameters_and_hands_them_to_the_build_alone() -> None:
    template = build_template(name="google-pubsub")
    event_source_template = json.loads(
        template_text(event_source.build(bundled_source("google-pubsub").source, "code/a.zip"))
    )
    names = ("Audience", "ServiceAccount")
    assert {name: template["Parameters"][name] for name in names} == {
        name: event_source_template["Parameters"][name] for name in names
    }
    assert template["Parameters"]["Audience"] == {
        "Type": "String",
        "Description": "The audience of the push subscription, a word or a URL of your choice",
        "AllowedPattern": "^([A-Za-z0-9._~:/@-]{1,200})$",
        "ConstraintDescription": "must be such as mozdef-pubsub; as a regular expression: [A-Za-z0-9._~:/@-]{1,200}",
        "MaxLength": 320,
    }
    variables = {
        title: {each["Name"]: each["Value"] for each in project["Properties"]["Environment"]["EnvironmentVariables"]}
        for title, project in template["Resources"].items()
        if project["Type"] == "AWS::CodeBuild::Project"
    }
    handed_on = {f"PARAMETER_{name}": {"Ref": name} for name in names}
    assert handed_on.items() <= variables["Build"].items()
    assert not handed_on.keys() & variables["Verify"].keys()  # a canary takes those of the stack


def test_the_network_of_a_self_hosted_api_is_asked_for_and_handed_to_the_build() -> None:
    source = load(CASES, ["self-hosted"])[0].source
    template = json.loads(template_text(pipeline.build(source, ZipKeys("code/merge.zip", "code/config.zip"))))
    own = json.loads(template_text(event_source.build(source, "code/0.zip")))["Parameters"]
    environment = template["Resources"]["Build"]["Properties"]["Environment"]["EnvironmentVariables"]
    variables = {each["Name"]: each["Value"] for each in environment}
    for name in ("SubnetIds", "SecurityGroupIds"):
        assert template["Parameters"][name] == own[name]
        assert variables[f"PARAMETER_{name}"] == {"Ref": name}


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        ("GitHubRepository", ["mozilla/MozDef-EF", "a/b.c_d"], ["", "mozilla", "https://github.com/a/b", "a/b/main"]),
        ("GitHubBranch", ["main", "feature/x", "v1.0"], ["", "-x", "a b"]),
        (
            "ConnectionArn",
            [
                "arn:aws:codeconnections:us-west-2:123456789012:connection/0a-1b",
                "arn:aws-us-gov:codestar-connections:us-gov-west-1:123456789012:connection/0a",
            ],
            ["", "arn:aws:codeconnections:us-west-2:123456789012:host/0a", "connection"],
        ),
        ("ConfigRepository", ["", "zoom-config"], ["a b", "a/b", "a" * 101]),
        ("ConfigBranch", ["main", "feature/x"], [""]),
        ("CreateConfigRepository", ["true", "false"], ["", "yes", "True"]),
        ("ConfigDirectory", ["config"], ["", "..", "/config", "a/b", "config/"]),
        ("RequireApproval", ["true", "false"], ["", "yes"]),
        ("ProtectEvents", ["true", "false"], ["", "yes"]),
    ],
)
def test_the_form_refuses_what_can_not_be_right(parameter: str, good: list[str], bad: list[str]) -> None:
    pattern = re.compile(build_template()["Parameters"][parameter]["AllowedPattern"])
    assert [value for value in good if not pattern.fullmatch(value)] == []
    assert [value for value in bad if pattern.fullmatch(value)] == []


def test_taking_a_repository_that_is_there_needs_its_name() -> None:
    (rule,) = build_template()["Rules"].values()
    assert (
        rule["Assertions"][0]["AssertDescription"]
        == "CreateConfigRepository is false, so ConfigRepository must name one"
    )


@pytest.mark.parametrize("variant", SOURCES)
def test_the_artifacts_are_private_encrypted_versioned_expire_and_have_no_fixed_name(variant: str) -> None:
    template = build_template(variant)
    bucket = template["Resources"]["Artifacts"]["Properties"]
    assert "BucketName" not in bucket
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 30
    assert "BucketEncryption" in bucket
    deny = template["Resources"]["ArtifactsPolicy"]["Properties"]["PolicyDocument"]["Statement"][0]
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": False}})


@pytest.mark.parametrize("variant", SOURCES)
def test_builds_know_their_deployment_and_no_secret(variant: str) -> None:
    for name, project in of_type(build_template(variant), "AWS::CodeBuild::Project").items():
        environment = project["Environment"]
        variables = {variable["Name"]: variable["Value"] for variable in environment["EnvironmentVariables"]}
        assert variables["SERVICE"] == "zoom"
        assert variables["STAGE"] == {"Ref": "Environment"}
        assert variables["PROJECT"] == {"Ref": "ProjectName"}
        assert variables["API_PATH"] == "/events"
        assert variables.get("ALARM_TOPIC_ARN") == ({"Ref": "AlarmTopicArn"} if name == "Build" else None)
        assert ("EXECUTION_ROLE_ARN" in variables) == (name == "Build")
        assert {variable["Type"] for variable in environment["EnvironmentVariables"]} == {"PLAINTEXT"}
        assert not [key for key in variables if "SECRET" in key or "TOKEN" in key]
        assert environment["Image"] == IMAGE
        assert "PrivilegedMode" not in environment
        assert project["TimeoutInMinutes"] >= 60


@pytest.mark.parametrize("variant", SOURCES)
def test_every_resource_that_takes_tags_has_the_projects(variant: str) -> None:
    untagged = {"AWS::IAM::ManagedPolicy", "AWS::S3::BucketPolicy"}
    for name, resource in build_template(variant)["Resources"].items():
        if resource["Type"] not in untagged:
            tags = resource["Properties"]["Tags"]
            assert {"Key": "Project", "Value": {"Ref": "ProjectName"}} in tags, name


@pytest.mark.parametrize("variant", SOURCES)
def test_no_partition_is_assumed_and_no_role_or_policy_is_named(variant: str) -> None:
    template = build_template(variant)
    assert re.findall(r"arn:aws[^\[]", json.dumps(template)) == []
    for kind, key in (("IAM::Role", "RoleName"), ("IAM::ManagedPolicy", "ManagedPolicyName")):
        assert [properties for properties in of_type(template, f"AWS::{kind}").values() if key in properties] == []


def test_a_push_to_the_branch_starts_the_pipeline_and_nothing_polls() -> None:
    template = deployed("both", "false", "false")
    (rule,) = of_type(template, "AWS::Events::Rule").values()
    assert rule["EventPattern"]["detail"]["referenceName"] == [{"Ref": "ConfigBranch"}]
    assert rule["EventPattern"]["resources"] == [
        {
            "Fn::Sub": [
                "arn:${AWS::Partition}:codecommit:${AWS::Region}:${AWS::AccountId}:${Repository}",
                {"Repository": {"Ref": "ConfigRepository"}},
            ]
        }
    ]
    fetched = {action["Name"]: action["Configuration"] for action in stages(template)[0]["Actions"]}
    assert fetched["CodeCommit"]["PollForSourceChanges"] == "false"
    assert fetched["GitHub"]["FullRepositoryId"] == {"Ref": "GitHubRepository"}
    assert fetched["GitHub"]["BranchName"] == {"Ref": "GitHubBranch"}


def test_the_merge_function_has_room_for_artifacts_of_git_and_time_to_say_why_it_failed() -> None:
    function = build_template()["Resources"]["MergeFunction"]["Properties"]
    assert function["EphemeralStorage"]["Size"] >= 4 * 1024
    assert function["Timeout"] == 900
    assert function["Handler"] == "lambdas.merge.handler"


def test_two_sources_pipelines_have_the_same_ids() -> None:
    assert set(build_template(name="zoom")["Resources"]) == set(build_template(name="okta")["Resources"])


def test_repository_and_artifacts_outlive_the_stack() -> None:
    resources = build_template()["Resources"]
    for name in ("Configuration", "Artifacts"):
        assert resources[name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert resources[name]["UpdateReplacePolicy"] == "Retain"


def test_the_pipeline_of_a_pulled_source_verifies_by_calling_its_puller_alone() -> None:
    resources = build_template(name="okta-log")["Resources"]
    statements = [
        statement
        for policy in resources["VerifyRole"]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    granted = {action: statement["Resource"] for statement in statements for action in statement["Action"]}
    function = "function:${ProjectName}-okta-log-${Environment}-Puller-*"
    assert [json.dumps(on) for on in granted["lambda:InvokeFunction"]] == [
        json.dumps({"Fn::Sub": f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:{function}"})
    ]
    assert not {action for action in granted if action.startswith(("ssm:", "logs:Filter"))}
