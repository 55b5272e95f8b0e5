"""The effects of a challenge beside its reply: storing a secret, or confirming a subscription by calling a URL."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lambdas.auth_type import Unauthenticated
from lambdas.model import Challenge
from lambdas.model_types import Path
from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions, compile_path
from lambdas.runtime.secrets import NoSecret, Secrets, UnusableSecret

if TYPE_CHECKING:
    from lambdas.reading.request import Request

LEARNABLE_SECRET = re.compile(r"[\x21-\x7e]{16,512}")
"""A text that a vendor may hand over as a secret."""

Fetch = Callable[[str, Iterable[str]], bytes]


def take_effect(
    challenge: Challenge, request: Request, secrets: Secrets, names: Sequence[str], fetch: Fetch | None = None
) -> None:
    """Store the secret or call the URL that the challenge brings; Unauthenticated where that is not allowed."""
    if challenge.store_secret:
        _learn_secret(_value_at(challenge.store_secret, request), secrets, names[0])
    if challenge.confirm:
        from lambdas.runtime.http_types import FetchRefused
        from lambdas.runtime.vendor_fetch import fetch_from_vendor

        try:
            (fetch or fetch_from_vendor)(str(_value_at(challenge.confirm.url, request)), challenge.confirm.hosts)
        except FetchRefused as error:
            raise Unauthenticated(f"{challenge.confirm.url} can't be called: {error}") from None


def _value_at(path: Path, request: Request) -> Any:
    try:
        root = request.json if request.body else None
    except Rejected:
        root = None
    return compile_path(path)(root, Functions(request, root))


def _stored_values(secrets: Secrets, name: str) -> tuple[str, ...]:
    try:
        return secrets.get(name)
    except NoSecret:
        return ()


def _learn_secret(value: Any, secrets: Secrets, name: str) -> None:
    """Store the first secret that is handed over; Unauthenticated for a later one that differs from what is stored."""
    if not isinstance(value, str) or not LEARNABLE_SECRET.fullmatch(value) or "{{" in value:
        raise Unauthenticated("what it hands over can't be a secret")
    try:
        stored = secrets.get(name)
        if not stored[0].strip():
            raise UnusableSecret(f"{name} is blank: delete that parameter")
        accepted = _is_any_of(value, stored)
    except NoSecret:
        accepted = secrets.store_new(name, value) or _is_any_of(value, _stored_values(secrets, name))
    if not accepted:
        raise Unauthenticated("there is a secret already, and it is another one: delete that parameter first")


def _is_any_of(value: str, stored: Iterable[str]) -> bool:
    # Every secret is compared, also after a match, so that the time taken reveals nothing.
    matches = [hmac.compare_digest(value.encode(), secret.strip().encode()) for secret in stored]
    return any(matches)
