"""Stored secrets as parts of a request: which texts a header can carry, and what is wrong with others."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from lambdas.credential_type import CredentialContext
from lambdas.runtime.http_types import HttpRequest
from lambdas.runtime.secrets import SecretsUnavailable, UnusableSecret


def text_problem(value: str) -> str | None:
    """Return what is wrong with a text that is a credential, or a part of it; None if nothing is."""
    if not value.strip():
        return "is empty"
    if not value.strip().isprintable():
        return "has a character in it that is not seen, such as a line break; was it copied alone?"
    return None


def header_problem(value: str) -> str | None:
    """Return what is wrong with a text that a header is to carry as it is; None if nothing is."""
    if problem := text_problem(value):
        return problem
    return None if value.strip().isascii() else "has a character in it that is not ASCII, which no header has"


def token_problem(value: str, prefix: str) -> str | None:
    """Return what is wrong with a token before which a header has a prefix; None if nothing is."""
    scheme = prefix.strip().lower()
    if scheme and value.strip().lower().startswith(f"{scheme} "):
        return f"begins with {prefix.strip()!r}, which is put before it anyway: leave that out"
    return header_problem(value)


def usable_secret(context: CredentialContext, name: str, *, in_header: bool = False) -> str:
    """Return a stored secret; UnusableSecret where a request can't carry it."""
    value = context.secret(name)
    if problem := header_problem(value) if in_header else text_problem(value):
        raise UnusableSecret(f"the secret {name} {problem}")
    return value


def read_again(context: CredentialContext, names: Iterable[str]) -> bool:
    """Read secrets again that were refused; return whether any of them is another now."""
    try:
        changed = [name for name in names if context.secret(name) != context.fresh_secret(name)]
    except SecretsUnavailable:
        return False
    return bool(changed)


def with_header(request: HttpRequest, name: str, value: str) -> HttpRequest:
    """Return the request with a header, which takes the place of any of this name."""
    others = {key: text for key, text in request.headers.items() if key.lower() != name.lower()}
    return request._replace(headers={**others, name: value})


def basic_header(user: str, password: str) -> str:
    """Return the value of `Authorization` of HTTP Basic authentication (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
