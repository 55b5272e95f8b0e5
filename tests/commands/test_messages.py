"""What is printed can be read at 80 columns, and copied; a question that is not answered with yes says so."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
from pathlib import Path

import click
import pytest
from rich.console import Console

from generator.commands import _console, cli, main, names
from generator.commands._deploy_dialog import _show_changes
from generator.commands.run import _next_steps
from generator.deploy.changes import Change
from generator.local.emulator import Emulator, KeyPair
from generator.local.start import free_port


def test_a_message_is_broken_between_words_and_never_within_a_command() -> None:
    command = "python -m generator run zoom --build /tmp/a-long-folder/of-builds --sources definitions"
    text = f"error: zoom does not run here: start it with: {command} (or name a deployed endpoint with --url)"
    assert _console.wrapped(text, 60).splitlines() == [
        "error: zoom does not run here: start it with:",
        command,
        "(or name a deployed endpoint with --url)",
    ]


def test_a_first_word_that_is_wider_than_the_terminal_stays_beside_the_label() -> None:
    file = f"/{'a' * 60}.yml:1:"
    assert _console.wrapped(f"{file} must be a text", 60, "error: ").splitlines() == [
        f"error: {file}",
        "must be a text",
    ]


def test_a_short_message_is_one_line() -> None:
    assert _console.wrapped("error: x", 80) == "error: x"


def test_the_settings_of_a_run_can_be_pasted(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = KeyPair.random()
    emulator = Emulator("https://127.0.0.1:4566", "us-west-2", Path("a folder", "ca.pem"), Path(), keys)
    out = io.StringIO()
    _next_steps(
        Console(file=out, width=10_000, soft_wrap=True), "python -m generator send zoom", emulator.aws_environment
    )
    printed = out.getvalue()
    assert max(map(len, printed.splitlines())) <= 80
    pasted = printed[printed.index("  export") :]
    monkeypatch.delenv("AWS_REGION", raising=False)
    environment = {"PATH": os.environ["PATH"]}
    bash = shutil.which("bash")
    assert bash
    shown = subprocess.run([bash, "-c", f"{pasted}\nenv"], capture_output=True, text=True, check=True, env=environment)
    assert {f"{name}={value}" for name, value in emulator.aws_environment.items()} <= set(shown.stdout.splitlines())


@pytest.mark.parametrize("answer", ["n", None])
def test_no_and_ctrl_c_say_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str | None
) -> None:
    def read(_prompt: str) -> str:
        if answer is None:
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(click.termui, "visible_prompt_func", read)
    assert not _console.confirm("Send it?", "nothing was sent")
    assert capsys.readouterr().out.splitlines()[-1] == "nothing was sent"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (click.Abort(), "stopped; nothing was changed"),
        (KeyboardInterrupt(), "stopped before the end; what is done is above"),
    ],
)
def test_every_interruption_has_the_exit_status_of_a_no(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, message: str
) -> None:
    def interrupt() -> None:
        raise error

    monkeypatch.setattr("generator.commands.list.overview", interrupt)
    assert main([]) == 1
    assert capsys.readouterr().err == f"\n{message}\n"


def change(name: str, *properties: str) -> Change:
    return Change("Modify", name, "AWS::SQS::Queue", "False", properties, "")


@pytest.mark.parametrize(("tagged", "rows"), [(1, ["A0"]), (3, ["3 resources"])])
def test_resources_that_get_tags_alone_are_one_row(
    capsys: pytest.CaptureFixture[str], tagged: int, rows: list[str]
) -> None:
    _show_changes([change("B", "Code", "Tags"), *(change(f"A{number}", "Tags") for number in range(tagged))], ())
    shown = [
        " ".join(line[8:20].split()[: 1 if line[8] in "AB" else 2]) for line in capsys.readouterr().out.splitlines()[1:]
    ]
    assert sorted(shown) == sorted(["B", *rows])


def test_a_free_port_is_free() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))


@pytest.mark.parametrize("name", names())
def test_every_command_takes_the_folders_that_others_take(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command
    options = [option for parameter in command.params for option in parameter.opts]
    assert {"--sources", "--build"} <= set(options)
    assert len(options) == len(set(options))
