"""The URL that a vendor signs, and its variants: another port, or other escapes in the query."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote_plus, urlsplit, urlunsplit

from lambdas.signatures.signature_settings import Url

if TYPE_CHECKING:
    from lambdas.reading.request import Request


def url_variants(settings: Url, request: Request) -> list[str]:
    """Return the URL that was registered at the vendor, and the variants that the definition names."""
    registered = request.url
    if settings.base:
        registered = f"{settings.base}?{request.raw_query}" if request.raw_query else settings.base
    urls = [registered]
    for variant in settings.variants:
        urls += [changed for url in urls if (changed := _VARIANTS[variant](url)) not in urls]
    return urls


def with_query(url: str, name: str, value: str) -> str:
    """Return the URL with one more query parameter."""
    return f"{url}{'&' if urlsplit(url).query else '?'}{quote(name, safe='')}={quote(value, safe='')}"


def _no_port(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=re.sub(r":\d+$", "", parts.netloc)))


def _default_port(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(
        parts._replace(netloc=parts.netloc if re.search(r":\d+$", parts.netloc) else f"{parts.netloc}:443")
    )


def _in_query(change: Callable[[str], str]) -> Callable[[str], str]:
    def changed(url: str) -> str:
        before, mark, query = url.partition("?")
        return f"{before}{mark}{change(query)}"

    return changed


def _recoded(query: str) -> str:
    """Parse the query and write it as Node's `querystring` does."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return "&".join(f"{quote(name, safe=_UNESCAPED)}={quote(value, safe=_UNESCAPED)}" for name, value in pairs)


_UNESCAPED = "-_.!~*'()"
_QUOTED = {ord(char): quote(char, safe="") for char in "'\"<>"}
_UNQUOTED = re.compile("|".join(quote(char, safe="") for char in ":/?@!$'()*,;"), re.IGNORECASE)
_VARIANTS: dict[str, Callable[[str], str]] = {
    "no_port": _no_port,
    "default_port": _default_port,
    "quoted": _in_query(lambda query: query.translate(_QUOTED)),
    "unquoted": _in_query(lambda query: _UNQUOTED.sub(lambda match: unquote_plus(match[0]), query)),
    "recoded": _in_query(_recoded),
}
