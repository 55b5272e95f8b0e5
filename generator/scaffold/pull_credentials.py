"""The questions of `new --pull` about credentials, and the settings that the answers make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.scaffold.question import Question

CREDENTIALS = {
    "bearer": "Authorization: Bearer TOKEN (most vendors)",
    "api_key": "another header or word, such as x-api-key: KEY, Authorization: SSWS KEY, or ?key=KEY",
    "basic": "curl -u USER:PASSWORD, HTTP Basic authentication",
    "digest": "curl --digest, HTTP Digest authentication",
    "oauth2": "grant_type=client_credentials: a client id and secret for a token",
    "refresh_token": "grant_type=refresh_token: an administrator gives consent in a browser",
    "jwt_bearer": "a service account, or a key that signs a JWT",
}
"""The types that `new --pull` offers, with what the vendor's page says; docs/how-to/choose-credentials.md has all."""
_WITH_TOKEN_URL = ("oauth2", "refresh_token", "jwt_bearer")


def questions(kind: str, answers: Mapping[str, str]) -> Iterator[Question]:
    """Yield the questions for a type, as far as the answers so far decide them."""
    if kind in _WITH_TOKEN_URL:
        text = "URL of the token endpoint, such as https://acme.com/oauth/token"
        yield Question("token_url", text, None, required=True)
    if kind != "api_key":
        return
    if "query" not in answers:
        text = "Header that carries the key, such as x-api-key (Enter: none, it is in the query)"
        yield Question("header", text, required=True)
    if answers.get("header"):
        yield Question("prefix", "What stands before the key there, such as SSWS (Enter: nothing)")
    else:
        yield Question("query", "Query parameter that carries the key", None if "header" in answers else "")


def unused_options(kind: str, answers: Mapping[str, str]) -> list[str]:
    """Return the options that have no effect for a type."""
    known = {"token_url"} if kind in _WITH_TOKEN_URL else set()
    if kind == "api_key":
        known = {"query"} if "query" in answers else {"header", "prefix"}
    return [Question(name, "").option for name in answers if name not in known]


def credential_settings(kind: str, answers: Mapping[str, str]) -> dict[str, Any]:
    """Return what goes below `pull.credentials`."""
    if kind in _WITH_TOKEN_URL:
        return {kind: {"url": answers["token_url"]}}
    if kind != "api_key":
        return {kind: {}}
    if answers.get("query"):
        return {kind: {"query": answers["query"]}}
    settings = {"header": answers["header"].lower()}
    if prefix := answers.get("prefix", ""):
        # Between a word and the key stands a space, which nobody types.
        settings["prefix"] = f"{prefix} " if re.fullmatch("[A-Za-z]+", prefix) else prefix
    return {kind: settings}
