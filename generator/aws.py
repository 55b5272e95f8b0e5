"""The account, region and names that a command acts on, and every boto3 client."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from shlex import quote
from typing import Any, Self

from generator import names
from generator.aws_failures import NoRetry, region_problem
from generator.errors import GeneratorError

CONNECT_SECONDS = 2
"""AWS answers a connection much sooner; botocore would wait for a minute, five times."""


@dataclass(frozen=True)
class Target:
    """Where a command acts: a project and an environment in the account that the user's own settings choose."""

    project: str = names.DEFAULT_PROJECT
    environment: str = names.DEFAULT_ENVIRONMENT
    region_option: str | None = None
    profile: str | None = None
    bucket_option: str | None = None

    @cached_property
    def _session(self) -> Any:
        import boto3
        from botocore.exceptions import BotoCoreError

        try:
            # boto3 reads only AWS_DEFAULT_REGION; other tools set, and read, AWS_REGION.
            region = self.region_option or os.environ.get("AWS_REGION")
            session = boto3.Session(profile_name=self.profile, region_name=region)
        except BotoCoreError as error:
            raise GeneratorError(f"AWS: {error}; --profile chooses another") from error
        if session.region_name:
            session.events.register_first("needs-retry", NoRetry(session.region_name, self._region_origin))
        return session

    @property
    def _region_origin(self) -> str:
        """Return what chose the region: the option, a variable, or the configuration of the AWS CLI."""
        if self.region_option:
            return "--region"
        variables = (name for name in ("AWS_REGION", "AWS_DEFAULT_REGION") if os.environ.get(name))
        return next(variables, f"the profile {self.profile or os.environ.get('AWS_PROFILE', 'default')}")

    @cached_property
    def _clients(self) -> dict[tuple[str, int | None], Any]:
        return {}

    @cached_property
    def region(self) -> str:
        """Return the region; GeneratorError where none is chosen."""
        if not (region := self._session.region_name):
            raise GeneratorError("AWS: no region is chosen: --region us-west-2, or AWS_REGION in the environment")
        return str(region)

    @cached_property
    def account(self) -> str:
        """Return the account's number."""
        return str(self._caller["Account"])

    @property
    def partition(self) -> str:
        """Return the partition, such as aws or aws-us-gov."""
        return str(self._caller["Arn"]).split(":")[1]

    @cached_property
    def _caller(self) -> Any:
        return self.client("sts").get_caller_identity()

    @property
    def bucket(self) -> str:
        """Return the helper bucket's name: that of --bucket, or the default for this account and region."""
        return self.bucket_option or f"{self.project.lower()}-helper-{self.account}-{self.region}"

    def client(self, service: str, seconds: int | None = None) -> Any:
        """Return a client of a service, such as `s3`; with `seconds`, one that waits so long, and does not retry."""
        if (service, seconds) not in self._clients:
            self._clients[service, seconds] = self._make_client(service, seconds)
        return self._clients[service, seconds]

    def _make_client(self, service: str, seconds: int | None) -> Any:
        from botocore.config import Config
        from botocore.exceptions import InvalidRegionError

        config = Config(connect_timeout=CONNECT_SECONDS)
        if seconds:
            config = config.merge(Config(read_timeout=seconds, retries={"total_max_attempts": 1}))
        try:
            return self._session.client(service, region_name=self.region, config=config)
        except InvalidRegionError as error:
            raise GeneratorError(f"AWS: {region_problem(self.region, self._region_origin)}") from error
        except ValueError as error:  # a setting in the environment, such as AWS_ENDPOINT_URL
            raise GeneratorError(f"AWS: {error}") from error

    def client_of(self, credentials: Mapping[str, str], service: str) -> Any:
        """Return a client of a service with the credentials that STS gave for a role."""
        import boto3

        keys = (credentials[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
        return boto3.Session(*keys, region_name=self.region).client(service)

    def in_environment(self, environment: str) -> Self:
        """Return the target in another environment, with the same session: to begin one may ask AWS, or a person."""
        target = replace(self, environment=environment)
        for name in ("_session", "_clients"):
            target.__dict__[name] = getattr(self, name)
        return target

    def stack(self, service: str) -> str:
        """Return the name of a source's stack."""
        return names.stack_name(service, self.project, self.environment)

    def pipeline_stack(self, service: str) -> str:
        """Return the name of the stack of a source's pipeline."""
        return names.pipeline_stack_name(service, self.project, self.environment)

    def tags(self, service: str) -> dict[str, str]:
        """Return the tags of a source's stack, and of its pipeline's."""
        return {"Project": self.project, "Service": service, "Environment": self.environment}

    def secret_path(self, service: str) -> str:
        """Return the path of a source's secrets in Parameter Store."""
        return names.secret_path(service, self.project, self.environment)

    @property
    def options(self) -> str:
        """Return the options for a command with the same target, without defaults, and without the bucket."""
        values = (
            ("--project", self.project if self.project != names.DEFAULT_PROJECT else None),
            ("--env", self.environment if self.environment != names.DEFAULT_ENVIRONMENT else None),
            ("--region", self.region_option),
            ("--profile", self.profile),
        )
        return "".join(f" {option} {quote(value)}" for option, value in values if value)

    @property
    def options_and_bucket(self) -> str:
        """Return the options for a command that uploads to the helper bucket, too."""
        return f"{self.options} --bucket {quote(self.bucket_option)}" if self.bucket_option else self.options

    def aws_command(self, arguments: str) -> str:
        """Return a command of the AWS CLI to copy, for the same region and profile."""
        profile = f" --profile {quote(self.profile)}" if self.profile else ""
        return f"aws {arguments} --region {self.region}{profile}"


def read_secret(name: str, ssm: Any) -> str:
    """Return a parameter's value, by the call that the functions make: it needs the same permission as theirs."""
    parameters = ssm.get_parameters(Names=[name], WithDecryption=True)["Parameters"]
    if not parameters:
        raise GeneratorError(f"no parameter {name} in Parameter Store; --env and --project choose another")
    return str(parameters[0]["Value"])
