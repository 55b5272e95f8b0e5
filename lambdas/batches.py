"""Many things in calls, or objects, that take a few."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def batches(
    things: Iterable[T], most: int | None = None, *, room: int = 0, size: Callable[[T], int] = lambda _: 0
) -> Iterator[list[T]]:
    """The things in their order, in runs of at most so many, of which each has room; what has none stands alone."""
    batch: list[T] = []
    used = 0
    for thing in things:
        if batch and (len(batch) == most or used + size(thing) > room):
            yield batch
            batch, used = [], 0
        batch.append(thing)
        used += size(thing)
    if batch:
        yield batch
