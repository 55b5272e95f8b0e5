"""Messages for calls to AWS that failed; and which of them fail at once, since nothing answers."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

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
}
_NO_ANSWER = ("EndpointConnectionError", "ConnectTimeoutError", "SSLError", "ProxyConnectionError")
"""Errors of botocore where no connection came about."""
_PUBLIC = ("aws", "aws-us-gov", "aws-cn")
"""The partitions whose regions are listed: the others are for a few customers."""


def environment_is_emulator(environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether the user's own AWS settings lead to an emulator on this machine."""
    return urlsplit(environ.get("AWS_ENDPOINT_URL", "")).hostname in ("127.0.0.1", "localhost")


def explain_failure(error: Exception) -> str:
    """Return one line on a call that failed: the operation, and AWS's message or what to do."""
    from botocore.exceptions import ClientError

    name = type(error).__name__
    if name in _NO_ANSWER and environment_is_emulator():
        return f"nothing answers at {os.environ['AWS_ENDPOINT_URL']} (AWS_ENDPOINT_URL): does `run` still run?"
    if name in _NO_ANSWER:
        return _explain_no_answer(error)
    if not isinstance(error, ClientError):
        return f"AWS: {_CREDENTIALS.get(name) or str(error).rstrip('.')}"
    code, message = (error.response.get("Error", {}).get(key, "") for key in ("Code", "Message"))
    explanation = _CREDENTIALS.get(code)
    if explanation == _UNKNOWN and environment_is_emulator():
        return "the emulator does not know these keys: they are new for each run; copy the settings that it prints now"
    if explanation:
        return f"AWS: {explanation}"
    return f"AWS: {error.operation_name}: {code}: {' '.join(str(message).split())[:500]}".rstrip(": ")


def _explain_no_answer(error: Exception) -> str:
    """Name the endpoint and what chooses it: a variable, or the region, which a note of the error names."""
    endpoint = getattr(error, "kwargs", {}).get("endpoint_url") or "its endpoint"
    message = f"AWS: no answer from {endpoint}"
    if type(error).__name__ in ("SSLError", "ProxyConnectionError"):
        message += f" ({' '.join(str(error).split())[:200]})"
    if variable := _endpoint_variable(endpoint):
        return f"{message}, which {variable} names: is that right, and does it run?"
    return f"{message}{' '.join(getattr(error, '__notes__', ())) or ': is there a network?'}"


def _endpoint_variable(endpoint: str) -> str | None:
    """Return the environment variable that names an endpoint, such as AWS_ENDPOINT_URL_S3; else None."""
    address = endpoint.rstrip("/")
    variables = (name for name, url in os.environ.items() if name.startswith("AWS_ENDPOINT_URL") and url)
    return next((name for name in sorted(variables) if address.startswith(os.environ[name].rstrip("/"))), None)


def region_problem(region: str, origin: str) -> str | None:
    """Return a sentence on a region that no partition of AWS has, with the regions that exist; None for others."""
    import botocore.session

    session = botocore.session.get_session()
    partitions = session.get_available_partitions()
    regions = {name: session.get_available_regions("sts", name) for name in partitions}
    if any(region in names for names in regions.values()):
        return None
    known = [name for partition in _PUBLIC for name in sorted(regions[partition])]
    similar = difflib.get_close_matches(region, known, n=3)
    known_text = f"did you mean {' or '.join(similar)}?" if similar else f"the known ones are {', '.join(known)}"
    return f"{region}, from {origin}, is no known region; {known_text}"


class NoRetry:
    """Ends a call at its first failure to connect to a host that has not answered yet: its name may be wrong.

    Where a host has answered before, botocore tries again as ever, since a deployment takes minutes.
    """

    def __init__(self, region: str, origin: str) -> None:
        self._region, self._origin = region, origin
        self._answered: set[str] = set()

    def __call__(self, endpoint: Any, response: object, caught_exception: Exception | None, **_event: Any) -> None:
        """Handle botocore's event `needs-retry`, which comes after each try."""
        if response is not None:
            self._answered.add(endpoint.host)
        elif caught_exception and type(caught_exception).__name__ in _NO_ANSWER and endpoint.host not in self._answered:
            problem = region_problem(self._region, self._origin)
            region = f" (region {self._region}, from {self._origin}): is there a network, and has it this service?"
            caught_exception.add_note(f": {problem}" if problem else region)
            raise caught_exception
