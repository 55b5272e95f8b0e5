"""Events beyond what a queue takes: the event goes to the bucket, a message that points there to the queue."""

from __future__ import annotations

import hashlib
from typing import Any

from lambdas.message import Message, encoded

MAX_MESSAGE = 1_048_576
"""Bytes of a message, and of a batch: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""

_LIMITS = (1_024, 128, 16, 4)
_SHORT = 65_536


def pointer(message: Message, bucket: str, key: str, event: bytes) -> Message:
    """The same message with its details shortened, and where the whole event is.

    What stays keeps its type, so that a field that Elasticsearch knows as an object is one here too; a plug-in that
    looks for `event` and `payload` in the details finds them.
    """
    where = {
        "bucket": bucket,
        "key": key,
        "sha256": hashlib.sha256(event).hexdigest(),
        "bytes": len(event),
    }
    for limit in _LIMITS:
        details = shortened(message.fields["details"], limit)
        if len(encoded(details)) <= _SHORT:
            break
    else:
        few = shortened(message.fields["details"], 128)
        details = {key: type(value)() if isinstance(value, dict | list) else value for key, value in few.items()}
    fields = {
        **message.fields,
        "tags": [*message.fields["tags"], "oversize"],
        "details": {**details, "oversize": where},
    }
    return message._replace(fields=fields, body=encoded(fields))


def shortened(value: Any, limit: int) -> Any:
    """The value with at most `limit` characters in a text and `limit` members in a list or an object."""
    if isinstance(value, str):
        return value if len(value) <= limit else value[:limit] + "…"
    if isinstance(value, dict):
        return {key: shortened(below, limit) for key, below in list(value.items())[:limit] if len(key) <= _SHORT // 64}
    if isinstance(value, list):
        return [shortened(below, limit) for below in value[:limit]]
    return value
