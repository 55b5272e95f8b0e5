"""The process that `events` measures: the log goes to standard output, the figures to standard error."""

from __future__ import annotations

import hmac
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from statistics import median
from typing import Any, cast

from generator.definition.read import load
from generator.errors import BUNDLED
from generator.samples import gateway
from lambdas.auth_type import OutgoingRequest
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.model import OutputName, Source
from lambdas.receiving.receive import Receiver
from lambdas.runtime.secrets import Secrets

ROUNDS, EVENTS = 15, 2_000
NOW = 1_767_225_600.0
SECRET = "made-up-secret-of-32-characters."  # noqa: S105
_SECRETS = {"download_token", "password", "recording_play_passcode", "share_url", "play_url", "download_url"}
_LEFT_OUT = ("debugContext", "authenticationContext", "transaction", "target", "legacyEventType", "device")


class _Aws:
    """A queue, a store and a bucket that take everything."""

    def send_message_batch(self, Entries: list[dict[str, str]], **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}

    def get_parameters(self, Names: list[str], **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return {"Parameters": [{"Name": Names[0], "Value": SECRET}], "InvalidParameters": Names[1:]}

    def put_object(self, **_: object) -> None:
        raise AssertionError("an event was kept instead of sent")


def main(source: str, output: OutputName) -> None:
    """Print the body's size, and the median seconds of an event and of the reference."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    receiver, event, body = endpoint(replace(load(BUNDLED, [source])[0].source, output=output), source)
    if (status := receiver.respond(event)["statusCode"]) >= HTTPStatus.MULTIPLE_CHOICES:
        raise SystemExit(f"{source}: the event is answered {status}")

    def reference() -> None:
        json.dumps(json.loads(body))
        hmac.digest(SECRET.encode(), body, "sha256")

    spent = [(seconds(lambda: receiver.respond(event)), seconds(reference)) for _ in range(ROUNDS)]
    print(json.dumps([len(body), *(median(times) for times in zip(*spent, strict=True))]), file=sys.stderr)


def endpoint(source: Source, bundled_name: str) -> tuple[Receiver, dict[str, Any], bytes]:
    """Return a source's handler, a request for the bundled source that it is equal to or extends, and its body."""
    aws = _Aws()
    receiver = Receiver(
        source,
        Secrets("/made/up", lambda: aws),
        Outbox("queue", aws),
        KeptBucket("kept", lambda: aws),
        clock=lambda: NOW,
    )
    body = json.dumps(event_of(bundled_name), separators=(",", ":")).encode()
    auth = source.endpoint.auth
    signed = auth.type.sign(
        auth.settings, OutgoingRequest("POST", gateway.URL, _HEADERS, body), lambda _name: (SECRET,), NOW
    )
    assert signed  # noqa: S101 - both of these auth types can sign
    headers = dict(signed.headers)
    return receiver, gateway.event("POST", headers, body), body


_HEADERS = {
    "accept": "*/*",
    "content-length": "1024",
    "content-type": "application/json; charset=utf-8",
    "host": "0123456789.execute-api.us-west-2.amazonaws.com",
    "user-agent": "Made-Up-Webhook/1.0",
    "x-amzn-trace-id": "Root=1-00000000-000000000000000000000000",
    "x-forwarded-for": "192.0.2.1",
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
}


def event_of(name: str) -> dict[str, Any]:
    """Return a sample cut to about 1 KB, without secrets, as most events are: masking encodes the body again."""
    sample = "recording.completed" if name == "zoom" else "user.session.start"
    body: dict[str, Any] = json.loads((BUNDLED / name / "samples" / f"{sample}.json").read_bytes())
    if name == "zoom":
        meeting = body["payload"]["object"]
        del meeting["recording_files"][1:]
        for part in (body, meeting, *meeting["recording_files"]):
            for secret in _SECRETS.intersection(part):
                del part[secret]
        meeting["topic"] = meeting["topic"].ljust(320, ".")
    else:
        item = body["data"]["events"][0]
        body["data"]["events"] = [{key: value for key, value in item.items() if key not in _LEFT_OUT}]
        del item["client"]["ipChain"], item["client"]["geographicalContext"]
    return body


def seconds(call: Callable[[], object]) -> float:
    """Return the CPU time of one call: other processes on the machine do not count."""
    start = time.process_time()
    for _ in range(EVENTS):
        call()
    return (time.process_time() - start) / EVENTS


if __name__ == "__main__":
    main(sys.argv[1], cast("OutputName", sys.argv[2]))
