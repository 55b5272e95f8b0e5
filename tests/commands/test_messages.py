"""What is printed can be read at 80 columns, and copied; a question that is not answered with yes says so."""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import click
import pytest
from rich.console import Console
from rich.text import Text

from generator.commands import _console, _layout, cli, main, names
from generator.commands._deploy_dialog import _show_changes
from generator.commands.run import _next_steps
from generator.commands.status import print_lines
from generator.deploy.changes import Change
from generator.errors import DefinitionError, Problem
from generator.local.emulator import Emulator, KeyPair
from generator.local.start import free_port


def wrapped(text: str, width: int, label: str = "") -> list[str]:
    return [line.plain for line in _layout.wrapped(Text(text), width, label)]


def test_a_message_is_broken_between_words_and_never_within_a_command() -> None:
    command = "python -m generator run zoom --build /tmp/a-long-folder/of-builds --sources definitions"
    text = f"error: zoom does not run here: start it with: {command} (or name a deployed endpoint with --url)"
    assert wrapped(text, 60) == [
        "error: zoom does not run here: start it with:",
        command,
        "(or name a deployed endpoint with --url)",
    ]


def test_a_first_word_that_is_wider_than_the_terminal_stays_beside_the_label() -> None:
    file = f"/{'a' * 60}.yml:1:"
    assert wrapped(f"error: {file} must be a text", 60, "error: ") == [
        f"error: {file}",
        "must be a text",
    ]


def test_a_short_message_is_one_line() -> None:
    assert wrapped("error: x", 80) == ["error: x"]


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


def addition(name: str, type_: str) -> Change:
    return Change("Add", name, type_, "", (), "")


def test_the_resources_of_a_new_stack_are_a_line_for_each_type(capsys: pytest.CaptureFixture[str]) -> None:
    queues = [addition(f"Q{number}", "AWS::SQS::Queue") for number in range(10)]
    _show_changes([*queues, addition("Api", "AWS::ApiGatewayV2::Api")], ())
    assert capsys.readouterr().out.splitlines() == [
        "adds 11 resources",
        "  AWS::ApiGatewayV2::Api  Api",
        "  AWS::SQS::Queue         Q0, Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8, Q9",
    ]
    _show_changes([*queues, addition("Api", "AWS::ApiGatewayV2::Api"), change("B", "Code")], ())
    assert capsys.readouterr().out.splitlines()[-1].rstrip() == "change  B         AWS::SQS::Queue  no        Code"


def test_mistakes_that_many_files_share_are_one_with_the_files(capsys: pytest.CaptureFixture[str]) -> None:
    alike = [Problem(f"sources/a/samples/{name}.json", 0, "", "is empty") for name in "abcd"]
    _console.failure(DefinitionError([*alike, Problem("sources/a/source.yml", 3, "events", "must be a mapping")]))
    assert capsys.readouterr().err.splitlines() == [
        "error: sources/a/samples/a.json: is empty",
        "       also in b.json, c.json, d.json",
        "error: sources/a/source.yml:3: events: must be a mapping",
        "5 problems; nothing was written",
    ]
    _console.failure(DefinitionError(alike[:2]))
    assert capsys.readouterr().err.splitlines() == [
        "error: sources/a/samples/a.json: is empty",
        "error: sources/a/samples/b.json: is empty",
        "2 problems; nothing was written",
    ]
    _console.failure(DefinitionError([Problem(f"{folder}/x.yml", 2, "", "is empty") for folder in "abcd"]))
    assert capsys.readouterr().err.splitlines()[1] == "       also in b/x.yml:2, c/x.yml:2, d/x.yml:2"


def terminal(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=True, no_color=True, soft_wrap=True, highlight=False)


def shown(out: Console) -> list[str]:
    assert isinstance(out.file, io.StringIO)
    return re.sub(r"\x1b\[[0-9;]*m", "", out.file.getvalue()).splitlines()


def test_a_url_is_never_broken_in_columns() -> None:
    out, url = terminal(40), f"https://example.com/{'a' * 60}"
    _layout.columns(out, [("[dim]vendor[/]", f"calls {url}; and [bold]then[/] it is told what to click there")])
    assert shown(out) == ["vendor calls", f"       {url};", "       and then it is told what to click", "       there"]


def test_of_a_status_only_the_labels_are_colored() -> None:
    out = Console(file=io.StringIO(), width=60, force_terminal=True, color_system="standard", _environ={})
    print_lines(out, [("rejected", "1 request [1]", "yellow"), ("waiting", "0 messages", "default")])
    assert isinstance(out.file, io.StringIO)
    assert out.file.getvalue().splitlines() == [
        "  \x1b[1;33mrejected \x1b[0m 1 request [1]",
        "  \x1b[2mwaiting  \x1b[0m 0 messages",
    ]


def test_a_purpose_stands_below_its_command_where_both_are_too_wide() -> None:
    steps = [("python -m generator run zoom", "run it here"), ("git init", "")]
    out = terminal(80)
    _layout.steps(out, steps)
    assert shown(out) == ["  python -m generator run zoom  run it here", "  git init"]
    out = terminal(50)
    _layout.steps(out, steps)
    assert shown(out) == ["  python -m generator run zoom", "      run it here", "  git init"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "Store it: python -m generator secret okta. Or wait",
            ["Store it:", "python -m generator secret okta.", "Or wait"],
        ),
        (
            "first aws ssm get-parameters --names /a:b, then go",
            ["first", "aws ssm get-parameters --names /a:b,", "then go"],
        ),
    ],
)
def test_a_command_ends_where_its_sentence_ends(text: str, lines: list[str]) -> None:
    assert wrapped(text, 20) == lines


def test_wrong_usage_looks_like_every_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "zoom", "--prot", "1"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "Usage: python -m generator run [OPTIONS] SOURCE",
        "Try 'python -m generator run --help' for help.",
        "",
        "error: No such option '--prot'. Did you mean '--port'?",
    ]


def test_a_missing_choice_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pull", "okta-log"]) == 2
    assert capsys.readouterr().err.splitlines()[3:] == [
        "error: Missing argument 'ACTION'. Choose from: run, pause, resume, rewind, backfill, export, import"
    ]


def test_two_letters_that_changed_places_are_still_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rnu", "zoom"]) == 1
    assert capsys.readouterr().err == "error: no source rnu; did you mean the command run?\n"


@pytest.mark.parametrize(
    ("width", "text"), [(20, "2026 例示 login"), (15, "2026 例示 login"), (14, "2026 例示 log…"), (8, "2026 例…")]
)
def test_a_text_is_cut_by_the_columns_it_takes(width: int, text: str) -> None:
    assert _layout.shortened("2026 例示 login", width) == text


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
