"""Pieces of text for `Fn::Sub`, made from the objects that they refer to."""

from __future__ import annotations

from troposphere import BaseAWSObject, Parameter, Sub


def ref(target: BaseAWSObject | Parameter) -> str:
    """Return `${Title}`: a reference inside `Fn::Sub`."""
    return f"${{{target.title}}}"


def arn(resource: BaseAWSObject) -> str:
    """Return `${Title.Arn}`: a resource's ARN inside `Fn::Sub`."""
    return f"${{{resource.title}.Arn}}"


def regional_arn(service: str, resource: str) -> Sub:
    """Return an ARN in the stack's partition, region and account."""
    return Sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")
