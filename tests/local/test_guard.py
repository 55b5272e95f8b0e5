"""Who may ask the emulator: requests that botocore signs, as its server hands them over."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from botocore.auth import HmacV1Auth, S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from generator.local.request_guard import Guard, Message, Response, allowed_hosts
from generator.local.sigv4 import RefusedError, Request

KEY, SECRET = "AKIA0123456789ABCDEF", "s" * 40
ROLE = ("ASIA0123456789ABCDEF", "r" * 40, "token")
ENDPOINT = "http://127.0.0.1:4566"
PLAYED = "/_aws/execute-api/92ade35b/$default/events"
PASSED = (200, b"passed")

Headers = list[tuple[bytes, bytes]]


def secret(key: str, token: str) -> str:
    known = {(KEY, ""): SECRET, ROLE[::2]: ROLE[1]}
    if (key, token) not in known:
        raise RefusedError("UnrecognizedClientException", "no such key")
    return known[key, token]


def refusal(_request: Request, error: RefusedError) -> Response:
    return 403, {}, error.code.encode()


class Emulator:
    """What is behind the guard: it reads the body that it gets, and says that it was asked."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.scopes: list[str] = []

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        self.scopes.append(scope["type"])
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        self.bodies.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"passed"})


def answer(
    headers: Headers, method: str = "GET", target: str = "/", body: bytes = b"", emulator: Emulator | None = None
) -> tuple[int, bytes]:
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": headers,
    }
    # As hypercorn hands them over: what has come so far, and an empty end.
    arriving = [body[:3], body[3:], b""]

    async def receive() -> Message:
        part = arriving.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(arriving)}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    guard = Guard(emulator or Emulator(), allowed_hosts(4566, https=False), secret, refusal)
    asyncio.run(guard(scope, receive, send))
    start, content = sent
    return start["status"], content["body"]


def signed(
    method: str = "POST",
    target: str = "/",
    body: bytes = b"{}",
    *,
    by: tuple[str, ...] = (KEY, SECRET),
    service: str = "ssm",
    auth: Callable[..., Any] = SigV4Auth,
    headers: Mapping[str, str] | None = None,
    endpoint: str = ENDPOINT,
) -> tuple[Headers, str]:
    """The headers and the target of a request that botocore has signed."""
    request = AWSRequest(method, endpoint + target, dict(headers or {}), body)
    arguments = (Credentials(*by),) if auth is HmacV1Auth else (Credentials(*by), service, "us-west-2")
    auth(*arguments).add_auth(request)
    split = urlsplit(request.url)
    signed_headers = {"host": split.netloc, **{name: str(value) for name, value in request.headers.items()}}
    return (
        [(name.lower().encode(), value.encode()) for name, value in signed_headers.items()],
        split.path + (f"?{split.query}" if split.query else ""),
    )


def changed(headers: Headers, name: bytes, change: Callable[[bytes], bytes]) -> Headers:
    return [(key, change(value) if key == name else value) for key, value in headers]


HOST: Headers = [(b"host", b"127.0.0.1:4566")]


def test_request_signed_with_our_key_passes_with_its_body() -> None:
    emulator = Emulator()
    headers, target = signed(body=b'{"Names": ["a"]}', headers={"x-amz-target": "AmazonSSM.GetParameters"})
    assert answer(headers, "POST", target, b'{"Names": ["a"]}', emulator) == PASSED
    assert emulator.bodies == [b'{"Names": ["a"]}']


