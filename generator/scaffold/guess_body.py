"""Guess the credential that a body carries: a token, or a signature of some of its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from generator.definition.scalars import FIELD
from generator.samples.captured import Captured
from generator.scaffold import value_kinds
from generator.scaffold.answer_values import Value, scalars
from generator.scaffold.event_list import find_event_list
from generator.scaffold.first_sample import Body
from generator.scaffold.guess_signature import SIGNED_NAME, Guess
from lambdas.reading.body import Rejected, parse
from lambdas.reading.formats import media_type
from lambdas.reading.request import FORM

_TOKEN = re.compile(
    r"((shared|webhook|hook|verification|validation|verify|security)?(secret|token|passcode|passphrase))"
    r"|(shared|webhook|verification|security)key|clientstate"
)
_WITH_SIGNATURE = re.compile(r"time(stamp)?|ts|token|nonce|random")
_MOST_FIELDS = 8
UNCOVERED = "all that `signed` does not name"
"""What a definition says of what is not signed until somebody writes more."""


def body_signature(request: Captured) -> Guess | None:
    """Guess from a field with the name and the form of a signature: Mailgun's, Adyen's."""
    for each, item in _items(request):
        for member in scalars(item):
            if not SIGNED_NAME.search(member.names[-1]) or not isinstance(member.value, str):
                continue
            decoded = value_kinds.decode_signature(member.value)
            if decoded and len(decoded[1]) in value_kinds.HASH_BY_SIZE and FIELD.fullmatch(member.path):
                return _body_hmac(each, item, member, *decoded)
    return None


def _body_hmac(each: str | None, item: Any, member: Value, encoding: str, content: bytes) -> Guess:
    algorithm, signed = value_kinds.HASH_BY_SIZE[len(content)], _signed(item, member)
    settings = {
        **({"each": each} if each else {}),
        "signature": {"path": member.path, **({"encoding": encoding} if encoding != "hex" else {})},
        "signed": signed,
        "uncovered": UNCOVERED,
        **({"algorithm": algorithm} if algorithm != "sha256" else {}),
    }
    place = f"{member.path} of each item of {each}" if each else f"{member.path} in the body"
    certain = f"{place} carries {len(content)} bytes in {encoding}, as HMAC-{algorithm.upper()} makes them"
    checks = (
        f"what is signed: {signed} is a guess; the vendor names the fields, their order and what is between them",
        "what is not signed, so that anyone who has one such request could change it: write it as `uncovered`",
        "the key: the secret's text as it is, or decoded from hex or base64 first (`key`)",
    )
    return Guess({"body_hmac": settings}, (certain,), checks)


def body_token(request: Captured) -> Guess | None:
    """Guess from a field with the name of a secret, beside those of the event: Meraki's, Figma's."""
    for each, item in _items(request):
        for member in scalars(item, depth=1):
            is_token = _TOKEN.fullmatch(member.word) and isinstance(member.value, str) and member.value
            if is_token and FIELD.fullmatch(member.path) and "[]" not in (each or ""):
                settings = {**({"each": each} if each else {}), "field": member.path}
                check = f"that {member.path} in the body is a token of yours, the same in every request"
                return Guess({"body_token": settings}, (), (check,))
    return None


def _items(request: Captured) -> Iterator[tuple[str | None, Any]]:
    """Yield the body, then the first item of the list in it of which each item may carry a credential."""
    try:
        form = media_type(request.headers_by_name) == FORM
        root = dict(parse_qsl(request.body.decode(), keep_blank_values=True)) if form else parse(request.body)
    except (Rejected, ValueError):
        return
    yield None, root
    found = find_event_list(Body(root, "json", None, b"", ()), lambda _: False)
    if isinstance(root, dict) and found.path and found.items and FIELD.fullmatch(found.path):
        yield found.path, found.items[0]


def _signed(item: Any, signature: Value) -> str:
    """Return a text of the fields that stand beside a signature, a time first; else of the fields of the event."""
    beside = [member for member in scalars(item) if member.names[:-1] == signature.names[:-1] and member != signature]
    parts = [member for member in beside if _WITH_SIGNATURE.fullmatch(member.word)]
    if parts:
        parts.sort(key=lambda member: not member.word.startswith("t") or member.word == "token")
        return "".join(f"{{{member.path}}}" for member in parts)
    return ":".join(f"{{{path}}}" for path in _plain_fields(item, signature))


def _plain_fields(item: Any, signature: Value) -> Iterator[str]:
    members = [member for member in scalars(item, depth=1) if member != signature]
    yield from (member.path for member in members[:_MOST_FIELDS])
