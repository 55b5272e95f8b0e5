"""AWS X-Ray: a parameter decides, and by default nothing is traced.

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
_TRACED = "IsTraced"


def add_is_traced_condition(template: Template, tracing: Parameter) -> None:
    """Add the condition under which something is traced."""
    template.add_condition(_TRACED, Equals(Ref(tracing), "Active"))


def tracing_config(tracing: Parameter) -> TracingConfig:
    """Whether a function is traced."""
    return TracingConfig(Mode=Ref(tracing))


def may_trace() -> Statement:
    """Hand over traces, which have no ARN.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
    """
    return allow([awacs.xray.PutTraceSegments, awacs.xray.PutTelemetryRecords], ["*"])


def tracing_policy() -> If:
    """The policy of a role whose function is traced."""
    return If(_TRACED, Policy(PolicyName="Tracing", PolicyDocument=document([may_trace()])), NoValue)
