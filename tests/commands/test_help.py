"""`--help` of every command, as somebody reads it who has never seen the command."""

from __future__ import annotations

import re

import click
import pytest

from generator.commands import cli, main, names
from generator.commands._help import GROUPS


@pytest.fixture(autouse=True)
def width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_every_command_is_in_one_group_of_the_overview(capsys: pytest.CaptureFixture[str]) -> None:
    assert sorted(name for group in GROUPS.values() for name in group) == names()
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for title, group in GROUPS.items():
        section = shown.partition(f"\n{title}:\n")[2].partition("\n\n")[0]
        assert tuple(re.findall(r"^  (\w+)  ", section, re.MULTILINE)) == group
        # One line each, so that the overview can be read down.
        assert len(section.strip().splitlines()) == len(group)


@pytest.mark.parametrize("name", names())
def test_the_help_of_a_command_breaks_no_word_and_explains_each_option(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if len(line) > 80 or re.search(r"\w-$", line)] == []
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, option.name
            assert option.help[0].isupper(), option.help


def test_the_options_of_a_command_come_before_those_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "--help"]) == 0
    shown = capsys.readouterr().out
    sections = re.findall(r"^(\w.*):\n((?:  .*\n)+)", shown, re.MULTILINE)
    options = {title: re.findall(r"^  (?:-\w, )?(--[\w-]+)", rows, re.MULTILINE) for title, rows in sections}
    assert list(options) == ["Options", "Where in AWS", "Folders"]
    assert "--dry-run" in options["Options"]
    assert options["Where in AWS"] == ["--env", "--project", "--region", "--profile", "--bucket"]
    assert options["Folders"] == ["--sources", "--build"]
    assert main(["new", "--help"]) == 0
    assert "\nA pulled source:\n  --pull " in capsys.readouterr().out
