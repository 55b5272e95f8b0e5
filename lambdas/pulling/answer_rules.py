"""What a vendor's answer means: by the rules of a definition, or by its status where they say nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lambdas.model_pull import ErrorRule
from lambdas.pulling.answers import Answer, AnswerPage
from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake
from lambdas.reading.paths import CompiledPath, Functions, compile_path
from lambdas.shaping.facts import compile_line

_TOO_MANY = 429


class AnswerRules:
    """The rules of a source."""

    def __init__(self, rules: Sequence[ErrorRule]) -> None:
        self._rules = [(rule, compile_path(rule.when) if rule.when else None) for rule in rules]

    def apply(self, answer: Answer, page: AnswerPage | None, *, has_token: bool) -> tuple[str, str]:
        """Return what to do, an action of `ErrorRule` or `page`, and what to tell people."""
        rule = self._rule(answer, page)
        default = _default_action(answer, has_token=has_token)
        action = rule.do if rule else default
        if rule and rule.when is None and action == "stop" and default == "restart":
            # A rule for a status alone can't tell a token that the vendor forgot. If the first page is refused too, it
            # was not the token.
            action = default
        return action, _words(rule, page) or f"the vendor answers {answer.status}"

    def _rule(self, answer: Answer, page: AnswerPage | None) -> ErrorRule | None:
        for rule, find in self._rules:
            if rule.status is not None and rule.status != answer.status:
                continue
            if rule.status is None and find is None:
                continue
            if find is None or (page is not None and finds(find, page.root)):
                return rule
        return None


def _words(rule: ErrorRule | None, page: AnswerPage | None) -> str | None:
    """Return what a rule says, filled in from the answer; None where it says nothing, or the answer lacks a word."""
    if rule is None or not rule.say:
        return None
    root = page.root if page else None
    return compile_line(rule.say)(root, Functions(Intake(root, 0.0), root))


def finds(find: CompiledPath, root: Any) -> bool:
    """Return whether a path finds something that is not empty or false."""
    try:
        return bool(find(root, Functions(Intake(root, 0.0), root)))
    except Rejected:
        return False


def _default_action(answer: Answer, *, has_token: bool) -> str:
    """Return what an answer means of which the definition says nothing."""
    status = answer.status
    if 200 <= status < 300:
        return "page"
    if status == _TOO_MANY or (status == 503 and "retry-after" in answer.headers):
        return "wait"
    if status >= 500 or status == 408:
        return "retry"
    if status in (400, 404, 410, 416, 422) and has_token:
        return "restart"
    return "stop"
