"""Events beside the JSON Schemas of their source: what is refused, what is drift, and what a mistake in a schema is."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.definition import schemas
from generator.definition.read import Definition, load
from generator.errors import DefinitionError
from generator.packaging import bundle
from generator.templates import event_source
from generator.testing import event_of
from lambdas.reading.validation import MAX_LISTED
from tests.definitions import CASES, bundled_source, make_definition
from tests.fakes import Endpoint

CASE = load(CASES, ["schemas"])[0]
STACK = "MozDef-EF-made-dev"
TOKEN = "description: made\nwebhook: {auth: {token: {header: x-token}}}\n"
USER = {"id": "e-1", "kind": "user.created", "user": {"email": "ann@example.com"}}


def define_schema(folder: Path, schema: Any, events: str = 'schemas: {"*": schemas/a.json}') -> Definition:
    """A source whose schema is this text, or this value."""
    (folder / "made" / "schemas").mkdir(parents=True, exist_ok=True)
    text = schema if isinstance(schema, str) else json.dumps(schema)
    (folder / "made" / "schemas" / "a.json").write_text(text, encoding="utf-8")
    return make_definition(folder, f"{TOKEN}events: {{{events}}}\n")


def mistakes(folder: Path, schema: Any, events: str = 'schemas: {"*": schemas/a.json}') -> list[str]:
    with pytest.raises(DefinitionError) as raised:
        define_schema(folder, schema, events)
    return str(raised.value).replace(f"{folder}/made/", "").splitlines()


def user(**more: Any) -> dict[str, Any]:
    return {**USER, "user": {**USER["user"], **more}}  # type: ignore[dict-item]


def refused_events(source: Definition, *events: Any) -> list[tuple[int, str]]:
    """The places and the details of what is kept for its schema; nothing else of the events is kept."""
    endpoint = Endpoint(source.source)
    endpoint.post_signed({"events": list(events)} if source.source.events.split else events[0])
    kept = endpoint.bucket.read()
    assert all(key.startswith("rejected/2026-01-01/schema/") for key in kept)
    refusals = [
        (refused_event["index"], refused_event["detail"])
        for envelope in kept.values()
        for refused_event in envelope["events"]
    ]
    assert len(endpoint.queue.messages) + len(refusals) == len(events)
    return refusals


# What is refused.


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        ({**USER, "id": "e"}, 'id: pattern "^e-[0-9]+$"'),
        ({**USER, "id": 1}, 'id: type "string"'),
        ({"id": "e-1", "kind": "user.created"}, "user: required"),
        ({**USER, "user": {}}, "user.email: required"),
        (user(email="a"), "user.email: minLength 3"),
        (user(roles=[{}, {"name": "root"}]), 'user.roles[1].name: enum ["admin", "user"]'),
        (user(roles=[{}, {}, {}]), "user.roles: maxItems 2"),
        (user(manager={"email": "b"}), "user.manager.email: minLength 3"),
        (user(manager={"email": "bob", "manager": {}}), "user.manager.manager.email: required"),
        (user(labels={"a name of the sender's": 1}), 'user.labels.*: type "string"'),
        (user(login={"password": False, "sso": 1}), "user.login: anyOf"),
        ({"id": "e-1"}, "kind: required"),
        ([], 'the event: type "object"'),
        (None, 'the event: type "object"'),
    ],
)
def test_invalid_event_is_kept_with_the_path_and_the_rule(event: Any, detail: str) -> None:
    assert refused_events(CASE, USER, event) == [(1, detail)]


def test_long_rule_is_named_and_details_and_log_hold_nothing_of_the_event(tmp_path: Path) -> None:
    rule = {"enum": [f"value-{number}" for number in range(20)]}
    source = define_schema(
        tmp_path, {"properties": {"a": rule}, "propertyNames": {"maxLength": 20}, "additionalProperties": {}}
    )
    assert refused_events(source, {"a": "marker"}) == [(0, "a: enum")]
    assert refused_events(source, {"marker" * 10: 1}) == [(0, 'the event: propertyNames {"maxLength": 20}')]
    endpoint = Endpoint(source.source, stack=STACK)
    endpoint.post_signed({"a": "marker"})
    endpoint.post_signed({"marker" * 10: "marker"})
    assert [line["why"] for line in endpoint.log] == [
        "schema: a: enum",
        'schema: the event: propertyNames {"maxLength": 20}',
    ]
    assert "marker" not in json.dumps(endpoint.log)


def test_event_is_validated_as_sent(tmp_path: Path) -> None:
    """Before transform(), and a default fills in nothing."""
    (tmp_path / "made").mkdir()
    code = "def transform(event, request):\n    return [{'b': 1}]\n"
    (tmp_path / "made" / "transform.py").write_text(code, encoding="utf-8")
    source = define_schema(tmp_path, {"required": ["a"], "properties": {"a": {"properties": {"b": {"default": 1}}}}})
    assert refused_events(source, {"b": 1}) == [(0, "a: required")]
    endpoint = Endpoint(CASE.source)
    endpoint.post_signed({"events": [USER]})
    assert [event_of(message) for message in endpoint.queue.messages] == [USER]


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        ({"a": 1, "new": 1}, None),
        ({"new": 1}, "a: required"),
        ({"a": 1, "c": {"d": 1, "e": 1, "f": 1}}, None),
        ({"a": 1, "either": {"y": 1, "z": 1}}, None),
        ({"a": 1, "either": {"x": "no", "y": "no"}}, "either: anyOf"),
        ({"a": 1, "never": {"old": 1}}, 'never: not {"required": ["old"]}'),
        ({"a": 1, "never": {"old": 1, "new": 1}}, 'never: not {"required": ["old"]}'),
        ({"a": 1, "open": {"one": 1, "two": 2}}, "open: maxProperties 1"),
    ],
)
def test_unknown_field_refuses_no_event(tmp_path: Path, event: Any, detail: str | None) -> None:
    branches = [
        {"properties": {name: {"type": "integer"}}, "additionalProperties": False, "maxProperties": 1}
        for name in ("x", "y")
    ]
    schema = {
        "required": ["a"],
        "additionalProperties": False,
        "properties": {
            "a": {},
            "c": {"properties": {"d": {}}, "maxProperties": 1, "propertyNames": {"const": "d"}},
            "either": {"oneOf": branches},
            "never": {"not": {"required": ["old"]}},
            "open": {"additionalProperties": {"type": "integer"}, "maxProperties": 1},
        },
    }
    assert refused_events(define_schema(tmp_path, schema), event) == ([(0, detail)] if detail else [])


# What is drift.


def drift(source: Definition, *events: Any) -> tuple[Any, Any]:
    """What the line of the log lists, and what it counts."""
    endpoint = Endpoint(source.source, stack=STACK)
    endpoint.post_signed({"events": list(events)} if source.source.events.split else events[0])
    (line,) = endpoint.log
    assert (line["level"], line["kept"], line["sent"]) == ("INFO", 0, len(events))
    named = {metric["Name"] for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]} if "_aws" in line else set()
    assert ("Drift" in named) == ("Drift" in line)
    return line.get("drift"), line.get("Drift")


def test_known_field_is_no_drift() -> None:
    known = user(roles=[{"name": "admin"}], manager={"email": "bob"}, labels={"any": "x"}, login={"sso": "x"})
    assert drift(CASE, known, {"id": "e-2", "kind": "other", "whatever": {"a": [{}]}}) == (None, None)


def test_unknown_fields_are_counted_and_listed_each_once() -> None:
    sample_event = {**user(age=1, roles=[{"name": "user"}, {"since": 1}], login={"sso": "x", "mfa": 1}), "new": 1}
    other = user(age=2, manager={"email": "bob", "roles": [{"since": 2}]})
    assert drift(CASE, sample_event, USER, other) == (
        ["new", "user.age", "user.login.mfa", "user.roles[].since", "user.manager.roles[].since"],
        2,
    )


def test_a_type_without_a_schema_is_counted_and_listed_and_never_refused(tmp_path: Path) -> None:
    source = define_schema(tmp_path, {"required": ["a"]}, "type: kind, schemas: {known: schemas/a.json}")
    assert drift(source, {"kind": "user.deleted", "new": 1}) == (["type user.deleted"], 1)
    for odd in ("a type", "x" * 101, "", "*", "né", 5, None, ["known"]):
        assert drift(source, {"kind": odd}) == (["type ?"], 1)
    assert refused_events(source, {"kind": "known"}) == [(0, "a: required")]
    unfit = define_schema(tmp_path, {"required": ["a"]}, "type: 'max(@)', schemas: {known: schemas/a.json}")
    assert drift(unfit, {"kind": "known"}) == (["type ?"], 1)


def test_drift_lists_only_plausible_field_names(tmp_path: Path) -> None:
    source = define_schema(tmp_path, {"properties": {"a": {"properties": {}}}})
    hostile = {"ann@example.com": 1, "a b": 1, "\n": 1, "x" * 99: 1, "": 1, 'q"': 1}
    assert drift(source, {"a": hostile, "b-c.d_e": 1}) == (["b-c.d_e", "a.?"], 1)
    many = {f"n{number}": 1 for number in range(100)}
    assert drift(source, many) == ([f"n{number}" for number in range(MAX_LISTED)], 1)


def test_drift_list_is_as_long_for_many_events_as_for_a_single_event(tmp_path: Path) -> None:
    source = define_schema(tmp_path, {"properties": {}}, 'split: events, schemas: {"*": schemas/a.json}')
    assert drift(source, *({f"n{number}": 1} for number in range(50))) == (
        [f"n{number}" for number in range(MAX_LISTED)],
        50,
    )


@pytest.mark.parametrize(
    ("schema", "listed"),
    [
        ({"required": ["a"]}, None),
        (True, None),
        ({"properties": {"a": {}}}, ["b"]),
        ({"properties": {}}, ["a", "b"]),
        ({"additionalProperties": False}, ["a", "b"]),
        ({"properties": {"a": {}}, "additionalProperties": True}, None),
        ({"properties": {"a": {}}, "additionalProperties": {"type": "object"}}, None),
        ({"properties": {"a": {}}, "patternProperties": {"^x": {}}}, None),
        ({"properties": {"a": {}}, "patternProperties": {"^x": {}}, "additionalProperties": False}, None),
        ({"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}, ["b.c"]),
        ({"anyOf": [{"properties": {"a": {}}}, {"properties": {"b": {"properties": {"d": {}}}}}]}, ["b.c"]),
        ({"if": {"properties": {"a": {}}}, "then": {"$ref": "#/definitions/b"}}, ["b.c"]),
        ({"properties": {"a": {}}, "dependencies": {"a": {"properties": {"b": {"properties": {"c": {}}}}}}}, None),
    ],
)
def test_which_fields_a_schema_knows(tmp_path: Path, schema: Any, listed: list[str] | None) -> None:
    if schema is not True and "allOf" in schema:
        schema["allOf"].append({"properties": {"b": {"properties": {}}}})
    if schema is not True and "if" in schema:
        schema["definitions"] = {"b": {"properties": {"b": {"additionalProperties": False}}}}
    assert drift(define_schema(tmp_path, schema), {"a": 1, "b": {"c": {"d": 1}}})[0] == listed


def test_build_reports_drifting_and_refused_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from generator.commands import main

    monkeypatch.chdir(tmp_path)
    define_schema(tmp_path / "sources", {"properties": {"a": {"type": "integer"}}})
    samples = tmp_path / "sources" / "made" / "samples"
    samples.mkdir()
    (samples / "old.json").write_text('{"a": 1}')
    (samples / "new.json").write_text('{"a": 1, "b": 1}')
    build = ["made", "--accept", "--lint", "fast"]
    assert main(build) == 0
    note = "note: sources/made/samples/new.json: has what its schema does not know: b; name it in schemas/a.json"
    assert capsys.readouterr().err.splitlines() == [note]
    for strictly in (["--strict"], ["--check"]):
        assert main(["made", "--lint", "fast", *strictly]) == 0
        assert capsys.readouterr().err.splitlines() == [note]
    (samples / "wrong.json").write_text('{"a": "1"}')
    assert main(build) == 1
    message = 'error: sources/made/samples/wrong.json: becomes no message: schema: a: type "integer" (schemas/a.json)'
    assert capsys.readouterr().err.splitlines() == [message]


@pytest.mark.parametrize(
    ("names", "event", "notes"),
    [
        (
            "user.logn: schemas/a.json",
            {"k": "user.login"},
            ["is of type user.login, which `events.schemas` does not have; did you mean user.logn there?"],
        ),
        (
            'user.logn: schemas/a.json, "*": schemas/a.json',
            {"k": "user.login"},
            ["is of type user.login, which `events.schemas` does not have; did you mean user.logn there?"],
        ),
        (
            "user.login: schemas/a.json",
            {"k": "group.left"},
            ["has no schema: type group.left; name one for it in `events.schemas`"],
        ),
        ("user.login: schemas/a.json", {"k": "user.login"}, []),
        (
            "user.login: schemas/a.json",
            {"k": "user.login", "new": 1, "age": 2},
            ["has what its schema does not know: new, age; name it in schemas/a.json"],
        ),
    ],
)
def test_note_of_a_sample_says_the_correction(
    tmp_path: Path, names: str, event: dict[str, Any], notes: list[str]
) -> None:
    from generator.samples.files import load_samples
    from generator.samples.run import shape

    source = define_schema(tmp_path, {"properties": {"k": {}}}, f"type: k, schemas: {{{names}}}")
    (tmp_path / "made" / "samples").mkdir()
    (tmp_path / "made" / "samples" / "one.json").write_text(json.dumps(event))
    ((sample,), _) = load_samples(source)
    assert shape(source.source, sample).notes == notes


# What the vendor sends, whatever it is.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    lambda below: st.lists(below, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "kind", "user", "email", "roles", "manager", "labels", "login", "name", "sso", "ä b"]),
        below,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(event=JSON, kind=st.sampled_from(["user.created", "other", None]))
def test_every_event_is_sent_or_kept_for_a_reason_of_the_event(event: Any, kind: Any) -> None:
    endpoint = Endpoint(CASE.source, stack=STACK)
    if isinstance(event, dict):
        event["kind"] = kind
    before = deepcopy(event)
    assert endpoint.post_signed({"events": [event]})["statusCode"] == 200
    assert event == before
    reasons = {key.split("/")[2] for key in endpoint.bucket.objects}
    assert len(endpoint.queue.messages) + len(reasons) == 1
    assert reasons <= {"schema"}


def test_validation_of_deep_or_long_events_ends() -> None:
    deep: dict[str, Any] = {"email": "ann@example.com"}
    for _ in range(60):
        deep = {"email": "ann@example.com", "manager": deep}
    lowest: Any = deep
    while "manager" in lowest:
        lowest = lowest["manager"]
    lowest["new"] = 1
    assert drift(CASE, {**USER, "user": deep}) == (["er." + "manager." * 12 + "?"], 1)
    assert refused_events(CASE, user(roles=[{"new": 1}] * 60_000)) == [(0, "user.roles: maxItems 2")]


def test_exponential_validation_ends(tmp_path: Path) -> None:
    child = {"properties": {"child": {"$ref": "#"}}}
    source = define_schema(tmp_path, {"required": ["a"], "anyOf": [child, {"allOf": [child]}]})
    event: Any = {}
    for _ in range(40):
        event = {"a": 1, "child": event}
    assert refused_events(source, event) == [(0, "the event: more than 250,000 steps through the schema")]
    assert refused_events(source, {"a": 1, "child": {"a": 1}}) == []


# What comes back.


def test_refused_event_passes_once_the_schema_is_corrected(tmp_path: Path) -> None:
    endpoint = Endpoint(define_schema(tmp_path, {"properties": {"a": {"type": "string"}}}).source)
    endpoint.post_signed({"a": 1})
    (key,) = endpoint.bucket.objects
    assert key.startswith("rejected/2026-01-01/schema/")
    (still,) = endpoint.reprocessor.preview([key])
    assert still["fails"] == [{"reason": "schema", "detail": 'a: type "string"', "events": 1}]
    endpoint.deploy(define_schema(tmp_path, {"properties": {"a": {"type": ["string", "integer"]}}}).source)
    (result,) = endpoint.reprocessor.send([key])
    assert (result["sent"], result["fails"], endpoint.bucket.objects) == (1, [], {})
    assert [event_of(message) for message in endpoint.queue.messages] == [{"a": 1}]


# What a mistake in a schema is.


def test_every_mistake_in_every_file_is_reported_at_once_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "made" / "schemas").mkdir(parents=True)
    (tmp_path / "made" / "schemas" / "b.json").write_text('{\n  "type": "object"\n  "required": []\n}')
    (tmp_path / "made" / "schemas" / "c.json").write_text('{"a":\n\t1, "b": 2,\n\t"a": {"type": "object"}}')
    (tmp_path / "made" / "schemas" / "e.json").write_text('{"properties": {"a": {"type": "null"}, "a": {"type": "x"}}}')
    schema = """\
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "objekt",
  "requried": ["a"],
  "required": ["a", "a"],
  "unevaluatedProperties": false,
  "properties": {
    "a": {"type": "string", "nullable": true},
    "b": 1,
    "c": {"$ref": "https://example.com/schema.json"},
    "d": {"$ref": "#/definitions/nothing"},
    "e/f": {"minLength": -1, "pattern": "(", "$id": "x"},
    "g": {"enum": [], "minimum": "1", "multipleOf": 0, "uniqueItems": 1}
  },
  "items": [true, 5],
  "anyOf": {},
  "dependencies": {"a": ["b", 1]},
  "const": {"$ref": "#"},
  "x-vendor": "of its own",
  "patternProperties": {"[$]": {}}
}"""
    names = "{a: schemas/a.json, b: schemas/b.json, c: schemas/c.json, d: schemas/d.json, e: schemas/e.json}"
    assert mistakes(tmp_path, schema, f"type: k, schemas: {names}") == [
        "schemas/a.json:2: $schema: must be draft-04, 06 or 07, such as http://json-schema.org/draft-07/schema#; "
        "a schema in which nothing is newer may say so",
        "schemas/a.json:3: type: must be array, boolean, integer, null, number, object or string, or a list of them",
        "schemas/a.json:4: requried: no such keyword; did you mean required? (an own keyword begins with x-)",
        "schemas/a.json:5: required: must be a list of names, each once",
        "schemas/a.json:6: unevaluatedProperties: is of a later draft than 07",
        'schemas/a.json:8: properties.a.nullable: is OpenAPI\'s; in JSON Schema, "null" is one of the types',
        "schemas/a.json:9: properties.b: must be a schema: an object, true or false",
        "schemas/a.json:10: properties.c.$ref: https://example.com/schema.json leads nowhere in this file, "
        "and no other is read; write one such as #/definitions/user",
        "schemas/a.json:11: properties.d.$ref: #/definitions/nothing leads nowhere in this file, "
        "and no other is read; write one such as #/definitions/user",
        "schemas/a.json:12: properties.e/f.$id: may stand at the top of the file only: "
        "it would change where each $ref leads",
        "schemas/a.json:12: properties.e/f.minLength: must be a whole number, 0 or above",
        "schemas/a.json:12: properties.e/f.pattern: ( is not a regular expression of Python: missing ), unterminated "
        "subpattern at position 0; a dollar in brackets is written \\$",
        "schemas/a.json:13: properties.g.enum: must be a list that is not empty",
        "schemas/a.json:13: properties.g.minimum: must be a number",
        "schemas/a.json:13: properties.g.multipleOf: must be above 0",
        "schemas/a.json:13: properties.g.uniqueItems: must be true or false",
        "schemas/a.json:15: items.1: must be a schema: an object, true or false",
        "schemas/a.json:16: anyOf: must be a list of schemas",
        "schemas/a.json:17: dependencies: must be an object: names with schemas, or with lists of names",
        "schemas/a.json:18: const: has a $ref in a value, which can't be told from one in a schema",
        "schemas/a.json:20: patternProperties: [$] is not a regular expression of Python: bad escape \\Z at "
        "position 1; "
        "a dollar in brackets is written \\$",
        "schemas/b.json:3: is not JSON: Expecting ',' delimiter",
        "schemas/c.json:3: a: appears twice; the first is in line 1",
        "schemas/e.json:1: properties.a: appears twice; the first is in line 1",
        "schemas/e.json:1: properties.a.type: must be array, boolean, integer, null, number, object or string, "
        "or a list of them",
        "source.yml:3: events.schemas.d: there is no schemas/d.json beside the definition",
    ]


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("[]", "schemas/a.json:1: must be a schema: an object, true or false"),
        ("null", "schemas/a.json:1: must be a schema: an object, true or false"),
        ('{"minimum": NaN}', "schemas/a.json: NaN is not JSON"),
        ('{"minimum": 1e999}', "schemas/a.json: 1e999 is beyond what a double holds"),
        ('{"minimum": 9223372036854775808}', "schemas/a.json: 9223372036854775808 is beyond 64 bits, and no event has "
         "such a number"),
        ("", "schemas/a.json:1: is not JSON: Expecting value"),
        ('{"const": "\x7f"}', "schemas/a.json: has a name of more than 1,024 characters, or a character that is to be "
         "escaped, as \\u007f is"),
        ('{"not": ' * 70 + "{}" + "}" * 70, "schemas/a.json: is nested deeper than 64"),
        ('{"not": ' * 99_999, "schemas/a.json: is nested deeper than 64"),
        ({"$ref": "#"}, "schemas/a.json:1: leads back to itself for the same value, without an end"),
        (
            {"definitions": {"a": {"allOf": [{"$ref": "#/definitions/b"}]}, "b": {"not": {"$ref": "#/definitions/a"}}}},
            "schemas/a.json:1: definitions.a: leads back to itself for the same value, without an end",
        ),
        (
            json.loads('{"items": ' * 25 + '{"type": "string"}' + "}" * 25),
            "schemas/a.json:1: can't be compiled: it is nested too deep: definitions, and $ref to them, make it flat",
        ),
    ],
)  # fmt: skip
def test_invalid_schema_is_reported_in_a_line(tmp_path: Path, schema: Any, message: str) -> None:
    assert mistakes(tmp_path, schema) == [message]


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("enmu", "enum"),
        ("tpye", "type"),
        ("Enum", "enum"),
        ("$rfe", "$ref"),
        ("ref", "$ref"),
        ("REQUIRED", "required"),
        ("AllOf", "allOf"),
        ("maxlength", "maxLength"),
        ("one_of", "oneOf"),
        ("constant", "const"),
        ("titel", "title"),
    ],
)
def test_misspelled_keyword_is_refused(tmp_path: Path, key: str, meant: str) -> None:
    message = f"no such keyword; did you mean {meant}? (an own keyword begins with x-)"
    assert mistakes(tmp_path, {"properties": {"a": {key: 1}}}) == [f"schemas/a.json:1: properties.a.{key}: {message}"]


@pytest.mark.parametrize(
    "key",
    [
        *(
            "title",
            "$comment",
            "examples",
            "readOnly",
            "deprecated",
            "contentMediaType",
            "x-enum",
            "xml",
            "discriminator",
        ),
        *("tsType", "tsAdditionalProperties", "markdownDescription", "enumNames", "javaType", "errorMessage", "links"),
        *("externalDocs", "propertyOrder"),
    ],
)
def test_a_vendors_own_keyword_is_the_vendors(tmp_path: Path, key: str) -> None:
    assert refused_events(define_schema(tmp_path, {"properties": {"a": {key: 1}}}), {"a": 1}) == []


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (
            "schemas: {user: schemas/a.json}",
            "source.yml:3: events.schemas: are chosen by `events.type`, which is missing; "
            '"*" is the schema of every event',
        ),
        *(
            (
                f'schemas: {{"*": "{name}"}}',
                "source.yml:3: events.schemas.*: must be a file below the source's folder schemas, "
                "such as schemas/user.created.json",
            )
            for name in (
                "a.json",
                "/schemas/a.json",
                "schemas/../a.json",
                "schemas/.a.json",
                "schemas/a.yml",
                "schemas/",
            )
        ),
    ],
)
def test_a_mistake_in_the_definition_is_said(tmp_path: Path, events: str, message: str) -> None:
    assert mistakes(tmp_path, {}, events) == [message]


def test_draft_04_says_exclusive_with_a_flag(tmp_path: Path) -> None:
    schema = {"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"a": {"minimum": 1}}}
    assert refused_events(define_schema(tmp_path, schema), {"a": 1}) == []
    schema["properties"] = {"a": {"minimum": 1, "exclusiveMinimum": True}, "b": {"exclusiveMaximum": False}}
    assert refused_events(define_schema(tmp_path, schema), {"a": 1}) == [(0, "a: exclusiveMinimum 1")]


def test_definitions_with_similar_names_stay_apart(tmp_path: Path) -> None:
    definitions = {"a-b": {"type": "string"}, "a_b": {"type": "integer"}, "A_B": {"type": "boolean"}}
    properties = {name: {"$ref": f"#/definitions/{name}"} for name in definitions}
    source = define_schema(tmp_path, {"properties": properties, "definitions": definitions})
    assert refused_events(source, {"a-b": "x", "a_b": 1, "A_B": True}) == []
    assert refused_events(source, {"a-b": "x", "a_b": True, "A_B": True}) == [(0, 'a_b: type "integer"')]


def test_second_tenant_inherits_the_schemas_unless_overridden(tmp_path: Path) -> None:
    define_schema(tmp_path, {"required": ["a"]}, "type: k, schemas: {one: schemas/a.json, two: schemas/a.json}")
    text = "extends: made\ndescription: other\nevents: {schemas: {two: schemas/b.json}}\n"
    (tmp_path / "other" / "schemas").mkdir(parents=True)
    (tmp_path / "other" / "schemas" / "b.json").write_text('{"required": ["b"]}')
    source = make_definition(tmp_path, text, "other")
    assert refused_events(source, {"k": "one"}) == [(0, "a: required")]
    assert refused_events(source, {"k": "two"}) == [(0, "b: required")]
    (tmp_path / "other" / "schemas" / "a.json").write_text('{"required": ["c"]}')
    assert refused_events(make_definition(tmp_path, text, "other"), {"k": "one"}) == [(0, "c: required")]


# What ships.


def packed(source: Definition) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle.lambdas_zip(source))) as content:
        return {entry.filename: content.read(entry) for entry in content.infolist()}


def test_zip_of_a_source_without_schemas_has_no_schema_code() -> None:
    assert {"lambdas/schemas.py", "lambdas/reading/validation.py"} & set(packed(bundled_source("zoom"))) == set()
    assert {"lambdas/schemas.py", "lambdas/reading/validation.py"} <= set(packed(CASE))


ALONE = """
import sys
sys.path.insert(0, ".")
from lambdas.schemas import check
from lambdas.source import SOURCE
assert SOURCE.check is check
assert not any(name.partition(".")[0] in ("fastjsonschema", "generator") for name in sys.modules)
from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions
from lambdas.reading.request import Request
functions = Functions(Request(""))
print(check({"id": "e-1", "kind": "user.created", "user": {"email": "ann@example.com", "new": 1}}, functions))
try:
    check({"id": "e-1", "kind": "user.created"}, functions)
