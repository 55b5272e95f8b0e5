"""The commands of the tutorials, as they stand on the pages, one after the other."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from generator.commands import main
from generator.packaging.lint_engines import LintEngines
from generator.scaffold import target_folder
from tests.definitions import ROOT, SOURCES
from tests.emulator.service import eventually, free_port
from tests.examples import assert_example

pytestmark = pytest.mark.emulator

TUTORIALS = ROOT / "docs" / "tutorials"
GENERATOR = "python -m generator "
# .ci/run installs, git takes back and compares, and the vendor is asked by tests/commands/test_try.py and not here.
ELSEWHERE = ("python3 -m venv", "pip install", "export AWS_", "git ", "read ", "curl ", f"{GENERATOR}try ")


def steps(name: str) -> list[str]:
    """The lines of a tutorial's shell blocks, without their comments; a line that is continued is one."""
    text = (TUTORIALS / name).read_text(encoding="utf-8")
    blocks = "".join(re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)).replace("\\\n", " ")
    lines = [re.sub(r"\s+# .*", "", line) for line in blocks.splitlines()]
    return [line for line in lines if not line.startswith(ELSEWHERE) and "…" not in line]


def comments(name: str) -> list[tuple[str, str]]:
    """The commands of a tutorial beside which stands a part of what they print, and that part."""
    text = (TUTORIALS / name).read_text(encoding="utf-8")
    return re.findall(rf"^({GENERATOR}.*?)  +# (.*)$", text, re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that has what a tutorial changes of a checkout.

    To save time, the templates are linted by the fast engine alone, and the bundled sources are read once.
    """
    monkeypatch.setattr("generator.packaging.lint.LintEngines", lambda _engines: LintEngines("fast"))
    monkeypatch.setattr(target_folder, "all_definitions", cache(target_folder.all_definitions))
    shutil.copytree(SOURCES / "zoom", tmp_path / "sources" / "zoom")
    shutil.copy(SOURCES / "schema.json", tmp_path / "sources")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


@contextmanager
def running(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """`run` in its own terminal, whose settings are exported here; what it shows is in the file."""
    shown, port = folder / "shown", free_port()
    with shown.open("w") as out:
        process = subprocess.Popen([sys.executable, "-m", "generator", "run", name, "--port", str(port)], stdout=out)
        try:
            assert eventually(lambda: "AWS_SECRET_ACCESS_KEY=" in shown.read_text() or process.poll(), 60) is True
            for setting, value in re.findall(r"(AWS_\w+)=(\S+)", shown.read_text()):
                monkeypatch.setenv(setting, value)
            yield shown
        finally:
            process.terminate()
            process.wait(30)


def take(line: str, monkeypatch: pytest.MonkeyPatch, typed: str = "") -> int:
    """Do a line as its reader does, who types `typed` where a command asks."""
    if not line.startswith(GENERATOR):
        return subprocess.run(["/bin/bash", "-euc", line], check=False).returncode
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
    return main(shlex.split(line.removeprefix(GENERATOR)))


def test_zoom_on_a_laptop(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], update: bool
) -> None:
    build, run, *rest, clean = steps("zoom-on-your-laptop.md")
    assert take(build, monkeypatch) == 0
    assert run == f"{GENERATOR}run zoom"
    printed: list[str] = []
    with running("zoom", folder, monkeypatch) as shown:
        for line in rest:
            capsys.readouterr()
            if line.endswith("--redrive"):
                # What the tutorial's line does at once, as two commands: the reference has an example of the second.
                assert take(f"{GENERATOR}deploy zoom --yes", monkeypatch) == 0
                capsys.readouterr()
                assert take(f"{GENERATOR}redrive zoom --dry-run", monkeypatch) == 0
                assert_example("redrive", f"{GENERATOR}redrive zoom --dry-run", capsys.readouterr().out, update=update)
            status = take(line, monkeypatch)
            printed.append(capsys.readouterr().out)
            assert status == (1 if "status" in line or "--dry-run" in line else 0), (line, printed[-1])
        assert eventually(lambda: "redriven, 1 sent" in shown.read_text())
        assert "INFO zoom: user.created by zoom-admin@example.com" in shown.read_text()
        assert "kept" in shown.read_text()
    before, after = [text for line, text in zip(rest, printed, strict=True) if line == f"{GENERATOR}rejected zoom"]
    assert "event_ts is not a time as unix_ms writes it" in before
    assert after == "zoom has no rejected events\n"
    assert take(clean, monkeypatch) == 0
    assert_example("run", run, with_first_message(shown.read_text()), update=update, folder=folder, first=24)
    assert_example("send", rest[0], printed[0], update=update, folder=folder)
    assert_example("rejected", f"{GENERATOR}rejected zoom", before, update=update, folder=folder)
    for line, comment in comments("zoom-on-your-laptop.md"):
        assert comment in "".join(text for other, text in zip(rest, printed, strict=True) if other == line)


def with_first_message(shown: str) -> str:
    """What `run` shows until the first event, whose log line may come before the message or after it."""
    start, _, more = shown.partition("AWS_SECRET_ACCESS_KEY=")
    key, *lines = more.splitlines()
    accepted = next(line for line in lines if line.endswith(" 200 accepted"))
    message = next(number for number, line in enumerate(lines) if line.startswith("         INFO "))
    return "\n".join([f"{start}AWS_SECRET_ACCESS_KEY={key}", "", accepted, *lines[message:]])


def test_a_vendor_of_ones_own_a_first_deployment_and_a_source_that_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], update: bool
) -> None:
    page = (TUTORIALS / "your-own-vendor.md").read_text(encoding="utf-8")
    (request,) = re.findall(r"```http\n(.*?)```", page, re.DOTALL)
    (folder / "request.http").write_text(request.rstrip("\n"))
    begin, accept, run, send, watch = steps("your-own-vendor.md")
    assert take(begin, monkeypatch) == 0
    (printed,) = re.findall(r"```\n(request .*?)```", page, re.DOTALL)
    assert capsys.readouterr().out.startswith(printed)
    assert take(accept, monkeypatch) == 0
    assert run == f"{GENERATOR}run acme"
    printed: dict[str, str] = {}
    assert watch == f"{GENERATOR}run acme --watch --accept"
    with running("acme", folder, monkeypatch) as shown:
        assert take(send, monkeypatch) == 0
        assert eventually(lambda: "acme: user.login by ann@example.com" in shown.read_text())
        for line in with_others(steps("first-deployment.md"), f"{GENERATOR}status zoom", OF_A_DEPLOYMENT):
            yes = line + (" --yes" if "deploy zoom" in line or "delete" in line else "")
            capsys.readouterr()
            assert take(yes, monkeypatch, "a-secret-that-zoom-shows-1\n") == 0, line
            printed.setdefault(yes, capsys.readouterr().out)
        (answer,) = re.findall(r"```json\n(.*?)```", (TUTORIALS / "pull-a-source.md").read_text("utf-8"), re.DOTALL)
        (folder / "page1.http").write_text(answer)
        for line in with_others(steps("pull-a-source.md"), f"{GENERATOR}status acme-log", [PAUSE]):
            yes = line + (" --yes" if "deploy" in line else "")
            capsys.readouterr()
            # No schedule runs in the emulator, so the puller has never run, and `status` says that.
            assert take(yes, monkeypatch, "a-token-of-the-vendors-1\n") == ("status" in line), line
            printed.setdefault(yes, capsys.readouterr().out)
    for name, (words, first, last) in EXAMPLES.items():
        line = f"{GENERATOR}{words}"
        assert_example(name, line, printed[line], update=update, folder=folder, first=first, last=last)


# What the reference has an example of, and no tutorial has.
OF_A_DEPLOYMENT = [f"{GENERATOR}{words}" for words in ("logs zoom", "upload zoom")]
PAUSE = f"{GENERATOR}pull acme-log pause --yes"
# What the page shows of each: how many of the first and of the last lines.
EXAMPLES = {
    "secret": ("secret zoom", 20, 0),
    "deploy": ("deploy zoom --yes", 6, 9),
    "canary": ("canary zoom", 20, 0),
    "upload": ("upload zoom", 20, 0),
    "delete": ("delete zoom --yes", 8, 0),
    "logs": ("logs zoom", 20, 0),
    "pull": ("pull acme-log pause --yes", 20, 0),
}


def with_others(lines: list[str], line: str, others: list[str]) -> list[str]:
    """Lines of a tutorial, with others after one of them."""
    index = lines.index(line) + 1
    return [*lines[:index], *others, *lines[index:]]
