"""The messages of the outputs raw, ecs and ocsf: what is in them, whatever an event holds."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.samples.message_view import OUTPUTS, event_of, output_of, shown
from lambdas.model import Source
from lambdas.model_facts import KINDS, SEVERITY_WORDS
from lambdas.reading.intake import Intake
from lambdas.shaping.event import MAX_MESSAGE, Message
from lambdas.shaping.outputs import ecs
from lambdas.shaping.shaper import Shaper
from tests.definitions import make_definition
from tests.fakes import NOW, Endpoint
from tests.output_schemas import ecs_problems, fields_of, ocsf_problem
from tests.shaping.test_mozdef_output import EVENT, FACTS

HEAD = "description: made\nwebhook: {auth: {token: {header: x}}}\nevents: {id: id, type: action}\n"
ID = {"id": "e-7"}
TIME = "2026-03-01T09:00:00.000+00:00"
NOT_MOZDEF = [output for output in OUTPUTS if output != "mozdef"]


def source_of(folder: Path, output: str, more: str = FACTS) -> Source:
    return make_definition(folder, f"{HEAD}output: {output}\n{more}").source


def message_of(folder: Path, output: str, event: Any, more: str = FACTS) -> dict[str, Any]:
    endpoint = Endpoint(source_of(folder, output, more))
    endpoint.post_signed(event)
    (message,) = endpoint.queue.messages
    return message


def test_raw_has_the_event_as_it_is_and_what_is_known_of_it(tmp_path: Path) -> None:
    message = message_of(tmp_path, "raw", {**EVENT, **ID})
    received = message["meta"].pop("received")
    assert message["event"] == {**EVENT, **ID}
    assert message["meta"] == {
        "source": "made",
        "type": "login",
        "id": "e-7",
        "time": received,
        "request": message["meta"]["request"],
        "tags": ["made"],
    }


def test_ecs_has_a_field_for_each_fact(tmp_path: Path) -> None:
    message = message_of(tmp_path, "ecs", {**EVENT, **ID})
    assert event_of(message) == {**EVENT, **ID}
    event = message.pop("event")
    received = message.pop("@timestamp")
    assert message == {
        "ecs": {"version": "8.11.0"},
        "message": "made: login by ann@example.com",
        "tags": ["made"],
        "labels": {"target": "vault", "session": "s1", "device": "phone"},
        "log": {"level": "warning", "syslog": {"severity": {"code": 4}}},
        "trace": message["trace"],
        "user": {
            "name": "ann@example.com",
            "email": "ann@example.com",
            "id": "7",
            "target": {"name": "bob", "roles": ["admin"]},
        },
        "source": {"ip": "192.0.2.7", "address": "192.0.2.7"},
        "destination": {"ip": "192.0.2.8", "address": "192.0.2.8"},
        "user_agent": {"original": "curl"},
        "organization": {"name": "acme"},
        "related": {"user": ["ann@example.com", "7", "bob"], "ip": ["192.0.2.7", "192.0.2.8"]},
    }
    assert event == {
        "kind": "event",
        "category": ["authentication"],
        "type": ["start"],
        "action": "login",
        "outcome": "failure",
        "reason": "wrong password",
        "url": "https://example.com/1",
        "severity": 4,
        "created": received,
        "id": "e-7",
        "module": "made",
        "dataset": "made",
        "original": event["original"],
    }


def test_role_of_nobody_is_a_label_of_ecs(tmp_path: Path) -> None:
    message = message_of(tmp_path, "ecs", {"role": "admin"})
    assert message["labels"] == {"role": "admin"}
    assert "user" not in message


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("authentication.end", ("event", ["authentication"], ["end"])),
        ("account.lock", ("event", ["iam"], ["user", "change"])),
        ("permission.grant", ("event", ["iam"], ["user", "change"])),
        ("configuration.read", ("event", ["configuration"], ["access"])),
        ("data.delete", ("event", None, ["deletion"])),
        ("detection.close", ("alert", None, None)),
        ("other", ("event", None, None)),
    ],
)
def test_kind_decides_on_ecs_category_and_type(tmp_path: Path, kind: str, expected: tuple[Any, ...]) -> None:
    event = message_of(tmp_path, "ecs", {}, f"facts: {{kind: {kind}}}\n")["event"]
    assert (event["kind"], event.get("category"), event.get("type")) == expected


def test_ocsf_has_the_objects_of_its_class(tmp_path: Path) -> None:
    message = message_of(tmp_path, "ocsf", {**EVENT, **ID})
    assert event_of(message) == {**EVENT, **ID}
    assert message["metadata"].pop("logged_time") == message.pop("time")
    del message["raw_data"], message["metadata"]["correlation_uid"]
    assert message == {
        "class_uid": 3002,
        "class_name": "Authentication",
        "category_uid": 3,
        "activity_id": 1,
        "type_uid": 300201,
        "severity_id": 3,
        "severity": "Medium",
        "message": "made: login by ann@example.com",
        "metadata": {
            "version": "1.3.0",
            "product": {"name": "made", "vendor_name": "made"},
            "uid": "e-7",
            "labels": ["made"],
            "event_code": "login",
            "tenant_uid": "acme",
        },
        "status_id": 2,
        "status": "Failure",
        "status_detail": "wrong password",
        "src_endpoint": {"ip": "192.0.2.7"},
        "http_request": {"user_agent": "curl"},
        "service": {"name": "made"},
        "user": {"name": "ann@example.com", "email_addr": "ann@example.com", "uid": "7"},
        "session": {"uid": "s1"},
        "unmapped": {
            "kind": "authentication.start",
            "target_user": "bob",
            "target": "vault",
            "role": "admin",
            "url": "https://example.com/1",
            "device": "phone",
            "destinationipaddress": "192.0.2.8",
        },
        "observables": [
            {"name": "src_endpoint.ip", "type_id": 2, "type": "IP Address", "value": "192.0.2.7"},
            {"name": "user.name", "type_id": 4, "type": "User Name", "value": "ann@example.com"},
            {"name": "user.email_addr", "type_id": 5, "type": "Email Address", "value": "ann@example.com"},
            {"name": "http_request.user_agent", "type_id": 16, "type": "HTTP User-Agent", "value": "curl"},
            {"name": "unmapped.target_user", "type_id": 4, "type": "User Name", "value": "bob"},
            {"name": "unmapped.destinationipaddress", "type_id": 2, "type": "IP Address", "value": "192.0.2.8"},
        ],
    }


CLASSES = [
    ("account.disable", {"whom": "bob"}, (3001, 5, {"user": {"name": "bob"}})),
    ("account.disable", {"what": "bob"}, (3004, 9, {"entity": {"name": "bob"}})),
    ("account.disable", {}, (0, 99, {})),
    ("account.change", {"whom": "b"}, (3001, 99, {"user": {"name": "b"}, "activity_name": "login"})),
    ("authentication.end", {"user_id": 7}, (3002, 2, {"service": {"name": "made"}, "user": {"uid": "7"}})),
    ("authentication.end", {}, (0, 99, {})),
    ("permission.revoke", {"whom": "b", "role": "r"}, (3005, 2, {"user": {"name": "b"}, "privileges": ["r"]})),
    ("permission.grant", {"what": "key", "role": "r"}, (3004, 3, {"entity": {"name": "key"}})),
    ("configuration.read", {"what": "key"}, (3004, 2, {"entity": {"name": "key"}})),
    ("configuration.read", {}, (0, 99, {})),
    (
        "data.create",
        {"what": "a.txt", "link": "https://example.com/a"},
        (6001, 1, {"web_resources": [{"name": "a.txt", "url_string": "https://example.com/a"}]}),
    ),
    (
        "detection.close",
        {"what": "host", "ip": "192.0.2.7", "link": "https://example.com/a"},
        (
            2004,
            3,
            {
                "finding_info": {"title": "s", "uid": "e-7", "src_url": "https://example.com/a"},
                "resources": [{"name": "host"}],
                "evidences": [{"src_endpoint": {"ip": "192.0.2.7"}}],
                "status_id": 4,
                "status": "Resolved",
            },
        ),
    ),
    ("other", {"whom": "bob"}, (0, 99, {})),
]
OF_EACH = {
    *("class_uid", "class_name", "category_uid", "activity_id", "type_uid", "time", "severity_id", "severity"),
    *("message", "metadata", "raw_data", "unmapped", "observables"),
}


@pytest.mark.parametrize(("kind", "event", "expected"), CLASSES)
def test_kind_and_facts_decide_on_ocsfs_class(
    tmp_path: Path, kind: str, event: dict[str, Any], expected: tuple[int, int, dict[str, Any]]
) -> None:
    more = FACTS.replace("kind: authentication.start", f"kind: {kind}").replace("made: {action} by {user}", "s")
    message = message_of(tmp_path, "ocsf", {"action": "login", **ID, **event}, more)
    assert ocsf_problem(message) == ""
    class_uid, activity, objects = expected
    assert (message["class_uid"], message["activity_id"]) == (class_uid, activity)
    assert (message["category_uid"], message["type_uid"]) == (class_uid // 1000, class_uid * 100 + activity)
    own = {name: value for name, value in message.items() if name not in {*OF_EACH, "src_endpoint"}}
    assert own == (objects if activity != 99 else {"activity_name": "login", **objects})


def test_actor_of_a_class_that_has_none_itself_is_of_the_profile_host(tmp_path: Path) -> None:
    more = FACTS.replace("authentication.start", "configuration.change")
    message = message_of(tmp_path, "ocsf", {"what": "key", "user": "ann", "session": "s"}, more)
    assert message["actor"] == {"user": {"name": "ann"}, "session": {"uid": "s"}}
    assert message["metadata"]["profiles"] == ["host"]
    assert ocsf_problem(message) == ""


def test_ocsf_severities_are_all_of_syslogs(tmp_path: Path) -> None:
    endpoint = Endpoint(source_of(tmp_path, "ocsf"))
    for word in SEVERITY_WORDS:
        endpoint.post_signed({"level": word})
    severities = [(message["severity_id"], message["severity"]) for message in endpoint.queue.messages]
    assert severities == [
        (1, "Informational"),
        (1, "Informational"),
        (2, "Low"),
        (3, "Medium"),
        (4, "High"),
        (5, "Critical"),
        (5, "Critical"),
        (6, "Fatal"),
    ]


@pytest.mark.parametrize("output", OUTPUTS)
def test_message_says_which_output_made_it_and_what_people_look_for(tmp_path: Path, output: str) -> None:
    message = message_of(tmp_path, output, {**EVENT, **ID})
    view = shown(message)
    assert output_of(message) == output
    assert event_of(message) == {**EVENT, **ID}
    assert (view.id, view.tags[0]) == ("e-7", "made")
    assert view.summary == ("login" if output == "raw" else "made: login by ann@example.com")
    assert view.severity == {"mozdef": "WARNING", "raw": "", "ecs": "warning", "ocsf": "Medium"}[output]
    assert view.timestamp.endswith("+00:00")


def test_summary_of_a_raw_message_without_a_type_is_its_id(tmp_path: Path) -> None:
    assert shown(message_of(tmp_path, "raw", ID)).summary == "e-7"


@pytest.mark.parametrize("output", NOT_MOZDEF)
def test_event_that_is_too_large_keeps_its_facts_and_says_where_it_is(tmp_path: Path, output: str) -> None:
    endpoint = Endpoint(source_of(tmp_path, output))
    event = {**EVENT, **ID, "long": "x" * MAX_MESSAGE, "list": [{"a": 1}] * 2_000}
    endpoint.post_signed(event)
    (message,) = endpoint.queue.messages
    ((key, stored),) = endpoint.bucket.objects.items()
    assert json.loads(stored) == event
    assert shown(message).tags == ["made", "oversize"]
    assert shown(message).summary in ("login", "made: login by ann@example.com")
    left = event_of(message)
    assert {name: left[name] for name in EVENT} == EVENT
    assert len(json.dumps(left)) < 70_000
    assert key in json.dumps(message)
    text = json.dumps(message)
    assert all(word in text for word in ("wrong password", "192.0.2.8", "phone", "ann@example.com"))
    assert output != "ecs" or ecs_problems(message) == []
    assert output != "ocsf" or ocsf_problem(message) == ""


@pytest.mark.parametrize("output", OUTPUTS)
def test_canary_is_marked_in_the_messages_of_every_output(tmp_path: Path, output: str) -> None:
    endpoint = Endpoint(source_of(tmp_path, output))
    endpoint.post_signed({**EVENT, **ID}, {"x-mozdef-canary": "5a" * 16})
    (message,) = endpoint.queue.messages
    assert {"made", "canary"} <= set(shown(message).tags)


@pytest.mark.parametrize("output", OUTPUTS)
def test_events_are_sent_once_and_come_back_with_every_output(tmp_path: Path, output: str) -> None:
    endpoint = Endpoint(source_of(tmp_path, output, "dedupe: {}\narchive: {}\n"), stack="stack")
    for _ in range(2):
        endpoint.post_signed({"id": "e-7", "action": "login"})
    assert [shown(message).id for message in endpoint.queue.messages] == ["e-7"]
    endpoint.post_signed(["no event"])
    (key,) = endpoint.bucket.objects
    endpoint.deploy(
        replace(endpoint.source, events=replace(endpoint.source.events, split="[]", id=None), transform=wrap)
    )
    assert endpoint.reprocessor.send([key]) == [{"key": key, "sent": 1, "unsent": 0, "fails": []}]
    message = endpoint.queue.messages[-1]
    assert event_of(message) == {"text": "no event"}
    assert shown(message).tags[-1] == "replayed"
    endpoint.deploy(source_of(tmp_path, output, "dedupe: {}\narchive: {}\n"))
    period = {"since": 0, "until": endpoint.now + 1, "limit": 9}
    endpoint.replayer.replay({"objects": [[endpoint.firehose.deliver(), 0]], "send": True, **period})
    replayed = [view.id for view in map(shown, endpoint.queue.messages) if view.tags[-1] == "replayed"]
    assert replayed[1:] == ["e-7"]  # behind the message that was redriven


def wrap(item: Any, _request: object) -> list[dict[str, Any]]:
    return [{"text": item}]


def test_sender_that_is_extended_is_the_vendor_of_the_one_that_extends(tmp_path: Path) -> None:
    make_definition(tmp_path, f"{HEAD}{FACTS}")
    names = {}
    for output in NOT_MOZDEF:
        source = make_definition(tmp_path, f"extends: made\noutput: {output}\n", f"made-{output}").source
        endpoint = Endpoint(source)
        endpoint.post_signed({**EVENT, **ID})
        (names[output],) = endpoint.queue.messages
    assert names["raw"]["meta"]["tags"] == ["made-raw", "made"]
    assert (names["ecs"]["event"]["module"], names["ecs"]["event"]["dataset"]) == ("made", "made-ecs")
    assert names["ocsf"]["metadata"]["product"] == {"name": "made-ocsf", "vendor_name": "made"}


TEXTS = st.text(max_size=40) | st.sampled_from(
    [
        *("ann@example.com", "é@b.c", "a@b.c.", "a@b\x00.c", "::1", "2001:db8::8", "::ffff:192.0.2.7", "x" * 2_000),
        *("", " ", "\u202e", "\ufffe", "https://a/b", "https://a b", "1", "null"),
    ]
)
VALUES = TEXTS | st.none() | st.booleans() | st.integers() | st.lists(TEXTS, max_size=2)
EVENTS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([*KINDS, "nothing"]),
        "result": st.sampled_from(["ok", "no", ""]),
        "level": st.sampled_from([*SEVERITY_WORDS, "?"]),
    },
    optional={name: VALUES for name in (*EVENT, "id") if name not in ("result", "level")}
    | {"labels": st.dictionaries(TEXTS, VALUES, max_size=3), "@timestamp": VALUES, "class_uid": VALUES},
)
NASTY_FACTS = FACTS.replace(
    "kind: authentication.start", 'kind: {of: "{kind}", ' + ", ".join(f"{kind}: [{kind}]" for kind in KINDS) + "}"
)


@pytest.fixture(scope="module")
def shapers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shaper]:
    return {
        output: Shaper(source_of(tmp_path_factory.mktemp(output), output, NASTY_FACTS)) for output in ("ecs", "ocsf")
    }


def shape(shaper: Shaper, event: dict[str, Any], *, short: bool) -> dict[str, Any]:
    """Shape an event that is JSON; one that can't be is rejected before."""
    (message,) = shaper.shape(Intake(event, NOW, "request", tags=("replayed",)))
    assert isinstance(message, Message), message
    if short:
        message = shaper.shorten(message, {"bucket": "b", "key": "k", "sha256": "5a", "bytes": 7})
        assert len(message.body) < 300_000
    shaped: dict[str, Any] = json.loads(message.body)
    return shaped


