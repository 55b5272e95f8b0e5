"""The questions of `new`: what is not given as an option is asked in a terminal, and elsewhere an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from generator.commands import _console
from generator.scaffold import auth_questions


def description(given: str | None, default: str | None = None) -> str | None:
    """What events these are; None where nobody says so."""
    if given is not None or not _console.is_interactive():
        return given
    from generator.scaffold import answer_checks

    while True:
        text: str = click.prompt("What events these are, in one line", default=default, err=True).strip()
        if not (wrong := answer_checks.description_mistakes(text)):
            return text
        _tell(wrong)


def begin_with(name: str) -> bool:
    """Whether a source that fits the request is to lie beneath the new one."""
    if not _console.is_interactive():
        return False
    text = f"Begin with {name}, as for a second tenant, with its mapping and its handshakes?"
    return click.confirm(text, default=True, err=True)


def auth(kind: str | None, given: Mapping[str, str], seen: Mapping[str, Any], missing: list[str]) -> dict[str, Any]:
    """How the sender is verified: from the options, from what a request has shown, and from who is there to say.

    What nobody says goes to `missing`.
    """
    shown, settings = next(iter(seen.items()), (None, None))
    kind = kind or shown or _kind()
    if kind is None:
        missing.append(f"--auth ({', '.join(auth_questions.KINDS)})")
        return {}
    seen_of_it = settings if kind == shown else None
    if useless := auth_questions.unused_options(kind, given, seen_of_it if isinstance(seen_of_it, Mapping) else {}):
        raise click.UsageError(f"{' and '.join(useless)} says nothing of {kind}")
    answers = dict(given)
    if seen_of_it is None:
        _ask(kind, answers, missing)
    return {} if missing else auth_questions.auth_settings(kind, answers, seen_of_it)


def _kind() -> str | None:
    if not _console.is_interactive():
        return None
    width = max(map(len, auth_questions.KINDS))
    click.echo("How does the vendor show that a request is its own?", err=True)
    for one, what in auth_questions.KINDS.items():
        click.echo(f"  {one:<{width}}  {what}", err=True)
    kind: str = click.prompt(
        "One of these", type=click.Choice(list(auth_questions.KINDS)), show_choices=False, err=True
    )
    return kind


def _ask(kind: str, answers: dict[str, str], missing: list[str]) -> None:
    """Each question in its turn: an answer may open another, and what can't be is told at once, and asked again."""
    from generator.scaffold import answer_checks

    asked = _console.is_interactive()
    typed: list[str] = []
    while one := next((one for one in auth_questions.questions(kind, answers) if one.name not in answers), None):
        if not asked:
            missing += [
                one.option
                for one in auth_questions.questions(kind, answers)
                if one.required and one.name not in answers
            ]
            return
        choice = click.Choice(list(one.choices)) if one.choices else None
        text = click.prompt(one.text, default=one.default, type=choice, show_default=bool(one.default), err=True)
        answer = text.rstrip() if one.name != "prefix" else text
        if not (wrong := answer_checks.answer_mistakes(kind, answers, one, answer)):
            answers[one.name] = answer
            typed.append(one.name)
            continue
        _tell(wrong)
        while one.restart_from in typed:
            del answers[typed.pop()]


def _tell(wrong: list[str]) -> None:
    for said in wrong:
        click.echo(f"That can't be: {said}", err=True)
