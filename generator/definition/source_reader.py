"""Read the node of a definition into a Source, by the dataclasses alone; mistakes between keys are found later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import yaml

from generator.definition.dataclass_reader import DataclassReader
from generator.definition.moved_keys import moved_keys
from generator.definition.parameters import ParameterReader
from generator.definition.scalars import short_tag
from generator.definition.shared_keys import shared_name, with_shared_keys
from generator.definition.yaml_nodes import Location, entries, location
from generator.errors import Problem
from lambdas.model import Source


def read_source(
    node: yaml.Node, name: str, bases: tuple[str, ...]
) -> tuple[Source | None, Mapping[str, Location], list[Problem]]:
    """Return the source, where each of its keys stands, and every mistake, after which there is no source."""
    moved = list(moved_keys(node))
    parameters = ParameterReader(node)
    reader = DataclassReader(parameters)
    reader.problems += kind_problems(node)
    source = reader.read(Source, with_shared_keys(node), preset={"name": name, "bases": bases})
    problems = [*reader.problems, *parameters.problems]
    if not moved and not problems:
        unused = list(parameters.unused())
        return None if unused else parameters.without_unused(source), reader.locations, unused
    names = {problem.key for problem in moved}
    said = set(problems)
    # What is wrong with a key of all streams is read once more for each of them.
    once = [
        problem
        for problem in problems
        if problem.key not in names
        and ((shared := shared_name(problem.key)) is None or replace(problem, key=shared) not in said)
    ]
    return None, reader.locations, [*moved, *once]


def kind_problems(node: yaml.Node) -> Iterator[Problem]:
    """Yield a problem unless a definition is of exactly one kind of source."""
    kinds = {
        str(key.value): key
        for key, value in entries(node)
        if key.value in ("webhook", "pull") and not (short_tag(value) == "null" and value.value)
    }
    if len(kinds) == 2:
        message = "stands beside `webhook`: a vendor that has both is two sources, such as okta and okta-log"
        yield Problem(*location(kinds["pull"]), "pull", message)
    elif not kinds and isinstance(node, yaml.MappingNode):
        yield Problem(*location(node), "", "needs `webhook`, the endpoint that the vendor calls, or `pull`, its API")
