"""Every message can be found in MozDef: none is lost or altered, whatever the event is and whatever came before it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.definition.read import Definition
from generator.samples.files import load_samples
from generator.samples.run import shape
from lambdas.reading.body import Rejected, parse
from lambdas.reading.intake import Intake
from lambdas.shaping.event import MAX_MESSAGE, Message, RejectedEvent
from lambdas.shaping.mozdef_limits import REWRITTEN_KEYS
from lambdas.shaping.mozdef_names import PLUGIN_WORDS as KNOWN_WORDS
from lambdas.shaping.shaper import Shaper
from tests.definitions import SOURCES, every_definition, make_definition
from tests.mozdef_index import LIMIT, LONGEST, TEMPLATE, Index
from tests.mozdef_plugins import ADDRESS_KEYS, PLUGIN_WORDS, PLUGINS, words_in

FIELDS = 81
"""Fields of the index once it has every kind of bounded message, without those that definitions name in `extra`."""
ZOOM_FIELDS = 32
"""Further fields, for the events of Zoom's samples as MozDef's plugin for Zoom writes them."""
ORDERS = 20
ADDRESSES = {"sourceipaddress", "destinationipaddress"}
REFERENCE = {"bucket": "kept", "key": "rejected/2026-01-01/oversize/1.json", "sha256": "0" * 64, "bytes": 1_048_577}


def test_the_words_of_mozdefs_plugins_are_known() -> None:
    addresses = set(PLUGINS["ipFixup"])  # words that do nothing to a message unless they are keys of `details`
    assert PLUGIN_WORDS - addresses == KNOWN_WORDS
    assert addresses - ADDRESSES < REWRITTEN_KEYS == ADDRESS_KEYS.keys() | {"http_x_forwarded_for"}


# Samples of all sources.


@pytest.fixture(scope="module")
def definitions() -> list[Definition]:
    return every_definition(SOURCES)


@pytest.fixture(scope="module")
def messages(definitions: list[Definition]) -> list[dict[str, Any]]:
    return [
        message
        for definition in definitions
        for sample in load_samples(definition)[0]
        for message in shape(definition.source, sample).messages
    ]


def fields_of_its_own(definitions: list[Definition]) -> set[str]:
    """Return the fields that definitions name, beside the facts."""
    sources = [definition.source for definition in definitions if not definition.source.mozdef.whole]
    names = {name for source in sources for name in (*(source.facts.extra or {}), *(source.mozdef.details or {}))}
    return {f"details.{name}" for name in names}


@pytest.fixture(scope="module")
def order_free(messages: list[dict[str, Any]]) -> dict[str, str]:
    """The fields of all samples' messages, as they are in whatever order the messages come."""
    index = Index()
    for message in messages:
        index.add(message)
    return index.fields


@pytest.mark.parametrize("seed", range(ORDERS))
def test_an_index_takes_the_samples_of_all_sources_in_any_order(
    messages: list[dict[str, Any]], order_free: dict[str, str], seed: int
) -> None:
    index = Index()
    shuffled = Random(seed).sample(messages, len(messages))  # noqa: S311 - an order
    assert {index.add(message) for message in shuffled} == {None}
    assert index.fields == order_free


def test_samples_have_the_fields_of_all_sources_and_those_of_zoom(
    definitions: list[Definition], messages: list[dict[str, Any]], fields: dict[str, str]
) -> None:
    bounded, zoom = Index(), Index(fields.copy())
    for message in messages:
        (zoom if message["hostname"] == "zoom_host" else bounded).add(message)
    assert bounded.fields.keys() <= fields.keys() | fields_of_its_own(definitions)
    assert len(zoom.fields) == FIELDS + ZOOM_FIELDS
    assert len(bounded.fields.keys() | zoom.fields.keys()) < LIMIT / 2  # which leaves room for other sources


def test_samples_of_pulled_sources_are_among_them(
    definitions: list[Definition], messages: list[dict[str, Any]]
) -> None:

    assert {message["processname"] for message in messages} >= {
        definition.source.name for definition in definitions if definition.source.pull
    }


