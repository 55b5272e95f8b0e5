"""Read single values of a definition: check each against its type, and say what would be right."""

from __future__ import annotations

import re
from typing import Any

import yaml

from generator.definition.durations import WELL_FORMED
from generator.definition.filled_text import TOKEN
from generator.definition.suggestions import did_you_mean
from generator.definition.text_values import TEXT_CHECKS, InvalidScalar
from lambdas import model_request_types, model_types

_KINDS = {"str": "text", "int": "a number", "bool": "true or false", "null": "nothing"}
_KINDS |= {"float": "a number with a fraction", "timestamp": "a date"}
_NOT_TEXT = {int: "a whole number", bool: "true or false"}
_PLAIN = re.compile(r"-?(0|[1-9][0-9]*)|true|false")
"""Numbers and booleans that YAML means as they are written: `yes` is true in YAML, and `010` is 8."""
_HOURS = re.compile(r"(\d+) ?h(ours?)?")


def is_long(value: Any) -> bool:
    """Return whether a value is a whole number that 64 bits hold, as those of events are."""
    return isinstance(value, int) and -(2**63) <= value < 2**63


def short_tag(node: yaml.Node) -> str:
    """Return a node's YAML tag without its prefix, such as `str`."""
    return str(node.tag).rpartition(":")[2]


def node_kind(node: yaml.Node) -> str:
    """Return what a node is, in a user's words."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, yaml.SequenceNode) else _KINDS.get(short_tag(node), "text")


def read_scalar(hint: Any, node: yaml.Node) -> Any:
    """Return a node's value where it fits the type; else raise InvalidScalar."""
    if not isinstance(node, yaml.ScalarNode):
        if isinstance(node, yaml.MappingNode) and node.flow_style and hint not in _NOT_TEXT:
            raise InvalidScalar('is a mapping in YAML; text that starts with { goes in quotes: "{…}"')
        raise InvalidScalar(f"must be {_NOT_TEXT.get(hint, 'text')}, and is {node_kind(node)}")
    tag = short_tag(node)
    if hint in _NOT_TEXT:
        if tag != hint.__name__:
            hours = _HOURS.fullmatch(node.value) if hint is int else None
            example = f" of hours, such as {hours[1]}" if hours else ""
            raise InvalidScalar(f"must be {_NOT_TEXT[hint]}{example}, and is {node_kind(node)}")
        return yaml_value(node)
    if tag == "null" and not node.value:
        raise InvalidScalar("must be text, and is empty")
    if tag != "str":
        if hint is model_request_types.Duration:
            raise InvalidScalar(f"{WELL_FORMED}; {node.value} has none")
        raise InvalidScalar(
            f'must be text; {node.value} is {node_kind(node)} in YAML; put it in quotes, "{node.value}"'
        )
    refuse_parameter(hint, node.value)
    return TEXT_CHECKS.get(hint, str)(node.value)


def is_plain_value(node: yaml.Node) -> bool:
    """Return whether a value of a query or form is a whole number, true or false, which is sent as it is written."""
    return short_tag(node) in ("int", "bool") and bool(_PLAIN.fullmatch(node.value))


def refuse_parameter(hint: Any, text: str) -> None:
    """Raise InvalidScalar where a parameter stands in a text that can't have one."""
    if token := TOKEN.search(text):
        dollar = f"; for a dollar sign before a path, write {{'$'}}{{{token[1]}}}" if hint is model_types.Text else ""
        raise InvalidScalar(
            f"{token[0]} can't stand here: a parameter stands in URLs, hosts, requests of `pull`, and settings of "
            f"`auth` and `credentials`{dollar}"
        )


def yaml_value(node: yaml.Node) -> Any:
    """Return a node as the Python value that YAML means by it."""
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (ArithmeticError, AttributeError, LookupError, ValueError, yaml.YAMLError):
        raise InvalidScalar(f"is no {short_tag(node)}") from None


def read_choice(node: yaml.Node, options: tuple[Any, ...]) -> Any:
    """Return a node's value where it is one of the options; else raise InvalidScalar."""
    if node.value in options:
        return node.value
    raise InvalidScalar(f"must be one of {', '.join(options)}{did_you_mean(str(node.value), options)}")
