"""ARNs of an event source's resources, by the names that its stack gives them; a pipeline's permissions need them."""

from __future__ import annotations

from typing import Any

from troposphere import If, NoValue, Parameter, Sub, Template

from generator.templates.inputs import add_is_set_condition
from generator.templates.resources.sub import ref, regional_arn
from generator.templates.stack_context import StackContext


def role_arns(stack: StackContext) -> Sub:
    """Return the ARN of every role of the event source."""
    return Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role{stack.role_path}*")


def kept_bucket_arn(stack: StackContext, key: str = "") -> Sub:
    """Return the ARN of the bucket for kept events, or of a key in it."""
    return bucket_arn(stack, "kept", key)


def bucket_arn(stack: StackContext, purpose: str, key: str = "") -> Sub:
    """Return the ARN of a bucket of the event source, or of a key in it; `purpose` is a part of the bucket's name."""
    return Sub(f"arn:${{AWS::Partition}}:s3:::{stack.service}-{ref(stack.environment)}-{purpose}-*{key}")


def dashboard_arn(stack: StackContext) -> Sub:
    """Return the ARN of the dashboard, which has no region."""
    return Sub(f"arn:${{AWS::Partition}}:cloudwatch::${{AWS::AccountId}}:dashboard/{stack.name}")


def alarm_arns(stack: StackContext) -> Sub:
    """Return the ARN of every alarm of the event source."""
    return regional_arn("cloudwatch", f"alarm:{stack.name}-*")


def queue_arns(template: Template, stack: StackContext, queue_name: Parameter) -> list[Any]:
    """Return the ARNs of the event source's queues, and of the one with a fixed name where the parameter is set."""
    fixed = If(add_is_set_condition(template, queue_name), regional_arn("sqs", ref(queue_name)), NoValue)
    return [regional_arn("sqs", f"{stack.name}-*"), fixed]


def function_arns(stack: StackContext, prefix: str = "") -> Sub:
    """Return the ARN of every function of the event source, or of those whose titles begin with a prefix."""
    return regional_arn("lambda", f"function:{stack.name}-{prefix}*")


def table_arns(stack: StackContext) -> Sub:
    """Return the ARN of every table of the event source."""
    return regional_arn("dynamodb", f"table/{stack.name}-*")


def stream_arns(stack: StackContext) -> Sub:
    """Return the ARN of every Firehose stream of the event source."""
    return regional_arn("firehose", f"deliverystream/{stack.name}-*")


def log_group_arns(stack: StackContext) -> list[Sub]:
    """Return the ARNs of the functions' log groups, and of the access log."""
    return [regional_arn("logs", f"log-group:/aws/{service}/{stack.name}-*") for service in ("lambda", "vendedlogs")]
