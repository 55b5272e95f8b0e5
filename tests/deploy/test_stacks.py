"""Stacks in every state, what happens to them, what would change, and what is wrong with parameters."""

from __future__ import annotations

from typing import Any, get_args

import botocore.session
import pytest
from botocore.exceptions import ClientError

from generator.deploy import changes, deletion, progress, stack_parameters, stacks
from generator.errors import GeneratorError
from tests.cloudformation import ACCOUNT, ADDED, CHANGED, NOON, OUTPUTS, TAGS, CloudFormation, refusal

NAME = "MozDef-EF-zoom-dev"
COMMANDS = {"delete": "python -m generator delete zoom", "roll_back": "aws cloudformation rollback-stack"}
REQUEST: dict[str, Any] = {"ChangeSetType": "UPDATE", "Parameters": [], "Tags": []}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> CloudFormation:
    monkeypatch.setattr(progress, "LOCAL_POLL_SECONDS", 0)
    return CloudFormation()


def existing_stack(aws: CloudFormation, name: str = NAME) -> stacks.Stack:
    stack = stacks.find_stack(aws, name)
    assert stack
    return stack


def test_a_stack_is_found_as_it_is(aws: CloudFormation) -> None:
    values = [{"ParameterKey": "Environment", "ParameterValue": "dev"}]
    held = aws.add_stack("UPDATE_COMPLETE", Parameters=values, RoleARN="arn:role", LastUpdatedTime=NOON)
    stack = existing_stack(aws)
    assert stack == stacks.Stack(
        NAME, held["StackId"], "UPDATE_COMPLETE", NOON, TAGS, {"Environment": "dev"}, OUTPUTS, "arn:role"
    )
    assert stack.account == ACCOUNT
    assert stacks.find_stack(aws, "another") is None


def test_a_refusal_by_aws_is_not_taken_for_a_missing_stack(
    aws: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_request: Any) -> None:
        raise refusal("you may not", "AccessDenied")

    monkeypatch.setattr(aws, "describe_stacks", refuse)
    with pytest.raises(ClientError, match="you may not"):
        stacks.find_stack(aws, NAME)


NEXT_ACTIONS = {
    "REVIEW_IN_PROGRESS": "create",
    "ROLLBACK_COMPLETE": "delete",
    "CREATE_COMPLETE": "update",
    "UPDATE_COMPLETE": "update",
    "UPDATE_ROLLBACK_COMPLETE": "update",
    "IMPORT_COMPLETE": "update",
    "IMPORT_ROLLBACK_COMPLETE": "update",
    "UPDATE_ROLLBACK_FAILED": "continue",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "wait",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "wait",
}
BUSY = "stack MozDef-EF-zoom-dev is in {} since 2026-03-02 12:00 UTC: wait until that has ended"
GO_FIRST = (
    "stack MozDef-EF-zoom-dev is in {}, which only deleting it ends: "
    "python -m generator delete zoom says what would go, and then deploy again"
)
REFUSED = {
    **dict.fromkeys(("CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS", "UPDATE_IN_PROGRESS"), BUSY),
    **dict.fromkeys(("UPDATE_ROLLBACK_IN_PROGRESS", "IMPORT_IN_PROGRESS", "IMPORT_ROLLBACK_IN_PROGRESS"), BUSY),
    **dict.fromkeys(("CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED"), GO_FIRST),
    "UPDATE_FAILED": "stack MozDef-EF-zoom-dev is in {}: its last update waits to be rolled back: "
    "aws cloudformation rollback-stack",
    "IMPORT_ROLLBACK_FAILED": "stack MozDef-EF-zoom-dev is in {}, from which there is no way on: "
    "look at it in the console of CloudFormation",
}


@pytest.mark.parametrize(("status", "action"), NEXT_ACTIONS.items())
def test_a_state_with_a_next_action(aws: CloudFormation, status: str, action: str) -> None:
    aws.add_stack(status)
    assert stacks.next_action(existing_stack(aws), **COMMANDS) == action


@pytest.mark.parametrize(("status", "message"), REFUSED.items())
def test_a_state_without_a_next_action(aws: CloudFormation, status: str, message: str) -> None:
    aws.add_stack(status)
    with pytest.raises(GeneratorError) as error:
        stacks.next_action(existing_stack(aws), **COMMANDS)
    assert str(error.value) == message.format(status)


