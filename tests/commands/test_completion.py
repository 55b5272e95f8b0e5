"""What a shell completes, and the help of every command."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from generator.commands import cli, main, names
from generator.commands._options import _named_by_path, complete_source
from generator.errors import SCRIPT


@pytest.fixture
def completions(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """What the console script offers a shell for the last of these words."""
    (tmp_path / "sources" / "zebra").mkdir(parents=True)
    (tmp_path / "sources" / "zebra" / "source.yml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [f"/somewhere/bin/{SCRIPT}"])

    def complete(shell: str, *words: str) -> set[str]:
        monkeypatch.setenv("_MOZDEF_EF_COMPLETE", f"{shell}_complete")
        monkeypatch.setenv("COMP_WORDS", " ".join([SCRIPT, *words]))
        monkeypatch.setenv("COMP_CWORD", words[-1] if shell == "fish" else str(len(words)))
        with pytest.raises(SystemExit):
            main()
        printed = capsys.readouterr()
        assert printed.err == ""
        return {word for line in printed.out.splitlines() for word in line.replace("\t", ",").split(",")}

    return complete


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("ze",), {"zebra", "zendesk", "zendesk-audit"}),
        (("reh",), {"rehearse"}),
        (("run", "zo"), {"zoom", "zoom-log"}),
        (("zoom", "zeb"), {"zebra"}),
        (("deploy", "zoom", "zeb"), {"zebra"}),
        (("new", "acme", "--from", "zeb"), {"zebra"}),
        (("pull", "okta-log", "pau"), {"pause"}),
        (("zoom", "--acc"), {"--accept"}),
        (("run", "--sources", "nowhere", "zo"), set()),
    ],
)
def test_commands_sources_and_options_complete(completions, shell: str, words: tuple[str, ...], offered: set) -> None:
    assert {word for word in completions(shell, *words) if word.startswith(words[-1])} == offered


@pytest.mark.parametrize("name", names())
def test_wherever_a_source_is_named_it_completes(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command
    named = [each for each in command.params if each.human_readable_name.strip("[].") == "SOURCE"]
    assert [each.name for each in named if each._custom_shell_complete is not complete_source] == []


@pytest.mark.parametrize("name", names())
def test_wherever_a_source_is_named_a_path_names_it_too(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    sources = [each for each in arguments if each._custom_shell_complete is complete_source]
    assert [each.name for each in sources if each.callback is not _named_by_path] == []


@pytest.mark.parametrize("command", [*names(), ""])
def test_every_command_explains_itself_by_h(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [command] if command else []
    assert main([*arguments, "-h"]) == 0
    short = capsys.readouterr().out
    assert main([*arguments, "--help"]) == 0
    assert short == capsys.readouterr().out
    assert short.startswith(f"Usage: python -m generator {command}")


def test_a_source_takes_h_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["zoom", "-h"]) == 0
    assert capsys.readouterr().out.startswith("Usage: python -m generator build ")


def test_the_console_script_calls_itself_by_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["mozdef-ef.exe"])
    assert main(["-h"]) == 0
    assert capsys.readouterr().out.startswith("Usage: mozdef-ef [OPTIONS]")
