"""What holds for any request: nothing raises, nobody gets in, nothing authentic is lost, nothing private is said."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import math
import re
import zlib
from datetime import datetime
from typing import Any, NoReturn

import jmespath
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.definition.read import load
from generator.samples import gateway
from generator.testing import event_of
from lambdas.model import Source
from lambdas.reading.request import BY_IAM
from lambdas.receiving.authorize import authorize
from tests.definitions import CASES, SOURCES, webhook_definitions
from tests.fakes import NOW, SECRET, Endpoint, signed_request
from tests.mozdef_index import Index

pytestmark = pytest.mark.slow

NAMES = ["zoom", "okta", "slack", "asana", "batch", "twitch", "twitter"]
SOURCE = {
    definition.source.name: definition.source for definition in (*load(SOURCES, NAMES[:2]), *load(CASES, NAMES[2:]))
}

# Bodies, as text: most of what is wanted here no encoder would write.


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


ODD = [
    *("NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e308", "1e-400", "-0", "9" * 5_000),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551616.5"),
    *(r'"\ud800"', r'"\udfff!"', r'"\ufffe\uffff"', '"\ufffe\uffff"', r'"\u0000\u001f\u007f"', '"\x00"', '"\ud800"'),
    *(nested(60), nested(64), nested(65), nested(900), nested(100_000), '{"a":' * 100_000, "[" * 100_000),
    *('"127.0.0.1"', '"not an address"', "true", "false", "null", '""', "[]", "{}", '"nan"', "1767225600000"),
]
TEXTS = st.text(st.characters())
KEYS = st.one_of(
    st.sampled_from(["", "@a", "tags", "payload", "details", "success", "x_int", "x_float", "sourceipaddress"]), TEXTS
)


def as_object(members: dict[str, str]) -> str:
    return "{" + ",".join(f"{json.dumps(key)}:{value}" for key, value in members.items()) + "}"


def as_list(items: list[str]) -> str:
    return "[" + ",".join(items) + "]"


LEAVES = st.one_of(
    st.sampled_from([odd for odd in ODD if len(odd) < 10_000]),
    TEXTS.map(json.dumps),
    TEXTS.map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.integers().map(str),
    st.floats().map(json.dumps),
)
VALUES = st.recursive(
    LEAVES,
    lambda below: st.one_of(st.lists(below).map(as_list), st.dictionaries(KEYS, below).map(as_object)),
    max_leaves=10,
)


def objects(members: dict[str, st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    """Objects with these members, further ones, and sometimes without some of these."""
    more = st.dictionaries(KEYS, VALUES, max_size=3)
    some = st.one_of(st.fixed_dictionaries(members), st.fixed_dictionaries({}, optional=members))
    return st.tuples(more, some).map(lambda pair: as_object({**pair[0], **pair[1]}))


def usually(*texts: str) -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(texts), st.sampled_from(texts), VALUES)


PLAIN_TOKEN = usually('"qgg8vlvZRS6UYooatFL8Aw"', json.dumps(f"v0:{int(NOW)}:{{}}"))
OKTA_EVENT = objects(
    {
        "uuid": usually('"5a10f009"'),
        "eventType": usually('"user.session.start"'),
        "published": usually('"2026-01-01T00:00:00.000Z"'),
        "severity": usually('"WARN"'),
        "client": usually('{"ipAddress":"2001:db8::1"}', '{"ipAddress":"unknown"}'),
    }
)
EVENTS = {
    "zoom": objects(
        {
            "event": usually('"user.deleted"', '"endpoint.url_validation"'),
            "payload": st.one_of(VALUES, objects({"plainToken": PLAIN_TOKEN})),
            "event_ts": usually("1767225600000"),
        }
    ),
    "okta": objects({"data": objects({"events": st.lists(usually("{}") | OKTA_EVENT, max_size=5).map(as_list)})}),
    "slack": objects({"type": usually('"event_callback"', '"url_verification"'), "challenge": VALUES}),
    "twitch": objects({"challenge": VALUES}),
    "batch": st.lists(objects({})).map(as_list),
}


def sent(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def bodies(name: str) -> st.SearchStrategy[bytes]:
    events = EVENTS.get(name, objects({})).map(sent)
    spoilt = st.tuples(events, st.binary(max_size=3), st.integers(0, 3)).map(
        lambda parts: parts[0][parts[2] :] + parts[1]
    )
    return st.one_of(events, events, VALUES.map(sent), spoilt, events.map(b"\xef\xbb\xbf".__add__), st.binary())


# Requests, as API Gateway hands them over.

CREDENTIALS = sorted(
    {
        *(
            "authorization",
            "x-zm-signature",
            "x-zm-request-timestamp",
            "x-slack-signature",
            "x-slack-request-timestamp",
        ),
        *("x-hub-signature-256", "x-hook-signature", "x-dropbox-signature", "x-twitter-webhooks-signature"),
        *("twitch-eventsub-message-id", "twitch-eventsub-message-timestamp", "twitch-eventsub-message-signature"),
    }
)
OTHERS = [
    "x-okta-verification-challenge",
    "x-hook-secret",
    "twitch-eventsub-message-type",
    "cookie",
    "content-type",
    "",
]
HEADER_NAMES = st.one_of(
    st.sampled_from(CREDENTIALS), st.sampled_from(CREDENTIALS).map(str.title), st.sampled_from(OTHERS), TEXTS
)
HEADER_VALUES = st.one_of(
    st.sampled_from(
        [
            *("", " ", "v0=", "v0=00", "sha256=", "Bearer ", f"v0={'0' * 64}", f"sha256={'0' * 64}", "0" * 64),
            *(f"{SECRET} ", f"Bearer x{SECRET}", SECRET.upper(), str(int(NOW)), "2026-01-01T00:00:00Z", "é", "\ud800"),
        ]
    ),
    TEXTS,
)
HEADERS = st.dictionaries(HEADER_NAMES, HEADER_VALUES, max_size=8)
BESIDE_A_CREDENTIAL = st.dictionaries(
    HEADER_NAMES.filter(lambda name: name.lower() not in CREDENTIALS), HEADER_VALUES, max_size=3
)
METHODS = st.sampled_from(["POST", "POST", "GET", "HEAD", "PUT", "post", ""])
QUERIES = st.one_of(
    st.just(""), TEXTS, TEXTS.map(lambda text: f"challenge={text}"), TEXTS.map(lambda text: f"crc_token={text}")
)


@st.composite
def requests(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Any request that nobody has signed; one in base64 may hold none."""
    event = gateway.event(draw(METHODS), {}, draw(bodies(name)), binary=draw(st.booleans()))
    if draw(st.booleans()):
        event |= {"body": draw(TEXTS), "isBase64Encoded": draw(st.booleans())}
    return {**event, "headers": draw(HEADERS), "rawQueryString": draw(QUERIES)}