def test_texts_of_samples_are_no_longer_than_a_term_and_no_plugins_words(messages: list[dict[str, Any]]) -> None:
    for message in messages:
        assert_searchable(message, {"zoom_host"} if message["hostname"] == "zoom_host" else set())


def assert_searchable(message: dict[str, Any], allowed: set[str] | None = None) -> None:
    assert (KNOWN_WORDS - (allowed or set())).isdisjoint(words_in(message))
    assert REWRITTEN_KEYS.isdisjoint(message["details"])
    assert all(len(word.encode()) <= LONGEST for word in words_in(message))


# Events that nobody would make up but to lose a message.

WEBHOOK = "description: made\nwebhook: {auth: {hmac: {signature: {header: x-signature}}}}\n"
EVERY_FACT = f"""{WEBHOOK}
facts:
  summary: "{{facts.summary}}"
  severity: "{{facts.severity}}"
  action: "{{facts.action}}"
  kind: {{of: "{{facts.kind}}", data.read: read, other: "*"}}
  outcome: {{of: "{{facts.outcome}}", success: "yes", failure: "*"}}
  reason: "{{facts.reason}}"
  user: "{{facts.user}}"
  user_id: "{{facts.user_id}}"
  source_ip: "{{facts.source_ip}}"
  user_agent: "{{facts.user_agent}}"
  target_user: "{{facts.target_user}}"
  target: "{{facts.target}}"
  role: "{{facts.role}}"
  organization: "{{facts.organization}}"
  session: "{{facts.session}}"
  url: "{{facts.url}}"
  extra: {{destinationipaddress: "{{facts.destination}}", device: "{{facts.device}}"}}
mozdef:
  hostname: "{{facts.hostname}}"
  processname: "{{facts.processname}}"
  category: "{{facts.category}}"
  source: "{{facts.source}}"
  eventsource: "{{facts.eventsource}}"
  tags: ["{{facts.tag}}", "{{facts.user}}"]
  details: {{description: "{{facts.description}}"}}
"""
FACTS = [
    *("summary", "severity", "action", "kind", "outcome", "reason", "user", "user_id", "source_ip", "user_agent"),
    *("target_user", "target", "role", "organization", "session", "url", "destination", "device", "hostname"),
    *("processname", "category", "source", "eventsource", "tag", "description"),
]
OWN = {"details.device", "details.description"}

WORDS = st.sampled_from(sorted(PLUGIN_WORDS)).flatmap(
    lambda word: st.sampled_from([word, word.upper(), f" {word}\n", word.title()])
)
LONG = st.builds(lambda part, count: part * count, st.text(min_size=1, max_size=3), st.integers(8_000, 40_000))
ODD = st.sampled_from(
    [
        *("198.51.100.23", "::ffff:198.51.100.23", "2001:db8::1", "fe80::1%eth0", "192.0.2.300", "127.1"),
        *("ann@example.com", "https://example.com/a", "2026-01-02T03:04:05Z", "1.5", "true", "yes"),
        *("", " ", "-", "\x00", "\ufffe"),
    ]
)
KNOWN_KEYS = st.sampled_from(
    [
        *(
            "a",
            "b",
            "a.b",
            "b.a.b",
            "a.",
            " a ",
            "success",
            "success.",
            "sourceport",
            "apiversion",
            "requestparameters",
        ),
        *("requestparameters.logstreamname", "sourceipv4address", "sourceipaddress", "src", "cluster_client_ip"),
        *("http_x_forwarded_for", "sourceipgeolocation", "sourceipgeopoint", "x_int", "y_float"),
    ]
)
ODD_KEYS = st.sampled_from(["", " ", ".", "..", ".a", "a..b", "a. .b", "details", "tags"])


def objects(keys: st.SearchStrategy[str], texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | texts
    values = st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5), max_leaves=20
    )
    return st.dictionaries(keys, values, max_size=6)


