"""The only maker of boto3 clients for a real account, and what a failed call says to the user."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from shlex import quote
from typing import Any
from urllib.parse import urlsplit

from generator import names
from generator.errors import GeneratorError


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
            # boto3 looks at AWS_DEFAULT_REGION alone; other tools set, and look at, the other one.
            wanted = self.region_option or os.environ.get("AWS_REGION")
            return boto3.Session(profile_name=self.profile, region_name=wanted)
        except BotoCoreError as error:
            raise GeneratorError(f"AWS: {error}; --profile chooses another") from error

    @cached_property
    def region(self) -> str:
        """The region."""
        if not (region := self._session.region_name):
            raise GeneratorError("AWS: no region is chosen: --region us-west-2, or AWS_REGION in the environment")
        return str(region)

    @cached_property
    def account(self) -> str:
        """The account's number."""
        return str(self._caller["Account"])

    @property
    def partition(self) -> str:
        """Such as aws or aws-us-gov."""
        return str(self._caller["Arn"]).split(":")[1]

    @cached_property
    def _caller(self) -> Any:
        return self.client("sts").get_caller_identity()

    @property
    def bucket(self) -> str:
        """The helper bucket's name: the one that was named, or one that is this account's and region's own."""
        return self.bucket_option or f"{self.project.lower()}-helper-{self.account}-{self.region}"

    def client(self, service: str, seconds: int | None = None) -> Any:
        """A client of a service, such as `s3`; with `seconds`, one that waits so long for an answer, and asks once."""
        from botocore.config import Config

        patient = Config(read_timeout=seconds, retries={"total_max_attempts": 1}) if seconds else None
        try:
            return self._session.client(service, region_name=self.region, config=patient)
        except ValueError as error:  # of what the environment says, such as AWS_ENDPOINT_URL
            raise GeneratorError(f"AWS: {error}") from error

    def stack(self, service: str) -> str:
        """The name of a source's stack."""
        return names.stack_name(service, self.project, self.environment)

    def pipeline_stack(self, service: str) -> str:
        """The name of the stack of a source's pipeline."""
        return names.pipeline_stack_name(service, self.project, self.environment)

    def tags(self, service: str) -> dict[str, str]:
        """The tags of both."""
        return {"Project": self.project, "Service": service, "Environment": self.environment}

    def secret_path(self, service: str) -> str:
        """Where a source's secrets lie."""
        return names.secret_path(service, self.project, self.environment)

    @property
    def options(self) -> str:
        """What to add to a command that is to act there too; empty where it is the default. Few need the bucket."""
        given = (
            ("--project", self.project if self.project != names.DEFAULT_PROJECT else None),
            ("--env", self.environment if self.environment != names.DEFAULT_ENVIRONMENT else None),
            ("--region", self.region_option),
            ("--profile", self.profile),
        )
        return "".join(f" {option} {quote(value)}" for option, value in given if value)

    @property
    def options_and_bucket(self) -> str:
        """The same for a command that puts something into the bucket."""
        return f"{self.options} --bucket {quote(self.bucket_option)}" if self.bucket_option else self.options


def environment_is_emulator(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the user's own AWS settings lead to an emulator on this machine."""
    return urlsplit(environ.get("AWS_ENDPOINT_URL", "")).hostname in ("127.0.0.1", "localhost")


_UNKNOWN = "AWS does not know these credentials; --profile chooses others"
_CREDENTIALS = {
    "NoCredentialsError": "no credentials: run `aws configure`, sign in with `aws sso login`, or choose a --profile",
    "PartialCredentialsError": "half of the credentials are missing",
    "SSOTokenLoadError": "you are signed out: aws sso login",
    "UnauthorizedSSOTokenError": "you are signed out: aws sso login",
    "ExpiredToken": "the credentials have expired: sign in again",
    "ExpiredTokenException": "the credentials have expired: sign in again",
    "RequestExpired": "the credentials have expired: sign in again",
    "InvalidAccessKeyId": _UNKNOWN,
    "InvalidClientTokenId": _UNKNOWN,
    "UnrecognizedClientException": _UNKNOWN,
    "SignatureDoesNotMatch": "AWS refuses these credentials; --profile chooses others",
    "AuthFailure": "AWS refuses these credentials; --profile chooses others",
    "EndpointConnectionError": "no answer: is the region right, and is there a network?",
}


def explain_failure(error: Exception) -> str:
    """One line on a call that failed: what was asked, and what AWS said or what to do."""
    from botocore.exceptions import ClientError

    if type(error).__name__ == "EndpointConnectionError" and environment_is_emulator():
        return f"nothing answers at {os.environ['AWS_ENDPOINT_URL']} (AWS_ENDPOINT_URL): does `run` still run?"
    if not isinstance(error, ClientError):
        return f"AWS: {_CREDENTIALS.get(type(error).__name__) or str(error).rstrip('.')}"
    code, said = (error.response.get("Error", {}).get(key, "") for key in ("Code", "Message"))
    known = _CREDENTIALS.get(code)
    if known == _UNKNOWN and environment_is_emulator():
        return "the emulator does not know these keys: they are new for each run; copy the settings that it prints now"
    if known:
        return f"AWS: {known}"
    return f"AWS: {error.operation_name}: {code}: {' '.join(str(said).split())[:500]}".rstrip(": ")


def read_secret(name: str, ssm: Any) -> str:
    """A parameter's value, by the call that the functions make: it needs their permission and no other."""
    found = ssm.get_parameters(Names=[name], WithDecryption=True)["Parameters"]
    if not found:
        raise GeneratorError(f"no parameter {name} in Parameter Store; --env and --project choose another")
    return str(found[0]["Value"])
