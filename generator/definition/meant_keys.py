"""What people write in the words of other tools, or at another level, and the key that they mean."""

from __future__ import annotations

import re

_OF_SOURCE = {
    "s3": "it stands in `delivery`, as in delivery: {s3: {days: 90}}",
    "days": "it stands in `delivery.s3`, or in `archive`",
    "sqs": "write delivery: sqs",
}
_OF_DELIVERY = {
    "days": "it stands in `s3`, as in delivery: {s3: {days: 90}}",
    "sqs": "write delivery: sqs",
}
_OF_NO_OTHER_KEY = ("output", "delivery")
_STREAM = re.compile(r"pull\.streams\.[^.]+")
_OF_PULL = {
    **dict.fromkeys(("auth", "authentication", "credential"), "did you mean credentials?"),
    **dict.fromkeys(("interval", "schedule", "frequency"), "did you mean every?"),
    **dict.fromkeys(("base_url", "endpoint", "host"), "did you mean url?"),
    **dict.fromkeys(("rate_limit", "limit", "throttle"), "did you mean rate?"),
    "events": "`events` stands beside `pull`, or in a stream",
    "facts": "`facts` stands beside `pull`",
    **dict.fromkeys(("query", "paging", "resume", "get", "post"), "it stands in a stream"),
}
_OF_STREAM = {
    **dict.fromkeys(("params", "parameters", "querystring"), "did you mean query?"),
    **dict.fromkeys(("url", "path", "endpoint", "method"), "write `get` or `post` with the path"),
    **dict.fromkeys(("body", "data", "payload"), "did you mean json, form or graphql?"),
    **dict.fromkeys(("headers", "errors", "rate", "every", "credentials"), "it stands in `pull`, for all streams"),
    **dict.fromkeys(("facts", "drop"), "it stands beside `pull`, for all streams; stream() tells them apart"),
    **dict.fromkeys(("split", "id", "type", "time", "time_format"), "it stands in `events`"),
    **dict.fromkeys(("first", "lag", "overlap", "longest", "retention"), "it stands in `window`"),
}


def meant_key(key: str, name: str) -> str | None:
    """Return what somebody meant by an unknown name below a key, in words; None where only its spelling can tell."""
    if key and name in _OF_NO_OTHER_KEY:
        return f"`{name}` stands beside `{key.partition('.')[0]}`, not below it"
    if key in ("", "delivery"):
        return (_OF_DELIVERY if key else _OF_SOURCE).get(name)
    if key == "pull":
        return _OF_PULL.get(name)
    return _OF_STREAM.get(name) if _STREAM.fullmatch(key) else None
