"""Truncate a message that is too large for the queue, and point it to the whole event in the bucket."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from lambdas.shaping.message import Message, encode_json
from lambdas.shaping.mozdef import details_problem

MAX_MESSAGE = 1_048_576
"""Bytes of a message, and of a batch: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""

_LIMITS = (1_024, 128, 16, 4)
"""Characters of a text and members of a list or an object, tried in this order until the details are short enough."""
_MAX_DETAILS = 65_536
"""Bytes of the truncated details."""
_TOP_LEVEL_TEXT = 128
"""Characters of a text at the top level, and of a key, that always stay."""
_MAX_KEYS = 128


def truncate(message: Message, bucket: str, key: str, event: bytes, first: Iterable[str]) -> Message:
    """Return the message with its details truncated, and a reference to the whole event.

    Values keep their types, so that a field that Elasticsearch knows as an object stays one. Short texts of the top
    level stay whole, since a truncated address is no address. The keys in `first` stay, whatever else has no room.
    """
    reference = {
        "bucket": bucket,
        "key": key,
        "sha256": hashlib.sha256(event).hexdigest(),
        "bytes": len(event),
    }
    all_details = message.fields["details"]
    ordered = {**{name: all_details[name] for name in first if name in all_details}, **all_details}
    for limit in _LIMITS:
        details = {name: _shortened(value, max(limit, _TOP_LEVEL_TEXT), limit) for name, value in ordered.items()}
        if len(encode_json(details)) <= _MAX_DETAILS:
            break
    else:
        first_members = list(details.items())[:_MAX_KEYS]
        details = {
            name[:_TOP_LEVEL_TEXT]: type(value)() if isinstance(value, dict | list) else value
            for name, value in first_members
        }
    # Drop values that truncation made invalid for MozDef, such as a number or an address.
    details = {name: value for name, value in details.items() if details_problem({name: value}) is None}
    fields = {
        **message.fields,
        "tags": [*message.fields["tags"], "oversize"],
        "details": {**details, "oversize": reference},
    }
    return message._replace(fields=fields, body=encode_json(fields))


def _shortened(value: Any, characters: int, members: int) -> Any:
    """Return the value with at most so many characters in a text, and members in a list or an object."""
    if isinstance(value, str):
        return value if len(value) <= characters else value[:characters] + "…"
    if isinstance(value, dict):
        return {
            name[:_TOP_LEVEL_TEXT]: _shortened(member, members, members)
            for name, member in list(value.items())[:members]
        }
    if isinstance(value, list):
        return [_shortened(member, members, members) for member in value[:members]]
    return value
