"""Ask for what the options of `new` do not give, in a terminal; without one, report what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from generator.commands import _console, _layout
from generator.errors import command_line
from generator.scaffold import auth_answers, auth_questions
from generator.scaffold.question import Question


def description(option: str | None, default: str | None = None) -> str | None:
    """Return the description, from the option or typed; None without a terminal."""
    if option is not None or not _console.is_interactive():
        return option
    from generator.scaffold import answer_checks

    while True:
        text: str = click.prompt("Description of these events, in one line", default=default, err=True).strip()
        if not (mistakes := answer_checks.description_mistakes(text)):
            return text
        _print_mistakes(mistakes)


def offer_request(name: str) -> None:
    """Say, before the first question, that a captured request answers most of them."""
    if _console.is_interactive():
        click.echo("A request that the vendor has sent answers most of these questions:", err=True)
        click.echo(f"  {command_line(f'new {name} --from-request FILE')}\n", err=True)


def begin_with(name: str) -> bool:
    """Ask whether to begin with the source that the request was recognized as."""
    if not _console.is_interactive():
        return False
    text = f"Begin with {name}, as for a second tenant, with its mapping and its handshakes?"
    return click.confirm(text, default=True, err=True)


def auth(
    kind: str | None, options: Mapping[str, str], recognized_auth: Mapping[str, Any], missing: list[str]
) -> dict[str, Any]:
    """Return the auth settings from the options, from the recognized request, and from questions.

    Options that remain unknown are added to `missing`.
    """
    recognized_kind, settings = next(iter(recognized_auth.items()), (None, None))
    kind = kind or recognized_kind or _ask_kind()
    if kind is None:
        missing.append(f"--auth ({', '.join(auth_questions.KINDS)})")
        return {}
    if kind in auth_questions.COMBINED_KINDS and kind != recognized_kind:
        return _combined(kind, options)
    recognized_settings = settings if kind == recognized_kind else None
    if unused := auth_questions.unused_options(
        kind, options, recognized_settings if isinstance(recognized_settings, Mapping) else {}
    ):
        raise click.UsageError(f"{' and '.join(unused)} can't be used with --auth {kind}")
    answers = dict(options)
    if recognized_settings is None:
        _ask(kind, answers, missing)
    return {} if missing else auth_answers.auth_settings(kind, answers, recognized_settings)


def _ask_kind() -> str | None:
    if not _console.is_interactive():
        return None
    return choose("How does the vendor prove that it sent a request?", auth_questions.KINDS)


def _combined(kind: str, options: Mapping[str, str]) -> dict[str, Any]:
    """Ask for two or more auth types, each with its questions."""
    if options:
        first = f"--{next(iter(options)).replace('_', '-')}"
        raise click.UsageError(f"{first} can't be used with --auth {kind}, which asks for each of its types")
    if not _console.is_interactive():
        raise click.UsageError(f"no terminal to ask in: --auth {kind} asks for each of its types")
    parts: list[dict[str, Any]] = []
    while len(parts) < 2 or click.confirm(f"Another type of {kind}?", default=False, err=True):
        part = click.prompt(
            f"Type {len(parts) + 1} of {kind}", type=click.Choice(list(auth_questions.SINGLE_KINDS)), err=True
        )
        answers: dict[str, str] = {}
        _ask(part, answers, [])
        parts.append(auth_answers.auth_settings(part, answers))
    return auth_answers.combined_settings(kind, parts)


def choose(text: str, choices: Mapping[str, str]) -> str:
    """Ask for one of several words, each with what it means."""
    from rich.markup import escape

    click.echo(text, err=True)
    lines = ((f"  {word} ", escape(meaning)) for word, meaning in choices.items())
    _layout.columns(_console.console(stderr=True), lines)
    word = click.prompt("One of these", type=click.Choice(list(choices)), show_choices=False, err=True)
    return str(word)


def ask_in_turn(questions: Callable[[], Iterable[Question]], answers: dict[str, str], missing: list[str]) -> None:
    """Ask what `answers` lack, one question after another; add the options to `missing` where nobody can be asked."""
    while question := next((question for question in questions() if question.name not in answers), None):
        if not _console.is_interactive():
            missing += [each.option for each in questions() if each.required and each.name not in answers]
            return
        text = click.prompt(question.text, default=question.default, show_default=bool(question.default), err=True)
        answers[question.name] = text.strip() if question.name != "prefix" else text


def _ask(kind: str, answers: dict[str, str], missing: list[str]) -> None:
    """Ask one question after another, since an answer may open another; report a mistake and ask again."""
    from generator.scaffold import answer_checks

    interactive = _console.is_interactive()
    typed: list[str] = []
    while question := next(
        (question for question in auth_questions.questions(kind, answers) if question.name not in answers), None
    ):
        if not interactive:
            missing += [
                question.option
                for question in auth_questions.questions(kind, answers)
                if question.required and question.name not in answers
            ]
            return
        choice = click.Choice(list(question.choices)) if question.choices else None
        text = click.prompt(
            question.text, default=question.default, type=choice, show_default=bool(question.default), err=True
        )
        answer = text if question.name in auth_questions.VERBATIM else text.rstrip()
        if not (mistakes := answer_checks.answer_mistakes(kind, answers, question, answer)):
            answers[question.name] = answer
            typed.append(question.name)
            continue
        _print_mistakes(mistakes)
        while question.restart_from in typed:
            del answers[typed.pop()]


def _print_mistakes(mistakes: list[str]) -> None:
    for mistake in mistakes:
        click.echo(f"Invalid answer: {mistake}", err=True)
