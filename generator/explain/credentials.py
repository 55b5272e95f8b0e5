"""What of a request nobody else may see: whoever has it could send the request again, or make another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from generator.explain.captured_case import CapturedCase
from lambdas.auth import body_hmac, credential_fields, credential_queries, leaves, sns
from lambdas.model import Auth, Challenge, auths
from lambdas.reading import masking
from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions, compile_path
from lambdas.reading.request import Request

_ALWAYS = ("authorization", "cookie", "proxy-authorization")
_FEW = 16


def credentials_in(case: CapturedCase, request: Request, challenge: Challenge | None) -> Iterator[str]:
    """Secrets, signatures and tokens, and all that the definition masks."""
    for values in case.secrets.values():
        yield from values
    yield from filter(None, [urlsplit(request.url).password])
    webhook = case.source.webhook
    for auth in auths(webhook):
        for name in dict.fromkeys([*auth.type.headers(auth.settings), *_ALWAYS]):
            yield from _in_header(request.headers.get(name, ""))
        for name in credential_queries(auth):
            yield from _in_query(name, request.raw_query)
    try:
        root = request.json if request.body else None
    except Rejected:
        root = None
    functions = Functions(request, root)
    if challenge and challenge.store_secret:
        yield from _texts(compile_path(challenge.store_secret)(root, functions))
    for leaf in (leaf for auth in auths(webhook) for leaf in leaves(auth)):
        yield from _in_body(leaf, root, request)
    yield from _masked(
        root, [*case.source.events.mask, *(name for auth in auths(webhook) for name in credential_fields(auth))]
    )


def _in_header(value: str) -> Iterator[str]:
    """The value, and each part of it that is long enough to be a signature."""
    yield value
    for part in value.replace(",", " ").replace(";", " ").split():
        yield from (one for one in (part, part.partition("=")[2]) if len(one) >= _FEW)


def _in_body(leaf: Auth, root: Any, request: Request) -> Iterator[str]:
    """The signatures that a body carries."""
    if isinstance(leaf.settings, sns.Settings):
        yield from _texts(root.get("Signature") if isinstance(root, dict) else None)
    elif isinstance(leaf.settings, body_hmac.Settings):
        each = leaf.settings.each
        for item in (masking.field_value(root, each, request) if each else [root]) or []:
            yield from _texts(masking.field_value(item, leaf.settings.signature.path, request))


def _in_query(name: str, query: str) -> Iterator[str]:
    """The values as they are written, and as they are meant."""
    for written, _, value in (one.partition("=") for one in query.split("&")):
        if unquote_plus(written) == name:
            yield from (value, unquote_plus(value))


def _masked(root: Any, names: Iterable[str]) -> Iterator[str]:
    without = deepcopy(root)
    if masking.mask_fields(without, names):
        yield from _different(root, without)


def _different(whole: Any, without: Any) -> Iterator[str]:
    if without == masking.MASK:
        yield from _texts(whole)
    elif isinstance(whole, dict) and isinstance(without, dict):
        for name, below in whole.items():
            yield from _different(below, without.get(name))
    elif isinstance(whole, list) and isinstance(without, list):
        for one, other in zip(whole, without, strict=False):
            yield from _different(one, other)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for below in value.values() if isinstance(value, dict) else value:
            yield from _texts(below)
