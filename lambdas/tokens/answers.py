"""What a token endpoint answers: an access token, or why there is none (RFC 6749, 5.1 and 5.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from lambdas.credential_type import CredentialRefused, CredentialUnavailable, Token
from lambdas.runtime.http_types import HttpAnswer, HttpRequest

UNSTATED_LIFETIME = 600.0
"""Seconds for which a token is used whose lifetime the vendor does not say, as Salesforce does not."""
LONGEST_LIFETIME = 86_400.0
RENEW_BEFORE = 60.0
"""Seconds before its end at which a token is replaced, or half of its lifetime, if that is less."""
LONGEST_WORDS = 300
_LIKE_A_SECRET = re.compile(r"[A-Za-z0-9+/_=.-]{40,}")
_BUSY = (408, 425, 429)
_CODES = ("error", "errorCode", "code")
_DESCRIPTIONS = ("error_description", "errorSummary", "reason", "message", "error")


class Grant(NamedTuple):
    """What a token endpoint gave."""

    token: Token
    refresh_token: str | None


def read_grant(request: HttpRequest, answer: HttpAnswer, now: float, secrets: Iterable[str] = ()) -> Grant:
    """Return the token in an answer; CredentialRefused or CredentialUnavailable where it has none.

    `secrets` are texts of the request that no message may repeat. `now` is the time at which it was sent.
    """
    document = read_document(request, answer, secrets)
    value: Any = document.get("access_token")
    if not is_token(value):
        raise refusal(request, answer, secrets, "no access_token of which a header could be made")
    kind = document.get("token_type", "bearer")
    if str(kind).lower() != "bearer":
        words = f"a token of the type {_printable(str(kind), 40)}; only Bearer is known"
        raise refusal(request, answer, secrets, words)
    rotated = document.get("refresh_token")
    lifetime = _seconds(document.get("expires_in"))
    return Grant(Token(value, renewal_time(now, lifetime)), rotated if is_token(rotated) else None)


def read_document(request: HttpRequest, answer: HttpAnswer, secrets: Iterable[str] = ()) -> Mapping[str, Any]:
    """Return the JSON object of a successful answer."""
    host = urlsplit(request.url).netloc
    if is_busy(answer):
        raise CredentialUnavailable(f"{host} gives no token at present: it answers {answer.status}", answer)
    if not 200 <= answer.status < 300:
        raise refusal(request, answer, secrets)
    document = _parsed(answer.body)
    if document is None:
        raise refusal(request, answer, secrets, "something that is no JSON object")
    return document


def refusal(request: HttpRequest, answer: HttpAnswer, secrets: Iterable[str], words: str = "") -> CredentialRefused:
    """Return the error for an answer without a token, in the vendor's words as far as they are words."""
    host = urlsplit(request.url).netloc
    vendor_words = _vendor_words(_parsed(answer.body) or {})
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        vendor_words = vendor_words.replace(secret, "…")
    vendor_words = _LIKE_A_SECRET.sub("…", vendor_words)
    reason = ", ".join(filter(None, (words, _printable(vendor_words, LONGEST_WORDS))))
    hint = ", a redirect, which is not followed: is the URL right?" if 300 <= answer.status < 400 else ""
    return CredentialRefused(f"{host} gives no token: it answers {answer.status}{hint}{reason and ': '}{reason}")


def is_busy(answer: HttpAnswer) -> bool:
    """Return whether who answers has nothing at present, so that asking again later may help."""
    return answer.status in _BUSY or answer.status >= 500


def is_token(value: Any) -> bool:
    """Return whether a value can stand in a header."""
    return isinstance(value, str) and value.isascii() and value.isprintable() and bool(value.strip())


def renewal_time(now: float, lifetime: float) -> float:
    """Return when a token is to be replaced that lives so many seconds from now."""
    lifetime = min(lifetime, LONGEST_LIFETIME)
    return now + max(lifetime - RENEW_BEFORE, lifetime / 2)


def _seconds(value: Any) -> float:
    """Return a lifetime, which some vendors write as text."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return UNSTATED_LIFETIME
    return seconds if 0 < seconds < float("inf") else UNSTATED_LIFETIME


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _vendor_words(document: Mapping[str, Any]) -> str:
    """Return the code and the description of an error, wherever the vendor has them."""
    errors = document.get("errors")
    inner = errors[0] if isinstance(errors, list) and errors else document.get("error")
    if isinstance(inner, dict):
        document = inner
    # A code may be a number, and `"error": true` is none.
    codes = (document[name] for name in _CODES if isinstance(document.get(name), str | int))
    code = next((str(code) for code in codes if not isinstance(code, bool)), "")
    texts = (document[name] for name in _DESCRIPTIONS if isinstance(document.get(name), str))
    description = next((text for text in texts if text != code), "")
    return ", ".join(filter(None, (code, description)))


def _printable(text: str, length: int) -> str:
    shown = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * length]).split())
    return shown if len(shown) <= length else f"{shown[: length - 1]}…"
