"""From YAML nodes to dataclasses: the type hints are the schema."""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
import types
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import yaml

from generator.errors import Problem
from generator.yaml_nodes import Place, entries, place
from lambdas import model

HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
SECRET = re.compile(r"[a-z]+(_[a-z0-9]+)*")
URL_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_KINDS = {"str": "text", "int": "a number", "bool": "true or false", "float": "a number", "null": "nothing"}


class Wrong(Exception):  # noqa: N818 - caught by the walker alone
    """A value that does not fit; the text says what would be right."""


class Walker:
    """Reads one definition; goes on after a mistake, so that all are found."""

    def __init__(self, auth_types: Mapping[str, types.ModuleType]) -> None:
        self._auth_types = auth_types
        self.problems: list[Problem] = []
        self.places: dict[str, Place] = {}

    def read(self, cls: type[Any], node: yaml.Node, key: str = "", given: Mapping[str, Any] | None = None) -> Any:
        """The node as an instance of a dataclass; None after any mistake in it."""
        given = given or {}
        if not isinstance(node, yaml.MappingNode):
            return self._wrong(node, key, f"must have keys ({', '.join(fields(cls))}), and is {_kind(node)}")
        values, hints = dict(given), hints_of(cls)
        for name, key_node, value in self._members(node, key, [one for one in fields(cls) if one not in given]):
            self.places[_dotted(key, name)] = place(key_node)
            values[name] = self._value(hints[name], value, _dotted(key, name))
        for field in dataclasses.fields(cls):
            if field.name not in values and field.default is dataclasses.MISSING:
                self._wrong(node, _dotted(key, field.name), "is missing")
        return None if self.problems else cls(**values)

    def _members(self, node: yaml.Node, key: str, known: Collection[str]) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """The members whose key is known; a problem for every other."""
        for key_node, value in entries(node):
            if (name := str(key_node.value)) in known:
                yield name, key_node, value
            elif {":", "{"} & set(name):
                self._wrong(key_node, _dotted(key, name), "a colon and a space go between a key and its value")
            else:
                self._wrong(key_node, _dotted(key, name), f"no such key{meant(name, known)}")

    def _value(self, hint: Any, node: yaml.Node, key: str) -> Any:
        origin, args = get_origin(hint), get_args(hint)
        if origin in (types.UnionType, Union):
            return None if _tag(node) == "null" else self._value(args[0], node, key)
        if hint is model.Auth:
            return self._auth(node, key)
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            return self.read(hint, node, key)
        if origin is tuple:
            return self._list(args[0], node, key)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(args[1], node, key, _CHECKS.get(args[0]))
        try:
            if origin is Literal:
                return _choice(node, args)
            if hint is model.Json:
                return self._json(node, key)
            return _scalar(hint, node)
        except Wrong as wrong:
            return self._wrong(node, key, str(wrong))

    def _list(self, hint: Any, node: yaml.Node, key: str) -> Any:
        if not isinstance(node, yaml.SequenceNode):
            return self._wrong(node, key, f"must be a list, such as [a, b], and is {_kind(node)}")
        for index, below in enumerate(node.value):
            self.places[f"{key}[{index}]"] = place(below)
        return tuple(self._value(hint, below, f"{key}[{index}]") for index, below in enumerate(node.value))

    def _mapping(self, hint: Any, node: yaml.Node, key: str, check: Callable[[str], Any] | None) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self._wrong(node, key, f"must have keys, and is {_kind(node)}")
        values = {}
        for name, key_node, value in self._members(node, key, [str(one.value) for one, _ in entries(node)]):
            self.places[_dotted(key, name)] = place(key_node)
            try:
                values[check(name) if check else name] = self._value(hint, value, _dotted(key, name))
            except Wrong as wrong:
                self._wrong(key_node, _dotted(key, name), str(wrong))
        return values

    def _json(self, node: yaml.Node, key: str) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(model.Json, node, key, None)
        if isinstance(node, yaml.SequenceNode):
            return self._list(model.Json, node, key)
        if _tag(node) == "str":
            return _scalar(model.Text, node)
        value = _plain(node)
        if not isinstance(value, int | float | bool | None) or (isinstance(value, float) and not math.isfinite(value)):
            raise Wrong(f'JSON has nothing like {node.value}; put it in quotes, "{node.value}"')
        return value

    def _auth(self, node: yaml.Node, key: str) -> Any:
        known = list(self._auth_types)
        found = list(entries(node))
        if not found:
            return self._wrong(node, key, f"must have a type: one of {', '.join(known)}")
        if len(found) > 1:
            there = " and ".join(str(one.value) for one, _ in found)
            said = f"one of {', '.join(known)}; it has {there}, so one may be indented too little"
            return self._wrong(node, key, f"must have exactly one type: {said}")
        key_node, value = found[0]
        name = str(key_node.value)
        if name not in known:
            return self._wrong(key_node, _dotted(key, name), f"no such auth type{meant(name, known)}")
        self.places[_dotted(key, name)] = place(key_node)
        module: Any = self._auth_types[name]
        settings = self.read(module.Settings, value, _dotted(key, name))
        return model.Auth(module, settings) if settings else None

    def _wrong(self, node: yaml.Node, key: str, message: str) -> None:
        self.problems.append(Problem(*place(node), key, message))


