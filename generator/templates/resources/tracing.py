"""AWS X-Ray: a parameter of the template turns tracing on, which is off by default.

https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
"""

from __future__ import annotations

import awacs.xray
from awacs.aws import Statement
from troposphere import Equals, If, NoValue, Parameter, Ref, Template
from troposphere.awslambda import TracingConfig
from troposphere.iam import Policy

from generator.templates.inputs import TemplateInput
from generator.templates.resources.role import allow, document

TRACING_INPUT = TemplateInput(
    "Tracing",
    "Account",
    "Active has AWS X-Ray trace a share of the requests, which costs; PassThrough none",
    "(PassThrough|Active)",
    "PassThrough or Active",
    "PassThrough",
)
_IS_TRACED = "IsTraced"


def add_is_traced_condition(template: Template, mode: Parameter) -> None:
    """Add the condition that functions are traced."""
    template.add_condition(_IS_TRACED, Equals(Ref(mode), "Active"))


def tracing_config(mode: Parameter) -> TracingConfig:
    """Return the tracing property of a function."""
    return TracingConfig(Mode=Ref(mode))


def may_trace() -> Statement:
    """Allow to send traces, which have no ARN.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
    """
    return allow([awacs.xray.PutTraceSegments, awacs.xray.PutTelemetryRecords], ["*"])


def tracing_policy() -> If:
    """Return the policy of a traced function's role; it is absent where nothing is traced."""
    return If(_IS_TRACED, Policy(PolicyName="Tracing", PolicyDocument=document([may_trace()])), NoValue)
