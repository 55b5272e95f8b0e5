"""What the worst bodies take of the memory that the template gives: a function that needs more ends, unanswered."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.definition.read import Definition
from generator.packaging import bundle
from generator.samples import gateway
from generator.templates import event_source
from lambdas.delivering.envelope import MAX_MARKS
from lambdas.delivering.object_store import MAX_OBJECT
from lambdas.reading.formats import MAX_DECOMPRESSED
from tests.definitions import bundled_source, make_definition
from tests.fakes import SECRET, Endpoint, signed_request

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux says what a process took"),
]

SHARE = 0.8
"""Of a function's memory. The rest is for Lambda's own runtime, some 15 MB, for TLS, and for other allocators."""
SENT = 4_400_000
"""Bytes of a compressed body: with base64 and its headers it is within Lambda's 6 MB."""
EMOJI = "\U0001f600"
"""In a text with one, each of its characters takes four bytes."""
FORM = {"content-type": "application/x-www-form-urlencoded"}
LINES = "{format: ndjson, split: '[]', mask: ['[].secret'], require: [t], time: at, time_optional: true}"


def compressed(text: str) -> bytes:
    """As few bytes as gzip makes of it, and a comment in its head: what comes is as large as it may be."""
    content = gzip.compress(text.encode(), 6)
    assert len(text.encode()) <= MAX_DECOMPRESSED
    return content[:3] + b"\x10" + content[4:10] + b"c" * (SENT - len(content)) + b"\0" + content[10:]


def filled(before: str, after: str, size: int) -> str:
    return before + EMOJI + "a" * (size - len((before + EMOJI + after).encode())) + after


def one_text() -> str:
    return filled('{"secret":"s","text":"', '"}', MAX_DECOMPRESSED)


