"""What goes wrong in calls to AWS, and what a log may say of it."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

FAULTS = (BotoCoreError, ClientError)


def told(error: Exception) -> str:
    """AWS's own code, such as AccessDenied, or the kind of failure; never the message, which may quote a request."""
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return str(code or type(error).__name__)
