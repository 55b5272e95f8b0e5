"""What goes wrong in calls to AWS, and what a log may say of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError


class OutOfTime(Exception):  # noqa: N818 - it names the outcome
    """A call was not made: Lambda might have ended the function before its answer."""


class Unconfirmed(Exception):  # noqa: N818 - it names the outcome
    """An answer is a 2xx, and lacks what the service says where it has done what it was asked to do.

    A proxy on the way, or a service in trouble, answers so: nothing is known of what it did.
    """


FAULTS = (BotoCoreError, ClientError, ResponseParserError, OutOfTime, Unconfirmed)


def confirmed(answer: Mapping[str, Any] | None, field: str) -> Any:
    """A field that each answer of AWS to this call has; Unconfirmed where it lacks it."""
    if not answer or answer.get(field) is None:
        raise Unconfirmed
    return answer[field]


def told(error: Exception) -> str:
    """AWS's own code, such as AccessDenied, or the kind of failure; never the message, which may quote a request."""
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return str(code or type(error).__name__)
