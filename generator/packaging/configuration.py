"""A source's configuration: the files with which the pipeline's private repository begins, and config.zip.

The pipeline puts them into one folder of the framework; the framework is in config.zip only where it has no repository.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from generator.definition import defaults
from generator.definition.read import Definition
from generator.errors import BUNDLED, REPOSITORY, GeneratorError, display_path
from generator.files import regular_file
from generator.files.debris import is_debris
from generator.packaging import previous_build
from generator.samples.comparison import Accepted

CONFIG_FOLDER = previous_build.CONFIG_FOLDER
_TEMPLATES = Path(__file__).parent / "config"
_PACKAGES_FOLDER = Path(__file__).parents[2]
_FRAMEWORK_DEFAULTS = f"sources/{defaults.FILE}"
# The parts of the framework that a build in the cloud needs: its packages, and what lies beside them in its repository.
_PACKAGES = ("generator", "lambdas")
_BESIDE_PACKAGES = (".gitattributes", "pyproject.toml", "requirements.txt", "README.md", "LICENSE", "sources")
_DEFINITION_FILES = ("source.yml", "transform.py", "samples", "schemas", "README.md")
_NOTHING_ACCEPTED: Accepted = {}


def config_files(definition: Definition, accepted: Accepted = _NOTHING_ACCEPTED) -> dict[str, bytes]:
    """Return the configuration's files by name, with samples as they are once `accepted` is stored."""
    source = definition.source
    placeholders = {"SOURCE_NAME": source.name, "API_PATH_OF_SOURCE": source.endpoint.path if source.webhook else ""}
    files = {name: _fill(text, placeholders).encode() for name, text in _template_texts()}
    if defaults_file := definition.defaults.file:
        files |= read_files(defaults_file.parent, (defaults_file.name,))
    if not _is_definition_private(definition):
        return files
    if missing := [folder for folder in definition.folders[1:] if not (BUNDLED / folder.name).is_dir()]:
        file, line = definition.location("extends")
        message = f"{file}:{line}: extends: {missing[0].name} is in no repository of the pipeline: put its keys here"
        raise GeneratorError(message)
    return files | _with_accepted(accepted, definition.folders[0], read_files(definition.folders[0], _DEFINITION_FILES))


def shipped_text_files(definition: Definition) -> list[Path]:
    """Return the files that are shipped as they are, of this source and of the framework."""
    own_files = _list_files(definition.folders[0], _DEFINITION_FILES) if _is_definition_private(definition) else []
    transform = definition.find("transform.py")  # perhaps of a source that it extends
    if transform and transform not in own_files:
        own_files.append(transform)
    if definition.defaults.file:
        own_files.append(definition.defaults.file)
    with_framework = definition.source.pipeline.source == ("codecommit",)
    if with_framework:
        return [*own_files, *_package_files(), *_list_files(REPOSITORY, _BESIDE_PACKAGES)]
    return [*own_files, *_list_files(_PACKAGES_FOLDER, ("lambdas", "generator/packaging/config"))]


def _is_definition_private(definition: Definition) -> bool:
    """Return whether the definition is a part of the configuration, and not of the framework."""
    pipeline = definition.source.pipeline
    # With CodeCommit alone, a definition from another folder would be in no repository otherwise.
    would_be_missing = (
        pipeline.source == ("codecommit",) and definition.folders[0].resolve().parent != BUNDLED.resolve()
    )
    return pipeline.private or would_be_missing


def config_zip_files(
    definition: Definition, config_files: dict[str, bytes], accepted: Accepted = _NOTHING_ACCEPTED
) -> dict[str, bytes]:
    """Return the content of config.zip: the configuration, with the framework where that has no repository."""
    if definition.source.pipeline.source != ("codecommit",):
        return config_files
    framework = _with_accepted(accepted, REPOSITORY, framework_files())
    framework.pop(_FRAMEWORK_DEFAULTS, None)  # the configuration has those that hold for this source
    return {**framework, **{f"{CONFIG_FOLDER}/{name}": content for name, content in config_files.items()}}


@cache
def framework_files() -> dict[str, bytes]:
    """Return what a build in the cloud needs of the framework's repository, by name; the same from the wheel."""
    beside_packages = read_files(REPOSITORY, _BESIDE_PACKAGES)
    return _read_all(_package_files(), _PACKAGES_FOLDER) | beside_packages


def _package_files() -> list[Path]:
    """Return the files of the packages, without what the wheel has of the repository in one of them."""
    in_wheel = REPOSITORY if REPOSITORY != _PACKAGES_FOLDER else None
    return [file for file in _list_files(_PACKAGES_FOLDER, _PACKAGES) if in_wheel not in file.parents]


@cache
def _template_texts() -> tuple[tuple[str, str], ...]:
    return tuple((name, content.decode()) for name, content in read_files(_TEMPLATES).items())


def _fill(text: str, placeholders: dict[str, str]) -> str:
    for placeholder, value in placeholders.items():
        text = text.replace(placeholder, value)
    return text


def read_files(folder: Path, names: tuple[str, ...] = (".",)) -> dict[str, bytes]:
    """Return the files of a folder, or of these names in it, by their names from there, without debris.

    GeneratorError where a link leads out of the folder: its target may be any file of the user's.
    """
    return _read_all(_list_files(folder, names), folder)


def _read_all(files: list[Path], folder: Path) -> dict[str, bytes]:
    root = folder.resolve()
    if outside := next((file for file in files if not file.resolve().is_relative_to(root)), None):
        raise GeneratorError(
            f"{display_path(outside)}: leads to {outside.resolve()}, out of its folder: put a copy in its place"
        )
    return {file.relative_to(folder).as_posix(): regular_file.read(file) for file in files}


def _list_files(folder: Path, names: tuple[str, ...]) -> list[Path]:
    paths = [folder / name for name in names]
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))]
    return [file for file in sorted(files) if file.is_file() and not is_debris(file.relative_to(folder))]


def _with_accepted(accepted: Accepted, folder: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files of a folder as they are once the accepted ones are stored."""
    root, files = folder.resolve(), dict(files)
    for file, content in accepted.items():
        path = file.parent.resolve() / file.name
        if not path.is_relative_to(root):
            continue
        name = path.relative_to(root).as_posix()
        files.pop(name, None)
        if content is not None:
            files[name] = content
    return files
