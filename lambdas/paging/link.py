"""The `Link` header (RFC 8288), whose relation `next` is the URL of the next page: GitHub, GitLab, Okta, Auth0."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lambdas.paging_style import Page, PagingError, is_short, join_url, size_problems, token_text


@dataclass(frozen=True, slots=True)
class Settings:
    """The URL of the next page in the header `Link`, which takes the place of the request's URL and query."""

    size: int | None = None
    """Events of every page but the last, where each answer has a next link: a page with fewer is the last."""


def next_token(settings: Settings, page: Page) -> str | None:
    url = _next_link(page)
    if is_short(settings.size, page):
        return None
    if url is None and settings.size is not None:
        raise PagingError("the answer has no next link, and its page is not the last")
    return url


def kept_token(_settings: Settings, page: Page) -> str | None:
    return _next_link(page)


def _next_link(page: Page) -> str | None:
    for target, parameters in parse_links(page.header("link") or ""):
        relations = parameters.get("rel", "").lower().split()
        # A link with an anchor is that of another resource.
        if "next" in relations and join_url(page.url, parameters.get("anchor", "")) == page.url:
            return token_text(join_url(page.url, target), "the next link")
    return None


# https://www.rfc-editor.org/rfc/rfc8288#appendix-B.2; each step takes at least one character, or ends the link.
_TARGET = re.compile(r"<([^>]*)>")
_PARAMETER = re.compile(r"""\s*;\s*([^\s=;,"]*)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?""", re.DOTALL)
_END = re.compile(r"\s*(?:;\s*)?(?:,[\s,]*|\Z)")


def parse_links(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each link's target, and its parameters by their names in lower case; of a repeated one, the first.

    PagingError where the header is malformed: its rest might have the next link.
    """
    offset = len(header) - len(header.lstrip(" \t,"))
    while offset < len(header):
        if not (target := _TARGET.match(header, offset)):
            raise PagingError("the header Link is not written as RFC 8288 has it")
        parameters: dict[str, str] = {}
        offset = target.end()
        while parameter := _PARAMETER.match(header, offset):
            name, quoted, token = parameter.groups()
            value = re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL) if quoted is not None else token or ""
            if name:
                parameters.setdefault(name.lower(), value)
            offset = parameter.end()
        if not (end := _END.match(header, offset)):
            raise PagingError("the header Link is not written as RFC 8288 has it")
        yield target[1].strip(), parameters
        offset = end.end()


def fields(_settings: Settings, _token: str | None) -> Mapping[str, str]:
    return {}


def is_url(_settings: Settings) -> bool:
    return True


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    yield from size_problems(settings.size)
