"""Both engines find what is wrong, and nothing in what is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.errors import GeneratorError, Problem
from generator.packaging import lint, lint_engines
from generator.packaging.lint_engines import Engines, LintEngines
from generator.packaging.lint_verdicts import verdict_digest, verdict_json
from generator.templates import event_source
from generator.templates.text import template_text
from tests.definitions import bundled_source
from tests.shapes import template_shapes


def check(texts: dict[str, str], engines: Engines, remembered: Path) -> dict[str, list[Problem]]:
    with lint.Linter(engines, remembered) as linter:
        return linter.check(texts)


def shipped_text(name: str = "zoom") -> str:
    return template_text(event_source.build(bundled_source(name).source, "code/0.zip"))


@pytest.mark.slow
def test_each_shape_of_a_source_or_case_is_clean_in_both_engines_with_their_notes(tmp_path: Path) -> None:
    shapes = template_shapes()
    assert len(shapes) > 20
    assert check(shapes, "full", tmp_path) == {name: [] for name in shapes}


def broken(change: Any) -> str:
    template = json.loads(shipped_text())
    change(template["Resources"])
    return json.dumps(template, indent=2)


@pytest.mark.parametrize("engines", [pytest.param("full", marks=pytest.mark.slow), "fast"])
@pytest.mark.parametrize(
    "change",
    [
        lambda resources: resources["Webhook"]["Properties"].update(Runtime="python3.99"),
        lambda resources: resources["Webhook"]["Properties"].pop("Role"),
        lambda resources: resources["Events"]["Properties"].update(VisibilityTimeout="long"),
        lambda resources: resources["Events"]["Properties"]["RedrivePolicy"].update(
            deadLetterTargetArn={"Fn::GetAtt": ["Nowhere", "Arn"]}
        ),
    ],
    ids=["a runtime that does not exist", "no role", "text for a number", "a reference to nothing"],
)
def test_a_broken_template_has_an_error(engines: Engines, change: Any, tmp_path: Path) -> None:
    (problems,) = check({"build/x.json": broken(change)}, engines, tmp_path).values()
    errors = [problem for problem in problems if not problem.warning]
    assert errors
    assert {problem.file for problem in errors} == {"build/x.json"}
    assert all(problem.line > 0 for problem in errors)


def test_a_remembered_verdict_is_not_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = shipped_text()
    (tmp_path / verdict_digest(template, "full")).write_bytes(verdict_json([], template))
    monkeypatch.setattr(LintEngines, "start", None)
    assert check({"zoom": template}, "full", tmp_path) == {"zoom": []}


def test_a_verdict_of_other_versions_or_engines_is_not_taken() -> None:
    assert verdict_digest(shipped_text(), "full") != verdict_digest(shipped_text(), "fast")
    assert verdict_digest(shipped_text(), "full") != verdict_digest(shipped_text("okta"), "full")


def described(description: str) -> str:
    """Zoom's template with another description."""
    text = shipped_text()
    return text.replace(json.dumps(json.loads(text)["Description"]), json.dumps(description, ensure_ascii=False), 1)


@pytest.mark.parametrize(
    ("first", "other", "alike"),
    [
        ("a few words", "other words", True),
        ('what "they" say', "what \\they\\ say", True),
        ("a few words", "other words!", False),
        ("over", "übe", True),
        ("over", "über", False),
    ],
)
def test_only_the_length_of_a_templates_description_counts(first: str, other: str, alike: bool) -> None:
    assert (verdict_digest(described(first), "fast") == verdict_digest(described(other), "fast")) == alike


def test_text_of_a_template_elsewhere_counts() -> None:
    text = shipped_text()
    other = text.replace('"Description": "The HTTP API"', '"Description": "The HTTP APi"')
    assert other != text
    assert verdict_digest(other, "fast") != verdict_digest(text, "fast")


def test_a_template_beyond_what_cloudformation_takes_is_an_error(tmp_path: Path) -> None:
    template = json.loads(shipped_text())
    template["Metadata"]["Padding"] = ["x" * 1000] * 60
    (messages,) = check({"t": json.dumps(template)}, "fast", tmp_path).values()
    assert messages == []  # over 51,200 bytes it goes by the helper bucket
    template["Metadata"]["Padding"] *= 20
    (messages,) = check({"t": json.dumps(template)}, "fast", tmp_path).values()
    assert "and CloudFormation takes 1,000,000" in messages[0].message
    assert not messages[0].warning


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("raise SystemExit('no such rule')", "cfn-lint failed: no such rule"),
        ("print('not json'); raise SystemExit(1)", "cfn-lint failed: not json"),
        ("raise SystemExit(3)", "cfn-lint failed: no output"),
    ],
)
def test_an_engine_that_fails_is_no_clean_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, message: str
) -> None:
    monkeypatch.setattr(lint_engines, "_CFN_LINT", program)
    with pytest.raises(GeneratorError) as raised:
        check({"t": shipped_text()}, "full", tmp_path)
    assert str(raised.value) == message
