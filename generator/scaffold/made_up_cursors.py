"""Make up the cursors in links to a next page: they may say what it is that they point at, or let somebody in."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

MADE_UP = "page-2"


def made_up_url(url: str, request_url: str) -> str:
    """Return a URL of a next page with the query values of the request; all others are made up."""
    parts, known = urlsplit(url), parse_qsl(urlsplit(request_url).query)
    query = [(name, text if (name, text) in known else MADE_UP) for name, text in parse_qsl(parts.query)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def made_up_header(text: str, request_url: str) -> str:
    """Return a header that has the URL of a next page, or links as `Link` has them, with such URLs."""
    if "<" not in text:
        return made_up_url(text, request_url)
    return re.sub(r"<([^>]*)>", lambda link: f"<{made_up_url(link[1], request_url)}>", text)
