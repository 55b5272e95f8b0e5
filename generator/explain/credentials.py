"""The credentials in a request, so that `verify` can hide them: they would let a reader replay or forge a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from generator.explain.captured_case import CapturedCase
from lambdas.auth import body_hmac, credential_fields, credential_queries, leaves, sns
from lambdas.auth_type import Unauthenticated
from lambdas.model import Auth, Challenge, auths
from lambdas.reading import masking
from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions, compile_path
from lambdas.reading.request import Request
from lambdas.signatures.signature_check import carried_values, signature_texts
from lambdas.signatures.signature_settings import SignatureSettings

_ALWAYS = ("authorization", "cookie", "proxy-authorization")
_MIN_LENGTH = 16


def credentials_in(case: CapturedCase, request: Request, challenge: Challenge | None) -> Iterator[str]:
    """Yield the secrets, signatures and tokens, and the values of all fields that the definition masks."""
    for values in case.secrets.values():
        yield from values
    yield from filter(None, [urlsplit(request.url).password])
    webhook = case.source.endpoint
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
    """Yield the value, and each part of it that is long enough to be a signature."""
    yield value
    for part in value.replace(",", " ").replace(";", " ").split():
        yield from (text for text in (part, part.partition("=")[2]) if len(text) >= _MIN_LENGTH)


def _in_body(leaf: Auth, root: Any, request: Request) -> Iterator[str]:
    """Yield the signatures in a body."""
    if isinstance(leaf.settings, sns.Settings):
        yield from _texts(root.get("Signature") if isinstance(root, dict) else None)
    elif isinstance(leaf.settings, body_hmac.Settings):
        each = leaf.settings.each
        for item in (masking.field_value(root, each, request) if each else [root]) or []:
            for text in _texts(masking.field_value(item, leaf.settings.signature.path, request)):
                yield from (text, *signature_texts(leaf.settings.signature, text))
    elif isinstance(leaf.settings, SignatureSettings) and leaf.settings.signature.form:
        try:
            values = carried_values(leaf.settings.signature, request)
        except Unauthenticated:
            return
        for value in values:
            yield from (value, *signature_texts(leaf.settings.signature, value))


def _in_query(name: str, query: str) -> Iterator[str]:
    """Yield the values of a query parameter, as written and decoded."""
    for escaped_name, _, value in (pair.partition("=") for pair in query.split("&")):
        if unquote_plus(escaped_name) == name:
            yield from (value, unquote_plus(value))


def _masked(root: Any, names: Iterable[str]) -> Iterator[str]:
    masked = deepcopy(root)
    if masking.mask_fields(masked, names):
        yield from _masked_texts(root, masked)


def _masked_texts(original: Any, masked: Any) -> Iterator[str]:
    if masked == masking.MASK:
        yield from _texts(original)
    elif isinstance(original, dict) and isinstance(masked, dict):
        for name, child in original.items():
            yield from _masked_texts(child, masked.get(name))
    elif isinstance(original, list) and isinstance(masked, list):
        for child, masked_child in zip(original, masked, strict=False):
            yield from _masked_texts(child, masked_child)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _texts(child)
