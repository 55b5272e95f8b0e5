"""Read `source.yml` into a Source: report every mistake at once, each with its line and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from generator.definition import own_code, schemas, transform_file, yaml_nodes
from generator.definition.cross_checks import cross_problems
from generator.definition.defaults import Defaults, read_defaults
from generator.definition.extends import explain_clash, merge_nodes, of_same_kind
from generator.definition.output_keys import unused_mozdef, without_unused_mozdef
from generator.definition.source_folders import source_folder, source_names, unknown_source_message
from generator.definition.source_reader import read_source
from generator.definition.yaml_nodes import Location, entries, location, location_of
from generator.errors import BUNDLED, DefinitionError, GeneratorError, Problem, display_path
from generator.names import service_problem
from lambdas.model import Source


@dataclass(frozen=True)
class Definition:
    """A source with its files: `folders` are its own, and that of each source that it extends, the nearest first."""

    source: Source
    folders: tuple[Path, ...]
    locations: Mapping[str, Location]
    schema_code: str = ""
    """The text of `lambdas/schemas.py`, made from `events.schemas`."""
    defaults: Defaults = Defaults()
    """What lies beneath the definition."""
    without_defaults: Source | None = None
    """The source as its definition alone says it, where its messages are others then."""

    def location(self, key: str) -> Location:
        """Return the file and line of a key, or of the nearest key above it."""
        return location_of(self.locations, key)

    def find(self, name: str) -> Path | None:
        """Return a file or folder beside the definition, or beside one that it extends."""
        return next((folder / name for folder in self.folders if (folder / name).exists()), None)


def load(
    sources: Path, names: Iterable[str], reserved: Iterable[str] = (), *, with_defaults: bool = True
) -> list[Definition]:
    """Return the definitions of the named sources; DefinitionError with every mistake in any of them.

    A source can't have a reserved name. The folder's `defaults.yml` lies beneath each, unless `with_defaults` is false.
    """
    definitions = []
    defaults, problems = read_defaults(sources) if with_defaults else (Defaults(), [])
    source_names(sources)
    for name in names:
        folder = source_folder(name, sources)
        if folder is None:
            raise GeneratorError(unknown_source_message(name, sources))
        own_code.note_replacement(folder)
        definition, mistakes = _load(folder, frozenset(reserved), defaults)
        problems += mistakes
        if definition:
            definitions.append(definition)
    if problems:
        raise DefinitionError(problems)
    return definitions


def _load(folder: Path, reserved: frozenset[str], defaults: Defaults) -> tuple[Definition | None, list[Problem]]:
    name, file = folder.name, folder / "source.yml"
    if message := service_problem(name):
        return None, [Problem(display_path(file), 0, "", message)]
    if name in reserved:
        return None, [Problem(display_path(file), 0, "", f"{name} is a command, so no source can have this name")]
    node, problems = yaml_nodes.parse(file)
    if node is None or problems:
        return None, problems
    node, folders, problems = _resolve_extends(node, folder)
    if problems:
        return None, problems
    bases = tuple(base.name for base in folders[1:])
    source, locations, problems = _read_source(name, bases, node, defaults)
    if source is None or problems:
        beneath = f" (beneath {display_path(file)})"
        return None, [
            replace(problem, message=problem.message + beneath) if defaults.is_in((problem.file, 0)) else problem
            for problem in (explain_clash(problem, locations, display_path(file)) for problem in problems)
        ]
    alone = _read_source(name, bases, node, Defaults())[0] if defaults.alters_messages else None
    if alone and (alone.output, alone.mozdef) == (source.output, source.mozdef):
        alone = None
    locations = {"": (display_path(file), 1), **locations}
    definition, problems = _with_schemas(Definition(source, folders, locations, "", defaults, alone))
    if problems:
        return None, problems
    if code := definition.find("transform.py"):
        try:
            transform = transform_file.load(code, source)
        except DefinitionError as error:
            return None, list(error.problems)
        definition = _with(definition, transform=transform)
    return definition, []


def _read_source(
    name: str, bases: tuple[str, ...], node: yaml.Node, defaults: Defaults
) -> tuple[Source | None, Mapping[str, Location], list[Problem]]:
    """Return the source that a node says, with what lies beneath it, and where each of its keys stands."""
    source, locations, problems = read_source(defaults.beneath(node), name, bases)
    if source is None:
        return None, locations, problems
    unused = list(unused_mozdef(source, locations, defaults))
    source = without_unused_mozdef(defaults.without_unfit(source, location_of(locations, "dedupe")))
    return source, locations, [*unused, *cross_problems(source, locations)]


def _with(definition: Definition, **fields: Any) -> Definition:
    """Return a definition whose source has other values of these fields, with and without defaults."""
    alone = definition.without_defaults
    return replace(
        definition,
        source=replace(definition.source, **fields),
        without_defaults=replace(alone, **fields) if alone else None,
    )


def _with_schemas(definition: Definition) -> tuple[Definition, list[Problem]]:
    """Add the code of the JSON Schemas; each file is the source's own, or that of a source that it extends."""
    source, files, problems = definition.source, {}, []
    if not source.events.schemas:
        return definition, []
    for kind, name in source.events.schemas.items():
        key = f"events.schemas.{kind}"
        if file := definition.find(name):
            files[kind] = file
        else:
            problems.append(Problem(*definition.location(key), key, f"there is no {name} beside the definition"))
    code, mistakes = schemas.build(source, files)
    if code is None or problems:
        return definition, [*problems, *mistakes]
    return replace(_with(definition, check=code.check), schema_code=code.text), []


def _resolve_extends(
    node: yaml.Node, folder: Path, extended_by: tuple[str, ...] = ()
) -> tuple[yaml.Node, tuple[Path, ...], list[Problem]]:
    """Return the node merged with all that it extends, and the folders of these definitions."""
    pair = next(((key, value) for key, value in entries(node) if key.value == "extends"), None)
    if pair is None:
        return node, (folder,), []
    key, value = pair
    name = str(value.value)
    if not isinstance(value, yaml.ScalarNode) or service_problem(name):
        return node, (folder,), [Problem(*location(key), "extends", "must be the name of another source")]
    if name == folder.name or name in extended_by:
        return node, (folder,), [Problem(*location(key), "extends", f"{name} would extend itself")]
    candidates = (parent / name for parent in (folder.parent, BUNDLED))
    base_folder = next((candidate for candidate in candidates if (candidate / "source.yml").is_file()), None)
    if base_folder is None:
        return node, (folder,), [Problem(*location(key), "extends", unknown_source_message(name, folder.parent))]
    base, problems = yaml_nodes.parse(base_folder / "source.yml")
    if base is None or problems:
        return node, (folder,), problems
    base, folders, problems = _resolve_extends(base, base_folder, (*extended_by, folder.name))
    return merge_nodes(of_same_kind(base, node), node), (folder, *folders), problems
