"""The helper bucket, with the code and templates of stacks: create it, check it, and put objects into it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from generator.aws import Target
from generator.deploy.bucket_settings import NOT_SET, PUBLIC_ACCESS_BLOCK, SETTINGS, Setting, fulfills
from generator.errors import GeneratorError

_NAME = re.compile(r"(?!.*(\.\.|-\.|\.-))(?![0-9.]+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_CHOOSE_ANOTHER = "--bucket names another"
_PUBLIC_GROUP = re.compile(r"http://acs\.amazonaws\.com/groups/global/(AllUsers|AuthenticatedUsers)")
_MADE_BY = {"Key": "MadeBy", "Value": "mozdef-event-framework"}
_ONLY_OVER_TLS = "OnlyOverTls"
_RETRY_SECONDS = (0.2, 1.0, 3.0, None)
"""Seconds before a put is tried again that met another of the same key; None: give up."""


def ensure_bucket(target: Target) -> bool:
    """Make sure that there is a private bucket in the target's region; return whether it was created now.

    A bucket that the framework created, or began to create, gets the settings that it lacks. A user's own bucket stays
    as it is.
    """
    bucket = HelperBucket(target)
    created = not bucket.exists() and bucket.create()
    if created or bucket.is_made_by_framework():
        bucket.apply_settings()
    else:
        bucket.refuse_if_public()
    return created


def put_objects(target: Target, objects: Mapping[str, bytes]) -> Iterator[tuple[str, bool]]:
    """Put objects whose keys name their content; yield each key once it is stored, and whether the object is new."""
    bucket = HelperBucket(target)
    for key, content in objects.items():
        yield key, bucket.put(key, content)


def object_url(target: Target, key: str) -> str:
    """Return an object's URL, as CloudFormation takes it for a template."""
    host = f"s3.{target.region}.amazonaws.com{'.cn' if target.partition == 'aws-cn' else ''}"
    # No certificate covers a name with dots in it as a part of the host.
    return f"https://{host}/{target.bucket}/{key}" if "." in target.bucket else f"https://{target.bucket}.{host}/{key}"


