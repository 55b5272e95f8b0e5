"""`--keys`: public keys from a file instead of the vendor's host, an issuer's key set or SNS's certificate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from generator.definition.third_party import third_party_packages
from generator.errors import INSTALL_LOCAL, GeneratorError
from generator.files import regular_file
from lambdas.auth import jwt, leaves, sns, wheels
from lambdas.model import Auth, Source, auths
from lambdas.model_types import ServiceUrl
from lambdas.signatures import issuer_keys
from lambdas.signatures.published_keys import FetchCache

_NOWHERE = ServiceUrl("https://keys.invalid/")
_MODULES = {"cryptography": "cryptography", "PyJWT": "jwt"}
_PEM = b"-----BEGIN CERTIFICATE-----"


def publishers(source: Source) -> list[str]:
    """Return whom `verify` asks for keys if no file has them."""
    names: list[str] = []
    for leaf in leaves(source.endpoint.auth):
        if _is_of_issuer(leaf.settings):
            names.append(leaf.settings.jwks_url or leaf.settings.issuer)
        elif isinstance(leaf.settings, sns.Settings):
            names.append("the SigningCertURL of the message")
    return names


def _is_of_issuer(settings: Any) -> bool:
    """Return whether a type's settings verify a token with published keys."""
    return isinstance(settings, jwt.Settings) and not settings.secret


def require_packages(source: Source) -> None:
    """Raise GeneratorError where a package that verifies the source's requests, or signs its own, is not installed."""
    if source.pull:
        packages, what_for = set(third_party_packages(source)), "asks its vendor"
    else:
        packages, what_for = {name for auth in auths(source.endpoint) for name in wheels(auth)}, "is verified"
    if not all(find_spec(_MODULES[package]) for package in packages):
        names = " and ".join(sorted(packages))
        raise GeneratorError(f"{source.name} {what_for} with {names}; install it with: {INSTALL_LOCAL}")


def read_key_file(file: Path, source: Source) -> bytes:
    """Return the keys in a file; GeneratorError where it has none, or this source can't use them."""
    try:
        content = regular_file.read(file, regular_file.MAX_REQUEST_BYTES)
    except OSError as error:
        raise GeneratorError(f"{file}: can't be read: {error.strerror}") from None
    settings = [leaf.settings for leaf in leaves(source.endpoint.auth)]
    if any(isinstance(each, sns.Settings) for each in settings):
        if _PEM not in content:
            raise GeneratorError(f"{file}: is no certificate in PEM, as SigningCertURL leads to")
    elif any(map(_is_of_issuer, settings)):
        try:
            keys = json.loads(content)["keys"]
        except (ValueError, LookupError, TypeError, RecursionError):
            keys = None
        if not isinstance(keys, list):
            raise GeneratorError(f"{file}: is no set of keys (JWKS), as the issuer's jwks_uri leads to")
    else:
        raise GeneratorError(
            "--keys is for what is verified with keys that a vendor publishes; here, a secret is asked"
        )
    return content


@contextmanager
def use_keys(content: bytes | None) -> Iterator[None]:
    """Answer every fetch of keys with this content; with None, ask the vendors' hosts."""
    if content is None:
        yield
        return
    original = issuer_keys.KEY_SETS, sns.CERTIFICATES
    issuer_keys.KEY_SETS, sns.CERTIFICATES = (FetchCache(cache.parse, lambda _url: content) for cache in original)
    try:
        yield
    finally:
        issuer_keys.KEY_SETS, sns.CERTIFICATES = original


def without_discovery(source: Source) -> Source:
    """Return the source with a fixed `jwks_url`, so that the issuer is not asked where its keys are."""
    return replace(source, webhook=replace(source.endpoint, auth=_offline(source.endpoint.auth)))


def _offline(auth: Auth) -> Auth:
    settings = auth.settings
    if _is_of_issuer(settings):
        return replace(auth, settings=replace(settings, jwks_url=_NOWHERE))
    if of := getattr(settings, "of", None):
        return replace(auth, settings=replace(settings, of=tuple(map(_offline, of))))
    return auth
