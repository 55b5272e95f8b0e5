"""JSON Web Tokens under a stored secret: HS256, HS384, HS512 (RFC 7515, RFC 7518).

An HMAC and two texts in base64url need no package beside the standard library.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lambdas.auth_type import Unauthenticated
from lambdas.signatures.encodings import decode_text, encode_bytes

HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def verified_claims(token: str, keys: Sequence[bytes], algorithms: Collection[str]) -> Mapping[str, Any] | None:
    """Return a token's claims where one of the keys has made its signature; None where none has.

    Unauthenticated where the token is none, or its algorithm is none of these: the token does not choose it.
    """
    signed, _, encoded = token.rpartition(".")
    header, _, payload = signed.partition(".")
    algorithm = _object(header, "header").get("alg")
    if not isinstance(algorithm, str) or algorithm not in algorithms or algorithm not in HASHES:
        raise Unauthenticated("alg is none of those that are allowed")
    try:
        received = decode_text(encoded, "base64url")
    except ValueError:
        raise Unauthenticated("the token's signature is not written in base64url") from None
    # Every key is compared, also after a match, so that the time taken reveals nothing.
    text = signed.encode("utf-8", "surrogatepass")
    matches = [hmac.compare_digest(received, hmac.digest(key, text, HASHES[algorithm])) for key in keys]
    return _object(payload, "payload") if any(matches) else None


def _object(encoded: str, part: str) -> dict[str, Any]:
    try:
        content = json.loads(decode_text(encoded, "base64url"))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Unauthenticated(f"the token's {part} is not JSON in base64url")
    return content


def signed_token(claims: Mapping[str, Any], key: bytes, algorithm: str) -> str:
    """Return a token with these claims."""
    parts = [{"alg": algorithm, "typ": "JWT"}, claims]
    text = ".".join(encode_bytes(json.dumps(part).encode(), "base64url") for part in parts)
    return f"{text}.{encode_bytes(hmac.digest(key, text.encode(), HASHES[algorithm]), 'base64url')}"
