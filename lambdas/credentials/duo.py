"""Duo's Admin API: each request is signed, with its date, host, path and parameters.

https://duo.com/docs/adminapi#authentication; the order of what is signed is that of Duo's own client,
https://github.com/duosecurity/duo_client_python, where HMAC-SHA1 is version 2 and HMAC-SHA512 version 5.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from typing import Literal
from urllib.parse import parse_qsl, quote, urlsplit

from lambdas.credential_type import CredentialContext
from lambdas.model_types import SecretName
from lambdas.runtime.http_types import HttpRequest
from lambdas.tokens.secret_values import basic_header, header_problem, read_again, usable_secret, with_header

_INTEGRATION_KEY = re.compile(r"D[A-Z0-9]{19}")
_SECRET_KEY = re.compile(r"[A-Za-z0-9]{40}")


@dataclass(frozen=True, slots=True)
class Settings:
    """A signature of Duo's over each request, which the application `Admin API` makes a key pair for."""

    signature: Literal["sha512", "sha1"] = "sha512"
    """The hash function. Duo's own client signs with HMAC-SHA512; HMAC-SHA1 is what it signed with before."""
    integration_key: SecretName = SecretName("integration_key")
    """Name of the parameter that holds the integration key, which begins with DI."""
    secret_key: SecretName = SecretName("secret_key")
    """Name of the parameter that holds the secret key, which signs."""


def secret_names(settings: Settings) -> tuple[str, ...]:
    return (settings.integration_key, settings.secret_key)


def authorize(settings: Settings, request: HttpRequest, context: CredentialContext) -> HttpRequest:
    user = usable_secret(context, settings.integration_key, in_header=True)
    key = usable_secret(context, settings.secret_key).encode()
    date = formatdate(context.now())
    signature = hmac.new(key, signed_text(settings, request, date).encode(), settings.signature).hexdigest()
    dated = with_header(request, "Date", date)
    return with_header(dated, "Authorization", basic_header(user, signature))


def signed_text(settings: Settings, request: HttpRequest, date: str) -> str:
    """Return the lines that are signed."""
    url = urlsplit(request.url)
    lines = [date, request.method.upper(), url.hostname or "", url.path or "/"]
    if settings.signature == "sha1":
        # This version signs the fields of a form as it signs those of a query.
        return "\n".join([*lines, _parameters(f"{url.query}&{request.body.decode()}")])
    names = sorted((name.lower(), value) for name, value in request.headers.items())
    duo_headers = "\0".join(part for name, value in names if name.startswith("x-duo-") for part in (name, value))
    hashes = [hashlib.sha512(content).hexdigest() for content in (request.body, duo_headers.encode())]
    return "\n".join([*lines, _parameters(url.query), *hashes])


def _parameters(query: str) -> str:
    """Return the parameters in the order and with the escapes of OAuth 1.0 (RFC 5849, 3.4.1.3.2)."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return "&".join(
        "=".join(pair) for pair in sorted((quote(name, safe="~"), quote(text, safe="~")) for name, text in pairs)
    )


def forget(settings: Settings, context: CredentialContext) -> bool:
    return read_again(context, secret_names(settings))


def check_secret(settings: Settings, name: str, value: str) -> str | None:
    if problem := header_problem(value):
        return problem
    is_secret_key = _SECRET_KEY.fullmatch(value.strip())
    if name == settings.integration_key and not _INTEGRATION_KEY.fullmatch(value.strip()):
        other = "; this looks like the secret key" if is_secret_key else ""
        return f"is no integration key: 20 capital letters and digits, which begin with DI{other}"
    if name == settings.secret_key and not is_secret_key:
        return "is no secret key: it has 40 letters and digits"
    return None


def describe(settings: Settings) -> str:
    return f"Duo's signature of each request (HMAC-{settings.signature.upper()})"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.integration_key == settings.secret_key:
        yield "secret_key", "is the parameter of `integration_key` too; each is a secret of its own"
