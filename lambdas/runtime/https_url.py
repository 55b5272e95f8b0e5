"""Which https URLs may be requested: plain ones, in which every parser sees the same host, at an allowed host."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from lambdas.runtime.http_types import FetchRefused

_HOST = re.compile(r"[a-z0-9._-]+")


def split_https_url(url: str) -> SplitResult:
    """Split an https URL; FetchRefused where it has a user, or where another parser may see another host in it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise FetchRefused("it is not a URL") from None
    plain = url.isascii() and url.isprintable() and " " not in url and _HOST.fullmatch(host)
    if parts.scheme != "https" or not plain or parts.netloc.lower() not in (host, f"{host}:{port}"):
        raise FetchRefused("it is not a plain https URL")
    return parts


def is_allowed(url: str, hosts: Iterable[str]) -> bool:
    """Return whether an https URL is at one of these hosts; `*` stands for one part of a name."""
    try:
        parts = split_https_url(url)
    except FetchRefused:
        return False
    patterns = (re.escape(host.lower()).replace(r"\*", "[a-z0-9-]+") for host in hosts)
    return parts.port in (None, 443) and any(re.fullmatch(pattern, parts.hostname or "") for pattern in patterns)
