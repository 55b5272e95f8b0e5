"""The contract of a paging style, `PagingStyle`, and what its functions are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import urljoin


class Page(NamedTuple):
    """A page as a paging style sees it."""

    url: str
    """The URL that was asked."""
    find: Callable[[str], Any]
    """Find a path in the answer; None where it finds nothing."""
    header: Callable[[str], str | None]
    """Find a header of the answer by its name, in any case."""
    size: int
    """Events, or items of `each`, in the page."""
    token: str | None
    """What the page was asked with; None for the first page."""


MAX_TOKEN = 16_384
"""Characters of a token: it is stored after each page, and sent in a URL or a header."""


class PagingError(Exception):
    """The next page can't be asked for: its request can't be written, or the answer does not say where it is.

    The message names keys of the definition, and holds nothing of the answer.
    """


class PagingStyle(Protocol):
    """What a module in `lambdas/paging/` has. The file's name is the style's name in a definition."""

    Settings: type[Any]

    def next_token(self, settings: Any, page: Page) -> str | None:
        """Return the text with which the next page is asked; None where this was the last.

        PagingError where the answer says neither. That a token comes twice is found by the caller.
        """

    def kept_token(self, settings: Any, page: Page) -> str | None:
        """Return what `resume: paging` keeps after the last page: where the next run goes on. None: the same token."""

    def fields(self, settings: Any, token: str | None) -> Mapping[str, str]:
        """Return what texts of a request may use: `cursor`, `page` or `offset`. Empty where the token is a URL."""

    def is_url(self, settings: Any) -> bool:
        """Return whether the token is the URL of the next page, which takes the place of the request's own."""

    def problems(self, settings: Any) -> Iterator[tuple[str, str]]:
        """Yield mistakes that show only between keys: (key, what is wrong and what would be right)."""


def token_text(value: Any, place: str) -> str | None:
    """Return what the answer has at a place as a token; None where it has nothing. PagingError where it can't be one.

    Numbers are written with all their digits: Box's positions are beyond what a double holds.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise PagingError(f"{place} finds {_KINDS[type(value)]}, and must find a text or a number")
    token = str(value)
    if len(token) > MAX_TOKEN:
        raise PagingError(f"{place} finds a text of {len(token):,} characters, more than {MAX_TOKEN:,}")
    if not token.isprintable():
        raise PagingError(f"{place} finds a text with a line break or another character that no request has")
    return token


def join_url(base: str, url: str) -> str:
    """Return a URL that may be relative as an absolute one; PagingError where it is none."""
    try:
        return urljoin(base, url)
    except ValueError:
        raise PagingError("the answer leads to a text that is not a URL") from None


def is_short(size: int | None, page: Page) -> bool:
    """Return whether a page has fewer events than each page but the last has."""
    return size is not None and page.size < size


def size_problems(size: int | None) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a style's `size`."""
    if size is not None and size < 1:
        yield "size", "must be at least 1"


_KINDS = {bool: "true or false", list: "a list", dict: "an object"}
