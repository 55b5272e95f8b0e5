"""Notion's events: ids and hardly a name: https://developers.notion.com/reference/webhooks-events-delivery."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.samples import gateway
from lambdas.auth_type import Unauthenticated
from lambdas.reading.request import Request
from tests.definitions import bundled_source
from tests.fakes import NOW
from tests.published import HANDSHAKES, handshake
from tests.shipped_messages import details, line, only_message

ANN, BOT = {"id": "p-1", "type": "person"}, {"id": "b-1", "type": "bot"}


def of(kind: str, entity: str = "page", authors: Any = (ANN,), **data: Any) -> dict[str, Any]:
    return {
        "id": "e-1",
        "timestamp": "2026-03-02T10:04:11.285Z",
        "workspace_id": "w-1",
        "workspace_name": "Example Corp",
        "type": kind,
        "authors": list(authors),
        "attempt_number": 1,
        "entity": {"id": "x-1", "type": entity},
        "data": {"parent": {"id": "x-0", "type": "page"}, **data},
    }


EVENTS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (
        of("page.permissions_updated"),
        "WARNING permission.change | page.permissions_updated by person p-1: page x-1, in page x-0",
        {"username": "p-1", "userid": "p-1", "target": "page x-1", "organization": "Example Corp"},
    ),
    (of("page.created"), "INFO data.create | page.created by person p-1: page x-1, in page x-0", {}),
    (of("page.undeleted"), "INFO data.create | page.undeleted by person p-1: page x-1, in page x-0", {}),
    (of("page.deleted"), "NOTICE data.delete | page.deleted by person p-1: page x-1, in page x-0", {}),
    (of("page.moved"), "NOTICE data.change | page.moved by person p-1: page x-1, in page x-0", {}),
    (of("page.locked"), "INFO configuration.change | page.locked by person p-1: page x-1, in page x-0", {}),
    (of("page.unlocked"), "NOTICE configuration.change | page.unlocked by person p-1: page x-1, in page x-0", {}),
    (
        of("page.content_updated", authors=[ANN, BOT]),
        "INFO data.change | page.content_updated by person p-1, bot b-1: page x-1, in page x-0",
        {"username": "p-1, b-1", "userid": None, "author_type": "person, bot"},
    ),
    (
        of("page.properties_updated", authors=[], updated_properties=["a", "b"]),
        "INFO data.change | page.properties_updated by nobody: page x-1, in page x-0",
        {"username": None, "properties": "a, b"},
    ),
    (
        of("data_source.schema_updated", "data_source", updated_properties=[{"id": "a", "name": "Owner"}]),
        "NOTICE configuration.change | data_source.schema_updated by person p-1: data_source x-1, in page x-0, "
        "properties Owner",
        {"properties": "Owner"},
    ),
    *(
        (
            of(f"{kind}.deleted", kind),
            f"WARNING data.delete | {kind}.deleted by person p-1: {kind} x-1, in page x-0",
            {},
        )
        for kind in ("database", "data_source")
    ),
    (
        of("comment.created", "comment", page_id="x-0"),
        "INFO data.create | comment.created by person p-1: comment x-1, in page x-0",
        {"page": "x-0"},
    ),
    (
        of("comment.deleted", "comment", page_id="x-0", parent={"id": "k-1", "type": "block"}),
        "NOTICE data.delete | comment.deleted by person p-1: comment x-1, on page x-0, in block k-1",
        {},
    ),
]


@pytest.mark.parametrize(("event", "expected", "facts"), EVENTS, ids=[row[1] for row in EVENTS])
def test_event_becomes_a_line(event: dict[str, Any], expected: str, facts: dict[str, Any]) -> None:
    message = only_message("notion", event)
    assert (line(message).replace("| notion: ", "| "), details(message, facts)) == (expected, facts)


def test_the_signature_that_notion_publishes_is_right() -> None:
    # It is that of the handshake, which is answered before anything is verified.
    [vector] = [candidate for candidate in HANDSHAKES if candidate["vendor"] == "Notion"]
    auth, sent = bundled_source("notion").source.endpoint.auth, handshake(vector).sent
    token = json.loads(sent.body)["verification_token"]
    request = Request.from_event(
        {**gateway.event("POST", {}, sent.body, url=sent.url), "headers": dict(sent.headers)}, NOW
    )
    auth.type.verify(auth.settings, request, lambda _name: (token,), NOW)
    with pytest.raises(Unauthenticated):
        auth.type.verify(auth.settings, request, lambda _name: (token[::-1],), NOW)
