"""Batches: a call to AWS, or an object, takes so many items, or so many bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def in_batches(items: Iterable[T], count: int) -> Iterator[list[T]]:
    """Yield the items in their order, in batches of at most `count`."""
    return in_sized_batches(items, count, max_size=0, size=lambda _: 0)


def in_sized_batches(
    items: Iterable[T], count: int | None, *, max_size: int, size: Callable[[T], int]
) -> Iterator[list[T]]:
    """Yield the items in their order, in batches of at most `count` and of `max_size`; a larger item stands alone."""
    batch: list[T] = []
    batch_size = 0
    for item in items:
        if batch and (len(batch) == count or batch_size + size(item) > max_size):
            yield batch
            batch, batch_size = [], 0
        batch.append(item)
        batch_size += size(item)
    if batch:
        yield batch