@pytest.mark.parametrize(
    ("method", "target", "more"),
    [
        ("GET", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-west-2%3A0%3Afunction%3Aone?Marker=&b=2&a=1", {}),
        ("PUT", "/bucket/a%20b%2Bc//d?x-id=PutObject", {"service": "s3", "auth": S3SigV4Auth}),
        ("POST", "/", {"by": ROLE}),
        ("GET", "/bucket/a%20b%2Bc?prefix=a%2Fb", {"auth": S3SigV4QueryAuth, "body": b"", "service": "s3"}),
        ("GET", "/?Action=ListQueues", {"auth": SigV4QueryAuth, "body": b"", "service": "sqs", "by": ROLE}),
        ("POST", "/", {"endpoint": "http://localhost:4566"}),
    ],
    ids=["query", "s3", "role", "presigned", "presigned by a role", "localhost"],
)
def test_any_request_signed_by_an_aws_client_passes(method: str, target: str, more: dict[str, Any]) -> None:
    headers, sent_to = signed(method, target, **more)
    assert answer(headers, method, sent_to, more.get("body", b"{}")) == PASSED


@pytest.mark.parametrize(
    "target",
    [
        *("/", "/2015-03-31/functions", "/2015-03-31/functions/one/invocations", "/000000000000/queue", "/bucket/key"),
        *("/_ministack/health", "/_ministack/reset", "/_ministack/config", "/_ministack/lambda-code/one", "/health"),
        *("/_ministack/rds/iam-auth", "/_localstack/health", "/_aws/lambda-url/one/", "/_alb/one", "/login"),
        *("/_aws/execute-api/92ade35b", "/_aws/execute-api/92ade35b/prod/events", "/_aws/execute-api//$default/"),
        "/_aws/execute-api/92ade35b/$default/@connections/one",
        *("/x/_aws/execute-api/92ade35b/$default/", "http://127.0.0.1:4566/_aws/execute-api/92ade35b/$default/"),
        *("/restapis/92ade35b/prod/_user_request_/events", "//_aws/execute-api/92ade35b/$default/events", "*"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE"])
def test_unsigned_request_is_refused_wherever_it_goes(method: str, target: str) -> None:
    emulator = Emulator()
    text = [*HOST, (b"content-type", b"text/plain"), (b"x-amz-target", b"AmazonSSM.GetParameters")]
    assert answer(text, method, target, b"{}", emulator)[0] == 403
    assert emulator.scopes == []


@pytest.mark.parametrize("target", [PLAYED, f"{PLAYED}?a=1", "/_aws/execute-api/92ade35b/$default", f"{PLAYED}%0A"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_deployed_endpoint_takes_what_is_not_signed(method: str, target: str) -> None:
    emulator = Emulator()
    assert answer(HOST, method, target, b"an event", emulator) == PASSED
    assert emulator.bodies == [b"an event"]


@pytest.mark.parametrize("origin", [b"https://evil.example", b"http://127.0.0.1:4566", b"null", b""])
@pytest.mark.parametrize("name", [b"origin", b"Origin"])
def test_a_web_page_is_refused_even_where_it_has_signed_and_at_an_endpoint(origin: bytes, name: bytes) -> None:
    refusal = (403, b"refused: it has an Origin, as requests of web pages have\n")
    headers, target = signed()
    assert answer([*headers, (name, origin)], "POST", target, b"{}") == refusal
    for method in ("POST", "OPTIONS"):
        assert answer([*HOST, (name, origin)], method, PLAYED) == refusal


@pytest.mark.parametrize(
    "hosts",
    [
        *([], [b"127.0.0.1:4566", b"127.0.0.1:4566"], [b"127.0.0.1:4566", b"evil.example"]),
        *(
            [b"evil.example"],
            [b"evil.example:4566"],
            [b"127.0.0.1.evil.example:4566"],
            [b"localhost.evil.example:4566"],
        ),
        *([b"127.0.0.1"], [b"127.0.0.1:4567"], [b"localhost"], [b"[::1]:4566"], [b"0.0.0.0:4566"], [b"127.1:4566"]),
        *([b"localhost.:4566"], [b"evil.example@127.0.0.1:4566"], [b"127.0.0.1:4566, evil.example"], [b""]),
        *([b"bucket.localhost:4566"], [b"92ade35b.execute-api.localhost:4566"], [b"127.0.0.1:4566\xff"]),
    ],
)
def test_any_other_host_is_refused_even_where_it_has_signed_and_at_an_endpoint(hosts: list[bytes]) -> None:
    refusal = (403, b"refused: its Host is not 127.0.0.1:4566 or localhost:4566\n")
    headers, target = signed()
    rest = [(name, value) for name, value in headers if name != b"host"]
    mine: Headers = [(b"host", value) for value in hosts]
    assert answer([*mine, *rest], "POST", target, b"{}") == refusal
    assert answer(mine, "POST", PLAYED) == refusal


def test_a_schemes_own_port_is_left_out_of_a_host() -> None:
    assert allowed_hosts(80, https=False) == allowed_hosts(443, https=True) == {"127.0.0.1", "localhost"}
    assert allowed_hosts(443, https=False) == {"127.0.0.1:443", "localhost:443"}


def test_a_key_that_is_not_ours_is_refused() -> None:
    for by in (("test", "test"), ("000000000000", SECRET), (KEY.lower(), SECRET), ("", ""), (*ROLE[:2], "other")):
        headers, target = signed(by=by)
        assert answer(headers, "POST", target, b"{}")[0] == 403, by


def test_a_signature_is_verified() -> None:
    headers, target = signed(body=b"one", by=(KEY, "another secret"))
    assert answer(headers, "POST", target, b"one") == (403, b"SignatureDoesNotMatch")
    right, target = signed(body=b"one")
    assert answer(right, "POST", target, b"two") == (403, b"SignatureDoesNotMatch")
    assert answer(right, "PUT", target, b"one") == (403, b"SignatureDoesNotMatch")
    assert answer(right, "POST", "/_ministack/reset", b"one") == (403, b"SignatureDoesNotMatch")
    for signature in (b"00", b"", "é".encode(), b"0" * 64):
        forged = changed(right, b"authorization", lambda value, end=signature: value.rpartition(b"=")[0] + b"=" + end)
        assert answer(forged, "POST", target, b"one")[0] == 403, signature


def test_a_body_that_is_not_the_one_whose_hash_was_signed_is_refused() -> None:
    headers, target = signed("PUT", "/bucket/key", b"one", service="s3", auth=S3SigV4Auth)
    assert answer(headers, "PUT", target, b"one") == PASSED
    assert answer(headers, "PUT", target, b"two") == (403, b"SignatureDoesNotMatch")


def test_a_presigned_url_is_verified() -> None:
    headers, target = signed("GET", "/?Action=ListQueues", b"", service="sqs", auth=SigV4QueryAuth)
    assert answer(headers, "GET", target) == PASSED
    assert answer(headers, "GET", f"{target}&more=1") == (403, b"SignatureDoesNotMatch")
    assert answer(headers, "GET", target.replace("ListQueues", "PurgeQueue")) == (403, b"SignatureDoesNotMatch")
    assert answer(headers, "POST", target) == (403, b"SignatureDoesNotMatch")


def test_a_presigned_url_ends() -> None:
    ended = partial(SigV4QueryAuth, expires=-1)
    headers, target = signed("GET", "/?Action=ListQueues", b"", service="sqs", auth=ended)
    assert answer(headers, "GET", target) == (403, b"AccessDenied")
    assert answer(headers, "GET", target.replace("X-Amz-Expires=-1", "a=1"))[0] == 403


@pytest.mark.parametrize(
    "authorization",
    [
        *("Bearer one", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=", f"AWS {KEY}:c2lnbmF0dXJl", ""),
        f"AWS4-HMAC-SHA256 Credential={KEY}/20260101/us-west-2/ssm/aws4_request, SignedHeaders=host, Signature=00",
        f"AWS4-ECDSA-P256-SHA256 Credential={KEY}/20260101/ssm/aws4_request, SignedHeaders=host, Signature=00",
    ],
)
def test_malformed_signature_is_refused(authorization: str) -> None:
    headers = [*HOST, (b"authorization", authorization.encode()), (b"x-amz-date", b"20260101T000000Z")]
    assert answer(headers, "POST", "/", b"{}")[0] == 403


def test_an_older_signature_is_refused() -> None:
    headers, target = signed("GET", "/bucket", b"", auth=HmacV1Auth)
    assert answer(headers, "GET", target)[0] == 403


def test_a_signature_of_another_day_is_refused() -> None:
    headers, target = signed()
    old = changed(headers, b"x-amz-date", lambda _: b"20200101T000000Z")
    assert answer(old, "POST", target, b"{}")[0] == 403


def test_a_key_named_beside_the_one_that_signed_is_refused() -> None:
    """The emulator takes the first for the caller: a function could be the administrator."""
    headers, target = signed(by=ROLE)
    named = f"AWS4-HMAC-SHA256 Credential={KEY}/20260101/us-west-2/ssm/aws4_request, ".encode()
    both = changed(headers, b"authorization", lambda value: named + value.partition(b" ")[2])
    assert answer(both, "POST", target, b"{}") == (403, b"IncompleteSignature")


def test_two_authorizations_are_refused() -> None:
    headers, target = signed(by=ROLE)
    [other] = [header for header in signed()[0] if header[0] == b"authorization"]
    assert answer([other, *headers], "POST", target, b"{}")[0] == 403
    assert answer([*headers, other], "POST", target, b"{}")[0] == 403


@pytest.mark.parametrize("path", ["/", PLAYED, "/_ministack/health"])
def test_a_websocket_is_refused(path: str) -> None:
    emulator, sent = Emulator(), list[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    scope = {"type": "websocket", "path": path, "headers": HOST}
    asyncio.run(Guard(emulator, allowed_hosts(4566, https=False), secret, refusal)(scope, receive, send))
    assert (sent, emulator.scopes) == ([{"type": "websocket.close"}], [])


def test_a_client_that_goes_while_it_sends_is_not_passed_on() -> None:
    emulator, sent = Emulator(), list[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    headers, _ = signed()
    scope = {"type": "http", "method": "POST", "path": "/", "raw_path": b"/", "query_string": b"", "headers": headers}
    asyncio.run(Guard(emulator, allowed_hosts(4566, https=False), secret, refusal)(scope, receive, send))
    assert (sent, emulator.scopes) == ([], [])


def test_the_server_may_start_and_end() -> None:
    emulator = Emulator()

    async def nothing(*_: Any) -> Any:
        return None

    asyncio.run(
        Guard(emulator, allowed_hosts(4566, https=False), secret, refusal)({"type": "lifespan"}, nothing, nothing)
    )
    assert emulator.scopes == ["lifespan"]


def test_a_large_body_in_many_parts_is_passed_on_whole() -> None:
    emulator, body = Emulator(), json.dumps(["x" * 1000] * 3000).encode()
    headers, target = signed(body=body)
    assert answer(headers, "POST", target, body, emulator) == PASSED
    assert emulator.bodies == [body]
