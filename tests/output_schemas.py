"""What is published of ECS and OCSF, and what is wrong with a message by it."""

from __future__ import annotations

import ipaddress
import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from lambdas.shaping.ocsf_classes import OTHER
from lambdas.shaping.outputs import ecs, ocsf
from tests.samples.npm import installed

# Elastic's own package of the fields of ECS 8.11, with the values that they may have.
_ECS = Path(__file__).parent / "shaping" / "ecs"
_PROGRAM = "console.log(JSON.stringify(require(process.argv[1]).EcsFlat))"
_IS_TYPE: dict[str, Callable[[Any], bool]] = {
    "date": lambda value: isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]{12}\+00:00", value)),
    "long": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "ip": lambda value: str(ipaddress.ip_address(value)) == value,
    **dict.fromkeys(("keyword", "match_only_text"), lambda value: isinstance(value, str)),
}


def ocsf_problem(message: Mapping[str, Any]) -> str:
    """Return what is wrong with a message by the schema of its class and its profiles; else an empty text."""
    try:
        _validator(message["class_uid"], tuple(message["metadata"].get("profiles", ())))(message)
    except fastjsonschema.JsonSchemaException as error:
        return str(error)
    return next(_wrong_captions(message), "")


def _wrong_captions(message: Mapping[str, Any]) -> Iterator[str]:
    """Yield each name that is another than that of its number, which no JSON Schema says: `status` of `status_id`."""
    name = _schemas().lookup_class_name_from_uid(class_uid=message["class_uid"])
    schema = _published()
    observable = schema["objects"]["observable"]["attributes"]
    observables = ((each, observable) for each in message["observables"])
    for values, attributes in ((message, schema["classes"][name]["attributes"]), *observables):
        for key, attribute in attributes.items():
            sibling = values.get(attribute.get("sibling"))
            caption = attribute.get("enum", {}).get(str(values.get(key)), {}).get("caption")
            if sibling not in (None, caption) and values[key] != OTHER:
                yield f"{attribute['sibling']} is {sibling}, and {key} {values[key]} is {caption}"


def ecs_problems(message: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a message: fields that ECS does not have, other types, and other values."""
    problems = [problem for name, value in fields_of(message) for problem in _field_problems(name, value)]
    categories = {
        each["name"]: each["expected_event_types"] for each in ecs_fields()["event.category"]["allowed_values"]
    }
    for category in message["event"].get("category", ()):
        unexpected = set(message["event"]["type"]) - set(categories[category])
        problems += [f"{category} has no type {name}" for name in sorted(unexpected)]
    return problems


def fields_of(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the fields of a message with their dotted names; of labels, each by its own name."""
    for key, member in value.items():
        if isinstance(member, Mapping):
            yield from fields_of(member, f"{above}{key}.")
        else:
            yield f"{above}{key}", member


def _field_problems(name: str, value: Any) -> Iterator[str]:
    if name.startswith("labels."):
        if not isinstance(value, str) or "." in name.removeprefix("labels."):
            yield f"{name} is no label"
        return
    field = ecs_fields().get(name)
    if field is None:
        yield f"{name} is no field of ECS"
        return
    if ("array" in field["normalize"]) != isinstance(value, list):
        yield f"{name} is a list, or is none"
    allowed = {each["name"] for each in field.get("allowed_values", ())}
    for item in value if isinstance(value, list) else [value]:
        if not _IS_TYPE[field["type"]](item):
            yield f"{name} is no {field['type']}"
        elif allowed and item not in allowed:
            yield f"{name} can't be {item}"
        elif isinstance(item, str) and len(item) > field.get("ignore_above", len(item)):
            yield f"{name} is too long to be indexed"


@cache
def ecs_fields() -> dict[str, Any]:
    """Return the fields of ECS by their dotted names."""
    module = installed(_ECS) / "@elastic" / "ecs" / "build" / "commonjs" / "ecs_flat.js"
    run = subprocess.run(["node", "-e", _PROGRAM, str(module)], capture_output=True, text=True, check=True)  # noqa: S607
    fields: dict[str, Any] = json.loads(run.stdout)
    assert ecs.VERSION.startswith("8.11.")
    return fields


@cache
def _published() -> Any:
    return get_ocsf_schema(version=ocsf.VERSION)


@cache
def _schemas() -> OcsfJsonSchemaEmbedded:
    return OcsfJsonSchemaEmbedded(_published())


@cache
def _validator(class_uid: int, profiles: tuple[str, ...]) -> Callable[[Mapping[str, Any]], Any]:
    name = _schemas().lookup_class_name_from_uid(class_uid=class_uid)
    schema = _with_plain_patterns(_schemas().get_class_schema(class_name=name, profiles=list(profiles)))
    validator: Callable[[Mapping[str, Any]], Any] = fastjsonschema.compile(schema)
    return validator


def _with_plain_patterns(value: Any) -> Any:
    """Return a schema in whose patterns a `$` among characters is escaped: the library takes it for the end."""
    if isinstance(value, dict):
        return {
            key: re.sub(r"\[[^]]*\]", lambda match: match[0].replace("$", r"\$"), member)
            if key == "pattern" and isinstance(member, str)
            else _with_plain_patterns(member)
            for key, member in value.items()
        }
    return [_with_plain_patterns(member) for member in value] if isinstance(value, list) else value
