"""`--watch`: what is built again after a change, by whom, and how it ends; no build runs here, and nobody waits."""

from __future__ import annotations

import itertools
import os
import select
import shlex
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from generator.commands import _console, _processes, _watch, main
from generator.commands._processes import run_again
from generator.commands._watch import Rebuilder, Updater, watch_builds
from generator.definition.source_folders import source_names
from generator.errors import BUNDLED, program_words
from generator.files import watching

OWN, BUILD = Path("sources"), Path("build")
TIMES = itertools.count(1)
FOLDERS = "--sources sources --build build"


def edit(name: str, text: str = "description: x") -> None:
    """Write a file of the sources, at a time of its own."""
    file = OWN / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    at = next(TIMES)
    os.utime(file, ns=(at, at))


class Stop(threading.Event):
    """A signal to stop that comes once the steps of a test are done; each is taken while nothing else happens."""

    def __init__(self, *steps: Callable[[], None]) -> None:
        super().__init__()
        self._steps = list(steps)

    def wait(self, _seconds: float | None = None) -> bool:
        if not self._steps:
            self.set()
        else:
            self._steps.pop(0)()
        return self.is_set()


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """The commands that are run again, each with whether it succeeds in `outcomes`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0)
    monkeypatch.setattr(watching, "STILL_SECONDS", 0)
    ran: list[list[str]] = []

    def run_command(arguments: Sequence[str], _stop: threading.Event, *, stderr: bool = False) -> bool:
        assert not stderr
        ran.append(shlex.split(shlex.join(arguments).replace(FOLDERS, "")))
        return OUTCOMES.pop(0) if OUTCOMES else True

    monkeypatch.setattr(_watch, "run_again", run_command)
    for name in ("acme", "beta"):
        edit(f"{name}/source.yml")
    yield ran
    OUTCOMES.clear()


OUTCOMES: list[bool] = []
"""Whether the next commands succeed; all others do."""


def rebuilder(stop: threading.Event, *names: str, options: Sequence[str] = ()) -> Rebuilder:
    """Watch these sources, or all."""
    return Rebuilder(
        lambda: list(names) or source_names(OWN),
        OWN,
        BUILD,
        options,
        stop,
        _console.console(),
        everything=not names,
    )


def watch(
    monkeypatch: pytest.MonkeyPatch,
    names: Sequence[str] | None,
    *steps: Callable[[], None],
    options: Sequence[str] = (),
) -> int:
    """Watch sources, or all, while these steps are taken."""
    monkeypatch.setattr(_watch, "stop_event", lambda: Stop(*steps))
    return watch_builds(names, OWN, BUILD, options)


def test_a_change_is_built_and_said(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change = lambda: edit("acme/samples/a.json")  # noqa: E731
    assert watch(monkeypatch, ["acme"], lambda: None, change, lambda: None, options=["--lint", "fast"]) == 0
    assert commands == [["build", "acme", "--lint", "fast"], ["build", "acme", "--short", "--lint", "fast"]]
    waiting, changed, stopped = capsys.readouterr().out.strip().split("\n\n")
    assert waiting == "waiting for a file to change; Ctrl-C ends it"
    assert changed[9:] == "changed: sources/acme/samples/a.json"
    assert stopped == "stopped"


def test_only_what_a_change_affects_is_built_again(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    both = lambda: [edit("acme/a"), edit("beta/b")]  # noqa: E731
    steps: list[Callable[[], object]] = [
        lambda: edit("beta/source.yml", "extends: acme"),
        lambda: edit("beta/x"),
        lambda: edit("acme/source.yml", "description: y"),
        both,
        lambda: edit("other/source.yml"),
        lambda: edit("defaults.yml"),
    ]
    watch(monkeypatch, ["acme", "beta"], *steps)  # type: ignore[arg-type]
    assert [words[1:-1] for words in commands[1:]] == [["beta"], ["beta"], *[["acme", "beta"]] * 3]


def test_what_could_not_be_built_is_built_again_with_the_next_change(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    OUTCOMES[:] = [True, False, False, True]
    changes = [lambda name=name: edit(f"{name}/x") for name in ("beta", "acme", "acme", "acme")]
    watch(monkeypatch, ["acme", "beta"], *changes)
    assert [words[1:-1] for words in commands[1:]] == [["beta"], ["acme", "beta"], ["acme", "beta"], ["acme"]]


def test_of_all_a_new_source_is_built_too(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    edit("acme/source.yml", "extends: zoom")
    new, schema = lambda: edit("gamma/source.yml"), lambda: edit("schema.json")
    watch(monkeypatch, None, new, schema)
    assert commands == [["build", "--all"], ["build", "gamma", "--short"]]


def test_of_all_nothing_is_watched_twice(commands: list[list[str]]) -> None:
    edit("acme/source.yml", "extends: zoom")
    roots = rebuilder(Stop())._roots()
    assert (roots[:2], commands) == ([OWN, BUNDLED / "zoom"], [])
    assert OWN / "beta" not in roots


def test_what_accept_writes_is_no_change(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    stored = [f"acme/samples/a.{part}" for part in ("mozdef.json", "reply.json", "requests.txt")]
    changes = [lambda name=name: edit(name) for name in stored]
    watch(monkeypatch, ["acme"], *changes, options=["--accept"])
    assert len(commands) == 1
    watch(monkeypatch, ["acme"], *changes)
    assert len(commands) == 5


def test_a_run_begins_once_the_source_can_be_built(commands: list[list[str]]) -> None:
    OUTCOMES[:] = [False, False, True]
    steps = [lambda: edit("acme/x") for _ in range(3)]
    assert rebuilder(Stop(*steps), "acme").build_until_complete()
    assert len(commands) == 3


def test_a_run_that_is_ended_before_that_does_not_begin(commands: list[list[str]]) -> None:
    OUTCOMES[:] = [False]
    assert not rebuilder(Stop(), "acme").build_until_complete()
    assert len(commands) == 1


def test_what_runs_is_updated_at_first_and_after_each_build_that_succeeds(commands: list[list[str]]) -> None:
    OUTCOMES[:] = [True, False, True, True]
    steps = [lambda: edit("acme/x"), lambda: None, lambda: edit("acme/x")]
    assert Updater(rebuilder(Stop(*steps), "acme"), ["run", "acme", "--update"]).repeat() == 0
    assert [words[0] for words in commands] == ["run", "build", "build", "run"]


def test_a_command_that_runs_again_has_its_own_status(monkeypatch: pytest.MonkeyPatch) -> None:
    for status in (0, 1):
        monkeypatch.setattr(_processes, "program_words", lambda code=status: [sys.executable, "-c", f"exit({code})"])
        assert run_again([], threading.Event()) is (status == 0)


@pytest.mark.parametrize(
    ("started", "words"),
    [
        ("/venv/bin/mozdef-ef", ["/venv/bin/mozdef-ef"]),
        ("/checkout/generator/__main__.py", [sys.executable, "-m", "generator"]),
    ],
)
def test_the_program_is_started_again_as_it_was(
    started: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [started, "zoom", "--watch"])
    assert program_words() == words


def test_a_signal_to_stop_ends_the_command_that_runs_and_what_it_has_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive = tmp_path / "alive"
    os.mkfifo(alive)
    reader = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)
    begin = f"import subprocess, sys, time; subprocess.Popen(['sleep', '600'], stdout=open({str(alive)!r}, 'w'))"
    monkeypatch.setattr(_processes, "program_words", lambda: [sys.executable, "-c", f"{begin}; time.sleep(600)"])
    stop = threading.Event()
    threading.Thread(target=lambda: [_until_written(reader), stop.set()], daemon=True).start()
    assert not run_again([], stop)
    assert select.select([reader], [], [], 10)[0]  # at its end, since nobody has it open for writing any more
    os.close(reader)


def test_a_command_that_is_interrupted_puts_things_in_order_and_what_does_not_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready, restored, stop = tmp_path / "ready", tmp_path / "restored", threading.Event()
    # Where the tests run in the background, a shell may have it that Ctrl-C is ignored.
    code = f"""import pathlib, signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    pathlib.Path({str(ready)!r}).touch()
    time.sleep(600)
