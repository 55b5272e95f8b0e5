"""Requests to a token endpoint, and the tokens in the function's memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote_plus, urlencode

from lambdas.credential_type import CredentialContext, Token
from lambdas.runtime.http_types import FetchRefused, HttpRequest
from lambdas.runtime.https_url import split_https_url
from lambdas.tokens.answers import Grant, read_grant
from lambdas.tokens.secret_values import basic_header, with_header

ACCESS = "access"
"""The name of the access token in memory."""
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
SECRET_FIELDS = ("client_secret", "password", "refresh_token", "assertion", "client_assertion", "code")
"""Fields of a token request that hold a secret: never in a definition."""


def ask_for_grant(
    context: CredentialContext,
    url: str,
    form: Mapping[str, str | None],
    basic: tuple[str, str] | None = None,
    *,
    as_json: bool = False,
) -> Grant:
    """Send a form to the token endpoint and return what it gives. Fields that are None are left out.

    `basic` are the client's id and secret, if they go into a header; both are encoded as a form is (RFC 6749, 2.3.1).
    """
    fields = {name: value for name, value in form.items() if value is not None}
    kind, text = (_JSON, json.dumps(fields)) if as_json else (_FORM, urlencode(fields))
    headers = {"Accept": _JSON, "Content-Type": kind}
    if basic:
        headers["Authorization"] = basic_header(*map(quote_plus, basic))
    request = HttpRequest("POST", url, headers, text.encode())
    secrets = [fields[name] for name in SECRET_FIELDS if name in fields]
    now = context.now()
    return read_grant(request, context.ask(request), now, [*secrets, *(basic or ())[1:]])


def with_access_token(request: HttpRequest, context: CredentialContext, new_token: Callable[[], Token]) -> HttpRequest:
    """Return the request with the access token in memory, or with a new one where that is about to end."""
    token = context.tokens.get(ACCESS)
    if token is None or context.now() >= token.expires:
        token = context.tokens[ACCESS] = new_token()
    return with_header(request, "Authorization", f"Bearer {token.value}")


def forget_access_token(context: CredentialContext) -> bool:
    """Forget the access token in memory; return whether there was one."""
    return context.tokens.pop(ACCESS, None) is not None


def url_problem(url: str) -> str | None:
    """Return what is wrong with the URL of a token endpoint; None if nothing is."""
    try:
        parts = split_https_url(url)
    except FetchRefused as error:
        return f"{error}; a token endpoint has a URL such as https://auth.example.com/oauth2/token"
    return "has a # in it; leave it and what follows out" if parts.fragment or url.endswith("#") else None


def field_problems(
    fields: Mapping[str, str] | None, own: Mapping[str, str | None], secret_keys: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield mistakes in further `fields`; `own` are the fields that have a key, `secret_keys` the keys of secrets."""
    for name in fields or {}:
        if name in SECRET_FIELDS:
            key = secret_keys.get(name)
            instead = f"store it under the name in `{key}`" if key else "this type has no use for it"
            yield f"fields.{name}", f"is a secret, which never stands in a definition: {instead}"
        elif own.get(name) is not None:
            yield f"fields.{name}", f"stands in `{name}` too; leave one of them out"
