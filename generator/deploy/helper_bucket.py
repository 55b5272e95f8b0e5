"""The helper bucket: what stacks are made from, each object named by its content."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.aws import Target
from generator.errors import GeneratorError

_NAME = re.compile(r"(?!.*(\.\.|-\.|\.-))(?![0-9.]+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_CHOOSE_ANOTHER = "--bucket names another"
_EVERYBODY = re.compile(r"http://acs\.amazonaws\.com/groups/global/(AllUsers|AuthenticatedUsers)")
_MADE_BY = {"Key": "MadeBy", "Value": "mozdef-event-framework"}
_ONLY_OVER_TLS = "OnlyOverTls"
_AGAIN_AFTER = (0.2, 1.0, 3.0, None)
"""Seconds before an object that somebody else was writing too is tried again; None: no more."""


class _Setting(NamedTuple):
    """A setting by the names of its calls; `any`: whatever a bucket has there is as good."""

    call: str
    key: str
    wanted: Mapping[str, Any]
    any: bool = False


def _rule(**rule: Any) -> dict[str, Any]:
    return {"Rules": [rule]}


_PRIVATE = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
_BLOCK = _Setting("public_access_block", "PublicAccessBlockConfiguration", _PRIVATE)
_AES256 = _rule(ApplyServerSideEncryptionByDefault={"SSEAlgorithm": "AES256"})
# What is current never expires: a stack's template names the code that it has for as long as the stack stands.
_EXPIRY = _rule(
    ID="OldVersions",
    Status="Enabled",
    Filter={"Prefix": ""},
    NoncurrentVersionExpiration={"NoncurrentDays": 30},
    AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1},
)
_SETTINGS = (
    _BLOCK,
    _Setting("bucket_ownership_controls", "OwnershipControls", _rule(ObjectOwnership="BucketOwnerEnforced")),
    _Setting("bucket_encryption", "ServerSideEncryptionConfiguration", _AES256, any=True),
    _Setting("bucket_versioning", "VersioningConfiguration", {"Status": "Enabled"}),
    _Setting("bucket_lifecycle_configuration", "LifecycleConfiguration", _EXPIRY, any=True),
)
# What is answered where a bucket has no such setting.
_NONE = (
    "NoSuchPublicAccessBlockConfiguration",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
    "NoSuchLifecycleConfiguration",
    "NoSuchTagSet",
    "NoSuchBucketPolicy",
)


def ensure_bucket(target: Target) -> bool:
    """See that there is a private bucket in the target's region; whether it was made now.

    One that we made, or began to make, gets what it lacks. One of the user's own is left as it is.
    """
    bucket = HelperBucket(target)
    made = not bucket.exists() and bucket.create()
    if made or bucket.is_made_by_framework():
        bucket.apply_settings()
    else:
        bucket.refuse_if_public()
    return made


def put_objects(target: Target, objects: Mapping[str, bytes]) -> Iterator[tuple[str, bool]]:
    """Put objects whose keys name their content; each key as it is done, and whether the object is new."""
    bucket = HelperBucket(target)
    for key, content in objects.items():
        yield key, bucket.put(key, content)


def object_url(target: Target, key: str) -> str:
    """An object's address, as CloudFormation takes it for a template."""
    host = f"s3.{target.region}.amazonaws.com{'.cn' if target.partition == 'aws-cn' else ''}"
    # No certificate covers a name with dots in it as a part of the host.
    return f"https://{host}/{target.bucket}/{key}" if "." in target.bucket else f"https://{target.bucket}.{host}/{key}"


