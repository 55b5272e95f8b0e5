"""A static token in the body, in every item of a list: Microsoft Graph's `clientState`."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model_types import Field, SecretName
from lambdas.reading import masking
from lambdas.reading.body import Rejected
from lambdas.reading.unverified_request import refuse_compressed_body
from lambdas.signatures.keys import secret_texts, usable_keys

if TYPE_CHECKING:
    from lambdas.reading.request import Request


@dataclass(frozen=True, slots=True)
class Settings:
    """A static token in the body. It is masked before the event goes anywhere."""

    field: Field
    """Where the token is, in each item or, without `each`, in the body."""
    each: Field | None = None
    """The list, every item of which must carry the token. An empty one is refused."""
    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds the token."""


def verified_by(_settings: Settings) -> Literal["handler"]:
    """Authorizers never see the body."""
    return "handler"


def headers(_settings: Settings) -> tuple[str, ...]:
    return ()


def masked_fields(settings: Settings) -> tuple[str, ...]:
    return (_full_path(settings),)


def read_secret(_settings: Settings, stored: str) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in secret_texts(stored))


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, _now: float) -> None:
    refuse_compressed_body(request)
    try:
        root = request.json
    except Rejected:
        raise Unauthenticated("the body is not JSON") from None
    items = [root]
    if settings.each:
        items = masking.field_value(root, settings.each, request)
        if not isinstance(items, list) or not items:
            raise Unauthenticated(f"{settings.each} is not a list with something in it")
    usable = usable_keys(settings, lookup_secret, read_secret)
    valid = [_is_valid(_received_token(settings, item, request), usable.keys) for item in items]
    if not all(valid):
        holder = f"an item of {settings.each}" if settings.each else "the body"
        raise usable.refusal(f"{settings.field} of {holder} is not the secret")


def _is_valid(received: bytes, secrets: tuple[bytes, ...]) -> bool:
    # Every secret is compared, also after a match, so that the time taken reveals nothing.
    matches = [hmac.compare_digest(received, secret) for secret in secrets]
    return any(matches)


def _received_token(settings: Settings, item: Any, request: Request) -> bytes:
    token = masking.field_value(item, settings.field, request)
    return token.encode("utf-8", "surrogatepass") if isinstance(token, str) else b""


def sign(settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, _now: float) -> OutgoingRequest:
    root = json.loads(outgoing.body)
    masking.replace_field(
        root, _full_path(settings), usable_keys(settings, lookup_secret, read_secret).current.decode()
    )
    return outgoing._replace(body=json.dumps(root).encode())


def _full_path(settings: Settings) -> str:
    return f"{settings.each}[].{settings.field}" if settings.each else settings.field


def describe(settings: Settings) -> str:
    return f"a token in the body, {_full_path(settings)}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.each and "[]" in settings.each:
        yield "each", "is where the list is, without []: what is verified and what is masked would not be the same"
    if "[]" in settings.field:
        yield "field", "is one field, without []; `each` says of which list every item must have it"
