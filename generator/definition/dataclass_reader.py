"""Read YAML nodes into the dataclasses of `lambdas/model.py`: their type hints are the schema of a definition."""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Literal, Union, get_args, get_origin

import yaml

from generator.definition.key_types import (
    CHOICES,
    DEFAULT_WORDS,
    TYPED,
    allows_scalar_for_list,
    field_types,
    has_required,
    is_optional_dataclass,
    key_name,
    key_names,
)
from generator.definition.meant_keys import meant_key
from generator.definition.parameters import ParameterReader
from generator.definition.scalars import (
    is_long,
    is_plain_value,
    node_kind,
    read_choice,
    read_scalar,
    refuse_parameter,
    short_tag,
    yaml_value,
)
from generator.definition.suggestions import suggestion
from generator.definition.text_values import TEXT_CHECKS, InvalidScalar
from generator.definition.yaml_nodes import Location, entries, location
from generator.errors import Problem
from lambdas import model, model_deployment, model_facts, model_request_types, model_types

_QUERY_VALUE = "query value"
"""In place of a type: an item of `TextOrList`, or such a value alone."""


class DataclassReader:
    """Reads one definition and goes on after a mistake, so that `problems` has all of them."""

    def __init__(self, parameters: ParameterReader) -> None:
        self._parameters = parameters
        self.problems: list[Problem] = []
        self.locations: dict[str, Location] = {}

    def read(self, cls: type[Any], node: yaml.Node, key: str = "", preset: Mapping[str, Any] | None = None) -> Any:
        """Return the node as an instance of a dataclass; None after any mistake so far.

        `preset` are the values of fields that the node can't have.
        """
        preset = preset or {}
        if not isinstance(node, yaml.MappingNode):
            if short_tag(node) == "null" and not has_required(cls):
                return cls()  # `basic:` and nothing below it
            word = DEFAULT_WORDS.get(cls)
            if word and isinstance(node, yaml.ScalarNode) and node.value == word:
                return cls()
            hint = "; write {} for its defaults" if short_tag(node) == "bool" and not has_required(cls) else ""
            if word and isinstance(node, yaml.ScalarNode) and (name := node.value.lower()) in key_names(cls):
                hint = f"; write {{{name}: {{}}}}"
            either = f"be {word}, or have" if word else "have"
            return self._report(
                node, key, f"must {either} keys ({', '.join(key_names(cls))}), and is {node_kind(node)}{hint}"
            )
        values, types_of_fields = dict(preset), field_types(cls)
        fields = {key_name(field): field for field in dataclasses.fields(cls)}
        for name, key_node, value in self._members(node, key, [name for name in key_names(cls) if name not in preset]):
            self.locations[_dotted(key, name)] = location(key_node)
            field = fields[name].name
            values[field] = self._value(types_of_fields[field], value, _dotted(key, name))
        for name, each in fields.items():
            if each.name not in values and each.default is dataclasses.MISSING:
                self._report(node, _dotted(key, name), "is missing")
        return None if self.problems else cls(**values)

    def _members(self, node: yaml.Node, key: str, known: Collection[str]) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """Yield the members whose key is known; report every other."""
        for key_node, value in entries(node):
            if (name := str(key_node.value)) in known:
                yield name, key_node, value
            elif {":", "{"} & set(name):
                self._report(key_node, _dotted(key, name), "a colon and a space go between a key and its value")
            else:
                hint = f"; {meant}" if (meant := meant_key(key, name)) else suggestion(name, known)
                self._report(key_node, _dotted(key, name), f"no such key{hint}")

    def _value(self, hint: Any, node: yaml.Node, key: str) -> Any:
        origin, args = get_origin(hint), get_args(hint)
        optional = origin in (types.UnionType, Union) and types.NoneType in args
        if short_tag(node) == "null" and (optional or is_optional_dataclass(hint)):
            # `null` says something; nothing behind a key is a slip, which would turn something off.
            return None if optional and node.value else self._report(node, key, _empty_message(hint))
        if optional:
            return self._value(args[0], node, key)
        if hint in TYPED:
            return self._typed(hint, node, key)
        if hint == model_request_types.TextOrList:
            is_list = isinstance(node, yaml.SequenceNode)
            return self._list(_QUERY_VALUE, node, key) if is_list else self._value(_QUERY_VALUE, node, key)
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            return self.read(hint, node, key)
        if origin is tuple:
            return self._list(args[0], node, key)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(args[1], node, key, TEXT_CHECKS.get(args[0]))
        try:
            return self._single_value(hint, node, key)
        except InvalidScalar as invalid:
            return self._report(node, key, str(invalid))

    def _single_value(self, hint: Any, node: yaml.Node, key: str) -> Any:
        if hint in CHOICES:
            if hint is model_facts.Severity and isinstance(node, yaml.ScalarNode):
                return model_facts.Choice(read_scalar(model_types.Text, node), {})
            return self._choice(CHOICES[hint], node, key)
        if get_origin(hint) is Literal:
            return read_choice(node, get_args(hint))
        if hint in (model_types.Json, model_request_types.RequestJson):
            return self._json(hint, node, key)
        if hint is _QUERY_VALUE:
            if is_plain_value(node):
                return node.value
            hint = model_request_types.RequestText
        if hint in model_deployment.PARAMETER_TYPES and short_tag(node) == "str" and "${" in node.value:
            return self._parameters.fill(hint, node.value)
        return read_scalar(hint, node)

    def _list(self, hint: Any, node: yaml.Node, key: str) -> Any:
        if isinstance(node, yaml.ScalarNode) and allows_scalar_for_list(hint):
            return (self._value(hint, node, key),)
        if not isinstance(node, yaml.SequenceNode):
            return self._report(node, key, f"must be a list, such as [a, b], and is {node_kind(node)}")
        for index, item in enumerate(node.value):
            self.locations[f"{key}[{index}]"] = location(item)
        return tuple(self._value(hint, item, f"{key}[{index}]") for index, item in enumerate(node.value))

    def _mapping(self, hint: Any, node: yaml.Node, key: str, check_name: Callable[[str], Any] | None) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self._report(node, key, f"must have keys, and is {node_kind(node)}")
        values = {}
        for name, key_node, value in self._members(node, key, [str(name.value) for name, _ in entries(node)]):
            self.locations[_dotted(key, name)] = location(key_node)
            try:
                refuse_parameter(None, name)
                values[check_name(name) if check_name else name] = self._value(hint, value, _dotted(key, name))
            except InvalidScalar as invalid:
                self._report(key_node, _dotted(key, name), str(invalid))
        return values

    def _json(self, hint: Any, node: yaml.Node, key: str) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(hint, node, key, None)
        if isinstance(node, yaml.SequenceNode):
            return self._list(hint, node, key)
        if short_tag(node) == "str":
            text = model_request_types.RequestText if hint is model_request_types.RequestJson else model_types.Text
            return self._single_value(text, node, key)
        value = yaml_value(node)
        in_range = math.isfinite(value) if isinstance(value, float) else value is None or is_long(value)
        if not isinstance(value, int | float | bool | None) or not in_range:
            raise InvalidScalar(f'JSON has nothing like {node.value}; put it in quotes, "{node.value}"')
        return value

    def _typed(self, wrapper: Any, node: yaml.Node, key: str) -> Any:
        """Read a mapping with one key, the name of a module that says which settings stand below it."""
        modules = TYPED[wrapper].modules()
        known = list(modules)
        if short_tag(node) == "str" and node.value in known and not has_required(modules[node.value].Settings):
            return wrapper(modules[node.value], modules[node.value].Settings())  # `paging: none`
        members = list(entries(node))
        if not members:
            return self._report(node, key, f"must have a type: one of {', '.join(known)}")
        if len(members) > 1:
            names = " and ".join(str(name.value) for name, _ in members)
            types_and_names = f"one of {', '.join(known)}; it has {names}, so one may be indented too little"
            return self._report(node, key, f"must have exactly one type: {types_and_names}")
        key_node, value = members[0]
        name = str(key_node.value)
        if name not in known:
            message = f"no such {TYPED[wrapper].noun}{suggestion(name, known)}"
            return self._report(key_node, _dotted(key, name), message)
        self.locations[_dotted(key, name)] = location(key_node)
        module: Any = modules[name]
        if key_names(module.Settings) == ["of"]:
            parts = self._list(model.Auth, value, _dotted(key, name))
            return None if self.problems else model.Auth(module, module.Settings(parts))
        settings = self.read(module.Settings, value, _dotted(key, name))
        return wrapper(module, settings) if settings else None

    def _choice(self, words: tuple[str, ...], node: yaml.Node, key: str) -> Any:
        """Read a word for all events, or a text with the patterns that choose a word."""
        if isinstance(node, yaml.ScalarNode) and "{" not in node.value:
            word = read_choice(node, words)
            return model_facts.Choice(model_types.Text(word), {word: ("*",)})
        if not isinstance(node, yaml.MappingNode):
            text = node.value if isinstance(node, yaml.ScalarNode) else "{path}"
            return self._report(node, key, f'must be a word, or {{of: "{text}", {words[0]}: [patterns], …}}')
        of, patterns = None, {}
        for name, key_node, value in self._members(node, key, ("of", *words)):
            self.locations[_dotted(key, name)] = location(key_node)
            if name == "of":
                of = self._value(model_types.Text, value, _dotted(key, name))
            elif isinstance(value, yaml.ScalarNode):
                patterns[name] = (self._value(str, value, _dotted(key, name)),)
            else:
                patterns[name] = self._list(str, value, _dotted(key, name))
        names = {str(name.value) for name, _ in entries(node)}
        if "of" not in names:
            return self._report(node, key, "needs `of`, the text that chooses")
        if names == {"of"}:
            return self._report(node, key, f"needs a word with patterns, such as {words[0]}: [x]")
        return model_facts.Choice(of or model_types.Text(""), patterns)

    def _report(self, node: yaml.Node, key: str, message: str) -> None:
        self.problems.append(Problem(*location(node), key, message))


def _empty_message(hint: Any) -> str:
    if word := DEFAULT_WORDS.get(hint):
        return f"is empty; write {word}, or indent the key that belongs below it"
    has_defaults = any(map(is_optional_dataclass, (hint, *get_args(hint))))
    return f"is empty; write {'{} for its defaults' if has_defaults else 'a value'}, or leave it out"


def _dotted(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
