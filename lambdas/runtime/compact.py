"""JSON without spaces."""

from __future__ import annotations

import json
from collections.abc import Callable
from json import encoder as parts
from typing import Any

Encode = Callable[[Any], str]


def compact(*, ensure_ascii: bool) -> Encode:
    """An encoder that refuses NaN, and whose C part is made once.

    `JSONEncoder.encode` makes it anew for every value, which takes as long as a small event itself. Where Python has no
    C part, or not this one, that is what is used.
    """
    plain = json.JSONEncoder(ensure_ascii=ensure_ascii, allow_nan=False, check_circular=False, separators=(",", ":"))
    text = parts.encode_basestring_ascii if ensure_ascii else parts.encode_basestring
    try:
        make: Any = parts.c_make_encoder  # type: ignore[attr-defined]  # CPython's own
        chunks = make(None, plain.default, text, None, ":", ",", False, False, False)  # noqa: FBT003 - takes no names
        chunks({"a": [1]}, 0)
    except TypeError:
        return plain.encode
    return lambda value: "".join(chunks(value, 0))
