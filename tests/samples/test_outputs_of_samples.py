"""A sample's file has the messages of its source's output, and its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.definition.read import load
from generator.samples.comparison import is_expected
from generator.samples.trial import Trial, try_samples

HEAD = "description: made\nwebhook: {auth: {token: {header: x}}}\nevents: {id: id}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "acme" / "samples").mkdir(parents=True)
    (tmp_path / "acme" / "source.yml").write_text(HEAD)
    (tmp_path / "acme" / "samples" / "a.json").write_text('{"id": "e-7"}')
    accept(try_acme(tmp_path))
    return tmp_path


def try_acme(folder: Path) -> Trial:
    (definition,) = load(folder, ["acme"])
    return try_samples(definition)


def accept(trial: Trial) -> None:
    for file, content in trial.accepted.items():
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / "acme" / "samples").iterdir())


@pytest.mark.parametrize("output", ["raw", "ecs", "ocsf"])
def test_sample_of_another_output_has_a_file_of_its_name(folder: Path, output: str) -> None:
    assert names(folder) == ["a.json", "a.mozdef.json"]
    (folder / "acme" / "source.yml").write_text(f"{HEAD}output: {output}\n")
    assert [f"{Path(problem.file).name}: {problem.message}" for problem in try_acme(folder).differences] == [
        f"a.mozdef.json: is stale, since the sample becomes messages of the output {output}; if the build is right, "
        "--accept removes it",
        f"a.{output}.json: is missing: --accept stores what the build makes of the sample",
    ]
    accept(try_acme(folder))
    assert names(folder) == sorted(["a.json", f"a.{output}.json"])
    trial = try_acme(folder)
    assert (trial.differences, trial.warnings, len(trial.shaped)) == ([], [], 1)
    assert is_expected(folder / "acme" / "samples" / f"a.{output}.json")


def test_sample_is_compared_without_the_teams_output(folder: Path) -> None:
    (folder / "defaults.yml").write_text("output: ecs\n")
    trial = try_acme(folder)
    assert [each.messages[0]["ecs"]["version"] for each in trial.altered] == ["8.11.0"]
    assert trial.differences == []
    assert [file.name for file in trial.accepted] == ["a.mozdef.json"]


def test_body_that_is_called_after_an_output_is_a_sample_where_it_stands_alone(folder: Path) -> None:
    (folder / "acme" / "samples" / "invoice.raw.json").write_text(json.dumps({"id": "e-8"}))
    assert [shaped.sample.name for shaped in try_acme(folder).shaped] == ["a", "invoice.raw"]


@pytest.mark.parametrize(
    ("stored", "difference"),
    [
        # An item that is new, one that is gone, and one that is another.
        (["id=e-7"], 'details.fields[1]: nothing is stored, and the build makes "text=aaaa'),
        (["id=e-7", "more=1", "text"], 'details.fields[1]: "more=1" is stored, and the build makes "text=aaaa'),
        (
            ["id=e-7", f"text={'a' * 100}c"],
            f'details.fields[1]: …{"a" * 20}c" is stored, and the build makes …{"a" * 20}b"; if the build is right',
        ),
    ],
)
def test_a_difference_shows_where_two_lists_or_texts_begin_to_differ(
    folder: Path, stored: list[str], difference: str
) -> None:
    (folder / "acme" / "samples" / "a.json").write_text(json.dumps({"id": "e-7", "text": f"{'a' * 100}b"}))
    accept(try_acme(folder))
    file = folder / "acme" / "samples" / "a.mozdef.json"
    message = json.loads(file.read_text())
    message["details"]["fields"] = stored
    file.write_text(json.dumps(message))
    (problem,) = try_acme(folder).differences
    assert f"{problem.key}: {problem.message}".startswith(difference)
