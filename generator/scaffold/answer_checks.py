"""Check answers of `new` as soon as they are given, by the rules of a build."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from generator.definition.cross_checks import MAX_DESCRIPTION
from generator.definition.read import load
from generator.errors import DefinitionError
from generator.scaffold import texts
from generator.scaffold.auth_answers import auth_settings, events_for
from generator.scaffold.auth_questions import questions
from generator.scaffold.question import Question
from generator.scaffold.texts import DefinitionDraft


def description_mistakes(text: str) -> list[str]:
    """Return what is wrong with a description."""
    return [] if 0 < len(text) <= MAX_DESCRIPTION else [f"it must have 1 to {MAX_DESCRIPTION} characters"]


def answer_mistakes(kind: str, answers: Mapping[str, str], question: Question, answer: str) -> list[str]:
    """Return the mistakes that an answer adds to those that the earlier answers have already."""
    if answer == question.default:
        return []
    usual = question.example if question.default is None or question.name == "header" else question.default
    before = _mistakes(kind, {**answers, question.name: usual})
    after = _mistakes(kind, {**answers, question.name: answer})
    return [mistake for mistake in after if mistake not in before]


def _mistakes(kind: str, answers: Mapping[str, str]) -> list[str]:
    """Return the mistakes that a build would find in the definition that the answers make."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "draft" / "source.yml"
        file.parent.mkdir()
        auth = auth_settings(kind, _with_examples(kind, answers))
        text = texts.definition_text(DefinitionDraft("draft", "Draft", auth=auth, events=events_for(auth)))
        file.write_text(text, encoding="utf-8")
        try:
            load(Path(folder), ["draft"])
        except DefinitionError as error:
            keys = [(problem.key.partition(f"auth.{kind}.")[2], problem.message) for problem in error.problems]
            return [f"{key}: {message}" if key else message for key, message in keys]
    return []


def _with_examples(kind: str, answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers, and examples for questions to come that have no usual answer."""
    answers = dict(answers)
    while question := next(
        (each for each in questions(kind, answers) if each.default is None and each.name not in answers), None
    ):
        answers[question.name] = question.example
    return answers
