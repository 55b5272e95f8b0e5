"""Read the node of a definition into a Source, by the dataclasses alone; mistakes between keys are found later."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from generator.definition.auth_types import auth_types
from generator.definition.dataclass_reader import DataclassReader
from generator.definition.moved_keys import moved_keys
from generator.definition.parameters import ParameterReader
from generator.definition.yaml_nodes import Location
from generator.errors import Problem
from lambdas.model import Source


def read_source(
    node: yaml.Node, name: str, bases: tuple[str, ...]
) -> tuple[Source | None, Mapping[str, Location], list[Problem]]:
    """Return the source, where each of its keys stands, and every mistake, after which there is no source."""
    moved = list(moved_keys(node))
    parameters = ParameterReader(node)
    reader = DataclassReader(auth_types(), parameters)
    source = reader.read(Source, node, preset={"name": name, "bases": bases})
    problems = [*reader.problems, *parameters.problems]
    if not moved and not problems:
        unused = list(parameters.unused())
        return None if unused else parameters.without_unused(source), reader.locations, unused
    names = {problem.key for problem in moved}
    return None, reader.locations, [*moved, *(problem for problem in problems if problem.key not in names)]
