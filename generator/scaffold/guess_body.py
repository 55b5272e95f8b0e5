"""Guess the credential that a body carries: a token, or a signature of some of its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.definition.text_values import FIELD
from generator.samples.captured import Captured
from generator.scaffold import first_sample, value_kinds
from generator.scaffold.answer_values import Value, scalars
from generator.scaffold.event_list import find_event_list
from generator.scaffold.first_sample import Body
from generator.scaffold.guess_signature import SIGNED_NAME, Guess
from lambdas.reading.body import Rejected

_TOKEN = re.compile(
    r"((shared|webhook|hook|verification|validation|verify|security)?(secret|token|passcode|passphrase))"
    r"|(shared|webhook|verification|security)key|clientstate"
)
_WITH_SIGNATURE = re.compile(r"(event)?(time(stamp)?|ts|token|nonce|random|type)")
_HASH_NAME = re.compile(r"((event|webhook|request|payload)_?)?hash", re.IGNORECASE)
_FORM_SIGNATURE = re.compile(
    r"(?P<prefix>sha-?[0-9]+[:=])?((?P<id>[^|&]{1,64})\|)?(?P<text>[^|&]+)(?P<more>&.*)?", re.DOTALL
)
_MOST_FIELDS = 8
KEY_CHECK = "the key: the secret's text as it is, or decoded from hex or base64 first (`key`)"
UNCOVERED = "all that `signed` does not name"
"""What a definition says of what is not signed until somebody writes more."""


def body_signature(request: Captured) -> Guess | None:
    """Guess from a field with the name and the form of a signature: Mailgun's, Adyen's."""
    for each, item in _items(request):
        for member in scalars(item):
            name = member.names[-1]
            if not (SIGNED_NAME.search(name) or _HASH_NAME.fullmatch(name)) or not isinstance(member.value, str):
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
        **_timestamp(item, member, signed),
    }
    place = f"{member.path} of each item of {each}" if each else f"{member.path} in the body"
    certain = f"{place} carries {len(content)} bytes in {encoding}, as HMAC-{algorithm.upper()} makes them"
    checks = (
        f"what is signed: {signed} is a guess; the vendor names the fields, their order and what is between them",
        "what is not signed, so that anyone who has one such request could change it: write it as `uncovered`",
        KEY_CHECK,
    )
    return Guess({"body_hmac": settings}, (certain,), checks)


def form_signature(request: Captured) -> Guess | None:
    """Guess from a field of a form that is a signature of the only other field: Transloadit's, Braintree's."""
    fields = first_sample.form_pairs(request)
    signatures = [(name, value) for name, value in fields if SIGNED_NAME.search(name) and isinstance(value, str)]
    others = [(name, value) for name, value in fields if not SIGNED_NAME.search(name)]
    match = _FORM_SIGNATURE.fullmatch(signatures[0][1]) if len(signatures) == len(others) == 1 else None
    decoded = value_kinds.decode_signature(match["text"]) if match else None
    if not match or not decoded or not (algorithm := value_kinds.HASH_BY_SIZE.get(len(decoded[1]))):
        return None
    name, (other, value) = signatures[0][0], others[0]
    prefix = "*|" if match["id"] else match["prefix"] or ""
    place = {**({"prefix": prefix} if prefix else {}), **({"encoding": decoded[0]} if decoded[0] != "hex" else {})}
    hashed = {"algorithm": algorithm} if algorithm != "sha256" else {}
    certain = (
        f"{name} of the form carries {len(decoded[1])} bytes in {decoded[0]}, as HMAC-{algorithm.upper()} makes them"
    )
    checks = (f"that {other} is what is signed, as it is in the form", KEY_CHECK)
    if first_sample.is_json(value):
        settings: dict[str, Any] = {"signature": {"form": name, **place}, "signed": f"{{form('{other}')}}", **hashed}
        return Guess({"hmac": settings}, (certain,), checks)
    place |= {"split": "&"} if prefix else {}
    body_hmac = {"signature": {"path": name, **place}, "signed": f"{{{other}}}", "uncovered": UNCOVERED, **hashed}
    return Guess({"body_hmac": body_hmac}, (certain,), checks)


def credential_fields(auth: Mapping[str, Any]) -> list[str]:
    """Return the fields of the body that carry the credential of settings that were guessed."""
    settings = auth.get("body_token") or auth.get("body_hmac") or {}
    field, each = settings.get("field") or settings.get("signature", {}).get("path"), settings.get("each")
    if not field:
        return []
    return [f"{each if '[]' in each else f'{each}[]'}.{field}" if each else field]


def _timestamp(item: Any, signature: Value, signed: str) -> dict[str, Any]:
    """Return where the time of signing is, where a field that is signed has one."""
    for member in scalars(item):
        format_of_time = value_kinds.time_format(str(member.value)) if f"{{{member.path}}}" in signed else None
        if format_of_time and member.names[:-1] == signature.names[:-1] and FIELD.fullmatch(member.path):
            return {
                "timestamp": {"path": member.path, **({"format": format_of_time} if format_of_time != "unix" else {})}
            }
    return {}


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
        root = first_sample.body_value(request)
    except (Rejected, ValueError):
        return
    yield None, root
    events = find_event_list(Body(root, "json", None, b"", ()), lambda _: False)
    if isinstance(root, dict) and events.path and events.items and FIELD.fullmatch(events.path):
        yield events.path, events.items[0]


def _signed(item: Any, signature: Value) -> str:
    """Return a text of the fields that stand beside a signature, a time first; else of the fields of the event."""
    beside = [member for member in scalars(item) if member.names[:-1] == signature.names[:-1] and member != signature]
    parts = [member for member in beside if _WITH_SIGNATURE.fullmatch(member.word)]
    if parts and any(member.word not in ("type", "eventtype") for member in parts):
        parts.sort(key=lambda member: not re.search(r"time|ts$", member.word))
        return "".join(f"{{{member.path}}}" for member in parts)
    return ":".join(f"{{{path}}}" for path in _plain_fields(item, signature))


def _plain_fields(item: Any, signature: Value) -> Iterator[str]:
    members = [member for member in scalars(item, depth=1) if member != signature]
    yield from (member.path for member in members[:_MOST_FIELDS])
