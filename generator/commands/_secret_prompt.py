"""The secrets with which a captured request is verified: typed and not shown, or out of a pipe."""

from __future__ import annotations

import sys

import click

from generator.commands import _console
from generator.definition.secret_names import stored_names
from generator.errors import GeneratorError
from generator.explain import simulate
from generator.explain.captured_case import CapturedCase


def secrets(case: CapturedCase) -> dict[str, tuple[str, ...]]:
    """What somebody types, or what comes out of a pipe; nothing where the request needs none."""
    request = simulate.received_request(case.source, case.request_with(case.captured.body), case.now)
    names = stored_names(case.source.webhook) if simulate.challenge_and_auth(case.source, request)[1] else ()
    if not names:
        return {}
    found = _typed(case, names) if _console.is_interactive() else _piped(case, names)
    return {name: tuple(one for one in values if one) for name, values in found.items()}


def _typed(case: CapturedCase, names: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    only = len(names) == 1
    for name in names:
        which = case.source.name if only else f"{case.source.name}, {name}"
        found[name] = [_asked(f"Secret of {which} (it is not shown)", needed=only)]
        if case.has_previous_secret:
            found[name].append(_asked("The one before it (Enter: there is none)", needed=False))
    return found


def _asked(text: str, *, needed: bool) -> str:
    default = None if needed else ""
    value: str = click.prompt(text, hide_input=True, err=True, default=default, show_default=False)
    return value


def _piped(case: CapturedCase, names: tuple[str, ...]) -> dict[str, list[str]]:
    """One secret a line; a lone one may have several, as a public key in PEM has."""
    if sys.stdin is None:
        raise GeneratorError("there is no secret: standard input is closed")
    try:
        sent = sys.stdin.buffer.read().decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise GeneratorError("the secret is not UTF-8 text") from None
    if not sent:
        raise GeneratorError("there is no secret on standard input")
    of_each = 2 if case.has_previous_secret else 1
    if len(names) * of_each == 1:
        return {names[0]: [sent]}
    lines = [line.removesuffix("\r") for line in sent.split("\n")]
    if len(lines) > len(names) * of_each:
        raise GeneratorError(
            f"standard input has {len(lines)} lines, for {_console.count(len(names) * of_each, 'secret')}"
        )
    return {name: lines[place * of_each : (place + 1) * of_each] for place, name in enumerate(names)}