TEXTS = WORDS | ODD | st.text(max_size=20) | LONG
OBJECTS = objects(KNOWN_KEYS | ODD_KEYS | WORDS | st.text(max_size=5), TEXTS)
MILD_KEYS = st.sampled_from(
    ["a", "b", "c", "d", "e", "f", "a.b", "c.", "success", "sourceport", "requestparameters", "src"]
)
MILDER = objects(MILD_KEYS, ODD)
EVENTS = st.builds(
    lambda event, facts: {**event, "facts": facts},
    OBJECTS,
    st.dictionaries(
        st.sampled_from(FACTS), TEXTS | st.lists(TEXTS) | st.dictionaries(TEXTS, TEXTS), max_size=len(FACTS)
    ),
)


def deep(levels: int) -> Any:
    value: Any = "ldap"
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


HUGE: list[dict[str, Any]] = [
    {f"key {number}": {"ldap": number} for number in range(10_000)},
    {"a": ["€" * 100_000, "ldap", [{"": "b" * 100_000}]]},
    {"a": "\\" * 600_000},
    {"a": deep(62)},
    {"a": [{str(number): number} for number in range(2_000)]},
]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shaper]:
    folder: Path = tmp_path_factory.mktemp("sources")
    texts = {"bounded": EVERY_FACT, "whole": f"{WEBHOOK}mozdef: {{whole: true}}\n"}
    return {name: Shaper(make_definition(folder, text, name).source) for name, text in texts.items()}


def results(shaper: Shaper, event: dict[str, Any]) -> Iterator[Any]:
    """Yield an event's message as it goes onto the queue, or its rejection, as for a request with this body."""
    try:
        body = parse(json.dumps(event).encode())
    except Rejected:
        return  # no event is read at all
    for result in shaper.shape(Intake(body, time=0.0)):
        if isinstance(result, Message):
            fits = len(result.body) <= MAX_MESSAGE
            yield json.loads((result if fits else shaper.shorten(result, REFERENCE)).body)
        else:
            yield result


@pytest.fixture(scope="module")
def fields(sources: dict[str, Shaper]) -> dict[str, str]:
    """The fields of an index that has had every fact, in each form, and all else that a message may have."""
    event = {"facts": {**dict.fromkeys(FACTS, "word"), "user": "ann@example.com", "url": "https://example.com/a"}}
    index = Index()
    for address in ("198.51.100.23", "2001:db8::1"):
        for more in ({}, HUGE[0], {"b": "x" * MAX_MESSAGE}):
            sent = {**event, **more, "facts": {**event["facts"], "source_ip": address, "destination": address}}
            assert [index.add(message) for message in results(sources["bounded"], sent)] == [None]
    assert index.fields.keys() >= OWN
    return {path: kind for path, kind in index.fields.items() if path not in OWN}


def test_bounded_messages_have_so_many_fields(fields: dict[str, str]) -> None:
    assert len(fields) == FIELDS
    assert TEMPLATE.items() <= fields.items()


def with_examples(test: Any) -> Any:
    for event in HUGE:
        test = example(event=event)(test)
    for word in sorted(PLUGIN_WORDS):
        test = example(event={word: {word.upper(): [word]}, "facts": dict.fromkeys(FACTS, word.title())})(test)
    return test


@with_examples
@given(event=EVENTS)
def test_any_event_of_a_bounded_source_becomes_a_message_that_the_index_takes(
    sources: dict[str, Shaper], fields: dict[str, str], event: dict[str, Any]
) -> None:
    index = Index()
    for result in results(sources["bounded"], event):
        if isinstance(result, RejectedEvent):
            assert result.reason == "text"  # a lone surrogate
            continue
        assert index.add(result) is None
        assert_searchable(result)
        assert index.fields.items() <= {**fields, **dict.fromkeys(OWN, "keyword")}.items()


@with_examples
@given(event=OBJECTS | MILDER)
def test_an_event_of_a_whole_source_is_taken_by_the_index_or_rejected(
    sources: dict[str, Shaper], event: dict[str, Any]
) -> None:
    for result in results(sources["whole"], event):
        if isinstance(result, RejectedEvent):
            assert result.reason in ("mozdef", "text")
            continue
        # MozDef moves an IPv6 address itself, and may take one of two that an event has.
        assert Index().add(result) is None or Index().add(result).startswith("altered: ipFixup writes")
