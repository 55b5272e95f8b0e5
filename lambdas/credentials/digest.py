"""HTTP Digest authentication (RFC 7616) with SHA-256 or MD5 and qop auth: MongoDB Atlas's programmatic API keys.

https://www.mongodb.com/docs/atlas/api/api-authentication/ (which advises `oauth2` with a service account)

The vendor's challenge is asked for by sending the request without a credential. Its nonce is then used, and counted,
until the vendor refuses it with 401: `forget` drops it, and the next `authorize` asks for another.
"""

from __future__ import annotations

import hashlib
import json
import math
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lambdas.credential_type import CredentialContext, CredentialRefused, CredentialUnavailable, Token
from lambdas.model_types import SecretName
from lambdas.runtime.http_types import HttpRequest
from lambdas.runtime.secrets import UnusableSecret
from lambdas.tokens.answers import is_busy
from lambdas.tokens.challenges import digest_challenge
from lambdas.tokens.secret_values import read_again, text_problem, usable_secret, with_header

_CHALLENGE = "challenge"
"""The name of the challenge in memory, as JSON with the number of requests that answered it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """User and password in HTTP Digest authentication, which sends neither as it is."""

    user: SecretName = SecretName("user")
    """Name of the parameter that holds the user name, or the public key."""
    password: SecretName = SecretName("password")
    """Name of the parameter that holds the password, or the private key."""


def secret_names(settings: Settings) -> tuple[str, ...]:
    return (settings.user, settings.password)


def authorize(settings: Settings, request: HttpRequest, context: CredentialContext) -> HttpRequest:
    user, password = (usable_secret(context, name) for name in secret_names(settings))
    if problem := check_secret(settings, settings.user, user):
        raise UnusableSecret(f"the secret {settings.user} {problem}")
    remembered = context.tokens.get(_CHALLENGE)
    challenge: dict[str, Any] = json.loads(remembered.value) if remembered else _new_challenge(request, context)
    count = challenge["count"] = challenge["count"] + 1
    context.tokens[_CHALLENGE] = Token(json.dumps(challenge), math.inf)
    value = digest_header(challenge, request, (user, password), count, secrets.token_hex(16))
    return with_header(request, "Authorization", value)


def _new_challenge(request: HttpRequest, context: CredentialContext) -> dict[str, Any]:
    answer = context.ask(request)
    host = urlsplit(request.url).netloc
    if is_busy(answer):
        raise CredentialUnavailable(f"{host} sends no challenge at present: it answers {answer.status}", answer)
    if answer.status != 401:
        raise CredentialRefused(f"{host} sends no challenge: it answers {answer.status} without a credential, not 401")
    challenge = digest_challenge(answer.headers.get("www-authenticate", ""))
    if challenge is None:
        raise CredentialRefused(f"{host} sends no challenge of Digest with SHA-256 or MD5 and qop auth")
    return {**challenge, "count": 0}


def digest_header(
    challenge: Mapping[str, str], request: HttpRequest, credential: tuple[str, str], count: int, cnonce: str
) -> str:
    """Return the header Authorization for a request (RFC 7616, 3.4)."""
    user, password = credential
    url = urlsplit(request.url)
    uri = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
    algorithm = challenge.get("algorithm", "MD5")

    def hashed(*parts: str) -> str:
        # MD5 is the vendor's choice; TLS protects the exchange.
        name = "sha256" if algorithm.upper() == "SHA-256" else "md5"
        return hashlib.new(name, ":".join(parts).encode(), usedforsecurity=False).hexdigest()

    counted = f"{count:08x}"
    key = hashed(user, challenge["realm"], password)
    response = hashed(key, challenge["nonce"], counted, cnonce, "auth", hashed(request.method, uri))
    quoted = {"username": user, "realm": challenge["realm"], "uri": uri, "nonce": challenge["nonce"], "cnonce": cnonce}
    quoted |= {"response": response} | {name: challenge[name] for name in ("opaque",) if name in challenge}
    plain = {"nc": counted, "qop": "auth"} | {name: challenge[name] for name in ("algorithm",) if name in challenge}
    parts = [f'{name}="{_escaped(text)}"' for name, text in quoted.items()]
    return "Digest " + ", ".join([*parts, *(f"{name}={text}" for name, text in plain.items())])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def forget(settings: Settings, context: CredentialContext) -> bool:
    changed = read_again(context, secret_names(settings))
    return context.tokens.pop(_CHALLENGE, None) is not None or changed


def check_secret(settings: Settings, name: str, value: str) -> str | None:
    if name == settings.user and not value.isascii():
        return "has a character in it that is not ASCII, which the header can't carry"
    if name == settings.user and ":" in value:
        return f"has a colon in it, which ends a user name: the password is a secret of its own, {settings.password}"
    return text_problem(value)


def describe(_settings: Settings) -> str:
    return "user and password, hashed with the vendor's nonce (HTTP Digest)"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.user == settings.password:
        yield "password", "is the parameter of `user` too; each is a secret of its own"
