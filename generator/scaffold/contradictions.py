"""Answers that can't be, or not together: found by the rules of a build, as soon as they are given."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from generator import rules
from generator.definition import auth_types
from generator.rules import MAX_DESCRIPTION
from generator.scaffold.scheme import Question, auth
from generator.scaffold.written import flow
from generator.walk import Walker
from lambdas.model import Source, Webhook

_EXAMPLE = "X-Example"


def of_description(text: str) -> list[str]:
    """Why no source can be described so."""
    return [] if 0 < len(text) <= MAX_DESCRIPTION else [f"it must have 1 to {MAX_DESCRIPTION} characters"]


def of_answer(kind: str, answers: Mapping[str, str], asked: Question, answer: str) -> list[str]:
    """What can't be of an answer to a question; what can't be without it already is left."""
    plain = _EXAMPLE if asked.default is None else asked.default
    before = _mistakes(kind, {**answers, asked.name: plain})
    return [one for one in _mistakes(kind, {**answers, asked.name: answer}) if one not in before]


def _mistakes(kind: str, answers: Mapping[str, str]) -> list[str]:
    """The mistakes that a build would find in what the answers make."""
    walker = Walker(auth_types())
    try:
        node = yaml.compose(flow({"auth": auth(kind, answers)}), Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return ["it has a character in it that is not seen"]
    assert node  # noqa: S101 - it has a key
    webhook = walker.read(Webhook, node, "webhook")
    found = walker.problems or rules.problems(Source("made", "Made", webhook), lambda _key: ("", 0))
    keys = [(one.key.partition(f"auth.{kind}.")[2], one.message) for one in found if not one.warning]
    return [f"{key}: {message}" if key else message for key, message in keys]
