"""Events beyond what a queue takes: the event goes to the bucket, a message that points there to the queue."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from lambdas.shaping.message import Message, encode_json
from lambdas.shaping.mozdef import details_problem

MAX_MESSAGE = 1_048_576
"""Bytes of a message, and of a batch: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""

_LIMITS = (1_024, 128, 16, 4)
_SHORT = 65_536
_WHOLE = 128
_KEYS = 128


def truncate(message: Message, bucket: str, key: str, event: bytes, first: Iterable[str]) -> Message:
    """The same message with its details shortened, and where the whole event is.

    What stays keeps its type, so that a field that Elasticsearch knows as an object is one here too, and short texts of
    the top level stay whole: an address cut short is none. Keys in `first` are there whatever else has no room.
    """
    where = {
        "bucket": bucket,
        "key": key,
        "sha256": hashlib.sha256(event).hexdigest(),
        "bytes": len(event),
    }
    whole = message.fields["details"]
    ordered = {**{name: whole[name] for name in first if name in whole}, **whole}
    for limit in _LIMITS:
        details = {name: _shortened(value, max(limit, _WHOLE), limit) for name, value in ordered.items()}
        if len(encode_json(details)) <= _SHORT:
            break
    else:
        few = list(details.items())[:_KEYS]
        details = {name[:_WHOLE]: type(one)() if isinstance(one, dict | list) else one for name, one in few}
    # A number or an address that was cut short is none.
    details = {name: value for name, value in details.items() if details_problem({name: value}) is None}
    fields = {
        **message.fields,
        "tags": [*message.fields["tags"], "oversize"],
        "details": {**details, "oversize": where},
    }
    return message._replace(fields=fields, body=encode_json(fields))


def _shortened(value: Any, characters: int, members: int) -> Any:
    """The value with at most so many characters in a text, and members in a list or an object."""
    if isinstance(value, str):
        return value if len(value) <= characters else value[:characters] + "…"
    if isinstance(value, dict):
        kept = list(value.items())[:members]
        return {name[:_WHOLE]: _shortened(below, members, members) for name, below in kept}
    if isinstance(value, list):
        return [_shortened(below, members, members) for below in value[:members]]
    return value
