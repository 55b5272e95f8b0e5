"""Bodies: JSON, lines of it, forms; compressed or not. And what a vendor is answered for them."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.samples import gateway
from generator.testing import event_of
from lambdas.model import Events
from lambdas.reading.body import MAX_VALUES, Rejected
from lambdas.reading.formats import MAX_DECOMPRESSED, body_reader, decompress
from lambdas.reading.request import Request
from tests.definitions import make_definition
from tests.fakes import DOWN, Endpoint

FORM = {"content-type": "application/x-www-form-urlencoded"}
OK = {"statusCode": 200, "headers": {}, "body": ""}
MakeEndpoint = Callable[..., Endpoint]


@pytest.fixture
def make_endpoint(tmp_path: Path) -> MakeEndpoint:
    """An endpoint of a source with these events, and more of its webhook."""

    def endpoint(events: str = "{}", more: str = "") -> Endpoint:
        auth = "auth: {hmac: {signature: {header: x-signature}}}"
        text = f"description: made\nwebhook:\n  {auth}\n  {more}\nevents: {events}\n"
        return Endpoint(make_definition(tmp_path, text).source)

    return endpoint


def details(endpoint: Endpoint) -> list[Any]:
    return [event_of(message) for message in endpoint.queue.messages]


def kept(endpoint: Endpoint) -> list[tuple[str, str]]:
    """The reason and the detail of what was kept."""
    envelopes = [json.loads(content) for content in endpoint.bucket.objects.values()]
    return [(envelope["reason"], event["detail"]) for envelope in envelopes for event in envelope["events"]]


def kept_as_sent(endpoint: Endpoint) -> list[bytes]:
    return [base64.b64decode(json.loads(content)["body"]) for content in endpoint.bucket.objects.values()]


# Forms.


def test_the_fields_of_a_form_are_the_event(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{format: form, id: MessageSid}")
    assert endpoint.post_signed(b"MessageSid=SM1&From=%2B15005550006&Body=caf%C3%A9+au+lait&Empty=", FORM) == OK
    fields = {"MessageSid": "SM1", "From": "+15005550006", "Body": "café au lait", "Empty": ""}
    assert (details(endpoint), endpoint.queue.messages[0]["tags"][1]) == ([fields], "id:SM1")


def test_repeated_form_field_is_a_list(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{format: form}")
    endpoint.post_signed(b"a=1&b=2&a=3&a=&c", FORM)
    assert details(endpoint) == [{"a": ["1", "3", ""], "b": "2", "c": ""}]


def test_payload_field_holds_the_event_as_json(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{format: form, payload: payload, id: id}")
    event = {"id": "e1", "text": "a=1&b=2", "n": 1}
    endpoint.post_signed(urlencode({"token": "t", "payload": json.dumps(event)}).encode(), FORM)
    assert (details(endpoint), kept(endpoint)) == ([event], [])


def test_form_without_the_payload_field_is_the_event(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{format: form, payload: payload}")
    endpoint.post_signed(b"command=%2Fdeploy&text=now", FORM)
    assert details(endpoint) == [{"command": "/deploy", "text": "now"}]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"payload={}&payload={}", ("not-form", "the form has more than one field payload")),
        (b"payload=", ("not-json", "the body is not JSON: Expecting value at character 0")),
        (b"payload=%7B", ("not-json", "the body is not JSON: Expecting property name enclosed in double quotes at")),
        (
            b"payload=[1]",
            (
                "not-an-object",
                'an event must be a JSON object, not a list; `events: {split: "@"}` takes each of its items',
            ),
        ),
        (b"payload=NaN", ("number", "NaN is not JSON")),
        (b"a=%FF", ("not-form", "the body is not UTF-8")),
        (b"a=\xff", ("not-form", "the body is not UTF-8")),
        (b"a=%ED%A0%80", ("not-form", "the body is not UTF-8")),
        (b"&" * MAX_VALUES, ("too-many", "more than 250,000 fields in a form")),
    ],
    ids=lambda value: str(value[:20]),
)
def test_unreadable_form_is_kept_with_the_reason(
    make_endpoint: MakeEndpoint, body: bytes, reason: tuple[str, str]
) -> None:
    endpoint = make_endpoint("{format: form, payload: payload}")
    assert endpoint.post_signed(body, FORM) == OK
    ((kind, detail),) = kept(endpoint)
    assert (kind, detail[: len(reason[1])]) == reason
    assert (kept_as_sent(endpoint), details(endpoint)) == ([body], [])


FORM_PIECES = st.sampled_from(
    [*"ab&=+;%", "%41", "%c3%a9", "%C3", "%2", "%zz", "%26", "%3D", "%2B", "é", "😀", "\ufeff"]
)


@given(st.lists(FORM_PIECES).map("".join))
@example("%E2%82%AC=%F0%9F%98%80&=&a&b==&%=%%41")
def test_form_is_read_as_pythons_parser_reads_forms(text: str) -> None:
    fields: dict[str, list[str]] = {}
    request = Request("POST", FORM, text.encode())
    try:
        for name, value in parse_qsl(text, keep_blank_values=True, errors="strict"):
            fields.setdefault(name, []).append(value)
    except UnicodeDecodeError:
        with pytest.raises(Rejected, match="not UTF-8"):
            body_reader(Events(format=("form",)))(request)
    else:
        fields_read = body_reader(Events(format=("form",)))(request)
        assert fields_read == {name: values if len(values) > 1 else values[0] for name, values in fields.items()}


def test_form_may_repeat_a_field_very_many_times(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{format: form}")
    endpoint.post_signed(b"a=&" * (MAX_VALUES - 1), FORM)
    (event,) = map(json.loads, endpoint.bucket.objects.values())
    assert event == {"a": [""] * (MAX_VALUES - 1)}
    assert endpoint.queue.messages[0]["details"].keys() == {"fields", "oversize"}


# Lines of JSON.

LINES = [{"a": 1}, {"b": [2, {"c": "d\n}{"}]}, {}]


@pytest.mark.parametrize(
    "body",
    [
        "\n".join(map(json.dumps, LINES)),
        "\n".join(map(json.dumps, LINES)) + "\n",
        "\r\n".join(map(json.dumps, LINES)) + "\r\n\r\n",
        "\n\n \t" + "\n\n\n".join(map(json.dumps, LINES)),
        "\n".join(json.dumps(line, indent=2) for line in LINES),
        " ".join(map(json.dumps, LINES)),
        "".join(map(json.dumps, LINES)),
        "\ufeff" + "\n".join(map(json.dumps, LINES)),
    ],
    ids=["lines", "end", "crlf", "empty lines", "pretty", "on a line", "without a space", "mark"],
)
def test_each_value_of_ndjson_is_an_event(make_endpoint: MakeEndpoint, body: str) -> None:
    endpoint = make_endpoint('{format: ndjson, split: "[]"}')
    assert endpoint.post_signed(body.encode()) == OK
    assert (details(endpoint), kept(endpoint)) == (LINES, [])


def test_ndjson_lines_may_be_lists_of_events(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint('{format: ndjson, split: "[]"}')
    endpoint.post_signed(b'[{"a":1},{"a":2}]\n{"a":3}\n[]\n[{"a":4}]')
    assert details(endpoint) == [{"a": 1}, {"a": 2}, {"a": 3}, {"a": 4}]


def test_lines_without_an_event_are_kept_and_the_others_sent(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint('{format: ndjson, split: "[]"}')
    endpoint.post_signed(b'{"a":1}\n5\n{"a":2}\n"x"')
    assert details(endpoint) == [{"a": 1}, {"a": 2}]
    assert kept(endpoint) == [
        ("not-an-object", "an event must be a JSON object, not a number"),
        ("not-an-object", "an event must be a JSON object, not a string"),
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"a":1},{"a":2}', ("not-json", "the body is not JSON: Expecting value at character 7")),
        (b'{"a":1}\n\xff', ("not-json", "the body is not UTF-8")),
        (b'{"a":1}\n{"a":1e999}', ("number", "a number beyond what a double holds")),
        (b'{"a":1}\n' + b"[" * 70 + b"]" * 70, ("depth", "nested deeper than 64")),
        (b"0 " * (MAX_VALUES + 1), ("too-many", "more than 250,000 values in one body")),
        (b"{}" * 10_001, ("too-many", "more than 10,000 events in one body")),
        (b"{}" * (MAX_VALUES + 1), ("too-many", "more than 250,000 values in one body")),
    ],
    ids=lambda value: str(value[:20]),
)
def test_unreadable_lines_are_kept_as_a_whole(
    make_endpoint: MakeEndpoint, body: bytes, reason: tuple[str, str]
) -> None:
    endpoint = make_endpoint('{format: ndjson, split: "[]"}')
    assert endpoint.post_signed(body) == OK
    assert (kept(endpoint), kept_as_sent(endpoint), details(endpoint)) == ([reason], [body], [])


@pytest.mark.parametrize("broken", [b'{"a":', b'{"a":1},', b"junk", b'"text"'])
def test_unreadable_line_holds_up_no_other_line(make_endpoint: MakeEndpoint, broken: bytes) -> None:
    endpoint = make_endpoint('{format: ndjson, split: "[]"}')
    body = b'{"a":1}\n' + broken + b'\n[{"a":2},{"a":3}]\n'
    assert endpoint.post_signed(body) == OK
    assert details(endpoint) == [{"a": 1}, {"a": 2}, {"a": 3}]
    assert kept(endpoint) == [("not-an-object", "an event must be a JSON object, not a string")]
    assert kept_as_sent(endpoint) == [body]


def test_lines_beside_an_unreadable_line_are_masked(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint('{format: ndjson, split: "[]", mask: ["[].token"]}')
    assert endpoint.post_signed(b'{"a":1,"token":"secret-one"}\n{"a":\n') == OK
    assert details(endpoint) == [{"a": 1, "token": "[masked]"}]
    assert kept_as_sent(endpoint) == [b'[{"a":1,"token":"[masked]"},"{\\"a\\":"]']


# The content type.


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        ("application/json", "json"),
        ("application/json; charset=utf-8", "json"),
        ("Application/X-WWW-Form-URLencoded", "form"),
        (" application/x-www-form-urlencoded ; charset=utf-8", "form"),
        ("application/x-ndjson", "ndjson"),
        ("application/ndjson", "ndjson"),
        ("application/jsonl", "ndjson"),
        ("application/x-jsonlines", "ndjson"),
        # What has no way of its own is read in the first.
        ("text/plain", "json"),
        ("application/x-www-form-urlencodedx", "json"),
        ("", "json"),
        (None, "json"),
    ],
)
def test_content_type_decides_between_several_formats(make_endpoint: MakeEndpoint, kind: str | None, read: str) -> None:
    endpoint = make_endpoint('{format: [json, form, ndjson], split: "[] || [@]"}')
    body = '{"a":1}\n{"a":2}'
    endpoint.post_signed(body.encode(), {} if kind is None else {"Content-Type": kind})
    reasons = [reason for reason, _ in kept(endpoint)]
    assert (details(endpoint), reasons) == {
        "json": ([], ["not-json"]),
        "form": ([{body: ""}], []),
        "ndjson": ([{"a": 1}, {"a": 2}], []),
    }[read]


def test_content_type_is_ignored_for_a_single_format(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint()
    endpoint.post_signed(b'{"a":1}', FORM)
    assert details(endpoint) == [{"a": 1}]


def test_unknown_content_type_is_read_in_the_first_format(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{format: [form, json]}")
    endpoint.post_signed(b"a=1", {"content-type": "application/x-ndjson"})
    assert details(endpoint) == [{"a": "1"}]


# Compressed bodies.

EVENT = {"a": "é" * 2_000, "n": 1}
PLAIN = json.dumps(EVENT).encode()


def raw_deflate(content: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush()


def with_a_small_window(content: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=9)
    return compressor.compress(content) + compressor.flush()


def with_a_name_and_a_comment(content: bytes) -> bytes:
    """Both are optional parts of gzip's head: RFC 1952."""
    plain = gzip.compress(content)
    return plain[:3] + b"\x18" + plain[4:10] + b"name\0comment\0" + plain[10:]


