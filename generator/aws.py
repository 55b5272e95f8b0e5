"""The only maker of boto3 clients for a real account."""

from __future__ import annotations

from typing import Any

from generator.errors import GeneratorError


def client(service: str, region: str | None = None, profile: str | None = None) -> Any:
    """A client with the user's own settings."""
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.Session(profile_name=profile, region_name=region).client(service)
    except BotoCoreError as error:
        raise GeneratorError(f"AWS: {error}; --region and --profile choose") from error


def secret(name: str, ssm: Any) -> str:
    """A parameter's value."""
    from lambdas.faults import FAULTS

    try:
        value: str = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound as error:
        raise GeneratorError(f"no parameter {name} in Parameter Store; --env and --project choose another") from error
    except FAULTS as error:
        raise GeneratorError(f"{name} can't be read from Parameter Store: {error}") from error
    return value
