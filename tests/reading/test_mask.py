"""Secrets in bodies: nothing of them is in a message, in what is kept, in an answer or in the log."""

from __future__ import annotations

import base64
import copy
import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.testing import event_of
from lambdas.reading.masking import MASK, mask_fields
from lambdas.reading.request import Request
from tests.definitions import bundled_source, make_definition
from tests.fakes import NOW, SECRET, Endpoint, signed_request

PIN, LINK = "483920", "https://files.example.com/recording?access_token=eyJhbGciOi-the-link"
FORM = {"content-type": "application/x-www-form-urlencoded"}
MakeEndpoint = Callable[..., Endpoint]
HMAC = "auth: {hmac: {signature: {header: x-signature}}}"


@pytest.fixture
def make_endpoint(tmp_path: Path) -> MakeEndpoint:
    """An endpoint of a source with these events, and more of its webhook."""

    def endpoint(events: str, more: str = "", auth: str = HMAC, message: str = "") -> Endpoint:
        text = f"description: made\nwebhook:\n  {auth}\n  {more}\nevents: {events}\n{message}\n"
        return Endpoint(make_definition(tmp_path, text).source)

    return endpoint


def forms(secret: str) -> Iterator[str]:
    """How a secret might be found again: as it is, escaped, encoded, or as a hash that tells whoever tries them all."""
    yield from (secret, quote(secret, safe=""), json.dumps(secret)[1:-1])
    for bare in (secret, json.dumps(secret)):
        yield from (digest(bare.encode()).hexdigest()[:40] for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5))  # type: ignore[operator]


def all_text(endpoint: Endpoint, answer: dict[str, Any]) -> str:
    """All that came of a request; of what is kept, the body too."""
    texts = [json.dumps([answer, endpoint.log], ensure_ascii=False), *endpoint.queue.bodies]
    for content in endpoint.bucket.objects.values():
        texts.append(content.decode())
        if "body" in (kept := json.loads(content)):
            texts.append(base64.b64decode(kept["body"]).decode("utf-8", "replace"))
    return "\n".join([*texts, *endpoint.bucket.objects])


def shows_nothing(endpoint: Endpoint, answer: dict[str, Any], *secrets: str) -> bool:
    text = all_text(endpoint, answer)
    visible = [form for secret in secrets for form in forms(secret) if form in text]
    assert visible == []
    return True


EVENT = {"id": "e1", "object": {"password": PIN, "files": [{"url": LINK, "size": 5}, {"size": 6}]}, "pin": PIN}
MASKED = {"id": "e1", "object": {"password": MASK, "files": [{"url": MASK, "size": 5}, {"size": 6}]}, "pin": MASK}
FIELDS = "mask: [object.password, 'object.files[].url', pin, object.nowhere.at, 'nowhere[].at', id.nowhere]"


def test_masked_field_is_not_in_the_message(make_endpoint: MakeEndpoint) -> None:
    facts = "facts: {summary: 'by {pin}', user: '{pin}', extra: {first: '{object.files[0].url}'}}"
    endpoint = make_endpoint(f"{{{FIELDS}}}", message=f"{facts}\nmozdef: {{tags: ['{{object.password}}']}}")
    answer = endpoint.post_signed(EVENT)
    (message,) = endpoint.queue.messages
    assert event_of(message) == MASKED
    assert (message["summary"], len(message["tags"])) == ("by [masked]", 2)
    assert message["details"].keys() == {"fields", "json"}
    assert message["details"]["fields"] == ["id=e1", "object.files.size=5", "object.files.size=6"]
    assert shows_nothing(endpoint, answer, PIN, LINK)


