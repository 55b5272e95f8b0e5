"""What the dataclasses say about themselves: for the JSON Schema, and for the reference in docs/."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from generator.definition import auth_types
from generator.scalars import FIELD, HEADER, HOST, SCHEMA_FILE, SECRET, TOPIC, URL, URL_PATH
from generator.walk import fields, hints_of, is_short
from lambdas import model

_PATTERNS = {
    model.Header: HEADER,
    model.SecretName: SECRET,
    model.UrlPath: URL_PATH,
    model.Field: FIELD,
    model.UrlBase: URL,
    model.HttpsUrl: URL,
    model.TopicArn: TOPIC,
    model.HostPattern: HOST,
    model.SchemaFile: SCHEMA_FILE,
}


def descriptions(cls: type[Any]) -> dict[str, str]:
    """The text under each field of a dataclass; Python keeps no such text, its source does."""
    found: dict[str, str] = {}
    for above in reversed([one for one in cls.__mro__ if dataclasses.is_dataclass(one)]):
        found |= _own(above)
    return found


@cache
def _own(cls: type[Any]) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - a class it is
    found = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            found[field.target.id] = str(ast.literal_eval(below.value))
    return found


def schema() -> dict[str, Any]:
    """The definition's JSON Schema, for editors: https://json-schema.org/draft-07/schema."""
    whole = _object(model.Source)
    # What a definition extends may hold what it has to have.
    enough = [{"required": whole.pop("required")}, {"required": ["extends"]}]
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Event source"}
    return {**head, **whole, "anyOf": enough, "definitions": {"auth": _auth()}}


def _auth() -> dict[str, Any]:
    """One of the types; those that are made of others are lists of them."""
    kinds = {}
    for name, module in auth_types().items():
        listed = (
            {"description": inspect.getdoc(module.Settings), **_type(hints_of(module.Settings)["of"])}
            if _is_list(module.Settings)
            else {}
        )
        kinds[name] = listed or _object(module.Settings)
    return {
        "type": "object",
        "properties": kinds,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }


def _is_list(cls: type[Any]) -> bool:
    """Whether a type is made of others: it stands as a list of them, without a key."""
    return fields(cls) == ["of"]


def _object(cls: type[Any]) -> dict[str, Any]:
    hints, told = hints_of(cls), descriptions(cls)
    members = {}
    for field in dataclasses.fields(cls):
        if field.name in fields(cls):
            members[field.name] = {"description": told[field.name], **_default(field), **_type(hints[field.name])}
    return {
        "type": "object",
        "description": inspect.getdoc(cls),
        "properties": members,
        "required": _required(cls),
        "additionalProperties": False,
    }


def _required(cls: type[Any]) -> list[str]:
    allowed = fields(cls)
    return [one.name for one in dataclasses.fields(cls) if one.default is dataclasses.MISSING and one.name in allowed]


def _default(field: dataclasses.Field[Any]) -> dict[str, Any]:
    simple = isinstance(field.default, str | int | bool) and field.default != ""
    return {"default": field.default} if simple else {}


def _type(hint: Any) -> dict[str, Any]:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        inner = _type(args[0])
        return {**inner, "type": [inner["type"], "null"]} if isinstance(inner.get("type"), str) else inner
    if hint is model.Auth:
        return {"$ref": "#/definitions/auth"}
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _object(hint)
    if origin is tuple:
        listed = {"type": "array", "items": _type(args[0])}
        return {"oneOf": [listed["items"], listed]} if is_short(args[0]) else listed
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _type(args[1])}
    if origin is Literal:
        return {"enum": list(args)}
    if hint is model.Json:
        return {}
    simple = {int: "integer", bool: "boolean"}.get(hint, "string")
    return {"type": simple, **({"pattern": f"^{_PATTERNS[hint].pattern}$"} if hint in _PATTERNS else {})}


def reference() -> str:
    """The tables of docs/definition.md: every key of every part."""
    parts = [("", model.Source)] + [(f"webhook.auth.{name}", module.Settings) for name, module in auth_types().items()]
    return "\n".join("\n".join(_section(key, cls)) for key, cls in parts)


def _section(key: str, cls: type[Any]) -> Iterator[str]:
    hints, told = hints_of(cls), descriptions(cls)
    below: list[tuple[str, type[Any]]] = []
    doc = (inspect.getdoc(cls) or "").replace("\n", " ")
    yield f"### {f'`{key}`' if key else 'The whole'}\n\n{doc}\n"
    if _is_list(cls):
        return
    yield "| key | what | value | default |\n|---|---|---|---|"
    for field in dataclasses.fields(cls):
        if field.name not in fields(cls):
            continue
        hint, dotted = hints[field.name], f"{key}.{field.name}" if key else field.name
        inner = _dataclass(hint)
        if inner and inner is not model.Auth:
            below.append((dotted, inner))
        what = told[field.name].replace("|", "\\|").replace("\n", " ")
        yield f"| `{field.name}` | {what} | {_kind(hint)} | {_shown_default(field)} |"
    yield ""
    for dotted, inner in below:
        yield from _section(dotted, inner)


def _dataclass(hint: Any) -> type[Any] | None:
    options = [hint, *get_args(hint)]
    return next((one for one in options if isinstance(one, type) and dataclasses.is_dataclass(one)), None)


def _kind(hint: Any) -> str:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        return _kind(args[0])
    if hint is model.Auth:
        return ", ".join(f"`{name}`" for name in auth_types())
    if origin is tuple:
        if get_origin(args[0]) is Literal:
            return f"one of {_kind(args[0])}, or a list of them"
        return f"{_kind(args[0])}, or a list of them" if is_short(args[0]) else f"a list of {_kind(args[0])}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"names with {_kind(args[1])}"
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in args)
    if _dataclass(hint):
        return "see below"
    named = {
        int: "a number",
        bool: "true or false",
        str: "text",
        model.Path: "path",
        model.Text: "text with `{path}`",
        model.SignedText: "text with pieces",
        model.Header: "a header's name",
        model.SecretName: "a parameter's name",
        model.UrlPath: "a URL's path",
        model.Json: "JSON, its texts with `{path}`",
        model.Field: "a field",
        model.UrlBase: "a URL",
        model.HttpsUrl: "a URL",
        model.TopicArn: "a topic's ARN",
        model.HostPattern: "a host's name",
        model.SchemaFile: "a file",
    }
    return named[hint]


def _shown_default(field: dataclasses.Field[Any]) -> str:
    if field.default is dataclasses.MISSING:
        return "*required*"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    if field.default and isinstance(field.default, tuple):
        return f"`[{', '.join(field.default)}]`"
    simple = isinstance(field.default, str | int) and field.default != ""
    return f"`{field.default}`" if simple else ""