CODINGS = {
    "gzip": ("gzip", gzip.compress(PLAIN)),
    "x-gzip": ("x-gzip", gzip.compress(PLAIN)),
    "in capitals": (" GZIP ", gzip.compress(PLAIN)),
    "with a name and a comment": ("gzip", with_a_name_and_a_comment(PLAIN)),
    "of several parts": ("gzip", b"".join(gzip.compress(PLAIN[at : at + 999]) for at in range(0, len(PLAIN), 999))),
    "with empty parts": ("gzip", gzip.compress(b"") * 3 + gzip.compress(PLAIN) + gzip.compress(b"")),
    "deflate of zlib": ("deflate", zlib.compress(PLAIN)),
    "deflate, stored": ("deflate", zlib.compress(PLAIN, 0)),
    "deflate with a small window": ("deflate", with_a_small_window(PLAIN)),
    "deflate alone": ("deflate", raw_deflate(PLAIN)),
    "identity": ("identity", PLAIN),
    "empty": ("", PLAIN),
}


@pytest.mark.parametrize(("coding", "body"), CODINGS.values(), ids=CODINGS)
def test_compressed_body_is_verified_as_sent_and_read_decompressed(
    make_endpoint: MakeEndpoint, coding: str, body: bytes
) -> None:
    endpoint = make_endpoint("{id: n}")
    assert endpoint.post_signed(body, {"Content-Encoding": coding}) == OK
    assert (details(endpoint), kept(endpoint)) == ([EVENT], [])


