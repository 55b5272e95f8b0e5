"""The URL of the next page in the answer, or in a header: Microsoft Graph, Microsoft 365, Salesforce, Snyk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.model_types import Header, Path
from lambdas.paging_style import Page, PagingError, is_short, join_url, size_problems, token_text


@dataclass(frozen=True, slots=True)
class Settings:
    """The URL of the next page, which takes the place of the request's URL and query."""

    at: Path | None = None
    """Where the URL is in the answer. Without `size`, a page that has none is the last."""
    header: Header | None = None
    """The header that has it, where the answer's body does not."""
    size: int | None = None
    """Events of every page but the last, where each answer has a next URL: a page with fewer is the last."""


def next_token(settings: Settings, page: Page) -> str | None:
    url = _next_url(settings, page)
    if is_short(settings.size, page):
        return None
    if url is None and settings.size is not None:
        raise PagingError(f"{_place(settings)} finds no URL in a page that is not the last")
    return url


def kept_token(settings: Settings, page: Page) -> str | None:
    return _next_url(settings, page)


def _next_url(settings: Settings, page: Page) -> str | None:
    value: Any = page.header(settings.header) if settings.header else page.find(settings.at or "")
    url = token_text(value, _place(settings))
    if url is None or (url.startswith("/") and not url.startswith("//")):
        return url  # a path is at the origin, or below `pull.url`: Snyk answers with either
    return join_url(page.url, url)


def _place(settings: Settings) -> str:
    return f"header: {settings.header}" if settings.header else f"at: {settings.at}"


def fields(_settings: Settings, _token: str | None) -> Mapping[str, str]:
    return {}


def is_url(_settings: Settings) -> bool:
    return True


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if (settings.at is None) == (settings.header is None):
        yield "at", "must have either `at` or `header`"
    yield from size_problems(settings.size)