# What MozDef takes, from what its worker does, its Elasticsearch mapping, and what SQS takes.

SQS_TEXT = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
TEXT_FIELDS = {
    *("hostname", "processname", "processid", "summary", "category", "severity", "source"),
    *("eventsource", "logger", "timestamp", "utctimestamp"),
}


def never(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is no JSON")


def finite(text: str) -> float:
    assert math.isfinite(float(text))
    return float(text)


def int64(text: str) -> int:
    assert -(2**63) <= int(text) < 2**63
    return int(text)


def taken_by_mozdef(body: str) -> dict[str, Any]:
    """The message, once everything that MozDef or SQS demands of it was found true."""
    assert len(body.encode()) <= 1_048_576
    assert SQS_TEXT.fullmatch(body)
    message = json.loads(body, parse_constant=never, parse_float=finite, parse_int=int64)
    json.dumps(message, ensure_ascii=False).encode()
    assert set(message) == {*TEXT_FIELDS, "tags", "details"}
    assert all(isinstance(message[field], str) for field in TEXT_FIELDS)
    assert isinstance(message["tags"], list)
    assert all(isinstance(tag, str) for tag in message["tags"])
    assert datetime.fromisoformat(message["utctimestamp"]).tzinfo
    assert message["timestamp"] == message["utctimestamp"]
    assert Index().add(json.loads(body)) is None
    return message


def delivered(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [taken_by_mozdef(body) for body in endpoint.queue.bodies]


def rejected(endpoint: Endpoint, body: bytes) -> list[int]:
    """The places of the events that are named in a reject, each of which has the body as it was sent."""
    envelopes = [json.loads(content) for key, content in endpoint.bucket.objects.items() if key.startswith("rejected/")]
    assert all(base64.b64decode(envelope["body"]) == body for envelope in envelopes)
    return sorted(event["index"] for envelope in envelopes for event in envelope["events"])


def events_in(source: Source, body: bytes) -> list[Any]:
    root = json.loads(body.decode("utf-8-sig"))
    return jmespath.search(source.events.split, root) if source.events.split else [root]


def without_what_is_added(source: Source, event: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in event.items() if key not in (source.mozdef.details or {})})


def check_that_nothing_is_lost(endpoint: Endpoint, body: bytes) -> None:
    messages, refused = delivered(endpoint), rejected(endpoint, body)
    if refused == [-1]:
        assert messages == []
        return
    events = events_in(endpoint.source, body)
    assert set(refused) <= set(range(len(events)))
    left = [event for index, event in enumerate(events) if index not in refused]
    assert len(set(refused)) == len(refused)
    received = [without_what_is_added(endpoint.source, event_of(message)) for message in messages]
    assert received == [without_what_is_added(endpoint.source, event) for event in left]


def accepted(name: str) -> int:
    """What this vendor is answered once its events are somewhere."""
    answer = SOURCE[name].webhook.answer
    return answer.status if answer else 200


def marshalled(answer: dict[str, Any]) -> str:
    """An answer as Lambda's runtime encodes it: with characters, not with escapes of them."""
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False)
    text.encode()
    return text


