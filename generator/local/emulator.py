"""A running emulator of AWS: its clients, its settings, and stacks deployed into it."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

from generator.aws import Target
from generator.deploy.endpoint import emulated_url
from generator.errors import GeneratorError

REGION = "us-west-2"
DEPLOY_SECONDS, POLL_SECONDS = 120, 0.05


class KeyPair(NamedTuple):
    """The key pair of an emulator's administrator."""

    access_key_id: str
    secret_access_key: str

    @classmethod
    def random(cls) -> Self:
        """Return a pair that nobody else knows."""
        return cls(f"AKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30))

    @property
    def variables(self) -> dict[str, str]:
        """Return the environment variables with this pair."""
        return {"AWS_ACCESS_KEY_ID": self.access_key_id, "AWS_SECRET_ACCESS_KEY": self.secret_access_key}


@dataclass(frozen=True)
class Emulator:
    """A running emulator; everything in it is gone when the context of `run_emulator` ends."""

    endpoint: str
    region: str
    ca_bundle: Path | None
    log: Path
    keys: KeyPair = field(repr=False)

    def client(self, service: str) -> Any:
        """Return a boto3 client that is the emulator's administrator, whatever the user's own AWS settings."""
        return _client(self, service)

    @property
    def aws_environment(self) -> dict[str, str]:
        """Return the environment variables with which AWS's libraries act on the emulator, as its administrator."""
        trusted = {"AWS_CA_BUNDLE": str(self.ca_bundle)} if self.ca_bundle else {}
        return {"AWS_ENDPOINT_URL": self.endpoint, **trusted, "AWS_REGION": self.region, **self.keys.variables}

    def deploy(self, stack: str, template: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """Create or update the stack, wait for it, and return its outputs."""
        from botocore.exceptions import ClientError, WaiterError

        cloudformation = self.client("cloudformation")
        try:
            cloudformation.describe_stacks(StackName=stack)
            verb, change = "update", cloudformation.update_stack
        except ClientError:
            verb, change = "create", cloudformation.create_stack
        try:
            change(
                StackName=stack,
                TemplateBody=_without_spaces(template),
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
                Capabilities=["CAPABILITY_IAM"],
            )
            cloudformation.get_waiter(f"stack_{verb}_complete").wait(
                StackName=stack, WaiterConfig={"Delay": POLL_SECONDS, "MaxAttempts": int(DEPLOY_SECONDS / POLL_SECONDS)}
            )
        except ClientError as error:
            reason = error.response["Error"]["Message"][-500:]  # the message quotes a template that is too long
            if not reason.startswith("No updates"):
                raise GeneratorError(f"stack {stack}: {verb} refused: {reason}") from error
        except WaiterError as error:
            reason = "; ".join(_failures(cloudformation, stack)) or str(error)
            raise GeneratorError(f"stack {stack}: {verb} failed: {reason}") from error
        return self.outputs(stack)

    def outputs(self, stack: str) -> dict[str, str]:
        """Return a stack's outputs."""
        described = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def resources(self, stack: str) -> dict[str, str]:
        """Return the physical names of a stack's resources by their logical ids."""
        listed = self.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in listed}

    def invoke_url(self, outputs: Mapping[str, str]) -> str:
        """Return where the emulator serves the stack's HTTP API, since its EndpointUrl points at AWS."""
        return emulated_url(self.endpoint, outputs)

    def log_tail(self) -> str:
        """Return the end of the emulator's log, for an error message when it has ended."""
        return " | ".join(self.log.read_text(errors="replace").splitlines()[-5:]) or "its log is empty"


@dataclass(frozen=True)
class EmulatorTarget(Target):
    """The emulator as a target, whatever the user's own AWS settings."""

    emulator: Emulator | None = None

    @property
    def running(self) -> Emulator:
        """Return the emulator, which is None only since fields with defaults precede it."""
        assert self.emulator  # noqa: S101
        return self.emulator

    def client(self, service: str, seconds: int | None = None) -> Any:  # noqa: ARG002 - the emulator answers soon
        return self.running.client(service)

    @property
    def region(self) -> str:
        """Return the emulator's region."""
        return self.running.region


def _without_spaces(template: str) -> str:
    """Return a template as a request takes it, up to 51,200 bytes; CloudFormation refuses what is not JSON."""
    try:
        return json.dumps(json.loads(template), separators=(",", ":"))
    except ValueError:
        return template


@cache
def _client(emulator: Emulator, service: str) -> Any:
    """Return the client of a service, with the connections that it has."""
    from botocore.config import Config

    return _session().client(
        service,
        region_name=emulator.region,
        endpoint_url=emulator.endpoint,
        aws_access_key_id=emulator.keys.access_key_id,
        aws_secret_access_key=emulator.keys.secret_access_key,
        verify=str(emulator.ca_bundle) if emulator.ca_bundle else None,
        config=Config(proxies={}),
    )


@cache
def _session() -> Any:
    import boto3
    import botocore.session

    # Without this, botocore looks up the profile of AWS_PROFILE, and fails where it does not exist.
    no_settings = {"profile": (None, None, None, None), "config_file": (None, None, os.devnull, None)}
    return boto3.Session(botocore_session=botocore.session.Session(session_vars=no_settings))


def _failures(cloudformation: Any, stack: str) -> list[str]:
    """Return why resources failed in the stack's latest change, first cause first."""
    reasons = []
    for event in cloudformation.describe_stack_events(StackName=stack)["StackEvents"]:  # newest first
        status, reason = event["ResourceStatus"], event.get("ResourceStatusReason")
        if event["PhysicalResourceId"] == event["StackId"]:
            if status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
                break
        elif status.endswith("_FAILED") and reason:
            reasons.append(f"{event['LogicalResourceId']}: {reason}")
    return reasons[::-1]
