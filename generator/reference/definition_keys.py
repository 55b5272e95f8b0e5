"""Describe a key of a definition from its dataclass: what it is, which values it takes, and its default."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
import types
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from generator.definition.durations import duration_text
from generator.definition.key_types import (
    CHOICES,
    DEFAULT_WORDS,
    allows_scalar_for_list,
    dataclass_of,
    key_names,
)
from lambdas import model_deployment, model_facts, model_request_types, model_types

_VALUES: dict[Any, str] = {
    int: "a number",
    bool: "true or false",
    str: "text",
    model_request_types.TextOrList: "text with `{path}` and `${Name}`, a number, true or false, or a list of them",
    model_types.Path: "path",
    model_types.Text: "text with `{path}`",
    model_types.SignedText: "text with pieces",
    model_types.Header: "a header's name",
    model_types.SecretName: "a parameter's name",
    model_types.UrlPath: "a URL's path",
    model_types.Json: "JSON, its texts with `{path}`",
    model_types.Field: "a field",
    model_types.UrlBase: "a URL with `${Name}`",
    model_types.ServiceUrl: "a URL with `${Name}`",
    model_types.SettingText: "text with `${Name}`",
    model_types.KeyText: "text with `{secret}` and `${Name}`",
    model_types.ClaimText: "text with pieces and `${Name}`",
    model_deployment.ParameterPattern: "a regular expression",
    model_types.HttpsUrl: "a URL",
    model_types.TopicArn: "a topic's ARN with `${Name}`",
    model_types.HostPattern: "a host's name with `${Name}`",
    model_types.SchemaFile: "a file",
    model_request_types.Duration: "a time, such as `5m`",
    model_request_types.RequestPath: "a URL's path, with `{path}` and `${Name}`",
    model_request_types.RequestUrl: "a URL's path, or a URL, with `{path}` and `${Name}`",
    model_request_types.RequestText: "text with `{path}` and `${Name}`",
    model_request_types.RequestJson: "JSON, its texts with `{path}` and `${Name}`",
    model_request_types.UrlOrigin: "a URL with `${Name}`",
}


def field_descriptions(cls: type[Any]) -> dict[str, str]:
    """Return the text under each field of a dataclass, from its source: Python keeps no such text."""
    descriptions: dict[str, str] = {}
    for base in reversed([base for base in cls.__mro__ if dataclasses.is_dataclass(base)]):
        descriptions |= _own_descriptions(base)
    return descriptions


@cache
def _own_descriptions(cls: type[Any]) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - the source of a class
    descriptions = {}
    for field, text in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            descriptions[field.target.id] = str(ast.literal_eval(text.value))
    return descriptions


def is_list(cls: type[Any]) -> bool:
    """Return whether an auth type is made of others, and so is written as a list of them."""
    return key_names(cls) == ["of"]


def is_mapping(hint: Any) -> bool:
    """Return whether a type is a mapping of names that a definition chooses."""
    origin = get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def value_words(hint: Any, link: str) -> str:
    """Return which values a key takes; `link` leads to the keys or types of a mapping."""
    origin, args = get_origin(hint), get_args(hint)
    if hint in _VALUES:
        return _VALUES[hint]
    if origin in (types.UnionType, Union):
        return value_words(args[0], link)
    if hint in CHOICES:
        scalar = "text with `{path}`" if hint is model_facts.Severity else "a word"
        return f"{scalar}, or `of` with patterns by word"
    if origin is tuple:
        item = value_words(args[0], link)
        if dataclass_of(args[0]):
            return f"a list, each with {link}"
        if get_origin(args[0]) is Literal:
            return f"one of {item}, or a list of them"
        return f"{item}, or a list of them" if allows_scalar_for_list(args[0]) else f"a list of {item}"
    if is_mapping(hint):
        return f"names, each with {link}" if dataclass_of(args[1]) else f"names with {value_words(args[1], link)}"
    if hint in DEFAULT_WORDS:
        return f"`{DEFAULT_WORDS[hint]}`, or {link}"
    return options(args) if origin is Literal else link


def options(words: Iterable[str]) -> str:
    """Return the words that a key takes, as code."""
    return ", ".join(f"`{word}`" for word in words)


def default_words(field: dataclasses.Field[Any], hint: Any) -> str:
    """Return the default of a key as it is written; nothing where the description says what holds without it."""
    default = field.default
    if default is dataclasses.MISSING:
        return "*required*"
    if hint is model_request_types.Duration:
        return f"`{duration_text(default)}`"
    if hint in DEFAULT_WORDS:
        return f"`{DEFAULT_WORDS[hint]}`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if default and isinstance(default, tuple):
        return f"`[{', '.join(default)}]`"
    if dataclasses.is_dataclass(default) and not isinstance(default, type):
        return _changed_keys(default)
    return f"`{default}`" if isinstance(default, str | int) and default != "" else ""


def _changed_keys(default: Any) -> str:
    """Return the keys of a default that differ from the defaults in their own table."""
    pairs = {field.name: (getattr(default, field.name), field.default) for field in dataclasses.fields(default)}
    changed = [f"{name}: {value}" for name, (value, usual) in pairs.items() if value != usual]
    return f"`{{{', '.join(changed)}}}`" if changed else ""
