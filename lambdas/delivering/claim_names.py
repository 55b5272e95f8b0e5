"""Name the claims of events, each from the vendor's id of its event."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from lambdas.shaping.event import MAX_ID, Message, content_tag, encode_json, id_tag


def claim_names(messages: Sequence[Message], *, transform_may_multiply: bool) -> Iterator[str]:
    """Yield the name of each message's claim, from the vendor's id of its event; empty where it has none.

    Where `transform` may make several messages of one event, the name also has a hash of the event, and
    equal messages are numbered: each stays another message, whatever a later version makes beside it.
    """
    counts: Counter[tuple[int, str]] = Counter()
    for message in messages:
        if message.id is None:
            yield ""
            continue
        name = claim_name(message.id)
        if not transform_may_multiply:
            yield name
            continue
        digest = hashlib.sha256(encode_json(message.event.content)).hexdigest()[:32]
        counts[message.event.index, digest] += 1
        yield f"{counts[message.event.index, digest]}.{digest}.{name}"


def claim_name(id_: str | int) -> str:
    """Return the id's tag; a number and a long id get a prefix, since a text may have the same tag.

    An id with a lone surrogate, which no table takes, counts as a long one.
    """
    if isinstance(id_, int):
        return f"number:{id_tag(id_)}"
    try:
        _ = id_.encode()
    except UnicodeEncodeError:
        return f"long:{content_tag(id_.encode('utf-8', 'surrogatepass'))}"
    return id_tag(id_) if len(id_) <= MAX_ID else f"long:{id_tag(id_)}"
