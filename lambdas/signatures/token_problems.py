"""Mistakes in the settings of a JSON Web Token that show only between keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lambdas.signatures.keys import key_problems
from lambdas.signatures.token_claims import GOOGLE, covers_body

if TYPE_CHECKING:
    from lambdas.auth.jwt import Settings


def token_problems(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the mistakes, each with its key."""
    keyed = [name for name in settings.algorithms if name.startswith("HS")]
    covered = covers_body(settings.claims)
    if not settings.algorithms:
        yield "algorithms", "names none"
    if settings.secret:
        yield from _secret_problems(settings, keyed)
    else:
        yield from _issuer_problems(settings, keyed, covered=covered)
    if not all(settings.audience):
        yield "audience", "names nobody: a token that the issuer made for another would be taken"
    if settings.tolerance is not None and not 0 < settings.tolerance <= 86_400:
        yield "tolerance", "must be 1 to 86400 seconds"
    if settings.url and not any("{url" in text for text in (settings.claims or {}).values()):
        yield "url", "says how the URL is made, and no claim has it"


def _secret_problems(settings: Settings, keyed: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from key_problems(settings.key) if settings.key else ()
    if len(keyed) < len(settings.algorithms):
        yield "algorithms", "must be HS256, HS384 or HS512, which are what a stored secret signs with"
    if settings.jwks_url:
        yield "jwks_url", "is where public keys are, and `secret` is what the token is verified with; take one out"


def _issuer_problems(settings: Settings, keyed: Sequence[str], *, covered: bool) -> Iterator[tuple[str, str]]:
    if keyed:
        yield "algorithms", f"has {keyed[0]}, which needs `secret`: with a public key for a secret, anyone could sign"
    if settings.key:
        yield "key", "says how a secret is written, and `secret` names none"
    if not settings.issuer and not settings.jwks_url:
        yield "issuer", "is missing; without `secret`, the token is verified with the public keys of its issuer"
    elif not covered and not settings.issuer and "iss" not in (settings.claims or {}):
        yield "issuer", "is missing; a token that names no hash of the body is good for whatever its issuer signs"
    if not settings.audience and not covered:
        yield "audience", "names nobody: a token that the issuer made for another would be taken"
    if settings.issuer in GOOGLE and "email" not in (settings.claims or {}):
        yield (
            "claims",
            "must have `email`, the service account of your subscription: anyone can have Google sign a token "
            "for any audience",
        )