def test_every_state_of_a_stack_is_in_one_of_the_tables() -> None:
    model = botocore.session.get_session().get_service_model("cloudformation")
    known = {*NEXT_ACTIONS, *REFUSED, "DELETE_COMPLETE"}  # of which no stack has the name any more
    assert known == set(model.shape_for("StackStatus").enum)
    assert set(NEXT_ACTIONS.values()) == set(get_args(stacks.StackAction))


def test_a_missing_stack_is_created() -> None:
    assert stacks.next_action(None, **COMMANDS) == "create"


@pytest.mark.parametrize(
    ("tags", "template", "message"),
    [
        ({**TAGS, "Team": "security"}, None, None),
        ({"Service": "zoom"}, None, None),
        (
            {**TAGS, "Service": "okta", "Environment": "prod"},
            None,
            "stack MozDef-EF-zoom-dev is another's: it has the tags Service=okta, Environment=prod; "
            "--project and --env choose another name",
        ),
        ({}, {"Metadata": {"MozDefEventFramework": {"Source": "zoom"}}}, None),
        (
            {"Project": "MozDef-EF"},
            {"Metadata": {"MozDefEventFramework": {"Source": "okta"}}},
            "stack MozDef-EF-zoom-dev is of the source okta; --project and --env choose another name",
        ),
        *(
            (
                {},
                template,
                "stack MozDef-EF-zoom-dev was not made by this framework; --project and --env choose another name",
            )
            for template in ({"Resources": {}}, "Resources:\n")
        ),
    ],
)
def test_only_a_foreign_stack_is_refused(
    aws: CloudFormation, tags: dict[str, str], template: object, message: str | None
) -> None:
    aws.add_stack("CREATE_COMPLETE", Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    if template is not None:
        aws.templates[NAME] = template
    if message is None:
        stacks.refuse_foreign(aws, existing_stack(aws), TAGS)
        return
    with pytest.raises(GeneratorError) as error:
        stacks.refuse_foreign(aws, existing_stack(aws), TAGS)
    assert str(error.value) == message


def test_events_are_followed_from_a_mark_to_the_end(aws: CloudFormation) -> None:
    held = aws.add_stack("CREATE_COMPLETE")
    stack = existing_stack(aws)
    after = progress.latest_event_id(aws, stack.id)
    aws.outcome = [("UPDATE_IN_PROGRESS", "Webhook", ""), ("UPDATE_COMPLETE", "Webhook", "")]
    aws.end = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    aws._play_events(held, "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    aws._add_event(held, "UPDATE_COMPLETE")

    seen = list(progress.follow_events(aws, stack.id, after))

    assert [(event.logical_id, event.status, event.of_stack) for event in seen] == [
        (NAME, "UPDATE_IN_PROGRESS", True),
        ("Webhook", "UPDATE_IN_PROGRESS", False),
        ("Webhook", "UPDATE_COMPLETE", False),
        (NAME, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", True),
        (NAME, "UPDATE_COMPLETE", True),
    ]


def test_a_failure_that_is_rolled_back_is_not_the_end(aws: CloudFormation) -> None:
    held = aws.add_stack("CREATE_COMPLETE")
    after = progress.latest_event_id(aws, held["StackId"])
    for status in ("UPDATE_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"):
        aws._add_event(held, status)
    held["StackStatus"] = "UPDATE_ROLLBACK_IN_PROGRESS"

    seen = [event.status for event in progress.follow_events(aws, held["StackId"], after)]

    assert seen == ["UPDATE_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]


def test_a_late_event_is_seen_once_and_does_not_hide_the_end(aws: CloudFormation) -> None:
    held = aws.add_stack("UPDATE_COMPLETE")
    after = progress.latest_event_id(aws, held["StackId"])
    aws._add_event(held, "UPDATE_COMPLETE")
    aws._add_event(held, "UPDATE_COMPLETE", "Webhook")
    aws.shown[held["StackId"]] = 3
    seen = [(event.logical_id, event.status) for event in progress.follow_events(aws, held["StackId"], after)]
    assert seen == [(NAME, "UPDATE_COMPLETE"), ("Webhook", "UPDATE_COMPLETE")]


def test_a_stack_that_goes_without_an_event_is_not_waited_for(aws: CloudFormation) -> None:
    held = aws.add_stack("REVIEW_IN_PROGRESS")
    held["StackStatus"] = "DELETE_COMPLETE"
    assert list(progress.follow_events(aws, held["StackId"], "e0")) == []


def event(status: str, of: str, why: str) -> progress.Event:
    return progress.Event(NOON, status, of, "AWS::Any::Thing", why, of == NAME)


def test_causes_come_in_the_order_in_which_they_happened_without_what_they_cancelled(aws: CloudFormation) -> None:
    seen = [
        event("CREATE_FAILED", "Webhook", "no such key"),
        event("CREATE_FAILED", "Stage", "Resource creation cancelled"),
        event("CREATE_FAILED", "Kept", "no such bucket"),
        event("ROLLBACK_IN_PROGRESS", NAME, "The following resource(s) failed to create: [Webhook, Stage, Kept]."),
        event("DELETE_FAILED", "Api", ""),
    ]
    assert progress.failure_causes(aws, "id", seen) == ["Webhook: no such key", "Kept: no such bucket"]
    assert progress.failure_causes(aws, "id", seen[3:]) == []
    assert progress.failure_causes(aws, "id", [event("CREATE_FAILED", NAME, "no role")]) == ["no role"]


EARLY = (
    "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. "
    "To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information."
)
EXISTS = "Resource of type 'AWS::SQS::Queue' with identifier 'fixed' already exists."


def test_errors_of_early_validation_are_fetched(aws: CloudFormation) -> None:
    seen = [event("CREATE_FAILED", NAME, EARLY)]
    assert progress.failure_causes(aws, "id", seen) == [EARLY]
    aws.validation_errors = [{"LogicalResourceId": "Events", "ValidationStatusReason": EXISTS}, {"EventType": "STACK"}]
    assert progress.failure_causes(aws, "id", seen) == [f"Events: {EXISTS}"]
    assert aws.requests_of("describe_events")[-1] == {"StackName": "id", "Filters": {"FailedEvents": True}}
    aws.validation_errors = refusal("you may not", "AccessDenied")
    assert progress.failure_causes(aws, "id", seen) == [EARLY]


def test_aws_is_asked_every_two_seconds_and_an_emulator_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(progress.time, "sleep", slept.append)
    session = botocore.session.get_session()
    for url in (None, "http://localhost:4566"):
        progress.pause(session.create_client("cloudformation", "us-west-2", endpoint_url=url))
    assert slept == [2.0, 0.1]


def test_a_change_set_says_what_would_change_and_is_gone_where_nobody_executes_it(aws: CloudFormation) -> None:
    aws.add_stack("CREATE_COMPLETE")
    aws.changes = [ADDED, CHANGED, {**ADDED, "Action": "Remove", "PolicyAction": "Retain"}]
    with changes.open_change_set(aws, NAME, REQUEST, new=False) as change_set:
        assert aws.change_sets
        assert change_set.changes == [
            changes.Change("Add", "Events", "AWS::SQS::Queue", "", (), ""),
            changes.Change("Modify", "Webhook", "AWS::Lambda::Function", "False", ("Code", "Tags"), ""),
            changes.Change("Remove", "Events", "AWS::SQS::Queue", "", (), "Retain"),
        ]
        assert not change_set.empty
    assert aws.change_sets == {}
    assert aws.requests_of("delete_stack") == []
    assert aws.requests_of("create_change_set")[0]["Capabilities"] == ["CAPABILITY_IAM"]


def test_a_stack_that_only_the_change_set_made_is_deleted(aws: CloudFormation) -> None:
    with changes.open_change_set(aws, NAME, {**REQUEST, "ChangeSetType": "CREATE"}, new=True):
        assert existing_stack(aws).status == "REVIEW_IN_PROGRESS"
    assert stacks.find_stack(aws, NAME) is None


def test_a_stack_in_review_that_was_there_before_stays(aws: CloudFormation) -> None:
    aws.add_stack("REVIEW_IN_PROGRESS")
    with changes.open_change_set(aws, NAME, {**REQUEST, "ChangeSetType": "CREATE"}, new=False):
        pass
    assert existing_stack(aws).status == "REVIEW_IN_PROGRESS"
    assert aws.change_sets == {}


@pytest.mark.parametrize("call", ["create_change_set", "describe_change_set", "execute_change_set"])
def test_ctrl_c_leaves_neither_change_set_nor_stack(aws: CloudFormation, call: str) -> None:
    aws.interrupt_at = call
    request = {**REQUEST, "ChangeSetType": "CREATE"}
    with pytest.raises(KeyboardInterrupt), changes.open_change_set(aws, NAME, request, new=True) as change_set:
        change_set.execute()
    assert stacks.find_stack(aws, NAME) is None


def test_a_refused_change_set_leaves_nothing_to_clean_up(aws: CloudFormation, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_request: Any) -> None:
        raise refusal("Template format error")

    monkeypatch.setattr(aws, "create_change_set", refuse)
    with (
        pytest.raises(ClientError, match="Template format error"),
        changes.open_change_set(aws, NAME, REQUEST, new=True),
    ):
        pass
    assert [call for call, _ in aws.calls] == ["describe_stacks"]


def test_an_executed_change_set_is_left_alone(aws: CloudFormation) -> None:
    aws.add_stack("CREATE_COMPLETE")
    with changes.open_change_set(aws, NAME, REQUEST, new=False) as change_set:
        change_set.execute()
    assert aws.requests_of("delete_change_set") == aws.requests_of("delete_stack") == []


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
    ],
)
def test_nothing_to_change_is_no_failure(aws: CloudFormation, reason: str) -> None:
    aws.add_stack("CREATE_COMPLETE")
    aws.reason = reason
    with changes.open_change_set(aws, NAME, REQUEST, new=False) as change_set:
        assert change_set.empty
        assert change_set.changes == []
    assert aws.change_sets == {}


@pytest.mark.parametrize(
    ("reason", "invalid", "message"),
    [
        ("Transform failed.", [], "Transform failed."),
        (EARLY, [], EARLY),
        (EARLY, [{"LogicalResourceId": "Events", "ValidationStatusReason": EXISTS}], f"Events: {EXISTS}"),
    ],
)
def test_a_change_set_that_fails_says_why_and_is_gone(
    aws: CloudFormation, reason: str, invalid: list[dict[str, str]], message: str
) -> None:
    aws.reason, aws.validation_errors = reason, invalid
    request = {**REQUEST, "ChangeSetType": "CREATE"}
    with pytest.raises(GeneratorError) as error, changes.open_change_set(aws, NAME, request, new=True):
        pass
    assert str(error.value) == f"stack {NAME}: can't be changed: {message}"
    assert stacks.find_stack(aws, NAME) is None


KEEPS = "{} is replaced: the old {} stays behind with the {} in it; whoever uses it must be told the new one"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("Modify", "Webhook", "AWS::Lambda::Function", "True", ""), None),
        (("Modify", "Events", "AWS::SQS::Queue", "False", ""), None),
        (("Add", "Events", "AWS::SQS::Queue", "", ""), None),
        (
            ("Modify", "Events", "AWS::SQS::Queue", "True", "ReplaceAndRetain"),
            KEEPS.format("Events", "queue", "messages"),
        ),
        (("Modify", "Kept", "AWS::S3::Bucket", "True", ""), KEEPS.format("Kept", "bucket", "objects")),
        (
            ("Modify", "DeadLetters", "AWS::SQS::Queue", "Conditional", ""),
            KEEPS.format("DeadLetters", "queue", "messages").replace("is replaced", "may be replaced"),
        ),
        (
            ("Remove", "Repository", "AWS::CodeCommit::Repository", "", "Retain"),
            "Repository is removed: the repository stays behind with the commits in it",
        ),
        (
            ("Remove", "Events", "AWS::SQS::Queue", "", "Delete"),
            "Events is removed: the queue is DELETED with the messages in it",
        ),
        (
            ("Modify", "Events", "AWS::SQS::Queue", "True", "ReplaceAndDelete"),
            "Events is replaced: the old queue is DELETED with the messages in it",
        ),
        (
            ("Modify", "Api", "AWS::ApiGatewayV2::Api", "True", "ReplaceAndDelete"),
            "Api is replaced: the endpoint gets another URL, and the vendor must be told it; the old one ends",
        ),
        (
            ("Remove", "Api", "AWS::ApiGatewayV2::Api", "", "Delete"),
            "Api is removed: the endpoint's URL is gone for good",
        ),
    ],
)
def test_the_loss_of_a_change_is_reported(change: tuple[str, str, str, str, str], message: str | None) -> None:
    action, logical_id, kind, replaced, policy = change
    assert changes.Change(action, logical_id, kind, replaced, (), policy).loss == message


