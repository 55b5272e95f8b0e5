"""A mistake is reported with the file and the line where it can be corrected."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.definition.message_checks import read_as
from generator.definition.read import load
from generator.errors import DefinitionError
from generator.samples.trial import try_samples
from tests.definitions import make_definition

TOKEN = "description: made\nwebhook: {auth: {token: {header: x-token}}}\n"


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def sample_problems(text: str, files: dict[str, str]) -> list[str]:
    make_definition(Path(), text)
    for name, content in files.items():
        file = Path("made", "samples", name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return [str(problem) for problem in try_samples(load(Path(), ["made"])[0]).problems]


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ("time: att", "time: no att (events.time, made/source.yml:3)"),
        ("time: n", "time: n is not a time as rfc3339 writes it (events.time, made/source.yml:3)"),
        ("require: [id]", "missing: no id (events.require, made/source.yml:3)"),
        ("split: items", "no-events: items is not a list (events.split, made/source.yml:3)"),
    ],
)
def test_a_rejected_sample_names_the_key_that_found_nothing(events: str, reason: str) -> None:
    problems = sample_problems(f"{TOKEN}events: {{{events}}}\n", {"a.json": '{"n": 1, "items": {}}'})
    assert problems == [f"made/samples/a.json: becomes no message: {reason}"]


@pytest.mark.parametrize("content", ["", " \n"])
def test_an_empty_sample_is_called_empty(content: str) -> None:
    assert sample_problems(TOKEN, {"a.json": content, "b.json": "{}", "b.request.json": content}) == [
        "made/samples/a.json: is empty; it must hold the body that the vendor sends",
        "made/samples/b.json: b.request.json is empty",
    ]


def clash(base: str, own: str) -> list[str]:
    for name, text in (("base", base), ("made", f"extends: base\n{own}")):
        Path(name).mkdir()
        Path(name, "source.yml").write_text(text)
    try:
        load(Path(), ["made"])
    except DefinitionError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_a_key_that_clashes_with_an_inherited_one_says_how_to_take_that_back() -> None:
    assert clash(TOKEN, "webhook:\n  auth:\n    token:\n      query: t\n") == [
        "made/source.yml:5: webhook.auth.token.header: must have either `header` or `query`; base/source.yml:2 has "
        "`header`: `header: null` takes it back"
    ]


def test_an_inherited_key_is_taken_back_by_null() -> None:
    assert clash(TOKEN, "webhook: {auth: {token: {query: t, header: null}}}\n") == []


def test_a_clash_one_level_below_is_explained_too() -> None:
    hmac = "{signature: {header: x-sig}, signed: '{timestamp}{body}', timestamp: {header: x-time}}"
    base = f"description: x\nwebhook:\n  auth:\n    hmac: {hmac}\n"
    own = "webhook:\n  auth:\n    hmac:\n      timestamp:\n        path: at\n"
    assert clash(base, own) == [
        "made/source.yml:6: webhook.auth.hmac.timestamp: must have either `header` or `path`; base/source.yml:4 has "
        "`header`: `header: null` takes it back"
    ]


def test_two_keys_of_one_file_are_no_clash_with_another() -> None:
    assert clash(TOKEN.replace("header: x-token", "header: x, query: y"), "description: y\n") == [
        "base/source.yml:2: webhook.auth.token.header: must have either `header` or `query`"
    ]


@pytest.mark.parametrize(
    ("severity", "note"),
    [
        ("High", "High is written as ERROR"),
        ("warn", "warn is written as WARNING"),
        ("error", None),
        ("ERROR", None),
        ("'{level}'", None),
        ("{of: high, ERROR: x}", None),
    ],
)
def test_a_severity_that_is_another_word_in_the_message_is_noted(severity: str, note: str | None) -> None:
    definition = make_definition(Path(), f"{TOKEN}facts: {{severity: {severity}}}\n")
    assert read_as(definition.source) == note