# The properties.

EVERY = pytest.mark.parametrize("name", NAMES)


@EVERY
@given(st.data())
def test_unsigned_request_is_refused_without_a_trace_in_queue_or_bucket(name: str, data: st.DataObject) -> None:
    endpoint = Endpoint(SOURCE[name])
    answer = endpoint.call(data.draw(requests(name)))
    marshalled(answer)
    if not (endpoint.log and endpoint.log[-1]["message"] == "challenge answered"):
        assert 400 <= answer["statusCode"] < 500
    else:
        assert any(challenge.unauthenticated for challenge in SOURCE[name].webhook.challenges)
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


@EVERY
@given(st.data())
def test_an_authorizer_never_raises_and_lets_nobody_in(name: str, data: st.DataObject) -> None:
    endpoint = Endpoint(SOURCE[name])
    event = {**data.draw(requests(name)), "type": "REQUEST"}
    assert authorize(SOURCE[name], endpoint.secrets, event, NOW) == {"isAuthorized": False}


@EVERY
@pytest.mark.parametrize("event", [{}, {"headers": None, "body": None, "requestContext": None, "rawQueryString": None}])
def test_empty_event_is_refused(name: str, event: dict[str, Any]) -> None:
    assert Endpoint(SOURCE[name]).receiver.respond(event) == {"statusCode": 401, "headers": {}, "body": ""}


@EVERY
@given(st.data())
def test_authentic_event_is_a_valid_message_or_kept_as_sent(name: str, data: st.DataObject) -> None:
    endpoint = Endpoint(SOURCE[name])
    body = data.draw(bodies(name))
    answer = endpoint.post_signed(body, data.draw(BESIDE_A_CREDENTIAL))
    marshalled(answer)
    message = endpoint.log[-1]["message"]
    # A text that a challenge signs for anyone is no event, whoever signs it.
    statuses = {"accepted": accepted(name), "challenge answered": 200, "challenge refused": 400, "empty": 400}
    statuses["unauthenticated"] = 401
    assert answer["statusCode"] == statuses[message]
    if message == "accepted":
        check_that_nothing_is_lost(endpoint, body)
    else:
        assert body == b"" or SOURCE[name].webhook.challenges
        assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd[:12]))
@pytest.mark.parametrize("name", ["zoom", "okta"])
def test_an_odd_value_anywhere_in_an_event_is_delivered_or_kept(name: str, odd: str) -> None:
    wholes = {
        "zoom": '{{"event":"e","payload":{{"a":{0}}},"event_ts":1767225600000}}',
        "okta": '{{"data":{{"events":[{{"uuid":"u","eventType":"t","published":"2026-01-01T00:00:00Z","a":{0}}}]}}}}',
    }
    endpoint = Endpoint(SOURCE[name])
    body = sent(wholes[name].format(odd))
    assert endpoint.post_signed(body)["statusCode"] == accepted(name)
    check_that_nothing_is_lost(endpoint, body)
    assert len(endpoint.queue.bodies) + len(endpoint.bucket.objects) == 1


@pytest.mark.parametrize("name", ["zoom", "okta", "batch"])
@given(st.data())
def test_the_same_event_has_the_same_id_in_every_delivery(name: str, data: st.DataObject) -> None:
    body = data.draw(bodies(name))
    ids = []
    for now, request_id in ((NOW, "first"), (NOW + 3_600, "second")):
        endpoint = Endpoint(SOURCE[name], now=now)
        headers = dict(signed_request(SOURCE[name].webhook.auth, body, now=now).headers)
        endpoint.post(body, dict(headers), request_id=request_id, binary=now != NOW)
        ids.append([tag for message in endpoint.queue.messages for tag in message["tags"] if tag.startswith("id:")])
        assert len(ids[-1]) == len(endpoint.queue.messages)
    assert ids[0] == ids[1]


def pieces(text: str) -> set[str]:
    return {text[at : at + 8] for at in range(len(text) - 7)}


