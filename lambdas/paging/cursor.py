"""A cursor in the answer that the next request carries: Slack, 1Password, Box, Google Workspace, most newer APIs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lambdas.model_types import Path
from lambdas.paging_style import Page, PagingError, is_short, size_problems, token_text


@dataclass(frozen=True, slots=True)
class Settings:
    """A text or number in the answer, which later requests carry as `{cursor}`."""

    at: Path
    """Where the cursor of the next page is. Without `while` and `size`, a page that has none is the last."""
    while_: Path | None = None
    """What is true as long as there are more pages, such as `has_more`."""
    size: int | None = None
    """Events of every page but the last: a page with fewer is the last. Only where the vendor never shortens a page."""
    inclusive: bool = False
    """The cursor is a time, and a page begins with all events of that second, also those of the page before."""


def next_token(settings: Settings, page: Page) -> str | None:
    cursor = _cursor(settings, page)
    if is_short(settings.size, page):
        return None
    if settings.while_ is not None:
        more = page.find(settings.while_)
        if more is None and cursor is not None:
            raise PagingError(f"while: {settings.while_} finds nothing, although the answer has a cursor")
        if not more:
            return None
    if cursor is None and (settings.while_ or settings.size):
        raise PagingError(f"at: {settings.at} finds no cursor in a page that is not the last")
    return cursor


def kept_token(settings: Settings, page: Page) -> str | None:
    return _cursor(settings, page)


def _cursor(settings: Settings, page: Page) -> str | None:
    return token_text(page.find(settings.at), f"at: {settings.at}")


def fields(_settings: Settings, token: str | None) -> Mapping[str, str]:
    return {} if token is None else {"cursor": token}


def is_url(_settings: Settings) -> bool:
    return False


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    yield from size_problems(settings.size)
