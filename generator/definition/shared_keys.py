"""Lay what holds for all streams beneath each: `pull.window` and the source's own `events`."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping

import yaml

from generator.definition.extends import merge_nodes
from generator.definition.yaml_nodes import Location, entries, location_of

_SHARED = re.compile(r"pull\.streams\.[^.]+\.(window|events)(|\..+)")


def with_shared_keys(definition: yaml.Node) -> yaml.Node:
    """Return a definition whose streams have the keys that they share; any other definition as it is."""
    pull = _member(definition, "pull")
    streams = _member(pull, "streams")
    if not isinstance(streams, yaml.MappingNode) or not isinstance(pull, yaml.MappingNode):
        return definition
    shared = {"window": _pair(pull, "window"), "events": _pair(definition, "events")}
    merged = copy.copy(streams)
    merged.value = [(name, _with_shared(stream, shared)) for name, stream in streams.value]
    return _replaced(definition, "pull", _replaced(pull, "streams", merged))


def shared_key(key: str, locations: Mapping[str, Location]) -> str:
    """Return the key where a stream's key is written, for all streams: `pull.window.…` or `events.…`; else the key."""
    shared = shared_name(key)
    return shared if shared and location_of(locations, shared) == location_of(locations, key) else key


def shared_name(key: str) -> str | None:
    """Return the key that lies beneath a key of a stream; None where none does."""
    match = _SHARED.fullmatch(key)
    return f"{'pull.window' if match[1] == 'window' else 'events'}{match[2]}" if match else None


def _with_shared(stream: yaml.Node, shared: dict[str, tuple[yaml.Node, yaml.Node] | None]) -> yaml.Node:
    if not isinstance(stream, yaml.MappingNode):
        return stream
    with_shared: yaml.Node = copy.copy(stream)
    for name, pair in shared.items():
        if pair and (own := _pair(with_shared, name)) is None:
            with_shared = copy.copy(with_shared)
            with_shared.value = [*with_shared.value, pair]
        elif pair and own:
            with_shared = _replaced(with_shared, name, merge_nodes(pair[1], own[1]))
    return with_shared


def _replaced(node: yaml.Node, name: str, value: yaml.Node) -> yaml.Node:
    replaced = copy.copy(node)
    replaced.value = [(key, value if key.value == name else member) for key, member in node.value]
    return replaced


def _pair(node: yaml.Node | None, name: str) -> tuple[yaml.Node, yaml.Node] | None:
    return next(((key, value) for key, value in entries(node) if key.value == name), None) if node else None


def _member(node: yaml.Node | None, name: str) -> yaml.Node | None:
    pair = _pair(node, name)
    return pair[1] if pair else None
