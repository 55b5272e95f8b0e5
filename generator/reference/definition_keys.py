"""Describe every key of a definition from its dataclasses: the tables of docs/definition.md."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from generator.definition.key_types import (
    CHOICES,
    TYPED,
    allows_scalar_for_list,
    dataclass_of,
    field_types,
    key_name,
    key_names,
)
from generator.definition.scalars import duration_text
from lambdas import model, model_deployment, model_facts, model_pull, model_request_types, model_types

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
_TYPED_KEYS = {
    model.Auth: "webhook.auth",
    model_pull.Credentials: "pull.credentials",
    model_pull.Paging: "pull.streams.NAME.paging",
}
_SHARED_KEYS = {"pull.streams.NAME.window": "pull.window", "pull.streams.NAME.events": "events"}
"""Keys whose own keys have a table already, since they are laid over those of all streams."""


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


def reference_tables() -> str:
    """Return the tables of docs/definition.md: every key of every part."""
    parts = [("", model.Source)]
    for wrapper, key in _TYPED_KEYS.items():
        parts += [(f"{key}.{name}", module.Settings) for name, module in TYPED[wrapper].modules().items()]
    return "\n".join("\n".join(_section(key, cls)) for key, cls in parts)


def _section(key: str, cls: type[Any]) -> Iterator[str]:
    hints, texts = field_types(cls), field_descriptions(cls)
    parts: list[tuple[str, type[Any]]] = []
    doc = (inspect.getdoc(cls) or "").replace("\n", " ")
    yield f"### {f'`{key}`' if key else 'The whole'}\n\n{doc}\n"
    if is_list(cls):
        return
    yield "| key | what | value | default |\n|---|---|---|---|"
    for field in dataclasses.fields(cls):
        if key_name(field) not in key_names(cls):
            continue
        name = key_name(field)
        hint, dotted = hints[field.name], f"{key}.{name}" if key else name
        inner = dataclass_of(hint)
        below = f"{dotted}.NAME" if any(map(is_mapping, (hint, *get_args(hint)))) else dotted
        if inner and inner not in TYPED and below not in _SHARED_KEYS:
            parts.append((below, inner))
        value = f"the keys of `{_SHARED_KEYS[below]}`" if below in _SHARED_KEYS else _kind_of_value(hint)
        description = texts[field.name].replace("|", "\\|").replace("\n", " ")
        yield f"| `{name}` | {description} | {value} | {_shown_default(field, hint)} |"
    yield ""
    for dotted, inner in parts:
        yield from _section(dotted, inner)


def _kind_of_value(hint: Any) -> str:
    origin, args = get_origin(hint), get_args(hint)
    if hint in _VALUES:
        return _VALUES[hint]
    if origin in (types.UnionType, Union):
        return _kind_of_value(args[0])
    if hint in TYPED:
        return ", ".join(f"`{name}`" for name in TYPED[hint].modules())
    if hint in CHOICES:
        scalar = "text with `{path}`" if hint is model_facts.Severity else "a word"
        return f"{scalar}, or `of` with patterns by word: {', '.join(f'`{word}`' for word in CHOICES[hint])}"
    if origin is tuple:
        item = _kind_of_value(args[0])
        if dataclass_of(args[0]):
            return "a list; see below"
        if get_origin(args[0]) is Literal:
            return f"one of {item}, or a list of them"
        return f"{item}, or a list of them" if allows_scalar_for_list(args[0]) else f"a list of {item}"
    if is_mapping(hint):
        return "names, each with the keys below" if dataclass_of(args[1]) else f"names with {_kind_of_value(args[1])}"
    if origin is Literal:
        return ", ".join(f"`{option}`" for option in args)
    return "see below"


def _shown_default(field: dataclasses.Field[Any], hint: Any) -> str:
    if field.default is dataclasses.MISSING:
        return "*required*"
    if hint is model_request_types.Duration:
        return f"`{duration_text(field.default)}`"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    if field.default and isinstance(field.default, tuple):
        return f"`[{', '.join(field.default)}]`"
    is_simple = isinstance(field.default, str | int) and field.default != ""
    return f"`{field.default}`" if is_simple else ""
