"""Forms in parts: what a handler reads of them, and what it refuses since it could be read in two ways."""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.definition.read import load
from generator.samples.vendor import random_secrets
from generator.testing import event_of
from lambdas.auth_type import OutgoingRequest, Unauthenticated
from lambdas.model_events import Events
from lambdas.reading.body import Rejected
from lambdas.reading.formats import body_reader
from lambdas.reading.multipart import MAX_PARTS
from lambdas.reading.request import Request
from lambdas.reading.unverified_request import MAX_FORM, single_form_field
from tests.definitions import CASES
from tests.fakes import NOW, Endpoint

READ = body_reader(Events(format=("form",)))
TYPE = "multipart/form-data; boundary=x-7"


def part(head: str, content: bytes = b"1") -> bytes:
    return f"--x-7\r\n{head}\r\n\r\n".encode() + content + b"\r\n"


def field(name: str, content: bytes = b"1", more: str = "") -> bytes:
    return part(f'Content-Disposition: form-data; name="{name}"{more}', content)


def read(body: bytes, content_type: str = TYPE) -> Any:
    return READ(Request("POST", {"content-type": content_type}, body))


def test_fields_are_the_event_and_a_file_is_described() -> None:
    content = b"\x89PNG\r\n--x\r\n\x00"
    attached = field("attachment1", content, '; filename="a \\"b\\".png"\r\nContent-Type: image/png')
    body = b"preamble\r\n" + field("to", "é".encode()) + field("n") + field("n", b"2") + attached + b"--x-7--\r\n"
    assert read(body) == {
        "to": "é",
        "n": ["1", "2"],
        "attachment1": {
            "filename": 'a "b".png',
            "type": "image/png",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        },
    }


@pytest.mark.parametrize(
    "content_type",
    [
        'multipart/form-data; boundary="x-7"',
        "Multipart/Form-Data; charset=utf-8; Boundary=x-7",
        "multipart/form-data;boundary=x-7;a=b",
    ],
)
def test_a_boundary_may_be_written_in_several_ways(content_type: str) -> None:
    assert read(field("a") + b"--x-7--", content_type) == {"a": "1"}


def test_a_text_is_of_the_charset_that_it_names() -> None:
    named = field("a", b"\xe9", "\r\nContent-Type: text/plain; charset=ISO-8859-1")
    assert read(named + b"--x-7--\r\n") == {"a": "é"}


