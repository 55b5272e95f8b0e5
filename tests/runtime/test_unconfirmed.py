"""A 2xx that does not say what AWS says where it has done something: it has not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import botocore.session
import pytest

from generator.testing import event_of
from lambdas.delivering.claim_table import QUICK
from lambdas.delivering.dedupe import Claims, ClaimsUnavailable
from lambdas.delivering.object_store import ObjectStore
from lambdas.model import Dedupe
from lambdas.runtime.aws_errors import Unconfirmed
from lambdas.runtime.secrets import TTL
from tests.definitions import bundled_source
from tests.fakes import NOW, Endpoint, message_with_id

pytestmark = pytest.mark.slow

ZOOM, OKTA = bundled_source("zoom").source, bundled_source("okta").source
EVENT = json.dumps({"event": "user.deleted", "payload": {"operator": "o"}, "event_ts": int(NOW * 1000)}).encode()
EVENTS = json.dumps(
    {"data": {"events": [{"uuid": f"u{n}", "eventType": "t", "published": "2026-01-01T00:00:00Z"} for n in range(3)]}}
).encode()
SESSION = botocore.session.Session()
"""One for all clients, so that the models of the services are read once."""
HTML = b"<!doctype html><title>Welcome</title><p>Sign in to the network"


class Proxy:
    """What stands between a function and AWS, and answers everything itself: 200, with this body."""

    def __init__(self, body: bytes, lacks: int = 0) -> None:
        """Answer with a body that lacks so many bytes of what its length says."""

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # of which 100 Continue is a part, for which botocore waits a second

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                self.send_response(200)
                self.send_header("content-length", str(len(body) + lacks))
                if lacks:
                    self.send_header("etag", '"of-an-object"')
                    self.close_connection = True
                self.end_headers()
                self.wfile.write(body)

            do_PUT = do_GET = do_DELETE = do_POST  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        # The interval is how long shutdown() may take; by itself it is half a second.
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def client(self, service: str) -> Any:
        return SESSION.create_client(
            service,
            region_name="us-west-2",
            endpoint_url=f"http://127.0.0.1:{self.server.server_port}",
            aws_access_key_id="made",
            aws_secret_access_key="up",
            config=QUICK,
        )


@pytest.fixture
def proxy(request: pytest.FixtureRequest) -> Iterator[Proxy]:
    proxy = Proxy(request.param)
    yield proxy
    proxy.server.shutdown()
    proxy.server.server_close()


def named(*ids: str, failed: tuple[str, ...] = ()) -> bytes:
    """What SQS says of a batch."""
    successful = [{"Id": entry_id, "MessageId": "m", "MD5OfMessageBody": "0"} for entry_id in ids]
    return json.dumps(
        {
            "Successful": successful,
            "Failed": [{"Id": entry_id, "SenderFault": False, "Code": "c"} for entry_id in failed],
        }
    ).encode()


NAMELESS = {
    "empty": b"",
    "an object": b"{}",
    "HTML": HTML,
    "null": b"null",
    "a list": b"[]",
    "a text": b'"taken"',
    "not UTF-8": b"\xff\xfe",
    "a text for the entries": b'{"Successful": "0"}',
    "entries that are none": b'{"Successful": [null, 5]}',
    "ids that are lists": b'{"Successful": [{"Id": ["0"]}]}',
    "no entries": named(),
    "another id": named("7"),
    "ids twice": named("0", "0", "1", "1", "2", "2"),
    "ids that are sent and are not": named("0", "1", "2", failed=("0", "1", "2")),
}


@pytest.mark.parametrize("proxy", NAMELESS.values(), ids=NAMELESS, indirect=True)
def test_message_missing_from_the_queue_answer_is_kept_for_the_queue(proxy: Proxy) -> None:
    endpoint = Endpoint(OKTA)
    endpoint.queue, real = proxy.client("sqs"), endpoint.queue
    endpoint.deploy(OKTA)
    assert endpoint.post_signed(EVENTS)["statusCode"] == 204
    assert (endpoint.log[-1]["sent"], endpoint.log[-1]["unsent"]) == (0, 3)
    # The sweep goes by the same rule: it deletes nothing that no answer names.
    before = dict(endpoint.bucket.objects)
    assert endpoint.sweeper.sweep() == {"sent": 0, "left": 3}
    assert {key: json.loads(content) for key, content in before.items()} == endpoint.bucket.read()
    endpoint.queue = real
    endpoint.deploy(OKTA)
    assert endpoint.sweeper.sweep() == {"sent": 3, "left": 0}
    assert sorted(event_of(message)["uuid"] for message in real.messages) == ["u0", "u1", "u2"]


@pytest.mark.parametrize("proxy", [named("0", "2"), named("2", "0", "9", "9")], indirect=True)
def test_message_named_in_the_queue_answer_is_sent_and_the_rest_is_kept(proxy: Proxy) -> None:
    endpoint = Endpoint(OKTA)
    endpoint.queue = proxy.client("sqs")
    endpoint.deploy(OKTA)
    assert endpoint.post_signed(EVENTS)["statusCode"] == 204
    assert (endpoint.log[-1]["sent"], endpoint.log[-1]["unsent"]) == (2, 1)


@pytest.mark.parametrize("proxy", [b"", b"{}", HTML], indirect=True)
@pytest.mark.parametrize("body", [b"[]", EVENT], ids=["rejected", "unsent"])
def test_unconfirmed_put_makes_the_vendor_come_back(proxy: Proxy, body: bytes) -> None:
    endpoint = Endpoint(ZOOM)
    endpoint.bucket, endpoint.queue = proxy.client("s3"), proxy.client("sqs")
    endpoint.deploy(ZOOM)
    assert endpoint.post_signed(body)["statusCode"] == 503
    assert endpoint.log[-1]["level"] == "ERROR"


@pytest.mark.parametrize(
    "proxy",
    [
        b"",
        b"{}",
        HTML,
        b"null",
        b"[]",
        b'{"Parameters": []}',
        b'{"Parameters": [{"Value": "x"}]}',
        b'{"InvalidParameters": 5}',
        b'{"InvalidParameters": [[1]]}',
    ],
    indirect=True,
)
def test_store_answer_without_a_parameter_counts_as_down(proxy: Proxy) -> None:
    endpoint = Endpoint(ZOOM)
    store = endpoint.store
    nameless = proxy.client("ssm")
    for clock, answers, status in ((0.0, nameless, 503), (TTL, store, 200), (2 * TTL, nameless, 200)):
        # A secret that is remembered serves on, and without one the vendor is to come again.
        endpoint.clock, endpoint.store = clock, answers
        assert endpoint.post_signed(EVENT)["statusCode"] == status
    why = "SecretsUnavailable: /MozDef-EF/zoom/dev/auth_token: Unconfirmed"
    assert endpoint.log[0]["why"] == why


@pytest.mark.parametrize("proxy", [b"", b"{}", HTML], indirect=True)
def test_secret_refused_by_the_store_is_not_learned(proxy: Proxy) -> None:
    asana = bundled_source("asana").source
    endpoint = Endpoint(asana)
    endpoint.store.values.clear()
    endpoint.store.put_parameter = proxy.client("ssm").put_parameter  # type: ignore[method-assign]
    assert endpoint.post(b"", {"x-hook-secret": "s" * 32})["statusCode"] == 503


@pytest.mark.parametrize("proxy", [b"", b"{}", HTML, b"null", b"[]", b'{"Responses": {"claims": "x"}}'], indirect=True)
def test_unconfirmed_table_write_is_counted(proxy: Proxy) -> None:
    source = replace(OKTA, dedupe=Dedupe(window=2))
    claims = Claims(source, "claims", proxy.client("dynamodb"), lease=34)
    with pytest.raises(ClaimsUnavailable):
        claims.mark_done(["a"])
    assert claims.already_sent([message_with_id(0, "id:u0")]) == set()


@pytest.mark.parametrize("lacks", [1, 1_000])
def test_object_whose_content_is_cut_off_is_not_read(lacks: int) -> None:
    # What is replayed or merged of it would be all that there is.
    proxy = Proxy(b'{"version": 1}', lacks)
    with pytest.raises(Unconfirmed):
        ObjectStore("kept", lambda: proxy.client("s3")).get("rejected/2026-01-01/missing/a.json")
    proxy.server.shutdown()
    proxy.server.server_close()
