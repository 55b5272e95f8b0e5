"""Bad input, a row each: what comes in, what is answered, what becomes of it: docs/reference/bad-input.md."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import re
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from generator.commands import main
from generator.definition.defaults import DEFAULT_KEYS
from generator.definition.read import Definition
from generator.samples import gateway
from generator.templates import event_source
from generator.testing import event_of
from lambdas.auth_type import OutgoingRequest
from lambdas.receiving.receive import MAX_BODY, MAX_HANDSHAKE
from lambdas.runtime.secrets import PREVIOUS_SUFFIX
from tests.definitions import ROOT
from tests.definitions import make_definition as define
from tests.fakes import DOWN, NOW, SECRET, THROTTLED, Endpoint
from tests.fakes import signed_request as sent_by_the_vendor
from tests.pages import assert_generated
from tests.pulled_definitions import WRONG

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "reference" / "bad-input.md"
WEBHOOK = """
  auth:
    hmac:
      signature: {header: x-acme-signature, prefix: "sha256="}
      timestamp: {header: x-acme-time}
      signed: "{timestamp}.{body}"
"""
HELLO = """
  challenges:
    - when: type == 'hello'
      unauthenticated: true
      reply: {json: {answer: "{hmac_hex(token)}"}}
"""
ONE = """
events: {require: [id], id: id, type: type, time: at}
facts: {summary: "acme: {type}", source_ip: "{ip}"}
"""
SOURCES = {
    "acme": f"webhook: {WEBHOOK}{HELLO}{ONE}",
    "unstamped": 'webhook: {auth: {hmac: {signature: {header: x-acme-signature, prefix: "v1=", split: " "}}}}',
    "answering": f"webhook:\n  auth: {{hmac: {{signature: {{header: x-acme-signature}}}}}}{HELLO}",
    "batch": f"webhook: {WEBHOOK}\nevents: {{split: events, require: [id], id: id}}",
    "form": f"webhook: {WEBHOOK}\nevents: {{format: [json, form], payload: payload, id: id}}",
    "lines": f'webhook: {WEBHOOK}\nevents: {{format: ndjson, split: "[]", id: id}}',
    "token": "webhook: {auth: {token: {header: authorization}}}\nevents: {require: [id]}",
    "query": "webhook: {auth: {token: {query: key}}}\nevents: {require: [id]}",
    "masked": f"webhook: {WEBHOOK}\nevents: {{require: [id], mask: [password]}}",
    "schemas": f"webhook: {WEBHOOK}\nevents: {{id: id, type: type, schemas: {{login: schemas/login.json}}}}",
    "once": f"webhook: {WEBHOOK}\nevents: {{split: events, id: id}}\ndedupe: {{}}",
}
LOGIN = {
    "required": ["user"],
    "properties": {"id": {}, "type": {}, "at": {}, "user": {"type": "string"}, "result": {"enum": ["ok", "failure"]}},
}
"""The sources, whose rows say which one they are of; without a word, `acme`."""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Definition]:
    folder = tmp_path_factory.mktemp("sources")
    (folder / "schemas" / "schemas").mkdir(parents=True)
    (folder / "schemas" / "schemas" / "login.json").write_text(json.dumps(LOGIN), encoding="utf-8")
    return {name: define(folder, f"description: made\n{text}", name) for name, text in SOURCES.items()}


Send = Callable[[Endpoint], dict[str, Any]]
GOOD = {"id": "e1", "type": "login", "at": "2026-01-01T00:00:00Z"}
FORM = "application/x-www-form-urlencoded"


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def good(**more: Any) -> bytes:
    return encoded({**GOOD, **more})


def body_with(text: str) -> bytes:
    """The good event with something in it as it stands."""
    return encoded(GOOD)[:-1] + f', "a": {text}}}'.encode()


def wrapped(*events: Any) -> bytes:
    return encoded({"events": events})


# How it is sent.


def signed(body: bytes, encoding: str = "", kind: str = "application/json", **options: Any) -> Send:
    """As the vendor sends it: the signature is right, whatever the body is."""
    headers = {"content-type": kind, **({"content-encoding": encoding} if encoding else {})}

    def send(endpoint: Endpoint) -> dict[str, Any]:
        auth = endpoint.source.endpoint.auth
        return endpoint.send(sent_by_the_vendor(auth, body, headers, now=endpoint.now + options.get("late", 0)))

    return send


def changed(change: Callable[[OutgoingRequest], OutgoingRequest], body: bytes = encoded(GOOD)) -> Send:
    """The good event, of which something was changed once it was signed."""
    return lambda endpoint: endpoint.send(change(sent_by_the_vendor(endpoint.source.endpoint.auth, body)))


def with_header(name: str, value: Callable[[str], str | None]) -> Send:
    def change(sent: OutgoingRequest) -> OutgoingRequest:
        changed_value = value(next(header_value for key, header_value in sent.headers.items() if key.lower() == name))
        others = {key: header_value for key, header_value in sent.headers.items() if key.lower() != name}
        return sent._replace(headers={**others, **({} if changed_value is None else {name: changed_value})})

    return changed(change)


def signature(value: Callable[[str], str | None]) -> Send:
    return with_header("x-acme-signature", value)


def stamp(value: str) -> Send:
    """Signed with a time of the sender's own."""

    def send(endpoint: Endpoint) -> dict[str, Any]:
        body = encoded(GOOD)
        digest = hmac.new(SECRET.encode(), f"{value}.".encode() + body, hashlib.sha256).hexdigest()
        return endpoint.post(body, {"x-acme-time": value, "x-acme-signature": f"sha256={digest}"})

    return send


def posted(body: bytes, **headers: str) -> Send:
    """By anybody."""
    return lambda endpoint: endpoint.post(body, {name.replace("_", "-"): value for name, value in headers.items()})


def as_gateway_says(signed_body: bytes, /, **event: Any) -> Send:
    """Signed over the body, with an event of API Gateway that says otherwise."""

    def send(endpoint: Endpoint) -> dict[str, Any]:
        sent = sent_by_the_vendor(endpoint.source.endpoint.auth, signed_body)
        return endpoint.call({**gateway.event(sent.method, sent.headers, sent.body, url=sent.url), **event})

    return send


def while_(trouble: Callable[[Endpoint], None], send: Send) -> Send:
    def sent(endpoint: Endpoint) -> dict[str, Any]:
        trouble(endpoint)
        return send(endpoint)

    return sent


def queue(*faults: Any, always: Any = None) -> Callable[[Endpoint], None]:
    def trouble(endpoint: Endpoint) -> None:
        endpoint.queue.faults.lined_up, endpoint.queue.faults.always = list(faults), always

    return trouble


def bucket_down(endpoint: Endpoint) -> None:
    endpoint.bucket.faults.always = DOWN


def both_down(endpoint: Endpoint) -> None:
    endpoint.queue.faults.always = endpoint.bucket.faults.always = DOWN


def store_down(endpoint: Endpoint) -> None:
    endpoint.store.faults.always = DOWN


def store_down_later(endpoint: Endpoint) -> None:
    endpoint.secrets.get("auth_token")
    endpoint.clock = 3_600.0
    store_down(endpoint)


