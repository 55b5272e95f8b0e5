"""The parameters that name one deployment of a source; resources take their names, tags and key from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from troposphere import Parameter, Ref, Tags
from troposphere.kms import Key

from generator.names import role_path, secret_path, stack_name
from generator.templates.resources.sub import ref


@dataclass(frozen=True)
class StackContext:
    """A deployment's parameters, and its names as text of an `Fn::Sub`; `service` is the source's name.

    `key` encrypts what a source with `hardening: strict` stores; without it each AWS service uses a key of its own.
    """

    service: str
    project: Parameter
    environment: Parameter
    helper_bucket: Parameter
    key: Key | None = None

    @cached_property
    def tags(self) -> Tags:
        """The tags of every resource that can have tags."""
        return Tags(Project=Ref(self.project), Service=self.service, Environment=Ref(self.environment))

    @property
    def name(self) -> str:
        """The name of the event source's stack: <project>-<service>-<environment>."""
        return stack_name(self.service, ref(self.project), ref(self.environment))

    @property
    def secrets_path(self) -> str:
        """The path of the secrets in Parameter Store: /<project>/<service>/<environment>."""
        return secret_path(self.service, ref(self.project), ref(self.environment))

    @property
    def role_path(self) -> str:
        """The path of the event source's roles."""
        return role_path(self.service, ref(self.project), ref(self.environment))

    def tag_conditions(self, kind: Literal["Request", "Resource"]) -> dict[str, Any]:
        """Return condition keys for the tags that a request sets or a resource has, with this deployment's values."""
        return {f"aws:{kind}Tag/{tag['Key']}": tag["Value"] for tag in self.tags.to_dict()}


def stack_context(service: str, parameters: Mapping[str, Parameter]) -> StackContext:
    """Return the context of the template that has these parameters."""
    return StackContext(service, parameters["ProjectName"], parameters["Environment"], parameters["HelperBucket"])
