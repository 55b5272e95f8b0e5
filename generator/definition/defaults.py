"""Read `defaults.yml`: keys that lie beneath every definition that is built from its folder, shipped ones too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from generator.definition import yaml_nodes
from generator.definition.cross_checks import cross_problems, dedupe_mistake
from generator.definition.extends import merge_nodes, of_same_kind
from generator.definition.key_types import dataclass_of, key_names, key_types
from generator.definition.meant_keys import meant_key
from generator.definition.scalars import node_kind
from generator.definition.source_reader import read_source
from generator.definition.suggestions import suggestion
from generator.definition.yaml_nodes import Location, entries, location
from generator.errors import Problem, display_path
from lambdas.model import Source

FILE = "defaults.yml"
DEFAULT_KEYS = (
    *("webhook.path", "webhook.concurrency", "webhook.throttle", "events.expect_every", "output"),
    *("mozdef", "dedupe", "archive", "delivery", "pipeline", "hardening"),
)
"""The keys that can hold for all sources; the others say what a vendor sends, and are each source's own."""
_MISSPELT = ("defaults.yaml", "default.yml", "default.yaml")
# The least that makes a definition of defaults, with an id, so that `dedupe` may stand in them.
_SMALLEST = "{description: a, webhook: {auth: {token: {header: x-of-no-vendor}}}, events: {id: id}}"


@dataclass(frozen=True)
class Defaults:
    """The defaults of a folder: the file, where there is one, and its keys; none where it has mistakes."""

    file: Path | None = None
    node: yaml.Node | None = None

    def is_in(self, place: Location) -> bool:
        """Return whether a location is in the file."""
        return self.file is not None and place[0] == display_path(self.file)

    @property
    def alters_messages(self) -> bool:
        """Return whether a message may be another with these keys than without them."""
        return self.node is not None and any(key.value in ("mozdef", "output") for key, _ in entries(self.node))

    def beneath(self, node: yaml.Node) -> yaml.Node:
        """Return a definition's node with the keys that it does not have itself; none of the other kind of source."""
        if self.node is None:
            return node
        return merge_nodes(of_same_kind(self.node, node), node)

    def without_unfit(self, source: Source, place: Location) -> Source:
        """Return a source without a `dedupe` that comes from here and that it can't have; `place` is that of the key.

        A shipped source whose events have no id can't be told to do without.
        """
        return replace(source, dedupe=None) if self.is_in(place) and dedupe_mistake(source.events) else source


def read_defaults(sources: Path) -> tuple[Defaults, list[Problem]]:
    """Return the defaults of a folder of definitions, and every mistake in them."""
    problems = [
        Problem(display_path(sources / name), 0, "", f"is not read: defaults for all sources are called {FILE}")
        for name in _MISSPELT
        if os.path.lexists(sources / name)
    ]
    file = sources / FILE
    if not os.path.lexists(file):
        return Defaults(), problems
    node, mistakes = yaml_nodes.parse(file, may_be_empty=True)  # all of it may be commented out
    if node is not None and not mistakes:
        mistakes = list(_mistakes(node, display_path(file)))
    problems += mistakes
    return Defaults(file, None if problems else node), problems


def _mistakes(node: yaml.Node, file: str) -> Iterator[Problem]:
    """Yield what is wrong in these keys alone, whatever definition they lie beneath."""
    unfit = list(_unfit_keys(node, Source))
    yield from unfit
    smallest: Any = yaml.compose(_SMALLEST, Loader=yaml.SafeLoader)
    list(yaml_nodes.mark_file(smallest, ""))
    source, locations, problems = read_source(merge_nodes(smallest, node), "defaults", ())
    if source:
        problems = list(cross_problems(source, locations))
    for problem in problems:
        if problem.file == file and not any(f"{problem.key}.".startswith(f"{each.key}.") for each in unfit):
            yield problem


def _unfit_keys(node: yaml.Node, cls: Any, key: str = "") -> Iterator[Problem]:
    """Yield a problem for each key that is each source's own, or that no definition has."""
    known = {name: f"{key}.{name}" if key else name for name in key_names(cls)}
    fit = [name for name, dotted in known.items() if may_be_default(dotted)]
    if not isinstance(node, yaml.MappingNode):
        message = f"must have keys ({', '.join(fit)}), and is {node_kind(node)}"
        yield Problem(*location(node), key, message)
    for key_node, value in entries(node):
        name = str(key_node.value)
        dotted = known.get(name)
        if dotted is None:
            hint = f"; {meant}" if (meant := meant_key(key, name)) else suggestion(name, fit)
            message = f"no such key{hint}"
            yield Problem(*location(key_node), f"{key}.{name}" if key else name, message)
        elif name not in fit:
            message = f"is each source's own, and has no default; {FILE} takes {', '.join(DEFAULT_KEYS)}"
            yield Problem(*location(key_node), dotted, message)
        elif dotted not in DEFAULT_KEYS:
            yield from _unfit_keys(value, dataclass_of(key_types(cls)[name]), dotted)


def may_be_default(key: str) -> bool:
    """Return whether a key, or one below it, can have a default."""
    return any(f"{default}.".startswith(f"{key}.") for default in DEFAULT_KEYS)
