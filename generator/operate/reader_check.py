"""Check with a reader's role what it needs of a deployed source, without receiving or deleting a message.

IAM's simulator evaluates a resource's policy for users only, so the role's own requests have to tell. Each request to
SQS is impossible: a receipt handle that is of no message, or no message at all to receive. SQS refuses it for that
reason where the role may make it, and otherwise denies it. That the permission decides is seen with the same request of
a session that may do nothing.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter
from typing import Any

from botocore.exceptions import ClientError

from generator.aws import Target
from generator.deploy.reader_queue import reader_queue
from generator.errors import GeneratorError
from generator.names import ROLE_PATTERN
from lambdas.delivering.envelope import OBJECTS_PREFIX

SESSION = "reader-check"
_SESSION_ARN = re.compile(r"arn:aws[a-z-]*:sts::[0-9]{12}:assumed-role/([^/]+)/.+")
_PRINCIPAL_ARN = re.compile(r"arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:.+")
_DENY_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
_NO_HANDLE = "none"
_IMPOSSIBLE = ("ReceiptHandleIsInvalid", "InvalidParameterValue", "ReadCountOutOfRange")
_DENIALS = ("AccessDenied", "NonExistentQueue", "NoSuchKey", "NoSuchVersion")
_DECRYPT = "kms:Decrypt"
_Attempt = Callable[[Any], object]


@dataclass(frozen=True)
class Check:
    """Whether a role may do an action; `allowed` is None where that is not known, and `note` says why."""

    action: str
    resource: str
    allowed: bool | None
    note: str = ""


def role_arn(target: Target, role: str) -> str:
    """Return the ARN of a role, which may be the name of one in the account; GeneratorError for anything else."""
    arn = role if role.startswith("arn:") else f"arn:{target.partition}:iam::{target.account}:role/{role}"
    if re.fullmatch(ROLE_PATTERN, arn):
        return arn
    if session := _SESSION_ARN.fullmatch(role):
        raise GeneratorError(f"--reader: {role} is a session of a role: give the role, {session[1]}")
    if _PRINCIPAL_ARN.fullmatch(role):
        raise GeneratorError(f"--reader: {role} is not a role, and only a role can be assumed")
    raise GeneratorError(
        f"--reader: {role!r} is not the name or ARN of a role, such as siem or arn:aws:iam::123456789012:role/siem"
    )


def check_reader(target: Target, role: str, outputs: Mapping[str, str]) -> list[Check]:
    """Check the queue that a SIEM reads and, where it tells of objects, the bucket, by a stack's outputs.

    GeneratorError where the caller may not assume the role.
    """
    reader, nobody = _assume(target, role), _assume(target, role, json.dumps(_DENY_ALL))
    checks = list(_check_queue(target, reader, nobody, reader_queue(outputs)))
    if bucket := outputs.get("ObjectsBucket"):
        checks += _check_objects(target, reader, nobody, bucket)
    return checks


def missing_statement(checks: list[Check]) -> dict[str, Any]:
    """Return the statement of a policy that allows what is denied; the resources are as the checks name them."""
    denied = [_lacking(check, checks[0].resource) for check in checks if check.allowed is False]
    return {
        "Effect": "Allow",
        "Action": list(dict.fromkeys(action for action, _ in denied)),
        "Resource": list(dict.fromkeys(resource for _, resource in denied)),
    }


def _lacking(check: Check, queue_arn: str) -> tuple[str, str]:
    """Return the action and the resource that a denied check lacks: of an object that may be read, it may be the key.

    AWS does not tell another account which key that is.
    """
    if _DECRYPT not in check.note:
        return check.action, check.resource
    partition, region, account = itemgetter(1, 3, 4)(queue_arn.split(":"))
    return _DECRYPT, f"arn:{partition}:kms:{region}:{account}:key/KEY_ID"


def _assume(target: Target, role: str, policy: str | None = None) -> Mapping[str, str]:
    """Return credentials of a session of the role, limited by a policy."""
    limit = {"Policy": policy} if policy else {}
    try:
        answer = target.client("sts").assume_role(RoleArn=role, RoleSessionName=SESSION, **limit)
    except ClientError as error:
        if not _is_denial(error):
            raise
        trust = {"Effect": "Allow", "Principal": {"AWS": target.account}, "Action": "sts:AssumeRole"}
        raise GeneratorError(
            f"{role}: there is no such role, or you may not assume it. You need sts:AssumeRole on it, "
            f"and for the time of the check its trust policy needs {json.dumps(trust)}"
        ) from error
    credentials: Mapping[str, str] = answer["Credentials"]
    return credentials


def _check_queue(target: Target, reader: Mapping[str, str], nobody: Mapping[str, str], url: str) -> Iterator[Check]:
    attributes = {"QueueUrl": url, "AttributeNames": ["QueueArn"]}
    arn = target.client("sqs").get_queue_attributes(**attributes)["Attributes"]["QueueArn"]
    *_, account, name = arn.split(":")
    message = {"QueueUrl": url, "ReceiptHandle": _NO_HANDLE}
    attempts: dict[str, _Attempt] = {
        "ReceiveMessage": lambda sqs: sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=0, VisibilityTimeout=0),
        "ChangeMessageVisibility": lambda sqs: sqs.change_message_visibility(**message, VisibilityTimeout=0),
        "DeleteMessage": lambda sqs: sqs.delete_message(**message),
        "GetQueueAttributes": lambda sqs: sqs.get_queue_attributes(**attributes),
        "GetQueueUrl": lambda sqs: sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account),
    }
    clients = [target.client_of(session, "sqs") for session in (reader, nobody)]
    for operation, attempt in attempts.items():
        yield _check(f"sqs:{operation}", arn, attempt, *clients)


def _check_objects(
    target: Target, reader: Mapping[str, str], nobody: Mapping[str, str], bucket: str
) -> Iterator[Check]:
    """Read an object that is there, as a notification names it: an object that is not there is denied as well."""
    resource = f"arn:{target.partition}:s3:::{bucket}/{OBJECTS_PREFIX}/*"
    actions = ("s3:GetObject", "s3:GetObjectVersion")
    find = partial(_find_version, target.client("s3"), bucket)
    try:
        version, reason = find(f"{OBJECTS_PREFIX}/"), "the bucket has no object to read yet"
    except ClientError as error:
        if not _is_denial(error):
            raise
        version, reason = None, "you have no s3:ListBucketVersions on the bucket, to find an object to read"
    if version is None:
        yield from (Check(action, resource, allowed=None, note=reason) for action in actions)
        return
    clients = [target.client_of(session, "s3") for session in (reader, nobody)]
    place = {"Bucket": bucket, "Key": version["Key"]}
    for action, named in zip(actions, (place, {**place, "VersionId": version["VersionId"]}), strict=True):
        check = _check(action, resource, lambda s3, named=named: s3.get_object(**named)["Body"].close(), *clients)  # type: ignore[misc]
        if check.allowed is False and find(version["Key"]) is None:
            check = replace(check, allowed=None, note="the object was deleted meanwhile; try again")
        yield check


def _find_version(s3: Any, bucket: str, prefix: str) -> Mapping[str, Any] | None:
    """Return a version that is there for all; the first pages may be of objects that have expired."""
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    return next((version for page in pages for version in page.get("Versions", ()) if version["IsLatest"]), None)


def _check(action: str, resource: str, attempt: _Attempt, reader: Any, nobody: Any) -> Check:
    """Compare what AWS answers to the role with what it answers to a session that may do nothing."""
    if denial := _denial(attempt, reader):
        return Check(action, resource, allowed=False, note=denial)
    if _denial(attempt, nobody):
        return Check(action, resource, allowed=True)
    return Check(
        action, resource, allowed=None, note="a session without permissions is answered the same, so this shows nothing"
    )


def _denial(attempt: _Attempt, client: Any) -> str:
    """Return AWS's words where it denies a request; empty where it serves it, or finds it impossible."""
    try:
        attempt(client)
    except ClientError as error:
        if _is_denial(error):
            return str(error.response["Error"]["Message"])
        if not any(word in error.response["Error"]["Code"] for word in _IMPOSSIBLE):
            raise
    return ""


def _is_denial(error: ClientError) -> bool:
    """Return whether AWS denies a request; what may not be seen is what does not exist."""
    return any(word in error.response["Error"]["Code"] for word in _DENIALS)
