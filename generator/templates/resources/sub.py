"""Pieces of text for `Fn::Sub`, made from the objects that they refer to."""

from __future__ import annotations

from troposphere import BaseAWSObject, Parameter, Ref, Sub

from generator.definition.filled_text import FilledText


def ref(target: BaseAWSObject | Parameter) -> str:
    """Return `${Title}`: a reference inside `Fn::Sub`."""
    return f"${{{target.title}}}"


def arn(resource: BaseAWSObject) -> str:
    """Return `${Title.Arn}`: a resource's ARN inside `Fn::Sub`."""
    return f"${{{resource.title}.Arn}}"


def regional_arn(service: str, resource: str) -> Sub:
    """Return an ARN in the stack's partition, region and account."""
    return Sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")


def with_parameters(text: str) -> str | Ref | Sub:
    """Return a text of a definition as CloudFormation fills its parameters in; any other text as it is."""
    if not isinstance(text, FilledText):
        return text
    return Ref(text.names[0]) if len(text.pieces) == 1 else Sub(text.written)
