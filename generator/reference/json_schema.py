"""The JSON Schemas of `source.yml` and `defaults.yml`, for editors, from the dataclasses of a definition."""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
from typing import Any, Literal, Union, get_args, get_origin

from generator.definition.defaults import DEFAULT_KEYS, may_be_default
from generator.definition.durations import DURATION, duration_text
from generator.definition.key_types import (
    CHOICES,
    DEFAULT_WORDS,
    TYPED,
    allows_scalar_for_list,
    field_types,
    has_required,
    key_name,
    key_names,
)
from generator.definition.text_values import FIELD, HEADER, HOST, PARAMETER, SCHEMA_FILE, SECRET, TOPIC, URL, URL_PATH
from generator.reference.definition_keys import field_descriptions, is_list, is_mapping
from lambdas import model, model_deployment, model_facts, model_pull, model_request_types, model_types


def _or_token(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Return a pattern that also fits a text in which a parameter stands: only the reader can judge that."""
    return re.compile(rf"({pattern.pattern}|.*\$\{{.*)")


_PATTERNS = {
    model_deployment.ParameterName: PARAMETER,
    model_types.Header: HEADER,
    model_types.SecretName: SECRET,
    model_types.UrlPath: URL_PATH,
    model_types.Field: FIELD,
    model_request_types.Duration: DURATION,
    model_types.UrlBase: _or_token(URL),
    model_request_types.UrlOrigin: _or_token(URL),
    model_types.ServiceUrl: _or_token(URL),
    model_types.HttpsUrl: URL,
    model_types.TopicArn: _or_token(TOPIC),
    model_types.HostPattern: _or_token(HOST),
    model_types.SchemaFile: SCHEMA_FILE,
}
_DEFINITIONS = {model.Auth: "auth", model_pull.Credentials: "credentials", model_pull.Paging: "paging"}
_QUERY_VALUE = {"type": ["string", "integer", "boolean"]}


def json_schema() -> dict[str, Any]:
    """Return the definition's JSON Schema, for editors: https://json-schema.org/draft-07/schema."""
    source = _object(model.Source)
    # A definition that extends another may take its required keys from there.
    required = source.pop("required")
    either = [{"required": [*required, kind]} for kind in ("webhook", "pull")] + [{"required": ["extends"]}]
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Event source"}
    definitions = {name: _typed(wrapper) for wrapper, name in _DEFINITIONS.items()}
    return {**head, **source, "anyOf": either, "definitions": definitions}


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


def _typed(wrapper: Any) -> dict[str, Any]:
    """Return the schema of exactly one type by its name; a type that is made of others is a list of them."""
    types_by_name = {}
    modules = TYPED[wrapper].modules()
    for name, module in modules.items():
        settings = module.Settings
        if is_list(settings):
            types_by_name[name] = {"description": inspect.getdoc(settings), **_type(field_types(settings)["of"])}
        else:
            types_by_name[name] = _object(settings)
    # A type whose keys all have defaults may be written as its name alone.
    may_be_name = any(not has_required(module.Settings) for module in modules.values())
    return {
        "type": ["object", "string"] if may_be_name else "object",
        "properties": types_by_name,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }


def _object(cls: type[Any]) -> dict[str, Any]:
    hints, texts = field_types(cls), field_descriptions(cls)
    members = {}
    for field in dataclasses.fields(cls):
        if key_name(field) in key_names(cls):
            hint = hints[field.name]
            members[key_name(field)] = {"description": texts[field.name], **_default(field, hint), **_type(hint)}
    return {
        "type": "object",
        "description": inspect.getdoc(cls),
        "properties": members,
        "required": _required(cls),
        "additionalProperties": False,
    }


def _required(cls: type[Any]) -> list[str]:
    allowed = key_names(cls)
    fields = [field for field in dataclasses.fields(cls) if key_name(field) in allowed]
    return [key_name(field) for field in fields if field.default is dataclasses.MISSING]


def _default(field: dataclasses.Field[Any], hint: Any) -> dict[str, Any]:
    if hint is model_request_types.Duration and field.default is not dataclasses.MISSING:
        return {"default": duration_text(field.default)}
    default = DEFAULT_WORDS.get(hint, field.default)
    is_simple = isinstance(default, str | int | bool) and default != ""
    return {"default": default} if is_simple else {}


def _type(hint: Any) -> dict[str, Any]:
    origin, args = get_origin(hint), get_args(hint)
    if hint == model_request_types.TextOrList:
        return {"oneOf": [_QUERY_VALUE, {"type": "array", "items": _QUERY_VALUE}]}
    if origin in (types.UnionType, Union):
        inner = _type(args[0])
        return {**inner, "type": [inner["type"], "null"]} if isinstance(inner.get("type"), str) else inner
    if hint in _DEFINITIONS:
        return {"$ref": f"#/definitions/{_DEFINITIONS[hint]}"}
    if hint in CHOICES:
        return _choice(
            CHOICES[hint], {"type": "string"} if hint is model_facts.Severity else {"enum": list(CHOICES[hint])}
        )
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return {"oneOf": [{"enum": [DEFAULT_WORDS[hint]]}, _object(hint)]} if hint in DEFAULT_WORDS else _object(hint)
    if origin is tuple:
        array = {"type": "array", "items": _type(args[0])}
        return {"oneOf": [array["items"], array]} if allows_scalar_for_list(args[0]) else array
    if is_mapping(hint):
        return {"type": "object", "additionalProperties": _type(args[1])}
    if origin is Literal:
        return {"enum": list(args)}
    if hint in (model_types.Json, model_request_types.RequestJson):
        return {}
    name = {int: "integer", bool: "boolean"}.get(hint, "string")
    return {"type": name, **({"pattern": f"^{_PATTERNS[hint].pattern}$"} if hint in _PATTERNS else {})}


def _choice(words: tuple[str, ...], scalar: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a scalar, or of a text with the patterns that choose a word."""
    patterns = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    members = {"of": {"type": "string"}, **dict.fromkeys(words, patterns)}
    choice = {"type": "object", "properties": members, "required": ["of"], "additionalProperties": False}
    return {"oneOf": [scalar, choice]}