GOES = {
    "Sweep": ("AWS::Events::Rule", "messages that can't be sent at once are no longer sent later"),
    "Redrive": ("AWS::Lambda::Function", "rejected events can no longer be sent"),
    "Stream": ("AWS::KinesisFirehose::DeliveryStream", "accepted requests are no longer archived"),
    "Claims": (
        "AWS::DynamoDB::Table",
        "it is no longer known what was sent before, and what comes again is sent again",
    ),
    "Key": (
        "AWS::KMS::Key",
        "it stays behind, and what is kept until now is encrypted with it, which the functions can then no longer "
        "read: `redrive` first; your SIEM needs kms:Decrypt on it until it has read all",
    ),
}


def change(action: str, logical_id: str, kind: str) -> changes.Change:
    return changes.Change(action, logical_id, kind, "", (), "")


@pytest.mark.parametrize(("logical_id", "goes"), GOES.items(), ids=GOES)
def test_the_consequence_of_a_removed_resource_is_reported(logical_id: str, goes: tuple[str, str]) -> None:
    kind, consequence = goes
    assert changes.losses([change("Remove", logical_id, kind)], new=False) == [
        f"{logical_id} is removed: {consequence}"
    ]
    added = changes.losses([change("Add", logical_id, kind)], new=False)
    assert added == (
        ["Key is added: your SIEM can read messages from now on only with kms:Decrypt on it"] * (logical_id == "Key")
    )
    assert changes.losses([change("Add", logical_id, kind)], new=True) == []
    for replaced, stores in (("True", [f"{logical_id} is replaced: {consequence}"]), ("Conditional", [])):
        anew = changes.Change("Modify", logical_id, kind, replaced, (), "")
        assert changes.losses([anew], new=False) == (stores if logical_id in ("Claims", "Key") else [])


