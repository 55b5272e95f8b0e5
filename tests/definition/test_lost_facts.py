"""Facts that a definition names, and that no sample's message has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.definition.read import Definition
from generator.samples.lost_facts import lost_facts
from lambdas.reading.paths import Functions
from lambdas.reading.request import Request
from tests.definitions import make_definition

EVENT = {
    "action": "login", "result": "DENIED", "actor": {"email": "a@example.com"}, "ip": "10.0.0.1", "nick": "",
    "link": "http://example.com/", "token": "[masked]", "tags": ["a"],
}  # fmt: skip
NO_TEXT = "no message has it: what {} finds in the samples is a list, an object or masked"


def warnings(folder: Path, facts: str, event: object = EVENT) -> list[str]:
    text = "description: made\nwebhook: {auth: {token: {header: x-token}}}\nfacts:\n  " + facts
    definition: Definition = make_definition(folder, text)
    request = Request("POST", body=json.dumps(event).encode())
    return [
        f"{each.line} {each.key}: {each.message}"
        for each in lost_facts(definition, [(event, Functions(request, event))])
    ]


@pytest.mark.parametrize(
    ("fact", "warning"),
    [
        ("user: '{actor}'", f"facts.user: {NO_TEXT.format('{actor}')}"),
        ("session: '{token}'", f"facts.session: {NO_TEXT.format('{token}')}"),
        ("extra: {labels: '{tags}'}", f"facts.extra.labels: {NO_TEXT.format('{tags}')}"),
        ("source_ip: '{actor.email}'", "facts.source_ip: no message has it: 'a@example.com' is no IP address"),
        ("url: '{link}'", "facts.url: no message has it: 'http://example.com/' is no https URL"),
        (
            "outcome: {of: '{result}', failure: denied}",
            "facts.outcome: no message has it: no pattern fits 'DENIED'; upper and lower case differ",
        ),
    ],
)
def test_a_fact_that_no_message_has_is_named_with_the_reason(tmp_path: Path, fact: str, warning: str) -> None:
    assert warnings(tmp_path, fact) == [f"4 {warning}"]


@pytest.mark.parametrize(
    "fact",
    [
        "user: '{actor.email}'",
        "source_ip: '{ip}'",
        "user: '{nick}'",
        "user: '{nobody}'",
        "summary: '{actor}'",
        "kind: other",
        "outcome: {of: '{result}', failure: DENIED}",
        "severity: {of: '{result}', ERROR: none}",
    ],
)
def test_a_fact_that_is_there_or_can_be_absent_is_not(tmp_path: Path, fact: str) -> None:
    assert warnings(tmp_path, fact) == []
