"""Mistakes in a token or in HTTP Basic: another header, query parameter, field, prefix, or a part of the secret."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from generator.explain.mistakes import Mistake, VerificationAttempt, with_request, with_secrets, with_settings
from lambdas.reading.body import Rejected

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,15}[ =:]\s*")
_MANY = 100
_SHORTEST = 8
"""Characters of a part of a secret that no other secret has by chance."""


def token_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield other prefixes, headers and query parameters of a token."""
    settings, headers = attempt.settings, attempt.request.headers
    own = (settings.header or "").lower()
    values = [headers[own]] if own in headers else list(headers.values())
    schemes = [match[0] for value in values if (match := _SCHEME.match(value))]
    for prefix in dict.fromkeys(["", settings.prefix.rstrip(), *schemes]):
        if prefix != settings.prefix:
            advice = f'in the definition, `prefix: "{prefix}"`' if prefix else "in the definition, no `prefix`"
            diagnosis = f"the token has {prefix!r} before it, not {settings.prefix!r}".replace("''", "nothing")
            yield Mistake("prefix", diagnosis, advice, with_settings(prefix=prefix))
    for name in headers:
        if name != own:
            diagnosis, advice = (
                f"the token is in {name}, not in {own or 'the query'}",
                f"in the definition, `header: {name}`",
            )
            yield Mistake("place", diagnosis, advice, with_settings(header=name, query=None))
    for name, _ in parse_qsl(attempt.request.raw_query, keep_blank_values=True):
        if name != settings.query:
            diagnosis, advice = f"the token is in the query, as {name}", f"in the definition, `query: {name}`"
            yield Mistake("place", diagnosis, advice, with_settings(header=None, query=name))
    if own in headers:
        yield from _other_values(own, headers)
        yield from _cut_off(attempt, headers[own].removeprefix(settings.prefix))


def _cut_off(attempt: VerificationAttempt, token: str) -> Iterator[Mistake]:
    """Yield that of the secret or of the token only the beginning or the end is there."""
    for secret in attempt.secrets:
        shorter, longer = sorted((secret.strip(), token.strip()), key=len)
        if len(shorter) >= _SHORTEST and shorter != longer and (longer.startswith(shorter) or longer.endswith(shorter)):
            part = "beginning" if longer.startswith(shorter) else "end"
            if shorter == secret.strip():
                diagnosis, advice = f"the secret is only the {part} of the token", "copy the secret once more, whole"
            else:
                diagnosis, advice = f"the token is only the {part} of the secret", "give the vendor the whole secret"
            yield Mistake("secret", diagnosis, advice, with_secrets((token,)))


def _other_values(name: str, headers: Mapping[str, str]) -> Iterator[Mistake]:
    value, alone = headers[name], "have the vendor send the token alone"
    variants = [
        (value.strip().strip("\"'"), "the token has quotes around it", alone),
        (unquote(value), "the token is escaped as in a URL", alone),
        (_decoded(value), "the token is in base64", "have the vendor send the secret as it is, or store its base64"),
    ]
    basic = "the token is sent in HTTP Basic"
    variants += [(part, basic, "in the definition, `basic: {}`") for part in _from_basic(value)]
    for text, diagnosis, advice in variants:
        if text and text != value:
            yield Mistake("value", diagnosis, advice, with_request(headers={**headers, name: text}))


def _from_basic(value: str) -> list[str]:
    """Return user and password as one text, and each alone; empty where the value is not HTTP Basic."""
    scheme, _, encoded = value.partition(" ")
    pair = _decoded(encoded) if scheme.lower() == "basic" else ""
    return [pair, *pair.split(":", 1)] if pair else []


def _decoded(encoded: str) -> str:
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        return ""


def basic_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield secrets that are only a part of `user:password`, or are in base64 already."""
    user, colon, _ = "".join(_from_basic(attempt.request.headers.get("authorization", ""))[:1]).partition(":")
    whole = "store `user:password` as the secret"
    for secret in attempt.secrets:
        if plain := _decoded(secret.removeprefix("Basic ")):
            yield Mistake("secret", "the secret is in base64 already", whole, with_secrets((plain,)))
        if colon:
            yield Mistake("secret", "the secret is the password alone", whole, with_secrets((f"{user}:{secret}",)))
            diagnosis = "the user is another one, and the password is right"
            yield Mistake("secret", diagnosis, whole, with_secrets((f"{user}:{secret.partition(':')[2]}",)))


def body_token_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield other fields of the body that hold the secret."""
    settings = attempt.settings
    try:
        root = attempt.request.json
    except Rejected:
        return
    for each, field in dict.fromkeys(_fields_with_secret(root, attempt.secrets)):
        if (each, field) != (settings.each, settings.field):
            advice = f"in the definition, `{f'each: {each}, ' if each else ''}field: {field}`"
            diagnosis = f"the token is in {f'{each}[].' if each else ''}{field}"
            yield Mistake("place", diagnosis, advice, with_settings(each=each, field=field))


def _fields_with_secret(
    value: Any, secrets: tuple[str, ...], each: str | None = None, parent: str = ""
) -> Iterator[tuple[str | None, str]]:
    """Yield the fields that hold one of the secrets, each with the list that it is in."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _fields_with_secret(child, secrets, each, f"{parent}.{name}" if parent else name)
    elif isinstance(value, list) and each is None and parent:
        for child in value[:_MANY]:
            yield from _fields_with_secret(child, secrets, parent)
    elif isinstance(value, str) and value in secrets and parent:
        yield each, parent
