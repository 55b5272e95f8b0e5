"""Read the secrets for `verify`: typed without echo, or from a pipe."""

from __future__ import annotations

import sys

import click

from generator.commands import _console
from generator.definition.secret_names import stored_names
from generator.errors import GeneratorError
from generator.explain import simulate
from generator.explain.captured_case import CapturedCase


def secrets(case: CapturedCase) -> dict[str, tuple[str, ...]]:
    """Return the typed or piped secrets by name; empty where the request needs none."""
    request = simulate.received_request(case.source, case.request_with(case.captured.body), case.now)
    names = stored_names(case.source.endpoint) if simulate.challenge_and_auth(case.source, request)[1] else ()
    if not names:
        return {}
    secret_values = _typed(case, names) if _console.is_interactive() else _piped(case, names)
    return {name: tuple(value for value in values if value) for name, values in secret_values.items()}


def _typed(case: CapturedCase, names: tuple[str, ...]) -> dict[str, list[str]]:
    typed: dict[str, list[str]] = {}
    single = len(names) == 1
    for name in names:
        label = case.source.name if single else f"{case.source.name}, {name}"
        typed[name] = [_prompt(f"Secret of {label} (it is not shown)", needed=single)]
        if case.has_previous_secret:
            typed[name].append(_prompt("The one before it (Enter: there is none)", needed=False))
    return typed


def _prompt(text: str, *, needed: bool) -> str:
    default = None if needed else ""
    value: str = click.prompt(text, hide_input=True, err=True, default=default, show_default=False)
    return value


def _piped(case: CapturedCase, names: tuple[str, ...]) -> dict[str, list[str]]:
    """Read one secret a line; a single one may have several lines, as a public key in PEM has."""
    if sys.stdin is None:
        raise GeneratorError("no secret: standard input is closed")
    try:
        text = sys.stdin.buffer.read().decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise GeneratorError("the secret is not UTF-8 text") from None
    if not text:
        raise GeneratorError("no secret on standard input")
    per_name = 2 if case.has_previous_secret else 1
    if len(names) * per_name == 1:
        return {names[0]: [text]}
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if len(lines) > len(names) * per_name:
        raise GeneratorError(
            f"standard input has {len(lines)} lines, for {_console.count(len(names) * per_name, 'secret')}"
        )
    return {name: lines[index * per_name : (index + 1) * per_name] for index, name in enumerate(names)}
