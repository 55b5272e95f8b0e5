"""A deployment of a source, or of its pipeline: its parameters, its uploads, and its request to CreateChangeSet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from generator import names
from generator.deploy import stack_parameters
from generator.deploy.changes import template_key
from generator.deploy.context import DeployContext
from generator.deploy.stacks import Stack
from generator.packaging import bundle
from generator.packaging.lint import MAX_BODY
from generator.packaging.product import CODE, CONFIG, MERGE, PIPELINE, TEMPLATE, Product, shared_files
from generator.templates.resources.key import ADMINISTRATOR_INPUT as KEY_ADMINISTRATOR


@dataclass(frozen=True)
class Deployment:
    """A deployment of one source, or of its pipeline, in a context.

    `given_parameters` are those of `--parameter`; `role` is the one with which CloudFormation acts. `without_secret`:
    the vendor makes the secret only once it knows the URL. `reminders` are commands to show after the deployment.
    """

    context: DeployContext
    product: Product
    given_parameters: Mapping[str, str] = field(default_factory=dict)
    role: str | None = None
    without_secret: bool = False
    reminders: list[str] = field(default_factory=list)

    @property
    def stack(self) -> str:
        """Return the stack's name."""
        return self.context.stack(self.product.name)

    @cached_property
    def template_body(self) -> bytes:
        """Return the template as it is sent."""
        return self.product.files[PIPELINE if self.context.pipeline else TEMPLATE]

    @cached_property
    def template(self) -> dict[str, Any]:
        """Return the template as JSON."""
        template: dict[str, Any] = json.loads(self.template_body)
        return template

    def parameter_problems(self) -> list[str]:
        """Return what is wrong with the given parameters, one line each."""
        return stack_parameters.parameter_problems(self.template, self.given_parameters)

    def change_set_parameters(self, stack: Stack | None) -> list[dict[str, Any]]:
        """Return the parameters of a change set; GeneratorError where one is missing."""
        target = self.context.target
        fixed = {"ProjectName": target.project, "Environment": target.environment, "HelperBucket": target.bucket}
        if self.role:
            # What a pipeline has built is where it alone may write.
            fixed["LambdaKey"] = self._upload_key(bundle.zip_key(self.product.files[CODE]))
            administrator = KEY_ADMINISTRATOR.name
            if administrator in self.template["Parameters"] and administrator not in self.given_parameters:
                fixed[administrator] = self.role
        return stack_parameters.change_set_parameters(self.template, self.given_parameters, fixed, stack)

    def _upload_key(self, key: str) -> str:
        """Return a key of the helper bucket; with a role, the one in its place that this pipeline alone may write."""
        if not self.role:
            return key
        target = self.context.target
        return key.replace("code/", names.code_prefix(self.product.name, target.project, target.environment))

    def zips(self) -> dict[str, bytes]:
        """Return the zips that the template's parameters name, by their keys in the helper bucket."""
        file_by_parameter = {"LambdaKey": CODE, "MergeKey": MERGE, "ConfigKey": CONFIG}
        files = {**self.product.files, **shared_files()}
        contents = [files[name] for key, name in file_by_parameter.items() if key in self.template["Parameters"]]
        return {self._upload_key(bundle.zip_key(content)): content for content in contents}

    @property
    def oversize_template(self) -> dict[str, bytes]:
        """Return the template by its key in the helper bucket where it is too long for a request; else nothing."""
        body = self.template_body
        return {self._upload_key(template_key(body)): body} if len(body) > MAX_BODY else {}

    def change_set_request(
        self, parameters: Sequence[Mapping[str, Any]], stack: Stack | None, s3: Any
    ) -> dict[str, Any]:
        """Return the arguments of CreateChangeSet. Tags that somebody added to the stack stay."""
        tags = {**(stack.tags if stack else {}), **self.context.target.tags(self.product.name)}
        bucket_url = f"{s3.meta.endpoint_url}/{self.context.target.bucket}"
        urls = [f"{bucket_url}/{key}" for key in self.oversize_template]
        return {
            "ChangeSetType": "UPDATE" if stack else "CREATE",
            "Parameters": parameters,
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items() if not key.startswith("aws:")],
            **({"TemplateURL": urls[0]} if urls else {"TemplateBody": self.template_body.decode()}),
            # With a role alone: its pipeline's permission demands it, and a person's may not.
            **({"ResourceTypes": self._resource_types} if self.role else {}),
            **self.role_argument,
        }

    @property
    def _resource_types(self) -> list[str]:
        """Return the types that the template has: CloudFormation refuses a change set of any other."""
        return sorted({resource["Type"] for resource in self.template["Resources"].values()})

    @property
    def role_argument(self) -> dict[str, str]:
        """Return the role for CloudFormation; without one it acts as the last time, or as the user."""
        return {"RoleARN": self.role} if self.role else {}
