"""Merge a definition with the one that it extends: its own keys win, and mappings are merged."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import replace

import yaml

from generator.definition.yaml_nodes import Location, entries
from generator.errors import Problem

_EITHER = re.compile("must have either `([a-z_]+)` or `([a-z_]+)`")

_TYPED_KEYS = ("auth", "credentials", "paging")
_CHOOSING_KEYS = ("severity", "kind", "outcome")
_NAMING_KEYS = ("extra", "details", "kind", "outcome", "severity")  # a name below them has no value to fall back to


def merge_nodes(base: yaml.Node, own: yaml.Node, above: str = "") -> yaml.Node:
    """Return a definition's own node with the entries that only its base has; all of them keep their lines."""
    if not (isinstance(base, yaml.MappingNode) and isinstance(own, yaml.MappingNode)):
        return own
    own_entries = {key.value: (key, value) for key, value in own.value}
    merged = []
    for key, value in base.value:
        if key.value in own_entries:
            own_key, own_value = own_entries.pop(key.value)
            if above in _NAMING_KEYS and own_value.tag == "tag:yaml.org,2002:null":
                continue  # taken back
            merged.append((own_key, _merged_value(key.value, value, own_value)))
        else:
            merged.append((key, value))
    with_base = copy.copy(own)  # what is merged may lie beneath another definition too
    with_base.value = [*merged, *own_entries.values()]
    return with_base


_WEBHOOK_KEYS, _PULL_KEYS = ("webhook", "dedupe"), ("pull", "drop")


def of_same_kind(base: yaml.Node, own: yaml.Node) -> yaml.Node:
    """Return a base without what only the other kind of source has: a webhook, or a vendor's API that is asked.

    So the log of a vendor can extend the vendor's webhook: what its events mean is the same.
    """
    if not isinstance(base, yaml.MappingNode):
        return base
    own_names = {key.value for key, _ in entries(own)}
    unfit = _WEBHOOK_KEYS if "pull" in own_names else _PULL_KEYS if "webhook" in own_names else ()
    fit = copy.copy(base)
    fit.value = [(key, value) for key, value in base.value if key.value not in unfit]
    return fit


def explain_clash(problem: Problem, locations: Mapping[str, Location], own_file: str) -> Problem:
    """Return a problem about two keys of which one may stand; where one of them is inherited, with what to do.

    A definition's own key wins over one of another name only if the definition takes that back.
    """
    if not (match := _EITHER.match(problem.message)):
        return problem
    above = problem.key if f"{problem.key}.{match[1]}" in locations else problem.key.rpartition(".")[0]
    places = {name: locations.get(f"{above}.{name}") for name in match.groups()}
    files = {place[0] for place in places.values() if place}
    if None in places.values() or own_file not in files or len(files) == 1:
        return problem
    inherited = next(name for name, place in places.items() if place and place[0] != own_file)
    own_line = next(place[1] for place in places.values() if place and place[0] == own_file)
    file, line = places[inherited] or ("", 0)
    return replace(
        problem,
        file=own_file,
        line=own_line,
        message=f"{problem.message}; {file}:{line} has `{inherited}`: `{inherited}: null` takes it back",
    )


def _merged_value(key: str, base: yaml.Node, own: yaml.Node) -> yaml.Node:
    # Another type replaces the base's; two would be a mistake that the user did not make.
    if key in _TYPED_KEYS and not _same_keys(base, own):
        return own
    # The base's patterns are meant for the text that its own `of` finds.
    if key in _CHOOSING_KEYS and "of" in (name.value for name, _ in entries(own)):
        return own
    return merge_nodes(base, own, key)


def _same_keys(base: yaml.Node, own: yaml.Node) -> bool:
    return [key.value for key, _ in entries(base)] == [key.value for key, _ in entries(own)]
