"""MozDef's message of an event and its facts, and what of an event would be lost behind MozDef."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.definition.read import load
from generator.testing import event_of
from lambdas.shaping.mozdef_limits import MAX_PATHS, MAX_TERM, details_problem
from lambdas.shaping.mozdef_names import PLUGIN_WORDS
from tests.definitions import SOURCES, make_definition
from tests.emulator.mozdef import assert_zooms_plugin_takes_it
from tests.fakes import Endpoint

FACTS = """
facts:
  summary: "made: {action} by {user}"
  severity: "{level}"
  action: "{action}"
  kind: authentication.start
  outcome: {of: "{result}", success: ok, failure: "*"}
  reason: "{why}"
  user: "{user}"
  user_id: "{user_id}"
  source_ip: "{ip}"
  user_agent: "{agent}"
  target_user: "{whom}"
  target: "{what}"
  role: "{role}"
  organization: "{tenant}"
  session: "{session}"
  url: "{link}"
  extra: {device: "{device}", destinationipaddress: "{to}"}
"""
EVENT = {
    "action": "login",
    "level": "warn",
    "result": "no",
    "why": "wrong password",
    "user": "ann@example.com",
    "user_id": 7,
    "ip": "192.0.2.7",
    "agent": "curl",
    "whom": "bob",
    "what": "vault",
    "role": "admin",
    "tenant": "acme",
    "session": "s1",
    "link": "https://example.com/1",
    "device": "phone",
    "to": "192.0.2.8",
}


def message_of(folder: Path, event: Any, more: str = FACTS) -> dict[str, Any]:
    endpoint = endpoint_of(folder, more)
    endpoint.post_signed(event)
    (message,) = endpoint.queue.messages
    return message


def endpoint_of(folder: Path, more: str) -> Endpoint:
    return Endpoint(
        make_definition(folder, f"description: made\nwebhook: {{auth: {{token: {{header: x}}}}}}\n{more}").source
    )


def facts_in(message: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in message["details"].items() if key not in ("fields", "json")}


def test_facts_have_the_names_that_mozdef_looks_for(tmp_path: Path) -> None:
    message = message_of(tmp_path, EVENT)
    assert (message["summary"], message["severity"]) == ("made: login by ann@example.com", "WARNING")
    assert facts_in(message) == {
        "eventname": "login",
        "kind": "authentication.start",
        "success": False,
        "reason": "wrong password",
        "username": "ann@example.com",
        "email": "ann@example.com",
        "userid": "7",
        "sourceipaddress": "192.0.2.7",
        "useragent": "curl",
        "targetuser": "bob",
        "target": "vault",
        "role": "admin",
        "organization": "acme",
        "session": "s1",
        "url": "https://example.com/1",
        "device": "phone",
        "destinationipaddress": "192.0.2.8",
    }
    assert event_of(message) == EVENT
    assert "user_id=7" in message["details"]["fields"]


def test_ipv6_address_stands_beside_the_address_that_mozdef_writes(tmp_path: Path) -> None:
    message = message_of(tmp_path, {"ip": "2001:DB8::7", "to": "2001:db8::8"})
    assert facts_in(message) == {
        "kind": "authentication.start",
        "sourceipv6address": "2001:db8::7",
        "sourceipaddress": "0.0.0.0",  # noqa: S104 - as MozDef writes it
        "destinationipv6address": "2001:db8::8",
        "destinationipaddress": "0.0.0.0",  # noqa: S104 - as MozDef writes it
    }


@pytest.mark.parametrize("word", [*sorted(PLUGIN_WORDS), "LDAP", "ElB-HealthChecker/1.0"])
def test_text_that_sets_off_a_plugin_is_no_fact_and_stays_in_the_fields(tmp_path: Path, word: str) -> None:
    more = "facts: {summary: '{a}', user_id: '{a}', user_agent: '{a}', extra: {provider: '{a}'}}\n"
    more += "mozdef: {hostname: '{a}', category: '{a}', processname: '{a}', tags: ['{a}'], details: {mine: '{a}'}}\n"
    message = message_of(tmp_path, {"a": word}, more)
    assert facts_in(message) == {}
    assert message["details"]["fields"] == [f"a={word}"]
    assert message["summary"] == f"made: {word}"
    assert (message["hostname"], message["category"], message["processname"]) == ("made_host", "made", "made")
    assert [tag for tag in message["tags"] if not tag.startswith("id:")] == ["made"]


@pytest.mark.parametrize("word", ["canary", "Replayed", "oversize"])
def test_an_event_can_not_bring_a_tag_that_says_what_its_message_is(tmp_path: Path, word: str) -> None:
    """Readers leave out what is tagged canary."""
    message = message_of(tmp_path, {"environment": word}, "mozdef: {tags: ['{environment}']}\n")
    assert [tag for tag in message["tags"] if not tag.startswith("id:")] == ["made"]


@pytest.mark.parametrize("word", ["ldap", "Google"])
def test_user_whose_name_sets_off_a_plugin_has_the_sources_name_before_it(tmp_path: Path, word: str) -> None:
    message = message_of(tmp_path, {"a": word}, "facts: {user: '{a}', target_user: '{a}'}\n")
    assert facts_in(message) == {"username": f"made: {word}"}


@pytest.mark.parametrize("text", ["{header('x-host')}", "ld{rest}"])
def test_whole_event_has_no_plugins_word_beside_its_details(tmp_path: Path, text: str) -> None:
    endpoint = endpoint_of(tmp_path, f'mozdef: {{whole: true, hostname: "{text}"}}\n')
    endpoint.post_signed({"rest": "ap"}, {"x-host": "LDAP"})
    (message,) = endpoint.queue.messages
    assert message["hostname"] == "made_host"


def test_details_of_mozdefs_own_go_before_the_facts(tmp_path: Path) -> None:
    more = (
        "facts: {action: '{code}', user: '{user}'}\nmozdef: {details: {eventname: 'Failed {code}', username: '{no}'}}\n"
    )
    assert facts_in(message_of(tmp_path, {"code": "fp", "user": "ann"}, more)) == {
        "eventname": "Failed fp",
        "username": "ann",
    }


def test_long_event_is_in_pieces_that_elasticsearch_takes(tmp_path: Path) -> None:
    event = {"text": "😀" * 20_000}
    message = message_of(tmp_path, event)
    assert [len(piece) for piece in message["details"]["json"]] == [8_000, 8_000, 4_011]
    assert max(len(piece.encode()) for piece in message["details"]["json"]) <= MAX_TERM
    assert event_of(message) == event


def test_json_may_be_left_out(tmp_path: Path) -> None:
    assert message_of(tmp_path, {"a": 1}, "mozdef: {json: false}")["details"] == {"fields": ["a=1"]}


def test_values_without_room_are_counted(tmp_path: Path) -> None:
    message = message_of(tmp_path, {"a": list(range(1_010))})
    assert message["details"]["omitted"] == 10


@pytest.mark.parametrize(
    ("size", "is_whole"), [(400_000, True), (900_000, True), (1_500_000, False), (5_000_000, False)]
)
def test_large_event_is_a_message_or_a_pointer_with_facts_and_fields(tmp_path: Path, size: int, is_whole: bool) -> None:
    endpoint = endpoint_of(tmp_path, FACTS)
    event = {**EVENT, "text": "x" * size}
    endpoint.post_signed(event)
    (message,) = endpoint.queue.messages
    assert message["details"]["username"] == "ann@example.com"
    assert "user=ann@example.com" in message["details"]["fields"]
    if is_whole:
        assert (event_of(message), endpoint.bucket.objects) == (event, {})
        return
    ((key, content),) = endpoint.bucket.objects.items()
    assert json.loads(content) == event
    assert (message["details"]["oversize"]["key"], message["details"]["oversize"]["bytes"]) == (key, len(content))
    assert "json" not in message["details"]
    assert "oversize" in message["tags"]
    assert len(endpoint.queue.bodies[0]) < 10_000


def test_second_tenant_is_taken_by_mozdefs_plugin_and_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "zoom-eu").mkdir()
    (tmp_path / "zoom-eu" / "source.yml").write_text("extends: zoom\ndescription: Zoom of Europe\n")
    (tenant,) = load(tmp_path, ["zoom-eu"])
    endpoint = Endpoint(tenant.source)
    event = json.loads((SOURCES / "zoom" / "samples" / "meeting.started.json").read_bytes())
    endpoint.post_signed(event)
    (message,) = endpoint.queue.messages
    assert_zooms_plugin_takes_it(message)
    assert message["details"] == event
    names = {key: message[key] for key in ("hostname", "processname", "category", "eventsource", "logger")}
    assert names == {
        "hostname": "zoom_host",
        "processname": "zoom-eu",
        "category": "zoom",
        "eventsource": "zoom_api",
        "logger": "zoom_api",
    }
    assert [tag for tag in message["tags"] if not tag.startswith("id:")] == ["zoom-eu", "zoom"]


TWO_TYPES = "a path has values of two types, and Elasticsearch refuses such a message"
EMPTY_KEY = "a key is empty, or has an empty part between dots, and Elasticsearch refuses such a message"
DEEP = "nested deeper than 20 levels, and Elasticsearch refuses such a message"


def nested(levels: int, value: Any = 1) -> Any:
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("details", "problem"),
    [
        ({"a": [{"b": 1}, 1]}, TWO_TYPES),
        ({"a": [{"b": 1}, {"b": {"c": 1}}]}, TWO_TYPES),
        ({"a.b": 1, "a": 2}, TWO_TYPES),
        ({"a": 2, "a.b": 1}, TWO_TYPES),
        ({"a": [True, "x"]}, TWO_TYPES),
        ({"a": [True, 0]}, TWO_TYPES),
        ({"a": ["x", True]}, TWO_TYPES),
        ({"a": [True, "false", None]}, TWO_TYPES),
        ({"success": "false", "sourceport": True}, None),
        ({"a": [1, "x", 1.5, [2, []]]}, None),
        ({"a.b": 1, "a": {"c": 2}}, None),
        *(({key: 1}, EMPTY_KEY) for key in ("", " ", ".", ".a", "a..b", "a. .b")),
        *(({key: 1}, None) for key in ("a.", " a ", "a. b")),
        (nested(19), None),
        (nested(20), DEEP),
        (nested(18, {}), None),
        (nested(19, {}), DEEP),
        ({".".join("a" * 19): 1}, None),
        ({".".join("a" * 20): 1}, DEEP),
        ({"a" + "." * 1_000_000: 1}, None),
        ({"a": "é" * 16_383}, None),
        (
            {"a": ["é" * 16_384]},
            "a text has more than 32,766 bytes, and Elasticsearch refuses such a message",
        ),
        ({str(number): 1 for number in range(MAX_PATHS)}, None),
        (
            {str(number): 1 for number in range(MAX_PATHS + 1)},
            "more than 500 paths, and all sources share an index of 1,000",
        ),
        (
            {"a": {"b": ["x", "LDAP"]}},
            "a text is a word that sets off a plugin of MozDef's, and the plugin would drop or rewrite the message",
        ),
        (
            {"a": {"Suricata": 1}},
            "a key is a word that sets off a plugin of MozDef's, and the plugin would drop or rewrite the message",
        ),
        ({"a": "ldap server"}, None),
        ({"sourceipaddress": "192.0.2.7", "success": True}, None),
        (
            {"sourceipgeopoint": "1,2"},
            "sourceipgeopoint is not a place that MozDef itself found, and Elasticsearch refuses such a message",
        ),
        ({"requestparameters": "text"}, "requestparameters is not an object, and Elasticsearch refuses such a message"),
        ({"requestparameters": {"a": 1}}, None),
        *(
            (details, "a path has values of two types, and Elasticsearch refuses such a message")
            for details in (
                {"requestparameters": {"logstreamname": "a"}},
                {"requestparameters.logstreamname": "a"},
                {"apiversion": {"raw_value": {"a": 1}}},
                {"sourceipv4address": {"a": 1}},
                {"success.a": 1},
            )
        ),
        ({"success.": "yes"}, "success. is not true or false, and Elasticsearch refuses such a message"),
        *(({"src": source}, None) for source in ("https://example.com/1.png", "192.0.2.7", "2001:db8::7", 7, {"a": 1})),
        ({"dst": "7"}, "dst is not an IP address, and Elasticsearch refuses such a message"),
        ({"src": "127.1"}, "src is not an IP address, and Elasticsearch refuses such a message"),
        ({"http_x_forwarded_for": "192.0.2.7, 192.0.2.8"}, None),
        *(
            (
                {"http_x_forwarded_for": forwarded},
                "http_x_forwarded_for is not a text of IP addresses, and MozDef drops such a message",
            )
            for forwarded in (["192.0.2.7"], "7, 192.0.2.8", None)
        ),
    ],
)
def test_whole_event_that_would_be_lost_is_found(details: dict[str, Any], problem: str | None) -> None:
    assert details_problem(details) == problem