except Rejected as rejected:
    print(rejected)
"""


def test_shipped_schema_code_needs_no_generator(tmp_path: Path) -> None:
    for name, content in packed(CASE).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-I", "-c", ALONE], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("('user.new',)\nschema: user: required\n", "")


def test_words_of_a_schema_are_data_in_the_code(tmp_path: Path) -> None:
    words = ['"', "'", "\\", '\\"', "{", "}", "{0}", "{data}", "{data.__class__}", "\n", '"""', "#", "%s", "$", "é"]
    rules = {"type": "integer", "enum": [1, *words], "const": 1}
    schema = {"properties": dict.fromkeys(words, rules), "required": words, "description": '"""', "definitions": {}}
    source = define_schema(tmp_path, schema)
    assert refused_events(source, dict.fromkeys(words, 1)) == []
    for at, word in enumerate(words):
        event = {**dict.fromkeys(words, 1), word: "x"}
        assert refused_events(source, event) == [(0, f'{word}: type "integer"'.lstrip("."))], at
    names = {node.id for node in ast.walk(ast.parse(source.schema_code)) if isinstance(node, ast.Name)}
    assert not names & {"exec", "eval", "open", "__import__", "globals", "locals", "getattr", "word"}


@pytest.mark.parametrize(
    "line", ["open('x')", "data.__class__", "import os", "from os import path", "(lambda: 0)()", "exec('')"]
)
def test_code_with_unexpected_names_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    code = f"def validate(data, custom_formats={{}}, name_prefix=None):\n    {line}\n    return data\n"
    monkeypatch.setattr(fastjsonschema, "compile_to_code", lambda *_, **__: code)
    (message,) = mistakes(tmp_path, {})
    assert message.startswith("schemas/a.json:1: can't be compiled: its code would name ")


