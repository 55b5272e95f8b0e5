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


# Each: name, description, pattern, what the pattern wants, default (None: required; empty: optional).
_ASKED = (
    (
        "ProjectName",
        "First part of every name, and the tag Project",
        f"^{names.PROJECT_PATTERN}$",
        f"at most {names.MAX_PROJECT} letters, digits and dashes, a letter first",
        names.PROJECT,
    ),
    (
        "Environment",
        "Which deployment of this source it is, such as dev or prod",
        f"^{names.ENVIRONMENT_PATTERN}$",
        f"at most {names.MAX_ENVIRONMENT} lower-case letters and digits, a letter first",
        names.ENVIRONMENT,
    ),
    (
        "HelperBucket",
        "Bucket that holds the code, in this region",
        "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        "the name of a bucket",
        None,
    ),
    ("LambdaKey", "Where lambdas.zip is in the bucket", "^[A-Za-z0-9_./-]+$", "an object's key", None),
    (
        "ConsumerPrincipalArn",
        "Role with which MozDef takes events, in this or another account (optional)",
        _ROLE_ARN,
        "empty, or the ARN of a role, a user or an account's root",
        "",
    ),
    (
        "PermissionsBoundaryArn",
        "Policy that bounds the roles made here (optional)",
        _POLICY_ARN,
        "empty, or the ARN of a policy",
        "",
    ),
    (
        "EventsQueueName",
        "A fixed name for the queue, such as MozDef-EF-zoom-dev; two stacks can't share it (optional)",
        "^[A-Za-z0-9_-]{0,80}$",
        "empty, or at most 80 letters, digits, dashes and underscores",
        "",
    ),
)


def add_parameters(template: Template, service: str, lambda_key: str) -> Parameters:
    """Parameters with patterns that say what they want, grouped for the console; empty is *none* where optional."""
    added = []
    for name, description, pattern, wants, default in _ASKED:
        parameter = Parameter(
            name,
            Type="String",
            Description=description,
            AllowedPattern=pattern,
            ConstraintDescription=f"must be {wants}",
        )
        if name == "LambdaKey" or default is not None:
            parameter.Default = lambda_key if name == "LambdaKey" else default
        added.append(template.add_parameter(parameter))
    parameters = Parameters(service, *added)
    for condition, one in (
        (HAS_CONSUMER, parameters.consumer),
        (HAS_BOUNDARY, parameters.boundary),
        (HAS_QUEUE_NAME, parameters.events_queue_name),
    ):
        template.add_condition(condition, Not(Equals(Ref(one), "")))
    _group(template)
    return parameters


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