def test_alarms_that_go_are_named_together() -> None:
    alarms = [change("Remove", name, "AWS::CloudWatch::Alarm") for name in ("Silence", "Unread")]
    some = [
        change("Modify", "Refused", "AWS::CloudWatch::Alarm"),
        change("Remove", "Dashboard", "AWS::CloudWatch::Dashboard"),
    ]
    consequence = "removed: nobody is told any more when something is wrong there"
    assert changes.losses([*alarms, *some], new=False) == [f"the alarms Silence, Unread are {consequence}"]
    assert changes.losses(alarms[:1], new=False) == [f"the alarm Silence is {consequence}"]
    assert changes.losses(some, new=False) == []


OLDER = "this is version {} of the framework, and {} is deployed: what came since goes again"


@pytest.mark.parametrize(
    ("deployed", "ours", "is_older"),
    [
        ("0.2.0", "0.1.0", True),
        ("0.10.0", "0.9.1", True),
        ("1.0", "0.9.1", True),
        ("0.1.0", "0.1.0", False),
        ("0.1.0", "0.2.0", False),
        ("", "0.1.0", False),
    ],
)
def test_older_code_than_the_deployed_code_is_reported(deployed: str, ours: str, is_older: bool) -> None:
    template = {"Metadata": {"MozDefEventFramework": {"Version": deployed}}}
    assert changes.downgrade_warning(template, ours) == (OLDER.format(ours, deployed) if is_older else None)
    for foreign in ("Resources: {}", {}, None):
        assert changes.downgrade_warning(foreign, ours) is None