def nothing_stored(endpoint: Endpoint) -> None:
    endpoint.store.values.clear()


def stored(text: str, *, as_well: str = "") -> Callable[[Endpoint], None]:
    """What somebody has put into Parameter Store, with the console perhaps; `as_well` ends its name."""
    return lambda endpoint: endpoint.store.values.update({f"{endpoint.path}/auth_token{as_well}": text})


SIGNED = signed(encoded(GOOD))
FORGED = signature(lambda value: f"{value[:-4]}0000")


# What there is to see of it.


class Row(NamedTuple):
    """What comes in; the status that it is answered; what becomes of it, of which source, and what is shown of it."""

    description: str
    send: Send
    status: int
    became: str
    source: str = "acme"
    shown: Callable[[dict[str, Any]], Any] | None = None
    transform: Any = None


def fate(endpoint: Endpoint, row: Row) -> str:
    """Where the events of a request are now."""
    messages, envelopes = endpoint.queue.messages, endpoint.bucket.read()
    parts = [f"{len(messages)} on the queue" if len(messages) > 1 else "on the queue"] if messages else []
    if any(key.startswith("oversize/") for key in envelopes):
        parts[-1] += ", the whole of it in `oversize/`"
    if row.shown:
        parts[-1] += f", as `{json.dumps(row.shown(messages[-1]), ensure_ascii=False)}`"
    for key, envelope in sorted(envelopes.items()):
        if key.startswith("rejected/"):
            number = len(envelope["events"])
            parts.append(f"{f'{number} ' if number > 1 else ''}kept: `{envelope['reason']}`")
        elif key.startswith("unsent/"):
            parts.append("waits in `unsent/`")
    return ", ".join(parts) or "nowhere"


QUEUED, NOWHERE, WAITS = "on the queue", "nowhere", "waits in `unsent/`"
WHOLE = "on the queue, the whole of it in `oversize/`"