def _hints_of(cls: Any) -> dict[str, Any]:
    """The fields' types; `Request` stands only in the type of a function, which no YAML holds."""
    return get_type_hints(cls, localns={"Request": Any, "AuthType": Any})


hints_of: Callable[[Any], dict[str, Any]] = cache(_hints_of)


def fields(cls: type[Any]) -> list[str]:
    """The keys of a dataclass that a definition may have."""
    return [field.name for field in dataclasses.fields(cls) if (cls, field.name) not in _NOT_KEYS]


def meant(name: str, known: Collection[str]) -> str:
    """What was probably meant, and what there is: `; did you mean x? (x, y, z)`."""
    return f"{_near(name, known) or ';'} ({', '.join(sorted(known))})"


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


_NOT_KEYS = {(model.Source, "transform"), (model.Source, "name")}


def _dotted(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _tag(node: yaml.Node) -> str:
    return str(node.tag).rpartition(":")[2]


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, yaml.SequenceNode) else _KINDS.get(_tag(node), "text")


def _scalar(hint: Any, node: yaml.Node) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        if isinstance(node, yaml.MappingNode) and node.flow_style and hint not in (int, bool):
            raise Wrong('is a mapping to YAML; text that starts with { goes in quotes: "{…}"')
        raise Wrong(f"must be {'text' if hint not in (int, bool) else _KINDS[hint.__name__]}, and is {_kind(node)}")
    tag = _tag(node)
    if hint in (int, bool):
        if tag != hint.__name__:
            raise Wrong(f"must be {_KINDS[hint.__name__]}, and is {_kind(node)}")
        return _plain(node)
    if tag == "null" and not node.value:
        raise Wrong("must be text, and is empty")
    if tag != "str":
        raise Wrong(f'must be text; {node.value} is {_kind(node)} to YAML: put it in quotes, "{node.value}"')
    return _CHECKS.get(hint, str)(node.value)


def _plain(node: yaml.Node) -> Any:
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (ValueError, KeyError, yaml.YAMLError):
        raise Wrong(f"is no {_tag(node)}") from None


def _choice(node: yaml.Node, options: tuple[Any, ...]) -> Any:
    if node.value in options:
        return node.value
    raise Wrong(f"must be one of {', '.join(options)}{_near(str(node.value), options)}")


def _path(text: str) -> str:
    from generator.expressions import path_problem

    if said := path_problem(text):
        raise Wrong(said)
    return text


def _text(text: str) -> str:
    from generator.expressions import text_problem

    if said := text_problem(text):
        raise Wrong(said)
    return text


def _signed(text: str) -> str:
    pieces = r"\{(body|timestamp|id|method)\}"
    if wrong := re.search(r"\{[^{}]*\}?|\}", re.sub(pieces, "", text)):
        raise Wrong(f"{wrong[0]} is no piece of a request; there are {{body}}, {{timestamp}}, {{id}}, {{method}}")
    return text


def _header(text: str) -> str:
    if not HEADER.fullmatch(text):
        raise Wrong("is not the name of a header, such as x-signature")
    return text


def _secret(text: str) -> str:
    # The value is not shown: it may be one.
    if not SECRET.fullmatch(text) or len(text) > 40 or sum(char.isdigit() for char in text) > 4:
        raise Wrong(
            "is the name of a parameter, such as auth_token, never the secret: if this is one, "
            "take it out of the file, and put it into Parameter Store"
        )
    return text


def _url_path(text: str) -> str:
    if not URL_PATH.fullmatch(text) or len(text) > 100:
        raise Wrong("must be a path such as /events: slashes, letters, digits and . _ ~ -, at most 100 characters")
    return text


_CHECKS: dict[Any, Callable[[str], Any]] = {
    model.Path: _path,
    model.Text: _text,
    model.SignedText: _signed,
    model.Header: _header,
    model.SecretName: _secret,
    model.UrlPath: _url_path,
}
