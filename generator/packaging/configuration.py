"""A source's configuration: what the pipeline's private repository begins with.

It lands in one folder of the framework; the framework itself is in it only where there is no other repository.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from generator.definition.read import BUNDLED, Definition
from generator.errors import GeneratorError, display_path
from generator.files import regular_file
from generator.files.debris import is_debris
from generator.packaging import previous_build
from generator.samples.comparison import Accepted

CONFIG_FOLDER = previous_build.CONFIG_FOLDER
_TEXTS = Path(__file__).parent / "config"
_ROOT = Path(__file__).parents[2]
# What a build in the cloud needs of the framework.
_FRAMEWORK = (
    *(".gitattributes", "pyproject.toml", "requirements.txt", "README.md", "LICENSE"),
    *("generator", "lambdas", "sources"),
)
_OWN = ("source.yml", "transform.py", "samples", "schemas", "README.md")
_AS_THEY_ARE: Accepted = {}


def config_files(definition: Definition, accepted: Accepted = _AS_THEY_ARE) -> dict[str, bytes]:
    """The configuration's files by name."""
    source = definition.source
    names = {"SOURCE_NAME": source.name, "API_PATH_OF_SOURCE": source.webhook.path}
    made = {name: _filled(text, names).encode() for name, text in _texts()}
    if not _has_definition(definition):
        return made
    if missing := [folder for folder in definition.folders[1:] if not (BUNDLED / folder.name).is_dir()]:
        file, line = definition.location("extends")
        said = f"{file}:{line}: extends: {missing[0].name} is in no repository of the pipeline: put its keys here"
        raise GeneratorError(said)
    return made | _with(accepted, definition.folders[0], read_files(definition.folders[0], _OWN))


def shipped_text_files(definition: Definition) -> list[Path]:
    """The files whose text is shipped as it is: this source's, and the framework's."""
    source, code = definition.source, definition.find("transform.py")
    own = _found(definition.folders[0], _OWN) if _has_definition(definition) else [code] if code else []
    framework = _FRAMEWORK if source.pipeline.source == ("codecommit",) else ("lambdas", "generator/config")
    return [*own, *_found(_ROOT, framework)]


def _has_definition(definition: Definition) -> bool:
    """Whether the definition is a part of the configuration."""
    pipeline = definition.source.pipeline
    # In one repository of its own, a definition from elsewhere would be missing.
    alone = pipeline.source == ("codecommit",) and definition.folders[0].resolve().parent != BUNDLED.resolve()
    return pipeline.private or alone


def config_zip_files(
    definition: Definition, own: dict[str, bytes], accepted: Accepted = _AS_THEY_ARE
) -> dict[str, bytes]:
    """What config.zip holds: its own files, or beside the framework where that has no repository of its own."""
    if definition.source.pipeline.source != ("codecommit",):
        return own
    framework = _with(accepted, _ROOT, _framework())
    return {**framework, **{f"{CONFIG_FOLDER}/{name}": content for name, content in own.items()}}


@cache
def _framework() -> dict[str, bytes]:
    return read_files(_ROOT, _FRAMEWORK)


@cache
def _texts() -> tuple[tuple[str, str], ...]:
    return tuple((name, content.decode()) for name, content in read_files(_TEXTS).items())


def _filled(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(name, value)
    return text


def read_files(folder: Path, wanted: tuple[str, ...] = (".",)) -> dict[str, bytes]:
    """The files of a folder, or below it, by their names from there; no debris.

    GeneratorError where one is a link that leads out of the folder: what is there may be anything of the user's.
    """
    files = _found(folder, wanted)
    root = folder.resolve()
    if out := next((file for file in files if not file.resolve().is_relative_to(root)), None):
        raise GeneratorError(
            f"{display_path(out)}: leads to {out.resolve()}, out of its folder: put a copy in its place"
        )
    return {file.relative_to(folder).as_posix(): regular_file.read(file) for file in files}


def _found(folder: Path, wanted: tuple[str, ...]) -> list[Path]:
    found = [
        file for one in wanted for file in ([folder / one] if (folder / one).is_file() else (folder / one).rglob("*"))
    ]
    return [file for file in sorted(found) if file.is_file() and not is_debris(file.relative_to(folder))]


def _with(accepted: Accepted, folder: Path, found: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a folder as they are once those that are accepted are stored."""
    root, files = folder.resolve(), dict(found)
    for file, content in accepted.items():
        place = file.parent.resolve() / file.name
        if not place.is_relative_to(root):
            continue
        files.pop(name := place.relative_to(root).as_posix(), None)
        if content is not None:
            files[name] = content
    return files