def detail(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda message: event_of(message).get(name)


def id_tag(message: dict[str, Any]) -> Any:
    return message["tags"][1]


def hello(token: Any, **more: Any) -> bytes:
    return encoded({"type": "hello", "token": token, **more})


def challenged(body: bytes) -> Send:
    """A signature that a handshake gave to anybody, used on this body."""

    def send(endpoint: Endpoint) -> dict[str, Any]:
        answer = json.loads(endpoint.post(hello(body.decode()))["body"])["answer"]
        return endpoint.post(body, {"x-acme-signature": answer})

    return send


def raising(_event: Any, _request: Any) -> Any:
    raise KeyError(SECRET)


def leaving(_event: Any, _request: Any) -> Any:
    sys.exit(SECRET)


SIGNATURES = [
    Row("no signature", posted(encoded(GOOD)), 401, NOWHERE),
    Row("no body, and no signature", posted(b""), 401, NOWHERE),
    Row("an empty signature", signature(lambda _: ""), 401, NOWHERE),
    Row("the prefix of a signature, and nothing after it", signature(lambda _: "sha256="), 401, NOWHERE),
    Row("a signature without its prefix", signature(lambda value: value.partition("=")[2]), 401, NOWHERE),
    Row("a signature that is cut short", signature(lambda value: value[:-1]), 401, NOWHERE),
    Row("a signature with a character more", signature(lambda value: f"{value}0"), 401, NOWHERE),
    Row("a signature with letters beyond ASCII", signature(lambda value: f"{value[:-1]}ä"), 401, NOWHERE),
    Row("a signature of 10 KB", signature(lambda _: "sha256=" + "0" * 10_000), 401, NOWHERE),
    Row("a signature by another algorithm", signature(lambda value: value.replace("sha256", "md5")), 401, NOWHERE),
    Row(
        "a signature that stands twice, where one is expected",
        signature(lambda value: f"{value},{value}"),
        401,
        NOWHERE,
    ),
    Row(
        "two signatures where there may be several, the second of them right",
        signature(lambda value: f"v1={'0' * 64} {value}"),
        200,
        QUEUED,
        "unstamped",
    ),
    Row(
        "two thousand signatures, the last of them right",
        signature(lambda value: f"{'v1=0 ' * 2_000}{value}"),
        401,
        NOWHERE,
        "unstamped",
    ),
    Row(
        "a signature by another secret",
        lambda endpoint: endpoint.post_signed(encoded(GOOD), secret="another"),
        401,
        NOWHERE,
    ),
    Row("a signature of another body", changed(lambda sent: sent._replace(body=good(id="e2"))), 401, NOWHERE),
    Row(
        "a body with a space more than was signed",
        changed(lambda sent: sent._replace(body=sent.body + b" ")),
        401,
        NOWHERE,
    ),
    Row(
        "bytes that are no UTF-8, which somebody on the way has replaced",
        changed(
            lambda sent: sent._replace(body=sent.body.decode(errors="replace").encode()),
            body_with('"\xff"').replace(b"\xc3\xbf", b"\xff"),
        ),
        401,
        NOWHERE,
    ),
    Row(
        "headers in capital letters",
        changed(lambda sent: sent._replace(headers={k.upper(): v for k, v in sent.headers.items()})),
        200,
        QUEUED,
    ),
]
TIMES = [
    Row("no time, where it is signed", with_header("x-acme-time", lambda _: None), 401, NOWHERE),
    Row("another time than was signed", with_header("x-acme-time", lambda value: str(int(value) + 1)), 401, NOWHERE),
    Row("signed 301 seconds ago", signed(encoded(GOOD), late=-301), 401, NOWHERE),
    Row("signed 301 seconds ahead", signed(encoded(GOOD), late=301), 401, NOWHERE),
    Row("signed with a time in milliseconds", stamp(str(int(NOW * 1000))), 401, NOWHERE),
    Row("signed with a time that is empty", stamp(""), 401, NOWHERE),
    Row("signed with a time that is no number", stamp("now"), 401, NOWHERE),
    Row("signed with a time of 400 digits", stamp("1" * 400), 401, NOWHERE),
    Row("signed with a time in Arabic digits", stamp("١٧٦٧٢٢٥٦٠٠"), 401, NOWHERE),
    Row("signed with a time that is NaN", stamp("nan"), 401, NOWHERE),
    Row(
        "the same request again, within the window: the tag of both",
        lambda endpoint: [SIGNED(endpoint), SIGNED(endpoint)][1],
        200,
        '2 on the queue, as `"id:e1"`',
        "acme",
        id_tag,
    ),
]
METHODS = [
    Row("PUT instead of POST, signed", changed(lambda sent: sent._replace(method="PUT")), 405, NOWHERE),
    Row("GET, by anybody", lambda endpoint: endpoint.call(gateway.event("GET", {})), 401, NOWHERE),
    Row(
        "a body that says that it is base64, and is not",
        as_gateway_says(b"", body="ä=", isBase64Encoded=True),
        400,
        NOWHERE,
    ),
    Row("a body of 6 MB and a byte", posted(b"x" * (MAX_BODY + 1)), 413, NOWHERE),
]
TOKENS = [
    Row("no token", posted(encoded(GOOD)), 401, NOWHERE, "token"),
    Row("an empty token", posted(encoded(GOOD), authorization=""), 403, NOWHERE, "token"),
    Row("another token", posted(encoded(GOOD), authorization="x"), 403, NOWHERE, "token"),
    Row("a token of 10 KB", posted(encoded(GOOD), authorization="x" * 10_000), 403, NOWHERE, "token"),
    Row(
        "the token with `Bearer` before it, where it is sent without",
        posted(encoded(GOOD), authorization=f"Bearer {SECRET}"),
        403,
        NOWHERE,
        "token",
    ),
    Row("the token in capital letters", posted(encoded(GOOD), authorization=SECRET.upper()), 403, NOWHERE, "token"),
    Row("the token with a space behind it", posted(encoded(GOOD), authorization=f"{SECRET} "), 403, NOWHERE, "token"),
    Row("a token with letters beyond ASCII", posted(encoded(GOOD), authorization="pässword"), 403, NOWHERE, "token"),
    Row("the token in the URL, of an event that is refused", signed(b"{}"), 200, "kept: `missing`", "query"),
    Row(
        "the token in the URL, another",
        lambda endpoint: endpoint.call(gateway.event("POST", {}, b"{}", query={"key": "x"})),
        401,
        NOWHERE,
        "query",
    ),
    Row(
        "the token in the URL twice, the second right",
        lambda endpoint: endpoint.call(
            gateway.event("POST", {}, b"{}", url=f"{gateway.URL}?key=x&key={SECRET.replace(' ', '+')}")
        ),
        401,
        NOWHERE,
        "query",
    ),
]
CHALLENGES = [
    Row("a handshake, by anybody", posted(hello("abc")), 200, NOWHERE),
    Row(
        "a handshake whose token is a signed text: a time, and an event",
        posted(hello(f"{int(NOW)}.{{}}")),
        400,
        NOWHERE,
    ),
    Row("a handshake whose token has a line break", posted(hello("a\n")), 400, NOWHERE),
    Row("a handshake whose token is empty", posted(hello("")), 400, NOWHERE),
    Row("a handshake whose token has 129 characters", posted(hello("a" * 129)), 400, NOWHERE),
    Row("a handshake whose token is an object", posted(hello({"a": "b"})), 400, NOWHERE),
    Row("a handshake without a token", posted(b'{"type": "hello"}'), 400, NOWHERE),
    Row("a handshake of more than 16 KB", posted(hello("a", more="x" * MAX_HANDSHAKE)), 401, NOWHERE),
    Row("a handshake that is compressed", posted(gzip.compress(hello("a")), content_encoding="gzip"), 401, NOWHERE),
    Row("a handshake in Base64 within its text", posted(base64.b64encode(hello("a"))), 401, NOWHERE),
    Row("what a handshake has signed, sent as an event", challenged(b"12345"), 401, NOWHERE, "answering"),
    Row("an event that says that it is a handshake, signed", signed(good(type="hello", token="a")), 200, NOWHERE),
]
BODIES = [
    Row("no body", signed(b""), 400, NOWHERE),
    Row("white space", signed(b" \r\n"), 200, "kept: `not-json`"),
    Row("bytes that are no UTF-8", signed(b'{"id": "\xff"}'), 200, "kept: `not-json`"),
    Row("UTF-8 with a byte order mark", signed(b"\xef\xbb\xbf" + encoded(GOOD)), 200, QUEUED),
    Row("UTF-16", signed(json.dumps(GOOD).encode("utf-16")), 200, "kept: `not-json`"),
    Row("Latin-1", signed('{"id": "é"}'.encode("latin-1")), 200, "kept: `not-json`"),
    Row(
        "a body that came as base64",
        as_gateway_says(encoded(GOOD), body=base64.b64encode(encoded(GOOD)).decode(), isBase64Encoded=True),
        200,
        QUEUED,
    ),
    Row("XML", signed(b"<event/>"), 200, "kept: `not-json`"),
    Row("a form, where JSON is expected", signed(b"id=e1&type=login", kind=FORM), 200, "kept: `not-json`"),
    Row("JSON whose content type says text", signed(encoded(GOOD), kind="text/plain"), 200, QUEUED),
    Row("JSON that is cut short", signed(encoded(GOOD)[:-1]), 200, "kept: `not-json`"),
    Row("something after the JSON", signed(encoded(GOOD) + b"x"), 200, "kept: `not-json`"),
    Row("one JSON after the other, where one is expected", signed(encoded(GOOD) * 2), 200, "kept: `not-json`"),
    Row("a comma before the closing brace", signed(b'{"id": "e1",}'), 200, "kept: `not-json`"),
    Row("single quotes", signed(b"{'id': 'e1'}"), 200, "kept: `not-json`"),
    Row("a NUL as it stands", signed(body_with('"\0"')), 200, "kept: `not-json`"),
    Row("a NUL that is escaped", signed(body_with(r'"\u0000"')), 200, f'{QUEUED}, as `"\\u0000"`', "acme", detail("a")),
    Row(
        "U+FFFE and U+FFFF, which SQS refuses: the numbers of what is read",
        signed(body_with('"\ufffe\uffff"')),
        200,
        f"{QUEUED}, as `[65534, 65535]`",
        "acme",
        lambda message: [*map(ord, event_of(message)["a"])],
    ),
    Row("half of a pair of surrogates", signed(body_with(r'"\ud800"')), 200, "kept: `text`"),
    Row("NaN", signed(body_with("NaN")), 200, "kept: `number`"),
    Row("Infinity", signed(body_with("-Infinity")), 200, "kept: `number`"),
    Row("1e400", signed(body_with("1e400")), 200, "kept: `number`"),
    Row("an integer of 64 bits and one more", signed(body_with(str(2**63))), 200, "kept: `number`"),
    Row("an integer of 100,000 digits", signed(body_with("9" * 100_000)), 200, "kept: `number`"),
    Row("lists within lists, 64 deep", signed(body_with("[" * 63 + "]" * 63)), 200, QUEUED),
    Row("lists within lists, 65 deep", signed(body_with("[" * 64 + "]" * 64)), 200, "kept: `depth`"),
    Row("100,000 opening brackets", signed(b"[" * 100_000), 200, "kept: `depth`"),
    Row("250,001 values", signed(body_with("[" + "0," * 250_000 + "0]")), 200, "kept: `too-many`"),
    Row("the same key twice: its value", signed(body_with('1, "a": 2')), 200, f"{QUEUED}, as `2`", "acme", detail("a")),
    Row(
        "the keys `tags`, `payload` and an empty one, which are MozDef's: the first in `details`",
        signed(good(tags="x", payload=1, **{"": 2})),
        200,
        f'{QUEUED}, as `"x"`',
        "acme",
        detail("tags"),
    ),
    Row("400 KB beyond ASCII", signed(good(a="東" * 136_000)), 200, QUEUED),
    Row("an event of 1.5 MB", signed(good(a="x" * 1_500_000)), 200, WHOLE),
    Row(
        "an event of 1.5 MB in 100,000 keys",
        signed(good(**{f"key-{number:06}": number for number in range(100_000)})),
        200,
        WHOLE,
    ),
    Row("an event of almost 6 MB", signed(good(a="x" * (MAX_BODY - 200))), 200, WHOLE),
    Row(
        "a password, where `mask` names it",
        signed(good(password="p")),
        200,
        f'{QUEUED}, as `"[masked]"`',
        "masked",
        detail("password"),
    ),
]
BOMB = zlib.compress(b'{"a": "' + b"x" * 20_000_000 + b'"}')
GZIP = gzip.compress(encoded(GOOD), mtime=0)
COMPRESSED = [
    Row("gzip", signed(GZIP, "gzip"), 200, QUEUED),
    Row(
        "gzip in two parts",
        signed(gzip.compress(encoded(GOOD)[:9]) + gzip.compress(encoded(GOOD)[9:]), "gzip"),
        200,
        QUEUED,
    ),
    Row("gzip that nothing says is gzip", signed(GZIP), 200, "kept: `not-json`"),
    Row("JSON that is called gzip", signed(encoded(GOOD), "gzip"), 200, "kept: `encoding`"),
    Row("gzip that is cut short", signed(GZIP[:-9], "gzip"), 200, "kept: `encoding`"),
    Row("gzip with a wrong checksum", signed(GZIP[:-8] + bytes(8), "gzip"), 200, "kept: `encoding`"),
    Row("gzip of gzip, called gzip", signed(gzip.compress(GZIP), "gzip"), 200, "kept: `not-json`"),
    Row("gzip of gzip, called both", signed(gzip.compress(GZIP), "gzip, gzip"), 200, "kept: `encoding`"),
    Row("gzip that is called deflate", signed(GZIP, "deflate"), 200, "kept: `encoding`"),
    Row(
        "deflate, and more behind its end",
        signed(zlib.compress(encoded(GOOD)) + b"more", "deflate"),
        200,
        "kept: `encoding`",
    ),
    Row("20 KB that unpack to 20 MB", signed(BOMB, "deflate"), 200, "kept: `encoding`"),
    Row("Brotli", signed(b"\x0b\x02\x80", "br"), 200, "kept: `encoding`"),
    Row("a compressed body without a byte", signed(b"", "gzip"), 400, NOWHERE),
    Row("gzip that is not signed: it is not unpacked", posted(BOMB, content_encoding="deflate"), 401, NOWHERE),
]
NUMBERED = [{"id": str(number)} for number in range(10_001)]
EVENTS = [
    *(
        Row(f"{description}, where an object is expected", signed(body), 200, "kept: `not-an-object`")
        for description, body in (
            ("a list", b"[]"),
            ("a number", b"1"),
            ("a text", b'"id"'),
            ("null", b"null"),
            ("true", b"true"),
        )
    ),
    Row("an object without a key", signed(b"{}"), 200, "kept: `missing`"),
    Row("no id, where it is required", signed(encoded({"at": GOOD["at"]})), 200, "kept: `missing`"),
    Row("an id that is null", signed(good(id=None)), 200, "kept: `missing`"),
    Row("an id that is a number: its tag", signed(good(id=7)), 200, f'{QUEUED}, as `"id:7"`', "acme", id_tag),
    Row(
        "an id that is a list: how its tag begins",
        signed(good(id=[1])),
        200,
        f'{QUEUED}, as `"id:sha256:"`',
        "acme",
        lambda message: id_tag(message)[:10],
    ),
    Row(
        "an id of 10 KB: how its tag begins",
        signed(good(id="x" * 10_000)),
        200,
        f'{QUEUED}, as `"id:sha256:"`',
        "acme",
        lambda message: id_tag(message)[:10],
    ),
    Row(
        "a type of 10 KB: the characters of the summary that it is in",
        signed(good(type="x" * 10_000)),
        200,
        f"{QUEUED}, as `1000`",
        "acme",
        lambda message: len(message["summary"]),
    ),
    Row("a type that is an object", signed(good(type={"a": 1})), 200, QUEUED),
    Row("no time, where the definition says where it is", signed(encoded({"id": "e1"})), 200, "kept: `time`"),
    *(
        Row(f"the time {description}", signed(good(at=at)), 200, "kept: `time`")
        for description, at in (
            ("as a number, where RFC 3339 is expected", 1_767_225_600),
            ("without a zone", "2026-01-01T00:00:00"),
            ("of 30 February", "2026-02-30T00:00:00Z"),
            ("before 1970", "1969-12-31T23:59:59Z"),
            ("after 9999", "9999-12-31T23:59:59.999Z"),
            ("in words", "yesterday"),
            ("as a list", ["2026-01-01T00:00:00Z"]),
        )
    ),
    Row(
        "an address that is none, which the definition puts into `details`",
        signed(good(ip="none")),
        200,
        f"{QUEUED}, as `null`",
        "acme",
        detail("sourceipaddress"),
    ),
    Row(
        "`destinationipaddress` of the vendor's own that is no address",
        signed(good(destinationipaddress="x")),
        200,
        QUEUED,
    ),
    Row(
        "`success` of the vendor's own that is neither true nor false",
        signed(good(success="perhaps")),
        200,
        QUEUED,
    ),
    Row(
        "an event of several, refused: the others are sent",
        signed(wrapped({"id": "1"}, {}, {"id": "2"})),
        200,
        "2 on the queue, kept: `missing`",
        "batch",
    ),
    Row(
        "of several, one that is a text and one that is null",
        signed(wrapped({"id": "1"}, "x", None)),
        200,
        "on the queue, 2 kept: `not-an-object`",
        "batch",
    ),
    Row("no events in the list of events", signed(wrapped()), 200, NOWHERE, "batch"),
    Row(
        "an object, where the list of events is expected",
        signed(encoded({"events": {"id": "1"}})),
        200,
        "kept: `no-events`",
        "batch",
    ),
    Row("no list of events", signed(b"{}"), 200, "kept: `no-events`", "batch"),
    Row("10,000 events in a body", signed(wrapped(*NUMBERED[:-1])), 200, "10000 on the queue", "batch"),
    Row("10,001 events in a body", signed(wrapped(*NUMBERED)), 200, "kept: `too-many`", "batch"),
    Row(
        "ten events of 300 KB",
        signed(wrapped(*({"id": str(number), "a": "x" * 300_000} for number in range(10)))),
        200,
        "10 on the queue",
        "batch",
    ),
    Row("an event at which `transform.py` raises", SIGNED, 200, "kept: `transform`", transform=raising),
    Row("an event at which `transform.py` calls `sys.exit()`", SIGNED, 200, "kept: `transform`", transform=leaving),
    Row(
        "an event of which `transform.py` makes events without an end",
        SIGNED,
        200,
        "kept: `too-many`",
        transform=lambda event, _: repeat(event),
    ),
    Row(
        "an event of which `transform.py` makes an object, and no list",
        SIGNED,
        200,
        "kept: `transform`",
        transform=lambda event, _: event,
    ),
    Row(
        "an event of which `transform.py` makes what is no JSON",
        SIGNED,
        200,
        "kept: `number`",
        transform=lambda event, _: [{**event, "at": object()}],
    ),
]
WRITTEN = [
    Row(
        "a form, where a form may come",
        signed(b"id=e1&a=1", kind=FORM),
        200,
        f'{QUEUED}, as `"1"`',
        "form",
        detail("a"),
    ),
    Row("JSON that is called a form", signed(encoded(GOOD), kind=FORM), 200, QUEUED, "form"),
    Row("a form that is called JSON", signed(b"id=e1", kind="application/json"), 200, "kept: `not-json`", "form"),
    Row(
        "a form with the same field twice",
        signed(b"id=e1&a=1&a=2", kind=FORM),
        200,
        f'{QUEUED}, as `["1", "2"]`',
        "form",
        detail("a"),
    ),
    Row("a form whose event is no JSON", signed(b"payload=no", kind=FORM), 200, "kept: `not-json`", "form"),
    Row("a form with two events", signed(b"payload={}&payload={}", kind=FORM), 200, "kept: `not-form`", "form"),
    Row("a form that is no UTF-8", signed(b"a=%ff", kind=FORM), 200, "kept: `not-form`", "form"),
    Row("250,001 fields of a form", signed(b"&".join([b"a="] * 250_001), kind=FORM), 200, "kept: `too-many`", "form"),
    Row(
        "lines, one of them no JSON",
        signed(b'{"id": "1"}\nno\n{"id": "2"}'),
        200,
        "2 on the queue, kept: `not-an-object`",
        "lines",
    ),
    Row(
        "lines with empty ones between, and CRLF",
        signed(b'{"id": "1"}\r\n\r\n{"id": "2"}\r\n'),
        200,
        "2 on the queue",
        "lines",
    ),
    Row("one line, no JSON", signed(b"no"), 200, "kept: `not-json`", "lines"),
]
SCHEMAS = [
    Row("a field that the JSON Schema demands is not there", SIGNED, 200, "kept: `schema`", "schemas"),
    Row("a field of another type", signed(good(user=1)), 200, "kept: `schema`", "schemas"),
    Row("a value that is none of those allowed", signed(good(user="a", result="no")), 200, "kept: `schema`", "schemas"),
    Row("a field that the schema does not know", signed(good(user="a", new=1)), 200, QUEUED, "schemas"),
    Row("a type of event without a schema", signed(good(type="logout")), 200, QUEUED, "schemas"),
    Row("a type of event that is no name", signed(good(type="<b>")), 200, QUEUED, "schemas"),
    Row("an event without a type", signed(encoded({"id": "e1"})), 200, QUEUED, "schemas"),
]
TWO = signed(wrapped({"id": "1"}, {"id": "2"}))
ONE_EVENT = signed(wrapped({"id": "1"}))


def twice(send: Send) -> Send:
    def sent(endpoint: Endpoint) -> dict[str, Any]:
        send(endpoint)
        return send(endpoint)

    return sent


def claimed(endpoint: Endpoint) -> None:
    """Another request is sending it."""
    later = {"N": str(int(endpoint.now) + 20)}
    item = {"id": {"S": "id:1"}, "held_by": {"S": "another"}, "held_until": later, "expires": later}
    endpoint.table.items["id:1"] = item


def table_down(endpoint: Endpoint) -> None:
    endpoint.table.faults.always = DOWN


ONCE = [
    Row("the same event again", twice(ONE_EVENT), 200, QUEUED, "once"),
    Row("the same event twice in a body", signed(wrapped({"id": "1"}, {"id": "1"})), 200, QUEUED, "once"),
    Row(
        "different events, each with the id true",
        signed(wrapped({"id": True, "a": 1}, {"id": True, "a": 2})),
        200,
        "2 on the queue",
        "once",
    ),
    Row('the ids 1 and "1"', signed(wrapped({"id": 1}, {"id": "1"})), 200, "2 on the queue", "once"),
    Row("an event without an id, again", twice(signed(wrapped({"a": 1}))), 200, "2 on the queue", "once"),
    Row("an event that another request is sending", while_(claimed, ONE_EVENT), 503, NOWHERE, "once"),
    Row("one that another request is sending, and one more", while_(claimed, TWO), 503, QUEUED, "once"),
    Row("the table is away", while_(table_down, ONE_EVENT), 200, QUEUED, "once"),
    Row(
        "the table is away, and the same event comes again",
        while_(table_down, twice(ONE_EVENT)),
        200,
        "2 on the queue",
        "once",
    ),
]
PARTLY: dict[str, Any] = {"Failed": [{"Id": "0", "SenderFault": False, "Code": "InternalError"}]}
NEVER: dict[str, Any] = {"Failed": [{"Id": "0", "SenderFault": True, "Code": "InvalidMessageContents"}]}
OUTAGES = [
    Row("the queue is away", while_(queue(always=DOWN), SIGNED), 200, WAITS),
    Row("the queue takes nothing for now", while_(queue(always=THROTTLED), SIGNED), 200, WAITS),
    Row(
        "the queue takes one of two messages at first, and the other then",
        while_(queue(PARTLY), TWO),
        200,
        "2 on the queue",
        "batch",
    ),
    Row(
        "the queue takes one of two messages, and the other not now",
        while_(queue(PARTLY, PARTLY, PARTLY), TWO),
        200,
        f"{QUEUED}, {WAITS}",
        "batch",
    ),
    Row("the queue will never take a message", while_(queue(NEVER), SIGNED), 200, "kept: `queue`"),
    Row("the bucket is away, and the event is good", while_(bucket_down, SIGNED), 200, QUEUED),
    Row("the bucket is away, and the event is to be kept", while_(bucket_down, signed(b"{}")), 503, NOWHERE),
    Row(
        "the bucket is away, and the event has 1.5 MB",
        while_(bucket_down, signed(good(a="x" * 1_500_000))),
        503,
        NOWHERE,
    ),
    Row("queue and bucket are away", while_(both_down, SIGNED), 503, NOWHERE),
    Row("the secrets' store is away, and the secret was read before", while_(store_down_later, SIGNED), 200, QUEUED),
    Row("the secrets' store is away, and the secret was never read", while_(store_down, SIGNED), 503, NOWHERE),
    Row("no secret is stored", while_(nothing_stored, SIGNED), 503, NOWHERE),
    Row("no secret is stored, behind an authorizer", while_(nothing_stored, SIGNED), 503, NOWHERE, "token"),
    Row("the secret is stored with a line break at its end", while_(stored(f"{SECRET}\n"), SIGNED), 200, QUEUED),
    Row("the secret that is stored is blank", while_(stored("\n"), SIGNED), 503, NOWHERE),
    Row(
        "the previous secret that is stored is blank",
        while_(stored("\n", as_well=PREVIOUS_SUFFIX), SIGNED),
        200,
        QUEUED,
    ),
    Row(
        "the previous secret is blank, and the event forged",
        while_(stored("\n", as_well=PREVIOUS_SUFFIX), FORGED),
        401,
        NOWHERE,
    ),
]
PARTS = {
    "Signatures": SIGNATURES,
    "Times of signing": TIMES,
    "Methods and sizes": METHODS,
    "Tokens": TOKENS,
    "Handshakes": CHALLENGES,
    "Bodies": BODIES,
    "Compressed bodies": COMPRESSED,
    "Events": EVENTS,
    "Forms and lines": WRITTEN,
    "Events with a JSON Schema": SCHEMAS,
    "Events sent again, with `dedupe`": ONCE,
    "When AWS does not answer, or a secret is missing": OUTAGES,
}
ROWS = [row for rows in PARTS.values() for row in rows]


class Seen(NamedTuple):
    status: int
    became: str
    why: str
    leaks: bool
    """Whether the secret is in the answer, the log, the queue or the bucket."""


SEEN: dict[Row, Seen] = {}


def seen(row: Row, sources: dict[str, Definition]) -> Seen:
    """What comes of a row, which is carried out once."""
    if row not in SEEN:
        endpoint = Endpoint(replace(sources[row.source].source, transform=row.transform))
        answer = row.send(endpoint)
        log_line = endpoint.log[-1] if endpoint.log else {"message": "nothing: API Gateway answers"}
        # Where a text ceases to be JSON, each version of Python says in its own words.
        why = re.sub(r"(the body is not JSON): .*", r"\1", log_line.get("why", log_line["message"]))
        why += "".join(f", {name}: {log_line[name]}" for name in ("duplicates", "unclaimed") if name in log_line)
        why += f", drift: {', '.join(log_line['drift'])}" if "drift" in log_line else ""
        output = json.dumps([answer, endpoint.log, endpoint.queue.bodies, endpoint.bucket.read()])
        leak = SECRET in output.replace("+", " ").replace("%20", " ")
        SEEN[row] = Seen(answer["statusCode"], fate(endpoint, row), why, leak)
    return SEEN[row]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.description}, {row.source}")
