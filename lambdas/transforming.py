"""What a source's `transform.py` imports of this framework: these names stay where they are, whatever else moves.

`Request` is the request that the event came in. Its body is read already, and `transform()` is given the event; of the
request itself it may want

- `headers`: a mapping; names are lower case;
- `query(name)`: a query parameter as text, decoded, or None;
- `body`: the bytes as they were sent, with what `events.mask` takes out of everything else;
- `json`: what the body says, with what is masked in it.

`parse(bytes)` reads JSON as the handler does: it refuses what MozDef or Elasticsearch could not take, such as NaN,
integers beyond 64 bits, and what is nested deeper than 64. Use it for JSON that an event has as text.

`Rejected` is what `parse` and `Request.json` raise. `reason` is a word such as `not-json` or `depth`, and `detail` a
sentence for people. An event whose `transform()` raises it, or anything else, is kept as `rejected/…/transform`.
"""

from __future__ import annotations

from lambdas.reading.body import Rejected, parse
from lambdas.reading.request import Request

__all__ = ["Rejected", "Request", "parse"]
