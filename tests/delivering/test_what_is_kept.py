"""What is kept is told apart, read again as it is, found again where it is now, and bounded."""

from __future__ import annotations

import base64
import gzip
import json
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from generator.testing import event_of
from lambdas.model import Source
from tests.definition.test_json_schemas import define_schema
from tests.definitions import make_definition
from tests.fakes import DOWN, Endpoint, signed_request

HMAC = "description: made\nwebhook: {auth: {hmac: {signature: {header: x-signature}}}}\n"
TOKEN = "description: made\nwebhook: {auth: {token: {header: x-token}}}\n"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def source(folder: Path, text: str) -> Source:
    return make_definition(folder, text).source


def details(endpoint: Endpoint) -> list[Any]:
    return [event_of(message) for message in endpoint.queue.messages]


def rejected(endpoint: Endpoint) -> list[str]:
    return [key for key in endpoint.bucket.objects if key.startswith("rejected/")]


@pytest.mark.parametrize(
    ("more", "body", "headers"),
    [
        ("", gzip.compress(b'{"text": "%s"}' % (b"x" * 1_048_576)), {"content-encoding": "gzip"}),
        ("events: {format: form, payload: p}", b"p=" + quote('{"text": "%s"}' % ("x" * 1_048_576)).encode(), FORM),
    ],
    ids=["compressed", "form"],
)
def test_event_beyond_the_queues_limit_is_kept_as_json_from_every_format(
    tmp_path: Path, more: str, body: bytes, headers: dict[str, str]
) -> None:
    endpoint = Endpoint(source(tmp_path, HMAC + more))
    assert endpoint.post_signed(body, headers)["statusCode"] == 200
    (message,) = endpoint.queue.messages
    content = endpoint.bucket.objects[message["details"]["oversize"]["key"]]
    assert json.loads(content) == {"text": "x" * 1_048_576}
    assert message["details"]["oversize"]["bytes"] == len(content)


