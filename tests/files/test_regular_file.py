"""What is read is a regular file of a size, and what is written goes through no link: whatever lies in a folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.commands import main
from generator.files import regular_file
from tests.definitions import SOURCES

pytestmark = pytest.mark.slow

Fault = Callable[[Path], None]


def pipe(file: Path) -> None:
    """One that nobody writes to: to open it in the usual way takes for ever."""
    os.mkfifo(file)


def device(file: Path) -> None:
    """One that never ends."""
    file.symlink_to("/dev/zero")


def huge(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(1 << 40)


TOPIC = "arn:aws:sns:us-west-2:123456789012:security-alerts"
FAULTS = [
    pytest.param(pipe, "it is a named pipe", id="pipe"),
    pytest.param(device, "it is a device", id="device"),
    pytest.param(huge, "it has more than {limit} bytes", id="huge"),
]
BUILD = ("zoom", "--lint", "fast")
READ = [
    pytest.param("sources/zoom/source.yml", BUILD, "1,048,576", id="source.yml"),
    pytest.param("sources/zoom/transform.py", ("list",), "268,435,456", id="transform.py"),
    pytest.param("sources/zoom/schemas/event.json", ("list",), "4,194,304", id="schema"),
    pytest.param("sources/zoom/samples/user.created.json", BUILD, "33,554,432", id="sample"),
    pytest.param("sources/zoom/samples/user.created.txt", BUILD, "33,554,432", id="text"),
    pytest.param("sources/zoom/samples/user.created.request.json", BUILD, "33,554,432", id="head"),
    pytest.param("sources/zoom/samples/user.created.mozdef.json", BUILD, "33,554,432", id="message"),
    pytest.param("given", ("verify", "zoom", "--request", "given"), "33,554,432", id="request"),
    pytest.param("given", ("new", "acme", "--from-request", "given"), "33,554,432", id="from-request"),
    pytest.param("given", ("send", "zoom", "--body", "given"), "33,554,432", id="body"),
    pytest.param(
        "given",
        ("verify", "sns", "--parameter", f"TopicArn={TOPIC}", "--request", "r.http", "--keys", "given"),
        "33,554,432",
        id="keys",
    ),
]


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a source that has one sample, a schema and a `transform.py`; and one with public keys."""
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "sources" / "zoom"
    (source / "samples").mkdir(parents=True)
    text = (SOURCES / "zoom" / "source.yml").read_text()
    assert "\nevents:\n" in text
    schemas = '\nevents:\n  schemas: {"user.created": schemas/event.json}\n'
    (source / "source.yml").write_text(text.replace("\nevents:\n", schemas))
    (source / "schemas").mkdir()
    (source / "schemas" / "event.json").write_text("{}")
    (source / "transform.py").write_text("def transform(event, request):\n    return [event]\n")
    for name in ("user.created.json", "user.created.mozdef.json"):
        shutil.copy(SOURCES / "zoom" / "samples" / name, source / "samples")
    shutil.copytree(SOURCES / "aws-sns", tmp_path / "sources" / "sns")
    (tmp_path / "r.http").write_text("POST / HTTP/1.1\n\n{}")
    return tmp_path


@pytest.mark.parametrize(("fault", "message"), FAULTS)
@pytest.mark.parametrize(("name", "command", "limit"), READ)
@pytest.mark.usefixtures("sources")
def test_irregular_or_oversized_file_is_an_error(
    capsys, name: str, command: tuple[str, ...], limit: str, fault: Fault, message: str
) -> None:
    file = Path(name)
    if name.endswith(".txt"):
        file.with_suffix(".json").unlink()
    file.unlink(missing_ok=True)
    fault(file)
    status = main(command)
    err = capsys.readouterr().err
    assert status == 1
    assert f"{name}: can't be read: {message.format(limit=limit)}\n" in err.replace(" (", ": ").replace(")\n", "\n")


@pytest.mark.usefixtures("sources")
def test_a_sample_that_leads_nowhere_is_said_to(capsys) -> None:
    Path("sources/zoom/samples/gone.json").symlink_to("nowhere")
    assert main(BUILD) == 1
    message = "error: sources/zoom/samples/gone.json: can't be read: No such file or directory\n"
    assert message in capsys.readouterr().err


def test_a_link_that_leads_to_a_regular_file_is_read(sources: Path, capsys) -> None:
    (sources / "elsewhere").mkdir()
    for name in ("source.yml", "transform.py", "schemas/event.json", "samples/user.created.json"):
        file = Path("sources/zoom", name).resolve()
        other = sources / "elsewhere" / file.name
        shutil.move(file, other)
        file.symlink_to(other)
    assert main(["zoom", "--lint", "fast", "--accept"]) == 0, capsys.readouterr().err


WRITTEN = [
    pytest.param("build/.lock", ("zoom",), id="lock"),
    pytest.param("build/merge.zip", ("zoom",), id="merge.zip"),
    pytest.param("sources/zoom/samples/user.created.mozdef.json", ("zoom", "--accept"), id="message"),
    pytest.param("sources/schema.json", ("new", "acme", "--description", "A", "--auth", "basic"), id="schema.json"),
]


@pytest.mark.parametrize(("name", "command"), WRITTEN)
def test_target_of_a_link_stays_unchanged(sources: Path, capsys, name: str, command: tuple[str, ...]) -> None:
    (sources / "precious").write_text("mine")
    assert main(["zoom", "--lint", "fast", "--accept"]) == 0
    Path(name).unlink(missing_ok=True)
    Path(name).symlink_to(sources / "precious" if name != "sources/schema.json" else sources / "new")
    capsys.readouterr()
    assert main([*command, "--lint", "fast"]) == 1
    assert "can't be written (it is a symbolic link)" in capsys.readouterr().err
    assert (sources / "precious").read_text() == "mine"
    assert not (sources / "new").exists()


@pytest.mark.parametrize("name", [".lint", "zoom"])
def test_nothing_is_written_into_a_folder_that_a_link_leads_to(sources: Path, capsys, name: str) -> None:
    (sources / "mine").mkdir()
    Path("build").mkdir()
    Path("build/.lock").touch()
    Path("build", name).symlink_to(sources / "mine")
    assert main(["zoom", "--lint", "fast", "--accept"]) == 1
    assert f"build/{name}: " in capsys.readouterr().err
    assert list((sources / "mine").iterdir()) == []


def test_a_half_written_file_is_replaced_and_a_link_in_its_place_too(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    (tmp_path / f".a.{os.getpid()}.part").symlink_to("precious")
    regular_file.write(tmp_path / "a", b"1")
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"a": "1", "precious": "mine"}


def test_a_lock_keeps_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text("mine")
    os.close(regular_file.open_lock(tmp_path / ".lock"))
    assert (tmp_path / ".lock").read_text() == "mine"
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="it is a named pipe"):
        regular_file.open_lock(tmp_path / "pipe")


def test_file_that_grows_while_read_has_an_end() -> None:
    """The files in /proc say that they have no bytes."""
    with pytest.raises(OSError, match="it has more than 10 bytes"):
        regular_file.read(Path("/proc/self/status"), 10)
