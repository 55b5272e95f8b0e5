"""What a template asks of the person who deploys it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from troposphere import Equals, If, Not, NoValue, Parameter, Ref, Tags, Template
from troposphere.kms import Key

from generator import names


@dataclass(frozen=True)
class StackContext:
    """The parameters that name a deployment, as the resources use them; `service` is known when it is built.

    `key` is what encrypts, where the definition is strict; else each service's own key does.
    """

    service: str
    project: Parameter
    environment: Parameter
    helper_bucket: Parameter
    key: Key | None = None

    @cached_property
    def tags(self) -> Tags:
        """Those of every resource that takes some."""
        return Tags(Project=Ref(self.project), Service=self.service, Environment=Ref(self.environment))


class TemplateInput(NamedTuple):
    """A parameter: what fits `pattern`, a whole match, is taken; else the form says that it must be `wants`.

    Without a default it must be filled in. Below `group` the console shows it. `length` is the most characters.
    """

    name: str
    group: str
    description: str
    pattern: str
    wants: str
    default: str | None = None
    length: int | None = None


def common_inputs(service: str) -> tuple[TemplateInput, ...]:
    """What both templates of a source ask for."""
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


def mozdef_inputs() -> tuple[TemplateInput, ...]:
    """What MozDef's side needs; both templates ask, and the pipeline hands it on."""
    return (
        TemplateInput(
            "ConsumerPrincipalArn",
            "MozDef",
            "Role with which MozDef takes events, in this or another account (optional)",
            "(arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[A-Za-z0-9_+=,.@/-]+))?",
            "empty, or the ARN of a role, a user or an account's root",
            "",
        ),
        TemplateInput(
            "EventsQueueName",
            "MozDef",
            "A fixed name for the queue, such as MozDef-EF-zoom-dev; two stacks can't share it (optional)",
            "[A-Za-z0-9_-]{0,80}",
            "empty, or at most 80 letters, digits, dashes and underscores",
            "",
        ),
        TemplateInput(
            "AlarmTopicArn",
            "Alarms",
            "SNS topic that is told of alarms (optional)",
            "(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)?",
            "empty, or the ARN of a topic",
            "",
        ),
    )


def zip_key_input(name: str, what: str, default: str) -> TemplateInput:
    """Where a zip is in the helper bucket; a build knows, since its content names it."""
    return TemplateInput(name, "Code", f"Where {what} is in the bucket", "[A-Za-z0-9_./-]+", "an object's key", default)


def add_inputs(template: Template, asked: Sequence[TemplateInput]) -> dict[str, Parameter]:
    """Parameters with patterns that say what they want, grouped for the console."""
    groups: dict[str, list[str]] = {}
    for one in asked:
        groups.setdefault(one.group, []).append(one.name)
        parameter = Parameter(
            one.name,
            Type="String",
            Description=one.description,
            AllowedPattern=f"^{one.pattern}$",
            ConstraintDescription=f"must be {one.wants}",
        )
        if one.default is not None:
            parameter.Default = one.default
        if one.length is not None:
            parameter.MaxLength = one.length
        template.add_parameter(parameter)
    shown = [{"Label": {"default": label}, "Parameters": members} for label, members in groups.items()]
    template.set_metadata({**template.metadata, "AWS::CloudFormation::Interface": {"ParameterGroups": shown}})
    return dict(template.parameters)


def deployment(service: str, there: Mapping[str, Parameter]) -> StackContext:
    """The parameters of both templates."""
    return StackContext(service, there["ProjectName"], there["Environment"], there["HelperBucket"])


def add_is_set_condition(template: Template, parameter: Parameter) -> str:
    """A condition: this optional parameter has a value."""
    name = f"Has{parameter.title}"
    template.add_condition(name, Not(Equals(Ref(parameter), "")))
    return name


def value_or_none(condition: str, parameter: Parameter) -> If:
    """The parameter's value where it has one; else the property is as if it were not there."""
    return If(condition, Ref(parameter), NoValue)
