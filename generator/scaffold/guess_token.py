"""Guess how a JSON Web Token in a header is verified, and which of its claims bind the request."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, get_args

from generator.samples.captured import Captured
from generator.scaffold import value_kinds
from generator.scaffold.first_parameters import AUDIENCE, ISSUER, SERVICE_ACCOUNT
from generator.scaffold.guess_signature import Guess
from lambdas.auth import jwt

_GOOGLE = "https://accounts.google.com"


def from_other_header(request: Captured) -> Guess | None:
    """Guess from a token in a header other than Authorization: Netlify's, MessageBird's, FusionAuth's."""
    for name, value in request.headers:
        scheme, space, rest = value.rpartition(" ")
        if name.lower() not in ("authorization", "cookie") and value_kinds.json_of_jwt(rest, 1) is not None:
            return guess_jwt(request, name, f"{scheme}{space}", rest)
    return None


def guess_jwt(request: Captured, header: str, prefix: str, token: str) -> Guess:
    """Guess from a token in a header, after a prefix."""
    try:
        algorithm = json.loads(value_kinds.json_of_jwt(token, 0) or b"").get("alg")
        claims = dict(json.loads(value_kinds.json_of_jwt(token, 1) or b""))
    except (ValueError, AttributeError, TypeError):
        return Guess({}, (f"{header} carries a token that looks like a JWT, and is none",))
    if algorithm not in get_args(jwt.Algorithm):
        return Guess({}, (f"{header} carries a JWT that is signed by {algorithm}, which no auth type verifies",))
    bound = _bound_claims(request, claims)
    of_url = {name: "{url_sha256}" for name, value in claims.items() if _is_url_hash(name, value)}
    place = {"header": header} if header != "Authorization" else {}
    place |= {"prefix": prefix} if prefix != jwt.BEARER else {}
    issuer = claims.get("iss")
    of = f" of {issuer}" if isinstance(issuer, str) else ""
    certain = [f"{header} carries a JWT{of}, signed by {algorithm}"]
    certain += [f"its claim {name} is {text.strip('{}')} of this request" for name, text in bound.items()]
    # What a capture has for a URL is often not what the vendor was told, so its hash is another.
    unseen = [name for name in of_url if name not in bound]
    bound = {**bound, **of_url}
    if algorithm.startswith("HS"):
        settings = {"secret": "auth_token", "algorithms": algorithm, **({"claims": bound} if bound else {}), **place}
        checks = ["the key: the secret's text as it is, or decoded from hex or base64 first (`key`)"]
    else:
        settings = {**_of_issuer(claims, algorithm, bound), **place}
        checks = ["which claims are yours alone: an issuer signs for others too"]
        if not isinstance(issuer, str):
            checks.append("where its public keys are: the token names no issuer (`issuer`, `jwks_url`)")
    checks += [f"that {name} is the SHA-256 of the URL that the vendor was told (`url`)" for name in unseen]
    if not any("body" in text for text in bound.values()):
        checks.append("whether a claim holds a hash of the body: if none does, the token is good for another body too")
    elif "exp" not in claims:
        checks.append("how old its time of issue `iat` may be (`tolerance`)")
    return Guess({"jwt": settings}, tuple(certain), tuple(checks))


def _of_issuer(claims: Mapping[str, Any], algorithm: str, bound: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings of a token that is verified with its issuer's public keys."""
    issuer, audience = claims.get("iss"), claims.get("aud")
    is_url = isinstance(issuer, str) and issuer.startswith("https://")
    settings: dict[str, Any] = {"issuer": issuer if is_url else f"https://{ISSUER}"}
    if audience or not bound:
        names = [str(name) for name in audience] if isinstance(audience, list) else [str(audience or AUDIENCE)]
        settings["audience"] = names
    required = dict(bound)
    if issuer == _GOOGLE:
        required |= {"email": str(claims.get("email", SERVICE_ACCOUNT)), "email_verified": "true"}
    if required:
        settings["claims"] = required
    if algorithm != "RS256":
        settings["algorithms"] = [algorithm]
    return settings


def _is_url_hash(name: str, value: Any) -> bool:
    return "url" in name.lower() and isinstance(value, str) and bool(re.fullmatch(r"[0-9a-f]{64}", value))


def _bound_claims(request: Captured, claims: Mapping[str, Any]) -> dict[str, str]:
    """Return the claims that hold a hash of the body or of the URL, each with the piece that stands for it."""
    body = hashlib.sha256(request.body).digest()
    pieces = {
        body.hex(): "{body_sha256}",
        base64.b64encode(body).decode(): "{body_sha256_base64}",
        base64.urlsafe_b64encode(body).decode().rstrip("="): "{body_sha256_base64url}",
        hashlib.sha256(request.url.encode()).hexdigest(): "{url_sha256}",
    }
    return {name: pieces[value] for name, value in claims.items() if isinstance(value, str) and value in pieces}
