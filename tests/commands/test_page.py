"""`page`: written beside the files of a build, of what was built, and never in a build's way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.commands import main
from generator.definition.read import load
from generator.errors import GeneratorError
from generator.files import regular_file
from generator.packaging import output
from generator.packaging.product import make_product, shared_files
from tests.definitions import SOURCES

Run = Callable[..., tuple[int, str, str]]
PAGE = Path("build/acme/page.html")
DEFINITION = "description: Acme\nwebhook: {auth: {token: {header: x-acme-token}}}\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command in a folder with the source acme: exit status, output, errors."""
    monkeypatch.chdir(tmp_path)
    write_definition(DEFINITION)

    def command(*args: str) -> tuple[int, str, str]:
        status = main(args)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


def write_definition(text: str, name: str = "acme") -> None:
    folder = Path("sources") / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "source.yml").write_text(text, encoding="utf-8")


def build(name: str = "acme") -> None:
    """What a build writes, without lint."""
    product = make_product(load(Path("sources"), [name])[0], None, {})
    Path("build").mkdir(exist_ok=True)
    output.write_shared(Path("build"), shared_files())
    output.write_source(Path("build"), name, product.files, {})


def test_a_page_is_written_beside_what_was_built_and_stays_the_same(run: Run) -> None:
    build()
    status, out, err = run("page", "acme")
    assert (status, err) == (0, "")
    assert [out.split()[0], out.split()[-1]] == ["build/acme/page.html", "new"]
    before = PAGE.read_bytes()
    assert run("page", "acme")[1].split()[-1] == "unchanged"
    assert PAGE.read_bytes() == before


def test_what_is_not_built_or_not_as_defined_now_has_no_page(run: Run) -> None:
    build()
    write_definition(DEFINITION.replace("x-acme-token", "x-other-token"))
    write_definition(DEFINITION, "beta")
    assert run("page", "acme", "beta") == (
        1,
        "",
        "error: build/acme: is not what the definition says now; build it: python -m generator acme\n"
        "error: build/beta/event-source.json: is not built yet; build it: python -m generator beta\n",
    )
    assert not PAGE.exists()
    assert run("page", "--all") == (
        1,
        "",
        "error: build: 2 of 2 sources are not built yet, or not as they are defined now (acme, beta); "
        "build all: python -m generator --all\n",
    )


def test_all_have_an_index(run: Run) -> None:
    write_definition(DEFINITION, "beta")
    build("acme")
    build("beta")
    status, out, _ = run("page", "--all")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == [
        "build/acme/page.html",
        "build/beta/page.html",
        "build/index.html",
    ]
    assert 'href="beta/page.html"' in Path("build/index.html").read_text(encoding="utf-8")


def test_a_build_of_the_same_leaves_the_page_and_a_build_of_others_removes_it(run: Run) -> None:
    build()
    run("page", "acme")
    build()
    assert PAGE.exists()
    write_definition(DEFINITION.replace("x-acme-token", "x-other-token"))
    build()
    assert not PAGE.exists()


@pytest.mark.parametrize("text", ["<html>mine</html>", "<html>What we think of the MozDef Event Framework</html>"])
def test_a_page_of_somebody_else_is_left_alone(run: Run, text: str) -> None:
    build()
    PAGE.write_text(text, encoding="utf-8")
    write_definition(DEFINITION.replace("x-acme-token", "x-other-token"))
    with pytest.raises(GeneratorError, match=r"holds page\.html, which no build makes"):
        build()
    write_definition(DEFINITION)
    assert run("page", "acme") == (
        1,
        "",
        "error: build/acme: holds page.html, which no build makes: move it away, or name another folder with --build\n",
    )


def test_an_index_of_somebody_else_is_left_alone(run: Run) -> None:
    build()
    index = Path("build/index.html")
    index.write_text("<html>mine</html>", encoding="utf-8")
    message = (
        "error: build: holds index.html, which no build makes: move it away, or name another folder with --build\n"
    )
    assert run("page", "--all") == (1, "", message)
    assert (index.read_text(encoding="utf-8"), PAGE.exists()) == ("<html>mine</html>", False)


@pytest.mark.usefixtures("run")
def test_a_page_that_can_not_be_read_is_left_alone() -> None:
    build()
    PAGE.touch()
    os.truncate(PAGE, regular_file.MAX_BYTES + 1)
    write_definition(DEFINITION.replace("x-acme-token", "x-other-token"))
    with pytest.raises(GeneratorError, match=r"holds page\.html, which no build makes"):
        build()
    assert PAGE.exists()


def test_either_names_or_all(run: Run) -> None:
    for arguments in ((), ("acme", "--all")):
        status, _, err = run("page", *arguments)
        assert status == 2
        assert "name sources, or use --all" in err


def test_a_source_whose_base_has_readme_and_samples_has_them_on_its_page(run: Run) -> None:
    shutil.copytree(SOURCES / "zoom", "sources/zoom")
    write_definition("extends: zoom\ndescription: Another tenant\n")
    build()
    assert run("page", "acme")[0] == 0
    text = PAGE.read_text(encoding="utf-8")
    assert "Event Subscriptions" in text
    assert "The message that MozDef gets" in text
