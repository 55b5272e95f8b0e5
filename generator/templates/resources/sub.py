"""Pieces of an `Fn::Sub`, made from the objects they refer to."""

from __future__ import annotations

from typing import Any, Literal

from troposphere import BaseAWSObject, Parameter, Sub

from generator.names import secret_path
from generator.templates.inputs import StackContext


def ref(x: BaseAWSObject | Parameter) -> str:
    """What Ref is elsewhere."""
    return f"${{{x.title}}}"


def arn(x: BaseAWSObject) -> str:
    """What GetAtt of an Arn is elsewhere."""
    return f"${{{x.title}.Arn}}"


def regional(service: str, resource: str) -> Sub:
    """An ARN in the stack's own partition, region and account."""
    return Sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")


def secrets_path(parameters: StackContext) -> str:
    """Where the secrets of this deployment lie: /<project>/<service>/<environment>."""
    return secret_path(parameters.service, ref(parameters.project), ref(parameters.environment))


def tagged(kind: Literal["Request", "Resource"], parameters: StackContext) -> dict[str, Any]:
    """The condition keys that say which tags a request sets or a resource has, each with the deployment's own value."""
    return {f"aws:{kind}Tag/{tag['Key']}": tag["Value"] for tag in parameters.tags.to_dict()}
