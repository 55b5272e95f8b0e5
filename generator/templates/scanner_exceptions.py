"""Checks of public scanners (checkov, AWS Guard rules) that the templates do not pass on purpose, with the reasons.

`tox -e security` scans every template. It fails where a scanner finds anything else, and where one of these is no
longer found. A scanner that reads exceptions from a template finds them in the metadata.
https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html
https://github.com/aws-cloudformation/aws-guard-rules-registry
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

Properties = Mapping[str, Any]


class ScannerException(NamedTuple):
    """Checks that resources of a type fail where `applies` to their properties, and why that is acceptable."""

    resource_type: str
    checks: tuple[str, ...]
    applies: Callable[[Properties], bool]
    reason: str


def lacks(name: str) -> Callable[[Properties], bool]:
    """Return a test that a property is missing."""
    return lambda properties: name not in properties


def _always(_: Properties) -> bool:
    return True


def _has_s3_key(properties: Properties) -> bool:
    return '"AES256"' in json.dumps(properties["BucketEncryption"])


def _is_for_all_resources(properties: Properties) -> bool:
    """Return whether an unconditional policy allows something for `*`; the rule does not read policies in `Fn::If`."""
    policies = properties.get("Policies", [properties])
    documents = [policy["PolicyDocument"] for policy in policies if "PolicyDocument" in policy]
    return any(statement["Resource"] == ["*"] for document in documents for statement in document["Statement"])


def _has_short_retention(properties: Properties) -> bool:
    return bool(properties["RetentionInDays"] < 365)


def _has_environment_without_key(properties: Properties) -> bool:
    return "Environment" in properties and "KmsKeyArn" not in properties


_LOGGING_CHECKS = ("CKV_AWS_18", "S3_BUCKET_LOGGING_ENABLED", "s3_bucket_logging_enabled_check")
_FUNCTION, _BUCKET, _QUEUE = "AWS::Lambda::Function", "AWS::S3::Bucket", "AWS::SQS::Queue"
_LOG, _ROLE = "AWS::Logs::LogGroup", "AWS::IAM::Role"
SCANNER_EXCEPTIONS = (
    ScannerException(_FUNCTION, ("CKV_AWS_116",), lacks("DeadLetterConfig"), "callers see the failure, or call again"),
    ScannerException(_FUNCTION, ("CKV_AWS_117",), lacks("VpcConfig"), "it calls public endpoints alone"),
    ScannerException(
        _FUNCTION,
        ("lambda_inside_vpc_check",),
        _always,
        "calls public endpoints alone, or is in the VPC of the form; the rule does not read Fn::Split",
    ),
    ScannerException(
        _FUNCTION, ("CKV_AWS_115",), lacks("ReservedConcurrentExecutions"), "only the stack's own services call it"
    ),
    ScannerException(
        _FUNCTION,
        ("CKV_AWS_173",),
        _has_environment_without_key,
        "has names and no secret; strict has a key",
    ),
    ScannerException(
        _LOG,
        ("CKV_AWS_158", "cloudwatch_log_group_encrypted_check"),
        lacks("KmsKeyId"),
        "has AWS's key, and holds no event",
    ),
    ScannerException(
        _LOG,
        ("cloudwatch_log_group_retention_period_check",),
        _has_short_retention,
        "90 days are enough to find a fault; strict keeps a year",
    ),
    ScannerException(_QUEUE, ("CKV_AWS_27",), lacks("KmsMasterKeyId"), "has SQS's key; strict has one of yours"),
    ScannerException(
        "AWS::DynamoDB::Table",
        ("CKV_AWS_119", "dynamodb_table_encrypted_kms_check"),
        lacks("SSESpecification"),
        "has DynamoDB's key, and holds no event; strict has one of yours",
    ),
    ScannerException(_QUEUE, ("sqs_dlq_check",), lacks("RedrivePolicy"), "is the dead-letter queue itself"),
    ScannerException(
        _BUCKET,
        _LOGGING_CHECKS,
        lacks("LoggingConfiguration"),
        "strict logs access to kept events; a log bucket has no log",
    ),
    ScannerException(
        _BUCKET,
        ("s3_bucket_default_encryption_kms_check",),
        _has_s3_key,
        "has S3's key, without which S3 can't write its log",
    ),
    ScannerException(
        _BUCKET,
        ("S3_BUCKET_DEFAULT_LOCK_ENABLED", "s3_bucket_object_lock_enabled_check"),
        lacks("ObjectLockEnabled"),
        "events are deleted once sent, or on request",
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
        _ROLE,
        ("IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE",),
        _is_for_all_resources,
        "actions that AWS can't narrow: see wide-permissions.md",
    ),
    ScannerException(
        "AWS::IAM::ManagedPolicy",
        ("IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE",),
        _is_for_all_resources,
        "traces have no ARN: see wide-permissions.md",
    ),
    ScannerException(
        "AWS::CloudWatch::Alarm",
        ("cloudwatch_alarm_action_check",),
        _always,
        "notifies the topic of AlarmTopicArn; the rule does not read conditions",
    ),
    ScannerException(
        "AWS::ApiGatewayV2::Route",
        ("api_gw_v2_authorization_type_configured_check",),
        lambda properties: properties["AuthorizationType"] == "NONE",
        "the handler verifies a signature of the body, which no authorizer sees",
    ),
    ScannerException(
        "AWS::Lambda::Permission",
        ("lambda_function_public_access_prohibited_check",),
        lambda properties: "Fn::Sub" in properties["SourceArn"],
        "for one route of our API alone; the rule does not read Fn::Sub",
    ),
)


def exceptions_for(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the checks that a resource of a template may fail, each with the reason."""
    for exception in SCANNER_EXCEPTIONS:
        if exception.resource_type == resource["Type"] and exception.applies(resource.get("Properties", {})):
            yield from ((check, exception.reason) for check in exception.checks)


def add_to_metadata(document: Mapping[str, Any]) -> None:
    """Add the exceptions to the metadata of each resource, as checkov and the Guard registry's rules read them.

    The rules of Control Tower, whose names are in lower case, read no metadata.
    """
    for resource in document["Resources"].values():
        checks = dict(exceptions_for(resource))
        metadata: dict[str, Any] = {}
        if skip := [{"id": check, "comment": reason} for check, reason in checks.items() if check.startswith("CKV")]:
            metadata["checkov"] = {"skip": skip}
        if rules := [check for check in checks if check.isupper() and not check.startswith("CKV")]:
            metadata["guard"] = {"SuppressedRules": rules}
        if metadata:
            resource["Metadata"] = {**resource.get("Metadata", {}), **metadata}
