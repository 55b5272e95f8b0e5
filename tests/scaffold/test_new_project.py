"""A project of one's own, as `init` makes it, and the check of its pushes, run as CI runs it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from generator.commands import main
from generator.commands.init import _PURPOSES
from generator.definition.read import load
from generator.scaffold import new_project
from lambdas import VERSION
from tests.definitions import ROOT, SOURCES

FILES = {
    *(".gitattributes", ".github/workflows/sources.yml", ".gitignore", ".gitlab-ci.yml", "README.md"),
    *("constraints.txt", "requirements.txt", "sources/defaults.schema.json", "sources/defaults.yml"),
    "sources/schema.json",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A new project, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    assert main(["init", "ours"]) == 0
    capsys.readouterr()
    monkeypatch.chdir(tmp_path / "ours")
    return tmp_path / "ours"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def workflow() -> dict:
    # YAML 1.1 reads `on` as true.
    text = Path(".github/workflows/sources.yml").read_text(encoding="utf-8")
    definition = yaml.safe_load(text)
    return {"on" if key is True else key: value for key, value in definition.items()}


def commands() -> list[str]:
    """What the workflow runs, but for the installation: the framework is here already."""
    steps = [step["run"] for step in workflow()["jobs"]["check"]["steps"] if "run" in step]
    assert steps.pop(0) == "python -m pip install --requirement requirements.txt"
    return steps


def checked() -> tuple[list[int], str]:
    """Run the workflow's steps as GitHub does, until one fails; return their exit statuses and output."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    statuses, output = [], ""
    for command in commands():
        done = subprocess.run(
            [shutil.which("bash") or "bash", "-e", "-c", command],
            env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "CI": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        statuses.append(done.returncode)
        output += done.stdout
        if done.returncode:
            break
    return statuses, output


def test_init_says_what_it_made_and_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "our sources"]) == 0
    out = capsys.readouterr().out
    assert set(contents(tmp_path / "our sources")) == FILES == set(_PURPOSES)
    made, _, following = out.partition("\nnext\n")
    assert {line.split()[0] for line in made.splitlines()[3:]} == FILES
    assert [line.split("  ")[1] for line in following.splitlines()] == [
        "cd 'our sources'",
        "git init",
        "python -m generator new acme",
        "python -m generator zoom",
        "python -m generator --all --check --strict",
    ]


def test_init_makes_the_working_folder_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").touch()
    (tmp_path / "sources").mkdir()
    assert main(["init", "."]) == 0
    assert set(contents(tmp_path)) == {*FILES, "notes.txt"}
    assert "  cd " not in capsys.readouterr().out


def test_nothing_that_exists_is_overwritten_and_all_of_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p" / "sources").mkdir(parents=True)
    Path("p/README.md").write_text("mine")
    Path("p/.gitignore").symlink_to("nowhere")
    Path("p/.github").write_text("a file")
    before = contents(tmp_path)
    assert main(["init", "p"]) == 1
    assert contents(tmp_path) == before
    assert capsys.readouterr().err.splitlines() == [
        "error: p/.github: exists already",
        "error: p/.gitignore: exists already",
        "error: p/README.md: exists already",
        "error: nothing was written; move what exists away, or name another folder",
    ]
    assert main(["init", "p/README.md"]) == 1
    assert capsys.readouterr().err.startswith("error: p/README.md: exists already\n")


def test_a_disk_that_is_full_leaves_no_half_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write = new_project.regular_file.write

    def fill(file: Path, content: bytes) -> None:
        if file.name == "schema.json":
            raise OSError(28, "No space left on device", str(file))
        write(file, content)

    monkeypatch.setattr(new_project.regular_file, "write", fill)
    assert main(["init", "p"]) == 1
    assert contents(tmp_path) == {}
    message = "p/sources/schema.json: can't be written (No space left on device); nothing was written"
    assert capsys.readouterr().err == f"error: {message}\n"


@pytest.mark.slow
def test_the_workflow_passes_in_a_new_project_and_judges_its_sources(project: Path) -> None:
    statuses, output = checked()
    assert (statuses, output.startswith("note: sources: has no source yet")) == ([0], True)
    shutil.copytree(SOURCES / "zoom", project / "sources" / "zoom")
    statuses, output = checked()
    assert (statuses, "ok  zoom: " in output) == ([0], True)
    definition = project / "sources" / "zoom" / "source.yml"
    definition.write_text(f"{definition.read_text(encoding='utf-8')}\nhardning: strict\n", encoding="utf-8")
    statuses, output = checked()
    assert (statuses, "hardning: no such key" in output) == ([1], True)


