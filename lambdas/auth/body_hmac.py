"""An HMAC in the body, over some of its fields: Adyen's standard notifications, Mailgun. Other fields are unsigned."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model_types import Field, SecretName, Text
from lambdas.reading import masking
from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions, compile_path
from lambdas.reading.request import Request
from lambdas.reading.text_templates import template_parts, template_paths
from lambdas.reading.unverified_request import refuse_compressed_body
from lambdas.runtime.times import format_time
from lambdas.signatures import signature_check
from lambdas.signatures.body_settings import BodySignature, BodyTime
from lambdas.signatures.encodings import encode_bytes
from lambdas.signatures.keys import KeyEncoding, key_problems, read_key, usable_keys

PLAIN = KeyEncoding()
MAX_ITEMS = 1_000


@dataclass(frozen=True, slots=True)
class Settings:
    """An HMAC in the body, over fields of it."""

    signature: BodySignature
    """Where the signature is."""
    signed: Text
    """What is signed: fields of the item, and what stands between them. One that is absent is empty."""
    uncovered: str
    """What of the body the signature does not cover, so that a reader knows what anyone could change."""
    timestamp: BodyTime | None = None
    """Where the time of signing is; without it there is no replay window."""
    each: Field | None = None
    """The items, each with a signature of its own. Without it, the body has one. None at all is refused."""
    algorithm: Literal["sha256", "sha1", "sha384", "sha512"] = "sha256"
    """The hash function."""
    key: KeyEncoding = PLAIN
    """How the stored secret becomes the key. Without it, its UTF-8 bytes are."""
    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds the secret."""


def verified_by(_settings: Settings) -> Literal["handler"]:
    """Authorizers never see the body."""
    return "handler"


def headers(_settings: Settings) -> tuple[str, ...]:
    return ()


def masked_fields(settings: Settings) -> tuple[str, ...]:
    """Somebody who reads a signature could send its fields again, with another body around them."""
    if not settings.each:
        return (settings.signature.path,)
    items = settings.each if "[]" in settings.each else f"{settings.each}[]"
    return (f"{items}.{settings.signature.path}",)


def read_secret(settings: Settings, stored: str) -> tuple[bytes, ...]:
    return read_key(settings.key, stored)


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, now: float) -> None:
    refuse_compressed_body(request)
    try:
        items = _items(settings, request.json, request)
        texts = [_text(settings, item, request) for item in items]
    except Rejected:
        raise Unauthenticated("the body is not what is signed: it can't be taken apart") from None
    if not items:
        raise Unauthenticated(f"{settings.each} is not a list with something in it")
    usable = usable_keys(settings, lookup_secret, read_secret)
    valid = [_is_valid(settings, item, text, usable.keys, request) for item, text in zip(items, texts, strict=True)]
    if not all(valid):
        raise usable.refusal(f"{settings.signature.path} is not a signature of its fields with the secret")
    if stamp := settings.timestamp:
        for item in items:
            signature_check.check_age(masking.field_value(item, stamp.path, request), stamp.path, stamp, now)


def _is_valid(settings: Settings, item: Any, text: bytes, keys: tuple[bytes, ...], request: Request) -> bool:
    received = _received_signatures(settings.signature, item, request)
    expected = [hmac.digest(key, text, settings.algorithm) for key in keys]
    # Every pair is compared, also after a match, so that the time taken reveals nothing.
    matches = [hmac.compare_digest(*pair) for pair in product(expected, received)]
    return any(matches)


def _items(settings: Settings, root: Any, request: Request) -> list[Any]:
    items = masking.field_value(root, settings.each, request) if settings.each else [root]
    if not isinstance(items, list):
        return []
    # Each item costs an HMAC before the sender is known.
    if len(items) > MAX_ITEMS:
        raise Unauthenticated(f"{settings.each} has more than {MAX_ITEMS:,} items")
    return items


def _text(settings: Settings, item: Any, request: Request) -> bytes:
    functions = Functions(request, item)
    parts = (
        part if kind == "literal" else _signed_value(compile_path(part)(item, functions))
        for kind, part in template_parts(settings.signed)
    )
    return "".join(parts).encode("utf-8", "surrogatepass")


def _signed_value(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _received_signatures(signature: BodySignature, item: Any, request: Request) -> list[bytes]:
    value = masking.field_value(item, signature.path, request)
    return signature_check.decoded_signatures(signature, value) if isinstance(value, str) else []


def sign(settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float) -> OutgoingRequest:
    from lambdas.signatures.form_make import put_value, read_json_or_form, write_json_or_form

    root, request = read_json_or_form(outgoing), Request.from_outgoing(outgoing, now)
    key, stamp = usable_keys(settings, lookup_secret, read_secret).current, settings.timestamp
    for item in _items(settings, root, request):
        if stamp:
            text = format_time(now, stamp.format)
            is_number = isinstance(masking.field_value(item, stamp.path, request), int)
            put_value(item, stamp.path, int(text) if is_number else text)
        digest = hmac.digest(key, _text(settings, item, request), settings.algorithm)
        written = encode_bytes(digest, settings.signature.encoding)
        put_value(item, settings.signature.path, f"{settings.signature.prefix.replace('*', 'id')}{written}")
    return write_json_or_form(outgoing, root)


def describe(settings: Settings) -> str:
    window = f", at most {settings.timestamp.tolerance} s old" if settings.timestamp else ""
    return (
        f'HMAC-{settings.algorithm.upper()} of "{settings.signed}" in the body, {settings.signature.path}{window}; '
        f"not covered: {settings.uncovered}"
    )


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    from lambdas.signatures.signature_problems import part_problems, window_problems

    if not template_paths(settings.signed):
        yield "signed", "has no field of the body, so one signature would be good for every event"
    if "[]" in settings.signature.path:
        yield "signature.path", "is one field, without []; `each` finds the items, each with a signature of its own"
    signature = settings.signature
    yield from part_problems("signature", signature.prefix, signature.split, signature.part)
    yield from key_problems(settings.key)
    if stamp := settings.timestamp:
        yield from window_problems(stamp.tolerance, None)
        if stamp.path not in template_paths(settings.signed):
            yield "timestamp.path", f"is not part of what is signed; take it out, or add {{{stamp.path}}} to `signed`"
    if not settings.uncovered.strip():
        yield "uncovered", "says what of the body the signature does not cover"
