"""Fetch a certificate, public keys or a confirmation URL from a vendor, within limits of time, size and rate."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from time import monotonic
from urllib.parse import urlsplit

from lambdas.runtime.http_types import FetchFailed, FetchRefused, HttpRequest
from lambdas.runtime.https_url import is_allowed
from lambdas.runtime.secrets import SecretsUnavailable

FETCH_SECONDS = 2.0
"""The vendor waits some seconds for its own answer, and the fetch may take only a part of them."""
MAX_FETCHED_BYTES = 65_536
FETCHES_PER_MINUTE = 20
"""Fetches by one process: a forged message may name a new certificate each time. A source needs a few an hour."""
_fetches: deque[float] = deque(maxlen=FETCHES_PER_MINUTE)


def fetch_from_vendor(url: str, hosts: Iterable[str]) -> bytes:
    """Return the content at a URL of these hosts; FetchRefused where none is, SecretsUnavailable where none answers."""
    if not is_allowed(url, hosts):
        raise FetchRefused("its host is not in the list of allowed hosts")
    from lambdas.runtime.fetch import fetch

    host = urlsplit(url).hostname
    _count(host)
    try:
        answer = fetch(HttpRequest("GET", url, {}), FETCH_SECONDS, MAX_FETCHED_BYTES)
    except FetchRefused:
        raise
    except FetchFailed as error:
        raise SecretsUnavailable(str(error)) from None
    if answer.status >= 500 or answer.status == 429:
        raise SecretsUnavailable(f"{host} answers {answer.status}")
    if not 200 <= answer.status < 300:
        raise FetchRefused(f"{host} answers {answer.status}")
    if answer.status == 206:
        raise SecretsUnavailable(f"{host} answers with a part, and the request asks for the whole")
    return answer.body


def _count(host: str | None) -> None:
    """Count a fetch; SecretsUnavailable where the last minute had as many as are allowed."""
    now = monotonic()
    if len(_fetches) == FETCHES_PER_MINUTE and now - _fetches[0] < 60:
        raise SecretsUnavailable(
            f"{host} is not asked: at most {FETCHES_PER_MINUTE} fetches within a minute are allowed"
        )
    _fetches.append(now)
