"""What is fetched from vendors, and how often: a certificate, a set of public keys, a confirmation."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from time import monotonic
from urllib.parse import SplitResult, urlsplit

from lambdas.runtime.secrets import SecretsDown

SECONDS = 2.0
"""A vendor waits some seconds for its answer, and this is only a part of it."""
MAX_BYTES = 65_536
PER_MINUTE = 20
"""Fetches of a process, since a forged message may name a certificate of its own. A source needs a few an hour."""
_HOST = re.compile(r"[a-z0-9._-]+")
_fetches: deque[float] = deque(maxlen=PER_MINUTE)


class Refused(Exception):  # noqa: N818 - it names the outcome
    """The host is up and says that there is no such thing, or the URL is none that may be asked."""


def split(url: str) -> SplitResult:
    """Take a URL of https apart; Refused where it has a user, or where another reader may see another host in it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused("it is no URL") from None
    plain = url.isascii() and url.isprintable() and " " not in url and _HOST.fullmatch(host)
    if parts.scheme != "https" or not plain or parts.netloc.lower() not in (host, f"{host}:{port}"):
        raise Refused("it is no plain URL of https")
    return parts


def allowed(url: str, hosts: Iterable[str]) -> bool:
    """Whether a URL is of one of these hosts, over TLS; `*` stands for one part of a name."""
    try:
        parts = split(url)
    except Refused:
        return False
    patterns = (re.escape(host.lower()).replace(r"\*", "[a-z0-9-]+") for host in hosts)
    return parts.port in (None, 443) and any(re.fullmatch(pattern, parts.hostname or "") for pattern in patterns)


def fetched(url: str, hosts: Iterable[str]) -> bytes:
    """What is at a URL of these hosts; Refused where there is nothing, SecretsDown where the host does not answer."""
    if not allowed(url, hosts):
        raise Refused("it is not at a host that may be asked")
    from lambdas.runtime.https import Unanswered, exchange

    host = urlsplit(url).hostname
    _count(host)
    try:
        answer = exchange(url, SECONDS, MAX_BYTES)
    except Unanswered as error:
        raise SecretsDown(str(error)) from None
    if answer.status >= 500 or answer.status == 429:
        raise SecretsDown(f"{host} answers {answer.status}")
    if not 200 <= answer.status < 300:
        raise Refused(f"{host} answers {answer.status}")
    if answer.status == 206 or answer.encoding != "identity":
        raise SecretsDown(f"{host} answers with a part, or compressed, and was asked for neither")
    return answer.content


def _count(host: str | None) -> None:
    """Count a fetch; SecretsDown where there were as many as may be within the last minute."""
    now = monotonic()
    if len(_fetches) == PER_MINUTE and now - _fetches[0] < 60:
        raise SecretsDown(f"{host} is not asked: {PER_MINUTE} fetches within a minute are the most")
    _fetches.append(now)
