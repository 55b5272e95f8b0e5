"""Checks of public scanners that our templates do not pass, each with its reason: the only ones that we live with.

checkov and AWS's Guard rules look at every template (`tox -e security`). What they find is this, or the scan fails; it
fails as well where one of these is found no longer. What a scanner takes from a template stands in its metadata.
https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html
https://github.com/aws-cloudformation/aws-guard-rules-registry
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

Properties = Mapping[str, Any]


class ScannerException(NamedTuple):
    """Checks that ask one thing of resources of a type, and fail `where` their properties are so; why that is right."""

    kind: str
    checks: tuple[str, ...]
    where: Callable[[Properties], bool]
    why: str


def lacks(name: str) -> Callable[[Properties], bool]:
    """Whether a property is not there."""
    return lambda properties: name not in properties


def _always(_: Properties) -> bool:
    return True


def _is_aes(properties: Properties) -> bool:
    return '"AES256"' in json.dumps(properties["BucketEncryption"])


def _on_all(properties: Properties) -> bool:
    """In a policy that is always there: the rule does not read those under a condition."""
    documents = [one["PolicyDocument"] for one in properties.get("Policies", [properties]) if "PolicyDocument" in one]
    return any(statement["Resource"] == ["*"] for one in documents for statement in one["Statement"])


def _is_short(properties: Properties) -> bool:
    return bool(properties["RetentionInDays"] < 365)


def _has_open_environment(properties: Properties) -> bool:
    return "Environment" in properties and "KmsKeyArn" not in properties


_VPC, _LOCK = "lambda_inside_vpc_check", "s3_bucket_object_lock_enabled_check"
_LOGGED = ("CKV_AWS_18", "S3_BUCKET_LOGGING_ENABLED", "s3_bucket_logging_enabled_check")
_FUNCTION, _BUCKET, _QUEUE = "AWS::Lambda::Function", "AWS::S3::Bucket", "AWS::SQS::Queue"
_LOG, _ROLE = "AWS::Logs::LogGroup", "AWS::IAM::Role"
SCANNER_EXCEPTIONS = (
    ScannerException(
        _FUNCTION, ("CKV_AWS_116",), lacks("DeadLetterConfig"), "who calls it sees it fail, or calls again"
    ),
    ScannerException(_FUNCTION, ("CKV_AWS_117", _VPC), lacks("VpcConfig"), "all that it calls is on public endpoints"),
    ScannerException(
        _FUNCTION, ("CKV_AWS_115",), lacks("ReservedConcurrentExecutions"), "no stranger calls it; accounts have few"
    ),
    ScannerException(
        _FUNCTION,
        ("CKV_AWS_173",),
        _has_open_environment,
        "names, no secret; strict has a key",
    ),
    ScannerException(
        _LOG,
        ("CKV_AWS_158", "cloudwatch_log_group_encrypted_check"),
        lacks("KmsKeyId"),
        "has AWS's key and no event",
    ),
    ScannerException(
        _LOG,
        ("cloudwatch_log_group_retention_period_check",),
        _is_short,
        "90 days are enough to find a fault; strict keeps a year",
    ),
    ScannerException(_QUEUE, ("CKV_AWS_27",), lacks("KmsMasterKeyId"), "has SQS's key; strict has one of yours"),
    ScannerException(
        "AWS::DynamoDB::Table",
        ("CKV_AWS_119", "dynamodb_table_encrypted_kms_check"),
        lacks("SSESpecification"),
        "has DynamoDB's key and no event; strict has one of yours",
    ),
    ScannerException(_QUEUE, ("sqs_dlq_check",), lacks("RedrivePolicy"), "is the dead-letter queue itself"),
    ScannerException(_BUCKET, _LOGGED, lacks("LoggingConfiguration"), "strict logs what is kept; a log has no log"),
    ScannerException(
        _BUCKET,
        ("s3_bucket_default_encryption_kms_check",),
        _is_aes,
        "has S3's key, without which S3 can't write its log",
    ),
    ScannerException(
        _BUCKET,
        ("S3_BUCKET_DEFAULT_LOCK_ENABLED", _LOCK),
        lacks("ObjectLockEnabled"),
        "what is sent, or has to be forgotten, is deleted",
    ),
    ScannerException(
        _BUCKET,
        ("S3_BUCKET_REPLICATION_ENABLED",),
        lacks("ReplicationConfiguration"),
        "a copy in another region is of no use without the queue, which is in this one",
    ),
    ScannerException(
        _BUCKET,
        ("S3_BUCKET_NO_PUBLIC_RW_ACL",),
        lacks("AccessControl"),
        "the rule asks for an ACL that is not public; ours has none, and can have none",
    ),
    ScannerException(
        _BUCKET,
        ("s3_event_notifications_enabled_check",),
        lacks("NotificationConfiguration"),
        "nothing waits for an object; alarms tell people",
    ),
    ScannerException(
        "AWS::S3::BucketPolicy",
        ("s3_bucket_policy_ssl_requests_only_check",),
        _always,
        'denies what is not TLS; one rule asks for the text "false", S3_BUCKET_SSL_REQUESTS_ONLY for JSON\'s',
    ),
    ScannerException(
        _ROLE,
        ("IAM_NO_INLINE_POLICY_CHECK",),
        _always,
        "a policy of one role can be given to no other",
    ),
    ScannerException(
        _ROLE, ("IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE",), _on_all, "what AWS knows no resource of: see Stars"
    ),
    ScannerException(
        "AWS::IAM::ManagedPolicy",
        ("IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE",),
        _on_all,
        "traces have no resource: see Stars",
    ),
    ScannerException(
        "AWS::CloudWatch::Alarm",
        ("cloudwatch_alarm_action_check",),
        _always,
        "tells the topic that AlarmTopicArn names; the rule does not read conditions",
    ),
    ScannerException(
        "AWS::ApiGatewayV2::Route",
        ("api_gw_v2_authorization_type_configured_check",),
        lambda of: of["AuthorizationType"] == "NONE",
        "the handler verifies a signature of the body, which no authorizer sees",
    ),
    ScannerException(
        "AWS::Lambda::Permission",
        ("lambda_function_public_access_prohibited_check",),
        lambda of: "Fn::Sub" in of["SourceArn"],
        "for one route of our API alone; the rule does not read Fn::Sub",
    ),
)


def exceptions_for(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The checks that we live with on a resource as it stands in a template, and why."""
    for one in SCANNER_EXCEPTIONS:
        if one.kind == resource["Type"] and one.where(resource.get("Properties", {})):
            yield from ((check, one.why) for check in one.checks)


def add_to_metadata(document: Mapping[str, Any]) -> None:
    """Say so in the metadata of each resource of a template, as checkov and the Guard registry's rules read it.

    The rules of Control Tower, whose names are in lower case, read none.
    """
    for resource in document["Resources"].values():
        checks = dict(exceptions_for(resource))
        said: dict[str, Any] = {}
        if skip := [{"id": check, "comment": why} for check, why in checks.items() if check.startswith("CKV")]:
            said["checkov"] = {"skip": skip}
        if rules := [check for check in checks if check.isupper() and not check.startswith("CKV")]:
            said["guard"] = {"SuppressedRules": rules}
        if said:
            resource["Metadata"] = {**resource.get("Metadata", {}), **said}
