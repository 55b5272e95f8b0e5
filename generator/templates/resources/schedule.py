"""Functions by the clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import awacs.awslambda
from troposphere import GetAtt, Template
from troposphere.awslambda import Function
from troposphere.scheduler import FlexibleTimeWindow, Schedule, Target

from generator.templates.inputs import StackContext
from generator.templates.resources.role import add_role, allow


def add_schedule(
    template: Template,
    parameters: StackContext,
    title: str,
    expression: str,
    function: Function,
    description: str,
    role: Mapping[str, Any],
) -> Schedule:
    """Call the function at these times, with a role that may call nothing else; `role` are its further properties.

    A rule of EventBridge would need no role, but who may make a rule may have it match every event of the account:
    AWS has no condition that admits rules by the clock alone.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    """
    invoke = allow([awacs.awslambda.InvokeFunction], [GetAtt(function, "Arn")])
    caller = add_role(template, parameters, f"{title}Role", "scheduler.amazonaws.com", [invoke], **role)
    return template.add_resource(
        Schedule(
            title,
            Description=description,
            ScheduleExpression=expression,
            FlexibleTimeWindow=FlexibleTimeWindow(Mode="OFF"),
            State="ENABLED",
            Target=Target(Arn=GetAtt(function, "Arn"), RoleArn=GetAtt(caller, "Arn")),
        )
    )