def test_bad_input_is_answered_and_ends_where_the_table_says(row: Row, sources: dict[str, Definition]) -> None:
    outcome = seen(row, sources)
    assert (outcome.status, outcome.became, outcome.leaks) == (row.status, row.became, False)


# At the command line.

TOKEN = "webhook: {auth: {token: {header: x-token}}}\n"
SCHEMA = 'events: {schemas: {"*": schemas/a.json}}\n'
HMAC = "webhook: {auth: {hmac: {signature: {header: x-s}%s}}}\n"
HOST = "{description: d, pattern: '[a-z.]+', example: a.example}"
JWT_OF_HOST = "webhook: {auth: {jwt: {issuer: 'https://%s', audience: [a]}}}\n"
TYPES = "all_of, any_of, basic, body_hmac, body_token, digest, ecdsa, ed25519, hmac, jwt, rsa, sns, token"
_NAMES = (
    "description, webhook, pull, extends, parameters, events, facts, output, mozdef, drop, dedupe, archive, "
    "delivery, pipeline, hardening, vendor"
)
KEYS = f"must have keys ({_NAMES})"
NEVER_A_SECRET = (
    "webhook.auth.token.secret: must be the name of a parameter, such as auth_token, never the secret itself; if "
    "this is a secret, take it out of the file, and put it into Parameter Store"
)
NO_ALIASES = "anchors and aliases (& and *) are not supported; write the value out"
CHALLENGE = "description: a\nwebhook:\n  auth: {hmac: {signature: {header: x-s}}}\n  challenges:\n  - "


