"""The key `output`, and what becomes of `mozdef` beside another output than MozDef's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.definition.read import Definition, load
from generator.errors import DefinitionError
from lambdas.model_facts import Mozdef
from tests.definitions import ROOT, SOURCES

HEAD = "description: made\nwebhook: {auth: {token: {header: x}}}\n"


def write(folder: Path, text: str, name: str = "acme") -> None:
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "source.yml").write_text(text)


def read(folder: Path, name: str = "acme") -> Definition:
    return load(folder, [name])[0]


def problems(folder: Path, name: str = "acme") -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        read(folder, name)
    return [f"{problem.line}: {problem.key}: {problem.message}" for problem in caught.value.problems]


def test_output_is_mozdefs_unless_a_definition_says_another(tmp_path: Path) -> None:
    write(tmp_path, HEAD)
    assert read(tmp_path).source.output == "mozdef"
    write(tmp_path, f"{HEAD}output: ecs\n")
    assert read(tmp_path).source.output == "ecs"
    write(tmp_path, f"{HEAD}output: esc\n")
    assert problems(tmp_path) == ["3: output: must be one of mozdef, raw, ecs, ocsf; did you mean ecs?"]


def siems_of_the_guide() -> Iterator[tuple[str, str]]:
    """Yield each SIEM that has a page, by the page's name, and its output in the guide's table."""
    guide = (ROOT / "docs" / "how-to" / "siem" / "index.md").read_text(encoding="utf-8")
    yield from re.findall(r"^\| \[[^]]+\]\(([a-z-]+)\.md\) \| `(\w+)` \|", guide, re.MULTILINE)


def test_siem_in_place_of_an_output_is_answered_with_the_output_that_it_reads(tmp_path: Path) -> None:
    outputs = dict(siems_of_the_guide())
    assert len(outputs) == 7
    for siem, output in outputs.items():
        write(tmp_path, f"{HEAD}output: {siem}\n")
        assert problems(tmp_path) == [f"3: output: must be one of mozdef, raw, ecs, ocsf; did you mean {output}?"]


def test_each_output_is_a_module_of_its_name() -> None:
    modules = {file.stem for file in (ROOT / "lambdas" / "shaping" / "outputs").glob("[a-z]*.py")}
    assert modules == {"mozdef", "raw", "ecs", "ocsf"}


def test_mozdefs_keys_in_a_file_that_says_another_output_are_a_mistake(tmp_path: Path) -> None:
    write(tmp_path, f"{HEAD}output: ocsf\nmozdef:\n  category: mine\n")
    message = "is for `output: mozdef`, and this file says ocsf; leave one of them out"
    assert problems(tmp_path) == [f"4: mozdef: {message}"]


def test_mozdefs_keys_beneath_or_above_another_output_are_ignored(tmp_path: Path) -> None:
    write(tmp_path, f"{HEAD}mozdef: {{category: mine}}\n")
    write(tmp_path, "extends: acme\noutput: raw\n", "acme-raw")
    assert read(tmp_path, "acme-raw").source.mozdef == Mozdef()
    (tmp_path / "defaults.yml").write_text("output: ecs\nmozdef: {hostname: corp}\n")
    definition = read(tmp_path)
    assert (definition.source.output, definition.source.mozdef) == ("ecs", Mozdef())
    assert definition.without_defaults is not None
    assert definition.without_defaults.mozdef.category == "mine"
    write(tmp_path, f"{HEAD}output: mozdef\n", "other")
    assert read(tmp_path, "other").source.mozdef.hostname == "corp"


@pytest.mark.parametrize("output", ["raw", "ecs", "ocsf"])
def test_zoom_is_whole_for_mozdef_alone(tmp_path: Path, output: str) -> None:
    (tmp_path / "defaults.yml").write_text(f"output: {output}\n")
    (zoom,) = load(tmp_path, ["zoom"])
    assert (zoom.source.output, zoom.source.mozdef.whole) == (output, False)
    assert load(SOURCES, ["zoom"])[0].source.mozdef.whole


PLUGIN_WORDS: list[tuple[str, str, list[Any]]] = [
    (
        "google",
        "",
        ["0: : a source can't be named google: the word sets off a plugin of MozDef's, which takes its messages"],
    ),
    (
        "acme",
        "facts: {extra: {username: '{a}'}}\n",
        ["3: facts.extra.username: is MozDef's name of a fact already; choose another"],
    ),
]


@pytest.mark.parametrize(("name", "more", "expected"), PLUGIN_WORDS)
def test_words_of_mozdef_alone_are_free_in_another_output(
    tmp_path: Path, name: str, more: str, expected: list[str]
) -> None:
    write(tmp_path, f"{HEAD}{more}", name)
    assert problems(tmp_path, name) == expected
    write(tmp_path, f"{HEAD}{more}output: ecs\n", name)
    assert read(tmp_path, name).source.name == name
