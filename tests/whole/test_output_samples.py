"""The messages of every output, of all samples of all sources: valid by what is published of ECS and OCSF."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from statistics import median
from typing import Any

import pytest

from generator.definition.read import Definition
from generator.reference.markdown import table
from generator.reference.output_table import output_table
from generator.samples.files import load_samples
from generator.samples.message_view import OUTPUTS, event_of, shown
from generator.samples.run import shape
from lambdas.shaping.event import encode_json
from tests.definitions import ROOT, SOURCES, every_definition
from tests.output_schemas import ecs_problems, fields_of, ocsf_problem
from tests.pages import assert_generated

SHIPPED = {definition.source.name: definition for definition in every_definition(SOURCES)}
CHUNK = 64 * 1024
"""Bytes of a message for which SQS counts a request: https://aws.amazon.com/sqs/pricing/"""
PAGE = ROOT / "docs" / "reference" / "outputs" / "sources.md"


@cache
def messages_of(name: str, output: str) -> list[dict[str, Any]]:
    """Return the messages of all samples of a source that are no challenge."""
    definition: Definition = SHIPPED[name]
    source = replace(definition.source, output=output)
    samples, _ = load_samples(definition)
    return [message for sample in samples for message in shape(source, sample).messages]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_output_makes_a_message_of_each_event(name: str) -> None:
    mozdef, raw, ecs, ocsf = (messages_of(name, output) for output in ("mozdef", "raw", "ecs", "ocsf"))
    events = [message["event"] for message in raw]
    assert len(mozdef) == len(raw)
    assert [event_of(message) for message in ecs] == [event_of(message) for message in ocsf] == events
    assert [shown(message).summary for message in ecs] == [message["message"] for message in ocsf]
    for messages in zip(mozdef, raw, ecs, ocsf, strict=True):
        mozdefs, *others = map(shown, messages)
        assert {(view.id, view.timestamp) for view in others} == {(mozdefs.id, mozdefs.timestamp)}


@pytest.mark.parametrize("name", SHIPPED)
def test_messages_are_ecs(name: str) -> None:
    assert [problem for message in messages_of(name, "ecs") for problem in ecs_problems(message)] == []


@pytest.mark.parametrize("name", SHIPPED)
def test_messages_are_ocsf(name: str) -> None:
    assert [problem for message in messages_of(name, "ocsf") if (problem := ocsf_problem(message))] == []


@pytest.mark.parametrize("output", ["ecs", "ocsf"])
def test_each_field_has_one_type_whatever_the_source(output: str) -> None:
    types: dict[str, set[str]] = {}
    for name in SHIPPED:
        for message in messages_of(name, output):
            for field, value in fields_of(message):
                types.setdefault(field, set()).add(type(value).__name__)
    assert {field: kinds for field, kinds in types.items() if len(kinds) > 1} == {}


def test_table_of_sources_is_what_their_samples_become(update: bool) -> None:
    sources = {name: (messages_of(name, "ecs"), messages_of(name, "ocsf")) for name in SHIPPED}
    assert_generated(PAGE, "output_table.py", output_table(sources, "../../../sources"), update=update)


def test_sizes_of_messages_are_on_the_page(update: bool) -> None:
    sizes = {
        output: [len(encode_json(message)) for name in SHIPPED for message in messages_of(name, output)]
        for output in OUTPUTS
    }
    events = [len(encode_json(message["event"])) for name in SHIPPED for message in messages_of(name, "raw")]
    rows = []
    for output, lengths in sizes.items():
        ratios = median(length / event for length, event in zip(lengths, events, strict=True))
        rows.append((f"`{output}`", f"{ratios:.1f} times", f"{max(lengths) // 1024} KB"))
    content = table(("output", "an event becomes, in the median", "the largest of all samples"), rows)
    assert max(map(max, sizes.values())) < CHUNK
    assert_generated(PAGE.with_name("index.md"), "test_output_samples.py", content, update=update)
