"""The simulated index itself: what MozDef's worker and Elasticsearch lose, and what they take."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.mozdef_index import DEPTH, LIMIT, LONGEST, TEMPLATE, Index
from tests.mozdef_plugins import ADDRESS_KEYS, PLUGIN_WORDS, WANTED
from tests.mozdef_worker import worker_document

Details = dict[str, Any]


def message(details: Details | None = None, **changes: Any) -> dict[str, Any]:
    """Return a message as a source sends it."""
    sent = {
        "hostname": "okta_host",
        "processname": "okta",
        "processid": "0c5a4f61",
        "summary": "okta: user.session.start by ann@example.com: SUCCESS",
        "category": "okta",
        "severity": "INFO",
        "source": "api_aws_lambda",
        "eventsource": "okta_api",
        "logger": "okta_api",
        "timestamp": "2026-01-02T03:04:05.678+00:00",
        "utctimestamp": "2026-01-02T03:04:05.678+00:00",
        "tags": ["okta", "id:1"],
        "details": details or {},
    }
    return {**sent, **changes}


def deep(levels: int, value: Any) -> Any:
    for _ in range(levels):
        value = {"a": value}
    return value


# What the worker makes of a message.


def test_worker_keeps_what_it_knows_and_adds_its_own() -> None:
    assert worker_document(message({"username": "ann"}, ignored="x", path="p")) == {
        "hostname": "okta_host",
        "processname": "okta",
        "processid": "0c5a4f61",
        "summary": "okta: user.session.start by ann@example.com: SUCCESS",
        "category": "okta",
        "severity": "INFO",
        "source": "api_aws_lambda",
        "eventsource": "p",  # the last of path, logger and file; `eventsource` itself is lost
        "timestamp": "2026-01-02T03:04:05.678+00:00",
        "utctimestamp": "2026-01-02T03:04:05.678+00:00",
        "receivedtimestamp": "2026-01-01T00:00:00+00:00",
        "mozdefhostname": "mozdef",
        "type": "event",
        "tags": ["okta", "id:1", "project-source-dev"],
        "details": {"username": "ann"},
        "mozdef": {"plugins": []},
    }


def test_worker_fills_in_what_is_missing() -> None:
    document = worker_document({})
    assert document["summary"] == document["severity"] == document["hostname"] == "UNKNOWN"
    assert document["tags"] == ["project-source-dev"]
    assert document["timestamp"] == document["receivedtimestamp"]


@pytest.mark.parametrize(
    ("changes", "key", "value"),
    [
        ({"type": "x"}, "category", "x"),
        ({"level": "warning"}, "severity", "WARNING"),
        ({"@Host": 7}, "hostname", "7"),
        ({"details": ["x"]}, "details", {"message": ["x"]}),
        ({"details": "x"}, "details", {"message": "x"}),
        ({"fields": {"x": 1}}, "details", {"x": 1}),
        (
            {"details.x_int": "7", "fields.Y_float": "1.5", "details.z": 1},
            "details",
            {"x_int": 7, "y_float": 1.5, "z": "1"},
        ),
        ({"details": {"x_int": "seven"}}, "details", {"x_int": "seven"}),  # cast where it stands at the top alone
        ({"payload": {"x": 1}}, "details", {"payload": "{'x': 1}"}),
        ({"load": 1}, "details", {"payload": "1"}),
        ({"tag": "x"}, "tags", "x"),
        ({"eventtime": 1767225600}, "timestamp", "2026-01-01T00:00:00+00:00"),
    ],
)
def test_worker_reads_other_names(changes: dict[str, Any], key: str, value: Any) -> None:
    assert worker_document(message(**changes))[key] == value


@pytest.mark.parametrize(
    "changes",
    [
        *({"timestamp": time} for time in ("1767225600", "", None, True, -5, "soon", "2026-01-02T03:04:05", [], {})),
        *({"tags": tags} for tags in ("okta", None, {"okta": 1})),
        {"a": 5},
        {"details.x_int": "seven"},
        {"details.x_int": None},
        {"fields.x_float": "1,5"},
    ],
    ids=json.dumps,
)
def test_worker_drops(changes: dict[str, Any]) -> None:
    assert str(Index().add(message(**changes))).startswith("dropped: ")


@pytest.mark.parametrize("sent", [None, "text", 1, [message()]])
def test_worker_drops_what_is_no_object(sent: Any) -> None:
    assert Index().add(sent) == "dropped: not an object"


# Plugins.


@pytest.mark.parametrize("word", sorted(PLUGIN_WORDS - WANTED))
@pytest.mark.parametrize(
    "place",
    [
        lambda word: message({word: "x"}),
        lambda word: message({"username": word.upper()}),
        lambda word: message({"x": [{"y": [{"z": word}]}]}),
        lambda word: message({"x": {"y": {word.title(): 1}}}),
        lambda word: message(tags=["okta", word]),
        lambda word: message(summary=word),
        lambda word: message(processname=word),
    ],
    ids=["key", "value", "deep value", "deep key", "tag", "summary", "processname"],
)
def test_a_plugins_word_anywhere_loses_a_message(word: str, place: Any) -> None:
    assert f"{word} sets off MozDef's plugin " in str(Index().add(place(word)))


@pytest.mark.parametrize("text", ["ldap://example.com", "LDAP ", "an ldap login", "user=ldap", "openldap", "srcs"])
def test_a_plugins_word_within_a_text_does_nothing(text: str) -> None:
    assert Index().add(message({"username": text, text: text})) is None


def test_an_ipv4_address_gets_a_copy_and_a_place() -> None:
    index = Index()
    assert index.add(message({"sourceipaddress": "198.51.100.23", "destinationipaddress": "192.0.2.1"})) is None
    details = worker_document(message({"sourceipaddress": "198.51.100.23"}))["details"]
    assert details["sourceipv4address"] == "198.51.100.23"
    assert {"sourceipgeolocation", "sourceipgeopoint"} <= details.keys()
    assert index.fields["details.sourceipgeolocation.city"] == "keyword"


@pytest.mark.parametrize(
    "address", ["2001:db8::1", "::ffff:198.51.100.23", "fe80::1%eth0", "a host", "", None, 7, ["192.0.2.1"]]
)
def test_any_other_address_is_replaced(address: Any) -> None:
    assert str(Index().add(message({"sourceipaddress": address}))).startswith("altered: ipFixup writes 0.0.0.0")


@pytest.mark.parametrize(("key", "side"), ADDRESS_KEYS.items())
def test_an_address_under_another_name_becomes_that_of_a_side(key: str, side: str) -> None:
    assert (
        worker_document(message({key: "198.51.100.23", "x": "src"}))["details"][f"{side}ipaddress"] == "198.51.100.23"
    )
    assert worker_document(message({key: "2001:db8::1", "x": "src"}))["details"][f"{side}ipv6address"] == "2001:db8::1"
    assert Index().add(message({key: "a host", "x": {key: "198.51.100.23", "y": "src"}})) is None
    assert str(Index().add(message({key: "127.1", "x": "src"}))).startswith(f"refused: details.{side}ipaddress is ip")
    other = {key: "198.51.100.23", f"{side}ipaddress": "192.0.2.1"}
    assert Index().add(message(other)) == f"altered: ipFixup writes over {side}ipaddress"


def test_the_first_of_forwarded_addresses_is_the_source_where_no_other_is() -> None:
    forwarded = {"http_x_forwarded_for": "198.51.100.23, 192.0.2.1"}
    assert worker_document(message(forwarded))["details"]["sourceipaddress"] == "198.51.100.23"
    assert Index().add(message({**forwarded, "sourceipaddress": "192.0.2.2"})) is None
    assert str(Index().add(message({"http_x_forwarded_for": ["192.0.2.1"]}))).startswith(
        "dropped: http_x_forwarded_for"
    )


def test_zooms_plugin_makes_its_own_document() -> None:
    participant = {"id": "16778240", "user_name": "Ann"}
    meeting = {"id": "1", "topic": "Plans", "start_time": "", "participant": participant, "account_id": "other"}
    payload = {"account_id": "abc", "object": meeting, "operator": "bob"}
    sent = message(
        {"event": "meeting.participant_joined", "event_ts": 1767225600000, "payload": payload},
        hostname="zoom_host",
        tags=["zoom", "id:1"],
    )
    assert worker_document(sent) == {
        "category": "zoom",
        "eventsource": "MozDef-EF-zoom",
        "source": "api_aws_lambda",
        "hostname": "zoom_host",
        "severity": "info",
        "processname": "zoom_webhook_api",
        "processid": "UNKNOWN",
        "tags": ["zoom", "id:1", "project-source-dev"],
        "summary": "zoom: meeting.participant_joined triggered by user Ann",
        "details": {
            "event": "meeting.participant_joined",
            "account_id": "abc",
            "id": "1",
            "particpant_id": "16778240",
            "participant_username": "Ann",
            "username": "bob",
        },
        "timestamp": "2026-01-01T00:00:00+00:00",
        "utctimestamp": "2026-01-01T00:00:00+00:00",
        "receivedtimestamp": "2026-01-01T00:00:00+00:00",
        "mozdefhostname": "mozdef",
        "type": "event",
        "mozdef": {"plugins": ["zoom_fixup"]},
    }
    assert Index().add({**sent, "tags": ["x"]}) is None  # without the tag it leaves a message alone


@pytest.mark.parametrize(
    "details", [{}, {"x": 1}, {"event": "e", "payload": 7}, {"event": "e", "payload": {"object": 1}}]
)
def test_zooms_plugin_drops_what_is_no_event_of_zoom(details: Details) -> None:
    answer = Index().add(message(details, hostname="zoom_host", tags=["zoom"]))
    assert str(answer).startswith("dropped: MozDef's plugin zoom_fixup raises")


# What Elasticsearch refuses.

REFUSED: dict[str, list[Details]] = {
    "an object after a text": [{"x": "a"}, {"x": {"y": 1}}],
    "an object after a boolean": [{"x": True}, {"x": {"y": 1}}],
    "a text after an object": [{"x": {"y": 1}}, {"x": "a"}],
    "a text after an empty object": [{"x": {}}, {"x": "a"}],
    "an object after a list of texts": [{"x": ["a"]}, {"x": [{"y": 1}]}],
    "an object and a number in a list": [{"x": [{"y": 1}, 1]}],
    "a boolean and a text in a list": [{"x": [True, "a"]}],
    "a text and a boolean in a list": [{"x": ["a", True]}],
    "a boolean and a text of that name in a list": [{"x": [True, "true"]}],
    "a boolean and a text in objects of a list": [{"x": [{"y": True}, {"y": "a"}]}],
    "a text after a boolean": [{"x": True}, {"x": "a"}],
    "a number after a boolean": [{"x": True}, {"x": 1}],
    "a text where MozDef has an object": [{"apiversion": "2026-01-01"}],
    "an object where MozDef has a text": [{"sourceport": {"x": 1}}],
    "success as a text": [{"success": "yes"}],
    "success as a number": [{"success": 1}],
    "a place that is none": [{"sourceipgeopoint": "here"}],
    "a text that is too long": [{"x": "a" * (LONGEST + 1)}],
    "a text whose UTF-8 is too long": [{"x": "€" * 10_923}],
    "a text that is too long in a list": [{"x": ["a", ["b" * 40_000]]}],
    "an empty key": [{"": 1}],
    "an empty key of null": [{"x": {"": None}}],
    "a blank key": [{" ": 1}],
    "a dot at the beginning": [{".a": 1}],
    "two dots": [{"a..b": 1}],
    "a dot alone": [{".": 1}],
    "a blank name between dots": [{"a. .b": 1}],
    "a name with dots beside a text": [{"a": 1, "a.b": 1}],
    "a name with dots after a text": [{"a": 1}, {"a.b": 1}],
    "a dot at the end, over an object that is known": [{"a": {"b": 1}}, {"a.": {"c": 1}}],
    "too many levels": [deep(DEPTH, 1)],
    "too many levels, of which the last is empty": [deep(DEPTH - 1, {})],
    "a number of more than 64 bits": [{"x": 2**63}],
    "a number of more than 64 bits below zero": [{"x": -(2**63) - 1}],
    "not a number": [{"x": float("nan")}],
    "infinity": [{"x": float("-inf")}],
    "more fields than an index has": [{str(number): 1 for number in range(LIMIT)}],
    "ids as keys": [{"x": {f"{number}-{half}": {"y": 1} for number in range(250)}} for half in (0, 1)],
}


@pytest.mark.parametrize("details", REFUSED.values(), ids=REFUSED)
def test_elasticsearch_refuses(details: list[Details]) -> None:
    index = Index()
    assert [index.add(message(item)) for item in details[:-1]] == [None] * (len(details) - 1)
    assert str(index.add(message(details[-1]))).startswith("refused: ")


TAKEN: dict[str, list[Details]] = {
    "numbers and texts": [{"x": 1}, {"x": "a"}, {"x": 1.5}, {"x": [2, "b", None, [3]]}],
    "dates and texts": [{"x": "2026-01-02"}, {"x": "soon"}],
    "a boolean after a text": [{"x": "a"}, {"x": True}, {"x": ["b", False]}],
    "texts that are booleans": [{"x": True}, {"x": "false"}, {"x": ""}],
    "null": [{"x": None}, {"x": {"y": None}}, {"x": None}],
    "an empty list": [{"x": []}, {"x": {"y": 1}}, {"x": []}],
    "an object and a list of objects": [{"x": {"y": 1}}, {"x": [{"y": 2}, None, {"z": 3}]}],
    "a name with dots and the object": [{"a.b": 1}, {"a": {"b": 2}}, {"a": {"c.d": 1}, "a.c": {"d": 2}}],
    "a dot at the end": [{"a.": 1}, {"a": 2}, {"b.": {"c": 1}}, {"b": {"c": 2}}, {"b.": {"c": 1}}],
    "spaces around": [{" a ": 1, "b c": 2, "d .e": 3}],
    "the longest text": [{"x": "a" * LONGEST}, {"x": "€" * 10_922}],
    "as many levels as there may be": [deep(DEPTH - 1, 1), {"b": deep(DEPTH - 3, {})}],
    "64 bits": [{"x": 2**63 - 1}, {"y": -(2**63)}],
    "a large number where a text was": [{"x": "a"}, {"x": 2**64}],
    "success": [{"success": True}, {"success": "false"}, {"success": None}],
    "a place": [{"sourceipgeopoint": "52.5,-13.4"}],
    "an object where MozDef has one": [{"requestparameters": {"logstreamname": {"raw_value": "x"}}}],
    "a double beyond 64 bits": [{"x": 1e300}],
    "_int of no number, which is cast at the top alone": [{"x_int": "seven"}],
}


@pytest.mark.parametrize("details", TAKEN.values(), ids=TAKEN)
def test_elasticsearch_takes(details: list[Details]) -> None:
    index = Index()
    assert [index.add(message(item)) for item in details] == [None] * len(details)


def test_a_summary_is_cut_into_words_and_may_be_long() -> None:
    assert Index().add(message(summary="a " * 40_000)) is None
    assert str(Index().add(message(category="a" * 40_000))).startswith("refused: category is longer")


def test_objects_and_what_is_in_them_count_as_fields_and_null_does_not() -> None:
    index = Index()
    assert len(index.fields) == len(TEMPLATE) == 26
    assert index.add(message()) is None
    own = {"mozdefhostname", "eventsource", "tags", "mozdef"}  # and plugins of mozdef, once there is any
    assert set(index.fields) == {*TEMPLATE, *own}
    assert index.add(message({"a": {"b": 1, "c": [{"d": True}]}, "e": None, "f": []})) is None
    added = {path: kind for path, kind in index.fields.items() if path not in {*TEMPLATE, *own}}
    assert added == {
        "details.a": "object",
        "details.a.b": "keyword",
        "details.a.c": "object",
        "details.a.c.d": "boolean",
    }


def test_an_index_takes_fields_up_to_its_limit_and_then_what_has_no_new_ones() -> None:
    index = Index()
    assert index.add(message({"0": 1})) is None
    room = LIMIT - len(index.fields)
    assert str(index.add(message({f"x{number}": 1 for number in range(room + 1)}))).startswith(
        "refused: more than 1,000"
    )
    assert index.add(message({f"x{number}": 1 for number in range(room)})) is None
    assert len(index.fields) == LIMIT
    assert index.add(message({"0": 2, "x1": 2})) is None
    assert str(index.add(message({"y": 1}))).startswith("refused: more than 1,000 fields")


@pytest.mark.parametrize(("details", "stay"), [({"x": "a" * 40_000}, True), ({"x": 1, "success": "yes"}, False)])
def test_the_fields_of_a_text_that_is_too_long_stay(details: Details, stay: bool) -> None:
    index = Index()
    assert str(index.add(message(details))).startswith("refused: ")
    assert ("details.x" in index.fields) is stay
