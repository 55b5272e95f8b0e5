"""The stand-in for a vendor that `rehearse` and the emulator's tests ask."""

from __future__ import annotations

import json
from dataclasses import replace

from generator.samples.vendor_answers import SampleAnswers
from lambdas.runtime.http_types import HttpRequest
from tests.definitions import bundled_source


def test_lists_of_a_graphql_api_are_told_apart_by_the_query() -> None:
    source = bundled_source("wiz").source
    assert source.pull
    answers = SampleAnswers(source, [])
    found = []
    for stream in source.pull.streams.values():
        body = json.dumps({"query": stream.graphql, "variables": {}}).encode()
        found.append(json.loads(answers.answer(HttpRequest("POST", f"{source.pull.url}/graphql", {}, body)).body))
    assert found == [
        {"data": {"auditLogEntries": {"nodes": []}}},
        {"data": {"issues": {"nodes": []}}},
        {"data": {"detections": {"nodes": []}}},
    ]


def test_an_empty_page_may_be_a_list_where_a_definition_has_an_alternative() -> None:
    source = bundled_source("crowdstrike").source
    assert source.pull
    stream = next(iter(source.pull.streams.values()))
    listed = replace(stream, events=replace(stream.events, split="@ || resources"))
    source = replace(source, pull=replace(source.pull, streams={"alerts": listed}))
    url = "https://api.crowdstrike.com/alerts/combined/alerts/v1"
    assert SampleAnswers(source, []).answer(HttpRequest("POST", url, {}, b"{}")).body == b"[]"


def test_an_empty_page_has_what_the_definition_wants_beside_the_list() -> None:
    source = bundled_source("crowdstrike").source
    assert source.pull
    url = "https://api.crowdstrike.com/alerts/combined/alerts/v1"
    answer = SampleAnswers(source, []).answer(HttpRequest("POST", url, {}, b"{}"))
    assert json.loads(answer.body) == {"resources": [], "meta": {"pagination": "stand-in"}}
