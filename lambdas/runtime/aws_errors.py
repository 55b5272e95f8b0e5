"""Call AWS: every failure as one of AWS_ERRORS, answers that lack what AWS promises, and error codes for the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError


class OutOfTime(Exception):  # noqa: N818 - it names the outcome
    """A call was not made, because Lambda might have ended the function before the answer."""


class Unconfirmed(Exception):  # noqa: N818 - it names the outcome
    """A 2xx answer lacks the field with which the service confirms that it did what the call asks for.

    A proxy on the way, or a service in trouble, answers like this: nothing is known of what it did.
    """


AWS_ERRORS = (BotoCoreError, ClientError, ResponseParserError, OutOfTime, Unconfirmed)
_MISREAD_ERRORS = (AttributeError, TypeError, ValueError, LookupError, RecursionError)
"""What botocore raises where an answer is JSON, but lacks the form of the service's answers."""


def call_aws(method: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
    """Call a client's method; one of AWS_ERRORS where the call fails, or where the answer is not AWS's."""
    try:
        answer: dict[str, Any] | None = method(**arguments)
    except AWS_ERRORS:
        raise
    except _MISREAD_ERRORS as error:
        raise Unconfirmed(type(error).__name__) from error
    return answer or {}


def required_field(answer: Mapping[str, Any], field: str) -> Any:
    """Return a field that AWS sends in every answer to this call; Unconfirmed where it is missing."""
    if answer.get(field) is None:
        raise Unconfirmed
    return answer[field]


def list_field(answer: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    """Return a list of objects from an answer, empty where it is absent; Unconfirmed where it is anything else."""
    entries = answer.get(field) or []
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise Unconfirmed
    return entries


def error_code(error: Exception) -> str:
    """Return AWS's code, such as AccessDenied, or the exception's name; never the message: it may quote a request."""
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return str(code or type(error).__name__)