@pytest.mark.usefixtures("project")
def test_a_mistake_in_the_defaults_fails_the_check_of_a_project_without_sources(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("sources/defaults.yml").write_text("hardning: strict\n")
    assert main(["--all", "--check"]) == 1
    assert capsys.readouterr().err.startswith("error: sources/defaults.yml:1: hardning: no such key; did you mean")


@pytest.mark.usefixtures("project")
def test_the_workflow_may_only_read_and_names_what_it_runs_by_commit() -> None:
    definition = workflow()
    assert definition["permissions"] == {"contents": "read"}
    assert set(definition["on"]) == {"push", "pull_request"}
    (job,) = definition["jobs"].values()
    assert "permissions" not in job
    actions = [step["uses"] for step in job["steps"] if "uses" in step]
    assert [action.partition("@")[0] for action in actions] == ["actions/checkout", "actions/setup-python"]
    assert all(re.fullmatch(r"[a-z/-]+@[0-9a-f]{40}", action) for action in actions)
    assert job["steps"][0]["with"] == {"persist-credentials": False}
    assert "${{" not in Path(".github/workflows/sources.yml").read_text(encoding="utf-8")


@pytest.mark.usefixtures("project")
def test_gitlab_runs_what_github_runs() -> None:
    job = yaml.safe_load(Path(".gitlab-ci.yml").read_text(encoding="utf-8"))["check"]
    assert job["script"] == ["python -m pip install --requirement requirements.txt", *commands()]


@pytest.mark.usefixtures("project")
def test_every_default_that_is_commented_out_can_be_taken() -> None:
    file = Path("sources/defaults.yml")
    text = file.read_text(encoding="utf-8")
    (shipped,) = load(Path("sources"), ["zoom"])
    assert shipped.source.pipeline.private
    file.write_text(re.sub(r"^# (?=[a-z ]+:)", "", text, flags=re.MULTILINE), encoding="utf-8")
    (definition,) = load(Path("sources"), ["github"])
    assert (definition.source.hardening, definition.source.output) == ("strict", "ecs")
    assert definition.source.archive
    assert definition.source.dedupe
    assert definition.source.endpoint.throttle.rate == 500
    file.write_text(file.read_text(encoding="utf-8").replace("output: ecs", ""), encoding="utf-8")
    (definition,) = load(Path("sources"), ["github"])
    assert definition.source.mozdef.tags == ("corp",)


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (None, f"mozdef-event-framework[local]=={VERSION}"),
        (
            {"url": "file:///home/ann/framework", "dir_info": {"editable": True}},
            f"mozdef-event-framework[local]=={VERSION}",
        ),
        (
            {"url": "https://example.com/f.git", "vcs_info": {"vcs": "git", "commit_id": "1f2e"}},
            "mozdef-event-framework[local] @ git+https://example.com/f.git@1f2e",
        ),
        (
            {"url": "https://example.com/f.whl", "archive_info": {"hashes": {"sha256": "ab12"}}},
            "mozdef-event-framework[local] @ https://example.com/f.whl#sha256=ab12",
        ),
        (
            {"url": "https://ann:pa@ss@example.com/f.git", "vcs_info": {"vcs": "git", "commit_id": "1f2e"}},
            "mozdef-event-framework[local] @ git+https://example.com/f.git@1f2e",
        ),
        (
            {"url": "https://${TOKEN}@example.com/f.git", "vcs_info": {"vcs": "git", "commit_id": "1f2e"}},
            "mozdef-event-framework[local] @ git+https://${TOKEN}@example.com/f.git@1f2e",
        ),
        (
            {"url": "ssh://git@example.com/f.git", "vcs_info": {"vcs": "git", "commit_id": "1f2e"}},
            "mozdef-event-framework[local] @ git+ssh://git@example.com/f.git@1f2e",
        ),
        (
            {"url": "https://example.com/f.whl", "archive_info": {}},
            "mozdef-event-framework[local] @ https://example.com/f.whl",
        ),
    ],
)
def test_the_framework_is_required_from_where_it_was_installed(
    monkeypatch: pytest.MonkeyPatch, origin: dict | None, line: str
) -> None:
    text = None if origin is None else json.dumps(origin)
    monkeypatch.setattr(new_project.metadata, "distribution", lambda _: SimpleNamespace(read_text=lambda _: text))
    assert line in new_project.project_files()["requirements.txt"].decode().splitlines()


def test_a_framework_that_was_not_installed_is_required_by_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise new_project.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(new_project.metadata, "distribution", missing)
    assert new_project.framework_requirement() == f"mozdef-event-framework[local]=={VERSION}"


def test_the_versions_are_those_of_the_framework() -> None:
    def pins(text: str) -> list[str]:
        return [line for line in text.splitlines() if not line.startswith("#")]

    files = new_project.project_files()
    assert pins(files["constraints.txt"].decode()) == pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