def test_a_compressed_form_and_compressed_lines_are_read_too(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint('{format: [form, ndjson], split: "[] || [@]"}')
    endpoint.post_signed(gzip.compress(b"a=1"), {**FORM, "content-encoding": "gzip"})
    endpoint.post_signed(
        zlib.compress(b'{"a":1}{"a":2}'), {"content-type": "application/ndjson", "content-encoding": "deflate"}
    )
    assert details(endpoint) == [{"a": "1"}, {"a": 1}, {"a": 2}]


CUT = "it is cut short"
WRONG = "it is not compressed as its content-encoding says"
NEITHER = "its content-encoding is neither gzip nor deflate"
BIG = "it has more than 16,777,216 bytes once it is decompressed"
UNREADABLE = {
    "brotli": ("br", b"\x0b\x02\x80{}\x03", NEITHER),
    "zstd": ("zstd", b"\x28\xb5\x2f\xfd", NEITHER),
    "twice": ("gzip, gzip", gzip.compress(gzip.compress(PLAIN)), NEITHER),
    "unknown": ("é", PLAIN, NEITHER),
    "not compressed": ("gzip", PLAIN, WRONG),
    "deflate of what is none": ("deflate", b"\xff\xff", WRONG),
    "gzip said to be deflate": ("deflate", gzip.compress(PLAIN), WRONG),
    "deflate said to be gzip": ("gzip", zlib.compress(PLAIN), WRONG),
    "cut in its head": ("gzip", gzip.compress(PLAIN)[:5], CUT),
    "cut in the middle": ("gzip", gzip.compress(PLAIN)[:-20], CUT),
    "cut before its checksum": ("gzip", gzip.compress(PLAIN)[:-8], CUT),
    "cut in a second part": ("gzip", gzip.compress(PLAIN) + gzip.compress(b"x")[:-1], CUT),
    "deflate cut short": ("deflate", zlib.compress(PLAIN)[:-1], CUT),
    "bare deflate cut short": ("deflate", raw_deflate(PLAIN)[:-1], CUT),
    "a wrong checksum": ("gzip", gzip.compress(PLAIN)[:-8] + b"\0" * 8, WRONG),
    "something after it": ("gzip", gzip.compress(PLAIN) + b"{}", WRONG),
    "a bomb": ("gzip", gzip.compress(b" " * (MAX_DECOMPRESSED + 1)), BIG),
    "a bomb of deflate": ("deflate", zlib.compress(b" " * (MAX_DECOMPRESSED + 1)), BIG),
    "a bomb of bare deflate": ("deflate", raw_deflate(b" " * (MAX_DECOMPRESSED + 1)), BIG),
    "a bomb in parts": ("gzip", gzip.compress(b" " * 1_048_576) * 17, BIG),
}


@pytest.mark.parametrize(("coding", "body", "detail"), UNREADABLE.values(), ids=UNREADABLE)
def test_authentic_body_with_broken_compression_is_kept_as_sent(
    make_endpoint: MakeEndpoint, coding: str, body: bytes, detail: str
) -> None:
    endpoint = make_endpoint()
    assert endpoint.post_signed(body, {"content-encoding": coding}) == OK
    assert (kept(endpoint), kept_as_sent(endpoint), details(endpoint)) == ([("encoding", detail)], [body], [])
    (envelope,) = map(json.loads, endpoint.bucket.objects.values())
    assert envelope["headers"]["content-encoding"] == coding


def test_as_much_as_may_be_is_decompressed(make_endpoint: MakeEndpoint) -> None:
    whole = b'{"a":1}'.ljust(MAX_DECOMPRESSED)
    assert decompress(gzip.compress(whole), {"content-encoding": "gzip"}) == whole
    endpoint = make_endpoint()
    endpoint.post_signed(gzip.compress(whole), {"content-encoding": "gzip"})
    assert details(endpoint) == [{"a": 1}]


def test_a_gzip_file_may_have_a_hundred_thousand_parts() -> None:
    """Each end of a part leaves the rest, and to copy that for each would take minutes."""
    assert decompress(gzip.compress(b"", mtime=0) * 300_000, {"content-encoding": "gzip"}) == b""


@given(st.lists(st.binary(max_size=5_000), min_size=1, max_size=5), st.integers(0, 9))
def test_decompression_restores_the_body(parts: list[bytes], level: int) -> None:
    whole = b"".join(parts)
    assert decompress(b"".join(gzip.compress(part, level) for part in parts), {"content-encoding": "gzip"}) == whole
    assert decompress(zlib.compress(whole, level), {"content-encoding": "deflate"}) == whole


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate"]))
def test_whatever_is_said_to_be_compressed_is_read_or_kept(body: bytes, coding: str) -> None:
    with suppress(Rejected):  # and nothing else is raised
        assert isinstance(decompress(body, {"content-encoding": coding}), bytes)


# Challenges.

CHALLENGE = "challenges: [{when: challenge, unauthenticated: true, reply: {text: '{challenge}'}}]"


def test_nothing_is_decompressed_for_an_unverified_sender(
    make_endpoint: MakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = make_endpoint("{}", CHALLENGE)
    assert endpoint.post(b'{"challenge":"c"}')["body"] == "c"
    monkeypatch.setattr("lambdas.reading.formats.decompress", lambda *_: pytest.fail("it was decompressed"))
    for coding, body in (("gzip", gzip.compress(b'{"challenge":"c"}')), ("identity", b'{"challenge":"c"}')):
        answer = endpoint.post(body, {"Content-Encoding": coding})
        assert (answer["statusCode"], answer["body"]) == (401, "")
    # An event that looks like a challenge, then: its sender is known.
    monkeypatch.undo()
    endpoint.post_signed(gzip.compress(b'{"challenge":"c"}'), {"content-encoding": "gzip"})
    assert details(endpoint) == [{"challenge": "c"}]


def test_compressed_challenge_of_a_verified_sender_is_answered(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{}", CHALLENGE.replace(" unauthenticated: true,", ""))
    answer = endpoint.post_signed(gzip.compress(b'{"challenge":"c"}'), {"content-encoding": "gzip"})
    assert (answer["body"], details(endpoint)) == ("c", [])


def test_challenge_in_a_form_is_a_field(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{format: form}", CHALLENGE)
    assert endpoint.post(b"challenge=a+b", FORM)["body"] == "a b"


# Answers.


@pytest.mark.parametrize(
    ("answer", "response"),
    [
        ("{status: 204}", {**OK, "statusCode": 204}),
        (
            "{status: 202, headers: {X-Seen: yes-it-was}}",
            {"statusCode": 202, "headers": {"x-seen": "yes-it-was"}, "body": ""},
        ),
        (
            "{json: {ok: true, id: '{id}', n: '{n}'}}",
            {
                "statusCode": 200,
                "headers": {"content-type": "application/json", "x-content-type-options": "nosniff"},
                "body": '{"ok":true,"id":"e1","n":5}',
            },
        ),
        (
            "{headers: {Content-Type: text/xml}, text: <Response/>}",
            {
                "statusCode": 200,
                "headers": {"content-type": "text/xml", "x-content-type-options": "nosniff"},
                "body": "<Response/>",
            },
        ),
        (
            "{headers: {X-Id: \"{header('x-id')}\"}, text: \"{query('t')}\"}",
            {
                "statusCode": 200,
                "headers": {"content-type": "text/plain", "x-content-type-options": "nosniff", "x-id": "-"},
                "body": "-",
            },
        ),
    ],
)
def test_vendor_gets_the_defined_answer_once_the_events_are_safe(
    make_endpoint: MakeEndpoint, answer: str, response: dict[str, Any]
) -> None:
    endpoint = make_endpoint("{require: [id]}", f"answer: {answer}")
    assert endpoint.post_signed({"id": "e1", "n": 5}) == response
    assert len(endpoint.queue.bodies) == 1
    endpoint.bucket.faults.always = DOWN
    assert endpoint.post_signed({"n": 5}) == {**OK, "statusCode": 503}
    assert endpoint.post(b"{}") == {**OK, "statusCode": 401}


def test_kept_event_is_answered_like_a_sent_event(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{require: [id]}", "answer: {status: 202, json: {id: '{id}', n: '{n}'}}")
    answer = endpoint.post_signed({"n": 5})
    assert (answer["statusCode"], answer["body"], kept(endpoint)) == (202, '{"id":null,"n":5}', [("missing", "no id")])


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"id":NaN}', b'{"id":"\\ud800"}', b'{"id":"a\\nb"}'])
def test_answer_with_missing_fields_is_the_status_alone(make_endpoint: MakeEndpoint, body: bytes) -> None:
    endpoint = make_endpoint("{}", "answer: {status: 202, headers: {X-Id: '{id}'}, text: '{id}'}")
    assert endpoint.post_signed(body) == {**OK, "statusCode": 202}
    assert len(endpoint.queue.bodies) + len(endpoint.bucket.objects) == 1


NO_RETRY = "refusal_headers: {X-Slack-No-Retry: '1'}"


def test_the_headers_of_a_refusal_are_on_every_4xx_and_on_nothing_else(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint("{}", f"{NO_RETRY}\n  {CHALLENGE}")
    refused = {"headers": {"X-Slack-No-Retry": "1"}, "body": ""}
    assert endpoint.post(b"{}") == {"statusCode": 401, **refused}
    assert endpoint.post_signed(b"") == {"statusCode": 400, **refused}
    assert endpoint.post(b'{"challenge":"\\ud800"}') == {"statusCode": 400, **refused}
    assert endpoint.post_signed(b" " * (6 * 1_048_576 + 1)) == {"statusCode": 413, **refused}
    not_base64 = gateway.event("POST", {}, b"x") | {"body": "?", "isBase64Encoded": True}
    assert endpoint.call(not_base64) == {"statusCode": 400, **refused}
    assert endpoint.post_signed({"a": 1}) == OK
    assert endpoint.post(b'{"challenge":"c"}')["headers"].keys() == {"content-type", "x-content-type-options"}
    # What is our fault is tried again.
    endpoint.queue.faults.always = endpoint.bucket.faults.always = DOWN
    assert endpoint.post_signed({"a": 1}) == {**OK, "statusCode": 503}
