"""Public keys that a vendor publishes, from a file in their stead: an issuer's set of keys, or SNS's certificate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from generator.errors import GeneratorError
from generator.explain.unusable import unset_issuer
from generator.files import regular_file
from lambdas.auth import jwt, leaves, sns, wheels
from lambdas.model import Auth, HttpsUrl, Source, auths
from lambdas.signatures.published_keys import FetchCache

_NOWHERE = HttpsUrl("https://keys.invalid/")
_MODULES = {"cryptography": "cryptography", "PyJWT": "jwt"}
_PEM = b"-----BEGIN CERTIFICATE-----"


def publishers(source: Source) -> list[str]:
    """Who is asked for keys, where no file has them."""
    found: list[str] = []
    for one in leaves(source.webhook.auth):
        if isinstance(one.settings, jwt.Settings) and not unset_issuer(one):
            found.append(one.settings.jwks_url or one.settings.issuer)
        elif isinstance(one.settings, sns.Settings):
            found.append("the SigningCertURL of the message")
    return found


def require_packages(source: Source) -> None:
    """GeneratorError where what verifies the source's requests is not installed."""
    wanted = {package for auth in auths(source.webhook) for package in wheels(auth)}
    if not all(find_spec(_MODULES[one]) for one in wanted):
        missing = " and ".join(sorted(wanted))
        raise GeneratorError(f"{source.name} is verified with {missing}; install it with: pip install -e '.[local]'")


def read_key_file(file: Path, source: Source) -> bytes:
    """The keys in a file; GeneratorError where it has none, or they are of no use to this source."""
    try:
        content = regular_file.read(file, regular_file.MAX_REQUEST_BYTES)
    except OSError as error:
        raise GeneratorError(f"{file}: can't be read: {error.strerror}") from None
    kinds = [one.settings for one in leaves(source.webhook.auth)]
    if any(isinstance(one, sns.Settings) for one in kinds):
        if _PEM not in content:
            raise GeneratorError(f"{file}: is no certificate in PEM, as SigningCertURL leads to")
    elif any(isinstance(one, jwt.Settings) for one in kinds):
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
    """Nothing is fetched: whoever is asked answers with this. Without it, the vendors are asked."""
    if content is None:
        yield
        return
    before = jwt.KEY_SETS, sns.CERTIFICATES
    jwt.KEY_SETS, sns.CERTIFICATES = (FetchCache(known.parse, lambda _url: content) for known in before)
    try:
        yield
    finally:
        jwt.KEY_SETS, sns.CERTIFICATES = before


def without_discovery(source: Source) -> Source:
    """The source, with an issuer that need not be asked where its keys are."""
    return replace(source, webhook=replace(source.webhook, auth=_offline(source.webhook.auth)))


def _offline(auth: Auth) -> Auth:
    settings = auth.settings
    if isinstance(settings, jwt.Settings):
        return replace(auth, settings=replace(settings, jwks_url=_NOWHERE))
    if of := getattr(settings, "of", None):
        return replace(auth, settings=replace(settings, of=tuple(map(_offline, of))))
    return auth
