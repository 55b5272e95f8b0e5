"""Functions by the clock."""

from __future__ import annotations

from troposphere import GetAtt, Template
from troposphere.awslambda import Function
from troposphere.events import Rule, Target

from generator.resources.function import add_permission
from generator.resources.parameters import Parameters


def add(
    template: Template, parameters: Parameters, title: str, when: str, function: Function, description: str
) -> Rule:
    """A rule that calls the function; EventBridge needs no role for that, and EventBridge Scheduler would.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
    """
    rule = template.add_resource(
        Rule(
            title,
            Description=description,
            ScheduleExpression=when,
            State="ENABLED",
            Targets=[Target(Id=title, Arn=GetAtt(function, "Arn"))],
            Tags=parameters.tags,
        )
    )
    add_permission(template, f"{title}Permission", function, "events", GetAtt(rule, "Arn"))
    return rule
