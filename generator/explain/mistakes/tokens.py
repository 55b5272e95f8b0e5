"""A token, or a user and a password, that is there otherwise than the definition says."""

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


def token_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Other places of a token, and other texts before it."""
    settings, there = attempt.settings, attempt.request.headers
    own = (settings.header or "").lower()
    values = [there[own]] if own in there else list(there.values())
    found = [match[0] for value in values if (match := _SCHEME.match(value))]
    for prefix in dict.fromkeys(["", settings.prefix.rstrip(), *found]):
        if prefix != settings.prefix:
            todo = f'in the definition, `prefix: "{prefix}"`' if prefix else "in the definition, no `prefix`"
            said = f"the token has {prefix!r} before it, not {settings.prefix!r}".replace("''", "nothing")
            yield Mistake("prefix", said, todo, with_settings(prefix=prefix))
    for name in there:
        if name != own:
            said, todo = f"the token is in {name}, not in {own or 'the query'}", f"in the definition, `header: {name}`"
            yield Mistake("place", said, todo, with_settings(header=name, query=None))
    for name, _ in parse_qsl(attempt.request.raw_query, keep_blank_values=True):
        if name != settings.query:
            said, todo = f"the token is in the query, as {name}", f"in the definition, `query: {name}`"
            yield Mistake("place", said, todo, with_settings(header=None, query=name))
    if own in there:
        yield from _written(own, there)


def _written(name: str, there: Mapping[str, str]) -> Iterator[Mistake]:
    value, alone = there[name], "have the vendor send the token alone"
    ways = [
        (value.strip().strip("\"'"), "the token has quotes around it", alone),
        (unquote(value), "the token is escaped as in a URL", alone),
    ]
    basic = "the token is sent in HTTP Basic"
    ways += [(part, basic, "in the definition, `basic: {}`") for part in _from_basic(value)]
    for text, said, todo in ways:
        if text != value:
            yield Mistake("value", said, todo, with_request(headers={**there, name: text}))


def _from_basic(value: str) -> list[str]:
    """User and password as one text, and each."""
    scheme, _, written = value.partition(" ")
    pair = _decoded(written) if scheme.lower() == "basic" else ""
    return [pair, *pair.split(":", 1)] if pair else []


def _decoded(written: str) -> str:
    try:
        return base64.b64decode(written.strip(), validate=True).decode()
    except ValueError:
        return ""


def basic_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """A secret that is a part of what is sent, or is written as it is sent."""
    user, colon, _ = "".join(_from_basic(attempt.request.headers.get("authorization", ""))[:1]).partition(":")
    whole = "store `user:password` as the secret"
    for secret in attempt.secrets:
        if plain := _decoded(secret.removeprefix("Basic ")):
            yield Mistake("secret", "the secret is in base64 already", whole, with_secrets((plain,)))
        if colon:
            yield Mistake("secret", "the secret is the password alone", whole, with_secrets((f"{user}:{secret}",)))
            said = "the user is another one, and the password is right"
            yield Mistake("secret", said, whole, with_secrets((f"{user}:{secret.partition(':')[2]}",)))


def body_token_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Other places of a token in the body."""
    settings = attempt.settings
    try:
        root = attempt.request.json
    except Rejected:
        return
    for each, field in dict.fromkeys(_places(root, attempt.secrets)):
        if (each, field) != (settings.each, settings.field):
            todo = f"in the definition, `{f'each: {each}, ' if each else ''}field: {field}`"
            said = f"the token is in {f'{each}[].' if each else ''}{field}"
            yield Mistake("place", said, todo, with_settings(each=each, field=field))


def _places(
    value: Any, secrets: tuple[str, ...], each: str | None = None, above: str = ""
) -> Iterator[tuple[str | None, str]]:
    """Where one of the secrets is: the list above it, and the field."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _places(below, secrets, each, f"{above}.{name}" if above else name)
    elif isinstance(value, list) and each is None and above:
        for below in value[:_MANY]:
            yield from _places(below, secrets, above)
    elif isinstance(value, str) and value in secrets and above:
        yield each, above
