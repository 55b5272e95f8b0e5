"""Why an event source has a permission with a `*`: AWS offers nothing narrower. docs/reference/wide-permissions.md."""

from __future__ import annotations

from collections.abc import Sequence

_TRACES = "a trace has no ARN; the role has it only where `Tracing` is `Active`"
_NETWORK = "with `self_hosted` alone; the function's own code is denied all of it"
WIDE_PERMISSIONS = {
    "xray:PutTraceSegments, xray:PutTelemetryRecords": _TRACES,
    "ec2:CreateNetworkInterface, ec2:DeleteNetworkInterface, ec2:AssignPrivateIpAddresses, "
    "ec2:UnassignPrivateIpAddresses": _NETWORK,
    "ec2:CreateNetworkInterface": _NETWORK,
    "ec2:DescribeNetworkInterfaces, ec2:DescribeSubnets": _NETWORK,
}
"""The reasons by the actions of a statement."""


def reason_for(actions: Sequence[str], resources: Sequence[str]) -> str | None:
    """Return why a statement has a `*` that the deployment's own names do not bound; None where it has none.

    KeyError for a statement whose reason is not listed.
    """
    return WIDE_PERMISSIONS[", ".join(actions)] if any(map(is_wide, resources)) else None


def is_wide(resource: str) -> bool:
    """Return whether a `*` of an ARN can stand for what is not the deployment's own."""
    before, star, _ = resource.partition("*")
    named = "${ProjectName}" in before and "${Environment}" in before
    return bool(star) and not named and ".Arn}" not in before