@pytest.mark.parametrize("short", [False, True])
def test_the_events_text_is_the_last_field(shapers: dict[str, Shaper], short: bool) -> None:
    """Splunk finds fields in the first 5,000 characters of a line."""
    event = {**EVENT, **ID, "text": "x" * 20_000}
    ecs, ocsf = (shape(shapers[output], event, short=short) for output in ("ecs", "ocsf"))
    assert (list(ecs)[-1], list(ecs["event"])[-1], list(ocsf)[-1]) == ("event", "original", "raw_data")


@given(event=EVENTS, short=st.booleans())
def test_any_event_is_ecs(shapers: dict[str, Shaper], event: dict[str, Any], short: bool) -> None:
    message = shape(shapers["ecs"], event, short=short)
    assert ecs_problems(message) == []
    names = {name for name, _ in fields_of(message)}
    assert {"@timestamp", "ecs.version", "message", "event.kind", "event.id", "event.original", "tags"} <= names
    assert names <= ECS_FIELDS


@given(event=EVENTS, short=st.booleans())
def test_any_event_is_ocsf(shapers: dict[str, Shaper], event: dict[str, Any], short: bool) -> None:
    message = shape(shapers["ocsf"], event, short=short)
    assert ocsf_problem(message) == ""
    assert message.keys() >= OF_EACH


