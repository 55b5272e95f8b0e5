"""A source as it was built: its definition, its template and its code, and what the template's values refer to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from generator.definition.parameter_values import as_written
from generator.definition.read import Definition
from lambdas.model import Source

Resource = Mapping[str, Any]

KINDS = {
    "AWS::ApiGatewayV2::Api": "HTTP API",
    "AWS::ApiGatewayV2::Authorizer": "authorizer of the API",
    "AWS::ApiGatewayV2::Integration": "link from the API to its function",
    "AWS::ApiGatewayV2::Route": "route of the API",
    "AWS::ApiGatewayV2::Stage": "stage of the API",
    "AWS::CloudWatch::Alarm": "alarm",
    "AWS::CloudWatch::Dashboard": "dashboard",
    "AWS::DynamoDB::Table": "table",
    "AWS::IAM::Role": "role",
    "AWS::KMS::Key": "KMS key",
    "AWS::KinesisFirehose::DeliveryStream": "Firehose stream",
    "AWS::Lambda::EventInvokeConfig": "setting of a function",
    "AWS::Lambda::Function": "function",
    "AWS::Lambda::Permission": "permission to call a function",
    "AWS::Logs::LogGroup": "log group",
    "AWS::Logs::LogStream": "log stream",
    "AWS::Logs::MetricFilter": "count of log lines",
    "AWS::S3::Bucket": "bucket",
    "AWS::S3::BucketPolicy": "bucket policy",
    "AWS::SQS::Queue": "queue",
    "AWS::SQS::QueuePolicy": "queue policy",
    "AWS::Scheduler::Schedule": "schedule",
}
"""The types of resources that a template can have, in words."""


class Target(NamedTuple):
    """What a value of a template refers to: a resource of the stack, by its logical id, and what stands behind it."""

    title: str
    rest: str


@dataclass(frozen=True)
class BuiltSource:
    """A source with the files of its build."""

    definition: Definition
    template_file: bytes
    code: bytes

    @cached_property
    def source(self) -> Source:
        """The source, with `${Name}` where a deployment has a value of its own."""
        return as_written(self.definition.source)

    @cached_property
    def template(self) -> Mapping[str, Any]:
        """The template of the event source."""
        template: dict[str, Any] = json.loads(self.template_file)
        return template

    @property
    def resources(self) -> Mapping[str, Resource]:
        """The template's resources by their logical ids."""
        resources: dict[str, Resource] = self.template["Resources"]
        return resources

    def of_type(self, *types: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield logical id and properties of each resource of these types."""
        for title, resource in self.resources.items():
            if resource["Type"] in types:
                yield title, resource.get("Properties", {})

    def kind(self, title: str) -> str:
        """Return what kind of resource it is, in words."""
        resource_type: str = self.resources[title]["Type"]
        return KINDS.get(resource_type, resource_type)

    def target(self, value: Any) -> Target | None:
        """Return the resource of the stack to which a value refers; None for any other value."""
        match = re.match(r"\$\{(\w+)(?:\.\w+)?\}(.*)", text_of(value))
        return Target(*match.groups()) if match and match[1] in self.resources else None

    def targets(self, value: Any) -> Iterator[str]:
        """Yield the logical ids of all resources of the stack to which a value, or a part of it, refers."""
        if target := self.target(value):
            yield target.title
        elif isinstance(value, Mapping):
            for member in value.values():
                yield from self.targets(member)
        elif isinstance(value, list):
            for member in value:
                yield from self.targets(member)


def text_of(value: Any) -> str:
    """Return a value of a template as text, in which `${X}` stands for what only a deployment knows."""
    if not isinstance(value, Mapping):
        return str(value)
    if "Ref" in value:
        return f"${{{value['Ref']}}}"
    if "Fn::GetAtt" in value:
        return f"${{{'.'.join(value['Fn::GetAtt'])}}}"
    substituted = value.get("Fn::Sub")
    if isinstance(substituted, str):
        return substituted
    return str(substituted[0]) if isinstance(substituted, list) else json.dumps(value)
