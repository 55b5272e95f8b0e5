"""Answers that can't be, or not together: found by the rules of a build, as soon as they are given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from generator.definition.cross_checks import MAX_DESCRIPTION
from generator.definition.read import load
from generator.errors import DefinitionError
from generator.scaffold import texts
from generator.scaffold.auth_questions import Question, auth_settings
from generator.scaffold.texts import DefinitionDraft

_EXAMPLE = "X-Example"


def description_mistakes(text: str) -> list[str]:
    """Why no source can be described so."""
    return [] if 0 < len(text) <= MAX_DESCRIPTION else [f"it must have 1 to {MAX_DESCRIPTION} characters"]


def answer_mistakes(kind: str, answers: Mapping[str, str], asked: Question, answer: str) -> list[str]:
    """What can't be of an answer to a question; what can't be without it already is left."""
    if answer == asked.default:
        return []
    plain = _EXAMPLE if asked.default is None or asked.name == "header" else asked.default
    before = _mistakes(kind, {**answers, asked.name: plain})
    return [one for one in _mistakes(kind, {**answers, asked.name: answer}) if one not in before]


def _mistakes(kind: str, answers: Mapping[str, str]) -> list[str]:
    """The mistakes that a build would find in what the answers make."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "made" / "source.yml"
        file.parent.mkdir()
        file.write_text(
            texts.definition_text(DefinitionDraft("made", "Made", auth=auth_settings(kind, answers))), encoding="utf-8"
        )
        try:
            load(Path(folder), ["made"])
        except DefinitionError as error:
            keys = [(one.key.partition(f"auth.{kind}.")[2], one.message) for one in error.problems]
            return [f"{key}: {message}" if key else message for key, message in keys]
    return []