def test_an_event_longer_than_a_text_of_ocsf_is_whole_all_the_same(tmp_path: Path) -> None:
    event = {**ID, "blob": "x" * 65_535}
    message = message_of(tmp_path, "ocsf", event)
    assert event_of(message) == event
    assert ocsf_problem(message) == "data.raw_data must be shorter than or equal to 65535 characters"


MANY = {
    "keys": {f"{n}{'k' * 90}": "\x01" * 200 for n in range(1_500)},
    "lists": {f"{n}": ["\x01" * 60] * 4 for n in range(1_500)},
    "characters": {f"{n}": "\U0010fffd" * 200 for n in range(1_500)},
}


@pytest.mark.parametrize("output", NOT_MOZDEF)
@pytest.mark.parametrize("members", MANY.values(), ids=MANY)
def test_what_is_left_of_an_event_is_at_most_64_kb(tmp_path: Path, output: str, members: dict[str, Any]) -> None:
    source = make_definition(tmp_path, f"{HEAD.replace('id: id', 'id: id, require: [last]')}output: {output}\n").source
    endpoint = Endpoint(source)
    endpoint.post_signed({**members, "last": "7"})
    (message,) = endpoint.queue.messages
    left = event_of(message)
    assert left["last"] == "7"
    assert len(json.dumps(left, ensure_ascii=False, separators=(",", ":")).encode()) < 65_536
    assert output != "ocsf" or ocsf_problem(message) == ""


