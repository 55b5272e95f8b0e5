"""A source is named by its name, or by the path of its folder or its definition, as a shell completes it."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from generator.aws import Target
from generator.commands import cli, main, names
from generator.definition.source_folders import name_of_path, unknown_source_message
from generator.errors import GeneratorError, existing
from tests.cloudformation import CloudFormation
from tests.definitions import SOURCES, make_definition


@pytest.fixture(autouse=True)
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_definition(Path("sources"), "description: made\nwebhook: {auth: {token: {header: x-token}}}\n", "acme")


@pytest.mark.parametrize("path", ["sources/acme", "sources/acme/", "./sources/acme/source.yml"])
def test_a_path_names_its_source(path: str) -> None:
    assert name_of_path(path, Path("sources")) == "acme"
    assert name_of_path(os.path.abspath(path), Path("sources")) == "acme"  # noqa: PTH100 - with its last slash


@pytest.mark.parametrize("text", ["acme", "nowhere/acme", "sources/nope", "source.yml"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert name_of_path(text, Path("sources")) == text


def test_a_shipped_source_is_named_by_its_path_too() -> None:
    assert name_of_path(str(SOURCES / "zoom"), Path("sources")) == "zoom"


def test_a_source_of_another_folder_is_answered_with_the_option() -> None:
    make_definition(Path("others"), "description: x\nwebhook: {auth: {token: {header: x}}}\n", "beta")
    with pytest.raises(GeneratorError) as raised:
        name_of_path("others/beta", Path("sources"))
    assert str(raised.value).startswith("others/beta: is a source of another folder than sources: name it so: beta ")
    assert str(raised.value).endswith("--sources others")


@pytest.mark.parametrize("words", [["cost", "sources/acme/"], ["cost", "others/acme", "--sources", "others"]])
def test_commands_take_a_path(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    make_definition(Path("others"), "description: x\nwebhook: {auth: {token: {header: x}}}\n", "acme")
    assert main(words) == 0
    assert "\nacme " in capsys.readouterr().out


@pytest.mark.parametrize("name", names())
def test_a_command_that_takes_a_path_takes_the_folder_that_it_lies_in(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)  # type: ignore[attr-defined]
    parameters = {parameter.name: parameter for parameter in command.params}
    if {"source", "sources_named"} & parameters.keys():
        sources = parameters["sources"]
        assert (sources.is_eager, sources.expose_value) == (True, True)


@pytest.mark.parametrize("command", ["logs", "open"])
def test_a_deployed_source_of_another_folder_is_named_by_its_path(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_definition(Path("others"), "description: x\nwebhook: {auth: {token: {header: x}}}\n", "beta")
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(Target, "client", lambda _target, _service: CloudFormation())
    assert main([command, "others/beta", "--sources", "others"]) == 1
    assert capsys.readouterr().err.startswith("error: no stack MozDef-EF-beta-dev in us-west-2: ")


def test_a_definition_with_another_ending_is_named() -> None:
    Path("sources/acme/source.yml").rename("sources/acme/source.yaml")
    message = "sources/acme: has no source.yml; rename source.yaml to that"
    assert unknown_source_message("acme", Path("sources")) == message


def test_one_name_is_and_several_are() -> None:
    assert (existing(["a"]), existing(["a", "b"])) == ("there is a", "there are a, b")


def test_a_month_without_events_has_no_column_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "acme", "--events-per-month", "0"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split("  ")[:3] == ["source", "a million events", "fixed a month"]
    assert main(["cost", "acme", "--events-per-month", "1"]) == 0
    assert "  1 event a month  " in capsys.readouterr().out