class Written(NamedTuple):
    """What stands in a definition, and every line that is said of it, without the file's name."""

    description: str
    text: str | bytes
    messages: list[str]
    schema: str | None = None
    """What stands in its schemas/a.json, of which it is said then."""


FILES = [
    Written("nothing", "", [" is empty; it needs at least description, and webhook or pull"]),
    Written("a list", "- a\n", [f"1: {KEYS}, and is a list"]),
    Written("bytes that are no UTF-8", b"description: \xff\n", [" is not UTF-8 text"]),
    Written("UTF-16", "description: x\n".encode("utf-16"), [" is not UTF-8 text"]),
    Written(
        "a NUL",
        "description: a\0b\n",
        [" is not YAML: unacceptable character #x0000: special characters are not allowed"],
    ),
    Written(
        "a tab",
        "description: a\nwebhook:\n\tauth: x\n",
        ["3: has a tab; indent with spaces (YAML: found character '\\t' that cannot start any token)"],
    ),
    Written("two documents", "description: a\n---\ndescription: b\n", ["2: is not YAML: but found another document"]),
    Written(
        "a key twice",
        f"description: a\ndescription: b\n{TOKEN}",
        ["2: description: appears twice; the first is in line 1"],
    ),
    Written(
        "aliases that unfold to more and more",
        "a: &a [x]\nb: &b [*a, *a]\nc: *b\n",
        [f"1: b[0]: {NO_ALIASES}", f"1: b[1]: {NO_ALIASES}", f"2: c: {NO_ALIASES}"],
    ),
    Written("3,000 lists within lists", f"description: {'[' * 3_000}{']' * 3_000}\n", ["1: is nested deeper than 50"]),
    Written("100,000 opening brackets", f"description: {'[' * 100_000}\n", [" is nested deeper than 50"]),
    Written("100,000 dashes", f"description:\n {'- ' * 100_000}\n", [" is nested deeper than 50"]),
]
VALUES = [
    Written(
        "`no`, and a date, where text is expected",
        f"description: no\n{TOKEN}facts: {{summary: 2026-01-01}}\n",
        [
            '1: description: must be text; no is true or false in YAML; put it in quotes, "no"',
            '3: facts.summary: must be text; 2026-01-01 is a date in YAML; put it in quotes, "2026-01-01"',
        ],
    ),
    Written(
        "numbers that can't be",
        "description: a\nwebhook: {auth: {token: {header: x-t}}, concurrency: -1, throttle: {rate: 0, burst: 10000}}\n",
        [
            "2: webhook.concurrency: must be 1 to 1000, or null to reserve none",
            "2: webhook.throttle.burst: must be 1 to 5,000, the limit of an AWS account",
            "2: webhook.throttle.rate: must be 1 to 10,000, the limit of an AWS account",
        ],
    ),
    Written(
        "a number with a fraction",
        "description: a\nwebhook: {auth: {token: {header: x-t}}, concurrency: 1.5}\n",
        ["2: webhook.concurrency: must be a whole number, and is a number with a fraction"],
    ),
    Written(
        "a word that is misspelt",
        "description: a\nwebhook: {auth: {hmca: {}}}\n",
        [f"2: webhook.auth.hmca: no such auth type; did you mean hmac? ({TYPES})"],
    ),
]
VERIFICATION = [
    Written(
        "two ways to verify",
        "description: a\nwebhook: {auth: {token: {header: x-t}, hmac: {signature: {header: x-s}}}}\n",
        [
            f"2: webhook.auth: must have exactly one type: one of {TYPES}; it has token and hmac, "
            "so one may be indented too little"
        ],
    ),
    Written(
        "the secret itself",
        "description: a\nwebhook: {auth: {token: {header: x-t, secret: 8f14e45fceea167a5a36dedd4bea2543}}}\n",
        [f"2: {NEVER_A_SECRET}"],
    ),
    Written(
        "a signature that does not cover the body",
        "description: a\n" + HMAC % ", signed: '{method}'",
        ["2: webhook.auth.hmac.signed: does not cover the body, so anyone could change it; it must have {body}"],
    ),
    Written(
        "a handshake that would sign an event for anybody",
        CHALLENGE
        + "{when: a, unauthenticated: true, inputs: {reason: r, also: '{'}, reply: {text: '{hmac_hex(a)}'}}\n",
        ["5: webhook.challenges[0].inputs.also: must not have {: with it an answer could be the signature of an event"],
    ),
    Written(
        "a handshake that every event is",
        f"{CHALLENGE}{{when: '@', reply: {{text: ok}}}}\n",
        ["5: webhook.challenges[0].when: matches every request, so none would become an event; compare a field"],
    ),
    Written(
        "the credential in the summary",
        f"description: a\n{TOKEN}facts: {{summary: \"{{header('X-Token')}}\"}}\n",
        ["3: facts.summary: would show the credential, which is in x-token; remove it from the path"],
    ),
]
PARAMETERS = [
    Written(
        "a parameter that is misspelt, and one that stands nowhere",
        f"description: a\nparameters: {{Host: {HOST}, Ho-st: {HOST}}}\n{JWT_OF_HOST % '${Hots}'}",
        [
            "2: parameters.Ho-st: must be a name such as OktaDomain: at most 40 letters and digits, a letter first",
            "3: webhook.auth.jwt.issuer: ${Hots}: no such parameter; did you mean Host? (Ho-st, Host)",
        ],
    ),
    Written(
        "a parameter of which any text could be the host",
        f"description: a\nparameters: {{Host: {HOST.replace('[a-z.]+', '[a-z./@]+')}}}\n{JWT_OF_HOST % '${Host}'}",
        [
            "3: webhook.auth.jwt.issuer: has ${Host} in a host, which has letters, digits, dots and dashes alone; its "
            "pattern allows / @"
        ],
    ),
    Written(
        "a pattern that CloudFormation and the functions would read differently",
        f"description: a\nparameters: {{Host: {HOST.replace('[a-z.]+', '^.*$')}}}\n{JWT_OF_HOST % '${Host}'}",
        ["2: parameters.Host.pattern: has ^; leave it out: a value is always matched as a whole"],
    ),
    Written(
        "a parameter for a secret",
        f"description: a\nparameters: {{ApiToken: {HOST}}}\n{JWT_OF_HOST % '${ApiToken}'}",
        [
            "2: parameters.ApiToken: looks like a secret, and a parameter is none: the console shows its value; a "
            "secret goes into Parameter Store"
        ],
    ),
    Written(
        "a parameter in a text for analysts",
        f"description: a\nparameters: {{Host: {HOST}}}\n{JWT_OF_HOST % '${Host}'}facts: {{summary: 'of ${{Host}}'}}\n",
        [
            "4: facts.summary: ${Host} can't stand here: a parameter stands in URLs, hosts, requests of `pull`, and "
            "settings of `auth` and `credentials`; for a dollar sign before a path, write {'$'}{Host}"
        ],
    ),
]
REQUESTS = [
    Written(
        "a URL, where a path is expected",
        "description: a\nwebhook: {auth: {token: {header: x-t}}, path: 'https://x.example/events'}\n",
        [
            "2: webhook.path: must be a path such as /events: slashes, letters, digits and . _ ~ -, "
            "at most 100 characters"
        ],
    ),
    Written(
        "a header with a line break",
        'description: a\nwebhook: {auth: {token: {header: x-t}}, refusal_headers: {x-a: "b\\r\\nset-cookie: c"}}\n',
        ["2: webhook.refusal_headers.x-a: must be printable ASCII, in one line"],
    ),
    Written(
        "an answer that is an error, with two bodies",
        "description: a\nwebhook: {auth: {token: {header: x-t}}, answer: {status: 500, json: {}, text: x}}\n",
        [
            "2: webhook.answer.status: must be 200 to 299",
            "2: webhook.answer.text: can't stand beside `json`, since a reply has one body; leave one out",
        ],
    ),
    Written(
        "paths and texts that end too early",
        f"description: a\n{TOKEN}events: {{split: 'a[', id: a..b}}\nfacts: {{summary: '{{a', severity: '{{b.}}'}}\n",
        [
            "3: events.id: a..b is not a path: . at character 3 is out of place",
            "3: events.split: a[ is not a path: it ends too early",
            "4: facts.severity: b. is not a path: it ends too early",
            "4: facts.summary: the { at character 1 is never closed",
        ],
    ),
    Written(
        "paths that compare, or negate, something else than was meant",
        f"description: a\n{TOKEN}events: {{require: [a == 5, a == true, '!a.b', a == b]}}\n",
        [
            "3: events.require[0]: a == 5 is not a path; a number goes in backticks: `5`",
            "3: events.require[1]: a == true compares with a path; true goes in backticks: `true`",
            "3: events.require[2]: !a.b finds nothing, since ! negates the first name alone; put what it negates in "
            "brackets: !(a.b)",
            "3: events.require[3]: a == b compares two paths; text goes in single quotes: 'b'",
        ],
    ),
    Written(
        "`dedupe`, and no id",
        f"description: a\n{TOKEN}dedupe: {{}}\n",
        ["3: dedupe: needs the vendor's id of each event; add `events.id`"],
    ),
]
EVENT_SCHEMAS = [
    Written(
        "a JSON Schema that is not there",
        f"description: a\n{TOKEN}{SCHEMA}",
        ["3: events.schemas.*: there is no schemas/a.json beside the definition"],
    ),
    Written("a schema that is no JSON", f"description: a\n{TOKEN}{SCHEMA}", ["1: is not JSON: Expecting value"], "no"),
    Written(
        "a schema with a keyword that is misspelt",
        f"description: a\n{TOKEN}{SCHEMA}",
        ["1: requird: no such keyword; did you mean required? (an own keyword begins with x-)"],
        '{"requird": ["a"]}',
    ),
    Written(
        "a schema that leads elsewhere",
        f"description: a\n{TOKEN}{SCHEMA}",
        [
            "1: $ref: https://schemas.example/a.json leads nowhere in this file, and no other is read; write "
            "one such as #/definitions/user"
        ],
        '{"$ref": "https://schemas.example/a.json"}',
    ),
    Written(
        "a schema of another draft",
        f"description: a\n{TOKEN}{SCHEMA}",
        [
            "1: $schema: must be draft-04, 06 or 07, such as http://json-schema.org/draft-07/schema#; a schema in "
            "which nothing is newer may say so"
        ],
        '{"$schema": "https://json-schema.org/draft/2020-12/schema"}',
    ),
]
EXTENDS = [
    Written("itself beneath itself", "extends: made\ndescription: x\n", ["1: extends: made would extend itself"]),
    Written(
        "a source beneath it that is not there",
        "extends: qqqq\n",
        [
            "1: extends: no source qqqq in sources, nor among those that are shipped; "
            "to see all: python -m generator list"
        ],
    ),
]
DEFINITIONS = {
    "The file": FILES,
    "Values": VALUES,
    "How senders are verified": VERIFICATION,
    "Parameters": PARAMETERS,
    "Requests and events": REQUESTS,
    "JSON Schemas": EVENT_SCHEMAS,
    "`extends`": EXTENDS,
}


