"""Pages by the number of events before them, as `offset`, `skip` or `startAt`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lambdas.model_types import Path
from lambdas.paging_style import Page, PagingError, is_short, size_problems

_DIGITS = re.compile("[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Pages by the number of events before them, which requests carry as `{offset}`, also the first."""

    first: int = 0
    """The first event's number."""
    while_: Path | None = None
    """What is true as long as there are more pages, such as `has_more`."""
    total: Path | None = None
    """Where the number of all events is."""
    size: int | None = None
    """Events of every page but the last: a page with fewer is the last. `1`: an empty page is."""


def next_token(settings: Settings, page: Page) -> str | None:
    if is_short(settings.size, page) or (settings.while_ is not None and not page.find(settings.while_)):
        return None
    offset = int(page.token or settings.first) + page.size
    if settings.total is not None and offset - settings.first >= _total(settings.total, page):
        return None
    if page.size == 0:
        raise PagingError("the page is empty, and the answer says that there are more events")
    return str(offset)


def _total(path: Path, page: Page) -> int:
    total = page.find(path)
    if isinstance(total, str) and _DIGITS.fullmatch(total):
        total = int(total)
    if not isinstance(total, int) or isinstance(total, bool):
        raise PagingError(f"total: {path} finds no number")
    return total


def kept_token(_settings: Settings, _page: Page) -> str | None:
    return None


def fields(settings: Settings, token: str | None) -> Mapping[str, str]:
    return {"offset": token or str(settings.first)}


def is_url(_settings: Settings) -> bool:
    return False


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.while_ is None and settings.total is None and settings.size is None:
        yield "total", "must have `total`, `while` or `size`, which say which page is the last"
    yield from size_problems(settings.size)
    if settings.first < 0:
        yield "first", "must be at least 0"
