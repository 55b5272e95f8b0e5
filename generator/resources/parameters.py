"""What a template asks of the person who deploys it."""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import Equals, If, Not, NoValue, Parameter, Ref, Tags, Template

from generator import names

HAS_BOUNDARY, HAS_CONSUMER, HAS_QUEUE_NAME = "HasPermissionsBoundary", "HasConsumer", "HasEventsQueueName"
_NAME = "[A-Za-z0-9_+=,.@/-]+"
_ROLE_ARN = f"^(arn:aws[a-z-]*:iam::[0-9]{{12}}:(root|(role|user)/{_NAME}))?$"
_POLICY_ARN = f"^(arn:aws[a-z-]*:iam::([0-9]{{12}}|aws):policy/{_NAME})?$"


@dataclass(frozen=True)
class Parameters:
    """The parameters, as the resources use them."""

    service: str
    project: Parameter
    environment: Parameter
    helper_bucket: Parameter
    lambda_key: Parameter
    consumer: Parameter
    boundary: Parameter
    events_queue_name: Parameter


def optional(condition: str, parameter: Parameter) -> If:
    """The parameter's value where it has one; else the property is as if it were not there."""
    return If(condition, Ref(parameter), NoValue)


def tags(parameters: Parameters) -> Tags:
    """The tags of every resource that takes some."""
    return Tags(Project=Ref(parameters.project), Service=parameters.service, Environment=Ref(parameters.environment))


def add_parameters(template: Template, service: str, lambda_key: str) -> Parameters:
    """Parameters with patterns that say what they want, grouped for the console; empty is *none* where optional."""

    def add(name: str, description: str, pattern: str, wants: str, default: str | None = None) -> Parameter:
        more = {} if default is None else {"Default": default}
        return template.add_parameter(
            Parameter(
                name,
                Type="String",
                Description=description,
                AllowedPattern=pattern,
                ConstraintDescription=f"must be {wants}",
                **more,
            )
        )

    project = add(
        "ProjectName",
        "First part of every name, and the tag Project",
        f"^{names.PROJECT_PATTERN}$",
        f"at most {names.MAX_PROJECT} letters, digits and dashes, a letter first",
        names.PROJECT,
    )
    environment = add(
        "Environment",
        "Which deployment of this source it is, such as dev or prod",
        f"^{names.ENVIRONMENT_PATTERN}$",
        f"at most {names.MAX_ENVIRONMENT} lower-case letters and digits, a letter first",
        names.ENVIRONMENT,
    )
    helper_bucket = add(
        "HelperBucket",
        "Bucket that holds the code, in this region",
        "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        "the name of a bucket",
    )
    key = add("LambdaKey", "Where lambdas.zip is in the bucket", "^[A-Za-z0-9_./-]+$", "an object's key", lambda_key)
    consumer = add(
        "ConsumerPrincipalArn",
        "Role with which MozDef takes events, in this or another account (optional)",
        _ROLE_ARN,
        "empty, or the ARN of a role, a user or an account's root",
        "",
    )
    boundary = add(
        "PermissionsBoundaryArn",
        "Policy that bounds the roles made here (optional)",
        _POLICY_ARN,
        "empty, or the ARN of a policy",
        "",
    )
    queue_name = add(
        "EventsQueueName",
        "A fixed name for the queue, such as MozDef-EF-zoom-dev; two stacks can't share it (optional)",
        "^[A-Za-z0-9_-]{0,80}$",
        "empty, or at most 80 letters, digits, dashes and underscores",
        "",
    )
    for condition, parameter in ((HAS_CONSUMER, consumer), (HAS_BOUNDARY, boundary), (HAS_QUEUE_NAME, queue_name)):
        template.add_condition(condition, Not(Equals(Ref(parameter), "")))
    _group(template)
    return Parameters(service, project, environment, helper_bucket, key, consumer, boundary, queue_name)


def _group(template: Template) -> None:
    groups = {
        "Which deployment": ["ProjectName", "Environment"],
        "Code": ["HelperBucket", "LambdaKey"],
        "MozDef": ["ConsumerPrincipalArn", "EventsQueueName"],
        "Account": ["PermissionsBoundaryArn"],
    }
    template.set_metadata(
        {
            **template.metadata,
            "AWS::CloudFormation::Interface": {
                "ParameterGroups": [
                    {"Label": {"default": label}, "Parameters": members} for label, members in groups.items()
                ]
            },
        }
    )