def test_masked_field_is_not_in_a_rejected_object(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(f"{{{FIELDS}, require: [nothing.like.it]}}")
    answer = endpoint.post_signed(EVENT, {"x-trace": "t"})
    ((key, stored),) = endpoint.bucket.objects.items()
    envelope = json.loads(stored)
    body = base64.b64decode(envelope["body"])
    assert json.loads(body) == MASKED
    # The hash is of what is kept, and the same for every delivery.
    digest = hashlib.sha256(body).hexdigest()
    assert (envelope["sha256"], key) == (digest, f"rejected/2026-01-01/missing/{digest}.json")
    assert envelope["headers"] == {"x-trace": "t", "content-type": "application/json"}
    assert shows_nothing(endpoint, answer, PIN, LINK)


def test_masked_field_is_not_in_an_oversize_event(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(f"{{{FIELDS}}}")
    pad = ["x" * 1_000] * 1_100
    answer = endpoint.post_signed({**EVENT, "pad": pad})
    ((key, stored),) = endpoint.bucket.objects.items()
    assert key.startswith("oversize/")
    assert json.loads(stored) == {**MASKED, "pad": pad}
    (message,) = endpoint.queue.messages
    assert message["details"]["oversize"]["sha256"] == hashlib.sha256(stored).hexdigest()
    assert message["details"]["fields"][0] == "id=e1"
    assert shows_nothing(endpoint, answer, PIN, LINK)


def test_masked_field_is_not_in_a_kept_event_among_many(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{split: items, mask: ['items[].pin'], require: [id]}")
    pad = "x" * 1_100_000
    items = [{"id": 1, "pin": PIN}, {"pin": PIN}, {"id": 3, "pin": PIN, "pad": pad}, 4]
    answer = endpoint.post_signed({"items": items})
    first, oversize = endpoint.queue.messages
    assert event_of(first)["pin"] == MASK
    assert "id=3" in oversize["details"]["fields"]
    assert len(endpoint.bucket.objects) == 3
    assert shows_nothing(endpoint, answer, PIN)


def test_masked_field_is_not_in_an_answer(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{mask: [pin]}", "answer: {json: {pin: '{pin}', id: '{id}'}}")
    assert json.loads(endpoint.post_signed(EVENT)["body"]) == {"pin": MASK, "id": "e1"}


def test_transform_gets_the_unmasked_event(make_endpoint: MakeEndpoint, tmp_path: Path) -> None:
    make_endpoint("{mask: [pin]}")
    code = "def transform(event, request):\n    return [{'pin': event['pin'], 'as_json': request.json['pin']}]\n"
    (tmp_path / "made" / "transform.py").write_text(code)
    endpoint = make_endpoint("{mask: [pin]}")
    endpoint.post_signed(EVENT)
    assert [event_of(message) for message in endpoint.queue.messages] == [{"pin": MASK, "as_json": MASK}]


SMALL = {"id": "e1", "pin": PIN}
WRITTEN = {
    "json": ("mask: [pin]", json.dumps(SMALL).encode(), {}),
    "form": ("format: form, mask: [pin]", urlencode(SMALL).encode(), FORM),
    "repeated field": ("format: form, mask: [pin]", urlencode([("pin", PIN), ("pin", PIN)]).encode(), FORM),
    "payload": ("format: form, payload: p, mask: [pin]", urlencode({"p": json.dumps(SMALL)}).encode(), FORM),
    "lines": ('format: ndjson, split: "[]", mask: ["[].pin"]', (json.dumps(SMALL) + "\n").encode() * 2, {}),
    "gzip": ("mask: [pin]", gzip.compress(json.dumps(SMALL).encode()), {"content-encoding": "gzip"}),
    "a list": ("mask: [pin]", json.dumps({"pin": [{"a": PIN}, PIN]}).encode(), {}),
    "a list of texts": ('mask: ["pin[]"]', json.dumps({"pin": [PIN, PIN]}).encode(), {}),
    "a number": ("mask: [pin]", json.dumps({"pin": int(PIN)}).encode(), {}),
    "twice": ("mask: [pin]", b'\xef\xbb\xbf{"pin": "483920", "pin": "483920"}', {}),
    "escaped": ("mask: [pin]", b'{"pin": "\\u0034\\u0038\\u0033\\u0039\\u0032\\u0030"}', {}),
}


@pytest.mark.parametrize(("events", "body", "headers"), WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("rejected", [False, True], ids=["sent", "rejected"])
def test_secrets_are_masked_however_a_body_is_encoded(
    make_endpoint: MakeEndpoint, events: str, body: bytes, headers: dict[str, str], rejected: bool
) -> None:
    endpoint = make_endpoint(f"{{{events}{', require: [nothing]' if rejected else ''}}}")
    answer = endpoint.post_signed(body, headers)
    assert answer["statusCode"] == 200
    assert (not endpoint.queue.bodies, len(endpoint.bucket.objects)) == (rejected, int(rejected))
    assert MASK in all_text(endpoint, answer)
    assert shows_nothing(endpoint, answer, PIN)


def test_masked_field_is_not_in_a_body_kept_whole(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{mask: [pin], split: nowhere}")
    answer = endpoint.post_signed(SMALL)
    assert [key.split("/")[2] for key in endpoint.bucket.objects] == ["no-events"]
    assert shows_nothing(endpoint, answer, PIN)


def test_body_with_nothing_to_mask_is_kept_as_sent(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(f"{{{FIELDS}, require: [nothing]}}")
    body = b'{ "id" : "e1", "pin": null, "object": 5 }'
    endpoint.post_signed(body, {"content-type": "application/x-json"})
    (envelope,) = map(json.loads, endpoint.bucket.objects.values())
    assert (base64.b64decode(envelope["body"]), envelope["headers"]["content-type"]) == (body, "application/x-json")


def test_unreadable_body_is_kept_as_sent(make_endpoint: MakeEndpoint) -> None:
    """Nobody can say where a secret is in it, and who may read it may read the secret's own source."""
    endpoint = make_endpoint("{mask: [pin]}")
    body = b'{"pin": "483920", "n": NaN}'
    endpoint.post_signed(body)
    (envelope,) = map(json.loads, endpoint.bucket.objects.values())
    assert base64.b64decode(envelope["body"]) == body


# Ids.


def ids(endpoint: Endpoint) -> list[str]:
    return [message["tags"][1] for message in endpoint.queue.messages]


def test_event_has_the_same_id_in_every_delivery(make_endpoint: MakeEndpoint) -> None:
    for events in (f"{{{FIELDS}}}", '{split: items, mask: ["items[].pin", "items[].object.files[].url"]}'):
        ids_per_delivery = []
        for now in (NOW, NOW + 3_600):
            endpoint = make_endpoint(events)
            endpoint.now = now
            endpoint.post_signed({**EVENT, "items": [EVENT, {**EVENT, "id": "e2"}]})
            ids_per_delivery.append(ids(endpoint))
        assert ids_per_delivery[0] == ids_per_delivery[1]
        assert len(set(ids_per_delivery[0])) == len(ids_per_delivery[0])


def test_event_id_does_not_reveal_masked_fields(make_endpoint: MakeEndpoint) -> None:
    """Of a PIN there are few: a hash over it tells it to whoever has the rest of the event, which is the message."""
    ids_found = []
    for pin in ("0000", "0001"):
        endpoint = make_endpoint("{mask: [pin]}")
        endpoint.post_signed({"id": "e1", "pin": pin})
        ids_found += ids(endpoint)
    assert ids_found[0] == ids_found[1]
    other = make_endpoint("{mask: [pin]}")
    other.post_signed({"id": "e2", "pin": "0000"})
    assert ids(other) != ids_found[:1]


def test_event_with_nothing_masked_keeps_the_same_id(make_endpoint: MakeEndpoint) -> None:
    body = json.dumps({"id": "e1"}).encode()
    for events in ("{}", "{mask: [pin]}"):
        endpoint = make_endpoint(events)
        endpoint.post_signed(body)
        assert ids(endpoint) == [f"id:sha256:{hashlib.sha256(body).hexdigest()[:40]}"]


# A token in the body, and one in the query.

ITEMS = [{"clientState": "", "id": 1}, {"clientState": "", "id": 2, "clientStates": "x"}]
BODY_TOKEN = "auth: {body_token: {each: value, field: clientState}}"


@pytest.mark.parametrize(
    ("events", "more"),
    [
        ("{split: value}", {}),
        ("{split: value, require: [nothing]}", {}),
        ("{}", {}),
        ("{require: [nothing]}", {}),
        ("{split: value}", {"pad": "x" * 1_100_000}),
        ("{}", {"pad": "x" * 1_100_000}),
    ],
    ids=["items", "rejected items", "whole", "rejected whole", "oversize items", "oversize whole"],
)
def test_a_token_in_the_body_verifies_and_is_seen_no_more(
    make_endpoint: MakeEndpoint, events: str, more: dict[str, str]
) -> None:
    endpoint = make_endpoint(events, "answer: {json: {state: '{value[0].clientState}'}}", BODY_TOKEN)
    answer = endpoint.post_signed({"value": [{**item, **more} for item in ITEMS]})
    assert json.loads(answer["body"]) == {"state": MASK}
    assert len(endpoint.queue.bodies) + len(endpoint.bucket.objects) > 0
    assert shows_nothing(endpoint, answer, SECRET)


def test_token_of_every_item_is_not_shown_where_an_item_lacks_one(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{split: value}", auth=BODY_TOKEN)
    for items in ([{"clientState": SECRET}, {"clientState": SECRET + "x"}], [{"clientState": SECRET}, {}], [], 5, None):
        answer = endpoint.post(json.dumps({"value": items}).encode())
        assert (answer["statusCode"], endpoint.queue.bodies, endpoint.bucket.objects) == (401, [], {})
        assert shows_nothing(endpoint, answer, SECRET)


def test_a_token_at_the_top_of_the_body_is_masked(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{id: id}", auth="auth: {body_token: {field: meta.token}}")
    answer = endpoint.post_signed({"id": 1, "meta": {"token": "", "n": 1}})
    assert [event_of(message) for message in endpoint.queue.messages] == [{"id": 1, "meta": {"token": MASK, "n": 1}}]
    assert shows_nothing(endpoint, answer, SECRET)


@pytest.mark.parametrize("name", ["client-state", "@odata.state", "0", "meta.client-state", "tags_"])
def test_token_is_masked_under_any_field_name(make_endpoint: MakeEndpoint, name: str) -> None:
    endpoint = make_endpoint("{split: items}", auth=f"auth: {{body_token: {{each: items, field: '{name}'}}}}")
    *above, last = name.split(".")
    item: dict[str, Any] = {last: ""}
    for field in reversed(above):
        item = {field: item}
    answer = endpoint.post_signed({"items": [{**item, "id": 1}]})
    assert answer["statusCode"] == 200
    assert [event_of(message)["id"] for message in endpoint.queue.messages] == [1]
    assert MASK in endpoint.queue.bodies[0]
    assert shows_nothing(endpoint, answer, SECRET)


def test_a_token_in_the_body_beside_another_way_is_masked_too(make_endpoint: MakeEndpoint) -> None:
    auth = "auth: {any_of: [{hmac: {signature: {header: x-signature}}}, {body_token: {field: token, secret: other}}]}"
    endpoint = make_endpoint("{}", auth=auth)
    answer = endpoint.post_signed({"token": SECRET, "id": 1})
    assert [event_of(message) for message in endpoint.queue.messages] == [{"token": MASK, "id": 1}]
    assert shows_nothing(endpoint, answer, SECRET)


def test_microsoft_graphs_client_state_is_nowhere() -> None:
    endpoint = Endpoint(bundled_source("ms-graph").source)
    item = {"clientState": "", "subscriptionId": "s", "tenantId": "t", "changeType": "updated", "resource": "r"}
    answer = endpoint.post_signed({"value": [item, {**item, "tenantId": None}]})
    assert (answer["statusCode"], len(endpoint.queue.bodies), len(endpoint.bucket.objects)) == (202, 1, 1)
    assert shows_nothing(endpoint, answer, SECRET)


@pytest.mark.parametrize("events", ["{}", "{require: [nothing]}"], ids=["sent", "rejected"])
def test_a_token_in_the_query_is_kept_out_of_everything(make_endpoint: MakeEndpoint, events: str) -> None:
    endpoint = make_endpoint(
        events, auth="auth: {token: {query: key}}", message="facts: {summary: \"{query('more')}\"}"
    )
    sent = signed_request(endpoint.source.endpoint.auth, b'{"a":1}', secret="s3cr3t-in-the-query")
    endpoint.store.values = dict.fromkeys(endpoint.store.values, "s3cr3t-in-the-query")
    sent = sent._replace(url=f"{sent.url}&more=x&KEY=upper".replace("key=", "%6Bey="))
    answer = endpoint.send(sent)
    assert answer["statusCode"] == 200
    assert [message["summary"] for message in endpoint.queue.messages] in (["x"], [])
    kept = [json.loads(content)["query"] for content in endpoint.bucket.objects.values()]
    assert kept in (["more=x&KEY=upper"], [])
    assert shows_nothing(endpoint, answer, "s3cr3t-in-the-query")


# What mask() touches.

NAMES = st.sampled_from(["a", "b", "c", "token", "", "a.b", "[]", "ä"])
LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=5)
JSON = st.recursive(
    LEAVES, lambda below: st.lists(below, max_size=4) | st.dictionaries(NAMES, below, max_size=4), max_leaves=20
)
PART = st.sampled_from(["a", "b", "c", "token"])
FIELD = st.lists(st.tuples(PART, st.sampled_from(["", "[]"])).map("".join), min_size=1, max_size=4).map(".".join)
FIELDS_OF = st.lists(FIELD | FIELD.map("[].".__add__), max_size=4)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value below this one that is no list and no object, with the way to it."""
    if isinstance(value, dict | list) and value:
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(below, (*path, key))
    else:
        yield path, value


def fits(path: tuple[Any, ...], field: str) -> bool:
    """Whether a field names this place, or one above it; lists on the way are looked through."""
    names = [name for name in field.replace("[]", ".").split(".") if name]
    for length in range(len(path) + 1):
        above = path[:length]
        if [key for key in above if not isinstance(key, int)] != names:
            continue
        if field.endswith("[]"):
            at_the_name = not above or not isinstance(above[-1], int)
            if at_the_name and length < len(path) and isinstance(path[length], int):
                return True
        elif above and not isinstance(above[-1], int):
            return True
    return False


@given(JSON, FIELDS_OF)
@example({"a": [[{"b": 1}], {"b": 2}, 3]}, ["a[].b"])
@example([{"a": {"b": None}}, {"a": {"b": False}}], ["[].a.b"])
@example({"a": {"token": 0}, "b": {"token": 0}}, ["a.token", "a"])
def test_mask_touches_only_the_named_fields(value: Any, fields: list[str]) -> None:
    masked = copy.deepcopy(value)
    count = mask_fields(masked, fields)
    assert (masked != value) >= (count > 0)
    after = dict(places(masked))
    for path, part in places(value):
        if not any(fits(path, field) for field in fields):
            assert after[path] == part
        elif part is not None:
            assert any(after.get(path[:length]) == MASK for length in range(len(path) + 1))
    named = {path[:length] for path, _ in places(value) for length in range(len(path) + 1)}
    assert set(after) <= named


@given(JSON, FIELDS_OF)
def test_to_mask_again_changes_nothing(value: Any, fields: list[str]) -> None:
    once = copy.deepcopy(value)
    mask_fields(once, fields)
    twice = copy.deepcopy(once)
    mask_fields(twice, fields)
    assert twice == once


@given(JSON, FIELDS_OF)
def test_masked_request_differs_only_in_masked_fields(value: Any, fields: list[str]) -> None:
    body = json.dumps(value).encode()
    request = Request("POST", {"content-type": "text/x", "content-encoding": "identity", "a": "b"}, body)
    request.mask(fields)
    kept, headers = request.as_kept
    assert json.loads(kept) == request.json
    if request.masked:
        assert headers == {"content-type": "application/json", "a": "b"}
    else:
        assert (kept, headers, request.json) == (body, request.headers, value)
