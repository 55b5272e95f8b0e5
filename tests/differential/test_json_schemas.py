"""The verdicts of the library jsonschema and ours on the same events, for schemas that are drawn."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.definition import schemas
from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions
from lambdas.reading.request import Request
from tests.definitions import bundled_source

# Few names, so that schemas and events meet; some of them alike once a language's names are made of them.
OKTA = bundled_source("okta").source
NOTHING = Functions(Request(""))
pytestmark = pytest.mark.differential

NAMES = st.sampled_from(["a", "b", "A", "a-b", "ab", "$ref", "id", "x y", 'q"\\{0}', "é", ""])
# Nothing that overflows: whether 1e308 is a multiple of 0.5, the specification leaves open, and the two differ.
# No line ends: to the library, `$` is before the last one too, as in Python; to a schema, and to us, it is the end.
SCALARS = st.sampled_from([None, True, False, 0, 1, 1.0, 1.5, -2, 2**53 + 1, 1e300, "", "a", "ab", "b", "é"])
EVENTS = st.recursive(
    SCALARS, lambda value: st.lists(value, max_size=3) | st.dictionaries(NAMES, value, max_size=4), max_leaves=8
)
VALUES = EVENTS.filter(lambda value: "$ref" not in json.dumps(value))
TYPES = st.sampled_from(["array", "boolean", "integer", "null", "number", "object", "string"])
REFS = st.sampled_from(["#/definitions/a", "#/definitions/A", "#/definitions/a-b"])


def rules(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A schema of some rules; a field that one does not name is free to be there."""
    named = st.dictionaries(NAMES, below, max_size=3)
    several = st.lists(below, min_size=1, max_size=3)
    counts = st.integers(0, 3)
    optional: dict[str, st.SearchStrategy[Any]] = {
        "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
        "enum": st.lists(VALUES, min_size=1, max_size=3),
        "const": VALUES,
        "properties": named,
        "required": st.lists(NAMES, max_size=2, unique=True),
        # The library raises where `items` is true or false beside `additionalItems`.
        "items": below.filter(lambda value: isinstance(value, dict)) | st.lists(below, max_size=2),
        "additionalItems": below,
        "contains": below,
        "minimum": st.sampled_from([0, 1, 1.5]),
        "exclusiveMaximum": st.sampled_from([0, 1, 1.5]),
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "pattern": st.sampled_from(["^a", "b$", "[\\$]?\\$", "é"]),
        "patternProperties": st.dictionaries(st.sampled_from(["^a", "b"]), below, max_size=2),
        "uniqueItems": st.booleans(),
        "dependencies": st.dictionaries(NAMES, below | st.lists(NAMES, max_size=2, unique=True), max_size=2),
        **dict.fromkeys(["minLength", "maxLength", "minItems", "maxItems", "minProperties"], counts),
        **dict.fromkeys(["allOf", "anyOf", "oneOf"], several),
        **dict.fromkeys(["not", "if", "then", "else"], below),
    }
    chosen = st.lists(st.sampled_from(sorted(optional)), max_size=4, unique=True)
    return chosen.flatmap(lambda keys: st.fixed_dictionaries({key: optional[key] for key in keys}))


SCHEMAS = st.recursive(st.booleans() | REFS.map(lambda to: {"$ref": to}), rules, max_leaves=8)
DEFINED = st.fixed_dictionaries({name: st.recursive(st.booleans(), rules, max_leaves=3) for name in ("a", "A", "a-b")})


def check(schema: Any) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "schema.json")
        file.write_text(json.dumps(schema), encoding="utf-8")
        code, problems = schemas.build(OKTA, {"*": file})
    assert code, problems
    return code.check


def passes(checked: Any, event: Any) -> bool:
    try:
        checked(event, NOTHING)
    except Rejected:
        return False
    return True


@given(schema=SCHEMAS, definitions=DEFINED, events=st.lists(EVENTS, min_size=1, max_size=5))
def test_an_event_satisfies_a_schema_where_jsonschema_says_so(schema: Any, definitions: Any, events: list[Any]) -> None:
    whole = {"allOf": [schema], "definitions": definitions}
    library, ours = jsonschema.Draft7Validator(whole), check(whole)
    for event in events:
        assert passes(ours, event) == library.is_valid(event), event


def closed(schema: Any) -> Any:
    """The schema with every object closed that names its fields."""
    if isinstance(schema, list):
        return [closed(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    closed_schema = {
        key: value if key in ("enum", "const", "required", "type") else closed(value) for key, value in schema.items()
    }
    return (
        {**closed_schema, "additionalProperties": False}
        if isinstance(schema.get("properties"), dict)
        else closed_schema
    )


@given(schema=SCHEMAS, definitions=DEFINED, events=st.lists(EVENTS, min_size=1, max_size=5))
def test_to_be_lenient_is_to_refuse_nothing_more(schema: Any, definitions: Any, events: list[Any]) -> None:
    whole = closed({"allOf": [schema], "definitions": definitions})
    library, ours = jsonschema.Draft7Validator(whole), check(whole)
    for event in events:
        assert passes(ours, event) or not library.is_valid(event), event
