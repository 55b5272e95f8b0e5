"""Pages by number: HCP Terraform, and many older APIs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lambdas.model_types import Path
from lambdas.paging_style import Page, is_short, size_problems


@dataclass(frozen=True, slots=True)
class Settings:
    """Pages by number, which requests carry as `{page}`, also the first."""

    first: int = 1
    """The first page's number."""
    while_: Path | None = None
    """What is true as long as there are more pages, such as `pagination.next_page`, or `page < pages`."""
    size: int | None = None
    """Events of every page but the last: a page with fewer is the last. `1`: an empty page is."""


def next_token(settings: Settings, page: Page) -> str | None:
    if is_short(settings.size, page) or (settings.while_ is not None and not page.find(settings.while_)):
        return None
    return str(int(page.token or settings.first) + 1)


def kept_token(_settings: Settings, _page: Page) -> str | None:
    return None


def fields(settings: Settings, token: str | None) -> Mapping[str, str]:
    return {"page": token or str(settings.first)}


def is_url(_settings: Settings) -> bool:
    return False


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.while_ is None and settings.size is None:
        yield "while", "must have `while` or `size`, which say which page is the last; `size: 1` for an empty page"
    yield from size_problems(settings.size)
    if settings.first < 0:
        yield "first", "must be at least 0"
