"""Functions by the clock."""

from __future__ import annotations

from troposphere import GetAtt, Ref, Template
from troposphere.awslambda import Function, Permission
from troposphere.events import Rule, Target

from generator.resources.parameters import Parameters, tags


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
            Tags=tags(parameters),
        )
    )
    template.add_resource(
        Permission(
            f"{title}Permission",
            FunctionName=Ref(function),
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=GetAtt(rule, "Arn"),
        )
    )
    return rule
