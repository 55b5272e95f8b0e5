"""What goes wrong in calls to AWS, and what a log may say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError


class OutOfTime(Exception):  # noqa: N818 - it names the outcome
    """A call was not made: Lambda might have ended the function before its answer."""


class Unconfirmed(Exception):  # noqa: N818 - it names the outcome
    """An answer is a 2xx, and lacks what the service says where it has done what it was asked to do.

    A proxy on the way, or a service in trouble, answers so: nothing is known of what it did.
    """


AWS_ERRORS = (BotoCoreError, ClientError, ResponseParserError, OutOfTime, Unconfirmed)
_MISREAD_ERRORS = (AttributeError, TypeError, ValueError, LookupError, RecursionError)
"""What botocore raises where an answer is JSON, and not of the form that the service's answers have."""


def call_aws(method: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
    """Make a call to AWS; one of FAULTS where it fails, or where the answer is none of AWS's."""
    try:
        answer: dict[str, Any] | None = method(**arguments)
    except AWS_ERRORS:
        raise
    except _MISREAD_ERRORS as error:
        raise Unconfirmed(type(error).__name__) from error
    return answer or {}


def required_field(answer: Mapping[str, Any], field: str) -> Any:
    """A field that each answer of AWS to this call has; Unconfirmed where it lacks it."""
    if answer.get(field) is None:
        raise Unconfirmed
    return answer[field]


def list_field(answer: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    """A list of objects in an answer, which may lack it; Unconfirmed where it is anything else."""
    found = answer.get(field) or []
    if not isinstance(found, list) or not all(isinstance(entry, Mapping) for entry in found):
        raise Unconfirmed
    return found


def error_code(error: Exception) -> str:
    """AWS's own code, such as AccessDenied, or the kind of failure; never the message, which may quote a request."""
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return str(code or type(error).__name__)