TEMPLATE = {
    "Parameters": {
        "ProjectName": {"Default": "MozDef-EF"},
        "Environment": {"Default": "dev"},
        "HelperBucket": {},
        "LambdaKey": {"Default": "code/new.zip", "AllowedPattern": "^[a-z/.]+$"},
        "Approve": {"Default": "false", "AllowedValues": ["true", "false"]},
        "Consumer": {
            "Default": "",
            "AllowedPattern": "^(arn:.+)?$",
            "ConstraintDescription": "must be empty, or an ARN",
        },
        "Branch": {"Default": "main", "AllowedPattern": "^[a-z]+$"},
        "Repository": {"Description": "Where the framework is"},
        "Connection": {},
    }
}
OPTIONS = {"ProjectName": "Other", "Environment": "prod", "HelperBucket": "helper"}


def test_every_mistake_in_the_parameters_is_said_at_once() -> None:
    values = {
        "Aprove": "true",
        "xyz": "",
        "Approve": "yes",
        "Consumer": "me",
        "Branch": "main\n",
        "Environment": "prod",
        "HelperBucket": "mine",
        "LambdaKey": "x",
        "Repository": "fits",
    }
    known_names = "Approve, Branch, Connection, Consumer, Repository"
    assert stack_parameters.parameter_problems(TEMPLATE, values) == [
        f"--parameter Aprove: no such parameter; did you mean Approve? ({known_names})",
        f"--parameter xyz: no such parameter; there are {known_names}",
        '--parameter Approve: must be one of true, false, and is "yes"',
        '--parameter Consumer: must be empty, or an ARN, and is "me"',
        '--parameter Branch: must match ^[a-z]+$, and is "main\n"',
        "--parameter Environment: is not to be given: --env says what it is",
        "--parameter HelperBucket: is not to be given: --bucket says what it is",
        "--parameter LambdaKey: is not to be given: it is what the build says",
    ]


