"""What other people's code imports of the framework: `transform.py`, and the tests in a configuration's repository."""

from __future__ import annotations

import ast
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import testing
from generator.errors import DefinitionError, GeneratorError
from generator.testing import Refused, Sample, event_of, load_samples
from lambdas import transforming
from tests.commands.pulled_source import DEFINITION
from tests.definitions import ROOT, SOURCES, make_definition, pulled_names, webhook_names

TOKEN = "description: Acme\nwebhook: {auth: {token: {header: X-Acme}}}\n"
SPLIT = f"{TOKEN}events: {{split: events, require: [id]}}\nfacts: {{summary: '{{id}}'}}\n"
REFERENCE = ROOT / "docs" / "reference" / "definition"
PAGES = "".join((REFERENCE / name).read_text(encoding="utf-8") for name in ("transform.md", "tests.md"))


def ours(file: Path) -> Iterator[tuple[str, str]]:
    """What a module imports of the framework: module and name."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.ImportFrom):
            names = [(node.module or "", alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [(alias.name, "") for alias in node.names]
        else:
            continue
        yield from (name for name in names if name[0].partition(".")[0] in {"generator", "lambdas"})


@pytest.mark.parametrize("file", sorted(SOURCES.glob("*/transform.py")), ids=lambda file: file.parent.name)
def test_code_of_a_source_imports_stable_modules(file: Path) -> None:
    assert set(ours(file)) <= {("lambdas.transforming", name) for name in transforming.__all__}


@pytest.mark.parametrize("file", sorted(ROOT.glob("generator/**/config/tests/*/*.py")), ids=lambda file: file.stem)
def test_generated_tests_import_stable_modules(file: Path) -> None:
    assert set(ours(file)) <= {("generator.testing", name) for name in testing.__all__}


def test_generated_tests_import_something() -> None:
    files = ROOT.glob("generator/**/config/tests/unit/*.py")
    assert {name for file in files for _, name in ours(file)} == {"Sample", "load_samples", "summary_of"}


@pytest.mark.parametrize("name", [*transforming.__all__, *testing.__all__])
def test_stable_names_are_documented(name: str) -> None:
    assert f"`{name}" in PAGES


def test_request_facts_of_transforming_exist() -> None:
    request = transforming.Request("POST", {"x-a": "b"}, b'{"c": 1}', "d=e%20f")
    assert (request.headers["x-a"], request.body, request.json) == ("b", b'{"c": 1}', {"c": 1})
    assert (request.query("d"), request.query("g")) == ("e f", None)


def test_unreadable_body_is_rejected_with_a_reason_and_a_sentence() -> None:
    assert transforming.parse(b'{"a": 1}') == {"a": 1}
    with pytest.raises(transforming.Rejected) as raised:
        transforming.parse(b"{")
    assert raised.value.reason == "not-json"
    assert raised.value.detail.startswith("the body is not JSON: ")


@pytest.mark.parametrize("source", [*webhook_names(), *pulled_names()])
def test_samples_become_the_stored_messages(source: str) -> None:
    """Forms, batches and compressed bodies too; and no challenge is among them."""
    folder = SOURCES / source / "samples"
    samples = load_samples(source, SOURCES)
    assert {f"{sample.name}.mozdef.json" for sample in samples} == {file.name for file in folder.glob("*.mozdef.json")}
    for sample in samples:
        stored = json.loads((folder / f"{sample.name}.mozdef.json").read_bytes())
        assert sample.messages() == (stored if isinstance(stored, list) else [stored])


def test_tests_find_the_definitions_in_a_pipelines_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert [sample.name for sample in load_samples("okta")] == [sample.name for sample in load_samples("okta", SOURCES)]


def made_up(folder: Path, body: object, text: str = TOKEN, **more: str) -> Sample:
    make_definition(folder, text, "acme")
    return Sample("acme", body, headers=more, sources=folder)


def test_an_event_may_be_made_up(tmp_path: Path) -> None:
    [message] = made_up(tmp_path, {"a": 1}).messages()
    assert event_of(message) == {"a": 1}


def test_a_made_up_events_query_and_method_count(tmp_path: Path) -> None:
    text = TOKEN.replace("}}}", "}}, challenges: [{when: query('x') == 'y', method: GET, reply: {text: z}}]}")
    make_definition(tmp_path, text, "acme")
    assert Sample("acme", b"", "GET", query={"x": "y"}, sources=tmp_path).messages() == []
    [message] = Sample("acme", {"a": 1}, query={"x": "y"}, sources=tmp_path).messages()
    assert event_of(message) == {"a": 1}


def test_bytes_are_sent_unchanged(tmp_path: Path) -> None:
    text = f"{TOKEN}events: {{format: [form, json]}}\n"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert event_of(made_up(tmp_path, b"a=1", text, **form).messages()[0]) == {"a": "1"}
    sent = made_up(tmp_path, gzip.compress(b"a=2"), text, **form, **{"content-encoding": "gzip"})
    assert event_of(sent.messages()[0]) == {"a": "2"}


def test_refused_request_reports_the_reason(tmp_path: Path) -> None:
    with pytest.raises(Refused) as raised:
        made_up(tmp_path, b"{").messages()
    assert str(raised.value).startswith("becomes no message: not-json: the body is not JSON: ")


def test_single_failing_event_among_several_is_enough(tmp_path: Path) -> None:
    good, bad = {"id": "1"}, {"other": "2"}
    assert len(made_up(tmp_path, {"events": [good, good]}, SPLIT).messages()) == 2
    with pytest.raises(Refused) as raised:
        made_up(tmp_path, {"events": [good, bad]}, SPLIT).messages()
    assert str(raised.value) == "becomes no message: missing: no id"


def test_transform_error_is_reported_with_the_line_and_a_dropped_event_is_no_message(tmp_path: Path) -> None:
    make_definition(tmp_path, TOKEN, "acme")
    code = "def transform(event, request):\n    return [event] if event['keep'] else []\n"
    (tmp_path / "acme" / "transform.py").write_text(code)
    assert made_up(tmp_path, {"keep": False}).messages() == []
    with pytest.raises(Refused) as raised:
        made_up(tmp_path, {}).messages()
    message = f"becomes no message: {tmp_path / 'acme' / 'transform.py'}:2: KeyError: 'keep'"
    assert str(raised.value) == message


def of_stream(folder: Path, body: object, stream: str) -> Sample:
    make_definition(folder, DEFINITION, "pulled")
    return Sample("pulled", body, stream=stream, sources=folder)


@pytest.mark.parametrize("stream", ["audit", "logins[staff]"])
def test_an_answer_of_a_stream_may_be_made_up(tmp_path: Path, stream: str) -> None:
    event = {"id": "1", "type": "login", "at": "2026-01-01T00:00:00Z"}
    [message] = of_stream(tmp_path, {"items": [event], "next": None}, stream).messages()
    assert event_of(message) == event


def test_an_answer_of_which_an_event_is_refused_says_why(tmp_path: Path) -> None:
    page = {"items": [{"id": "1"}, {"id": "2", "at": "yesterday"}]}
    with pytest.raises(Refused) as raised:
        of_stream(tmp_path, page, "audit").messages()
    assert str(raised.value) == "2 events become no message: time: no at, time: at is not a time as rfc3339 writes it"
    with pytest.raises(Refused) as raised:
        of_stream(tmp_path, {"items": page["items"][:1]}, "audit").messages()
    assert str(raised.value) == "becomes no message: time: no at"


def test_an_answer_of_no_stream_names_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(GeneratorError) as raised:
        of_stream(tmp_path, {"items": []}, "logins").messages()
    streams = "audit, logins[staff], logins[guests]"
    assert str(raised.value) == f"stream='logins': the source has the streams {streams}"


def test_a_mistake_in_a_sample_is_an_error(tmp_path: Path) -> None:
    make_definition(tmp_path, TOKEN, "acme")
    (tmp_path / "acme" / "samples").mkdir()
    (tmp_path / "acme" / "samples" / "a.json").write_text("{")
    (tmp_path / "acme" / "samples" / "b.txt.orig.md").write_text("")  # is a warning
    with pytest.raises(DefinitionError) as raised:
        load_samples("acme", tmp_path)
    assert [problem.file for problem in raised.value.problems] == [str(tmp_path / "acme" / "samples" / "a.json")]