except KeyboardInterrupt:
    pathlib.Path({str(restored)!r}).touch()
    time.sleep(600)
"""
    monkeypatch.setattr(_processes, "program_words", lambda: [sys.executable, "-c", code])
    monkeypatch.setattr(_processes, "_END_SECONDS", 2)

    def stop_once_ready() -> None:
        while not ready.exists():
            time.sleep(0.01)
        stop.set()

    threading.Thread(target=stop_once_ready, daemon=True).start()
    assert not run_again([], stop)
    assert restored.exists()


def test_a_command_that_the_system_kills_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kill = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    monkeypatch.setattr(_processes, "program_words", lambda: [sys.executable, "-c", kill])
    assert not run_again(["build", "acme", "--short"], threading.Event())
    assert capsys.readouterr().err == "error: build acme: SIGKILL killed it before its end\n"


def _until_written(reader: int) -> None:
    """Return once a process has the pipe open for writing: a read would then have to wait."""
    while True:
        try:
            os.read(reader, 1)
        except BlockingIOError:
            return
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["acme", "--check", "--watch"], "--check writes nothing, so it can't be used with --watch"),
        (["acme", "--check", "--accept"], "--check writes nothing, so it can't be used with --accept"),
        (
            ["run", "acme", "--accept"],
            "--accept is of the build, which is part of --watch; without that: python -m generator acme --accept",
        ),
    ],
)
@pytest.mark.usefixtures("commands")
def test_options_that_make_no_sense_together_are_refused(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.endswith(f"error: {message}\n")


@pytest.mark.parametrize("words", [["nobody"], ["run", "nobody"]])
def test_a_source_that_does_not_exist_is_not_watched(
    commands: list[list[str]], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--watch"]) == 1
    assert "error: no source nobody in sources, nor among those that are shipped" in capsys.readouterr().err
    assert commands == []