class HelperBucket:
    """The helper bucket of a target. Every call names the account, so that nobody else's bucket is taken for ours.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._name = target.bucket
        if not _NAME.fullmatch(self._name):
            rule = "3 to 63 lower-case letters, digits, dashes and dots, a letter or digit first and last"
            raise self._error(f"is no name that S3 takes: {rule}; {_CHOOSE_ANOTHER}")
        self._s3 = target.client("s3")
        self._owned = {"Bucket": self._name, "ExpectedBucketOwner": target.account}

    def _error(self, problem: str) -> GeneratorError:
        return GeneratorError(f"bucket {self._name} {problem}")

    def exists(self) -> bool:
        """Return whether the bucket exists; GeneratorError where it exists and can't be used."""
        try:
            answer = self._s3.head_bucket(**self._owned)
        except self._s3.exceptions.ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 403:
                raise self._error(
                    f"belongs to another account, or you may not look at it; {_CHOOSE_ANOTHER}"
                ) from error
            if status != 404:
                raise
            return False
        bucket_region, own_region = answer["BucketRegion"], self._target.region
        if bucket_region != own_region:
            reason = "Lambda takes its code from its own region only"
            raise self._error(f"is in {bucket_region} and the stack in {own_region}: {reason}; {_CHOOSE_ANOTHER}")
        return True

    def create(self) -> bool:
        """Create the bucket; return False where somebody else of this account has just done so."""
        region = self._target.region
        # us-east-1 is the one region not to be named: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
        location = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        try:
            self._s3.create_bucket(Bucket=self._name, **location)
        except self._s3.exceptions.BucketAlreadyOwnedByYou:
            return False
        except self._s3.exceptions.BucketAlreadyExists as error:
            raise self._error(f"belongs to another account; {_CHOOSE_ANOTHER}") from error
        self._s3.get_waiter("bucket_exists").wait(**self._owned)
        self._tag()  # first, so that the next run knows the bucket as ours, wherever this one ends
        return True

    def is_made_by_framework(self) -> bool:
        """Return whether the framework made the bucket: it has our tag, or the default name."""
        return self._target.bucket_option is None or _MADE_BY in self._tags()

    def apply_settings(self) -> None:
        """Give the bucket every setting that it lacks; what somebody added is kept."""
        for setting in SETTINGS:
            if not fulfills(self._current(setting), setting):
                getattr(self._s3, f"put_{setting.call}")(**self._owned, **{setting.key: setting.value})
        self._deny_without_tls()
        self._tag()

    def refuse_if_public(self) -> None:
        """Raise GeneratorError where anybody may read or write the bucket."""
        block = self._current(PUBLIC_ACCESS_BLOCK)
        grants = self._read("get_bucket_acl")["Grants"]
        by_acl = any(_PUBLIC_GROUP.fullmatch(grant["Grantee"].get("URI", "")) for grant in grants)
        by_policy = self._read("get_bucket_policy_status").get("PolicyStatus", {}).get("IsPublic")
        if (by_acl and not block.get("IgnorePublicAcls")) or (by_policy and not block.get("RestrictPublicBuckets")):
            danger = "whoever may read it reads the code, and whoever may write it has the functions run theirs"
            raise self._error(f"is public: {danger}; block public access to it, or {_CHOOSE_ANOTHER}")

    def put(self, key: str, content: bytes) -> bool:
        """Put an object; return whether it is new. Existing objects are not read: the permission to put is enough."""
        for seconds in _RETRY_SECONDS:
            try:
                # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
                self._s3.put_object(**self._owned, Key=key, Body=content, IfNoneMatch="*", ChecksumAlgorithm="SHA256")
            except self._s3.exceptions.ClientError as error:
                code = error.response["Error"]["Code"]
                if code == "PreconditionFailed":
                    return False
                if code != "ConditionalRequestConflict" or seconds is None:
                    raise
                time.sleep(seconds)
            else:
                break
        return True

    def _current(self, setting: Setting) -> dict[str, Any]:
        answer = self._read(f"get_{setting.call}")
        current: dict[str, Any] = answer.get(setting.key, answer)
        return current

    def _read(self, call: str) -> dict[str, Any]:
        """Return the answer of a call, without metadata; empty where the bucket has no such setting."""
        try:
            answer: dict[str, Any] = getattr(self._s3, call)(**self._owned)
        except self._s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in NOT_SET:
                raise
            return {}
        return {key: value for key, value in answer.items() if key != "ResponseMetadata"}

    def _tags(self) -> list[dict[str, str]]:
        tags: list[dict[str, str]] = self._read("get_bucket_tagging").get("TagSet", [])
        return tags

    def _tag(self) -> None:
        existing = self._tags()
        keys = {tag["Key"] for tag in existing}
        ours = {"Key": "Project", "Value": self._target.project}, _MADE_BY
        if missing := [tag for tag in ours if tag["Key"] not in keys]:
            self._s3.put_bucket_tagging(**self._owned, Tagging={"TagSet": [*existing, *missing]})

    def _deny_without_tls(self) -> None:
        policy = json.loads(self._read("get_bucket_policy").get("Policy", "{}"))
        statements = policy.get("Statement", [])
        statements = statements if isinstance(statements, list) else [statements]
        if any(existing.get("Sid") == _ONLY_OVER_TLS for existing in statements):
            return
        arn = f"arn:{self._target.partition}:s3:::{self._name}"
        statement = {
            "Sid": _ONLY_OVER_TLS,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        policy_with_it = {"Version": "2012-10-17", **policy, "Statement": [*statements, statement]}
        self._s3.put_bucket_policy(**self._owned, Policy=json.dumps(policy_with_it))
