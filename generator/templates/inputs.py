"""Parameters of the templates, as the CloudFormation console asks for them: pattern, constraint, default, group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from troposphere import Equals, If, Not, NoValue, Parameter, Ref, Template

from generator import names
from generator.definition.parameter_patterns import MAX_VALUE
from generator.definition.parameter_values import constraint
from lambdas.model import Source
from lambdas.runtime.parameters import PREFIX


class TemplateInput(NamedTuple):
    """A template's parameter.

    `pattern` must match the whole value; `constraint` is the message shown otherwise, after "must be". Without a
    default it must be filled in. The console shows it below `console_group`. `max_length` counts characters.
    """

    name: str
    console_group: str
    description: str
    pattern: str
    constraint: str
    default: str | None = None
    max_length: int | None = None


def common_inputs(service: str) -> tuple[TemplateInput, ...]:
    """Return the inputs that both templates of a source have."""
    return (
        TemplateInput(
            "ProjectName",
            "Which deployment",
            "First part of every name, and the tag Project",
            names.PROJECT_PATTERN,
            names.project_rule(service),
            names.DEFAULT_PROJECT,
            names.max_project(service),
        ),
        TemplateInput(
            "Environment",
            "Which deployment",
            "Which deployment of this source it is, such as dev or prod",
            names.ENVIRONMENT_PATTERN,
            names.ENVIRONMENT_RULE,
            names.DEFAULT_ENVIRONMENT,
        ),
        TemplateInput(
            "HelperBucket",
            "Code",
            "Bucket that holds the code, in this region",
            "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
            "the name of a bucket",
        ),
    )


def siem_inputs() -> tuple[TemplateInput, ...]:
    """Return the inputs for the SIEM's side; the pipeline passes its own on to the event source."""
    return (
        TemplateInput(
            "ConsumerPrincipalArn",
            "SIEM",
            "Role with which your SIEM takes events, in this or another account (optional)",
            "(arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[A-Za-z0-9_+=,.@/-]+))?",
            "empty, or the ARN of a role, a user or an account's root",
            "",
        ),
        TemplateInput(
            "EventsQueueName",
            "SIEM",
            "A fixed name for the queue, such as MozDef-EF-zoom-dev; two stacks can't share it (optional)",
            "[A-Za-z0-9_-]{0,80}",
            "empty, or at most 80 letters, digits, dashes and underscores",
            "",
        ),
        TemplateInput(
            "AlarmTopicArn",
            "Alarms",
            "SNS topic that gets a message for every alarm (optional)",
            "(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)?",
            "empty, or the ARN of a topic",
            "",
        ),
    )


def parameter_inputs(source: Source) -> tuple[TemplateInput, ...]:
    """Return the inputs for the parameters of a definition; the pipeline passes its own on to the event source."""
    return tuple(
        TemplateInput(
            name,
            "Vendor",
            parameter.description,
            f"({parameter.pattern})",
            constraint(parameter),
            max_length=MAX_VALUE,
        )
        for name, parameter in (source.parameters or {}).items()
    )


def parameter_variables(source: Source) -> dict[str, Ref]:
    """Return the environment variables that hand the parameters on."""
    return {f"{PREFIX}{name}": Ref(name) for name in source.parameters or ()}


def zip_key_input(name: str, zip_name: str, default: str) -> TemplateInput:
    """Return the input for a zip's key in the helper bucket; a build knows the default, a hash of the content."""
    return TemplateInput(
        name, "Code", f"Where {zip_name} is in the bucket", "[A-Za-z0-9_./-]+", "an object's key", default
    )


def add_inputs(template: Template, inputs: Sequence[TemplateInput]) -> dict[str, Parameter]:
    """Add a parameter for each input, grouped for the console, and return all parameters by name."""
    groups: dict[str, list[str]] = {}
    for template_input in inputs:
        groups.setdefault(template_input.console_group, []).append(template_input.name)
        parameter = Parameter(
            template_input.name,
            Type="String",
            Description=template_input.description,
            AllowedPattern=f"^{template_input.pattern}$",
            ConstraintDescription=f"must be {template_input.constraint}",
        )
        if template_input.default is not None:
            parameter.Default = template_input.default
        if template_input.max_length is not None:
            parameter.MaxLength = template_input.max_length
        template.add_parameter(parameter)
    console_groups = [{"Label": {"default": label}, "Parameters": members} for label, members in groups.items()]
    interface = {"AWS::CloudFormation::Interface": {"ParameterGroups": console_groups}}
    template.set_metadata({**template.metadata, **interface})
    return dict(template.parameters)


def add_is_set_condition(template: Template, parameter: Parameter) -> str:
    """Add the condition that an optional parameter has a value, and return the condition's name."""
    condition = f"Has{parameter.title}"
    template.add_condition(condition, Not(Equals(Ref(parameter), "")))
    return condition


def value_or_none(condition: str, parameter: Parameter) -> If:
    """Return the parameter's value where the condition holds; elsewhere the property is absent (`AWS::NoValue`)."""
    return If(condition, Ref(parameter), NoValue)
