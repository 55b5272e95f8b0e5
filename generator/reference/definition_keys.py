"""Describe every key of a definition from its dataclasses: as JSON Schema, and as the tables of docs/definition.md."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import textwrap
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from generator.definition.auth_types import auth_types
from generator.definition.dataclass_reader import CHOICES, allows_scalar_for_list, field_types, key_names
from generator.definition.defaults import DEFAULT_KEYS, may_be_default
from generator.definition.scalars import FIELD, HEADER, HOST, PARAMETER, SCHEMA_FILE, SECRET, TOPIC, URL, URL_PATH
from lambdas import model, model_deployment, model_facts, model_types


def _or_token(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Return a pattern that also fits a text in which a parameter stands: only the reader can judge that."""
    return re.compile(rf"({pattern.pattern}|.*\$\{{.*)")


_PATTERNS = {
    model_deployment.ParameterName: PARAMETER,
    model_types.Header: HEADER,
    model_types.SecretName: SECRET,
    model_types.UrlPath: URL_PATH,
    model_types.Field: FIELD,
    model_types.UrlBase: _or_token(URL),
    model_types.HttpsUrl: URL,
    model_types.ServiceUrl: _or_token(URL),
    model_types.TopicArn: _or_token(TOPIC),
    model_types.HostPattern: _or_token(HOST),
    model_types.SchemaFile: SCHEMA_FILE,
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


def json_schema() -> dict[str, Any]:
    """Return the definition's JSON Schema, for editors: https://json-schema.org/draft-07/schema."""
    source = _object(model.Source)
    # A definition that extends another may take its required keys from there.
    either = [{"required": source.pop("required")}, {"required": ["extends"]}]
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Event source"}
    return {**head, **source, "anyOf": either, "definitions": {"auth": _auth()}}


def defaults_schema() -> dict[str, Any]:
    """Return the JSON Schema of `defaults.yml`: the keys of a definition that hold for all sources."""
    schema = json_schema()
    return {"$schema": schema["$schema"], "title": "Defaults of all sources", **_default_keys(schema)}


def _default_keys(schema: dict[str, Any], key: str = "") -> dict[str, Any]:
    properties = {}
    for name, member in schema["properties"].items():
        dotted = f"{key}.{name}" if key else name
        if may_be_default(dotted):
            properties[name] = member if dotted in DEFAULT_KEYS else _default_keys(member, dotted)
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _auth() -> dict[str, Any]:
    """Return the schema of `auth`: exactly one type; a type that is made of others is a list of them."""
    types_by_name = {}
    for name, module in auth_types().items():
        settings = module.Settings
        if _is_list(settings):
            types_by_name[name] = {"description": inspect.getdoc(settings), **_type(field_types(settings)["of"])}
        else:
            types_by_name[name] = _object(settings)
    return {
        "type": "object",
        "properties": types_by_name,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }


def _is_list(cls: type[Any]) -> bool:
    """Return whether an auth type is made of others, and so is written as a list of them."""
    return key_names(cls) == ["of"]


def _object(cls: type[Any]) -> dict[str, Any]:
    hints, texts = field_types(cls), field_descriptions(cls)
    members = {}
    for field in dataclasses.fields(cls):
        if field.name in key_names(cls):
            members[field.name] = {"description": texts[field.name], **_default(field), **_type(hints[field.name])}
    return {
        "type": "object",
        "description": inspect.getdoc(cls),
        "properties": members,
        "required": _required(cls),
        "additionalProperties": False,
    }


def _required(cls: type[Any]) -> list[str]:
    allowed = key_names(cls)
    fields = [field for field in dataclasses.fields(cls) if field.name in allowed]
    return [field.name for field in fields if field.default is dataclasses.MISSING]


def _default(field: dataclasses.Field[Any]) -> dict[str, Any]:
    is_simple = isinstance(field.default, str | int | bool) and field.default != ""
    return {"default": field.default} if is_simple else {}


def _type(hint: Any) -> dict[str, Any]:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        inner = _type(args[0])
        return {**inner, "type": [inner["type"], "null"]} if isinstance(inner.get("type"), str) else inner
    if hint is model.Auth:
        return {"$ref": "#/definitions/auth"}
    if hint in CHOICES:
        return _choice(
            CHOICES[hint], {"type": "string"} if hint is model_facts.Severity else {"enum": list(CHOICES[hint])}
        )
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _object(hint)
    if origin is tuple:
        array = {"type": "array", "items": _type(args[0])}
        return {"oneOf": [array["items"], array]} if allows_scalar_for_list(args[0]) else array
    if isinstance(origin, type) and issubclass(origin, Mapping):
        names = {"propertyNames": _type(args[0])} if args[0] is model_deployment.ParameterName else {}
        return {"type": "object", "additionalProperties": _type(args[1]), **names}
    if origin is Literal:
        return {"enum": list(args)}
    if hint is model_types.Json:
        return {}
    name = {int: "integer", bool: "boolean"}.get(hint, "string")
    return {"type": name, **({"pattern": f"^{_PATTERNS[hint].pattern}$"} if hint in _PATTERNS else {})}


def _choice(words: tuple[str, ...], scalar: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a scalar, or of a text with the patterns that choose a word."""
    patterns = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    members = {"of": {"type": "string"}, **dict.fromkeys(words, patterns)}
    choice = {"type": "object", "properties": members, "required": ["of"], "additionalProperties": False}
    return {"oneOf": [scalar, choice]}


def reference_tables() -> str:
    """Return the tables of docs/definition.md: every key of every part."""
    parts = [("", model.Source)] + [(f"webhook.auth.{name}", module.Settings) for name, module in auth_types().items()]
    return "\n".join("\n".join(_section(key, cls)) for key, cls in parts)


def _section(key: str, cls: type[Any]) -> Iterator[str]:
    hints, texts = field_types(cls), field_descriptions(cls)
    parts: list[tuple[str, type[Any]]] = []
    doc = (inspect.getdoc(cls) or "").replace("\n", " ")
    yield f"### {f'`{key}`' if key else 'The whole'}\n\n{doc}\n"
    if _is_list(cls):
        return
    yield "| key | what | value | default |\n|---|---|---|---|"
    for field in dataclasses.fields(cls):
        if field.name not in key_names(cls):
            continue
        hint, dotted = hints[field.name], f"{key}.{field.name}" if key else field.name
        inner = _dataclass(hint)
        if inner and inner is not model.Auth:
            parts.append((dotted, inner))
        description = texts[field.name].replace("|", "\\|").replace("\n", " ")
        yield f"| `{field.name}` | {description} | {_kind_of_value(hint)} | {_shown_default(field)} |"
    yield ""
    for dotted, inner in parts:
        yield from _section(dotted, inner)


def _dataclass(hint: Any) -> type[Any] | None:
    """Return the dataclass that a type is, or has in it."""
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return hint
    return next(filter(None, map(_dataclass, get_args(hint))), None)


def _kind_of_value(hint: Any) -> str:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        return _kind_of_value(args[0])
    if hint is model.Auth:
        return ", ".join(f"`{name}`" for name in auth_types())
    if hint in CHOICES:
        scalar = "text with `{path}`" if hint is model_facts.Severity else "a word"
        return f"{scalar}, or `of` with patterns by word: {', '.join(f'`{word}`' for word in CHOICES[hint])}"
    if origin is tuple:
        item = _kind_of_value(args[0])
        if get_origin(args[0]) is Literal:
            return f"one of {item}, or a list of them"
        return f"{item}, or a list of them" if allows_scalar_for_list(args[0]) else f"a list of {item}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "names, each with the keys below" if _dataclass(args[1]) else f"names with {_kind_of_value(args[1])}"
    if origin is Literal:
        return ", ".join(f"`{option}`" for option in args)
    if _dataclass(hint):
        return "see below"
    descriptions = {
        int: "a number",
        bool: "true or false",
        str: "text",
        model_types.Path: "path",
        model_types.Text: "text with `{path}`",
        model_types.SignedText: "text with pieces",
        model_types.Header: "a header's name",
        model_types.SecretName: "a parameter's name",
        model_types.UrlPath: "a URL's path",
        model_types.Json: "JSON, its texts with `{path}`",
        model_types.Field: "a field",
        model_types.UrlBase: "a URL with `${Name}`",
        model_types.HttpsUrl: "a URL",
        model_types.ServiceUrl: "a URL with `${Name}`",
        model_types.SettingText: "text with `${Name}`",
        model_deployment.ParameterPattern: "a regular expression",
        model_types.TopicArn: "a topic's ARN with `${Name}`",
        model_types.HostPattern: "a host's name with `${Name}`",
        model_types.SchemaFile: "a file",
    }
    return descriptions[hint]


def _shown_default(field: dataclasses.Field[Any]) -> str:
    if field.default is dataclasses.MISSING:
        return "*required*"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    if field.default and isinstance(field.default, tuple):
        return f"`[{', '.join(field.default)}]`"
    is_simple = isinstance(field.default, str | int) and field.default != ""
    return f"`{field.default}`" if is_simple else ""
