"""Find the events of a request by the vendor's id or their type, for `redrive --id` and `--type`."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from lambdas.model import Source
from lambdas.model_events import Events
from lambdas.reading.paths import Functions, Lookups, compile_path, split_path
from lambdas.reading.request import Request
from lambdas.reading.text_templates import as_text
from lambdas.shaping.event import event_id


class EventFilter(NamedTuple):
    """The type and the id that an event must have; None means any."""

    type: str | None = None
    id: str | None = None

    @property
    def is_empty(self) -> bool:
        """Any event matches."""
        return self == EventFilter()


def matching_indexes(
    request: Request, source: Source, split: str | None, filter_: EventFilter, lookups: Lookups | None = None
) -> frozenset[int]:
    """Return the indexes of the matching events, counted by `split`; none where the body can't be split.

    A body that `split` finds no list in counts as one event. `lookups` is what paths may call, by default the request.
    """
    try:
        root = request.json
        functions = Functions(lookups or request, root)
        items = split_path(split)(root, functions)
    except Exception:  # noqa: BLE001 - this error may be why the request was rejected
        return frozenset()
    return frozenset(
        index
        for index, item in enumerate(items if isinstance(items, list) else [root])
        if any(_matches(event, functions, source.events, filter_) for event in _transform(item, request, source))
    )


def _transform(item: Any, request: Request, source: Source) -> list[Any]:
    """Return the events that the source's `transform` makes of an item; the item itself where that fails."""
    if source.transform is None:
        return [item]
    try:
        return list(source.transform(copy.deepcopy(item), request))
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - this error may be why the event was rejected
        return [item]


def _matches(event: Any, functions: Functions, paths: Events, filter_: EventFilter) -> bool:
    type_, id_ = _value_at(paths.type, event, functions), event_id(_value_at(paths.id, event, functions))
    return all(
        expected is None or (actual is not None and as_text(actual) == expected)
        for actual, expected in ((type_, filter_.type), (id_, filter_.id))
    )


def _value_at(path: str | None, item: Any, functions: Functions) -> Any:
    try:
        return compile_path(path)(item, functions) if path else None
    except Exception:  # noqa: BLE001 - this error may be why the event was rejected
        return None
