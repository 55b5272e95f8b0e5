"""The only way out to a vendor's host: a certificate, a set of public keys, a confirmation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from lambdas.secrets import SecretsDown

SECONDS = 2.0
"""A vendor waits some seconds for its answer, and this is only a part of it."""
MAX_BYTES = 65_536


class Refused(Exception):  # noqa: N818 - it names the outcome
    """The host is up and says that there is no such thing, or the URL is none that may be asked."""


@cache
def _opener() -> Any:
    """Follows no redirect. Made late: what it imports is heavy, and few sources ever ask a vendor for something."""
    import urllib.request

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    return urllib.request.build_opener(NoRedirect)


def allowed(url: str, hosts: Iterable[str]) -> bool:
    """Whether a URL is of one of these hosts, over TLS; `*` stands for one part of a name."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        plain = parts.scheme == "https" and parts.netloc.lower() in (host, f"{host}:443")
    except ValueError:
        return False
    patterns = (re.escape(one.lower()).replace(r"\*", "[a-z0-9-]+") for one in hosts)
    return plain and url.isprintable() and " " not in url and any(re.fullmatch(one, host) for one in patterns)


def fetched(url: str, hosts: Iterable[str]) -> bytes:
    """What is at a URL of these hosts; Refused where there is nothing, SecretsDown where the host does not answer."""
    if not allowed(url, hosts):
        raise Refused("it is not at a host that may be asked")
    from urllib.error import HTTPError

    host = urlsplit(url).hostname
    try:
        with _opener().open(url, timeout=SECONDS) as answer:
            content: bytes = answer.read(MAX_BYTES + 1)
    except HTTPError as error:
        with error:
            if error.code < 500 and error.code != 429:
                raise Refused(f"{host} answers {error.code}") from None
        raise SecretsDown(f"{host} answers {error.code}") from None
    except (OSError, ValueError) as error:
        raise SecretsDown(f"{host}: {type(error).__name__}") from None
    if len(content) > MAX_BYTES:
        raise Refused(f"{host} sends more than {MAX_BYTES:,} bytes")
    return content