CONTROLS = "".join(map(chr, range(0xA0))) + "\u2028\u2029\ufeff\ufffe\U0010ffff"
NASTY = {
    "user": CONTROLS,
    "kind": f"{CONTROLS}s",
    "blob": {CONTROLS: [CONTROLS], "__proto__": {"a.b": 1}, "": 2**63 - 1},
}


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("filler", ["", "\n" * MAX_MESSAGE], ids=["whole", "short"])
def test_a_message_is_one_line_whatever_an_event_holds(tmp_path: Path, output: str, filler: str) -> None:
    """A reader of objects takes each line for a message: an event with a line break must not become two."""
    source = make_definition(tmp_path, f"{HEAD}output: {output}\ndelivery: {{s3: {{}}}}\n{FACTS}").source
    endpoint = Endpoint(source)
    endpoint.post_signed({**NASTY, "filler": filler})
    (record,) = endpoint.writer.records
    assert record.endswith(b"}\n")
    assert re.findall(rb"[\x00-\x1f]", record[:-1]) == []
    assert isinstance(json.loads(record.decode()), dict)


ECS_FIELDS = {
    *("@timestamp", "ecs.version", "message", "tags", "log.level", "log.syslog.severity.code", "trace.id"),
    *(f"event.{name}" for name in ("kind", "category", "type", "action", "outcome", "reason", "severity", "created")),
    *(f"event.{name}" for name in ("id", "module", "dataset", "url", "original", "reference", "hash")),
    *("user.name", "user.email", "user.id", "user.target.name", "user.target.email", "user.target.roles"),
    *("source.ip", "source.address", "destination.ip", "destination.address", "user_agent.original"),
    *("organization.name", "related.user", "related.ip"),
    *(f"labels.{name}" for name in ("target", "session", "role", "device")),
}


def test_numbers_of_severities_are_syslogs() -> None:
    assert set(ecs.SYSLOG) == set(SEVERITY_WORDS)