@pytest.mark.parametrize(
    "case", [case for part in DEFINITIONS.values() for case in part], ids=lambda case: case.description
)
def test_a_bad_definition_is_said_whole_and_nothing_is_built(
    case: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources" / "made").mkdir(parents=True)
    text = case.text if isinstance(case.text, bytes) else case.text.encode()
    (tmp_path / "sources" / "made" / "source.yml").write_bytes(text)
    if case.schema is not None:
        (tmp_path / "sources" / "made" / "schemas").mkdir()
        (tmp_path / "sources" / "made" / "schemas" / "a.json").write_text(case.schema, encoding="utf-8")
    assert main(["made", "--lint", "fast"]) == 1
    printed = capsys.readouterr()
    lines = [line for line in printed.err.splitlines() if not line.endswith("problems; nothing was written")]
    file = "source.yml" if case.schema is None else "schemas/a.json"
    assert lines == [f"error: sources/made/{file}:{message}" for message in case.messages]
    assert (printed.out, (tmp_path / "build" / "made").exists()) == ("", False)


PULLED = [Written(wrong.description, wrong.text, wrong.messages) for wrong in WRONG]


@pytest.mark.parametrize("case", PULLED, ids=lambda case: case.description)
def test_a_bad_definition_of_a_pulled_source_is_said_whole_and_nothing_is_built(
    case: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    test_a_bad_definition_is_said_whole_and_nothing_is_built(case, tmp_path, monkeypatch, capsys)


NO_DEFAULT = f"is each source's own, and has no default; defaults.yml takes {', '.join(DEFAULT_KEYS)}"
DEFAULTS = [
    Written(
        "a list",
        "- a\n",
        [
            "1: must have keys (webhook, events, output, mozdef, dedupe, archive, delivery, pipeline, hardening), "
            "and is a list"
        ],
    ),
    Written("nothing behind a key", "mozdef:\n", ["1: mozdef: is empty; write {} for its defaults, or leave it out"]),
    Written(
        "a key that is misspelt",
        "hardning: strict\nwebhook: {concurency: 5}\n",
        [
            "1: hardning: no such key; did you mean hardening? "
            "(archive, dedupe, delivery, events, hardening, mozdef, output, pipeline, webhook)",
            "2: webhook.concurency: no such key; did you mean concurrency? (concurrency, path, throttle)",
        ],
    ),
    Written(
        "keys that are each source's own",
        "description: a\nevents: {split: items}\nwebhook: {auth: {token: {header: x-t}}}\n",
        [f"1: description: {NO_DEFAULT}", f"2: events.split: {NO_DEFAULT}", f"3: webhook.auth: {NO_DEFAULT}"],
    ),
    Written(
        "a word that is none of those allowed",
        "hardening: strickt\n",
        ["1: hardening: must be one of baseline, strict; did you mean strict?"],
    ),
    Written(
        "numbers that can't be",
        "webhook: {throttle: {rate: 0}}\nevents: {expect_every: 500}\ndedupe: {window: 0}\n",
        [
            "1: webhook.throttle.rate: must be 1 to 10,000, the limit of an AWS account",
            "2: events.expect_every: must be 1 to 168 hours: CloudWatch looks back a week",
            "3: dedupe.window: must be 1 to 168 hours",
        ],
    ),
    Written(
        "two that exclude each other",
        "hardening: strict\nwebhook: {concurrency: null}\n",
        ["2: webhook.concurrency: must be 1 to 1000, since `hardening: strict` reserves concurrency"],
    ),
]


@pytest.mark.parametrize("case", DEFAULTS, ids=lambda case: case.description)
def test_bad_defaults_are_said_once_and_nothing_is_built(
    case: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("made", "other"):
        define(tmp_path / "sources", f"description: a\n{TOKEN}", name)
    assert isinstance(case.text, str)
    (tmp_path / "sources" / "defaults.yml").write_text(case.text, encoding="utf-8")
    assert main(["made", "other", "--lint", "fast"]) == 1
    printed = capsys.readouterr()
    lines = [line for line in printed.err.splitlines() if not line.endswith("problems; nothing was written")]
    assert lines == [f"error: sources/defaults.yml:{message}" for message in case.messages]
    assert (printed.out, (tmp_path / "build" / "made").exists()) == ("", False)


# What API Gateway answers itself.


def test_another_path_or_method_has_no_route(sources: dict[str, Definition]) -> None:
    resources = event_source.build(sources["acme"].source, "code/0.zip").to_dict()["Resources"]
    keys = {
        resource["Properties"]["RouteKey"]
        for resource in resources.values()
        if resource["Type"] == "AWS::ApiGatewayV2::Route"
    }
    assert keys == {"POST /events"}


# The page.


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def rows(part: list[Row], sources: dict[str, Definition]) -> list[str]:
    lines = ["| request | status | event | log |", "|---|---|---|---|"]
    for row in part:
        outcome = seen(row, sources)
        lines.append(f"| {cell(row.description)} | {outcome.status} | {cell(outcome.became)} | {cell(outcome.why)} |")
    return lines


def page(sources: dict[str, Definition]) -> str:
    lines = ["## Requests", ""]
    for title, part in PARTS.items():
        lines += [f"### {title}", "", *rows(part, sources), ""]
    lines += ["## Definitions", ""]
    for title, cases in DEFINITIONS.items():
        lines += [f"### {title}", "", *messages("in `source.yml`, or in a schema", cases), ""]
    lines += ["## Definitions of pulled sources", ""]
    for title, cases in pulled_parts().items():
        lines += [f"### {title}", "", *messages("in `source.yml`", cases), ""]
    lines += ["## Defaults for all sources", "", *messages("in `sources/defaults.yml`", DEFAULTS)]
    return "\n".join(lines)


def pulled_parts() -> dict[str, list[Written]]:
    """Return the mistakes in pulled sources by the part of the definition that the first message names."""
    parts: dict[str, list[Written]] = {"`pull`": [], "`pull.streams`": [], "`window` of a stream": [], "Other keys": []}
    for case in PULLED:
        key = case.messages[0].partition(": ")[2]
        if ".window." in key:
            part = "`window` of a stream"
        elif key.startswith("pull.streams"):
            part = "`pull.streams`"
        else:
            part = "`pull`" if key.startswith("pull") else "Other keys"
        parts[part].append(case)
    return parts


def messages(what: str, cases: list[Written]) -> list[str]:
    return [
        f"| {what} | messages |",
        "|---|---|",
        *(f"| {cell(case.description)} | {cell('<br>'.join(map(code, case.messages)))} |" for case in cases),
    ]


def code(message: str) -> str:
    """Return a message as Markdown's code, which a backquote in it must not end."""
    text = message.strip()
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def test_the_page_is_the_table(sources: dict[str, Definition], update: bool) -> None:
    assert_generated(PAGE, "test_bad_input.py", page(sources), update=update)
