"""What is fetched from vendors, and how often: a certificate, a set of public keys, a confirmation."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from time import monotonic
from urllib.parse import urlsplit

from lambdas.runtime.https_url import FetchRefused, is_allowed
from lambdas.runtime.secrets import SecretsUnavailable

FETCH_SECONDS = 2.0
"""A vendor waits some seconds for its answer, and this is only a part of it."""
MAX_FETCHED_BYTES = 65_536
FETCHES_PER_MINUTE = 20
"""Fetches of a process, since a forged message may name a certificate of its own. A source needs a few an hour."""
_fetches: deque[float] = deque(maxlen=FETCHES_PER_MINUTE)


def fetch_from_vendor(url: str, hosts: Iterable[str]) -> bytes:
    """What is at a URL of these hosts; FetchRefused where nothing is, SecretsUnavailable where no host answers."""
    if not is_allowed(url, hosts):
        raise FetchRefused("it is not at a host that may be asked")
    from lambdas.runtime.https import NoResponse, get

    host = urlsplit(url).hostname
    _count(host)
    try:
        answer = get(url, FETCH_SECONDS, MAX_FETCHED_BYTES)
    except NoResponse as error:
        raise SecretsUnavailable(str(error)) from None
    if answer.status >= 500 or answer.status == 429:
        raise SecretsUnavailable(f"{host} answers {answer.status}")
    if not 200 <= answer.status < 300:
        raise FetchRefused(f"{host} answers {answer.status}")
    if answer.status == 206 or answer.encoding != "identity":
        raise SecretsUnavailable(f"{host} answers with a part, or compressed, and was asked for neither")
    return answer.content


def _count(host: str | None) -> None:
    """Count a fetch; SecretsUnavailable where there were as many as may be within the last minute."""
    now = monotonic()
    if len(_fetches) == FETCHES_PER_MINUTE and now - _fetches[0] < 60:
        raise SecretsUnavailable(f"{host} is not asked: {FETCHES_PER_MINUTE} fetches within a minute are the most")
    _fetches.append(now)
