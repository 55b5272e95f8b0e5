"""`source.yml` into a Source: every mistake at once, each with its line and what would be right."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType

import yaml

import lambdas.auth
from generator import names
from generator.definition import schemas, transform_file, yaml_nodes
from generator.definition.cross_checks import cross_problems as rule_problems
from generator.definition.dataclass_reader import DataclassReader
from generator.definition.yaml_nodes import Location, entries, location
from generator.errors import DefinitionError, GeneratorError, Problem, display_path
from lambdas.model import Source

BUNDLED = transform_file.BUNDLED


@dataclass(frozen=True)
class Definition:
    """A source with where it came from: `folders` are its own, and the one of the source that it extends."""

    source: Source
    folders: tuple[Path, ...]
    locations: Mapping[str, Location]
    schema_code: str = ""
    """The module that `events.schemas` becomes."""

    def location(self, key: str) -> Location:
        """The file and line of a key, or of the nearest one above it."""
        return location_of(self.locations, key)

    def find(self, name: str) -> Path | None:
        """A file or folder beside the definition, or beside the one that it extends."""
        return next((folder / name for folder in self.folders if (folder / name).exists()), None)


def source_names(sources: Path) -> list[str]:
    """The names of the sources in a folder."""
    if not sources.is_dir():
        raise GeneratorError(f"{sources}: no such folder; --sources names the folder of the definitions")
    return sorted(one.parent.name for one in sources.glob("*/source.yml"))


@cache
def auth_types() -> dict[str, ModuleType]:
    """The auth types by name."""
    found = sorted(module.name for module in pkgutil.iter_modules(lambdas.auth.__path__))
    return {name: importlib.import_module(f"lambdas.auth.{name}") for name in found}


def load(sources: Path, wanted: Iterable[str], reserved: Iterable[str] = ()) -> list[Definition]:
    """The definitions of these sources; DefinitionError with every mistake in any of them."""
    definitions, problems = [], []
    there = set(source_names(sources))
    for name in wanted:
        if name not in there:
            raise GeneratorError(unknown_source_message(name, sources))
        definition, found = _load(sources, name, frozenset(reserved))
        problems += found
        if definition:
            definitions.append(definition)
    if problems:
        raise DefinitionError(problems)
    return definitions


def _load(sources: Path, name: str, reserved: frozenset[str]) -> tuple[Definition | None, list[Problem]]:
    folder = sources / name
    file = folder / "source.yml"
    shown = display_path(file)
    if said := names.service_problem(name):
        return None, [Problem(shown, 0, "", said)]
    if name in reserved:
        return None, [Problem(shown, 0, "", f"{name} is a command, so no source can have this name")]
    node, problems = yaml_nodes.parse(file)
    if node is None or problems:
        return None, problems
    node, folders, problems = _extended(node, folder, sources)
    if problems:
        return None, problems
    walker = DataclassReader(auth_types())
    source = walker.read(Source, node, given={"name": name})
    if problems := walker.problems or list(rule_problems(source, lambda key: location_of(walker.locations, key))):
        return None, problems
    definition, problems = _with_schemas(Definition(source, folders, {"": (shown, 1), **walker.locations}))
    if problems:
        return None, problems
    if code := definition.find("transform.py"):
        try:
            definition = replace(
                definition, source=replace(definition.source, transform=transform_file.load(code, source))
            )
        except DefinitionError as error:
            return None, list(error.problems)
    return definition, []


def _with_schemas(definition: Definition) -> tuple[Definition, list[Problem]]:
    """With the code of its JSON Schemas, each from the folder of its own or of the source that it extends."""
    source, files, problems = definition.source, {}, []
    if not source.events.schemas:
        return definition, []
    for kind, name in source.events.schemas.items():
        key = f"events.schemas.{kind}"
        if file := definition.find(name):
            files[kind] = file
        else:
            problems.append(Problem(*definition.location(key), key, f"there is no {name} beside the definition"))
    code, wrong = schemas.build(source, files)
    if code is None or problems:
        return definition, [*problems, *wrong]
    return replace(definition, source=replace(source, check=code.check), schema_code=code.text), []


def location_of(places: Mapping[str, Location], key: str) -> Location:
    """The place of a key, or of the nearest one above it."""
    while key not in places and key:
        key = key.rpartition(".")[0]
    return places.get(key, ("", 0))


def unknown_source_message(name: str, sources: Path, *others: Path) -> str:
    """No such source: the known ones, the nearest first; there may be some in other folders too."""
    if not names.service_problem(name) and (sources / name).is_dir():
        return f"{sources / name}: has no source.yml"
    there = sorted({one for folder in (sources, *others) for one in source_names(folder)})
    if not there:
        return f"no source {name}: {sources} has no source yet"
    near = difflib.get_close_matches(name, there, n=3, cutoff=0.5)
    rest = [one for one in there if one not in near]
    if not near:
        return f"no source {name} in {sources}; there are {', '.join(there)}"
    return f"no source {name} in {sources}; did you mean {near[0]}? ({', '.join(near + rest)})"


def _extended(
    node: yaml.Node, folder: Path, sources: Path, seen: tuple[str, ...] = ()
) -> tuple[yaml.Node, tuple[Path, ...], list[Problem]]:
    """The node with what it extends beneath it; the keys of the upper one win, mappings are merged."""
    pair = next(((key, value) for key, value in entries(node) if key.value == "extends"), None)
    if pair is None:
        return node, (folder,), []
    key, value = pair
    base = str(value.value)
    if not isinstance(value, yaml.ScalarNode) or names.service_problem(base):
        return node, (folder,), [Problem(*location(key), "extends", "is the name of another source")]
    if base == folder.name or base in seen:
        return node, (folder,), [Problem(*location(key), "extends", f"{base} would extend itself")]
    there = next((one / base for one in (sources, BUNDLED) if (one / base / "source.yml").is_file()), None)
    if there is None:
        return node, (folder,), [Problem(*location(key), "extends", unknown_source_message(base, sources))]
    lower, problems = yaml_nodes.parse(there / "source.yml")
    if lower is None or problems:
        return node, (folder,), problems
    lower, folders, problems = _extended(lower, there, sources, (*seen, folder.name))
    return _merged(lower, node), (folder, *folders), problems


def _merged(lower: yaml.Node, upper: yaml.Node) -> yaml.Node:
    if not (isinstance(lower, yaml.MappingNode) and isinstance(upper, yaml.MappingNode)):
        return upper
    above = {key.value: (key, value) for key, value in upper.value}
    merged = []
    for key, value in lower.value:
        if key.value in above:
            own_key, own = above.pop(key.value)
            # Another auth type replaces the one below; two would be a mistake that the user did not make.
            merged.append((own_key, own if key.value == "auth" and not _same_type(value, own) else _merged(value, own)))
        else:
            merged.append((key, value))
    upper.value = [*merged, *above.values()]
    return upper


def _same_type(lower: yaml.Node, upper: yaml.Node) -> bool:
    return [key.value for key, _ in entries(lower)] == [key.value for key, _ in entries(upper)]