def test_the_same_schemas_are_the_same_code() -> None:
    again = load(CASES, ["schemas"])[0]
    assert (again.schema_code, again.source.check is CASE.source.check) == (CASE.schema_code, False)
    assert bundle.lambdas_zip(again) == bundle.lambdas_zip(CASE)
    assert CASE.source.check
    assert CASE.source.check.__module__ == schemas.NAME


def widgets(source: Definition) -> list[dict[str, Any]]:
    template = event_source.build(source.source, "code/0.zip").to_dict()
    content: list[dict[str, Any]] = json.loads(
        template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    )["widgets"]
    return content


def test_dashboard_lists_drift_only_for_sources_with_schemas() -> None:
    assert [
        widget for widget in widgets(bundled_source("zoom")) if widget["type"] == "log" or "Drift" in json.dumps(widget)
    ] == []
    (table,) = [widget for widget in widgets(CASE) if widget["type"] == "log"]
    assert table["properties"]["query"].startswith("SOURCE '${WebhookLog}' | filter Drift > 0 | ")
    assert "unnest line.drift into unknown | stats count(*)" in table["properties"]["query"]
    resources = event_source.build(CASE.source, "code/0.zip").to_dict()["Resources"]
    assert resources["WebhookLog"]["Type"] == "AWS::Logs::LogGroup"
    drawn = [
        metric[1]
        for widget in widgets(CASE)
        if widget["type"] == "metric"
        for metric in widget["properties"]["metrics"]
    ]
    assert drawn.count("Drift") == 1


Change = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda event: {key: value for key, value in event.items() if key != "livemode"}, "livemode: required"),
        (lambda event: {**event, "object": "v2.core.event"}, 'object: const "event"'),
        (lambda event: {**event, "data": {}}, "data.object: required"),
        (lambda event: {**event, "request": "req_of_an_old_version", "account": None}, None),
        (lambda event: {**event, "created": 1.0}, None),
    ],
)
def test_stripes_schema_refuses_only_events_unlike_stripes(change: Change, detail: str | None) -> None:
    source = bundled_source("stripe")
    sample = json.loads((source.folders[0] / "samples" / "review.opened.json").read_bytes())
    assert refused_events(source, change(sample)) == ([(0, detail)] if detail else [])