# A source's own code may do anything to an event.
EDITS = {
    "takes a key away": "event.pop('x')",
    "empties the body": "request.json.clear()",
    "puts a date into it": "event['at'] = __import__('datetime').datetime.now()",
    "puts it into itself": "event['self'] = event",
    "puts NaN into it": "event['nan'] = float('nan')",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("mask", ["", "events: {mask: [token]}"], ids=["as sent", "masked"])
def test_kept_event_is_the_received_event_whatever_a_transform_does(tmp_path: Path, edit: str, mask: str) -> None:
    (tmp_path / "made").mkdir()
    code = f"def transform(event, request):\n    {edit}\n    raise ValueError\n"
    (tmp_path / "made" / "transform.py").write_text(code, encoding="utf-8")
    endpoint = Endpoint(source(tmp_path, HMAC + mask))
    assert endpoint.post_signed({"x": 1, "token": "secret"})["statusCode"] == 200
    (kept,) = endpoint.bucket.read().values()
    body = json.loads(base64.b64decode(kept["body"]))
    assert body == {"x": 1, "token": "[masked]" if mask else "secret"}


# Found again, once `split` is another.

BODY = {
    "events": [
        {"id": "ping", "must": 1},
        {"id": "B", "kind": "x"},
        {"id": "C", "kind": "x", "must": 1},
    ]
}


def kept(folder: Path, then: str) -> Endpoint:
    """An endpoint that has taken BODY, and refused B."""
    endpoint = Endpoint(source(folder, HMAC + f"events: {{{then}, require: [must]}}\n"))
    endpoint.post_signed(BODY)
    assert [detail["id"] for detail in details(endpoint)] == ["ping", "C"]
    return endpoint


def test_refused_event_stays_where_another_mapping_refuses_less_and_fails(tmp_path: Path) -> None:
    body = {"events": [{"id": "large", "a": 1, "text": "x" * 1_048_576}, {"id": "small"}]}
    endpoint = Endpoint(source(tmp_path / "then", HMAC + "events: {split: events, require: [a, b]}\n"))
    assert endpoint.post_signed(body)["statusCode"] == 200
    endpoint.deploy(source(tmp_path / "now", HMAC + "events: {split: events, require: [a]}\n"))
    # The small one is kept; then the bucket has no room for the large one, which was accepted once.
    endpoint.bucket.faults.lined_up = [None, DOWN]
    assert endpoint.post_signed(body)["statusCode"] == 503
    assert {refused_event["index"] for kept in endpoint.bucket.read().values() for refused_event in kept["events"]} == {
        0,
        1,
    }


def test_refused_event_is_found_by_another_split(tmp_path: Path) -> None:
    endpoint = kept(tmp_path / "then", "split: events")
    endpoint.deploy(source(tmp_path / "now", HMAC + "events: {split: \"events[?kind=='x']\"}\n"))
    (shown,) = endpoint.reprocessor.preview(rejected(endpoint))
    assert (shown["passes"], shown["fails"]) == (1, [])
    endpoint.reprocessor.send(rejected(endpoint))
    assert [detail["id"] for detail in details(endpoint)] == ["ping", "C", "B"]
    assert rejected(endpoint) == []


def test_event_failing_again_is_kept_with_the_new_index(tmp_path: Path) -> None:
    endpoint = kept(tmp_path / "then", "split: events")
    endpoint.deploy(source(tmp_path / "now", HMAC + "events: {split: \"events[?kind=='x']\", require: [never]}\n"))
    endpoint.reprocessor.send(rejected(endpoint))
    (envelope,) = endpoint.bucket.read("rejected/").values()
    assert (envelope["split"], envelope["events"], envelope["attempts"]) == (
        "events[?kind=='x']",
        [{"index": 0, "detail": "no never"}],
        1,
    )
    endpoint.deploy(source(tmp_path / "mended", HMAC + "events: {split: events}\n"))
    endpoint.reprocessor.send(rejected(endpoint))
    assert [detail["id"] for detail in details(endpoint)] == ["ping", "C", "B"]


@pytest.mark.parametrize(
    "now",
    ["split: \"events[?kind=='y']\"", 'split: "events[].{id: id}"', "split: other", "split: id", "require: []"],
    ids=["it is found no longer", "objects are made anew", "no list", "no list either", "the body is the event"],
)
def test_event_indistinguishable_from_a_sent_event_stays(tmp_path: Path, now: str) -> None:
    endpoint = kept(tmp_path / "then", "split: events")
    (key,) = rejected(endpoint)
    endpoint.deploy(source(tmp_path / "now", HMAC + f"events: {{{now}}}\n"))
    (report,) = endpoint.reprocessor.send([key])
    assert (report["sent"], report["fails"]) == (
        0,
        [
            {
                "reason": "missing",
                "detail": "`split` has changed since, and these events can't be identified any more",
                "events": 1,
            }
        ],
    )
    assert [detail["id"] for detail in details(endpoint)] == ["ping", "C"]
    assert rejected(endpoint) == [key]
    assert [envelope["events"][0]["index"] for envelope in endpoint.bucket.read("rejected/").values()] == [1]


def test_indexes_of_different_splits_never_join(tmp_path: Path) -> None:
    """B is second of all, and kept for one reason; C, kept for another, is second of fewer and fails for B's now."""
    then, now = "events", "\"events[?kind=='x']\""
    at = "2026-01-01T00:00:00Z"
    body = {
        "events": [
            {"id": "ping", "at": at, "must": 1},
            {"id": "B", "at": at, "kind": "x"},
            {"id": "C", "at": "never", "kind": "x", "must": 1},
        ]
    }
    endpoint = Endpoint(source(tmp_path / "then", HMAC + f"events: {{split: {then}, require: [must], time: at}}\n"))
    endpoint.post_signed(body)
    of = {key.split("/")[2]: key for key in rejected(endpoint)}
    assert sorted(of) == ["missing", "time"]
    endpoint.deploy(source(tmp_path / "now", HMAC + f"events: {{split: {now}, require: [never]}}\n"))
    endpoint.reprocessor.send([of["time"]])
    kept = sorted(
        (envelope["split"], envelope["events"][0]["index"]) for envelope in endpoint.bucket.read("rejected/").values()
    )
    assert kept == [("events", 1), ("events[?kind=='x']", 1)]
    endpoint.deploy(source(tmp_path / "mended", HMAC + "events: {split: events}\n"))
    endpoint.reprocessor.send(rejected(endpoint))
    assert sorted(detail["id"] for detail in details(endpoint)) == ["B", "C", "ping"]
    assert rejected(endpoint) == []


def test_nor_where_the_body_came_again_in_between(tmp_path: Path) -> None:
    then, now = "events", "\"events[?kind=='x']\""
    at = "2026-01-01T00:00:00Z"
    body = {
        "events": [{"id": "ping", "at": at}, {"id": "B", "at": at, "kind": "x"}, {"id": "C", "at": "x", "kind": "x"}]
    }
    endpoint = Endpoint(source(tmp_path / "then", HMAC + f"events: {{split: {then}, time: at}}\n"))
    endpoint.post_signed(body)
    (key,) = rejected(endpoint)
    endpoint.deploy(source(tmp_path / "now", HMAC + f"events: {{split: {now}, require: [must]}}\n"))
    endpoint.post_signed(body)
    endpoint.deploy(source(tmp_path / "back", HMAC + f"events: {{split: {then}, require: [must]}}\n"))
    endpoint.reprocessor.send([key])
    kept = sorted(
        (envelope["split"], [event["index"] for event in envelope["events"]])
        for envelope in endpoint.bucket.read("rejected/").values()
    )
    assert kept == [("events", [2]), ("events[?kind=='x']", [0, 1])]
    endpoint.deploy(source(tmp_path / "mended", HMAC + "events: {split: events}\n"))
    endpoint.reprocessor.send(rejected(endpoint))
    assert rejected(endpoint) == []
    assert {detail["id"] for detail in details(endpoint)} == {"ping", "B", "C"}


def test_refused_whole_body_is_split_by_a_new_split(tmp_path: Path) -> None:
    endpoint = Endpoint(source(tmp_path / "then", HMAC + "events: {require: [must]}\n"))
    endpoint.post_signed(BODY)
    assert details(endpoint) == []
    endpoint.deploy(source(tmp_path / "now", HMAC + "events: {split: events}\n"))
    endpoint.reprocessor.send(rejected(endpoint))
    assert [detail["id"] for detail in details(endpoint)] == ["ping", "B", "C"]


# Read again as it is.


@pytest.mark.parametrize(
    ("more", "body"),
    [("format: form", b"id=1&token=s"), ("format: form, payload: payload", b'payload={"id":"1","token":"s"}')],
)
def test_masked_form_is_kept_as_json_and_read_as_json(tmp_path: Path, more: str, body: bytes) -> None:
    endpoint = Endpoint(source(tmp_path / "then", HMAC + f"events: {{{more}, mask: [token], require: [must]}}\n"))
    endpoint.post_signed(body, FORM)
    endpoint.deploy(source(tmp_path / "now", HMAC + f"events: {{{more}, mask: [token]}}\n"))
    endpoint.reprocessor.send(rejected(endpoint))
    assert details(endpoint) == [{"id": "1", "token": "[masked]"}]


def test_lone_surrogate_of_an_event_keeps_no_other_event_from_being_reread(tmp_path: Path) -> None:
    text = HMAC + "events: {split: events, mask: ['events[].token']%s}\n"
    endpoint = Endpoint(source(tmp_path / "then", text % ", require: [must]"))
    endpoint.post_signed(b'{"events":[{"id":"\\ud800","token":"s","must":1},{"id":"B","token":"s"}]}')
    endpoint.deploy(source(tmp_path / "now", text % ""))
    endpoint.reprocessor.send(rejected(endpoint))
    assert details(endpoint) == [{"id": "B", "token": "[masked]"}]
    assert [envelope["reason"] for envelope in endpoint.bucket.read("rejected/").values()] == ["text"]


# Told apart.


def test_masked_id_is_no_id(tmp_path: Path) -> None:
    text = HMAC + "events: {split: events, id: id, mask: ['events[].id']}\ndedupe: {}\n"
    endpoint = Endpoint(source(tmp_path, text))
    endpoint.post_signed({"events": [{"id": "a", "n": 1}, {"id": "b", "n": 2}]})
    assert [detail["n"] for detail in details(endpoint)] == [1, 2]


@pytest.mark.parametrize(
    "text", ["{query('tenant')}", "{header('x-tenant')}", "{header( 'x-tenant' )}", '{header(`"x-tenant"`)}']
)
@pytest.mark.parametrize("where", ["hostname: %s", "details: {tenant: %s}"])
def test_requests_differing_in_mapped_values_are_two_objects(tmp_path: Path, where: str, text: str) -> None:
    tenant_source = source(tmp_path, TOKEN + f"events: {{require: [must]}}\nmozdef: {{{where % json.dumps(text)}}}\n")
    endpoint = Endpoint(tenant_source)
    for tenant in "ab":
        url = f"https://x.example/events?tenant={tenant}"
        endpoint.send(signed_request(tenant_source.webhook.auth, b"{}", {"x-tenant": tenant}, url=url))
    assert len(rejected(endpoint)) == 2


def test_secret_learned_from_a_header_is_not_kept_in_any_spelling_of_the_path(tmp_path: Path) -> None:
    text = """
        description: made
        webhook:
          auth: {hmac: {signature: {header: x-signature}}}
          challenges:
            - {when: handshake, unauthenticated: true, store_secret: "header( 'x-hook-secret' )", reply: {status: 200}}
        events: {require: [must]}
    """
    endpoint = Endpoint(source(tmp_path, text))
    endpoint.post_signed({"a": 1}, {"x-hook-secret": "s3cret"})
    (envelope,) = endpoint.bucket.read("rejected/").values()
    assert "x-hook-secret" not in envelope["headers"]


def test_kept_and_sent_events_beside_pending_events_are_reported(tmp_path: Path) -> None:
    endpoint = Endpoint(source(tmp_path, HMAC + "events: {split: events, require: [must], id: id}\ndedupe: {}\n"))
    endpoint.table.items["id:held"] = {
        "id": {"S": "id:held"},
        "held_by": {"S": "another"},
        "held_until": {"N": str(2**40)},
        "expires": {"N": str(2**40)},
    }
    events = [{"id": "held", "must": 1}, {"id": "fresh", "must": 1}, {"id": "bad"}]
    assert endpoint.post_signed({"events": events})["statusCode"] == 503
    line = endpoint.log[-1]
    assert (line["status"], line["sent"], line["kept"]) == (503, 1, 1)


# Bounded.


def test_waiting_events_are_in_objects_within_the_sweeps_limit(tmp_path: Path) -> None:
    text = HMAC + "events: {split: events}\nmozdef: {details: {all: \"{root('all')}\"}}\n"
    endpoint = Endpoint(source(tmp_path, text))
    endpoint.queue.faults.always = DOWN
    endpoint.post_signed({"all": "x" * 8_000, "events": [{}] * 5_000})
    assert max(len(content) for content in endpoint.bucket.objects.values()) < 24 * 1_048_576
    endpoint.queue.faults.always = None
    assert endpoint.sweeper.sweep() == {"sent": 5_000, "left": 0}


def test_log_line_and_answer_are_bounded_for_any_number_of_reasons(tmp_path: Path) -> None:
    schema: Any = {"properties": {"name": {"enum": ["x" * 50]}}}
    for _ in range(6):
        schema = {"properties": {"l": {"items": schema}}}
    endpoint = Endpoint(
        define_schema(tmp_path, schema, 'split: events, schemas: {"*": schemas/a.json}').source, stack="stack"
    )
    events = []
    for places in product(range(4), repeat=6):
        event: Any = {"name": "y"}
        for position in places:
            event = {"l": [{}] * position + [event]}
        events.append(event)
    endpoint.post_signed({"events": events})
    assert endpoint.log[-1]["Rejected"] == 4_096
    assert len(json.dumps(endpoint.log[-1])) < 10_000
    (shown,) = endpoint.reprocessor.preview(rejected(endpoint))
    assert len(json.dumps(shown)) < 20_000
    assert sum(failure["events"] for failure in shown["fails"]) == 4_096
