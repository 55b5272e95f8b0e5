"""Mistakes in the signed URL: another scheme, host, port, path or query."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import permutations
from typing import get_args
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from generator.definition.text_values import URL
from generator.explain.mistakes import Mistake, VerificationAttempt
from lambdas.model_types import UrlBase
from lambdas.signatures.public_url import url_variants
from lambdas.signatures.signature_settings import Url, UrlVariant

AXES = ("host", "scheme", "port", "path", "query")
_STAGES = ("/prod", "/dev", "/default", "/$default")
_VARIANTS: tuple[tuple[UrlVariant, ...], ...] = ((), *((variant,) for variant in get_args(UrlVariant)))
_FEW = 4
"""Parameters of a query up to which every order of them is tried."""
_OWN_URL = "tell the vendor the endpoint's own URL"
Change = Callable[[str], str]


def signed_url(attempt: VerificationAttempt) -> str:
    """Return the URL that the definition takes for the signed one."""
    return url_variants(attempt.settings.url or Url(), attempt.request)[0]


def url_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield other URLs that the vendor may have signed, without advice: `findings` gives it for the URL as a whole."""
    known = {signed_url(attempt)}
    for axis, diagnosis, change in _changes(signed_url(attempt), attempt):
        if (changed := change(signed_url(attempt))) not in known:
            known.add(changed)
            yield Mistake(axis, diagnosis, "", partial(_with_changed_url, change))


def url_advice(attempt: VerificationAttempt, url: str) -> str:
    """Return what to do where another URL was signed: the setting with which the request verifies, if there is any."""
    own: Url = attempt.settings.url or Url()
    base = url.partition("?")[0]
    bases = [own.base, UrlBase(base)] if URL.fullmatch(base) and "#" not in base else [own.base]
    for candidate in [Url(base, variants) for base in bases for variants in _VARIANTS]:
        if attempt.with_settings(url=candidate).verifies:
            written = [f'base: "{candidate.base}"'] if candidate.base else []
            written += [f"variants: [{', '.join(candidate.variants)}]"] if candidate.variants else []
            return f"in the definition, `url: {{{', '.join(written)}}}`, or {_OWN_URL}"
    return f"{_OWN_URL}: no `url` in a definition stands for the one that was signed"


def _with_changed_url(change: Change, attempt: VerificationAttempt) -> VerificationAttempt:
    changed = attempt.with_request(url=change(signed_url(attempt)))
    own: Url = attempt.settings.url or Url()
    return changed.with_settings(url=replace(own, base=None)) if own.base else changed


def _changes(url: str, attempt: VerificationAttempt) -> Iterator[tuple[str, str, Change]]:
    scheme = "http" if urlsplit(url).scheme == "https" else "https"
    yield "scheme", f"with {scheme}", lambda changed: urlunsplit(urlsplit(changed)._replace(scheme=scheme))
    yield from _hosts(url, attempt)
    yield from _paths(url)
    yield from _queries(urlsplit(url).query)
    yield "host", "without scheme and host", lambda changed: urlsplit(changed)._replace(scheme="", netloc="").geturl()


def _hosts(url: str, attempt: VerificationAttempt) -> Iterator[tuple[str, str, Change]]:
    for name in ("host", "x-forwarded-host", "x-original-host"):
        if host := attempt.request.headers.get(name):
            yield "host", f"with the host of the header {name}", partial(_with_host, host)
    yield "port", "without its port", lambda changed: _with_host(_without_port(changed), changed)
    forwarded = attempt.request.headers.get("x-forwarded-port", "")
    for port in dict.fromkeys(["443", "80", "8443", "8080", *([forwarded] if forwarded.isdecimal() else [])]):
        yield "port", f"with the port {port}", partial(_with_port, port)
    yield "host", "with the host in lower case", partial(_with_host, _without_port(url).lower())


def _with_host(host: str, url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(netloc=host))


def _without_port(url: str) -> str:
    return re.sub(r":\d+$", "", urlsplit(url).netloc)


def _with_port(port: str, url: str) -> str:
    return _with_host(f"{_without_port(url)}:{port}", url)


def _paths(url: str) -> Iterator[tuple[str, str, Change]]:
    path = urlsplit(url).path
    yield "path", "without the slash at its end", partial(_path, path.rstrip("/"))
    yield "path", "with a slash at its end", partial(_path, f"{path.rstrip('/')}/")
    first, rest = path[1:].partition("/")[::2]
    if rest:
        yield "path", f"without /{first}, as without a stage", partial(_path, f"/{rest}")
    for stage in _STAGES:
        yield "path", f"with {stage} before its path, as of a stage", partial(_path, f"{stage}{path}")
    yield "path", "with a path that is not escaped", partial(_path, unquote(path))


def _path(path: str, url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=path))


def _queries(query: str) -> Iterator[tuple[str, str, Change]]:
    for diagnosis, change in (
        ("without its query", lambda _: ""),
        ("with its query written anew", lambda query: urlencode(_pairs(query))),
        ("with %20 for a space in its query", lambda query: urlencode(_pairs(query), quote_via=quote)),
        ("with its query sorted", lambda query: urlencode(sorted(_pairs(query)))),
        ("with a query that is not escaped", unquote),
        ("with JavaScript's escapes in its query", lambda query: _javascript(_pairs(query))),
    ):
        yield "query", diagnosis, partial(_query, change)
    for change in _orders(query):
        yield "query", "with its query in another order", partial(_query, change)


def _orders(query: str) -> Iterator[Change]:
    """Yield the changes to other orders of a query's parts, of which there are few."""
    count = len(query.split("&"))
    for order in permutations(range(count)) if 1 < count <= _FEW else ():
        yield partial(_in_order, order)


def _in_order(order: tuple[int, ...], query: str) -> str:
    parts = query.split("&")
    return "&".join(parts[index] for index in order) if len(parts) == len(order) else query


def _query(change: Change, url: str) -> str:
    base, mark, query = url.partition("?")
    return f"{base}?{changed}" if mark and (changed := change(query)) else base


def _pairs(query: str) -> Sequence[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def _javascript(pairs: Sequence[tuple[str, str]]) -> str:
    return urlencode(pairs, quote_via=quote, safe="-_.!~*'()")