@EVERY
@given(st.uuids().map(lambda uuid: uuid.hex), st.data())
def test_nothing_of_a_request_or_the_secret_is_logged_or_answered(name: str, marker: str, data: st.DataObject) -> None:
    value = json.dumps(marker)
    body = data.draw(
        st.sampled_from(
            [
                f'{{"event":{value},"payload":{{{value}:{value}}},"event_ts":{value}}}',
                f'{{"event":"endpoint.url_validation","payload":{{"plainToken":"v0:{marker}"}}}}',
                f'{{"type":{value},"data":{{"events":[{value},{{{value}:{value}}},{{"uuid":{value},"eventType":1}}]}}}}',
                f'[{{{value}:{value},"success":{value},"x_int":{value},"sourceipaddress":{value}}}]',
                f'{{{value}:{value},"challenge":{value},"success":{value}}}',
                f'{{"data":{{"events":{value}}}}}',
                *(value, f"[{value}", f"{marker}=1", f"[NaN,{value}]", f"{value}\ud800"),
            ]
        )
    )
    names = data.draw(st.lists(st.sampled_from([*CREDENTIALS, "cookie", "content-type", "user-agent"]), unique=True))
    headers = {header: data.draw(st.sampled_from([marker, f"v0={marker}", f"Bearer {marker}"])) for header in names}
    endpoint = Endpoint(SOURCE[name])
    event = gateway.event("POST", headers, sent(body), query={marker: marker}) | {"rawPath": f"/{marker}"}
    answers = [endpoint.call(event), endpoint.post_signed(sent(body), headers)]
    text = json.dumps([answers, endpoint.log], ensure_ascii=False)
    assert [piece for piece in pieces(marker) | pieces(SECRET) if piece in text] == []


# Any source that a vendor calls.

WHOLE = [definition.source for definition in webhook_definitions()]
CODINGS = st.sampled_from([None, None, "gzip", "deflate", "br", "identity"])


def compressed(body: bytes, coding: str | None) -> bytes:
    return {"gzip": gzip.compress, "deflate": zlib.compress}.get(coding or "", bytes)(body)


@given(st.sampled_from(WHOLE), requests("zoom"), CODINGS)
def test_unsigned_request_gets_into_no_source(source: Source, event: dict[str, Any], coding: str | None) -> None:
    endpoint = Endpoint(source)
    more = {} if coding is None else {"content-encoding": coding}
    marshalled(endpoint.call({**event, "headers": {**event["headers"], **more}}))
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


@given(st.sampled_from(WHOLE), bodies("zoom") | bodies("okta"), CODINGS, st.booleans())
def test_event_handed_to_any_source_is_a_valid_message_or_kept(
    source: Source, body: bytes, coding: str | None, form: bool
) -> None:
    """What the vendor alone could sign comes in so; masked, compressed and formatted as each source says."""
    endpoint = Endpoint(source)
    headers = {"content-type": "application/x-www-form-urlencoded"} if form else {}
    headers |= {} if coding is None else {"content-encoding": coding}
    event = gateway.event("POST", headers, compressed(body, coding), binary=True)
    marshalled(endpoint.receiver.respond({**event, BY_IAM: True}))
    delivered(endpoint)


def validation(token: str) -> bytes:
    return json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": token}}).encode()


@given(st.one_of(st.from_regex(r"v0:[0-9]{10}:\{.*\}"), st.text("abcAZ09_-", max_size=140), TEXTS))
@example(f"v0:{int(NOW)}:" + '{"event":"user.deleted","payload":{},"event_ts":1767225600000}')
@example("a" * 128)
@example("a" * 129)
@example("a\n")
def test_zooms_challenge_signs_nothing_usable_as_an_event(token: str) -> None:
    endpoint = Endpoint(SOURCE["zoom"])
    answer = endpoint.post(validation(token))
    if not re.fullmatch("[A-Za-z0-9_-]{1,128}", token):
        assert answer == {"statusCode": 400, "headers": {}, "body": ""}
        return
    signature = hmac.new(SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
    assert json.loads(answer["body"]) == {"plainToken": token, "encryptedToken": signature}
    for body in (token, token.removeprefix("v0"), "", "{}", '{"event":"user.deleted","payload":{}}'):
        for at in (str(int(NOW)), token, ""):
            headers = {"x-zm-signature": f"v0={signature}", "x-zm-request-timestamp": at}
            assert endpoint.post(body.encode(), headers)["statusCode"] == 401
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


@given(st.one_of(st.text("abcAZ09_-", min_size=1, max_size=130), st.text()))
@example('{"event":"user.deleted"}')
def test_challenge_signing_a_whole_text_never_signs_an_event(token: str) -> None:
    """X's events are signed as they are, so what the answer signs is what an event would be."""
    endpoint = Endpoint(SOURCE["twitter"])
    answer = endpoint.call(gateway.event("GET", {}, query={"crc_token": token}))
    if re.fullmatch("[A-Za-z0-9_-]{1,128}", token):
        headers = {"x-twitter-webhooks-signature": json.loads(answer["body"])["response_token"]}
        endpoint.post(token.encode(), headers)
    else:
        assert (answer["statusCode"], answer["body"]) == (400 if token else 401, "")
    assert endpoint.queue.bodies == []