BAD = {
    "no boundary": (field("a") + b"--x-7--", "multipart/form-data"),
    "another boundary": (field("a") + b"--x-7--", "multipart/form-data; boundary=y"),
    "an empty body": (b"", TYPE),
    "no end": (field("a"), TYPE),
    "a longer boundary": (field("a") + b"--x-78\r\n\r\n1\r\n--x-7--", TYPE),
    "no headers": (b"--x-7\r\n\r\n1\r\n--x-7--", TYPE),
    "no name": (part("Content-Disposition: form-data") + b"--x-7--", TYPE),
    "a name twice": (field("a", more='; name="b"') + b"--x-7--", TYPE),
    "another disposition": (part('Content-Disposition: attachment; name="a"') + b"--x-7--", TYPE),
    "a header twice": (part('Content-Disposition: form-data; name="a"\r\ncontent-disposition: b') + b"--x-7--", TYPE),
    "a line that is no header": (part('Content-Disposition: form-data; name="a"\r\nb') + b"--x-7--", TYPE),
    "a header that can't be read": (part('Content-Disposition: form-data; name="a" b') + b"--x-7--", TYPE),
    "a coding": (field("a", more="\r\nContent-Transfer-Encoding: base64") + b"--x-7--", TYPE),
    "an unknown charset": (field("a", more="\r\nContent-Type: text/plain; charset=utf-7") + b"--x-7--", TYPE),
    "no UTF-8": (field("a", b"\xff") + b"--x-7--", TYPE),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_such_form_is_kept_with_the_reason(name: str) -> None:
    with pytest.raises(Rejected) as raised:
        read(*BAD[name])
    assert raised.value.reason == "not-form"
    with pytest.raises(Unauthenticated, match="the body is not a form"):
        single_form_field(Request("POST", {"content-type": BAD[name][1]}, BAD[name][0]), "a")


def test_more_parts_than_a_form_has_are_refused() -> None:
    with pytest.raises(Rejected, match="more than 1,000 parts"):
        read(field("a") * (MAX_PARTS + 1) + b"--x-7--")


NAMES = st.text("abc d", min_size=1, max_size=5)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(lambda text: "\r" not in text)


@given(st.dictionaries(NAMES, TEXTS, min_size=1))
def test_it_is_read_as_pythons_parser_of_mail_does(fields: dict[str, str]) -> None:
    body = b"".join(field(name, text.encode()) for name, text in fields.items()) + b"--x-7--\r\n"
    assert read(body) == fields
    message: Any = email.message_from_bytes(f"content-type: {TYPE}\n\n".encode() + body, policy=email.policy.HTTP)
    parts = {each.get_param("name", header="content-disposition"): each for each in message.get_payload()}
    assert {name: each.get_payload(decode=True).decode() for name, each in parts.items()} == fields


@given(st.binary(max_size=60), st.sampled_from([TYPE, "multipart/form-data; boundary=\r\n", "multipart/form-data"]))
def test_any_body_is_read_or_rejected(content: bytes, content_type: str) -> None:
    for body in (content, field("a", content), part(content.decode("latin-1")), field("a") + content + b"--x-7--"):
        try:
            read(body, content_type)
        except Rejected:
            continue


def test_one_field_of_a_form_is_found_once_or_not_at_all() -> None:
    headers = {"content-type": TYPE}
    twice = field("a") + field("a", b"2") + b"--x-7--"
    for body, text in (
        (twice, "more than once"),
        (field("b") + b"--x-7--", "no form field a"),
        (field("a", more='; filename="f"') + b"--x-7--", "more than once"),
        (b"1" * (MAX_FORM + 1), "more than 1,048,576 bytes"),
    ):
        with pytest.raises(Unauthenticated, match=text):
            single_form_field(Request("POST", headers, body), "a")
    assert single_form_field(Request("POST", headers, field("a", b"1&a=2") + b"--x-7--"), "a") == "1&a=2"


def test_received_mail_is_verified_as_a_whole_and_sent_without_its_attachments() -> None:
    source = load(CASES, ["sendgrid-inbound"])[0].source
    stored, held = random_secrets(source.endpoint)["auth_token"]
    body = field("from", b"ann@example.com") + field("attachment1", b"\xff" * 99, '; filename="a.bin"') + b"--x-7--\r\n"
    auth, endpoint = source.endpoint.auth, Endpoint(source, secret=stored)
    unsigned = OutgoingRequest("POST", "https://example.com/events", {"content-type": TYPE}, body)
    sent = auth.type.sign(auth.settings, unsigned, lambda _name: (held,), NOW)
    assert sent
    assert endpoint.send(sent)["statusCode"] == 200
    [message] = endpoint.queue.messages
    assert event_of(message)["from"] == "ann@example.com"
    assert event_of(message)["attachment1"]["size"] == 99
    assert endpoint.send(sent._replace(body=body.replace(b"ann", b"bob")))["statusCode"] == 401


def test_what_is_masked_of_a_form_in_parts_is_not_kept() -> None:
    source = load(CASES, ["dropbox-sign"])[0].source
    endpoint, auth = Endpoint(source), source.endpoint.auth
    event = {"event": {"event_time": "1", "event_type": "t", "event_hash": ""}}
    body = field("json", json.dumps(event).encode()) + b"--x-7--"
    unsigned = OutgoingRequest("POST", "https://example.com/events", {"content-type": TYPE}, body)
    sent = auth.type.sign(auth.settings, unsigned, lambda _name: ("secret",), NOW)
    assert sent
    endpoint.store.values = {f"{endpoint.path}/auth_token": "secret"}
    assert endpoint.send(sent)["statusCode"] == 200
    [message] = endpoint.queue.messages
    assert event_of(message)["event"]["event_hash"] == "[masked]"
    kept = [base64.b64decode(json.loads(envelope)["body"]) for envelope in endpoint.bucket.objects.values()]
    assert kept == []
