"""The names that a source's `transform.py` imports: they stay in this module, whatever else moves.

`Request` is the request with the event. Its body is read already, and `transform()` is given the event; a
`transform()` may also use

- `headers`: a mapping; names are lower case;
- `query(name)`: a query parameter as text, decoded, or None;
- `body`: the bytes as sent, including the fields that `events.mask` masks everywhere else;
- `json`: the body as JSON, with these fields masked.

`parse(bytes)` reads JSON as the handler does: it refuses what can't be sent on, such as NaN,
integers beyond 64 bits, and values nested deeper than 64. Use it for JSON within a text of an event.

`value_at(value, "log.items.0.name")` finds a value by a plain path, and `first_scalar(value, "a.b c")` the first text
or number at one of several paths; both find None where nothing is.

`parse` and `Request.json` raise `Rejected`. `reason` is a word such as `not-json` or `depth`, and `detail` a
sentence for people. An event whose `transform()` raises it, or anything else, is kept as `rejected/…/transform`.
"""

from __future__ import annotations

from lambdas.reading.body import Rejected, parse
from lambdas.reading.dotted_paths import first_scalar, value_at
from lambdas.reading.request import Request

__all__ = ["Rejected", "Request", "first_scalar", "parse", "value_at"]
