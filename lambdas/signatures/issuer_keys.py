"""The public keys of an issuer of JSON Web Tokens: its key set, and where that is."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from lambdas.runtime.http_types import FetchRefused
from lambdas.runtime.secrets import SecretsUnavailable
from lambdas.runtime.vendor_fetch import fetch_from_vendor
from lambdas.signatures.published_keys import REREAD, FetchCache


def _parse_key_set(content: bytes) -> list[Any]:
    from jwt import PyJWK
    from jwt.exceptions import PyJWTError

    key_set = json.loads(content)
    if not isinstance(key_set, dict) or not isinstance(key_set.get("keys"), list):
        raise ValueError("it is no JSON Web Key Set")  # noqa: TRY004 - the same error as for a text that is not JSON
    keys = []
    for key in key_set["keys"]:
        try:
            if _is_for_signatures(key):
                keys.append(PyJWK(key))
        except (PyJWTError, ValueError, TypeError, AttributeError, KeyError):
            continue  # a kind of key that PyJWT does not know
    return keys


def _is_for_signatures(key: Any) -> bool:
    """Whether the key is meant for signatures.

    https://datatracker.ietf.org/doc/html/rfc7517#section-4.2
    """
    return key.get("use") in (None, "sig") and "verify" in (key.get("key_ops") or ["verify"])


def _matching_key(keys: list[Any], kid: Any, algorithm: str) -> Any:
    """Return the only key with this id and of the algorithm's type, or None: an EC key never verifies RS256."""
    matches = [key for key in keys if (kid is None or key.key_id == kid) and key.key_type in _KEY_TYPES[algorithm[:2]]]
    return matches[0].key if len(matches) == 1 else None


_KEY_TYPES = {"RS": ("RSA",), "PS": ("RSA",), "ES": ("EC",), "Ed": ("OKP",)}


def _fetch(url: str) -> bytes:
    return fetch_from_vendor(url, [urlsplit(url).hostname or ""])


def _parse_jwks_uri(content: bytes) -> str:
    """Return the URL of the issuer's keys from its OpenID configuration.

    https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
    """
    configuration = json.loads(content)
    if not isinstance(configuration, dict) or not isinstance(configuration.get("jwks_uri"), str):
        raise ValueError("it does not say where its keys are")  # noqa: TRY004 - the same error as for a text that is not JSON
    return str(configuration["jwks_uri"])


KEY_SETS = FetchCache(_parse_key_set, _fetch)
KEY_SET_URLS = FetchCache(_parse_jwks_uri, _fetch)


def issuer_key(issuer: str | None, jwks_url: str | None, kid: Any, algorithm: str) -> Any:
    """Return the issuer's key with this id, or its only key; None where there is none.

    Without the URL of its keys, the issuer's OpenID configuration says where they are.
    """
    try:
        url = jwks_url or KEY_SET_URLS.get(f"{(issuer or '').rstrip('/')}/.well-known/openid-configuration")
        key = _matching_key(KEY_SETS.get(url), kid, algorithm)
        if key is None:  # It may be new; REREAD keeps made-up key ids from having the set read each time.
            key = _matching_key(KEY_SETS.get(url, REREAD), kid, algorithm)
    except FetchRefused as error:
        raise SecretsUnavailable(f"no keys of {issuer or jwks_url}: {error}") from None
    return key
