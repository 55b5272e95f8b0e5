"""Variants of a body that was encoded once more, or taken out of what it was sent in: a form, a JSON text."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote_plus, urlencode

from generator.explain.mistakes.rewritten import Variant

_TWICE = "pass on what was sent: the body was encoded once more on its way, or by the tool that captured it"
_FIELD = "capture the {sent}: what came was a {sent}, and the tool that captured it, or a proxy, showed {shown}"
_PAYLOAD = "payload"
"""The field of a form in which GitHub, Slack and others send JSON."""
_WINDOWS = {ord(bytes([code]).decode("cp1252", "replace")): code for code in range(0x80, 0xA0)}
_WINDOWS.pop(0xFFFD, None)


def wrapped_bodies(body: bytes) -> Iterator[Variant]:
    """Yield what the body was before it was encoded again, and the form or the JSON of which it is a part."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return
    yield from _encoded_twice(body, text)
    value = _json(text)
    if isinstance(value, str):
        yield value.encode("utf-8", "surrogatepass"), "the body without the JSON text around it: encoded twice", _TWICE
    elif isinstance(value, dict | list):
        yield from _forms(text, value)
    else:
        yield from _field_of_a_form(text)


def rarely_wrapped_bodies(body: bytes) -> Iterator[Variant]:
    """Yield what the body was before it was escaped for HTML, and its JSON as a JSON text."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return
    yield html.unescape(text).encode("utf-8", "surrogatepass"), "the body before it was escaped for HTML", _TWICE
    advice = "have the sender sign what it sends: it signs its JSON encoded as a JSON text once more"
    for quoted in (json.dumps(text), json.dumps(text, ensure_ascii=False)) if _json(text) is not None else ():
        yield quoted.encode("utf-8", "surrogatepass"), "the body as a JSON text: encoded twice", advice


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _encoded_twice(body: bytes, text: str) -> Iterator[Variant]:
    for pictured in (text, text.translate(_WINDOWS)):
        try:
            content = pictured.encode("latin-1")
            content.decode()
        except UnicodeError:
            continue
        if content != body:
            yield content, "the body before its UTF-8 was encoded as UTF-8 once more", _TWICE
    if "%25" in text:
        yield text.replace("%25", "%").encode(), "the same form, whose escapes are escaped again: encoded twice", _TWICE
    if "%3D" in text and "=" not in text:
        yield unquote_plus(text).encode(), "the same form, which is escaped as a whole: encoded twice", _TWICE
    try:
        inner = base64.b64decode(base64.b64decode("".join(text.split()), validate=True), validate=True)
    except ValueError:
        return
    yield inner, "the body decoded from base64 twice", _TWICE


def _forms(text: str, value: Any) -> Iterator[Variant]:
    """Yield the forms in which a JSON value may have been sent: in one field, or its members as fields."""
    advice = _FIELD.format(sent="form", shown="its JSON alone")
    texts = [text, *(json.dumps(value, separators=(",", ":"), ensure_ascii=escaped) for escaped in (False, True))]
    for each in dict.fromkeys(texts):
        for written in dict.fromkeys(_quoted(each)):
            yield f"{_PAYLOAD}={written}".encode(), f"a form, with the JSON in its field {_PAYLOAD}", advice
    if isinstance(value, dict) and all(isinstance(member, str) for member in value.values()):
        advice = _FIELD.format(sent="form", shown="its fields as JSON")
        for quoted in (quote_plus, quote):
            yield urlencode(value, quote_via=quoted).encode(), "a form, with these fields", advice


def _quoted(text: str) -> Iterator[str]:
    """Yield a text as the libraries of several languages write it in a form."""
    content = text.encode("utf-8", "surrogatepass")
    for quoted in (quote_plus, quote):
        for safe in ("", "*"):
            yield quoted(content, safe=safe)
            yield quoted(content, safe=safe).replace("~", "%7E")


def _field_of_a_form(text: str) -> Iterator[Variant]:
    """Yield the JSON in the only field of a form."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError:
        return
    if len(pairs) == 1 and isinstance(_json(pairs[0][1]), dict | list):
        advice = _FIELD.format(sent="JSON", shown="a form with it")
        yield pairs[0][1].encode("utf-8", "surrogatepass"), f"the JSON in the form's field {pairs[0][0]}", advice
