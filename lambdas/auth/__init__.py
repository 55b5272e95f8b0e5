"""Auth types: one file per way to verify a sender.

The file's name is the type's name in a definition. What is here is asked of any type, or of types made of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lambdas.runtime.secrets import UnusableSecret
from lambdas.signatures.keys import usable_keys

if TYPE_CHECKING:
    from lambdas.auth_type import SecretLookup
    from lambdas.model import Auth, Source
    from lambdas.reading.request import Request
    from lambdas.runtime.secrets import Secrets

from lambdas.auth_type import Unauthenticated


def verify_or_reread_secrets(auth: Auth, request: Request, secrets: Secrets) -> None:
    """Raise Unauthenticated unless the request is authentic; a rotation that has just happened is noticed."""
    try:
        auth.type.verify(auth.settings, request, secrets.get, request.time)
    except (Unauthenticated, UnusableSecret):
        reread = [secrets.reread(name) for name in secret_names(auth)]
        if not any(reread):
            raise
        auth.type.verify(auth.settings, request, secrets.get, request.time)


def leaves(auth: Auth) -> Iterator[Auth]:
    """The types that do verify, where one is made of others."""
    of = getattr(auth.settings, "of", None)
    if of is None:
        yield auth
    else:
        for one in of:
            yield from leaves(one)


def secret_names(auth: Auth) -> tuple[str, ...]:
    """The parameters that hold secrets, or public keys; none where no type stores one."""
    names = (getattr(one.settings, "secret", None) for one in leaves(auth))
    return tuple(dict.fromkeys(str(name) for name in names if name))


def current_secret(auth: Auth, lookup_secret: SecretLookup) -> str:
    """The secret that replies are made with, without white space around it; UnusableSecret where it is no secret."""
    leaf = next(one for one in leaves(auth) if secret_names(one))
    read_secret: Any = leaf.type.read_secret  # type: ignore[attr-defined]  # whoever has a secret has it
    _ = usable_keys(leaf.settings, lookup_secret, read_secret).current
    return lookup_secret(leaf.settings.secret)[0].strip()


def hmac_texts(auth: Auth, request: Request) -> Iterator[bytes]:
    """The texts of which the request may carry an HMAC under the secret."""
    for one in leaves(auth):
        try:
            yield from getattr(one.type, "hmac_texts", lambda *_: ())(one.settings, request)
        except Unauthenticated:
            continue  # it lacks what this way signs


def wheels(auth: Auth) -> tuple[str, ...]:
    """The third-party packages that verifying imports."""
    return _all(auth, "wheels")


def credential_fields(auth: Auth) -> tuple[str, ...]:
    """The fields of the body that hold a secret."""
    return _all(auth, "masked_fields")


def masked_fields(source: Source) -> tuple[str, ...]:
    """The fields of the body that hold a secret, by the ways of verifying and by the definition."""
    ways = (source.webhook.auth, *(one.auth for one in source.webhook.challenges if one.auth))
    return (*(name for auth in ways for name in credential_fields(auth)), *source.events.mask)


def credential_queries(auth: Auth) -> tuple[str, ...]:
    """The query parameters that carry a credential: never logged, kept or sent on."""
    found = (getattr(one.settings, "query", None) for one in leaves(auth))
    return tuple(dict.fromkeys(str(name) for name in found if name))


def credential_headers(auths: Iterable[Auth]) -> tuple[str, ...]:
    """The headers that carry a credential, of any of these."""
    return tuple(dict.fromkeys(name for auth in auths for name in auth.type.headers(auth.settings)))


def _all(auth: Auth, function: str) -> tuple[str, ...]:
    found = (getattr(one.type, function, lambda _settings: ())(one.settings) for one in leaves(auth))
    return tuple(dict.fromkeys(name for names in found for name in names))