def keys() -> str:
    count = 249_000
    fields = (filled(f'"{number}', '":1', MAX_DECOMPRESSED // count - 1) for number in range(count))
    return '{"secret":"s",' + ",".join(fields) + "}"


def lines(count: int) -> Iterator[str]:
    """Events that are refused, each with one of four reasons."""
    kinds = [
        ('{"secret":"s","q":"', '"}'),
        ('{"t":1,"at":"no time","q":"', '"}'),
        ('["', '"]'),
        ('{"t":"\\ud800', '"}'),
    ]
    return (filled(*kinds[number % 4], MAX_DECOMPRESSED // count - 1) for number in range(count))


def logs(count: int) -> Iterator[str]:
    for number in range(count):
        before = f'{{"log_id":"{number}","data":{{"type":"s","date":"2026-01-01T00:00:00Z","text":"'
        yield filled(before, '"}}', MAX_DECOMPRESSED // count - 1)


def escaped() -> str:
    before, after = f"payload=%7B%22secret%22:1,%22text%22:%22{EMOJI}", "%22%7D"
    return before + "%41" * ((MAX_DECOMPRESSED - len(before.encode()) - len(after)) // 3) + after


def define_source(folder: Path, events: str, more: str = "") -> Definition:
    auth = "webhook: {auth: {hmac: {signature: {header: x-signature}}}}"
    return make_definition(folder, f"description: made\n{auth}\nevents: {events}\n{more}")


def measured(
    folder: Path,
    definition: Definition,
    payload: Any,
    function: str = "Webhook",
    kept: bytes = b"",
    *,
    queue_takes: int | None = None,
) -> tuple[float, list[str]]:
    """The share of a function's memory that an invocation takes, and the calls that it made.

    The queue takes as many calls as `queue_takes` says, and is down from then on.
    """
    properties = event_source.build(definition.source, "code/0.zip").to_dict()["Resources"][function]["Properties"]
    with zipfile.ZipFile(io.BytesIO(bundle.lambdas_zip(definition))) as zipped:
        zipped.extractall(folder / "code")
    (folder / "payload").write_text(json.dumps(payload, ensure_ascii=False), encoding="utf-8")
    (folder / "kept").write_bytes(kept)
    module = properties["Handler"].rpartition(".")[0]
    taken = "" if queue_takes is None else str(queue_takes)
    arguments = [module, folder / "payload", SECRET, folder / "kept" if kept else "", taken]
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("peak.py"), *arguments],
        env={"PYTHONPATH": str(folder / "code"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    peak, calls = json.loads(done.stderr)
    return peak / properties["MemorySize"], calls


def request(definition: Definition, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    sent = signed_request(definition.source.endpoint.auth, body, headers)
    return gateway.event("POST", sent.headers, sent.body)


@pytest.mark.parametrize(
    ("events", "more", "body", "put"),
    [
        ("{mask: [secret]}", "", one_text, 1),
        ("{mask: [secret]}", "mozdef: {details: {a: '{text}', b: 'x {text}', c: '{text} x'}}", one_text, 1),
        ("{mask: [secret]}", "", keys, 1),
        (LINES, "", lambda: "\n".join(lines(9_000)), 4),
        ("{format: form, payload: payload}", "", escaped, 1),
    ],
    ids=["a text with an emoji", "added to the details", "keys with emojis", "lines refused", "a form of escapes"],
)
def test_the_worst_bodies_are_within_the_handlers_memory(
    tmp_path: Path, events: str, more: str, body: Any, put: int
) -> None:
    definition = define_source(tmp_path, events, more)
    event = request(definition, compressed(body()), {"content-encoding": "gzip", **(FORM if "form" in events else {})})
    share, calls = measured(tmp_path, definition, event)
    assert calls.count("PutObject") == put
    assert share <= SHARE


@pytest.mark.parametrize("body", [one_text, keys], ids=["a text with an emoji", "keys with emojis"])
def test_the_worst_bodies_are_archived_within_the_handlers_memory(tmp_path: Path, body: Any) -> None:
    definition = define_source(tmp_path, "{mask: [secret]}", "archive: {}")
    event = request(definition, compressed(body()), {"content-encoding": "gzip"})
    share, calls = measured(tmp_path, definition, event)
    assert calls[-1] == "PutObject"
    assert share <= SHARE


def test_as_many_records_as_a_call_takes_are_within_the_handlers_memory(tmp_path: Path) -> None:
    """A call to Firehose takes four times as much as one to SQS, and base64 makes more of it."""
    definition = define_source(tmp_path, "{split: '[]'}", "delivery: {s3: {}}")
    count = 1_200
    body = "[" + ",".join(filled('{"q":"', '"}', MAX_DECOMPRESSED // count - 2) for _ in range(count)) + "]"
    share, calls = measured(tmp_path, definition, request(definition, compressed(body), {"content-encoding": "gzip"}))
    assert calls.count("PutRecordBatch") >= 3
    assert "SendMessageBatch" not in calls
    assert share <= SHARE


@pytest.mark.parametrize("body", [one_text, keys], ids=["a text with an emoji", "keys with emojis"])
def test_replay_of_the_worst_body_is_within_the_functions_memory(tmp_path: Path, body: Any) -> None:
    definition = define_source(tmp_path, "{mask: [secret]}", "archive: {}")
    endpoint = Endpoint(definition.source)
    endpoint.post_signed(compressed(body()), {"content-encoding": "gzip"})
    ((key, archived),) = endpoint.archive.objects.items()
    query = {"since": 0, "until": 2**40, "limit": 1, "send": True, "objects": [[key, 0]]}
    share, calls = measured(tmp_path, definition, {"archive": query}, "Redrive", archived)
    assert calls[0] == "GetObject"
    assert calls[-1] == "SendMessageBatch"
    assert share <= SHARE


def test_batch_while_the_queue_is_down_is_within_the_handlers_memory(tmp_path: Path) -> None:
    definition = bundled_source("auth0")
    event = request(definition, compressed("\n".join(logs(9_900))), {"content-encoding": "gzip"})
    share, calls = measured(tmp_path, definition, event, queue_takes=0)
    assert calls == ["GetParameters", "SendMessageBatch", "PutObject", "PutObject"]
    assert share <= SHARE


def test_redrive_of_the_worst_body_is_within_the_functions_memory(tmp_path: Path) -> None:
    endpoint = Endpoint(define_source(tmp_path, "{mask: [secret], require: [never]}").source)
    endpoint.post_signed(compressed(one_text()), {"content-encoding": "gzip"})
    ((key, kept),) = endpoint.bucket.objects.items()
    share, calls = measured(tmp_path, define_source(tmp_path, "{mask: [secret]}"), {"send": [key]}, "Redrive", kept)
    assert calls == ["GetObject", "PutObject", "SendMessageBatch", "DeleteObject"]
    assert share <= SHARE


WAITING = '{"version":1,"source":"made","time":"2026-01-01T00:00:00.000+00:00","requestId":"r","messages":[%s]}'
MESSAGE = '"eyJhIjoiYSJ9"'
FULL = MESSAGE[:-1] + "ICAg" * 400 + '"'  # spaces after it


@pytest.mark.parametrize(
    ("kept", "calls"),
    [
        (
            WAITING % ",".join([FULL] * (MAX_OBJECT // (len(FULL) + 1) - 1)),
            ["SendMessageBatch", "SendMessageBatch", "PutObject"],
        ),
        (f'["{EMOJI}",{{"":0}},' + '{"":0},' * (MAX_MARKS // 2 - 2) + "0]", []),
        ("[" + "[]," * (MAX_OBJECT // 3 - 2) + "0]", []),
    ],
    ids=["as much as is read", "somebody else's", "somebody else's, and all of it lists"],
)
def test_sweep_of_a_large_object_is_within_the_functions_memory(tmp_path: Path, kept: str, calls: list[str]) -> None:
    # What is left is written again, and that is nearly all.
    share, made_ = measured(
        tmp_path, define_source(tmp_path, "{require: [a]}"), {}, "Redrive", kept.encode(), queue_takes=1
    )
    assert made_ == ["ListObjectsV2", "GetObject", *calls]
    assert share <= SHARE
