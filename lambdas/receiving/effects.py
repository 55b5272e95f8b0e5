"""What a challenge does beside being answered: a secret is learned, or a subscription confirmed."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lambdas.auth_type import Unauthenticated
from lambdas.model import Challenge, Path
from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions, compile_path
from lambdas.runtime.secrets import NoSecret, Secrets, UnusableSecret

if TYPE_CHECKING:
    from lambdas.reading.request import Request

LEARNABLE_SECRET = re.compile(r"[\x21-\x7e]{16,512}")
"""What a vendor may hand over as a secret."""


Fetch = Callable[[str, Iterable[str]], bytes]


def take_effect(
    challenge: Challenge, request: Request, secrets: Secrets, names: Sequence[str], fetch: Fetch | None = None
) -> None:
    """Unauthenticated where the request would have an effect that it must not have."""
    if challenge.store_secret:
        _learn(_found(challenge.store_secret, request), secrets, names[0])
    if challenge.confirm:
        from lambdas.runtime.fetch import fetch_from_vendor
        from lambdas.runtime.https_url import FetchRefused

        try:
            (fetch or fetch_from_vendor)(str(_found(challenge.confirm.url, request)), challenge.confirm.hosts)
        except FetchRefused as refused:
            raise Unauthenticated(f"{challenge.confirm.url} can't be called: {refused}") from None


def _found(path: Path, request: Request) -> Any:
    try:
        root = request.json if request.body else None
    except Rejected:
        root = None
    return compile_path(path)(root, Functions(request, root))


def _held(secrets: Secrets, name: str) -> tuple[str, ...]:
    try:
        return secrets.get(name)
    except NoSecret:
        return ()


def _learn(value: Any, secrets: Secrets, name: str) -> None:
    """The first one is believed; after that, only who says the same is answered."""
    if not isinstance(value, str) or not LEARNABLE_SECRET.fullmatch(value) or "{{" in value:
        raise Unauthenticated("what it hands over can't be a secret")
    try:
        stored = secrets.get(name)
        if not stored[0].strip():
            raise UnusableSecret(f"{name} is blank: delete that parameter")
        known = _is_one(value, stored)
    except NoSecret:
        known = secrets.store_new(name, value) or _is_one(value, _held(secrets, name))
    if not known:
        raise Unauthenticated("there is a secret already, and it is another one: delete that parameter first")


def _is_one(value: str, stored: Iterable[str]) -> bool:
    # Every secret is compared, whatever the first says: the time taken tells nothing.
    same = [hmac.compare_digest(value.encode(), one.strip().encode()) for one in stored]
    return any(same)
