"""Auth types: one file per way to verify a sender.

The file's name is the type's name in a definition. This module answers questions about any configured type, also
about one that combines others: its secrets, its credentials, its packages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from lambdas.auth_type import Unauthenticated
from lambdas.model import auths
from lambdas.runtime.secrets import UnusableSecret

if TYPE_CHECKING:
    from lambdas.auth_type import SecretLookup
    from lambdas.model import Auth, Source
    from lambdas.reading.request import Request
    from lambdas.runtime.secrets import Secrets


def verify_or_reread_secrets(auth: Auth, request: Request, secrets: Secrets) -> None:
    """Raise Unauthenticated unless the request is authentic; after a refusal, reread the secrets and try once more."""
    try:
        auth.type.verify(auth.settings, request, secrets.get, request.time)
    except (Unauthenticated, UnusableSecret):
        reread = [secrets.reread(name) for name in secret_names(auth)]
        if not any(reread):
            raise
        auth.type.verify(auth.settings, request, secrets.get, request.time)


def leaves(auth: Auth) -> Iterator[Auth]:
    """Yield the types that verify something themselves: the type, or the ones that it combines."""
    of = getattr(auth.settings, "of", None)
    if of is None:
        yield auth
    else:
        for each in of:
            yield from leaves(each)


def secret_names(auth: Auth) -> tuple[str, ...]:
    """Return the names of the parameters that hold secrets or public keys; empty where no type stores one."""
    names: list[str | None] = []
    for settings in (leaf.settings for leaf in leaves(auth)):
        names += (getattr(settings, "secret", None), *getattr(getattr(settings, "key", None), "other_secrets", ()))
    return tuple(dict.fromkeys(str(name) for name in names if name))


def current_secret(auth: Auth, lookup_secret: SecretLookup) -> str:
    """Return the secret that replies are signed with, stripped; UnusableSecret where the type can't use it."""
    # Imported late, since a source that stores no secret does without it. The types that store one import it, too.
    from lambdas.signatures.keys import usable_keys

    leaf = next(leaf for leaf in leaves(auth) if secret_names(leaf))
    read_secret: Any = leaf.type.read_secret  # type: ignore[attr-defined]  # whoever has a secret has it
    _ = usable_keys(leaf.settings, lookup_secret, read_secret).current
    return lookup_secret(leaf.settings.secret)[0].strip()


def hmac_texts(auth: Auth, request: Request) -> Iterator[bytes]:
    """Yield the texts of which the request may carry an HMAC under the secret."""
    for leaf in leaves(auth):
        try:
            yield from getattr(leaf.type, "hmac_texts", lambda *_: ())(leaf.settings, request)
        except Unauthenticated:
            continue  # the request lacks a piece of this type's text


def wheels(auth: Auth) -> tuple[str, ...]:
    """Return the third-party packages that verifying imports."""
    return _names_of_all(auth, "wheels")


def credential_fields(auth: Auth) -> tuple[str, ...]:
    """Return the fields of the body that hold a credential."""
    return _names_of_all(auth, "masked_fields")


def masked_fields(source: Source) -> tuple[str, ...]:
    """Return the fields of the body to mask: the credentials of every auth type, and `mask` of the definition."""
    fields = (name for auth in auths(source.endpoint) for name in credential_fields(auth)) if source.webhook else ()
    return (*fields, *source.events.mask)


def credential_queries(auth: Auth) -> tuple[str, ...]:
    """Return the query parameters that carry a credential: never logged, kept or sent on."""
    settings = [leaf.settings for leaf in leaves(auth)]
    # Where a signature or a token is; Signature and the settings of a token have the same key for it.
    names = [getattr(place, "query", None) for each in settings for place in (each, getattr(each, "signature", None))]
    return tuple(dict.fromkeys(str(name) for name in names if name))


def credential_headers(auths: Iterable[Auth]) -> tuple[str, ...]:
    """Return the headers that carry a credential of any of these types."""
    return tuple(dict.fromkeys(name for auth in auths for name in auth.type.headers(auth.settings)))


def _names_of_all(auth: Auth, function: str) -> tuple[str, ...]:
    names = (getattr(leaf.type, function, lambda _settings: ())(leaf.settings) for leaf in leaves(auth))
    return tuple(dict.fromkeys(chain.from_iterable(names)))
