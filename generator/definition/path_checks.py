"""Checks of the paths in a definition: which functions they call, and whether they would show a credential."""

from __future__ import annotations

from collections.abc import Iterator

from generator.definition.jmespath_checks import REPLY_ONLY, call_arguments, called_functions
from lambdas.auth import credential_queries
from lambdas.model import Reply, Source, auths, message_texts
from lambdas.reading.text_templates import template_paths
from lambdas.receiving.challenges import reply_texts

PULL_ONLY = frozenset(("stream", "parent", "hash"))
Mistakes = Iterator[tuple[str, str]]
"""Dotted keys, each with what is wrong; what would be right."""


def path_mistakes(source: Source) -> Mistakes:
    """Yield the paths that call a function of replies elsewhere, or that show a credential."""
    yield from _functions_elsewhere(source)
    yield from _shown_credentials(source)


def reply_functions(path: str) -> str:
    """Return what is wrong with a path that calls functions which only replies may call; else an empty text."""
    names = ", ".join(f"{name}()" for name in sorted(called_functions(path) & REPLY_ONLY))
    return f"{names} works in replies only" if names else ""


def reads_beyond_body(path: str) -> bool:
    """Return whether a path reads a header, the query, or more of the body than its event."""
    return bool(called_functions(path) & {"header", "query", "root"})


def _functions_elsewhere(source: Source) -> Mistakes:
    """`hmac_*` anywhere but in a reply to a challenge would sign what goes to the queue; no page has a webhook."""
    events = source.events
    checked = [(f"events.{key}", path) for key in ("split", "id", "type", "time") if (path := getattr(events, key))]
    checked += [(f"events.require[{index}]", path) for index, path in enumerate(events.require)]
    checked += [(key, path) for key, text in message_texts(source) for path in template_paths(text)]
    checked += [("webhook.answer", path) for path in _paths_in(source.endpoint.answer)]
    for key, path in checked:
        if message := reply_functions(path):
            yield key, message
        for name in sorted(called_functions(path) & PULL_ONLY):
            yield key, f"{name}() is for sources that are pulled; remove it from the path"


def _shown_credentials(source: Source) -> Mistakes:
    """A message or an answer must not contain a header or query parameter that carries the credential."""
    headers = {name for auth in auths(source.endpoint) for name in auth.type.headers(auth.settings)}
    parameters = {name for auth in auths(source.endpoint) for name in credential_queries(auth)}
    for key, path in outgoing_paths(source):
        if shown := sorted(call_arguments(path, "header") & headers):
            yield key, f"would show the credential, which is in {shown[0]}; remove it from the path"
        if shown := sorted(call_arguments(path, "query") & parameters):
            yield key, f"would show the credential, which is the query parameter {shown[0]}; remove it from the path"


def _paths_in(reply: Reply | None) -> list[str]:
    return [path for text in reply_texts(reply) for path in template_paths(text)] if reply else []


def outgoing_paths(source: Source) -> Iterator[tuple[str, str]]:
    """Yield every path whose value leaves the handler, in a message or an answer, with its key."""
    yield from (("webhook.answer", path) for path in _paths_in(source.endpoint.answer))
    for index, challenge in enumerate(source.endpoint.challenges):
        yield from ((f"webhook.challenges[{index}].reply", path) for path in _paths_in(challenge.reply))
    for key in ("split", "id", "type"):
        if path := getattr(source.events, key):
            yield f"events.{key}", path
    for key, text in message_texts(source):
        yield from ((key, path) for path in template_paths(text))
