"""Who the running emulator answers, on the wire and with keys that somebody might guess."""

from __future__ import annotations

import hashlib
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

import boto3
import h2.config
import h2.connection
import h2.events
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from generator.local.emulator import Emulator
from tests.emulator.service import Service

pytestmark = pytest.mark.emulator

UNKNOWN = {"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"}


def client(emulator: Emulator, service: str, *keys: str) -> Any:
    bundle = str(emulator.ca_bundle) if emulator.ca_bundle else None
    once = Config(proxies={}, retries={"total_max_attempts": 1}, signature_version="s3v4" if service == "s3" else None)
    return boto3.client(service, emulator.region, None, True, bundle, emulator.endpoint, *keys, config=once)  # noqa: FBT003


def connected(emulator: Emulator, *protocols: str) -> socket.socket:
    address = urlsplit(emulator.endpoint)
    raw = socket.create_connection((address.hostname, address.port), timeout=20)
    if not emulator.ca_bundle:
        return raw
    tls = ssl.create_default_context(cafile=emulator.ca_bundle)
    tls.set_alpn_protocols(protocols or ["http/1.1"])
    return tls.wrap_socket(raw, server_hostname=address.hostname)


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


def test_keys_that_all_the_world_knows_are_refused(aws: Emulator) -> None:
    for key in ("test", "000000000000", aws.keys.access_key_id):
        assert refused(client(aws, "sts", key, "test").get_caller_identity) in UNKNOWN
        assert refused(client(aws, "ssm", key, "test").get_parameters, Names=["one"]) in {
            *UNKNOWN,
            "InvalidSignatureException",
        }
    assert refused(client(aws, "s3", "test", "test").list_buckets) == "InvalidAccessKeyId"


def test_a_functions_keys_can_not_be_worked_out_from_names(aws: Emulator, zoom: Service, okta: Service) -> None:
    for service in (zoom, okta):
        assert service.post(b"{}", {}).status in {401, 403}  # it runs
    for function in aws.client("lambda").list_functions()["Functions"]:
        # As ministack would make them.
        digest = hashlib.sha256(f"{function['FunctionArn']}:{function['Role']}".encode()).hexdigest()
        secret, token = (hashlib.sha256(f"{word}:{digest}".encode()).hexdigest() for word in ("secret", "token"))
        guessed = client(aws, "sts", f"ASIA{digest[:16].upper()}", secret, token)
        assert refused(guessed.get_caller_identity) == "InvalidClientTokenId"


def test_a_presigned_url_is_for_all_who_have_it(aws: Emulator, zoom: Service) -> None:
    aws.client("s3").create_bucket(Bucket="presigned", CreateBucketConfiguration={"LocationConstraint": aws.region})
    aws.client("s3").put_object(Bucket="presigned", Key="a b+c", Body=b"content")
    where = {"Bucket": "presigned", "Key": "a b+c"}
    url = client(aws, "s3", *aws.keys).generate_presigned_url("get_object", Params=where)
    assert zoom.http.request("GET", url).data == b"content"
    assert zoom.http.request("GET", url.replace("a%20b", "b")).status == 403
    aws.client("s3").delete_object(**where)
    aws.client("s3").delete_bucket(Bucket="presigned")


@pytest.mark.parametrize(
    ("request_line", "headers", "status"),
    [
        ("GET /_ministack/health HTTP/1.1", ["Host: {host}"], 403),
        ("GET /_ministack/health HTTP/1.0", [], 403),
        ("GET /_ministack/health HTTP/1.1", ["Host: {host}", "Host: evil.example"], 400),
        ("GET http://{host}/_ministack/health HTTP/1.1", ["Host: {host}"], 403),
        ("GET http://{host}{path} HTTP/1.1", ["Host: evil.example"], 403),
        ("GET {path} HTTP/1.1", ["Host: evil.example"], 403),
        ("GET {path} HTTP/1.1", ["Host: {host}", "Origin: null"], 403),
        ("GET {path} HTTP/1.1", ["Host: {host}", "X-Forwarded-Host: evil.example"], 404),
        (
            "GET {path}/../../../_ministack/health HTTP/1.1",
            ["Host: {host}", "X-Amz-Target: AmazonSSM.GetParameters"],
            404,
        ),
        (
            "GET {path} HTTP/1.1",
            [
                *("Host: {host}", "Upgrade: websocket", "Connection: Upgrade"),
                *("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="),
            ],
            403,
        ),
    ],
)
def test_handmade_request_is_answered_with_its_status(
    aws: Emulator, request_line: str, headers: list[str], status: int
) -> None:
    named = {"host": urlsplit(aws.endpoint).netloc, "path": "/_aws/execute-api/00000000/$default/none"}
    lines = [line.format(**named) for line in (request_line, *headers)]
    with connected(aws) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode())
        answered = wire.recv(65_536).split(b" ", 2)[1]
    assert int(answered) == status


@pytest.mark.parametrize(("authority", "path"), [("evil.example", "/none"), ("", "/_ministack/health")])
def test_http_2_is_no_way_around(aws: Emulator, authority: str, path: str) -> None:
    wire_config = h2.config.H2Configuration(header_encoding="utf-8")
    connection = h2.connection.H2Connection(wire_config)
    connection.initiate_connection()
    host = authority or urlsplit(aws.endpoint).netloc
    scheme = urlsplit(aws.endpoint).scheme
    names = (":method", ":authority", ":scheme", ":path")
    values = ("GET", host, scheme, path)
    connection.send_headers(1, list(zip(names, values, strict=True)), end_stream=True)
    with connected(aws, "h2") as wire:
        wire.sendall(connection.data_to_send())
        answered = None
        while answered is None:
            for event in connection.receive_data(wire.recv(65_536)):
                if isinstance(event, h2.events.ResponseReceived):
                    answered = int(dict(event.headers)[":status"])
    assert answered == 403
