"""Write a new source's folder: filled beside the others, checked, and renamed into its place, or not at all."""

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
from generator.definition.own_code import DRAFT_PREFIX
from generator.definition.read import Definition, load
from generator.definition.source_folders import source_names, unknown_source_message
from generator.errors import BUNDLED, DefinitionError, GeneratorError, Problem, display_path
from generator.files import regular_file
from generator.packaging import configuration
from generator.reference.json_schema import json_schema
from generator.samples import files as sample_files
from generator.samples import run as sample_run
from generator.scaffold.definition_yaml import block
from generator.scaffold.texts import REFERENCE_HEADING, reference_text

FillFolder = Callable[[Path, Path], None]
"""Writes a source's files into its folder; the second folder has all sources, from which the definition is read."""


def refuse_name(name: str, sources: Path, reserved: Collection[str]) -> None:
    """Raise a GeneratorError where no new source can have this name."""
    if message := names.service_problem(name):
        raise GeneratorError(f"{name}: {message}")
    if name in reserved:
        raise GeneratorError(f"{name} is a command, so no source can have this name")
    folder = sources / name
    if (folder / "source.yml").exists():
        raise GeneratorError(f"there is a source {name}: {display_path(folder / 'source.yml')}; take another name")
    if folder.exists() or folder.is_symlink():
        raise GeneratorError(
            f"{display_path(folder)} exists already, without a source.yml; move it away, or take another name"
        )
    if sources.exists() and not sources.is_dir():
        raise GeneratorError(f"{display_path(sources)}: is not a folder; --sources names the folder of the definitions")


def all_definitions(sources: Path) -> list[Definition]:
    """Return the definitions of a folder and the bundled ones, without those that have mistakes."""
    definitions: dict[str, Definition] = {}
    for folder in (sources, BUNDLED):
        for name in source_names(folder) if folder.is_dir() else ():
            try:
                definitions.setdefault(name, load(folder, [name], with_defaults=False)[0])
            except GeneratorError:
                continue
    return list(definitions.values())


def find_base(base: str, name: str, sources: Path) -> Definition:
    """Return the source to begin with; GeneratorError where it does not exist, or has mistakes."""
    if base == name:
        raise GeneratorError(f"{name} would begin with itself; take another name")
    folders = {source: folder for folder in (BUNDLED, sources) if folder.is_dir() for source in source_names(folder)}
    if base not in folders:
        raise GeneratorError(unknown_source_message(base, sources if sources.is_dir() else BUNDLED))
    return load(folders[base], [base], with_defaults=False)[0]


def write_source_folder(name: str, sources: Path, fill: FillFolder, request: Path | None = None) -> list[Path]:
    """Make the folder of a new source and return its files; GeneratorError with all its mistakes, and no folder.

    A mistake in its sample is reported for the file of the request.
    """
    target = sources / name
    is_new = not sources.exists()
    try:
        with _stage(sources) as stage:
            (stage / name).mkdir()
            with _mistakes_for_user(stage, sources, request):
                fill(stage / name, stage)
                _check(name, stage)
            if not (sources / "schema.json").exists():
                text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
                regular_file.write(sources / "schema.json", text.encode())
            (stage / name).rename(target)
    except OSError as error:
        raise GeneratorError(f"{display_path(target)}: can't be written ({error.strerror})") from error
    finally:
        if is_new and sources.is_dir() and not any(sources.iterdir()):
            sources.rmdir()
    return sorted(file for file in target.rglob("*") if file.is_file())


def copy_source_folder(base: Path, folder: Path, description: str) -> None:
    """Copy another source's folder, with a description of its own."""
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
        # Commands get the new source's name; what the README says of the vendor stays.
        text = readme.read_text(encoding="utf-8")
        command = re.compile(rf"(python -m generator (?:[a-z]+ )?){re.escape(base.name)}\b")
        # Its reference is generated from the definition of the other source, and would go on saying what that does.
        text, heading, _ = command.sub(rf"\g<1>{folder.name}", text).partition(REFERENCE_HEADING)
        readme.write_text(text + (reference_text(folder.name) if heading else ""), encoding="utf-8")


@contextmanager
def _stage(sources: Path) -> Iterator[Path]:
    """Make a folder beside the sources that has links to all of them, so that a new source can extend one."""
    sources.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=DRAFT_PREFIX, dir=sources))
    try:
        for name in source_names(sources):
            (stage / name).symlink_to((sources / name).resolve(), target_is_directory=True)
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _check(name: str, stage: Path) -> None:
    """Raise a DefinitionError with every mistake in the definition, and in each sample of the source's own."""
    definition = load(stage, [name])[0]
    samples, problems = sample_files.load_samples(definition)
    for sample in samples:
        if sample.folder == stage / name / "samples":
            problems += sample_run.shape(definition.source, sample).problems
    if mistakes := [problem for problem in problems if not problem.warning]:
        raise DefinitionError(mistakes)


@contextmanager
def _mistakes_for_user(stage: Path, sources: Path, request: Path | None) -> Iterator[None]:
    """Report mistakes for the option that causes them, or for the file where it would be."""
    try:
        yield
    except DefinitionError as error:
        lines = [_message(problem, request) for problem in error.problems]
        raise GeneratorError("\n".join(lines).replace(display_path(stage), display_path(sources))) from None
    except GeneratorError as error:
        raise GeneratorError(str(error).replace(str(stage), display_path(sources))) from None


def _message(problem: Problem, request: Path | None) -> str:
    if request and Path(problem.file).parent.name == "samples":
        return f"{request}: {problem.message}"
    for suffix, option in _OPTION_BY_KEY.items():
        if problem.key == suffix or problem.key.endswith(f".{suffix}"):
            return f"{option}: {problem.message}"
    return str(problem)


_OPTION_BY_KEY: dict[str, Any] = {
    "description": "--description",
    "timestamp.header": "--timestamp-header",
    "timestamp": "--timestamp-header",
    "signature.header": "--header",
    "signature.prefix": "--prefix",
    "token.header": "--header",
    "token.prefix": "--prefix",
    "token.query": "--query",
    "signed": "--signed",
    "pull.url": "--url",
    "oauth2.url": "--token-url",
    "refresh_token.url": "--token-url",
    "jwt_bearer.url": "--token-url",
    "api_key.header": "--header",
    "api_key.prefix": "--prefix",
    "api_key.query": "--query",
    "events.split": "--split",
    "events.id": "--id",
    "events.type": "--type",
    "events.time": "--time",
}
