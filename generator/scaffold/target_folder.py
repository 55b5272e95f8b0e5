"""A new source's folder: made beside the others, looked at, and put into its place in one rename, or not at all."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from generator import names
from generator.definition.read import BUNDLED, Definition, load, source_names, unknown_source_message
from generator.errors import DefinitionError, GeneratorError, Problem, display_path
from generator.files import regular_file
from generator.packaging import configuration
from generator.reference.definition_keys import json_schema
from generator.samples import files as sample_files
from generator.samples import run as sample_run
from generator.scaffold.definition_yaml import block

FillFolder = Callable[[Path, Path], None]
"""Puts a source's files into a folder; the other is the one with all sources, for whoever reads the definition."""


def refuse_name(name: str, sources: Path, reserved: Collection[str]) -> None:
    """GeneratorError where no new source can have this name."""
    if said := names.service_problem(name):
        raise GeneratorError(f"{name}: {said}")
    if name in reserved:
        raise GeneratorError(f"{name} is a command, so no source can have this name")
    folder = sources / name
    if (folder / "source.yml").exists():
        raise GeneratorError(f"there is a source {name}: {display_path(folder / 'source.yml')}; take another name")
    if folder.exists() or folder.is_symlink():
        raise GeneratorError(
            f"{display_path(folder)} is there already, without a source.yml: move it away, or take another name"
        )
    if sources.exists() and not sources.is_dir():
        raise GeneratorError(f"{display_path(sources)}: is no folder; --sources names the folder of the definitions")


def all_definitions(sources: Path) -> list[Definition]:
    """The definitions here and those that come with the framework; not those that have mistakes."""
    found: dict[str, Definition] = {}
    for folder in (sources, BUNDLED):
        for name in source_names(folder) if folder.is_dir() else ():
            try:
                found.setdefault(name, load(folder, [name])[0])
            except GeneratorError:
                continue
    return list(found.values())


def find_base(base: str, name: str, sources: Path) -> Definition:
    """The source to begin with; GeneratorError where there is none, or where it has mistakes."""
    if base == name:
        raise GeneratorError(f"{name} would begin with itself; take another name")
    there = {one: folder for folder in (BUNDLED, sources) if folder.is_dir() for one in source_names(folder)}
    if base not in there:
        # A folder that is to be made has none.
        raise GeneratorError(unknown_source_message(base, *([sources] if sources.is_dir() else []), BUNDLED))
    return load(there[base], [base])[0]


def write_source_folder(name: str, sources: Path, fill: FillFolder, request: Path | None = None) -> list[Path]:
    """Make the folder of a new source; GeneratorError, and nothing is there, with all that is wrong with it.

    What is wrong with its sample is wrong with the file of the request.
    """
    target = sources / name
    made_sources = not sources.exists()
    try:
        with _stage(sources) as stage:
            (stage / name).mkdir()
            with _as_if_at(stage, sources, request):
                fill(stage / name, stage)
                _look(name, stage)
            if not (sources / "schema.json").exists():
                text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
                regular_file.write(sources / "schema.json", text.encode())
            (stage / name).rename(target)
    except OSError as error:
        raise GeneratorError(f"{display_path(target)}: can't be written ({error.strerror})") from error
    finally:
        if made_sources and sources.is_dir() and not any(sources.iterdir()):
            sources.rmdir()
    return sorted(one for one in target.rglob("*") if one.is_file())


def copy_source_folder(base: Path, folder: Path, description: str) -> None:
    """Another source's folder as the beginning of one's own."""
    for name, content in configuration.read_files(base).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    file, readme = folder / "source.yml", folder / "README.md"
    if description:
        text = file.read_text(encoding="utf-8")
        line = f"description: {block(description)}"
        file.write_text(
            re.sub(r"^description:.*$", lambda _: line, text, count=1, flags=re.MULTILINE), encoding="utf-8"
        )
    if readme.exists():
        # Commands to copy name the new one; what is said of the vendor stays.
        text = readme.read_text(encoding="utf-8")
        called = re.compile(rf"(python -m generator (?:[a-z]+ )?){re.escape(base.name)}\b")
        readme.write_text(called.sub(rf"\g<1>{folder.name}", text), encoding="utf-8")


@contextmanager
def _stage(sources: Path) -> Iterator[Path]:
    """A folder beside the sources in which a new one sees the others."""
    sources.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=".new-", dir=sources))
    try:
        for one in source_names(sources):
            (stage / one).symlink_to((sources / one).resolve(), target_is_directory=True)
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _look(name: str, stage: Path) -> None:
    """The definition has no mistake, and the handler makes something of each sample that is the source's own."""
    definition = load(stage, [name])[0]
    found, problems = sample_files.load_samples(definition)
    for one in found:
        if one.folder == stage / name / "samples":
            problems += sample_run.shape(definition.source, one).problems
    if mistakes := [problem for problem in problems if not problem.warning]:
        raise DefinitionError(mistakes)


@contextmanager
def _as_if_at(stage: Path, sources: Path, request: Path | None) -> Iterator[None]:
    """Mistakes are told with the option that makes them, or the place where the file would be."""
    try:
        yield
    except DefinitionError as error:
        told = [_told(one, request) for one in error.problems]
        raise GeneratorError("\n".join(told).replace(display_path(stage), display_path(sources))) from None
    except GeneratorError as error:
        raise GeneratorError(str(error).replace(str(stage), display_path(sources))) from None


def _told(problem: Problem, request: Path | None) -> str:
    if request and Path(problem.file).parent.name == "samples":
        return f"{request}: {problem.message}"
    for end, option in _OPTIONS.items():
        if problem.key == end or problem.key.endswith(f".{end}"):
            return f"{option}: {problem.message}"
    return str(problem)


_OPTIONS: dict[str, Any] = {
    "description": "--description",
    "timestamp.header": "--timestamp-header",
    "timestamp": "--timestamp-header",
    "signature.header": "--header",
    "signature.prefix": "--prefix",
    "token.header": "--header",
    "token.prefix": "--prefix",
    "token.query": "--query",
    "signed": "--signed",
}