def test_a_new_stack_gets_what_is_given_and_defaults() -> None:
    filled = stack_parameters.change_set_parameters(TEMPLATE, {"Repository": "r", "Connection": ""}, OPTIONS, None)
    assert {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in filled} == {
        **OPTIONS,
        "Repository": "r",
        "Connection": "",
    }


def test_a_stack_keeps_what_is_not_given_but_for_where_the_code_is(aws: CloudFormation) -> None:
    before = {"LambdaKey": "code/old.zip", "Consumer": "arn:x", "Gone": "", "Branch": "b", "Connection": "c"}
    aws.add_stack(
        "CREATE_COMPLETE",
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in before.items()],
    )
    filled = stack_parameters.change_set_parameters(
        TEMPLATE, {"Repository": "r", "Branch": "new"}, OPTIONS, existing_stack(aws)
    )
    assert {
        parameter["ParameterKey"]: parameter.get("ParameterValue", parameter.get("UsePreviousValue"))
        for parameter in filled
    } == {
        **OPTIONS,
        "Repository": "r",
        "Branch": "new",
        "Consumer": True,
        "Connection": True,
    }


def test_everything_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(GeneratorError) as error:
        stack_parameters.change_set_parameters(TEMPLATE, {}, OPTIONS, None)
    assert str(error.value).splitlines() == [
        "--parameter Connection=VALUE is missing: it has no default",
        "--parameter Repository=VALUE is missing: Where the framework is",
    ]


def test_a_template_that_is_no_json_is_not_guessed_at(aws: CloudFormation) -> None:
    aws.add_stack("CREATE_COMPLETE")
    aws.resources[NAME] = [resource("Events", "AWS::SQS::Queue", "url")]
    aws.templates[NAME] = "Resources:\n"
    with pytest.raises(GeneratorError) as error:
        deletion.partition_resources(aws, existing_stack(aws))
    assert str(error.value) == f"stack {NAME}: its template is no JSON, so this framework did not make it"


def resource(logical_id: str, kind: str, name: str, status: str = "CREATE_COMPLETE") -> dict[str, str]:
    description = {"LogicalResourceId": logical_id, "ResourceType": kind, "ResourceStatus": status}
    return {**description, "PhysicalResourceId": name}


def test_a_deleted_resource_is_not_held(aws: CloudFormation) -> None:
    aws.add_stack("ROLLBACK_COMPLETE")
    aws.resources[NAME] = [
        resource("Api", "AWS::ApiGatewayV2::Api", "api1", "DELETE_COMPLETE"),
        resource("Events", "AWS::SQS::Queue", "url", "DELETE_SKIPPED"),
        resource("Webhook", "AWS::Lambda::Function", "", "CREATE_FAILED"),
        resource("Kept", "AWS::S3::Bucket", "kept", "DELETE_FAILED"),
    ]
    assert [entry["LogicalResourceId"] for entry in stacks.list_resources(aws, existing_stack(aws))] == ["Kept"]


def test_a_stack_to_which_somebody_else_has_proposed_is_left(aws: CloudFormation) -> None:
    with changes.open_change_set(aws, NAME, {**REQUEST, "ChangeSetType": "CREATE"}, new=True):
        aws.change_sets["another's"] = {}
    assert existing_stack(aws).status == "REVIEW_IN_PROGRESS"
    assert list(aws.change_sets) == ["another's"]


def test_a_stack_that_somebody_else_has_begun_to_create_is_left(aws: CloudFormation) -> None:
    with changes.open_change_set(aws, NAME, {**REQUEST, "ChangeSetType": "CREATE"}, new=True):
        aws.stacks[NAME]["StackStatus"] = "CREATE_IN_PROGRESS"
    assert existing_stack(aws).status == "CREATE_IN_PROGRESS"
