"""The settings of the helper bucket: private, encrypted, versioned, and what a bucket that exists lacks of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Setting(NamedTuple):
    """A setting, with the name of its calls and the key of its value; `any`: any value that a bucket has is as good."""

    call: str
    key: str
    value: Mapping[str, Any]
    any: bool = False


def _rule(**rule: Any) -> dict[str, Any]:
    return {"Rules": [rule]}


_ALL_BLOCKED = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
PUBLIC_ACCESS_BLOCK = Setting("public_access_block", "PublicAccessBlockConfiguration", _ALL_BLOCKED)
_AES256 = _rule(ApplyServerSideEncryptionByDefault={"SSEAlgorithm": "AES256"})
# Current objects never expire: a stack's template names its code for as long as the stack exists.
_EXPIRY = _rule(
    ID="OldVersions",
    Status="Enabled",
    Filter={"Prefix": ""},
    NoncurrentVersionExpiration={"NoncurrentDays": 30},
    AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1},
)
SETTINGS = (
    PUBLIC_ACCESS_BLOCK,
    Setting("bucket_ownership_controls", "OwnershipControls", _rule(ObjectOwnership="BucketOwnerEnforced")),
    Setting("bucket_encryption", "ServerSideEncryptionConfiguration", _AES256, any=True),
    Setting("bucket_versioning", "VersioningConfiguration", {"Status": "Enabled"}),
    Setting("bucket_lifecycle_configuration", "LifecycleConfiguration", _EXPIRY, any=True),
)
# Error codes where a bucket has no such setting.
NOT_SET = (
    "NoSuchPublicAccessBlockConfiguration",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
    "NoSuchLifecycleConfiguration",
    "NoSuchTagSet",
    "NoSuchBucketPolicy",
)


def fulfills(current: Mapping[str, Any], setting: Setting) -> bool:
    """Return whether a bucket's current value needs no change."""
    return bool(current) if setting.any else setting.value.items() <= current.items()
