"""Functions that run on a schedule of EventBridge Scheduler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import awacs.awslambda
from troposphere import GetAtt, Template
from troposphere.awslambda import Function
from troposphere.scheduler import FlexibleTimeWindow, Schedule, Target

from generator.templates.resources.role import add_role, allow
from generator.templates.stack_context import StackContext


def add_schedule(
    template: Template,
    stack: StackContext,
    title: str,
    expression: str,
    function: Function,
    description: str,
    role_properties: Mapping[str, Any],
    **target_properties: Any,
) -> Schedule:
    """Add a schedule that calls the function, with a role that may call nothing else.

    A rule of EventBridge would need no role. But whoever may create rules may match every event of the account: AWS has
    no condition that admits scheduled rules alone.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    """
    invoke = allow([awacs.awslambda.InvokeFunction], [GetAtt(function, "Arn")])
    role = add_role(template, stack, f"{title}Role", "scheduler.amazonaws.com", [invoke], **role_properties)
    return template.add_resource(
        Schedule(
            title,
            Description=description,
            ScheduleExpression=expression,
            FlexibleTimeWindow=FlexibleTimeWindow(Mode="OFF"),
            State="ENABLED",
            Target=Target(Arn=GetAtt(function, "Arn"), RoleArn=GetAtt(role, "Arn"), **target_properties),
        )
    )
