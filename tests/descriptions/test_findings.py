"""Each mistake that a description can show is found, and what is right is not reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from generator.definition.read import Definition
from tests.definitions import make_definition
from tests.descriptions.documents import Node, read_document
from tests.descriptions.findings import findings
from tests.descriptions.operations import Operations
from tests.descriptions.sdk_types import SdkTypes
from tests.descriptions.stone_types import StoneTypes

DEFINITION = """
    description: Orders
    pull:
      url: https://api.example.com/v1
      credentials: {bearer: {}}
      every: 5m
      rate: {requests: 10, per: 1m}
      headers: {accept: application/json}
      streams:
        orders:
          get: /shops/{shop}/orders
          query: {since: "{from}", limit: 10, after: "{cursor}"}
          paging: {cursor: {at: next}}
          resume: time
          for: {shop: [north]}
          events: {split: items, id: id, type: kind, time: at}
    facts:
      summary: "{kind} by {actor.name || actor.email}, {lines[?sku=='a'].count | [0]}"
      user: "{sort_by(lines, &sku)[-1].tags[].name | [0]}"
    """
EVENT: Node = {"id": "e1", "kind": "opened", "at": "2026-01-01T08:00:00Z", "actor": {"name": "ann"}, "lines": []}
REQUEST = "https://api.example.com/v1/shops/north/orders?since=2026-01-01T00%3A00%3A00Z&limit=10"
LINE: Node = {
    "type": "object",
    "properties": {
        "sku": {"type": "string"},
        "count": {"type": "integer"},
        "tags": {"type": "array", "items": {"properties": {"name": {"type": "string"}}}},
    },
}
ORDER: Node = {
    "type": "object",
    "required": ["id", "at"],
    "properties": {
        "id": {"type": "string"},
        "kind": {"type": "string", "enum": ["opened", "closed"]},
        "at": {"type": "string", "format": "date-time"},
        "actor": {"allOf": [{"$ref": "#/components/schemas/Named"}, {"properties": {"email": {"type": "string"}}}]},
        "lines": {"type": "array", "items": LINE},
    },
}
ANSWER: Node = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}},
        "next": {"type": "string"},
    },
}
PARAMETERS: list[Node] = [
    {"name": "shop", "in": "path", "required": True, "schema": {"type": "string", "minLength": 2}},
    {"name": "since", "in": "query", "required": True, "schema": {"type": "string", "format": "date-time"}},
    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
    {"name": "after", "in": "query", "schema": {"type": "string"}},
    {"name": "between", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}},
    {"name": "range", "in": "query", "style": "deepObject", "schema": {"properties": {"gte": {"type": "integer"}}}},
]


def description(version: str = "3.0.3") -> Node:
    operation = {
        "parameters": PARAMETERS,
        "responses": {"200": {"content": {"application/json": {"schema": ANSWER}}}},
    }
    schemas = {"Order": ORDER, "Named": {"type": "object", "properties": {"name": {"type": "string"}}}}
    return {
        "openapi": version,
        "servers": [{"url": "https://api.example.com/v1"}],
        "paths": {"/shops/{shop}/orders": {"get": operation}, "/shops/{shop}/{list}": {"get": {"responses": {}}}},
        "components": {"schemas": schemas},
    }


def source(
    folder: Path, event: Node = EVENT, request: str = REQUEST, text: str = DEFINITION, **answer: Any
) -> Definition:
    definition = make_definition(folder, text)
    samples = folder / "made" / "samples"
    samples.mkdir()
    (samples / "orders.north.json").write_text(json.dumps({"items": [event], "next": None} | answer))
    (samples / "orders.north.requests.txt").write_text(f"GET {request} accept=application/json\n")
    return definition


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_what_is_right_is_not_reported(version: str, tmp_path: Path) -> None:
    more = "&between%5B%5D=1&between%5B%5D=2&range%5Bgte%5D=3"
    assert findings(source(tmp_path, request=REQUEST + more), Operations(description(version))) == []


@pytest.mark.parametrize(
    ("request_url", "finding"),
    [
        (REQUEST.replace("orders", "order/s"), "GET /v1/shops/north/order/s: no such operation"),
        (REQUEST.replace("/v1", "/v2"), "GET /v2/shops/north/orders: no such operation"),
        (f"{REQUEST}&befor=x", "query parameter befor: no such parameter"),
        (f"{REQUEST}&range%5Bgt%5D=3", "query parameter range[gt]: range has no field gt"),
        (f"{REQUEST}&range%5Bgte%5D=x", "query parameter range[gte]: 'x' is not of type 'integer'"),
        (f"{REQUEST}&between%5B%5D=x", "query parameter between[]: 'x' is not of type 'array'"),
        (REQUEST.replace("limit=10", "limit=1000"), "query parameter limit: 1000 is greater than the maximum of 100"),
        (REQUEST.replace("since=", "after="), "query parameter since: required, and not sent"),
        (REQUEST.replace("T00%3A00%3A00Z", ""), "query parameter since: '2026-01-01' is not a 'date-time'"),
        (REQUEST.replace("north", "n"), "path parameter shop: 'n' is too short"),
    ],
)
def test_a_wrong_request_is_found(request_url: str, finding: str, tmp_path: Path) -> None:
    problems = findings(source(tmp_path, request=request_url), Operations(description()))
    assert [each for each in problems if each.startswith("orders.north: ")] == [f"orders.north: {finding}"]


def test_a_wrong_header_is_found(tmp_path: Path) -> None:
    definition = source(tmp_path)
    (tmp_path / "made" / "samples" / "orders.north.requests.txt").write_text(f"GET {REQUEST} accept=text/csv x-a=1\n")
    assert findings(definition, Operations(description())) == [
        "orders.north: header accept: text/csv is not among application/json",
        "orders.north: header parameter x-a: no such parameter",
    ]


def test_a_wrong_body_is_found(tmp_path: Path) -> None:
    definition = source(tmp_path)
    body = 'POST https://api.example.com/v1/search content-type=application/json {"limit":"x","page":1}\n'
    (tmp_path / "made" / "samples" / "orders.north.requests.txt").write_text(body)
    document = description()
    schema = {"type": "object", "properties": {"limit": {"type": "integer"}}}
    content = {"application/json": {"schema": schema}}
    answers = document["paths"]["/shops/{shop}/orders"]["get"]["responses"]
    document["paths"]["/search"] = {"post": {"requestBody": {"content": content}, "responses": answers}}
    assert findings(definition, Operations(document)) == [
        "orders.north: body.limit: 'x' is not of type 'integer'",
        "orders.north: body.page: no such field",
    ]


@pytest.mark.parametrize(
    ("event", "finding"),
    [
        ({**EVENT, "kind": "moved"}, "orders.north.items[].kind: 'moved' is not one of ['opened', 'closed']"),
        ({**EVENT, "at": 7}, "orders.north.items[].at: 7 is not of type 'string'"),
        ({key: EVENT[key] for key in ("kind", "at")}, "orders.north.items[]: 'id' is a required property"),
        ({**EVENT, "actor": {"nam": "ann"}}, "orders.north.items[].actor.nam: no such field"),
        ({**EVENT, "lines": [{"amount": 1}]}, "orders.north.items[].lines[].amount: no such field"),
    ],
)
def test_a_wrong_sample_is_found(event: Node, finding: str, tmp_path: Path) -> None:
    assert findings(source(tmp_path, event), Operations(description())) == [finding]


def test_a_field_of_a_sample_that_is_null_may_be_of_any_type(tmp_path: Path) -> None:
    assert findings(source(tmp_path, {**EVENT, "actor": None}), Operations(description())) == []


@pytest.mark.parametrize(
    ("right", "wrong", "finding"),
    [
        ("split: items", "split: item", "orders: item reads item"),
        ("at: next", "at: page.next", "orders: page.next reads page"),
        ("id: id", "id: uuid", "orders: uuid reads uuid"),
        ("type: kind", "type: \"join('.', [kind, typ][?@])\"", "orders: join('.', [kind, typ][?@]) reads typ"),
        ("time: at", "time: times.at", "orders: times.at reads times"),
        ("actor.email", "actor.mail", "facts.summary reads mail"),
        ("sku==", "skuu==", "facts.summary reads skuu"),
        (".count", ".number", "facts.summary reads number"),
        ("&sku", "&name", "facts.user reads name"),
        ("tags[].name", "tags[].nam", "facts.user reads nam"),
    ],
)
def test_a_path_that_reads_what_no_answer_has_is_found(right: str, wrong: str, finding: str, tmp_path: Path) -> None:
    definition = source(tmp_path, text=DEFINITION.replace(right, wrong))
    assert findings(definition, Operations(description())) == [finding]


def test_swagger_is_read_as_openapi(tmp_path: Path) -> None:
    plain = [{key: value for key, value in each.items() if key != "schema"} | each["schema"] for each in PARAMETERS[:4]]
    answer = {"type": "object", "properties": {"items": {"type": "array", "items": ORDER}, "next": {"type": "string"}}}
    document = {
        "swagger": "2.0",
        "host": "api.example.com",
        "basePath": "/v1",
        "paths": {"/shops/{shop}/orders": {"get": {"parameters": plain, "responses": {"200": {"schema": answer}}}}},
        "definitions": {"Named": {"type": "object", "properties": {"name": {"type": "string"}}}},
    }
    text = json.dumps(document).replace("#/components/schemas/", "#/definitions/")
    (tmp_path / "swagger.json").write_text(text)
    definition = source(tmp_path, {**EVENT, "colour": 1}, f"{REQUEST}&befor=x")
    assert findings(definition, Operations(read_document(tmp_path / "swagger.json"))) == [
        "orders.north: query parameter befor: no such parameter",
        "orders.north.items[].colour: no such field",
    ]


def test_a_discovery_document_is_read_as_openapi(tmp_path: Path) -> None:
    parameters = {each["name"]: {**each["schema"], "location": each["in"]} for each in PARAMETERS[:4]}
    parameters["limit"] = {"type": "integer", "maximum": "5", "location": "query"}
    method = {"path": "shops/{shop}/orders", "httpMethod": "GET", "parameters": parameters}
    named = {"id": "Named", "type": "object", "properties": {"name": {"type": "string"}}}
    orders = {"id": "Orders", **ANSWER}
    document = {
        "discoveryVersion": "v1",
        "id": "orders:v1",
        "baseUrl": "https://api.example.com/v1/",
        "resources": {
            "shops": {"resources": {"orders": {"methods": {"list": {**method, "response": {"$ref": "Orders"}}}}}}
        },
        "schemas": {"Orders": orders, "Order": {"id": "Order", **ORDER}, "Named": named},
    }
    (tmp_path / "discovery.json").write_text(json.dumps(document).replace("#/components/schemas/", ""))
    definition = source(tmp_path, {**EVENT, "colour": 1})
    assert findings(definition, Operations(read_document(tmp_path / "discovery.json"))) == [
        "orders.north: query parameter limit: 10 is greater than the maximum of 5",
        "orders.north.items[].colour: no such field",
    ]


@pytest.mark.parametrize("server", ["https://{host}/v1", "{address}", "/v1", "https://api.{region}.com/v1"])
def test_a_server_may_have_variables(server: str, tmp_path: Path) -> None:
    document = {**description(), "servers": [{"url": server}]}
    assert findings(source(tmp_path), Operations(document)) == []


def test_a_form_that_stands_for_null_leaves_no_fields_open(tmp_path: Path) -> None:
    document = description()
    actor = {"anyOf": [ORDER["properties"]["actor"], {"type": "object", "nullable": True}]}
    document["components"]["schemas"]["Order"] = {**ORDER, "properties": {**ORDER["properties"], "actor": actor}}
    problems = findings(source(tmp_path, {**EVENT, "actor": {"nam": "ann"}}), Operations(document))
    assert problems == ["orders.north.items[].actor.nam: no such field"]


def test_dropbox_s_types_are_read_as_openapi() -> None:
    operations = Operations(StoneTypes("https://api.dropboxapi.com/2", "team_log").document())
    operation = operations.find("post", "https://api.dropboxapi.com/2/team_log/get_events")
    assert operation is not None
    event = {
        "timestamp": "2026-01-01T08:00:00Z",
        "event_category": {".tag": "logins"},
        "actor": {".tag": "admin", "admin": {".tag": "team_member", "email": "ann@example.com"}},
        "assets": [{".tag": "file", "file_id": "f1", "path": {"contextual": "/a"}}],
        "event_type": {".tag": "login_success", "description": "Signed in"},
        "details": {".tag": "login_success_details", "login_method": {".tag": "password"}},
    }
    right = {"events": [event], "cursor": "c", "has_more": False}
    schema, schemas = operation.answer, operations.schemas
    assert [*schemas.problems(schema, right, "events"), *schemas.unknown_fields(schema, right, "events")] == []
    wrong = [{**event, "event_category": {".tag": "login"}}, {**event, "timestamp": 7}]
    assert len(list(schemas.problems(schema, {"events": wrong}, "events"))) == 2
    unknown = {"events": [{**event, "actors": {}}, {**event, "details": {".tag": "login_success_details", "metod": 1}}]}
    assert list(schemas.unknown_fields(schema, unknown, "events")) == [
        "events.events[].actors: no such field",
        "events.events[].details.metod: no such field",
    ]


class Actor(BaseModel):
    model_config = {"extra": "allow"}
    full_name: str | None = Field(alias="name", default=None)
    email: str | None = None


class Line(BaseModel):
    sku: str
    count: int
    tags: list[dict[str, str]]


class Order(BaseModel):
    id: str
    kind: str
    at: str
    actor: Actor | None = None
    lines: list[Line]


class OrderQuery(TypedDict, total=False):
    shop: str
    since: str
    after: str


def test_the_types_of_an_sdk_are_read_as_openapi(tmp_path: Path) -> None:
    here = "tests.descriptions.test_findings"
    types = SdkTypes(
        "https://api.example.com/v1",
        "/shops/{shop}/orders",
        event=f"{here}:Order",
        events="items",
        query=f"{here}:OrderQuery",
    )
    definition = source(tmp_path, {**EVENT, "actor": {"nam": "ann"}}, total=7)
    assert findings(definition, Operations(types.document())) == [
        "orders.north: query parameter limit: no such parameter",
        "orders.north.items[].actor.nam: no such field",
    ]