class HelperBucket:
    """Every call names the account, so that nobody else's bucket is taken for ours.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._name = target.bucket
        if not _NAME.fullmatch(self._name):
            wanted = "3 to 63 lower-case letters, digits, dashes and dots, a letter or digit first and last"
            raise self._error(f"is no name that S3 takes: {wanted}; {_CHOOSE_ANOTHER}")
        self._s3 = target.client("s3")
        self._it = {"Bucket": self._name, "ExpectedBucketOwner": target.account}

    def _error(self, said: str) -> GeneratorError:
        return GeneratorError(f"bucket {self._name} {said}")

    def exists(self) -> bool:
        """GeneratorError where it is there and can't be used."""
        try:
            found = self._s3.head_bucket(**self._it)
        except self._s3.exceptions.ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 403:
                raise self._error(
                    f"belongs to another account, or you may not look at it; {_CHOOSE_ANOTHER}"
                ) from error
            if status != 404:
                raise
            return False
        there, here = found["BucketRegion"], self._target.region
        if there != here:
            why = "Lambda takes its code from its own region only"
            raise self._error(f"is in {there} and the stack in {here}: {why}; {_CHOOSE_ANOTHER}")
        return True

    def create(self) -> bool:
        """Whether it was made now, and not at this moment by somebody else of this account."""
        region = self._target.region
        # It is the one region not to be named: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        try:
            self._s3.create_bucket(Bucket=self._name, **where)
        except self._s3.exceptions.BucketAlreadyOwnedByYou:
            return False
        except self._s3.exceptions.BucketAlreadyExists as error:
            raise self._error(f"belongs to another account; {_CHOOSE_ANOTHER}") from error
        self._s3.get_waiter("bucket_exists").wait(**self._it)
        self._tag()  # first, so that whatever ends us from here on, the next time knows it as ours
        return True

    def is_made_by_framework(self) -> bool:
        """Whether we made it: it has our tag, or the name that nobody was asked for."""
        return self._target.bucket_option is None or _MADE_BY in self._tags()

    def apply_settings(self) -> None:
        """Give it every setting that it lacks; what somebody added is kept."""
        for setting in _SETTINGS:
            there = self._setting(setting)
            if not (there if setting.any else setting.wanted.items() <= there.items()):
                getattr(self._s3, f"put_{setting.call}")(**self._it, **{setting.key: setting.wanted})
        self._deny_without_tls()
        self._tag()

    def refuse_if_public(self) -> None:
        """GeneratorError where anybody may read or write it."""
        block = self._setting(_BLOCK)
        grants = self._read("get_bucket_acl")["Grants"]
        by_acl = any(_EVERYBODY.fullmatch(grant["Grantee"].get("URI", "")) for grant in grants)
        by_policy = self._read("get_bucket_policy_status").get("PolicyStatus", {}).get("IsPublic")
        if (by_acl and not block.get("IgnorePublicAcls")) or (by_policy and not block.get("RestrictPublicBuckets")):
            why = "whoever may read it reads the code, and whoever may write it has the functions run theirs"
            raise self._error(f"is public: {why}; block public access to it, or {_CHOOSE_ANOTHER}")

    def put(self, key: str, content: bytes) -> bool:
        """Whether the object is new. What is there is not read: the permission to put is enough."""
        for seconds in _AGAIN_AFTER:
            try:
                # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
                self._s3.put_object(**self._it, Key=key, Body=content, IfNoneMatch="*", ChecksumAlgorithm="SHA256")
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

    def _setting(self, setting: _Setting) -> dict[str, Any]:
        answer = self._read(f"get_{setting.call}")
        there: dict[str, Any] = answer.get(setting.key, answer)
        return there

    def _read(self, call: str) -> dict[str, Any]:
        """What a call answers; empty where there is nothing."""
        try:
            answer: dict[str, Any] = getattr(self._s3, call)(**self._it)
        except self._s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in _NONE:
                raise
            return {}
        return {key: value for key, value in answer.items() if key != "ResponseMetadata"}

    def _tags(self) -> list[dict[str, str]]:
        tags: list[dict[str, str]] = self._read("get_bucket_tagging").get("TagSet", [])
        return tags

    def _tag(self) -> None:
        there = self._tags()
        keys = {tag["Key"] for tag in there}
        ours = {"Key": "Project", "Value": self._target.project}, _MADE_BY
        if lacking := [tag for tag in ours if tag["Key"] not in keys]:
            self._s3.put_bucket_tagging(**self._it, Tagging={"TagSet": [*there, *lacking]})

    def _deny_without_tls(self) -> None:
        policy = json.loads(self._read("get_bucket_policy").get("Policy", "{}"))
        statements = policy.get("Statement", [])
        statements = statements if isinstance(statements, list) else [statements]
        if any(one.get("Sid") == _ONLY_OVER_TLS for one in statements):
            return
        arn = f"arn:{self._target.partition}:s3:::{self._name}"
        ours = {
            "Sid": _ONLY_OVER_TLS,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        with_it = {"Version": "2012-10-17", **policy, "Statement": [*statements, ours]}
        self._s3.put_bucket_policy(**self._it, Policy=json.dumps(with_it))
