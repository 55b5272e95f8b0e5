"""Every permission of a function's role is needed: each action on each resource is taken away, and something breaks.

What the emulator can't show is listed in docs/explanation/security/roles.md.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.local.emulator import Emulator
from tests.emulator.acting import Acting, assert_minimal
from tests.emulator.service import Service, template
from tests.emulator.vendors import OKTA_TOKEN, ZOOM, okta_batch, zoom_headers

pytestmark = pytest.mark.emulator

AT = "2026-03-02T12:00:00+00:00"
LARGE = json.dumps({**json.loads(ZOOM), "payload": {"text": "x" * 1_100_000}}).encode()
LACKING = b'{"event": "user.signed_in"}'
NOT_TAKEN = '{"summary": "\ufffe"}'.encode()


def receives(acting: Acting, *, body: Callable[[str], bytes], headers: Callable[[bytes], dict[str, str]]) -> Any:
    """Events that are sent, refused, too large, and not taken by the queue; keys by what they begin with."""
    outcome = []
    acting.begin()
    for kind in ("good", "lacking", "large"):
        sent = body(kind)
        outcome.append((acting.service.post(sent, headers(sent)).status, acting.left()))
    acting.begin(EVENTS_QUEUE_URL=acting.environment["EVENTS_QUEUE_URL"] + "-not-there")
    sent = body("good")
    outcome.append((acting.service.post(sent, headers(sent)).status, acting.left()))
    return outcome


def zoom_body(kind: str) -> bytes:
    return {"good": ZOOM, "lacking": LACKING, "large": LARGE}[kind]


def okta_body(kind: str) -> bytes:
    good = json.loads(okta_batch("one"))
    (event,) = good["data"]["events"]
    if kind == "lacking":
        del event["published"]
    if kind == "large":
        event["client"]["ipAddress"] = "x" * 1_100_000
    return json.dumps(good).encode()


def verifies(acting: Acting) -> Any:
    """A token that fits, and one that does not: without the secret it is left to the handler, which answers 401."""
    acting.begin()
    statuses = [
        acting.service.post(okta_batch("one"), token).status for token in (OKTA_TOKEN, {"authorization": "forged"})
    ]
    return statuses, acting.left()[0]


def redrives(acting: Acting) -> Any:
    """All that a redrive and a sweep come to, by what lies in the bucket."""
    put(acting, "rejected/2026-03-02/missing/good.json", rejected(ZOOM))
    acting.begin(EVENTS_QUEUE_URL=acting.environment["EVENTS_QUEUE_URL"] + "-not-there")
    down = acting.invoke({"send": ["rejected/2026-03-02/missing/good.json"]}), acting.left()
    for name, body in (("good", ZOOM), ("lacking", LACKING), ("large", LARGE)):
        put(acting, f"rejected/2026-03-02/number/{name}.json", rejected(body))
    put(acting, "unsent/2026-03-02/one.json", unsent(b'{"summary": "one"}', NOT_TAKEN))
    acting.begin()
    keys = [f"rejected/2026-03-02/number/{name}.json" for name in ("good", "lacking", "large")]
    each = [acting.invoke({"send": [key]}) for key in keys]
    return down, each, acting.invoke({}), acting.left()


def put(acting: Acting, key: str, envelope: dict[str, Any]) -> None:
    body = json.dumps(envelope).encode()
    acting.service.s3.put_object(Bucket=acting.service.outputs["KeptBucket"], Key=key, Body=body)


def rejected(body: bytes) -> dict[str, Any]:
    events = [{"index": -1, "detail": ""}]
    of_request = {"method": "POST", "query": "", "headers": {}, "body": base64.b64encode(body).decode()}
    return {"version": 1, "time": AT, "requestId": "r", "reason": "number", "events": events, **of_request}


def unsent(*messages: bytes) -> dict[str, Any]:
    encoded = [base64.b64encode(message).decode() for message in messages]
    return {"version": 1, "source": "zoom", "time": AT, "requestId": "r", "messages": encoded}


@pytest.fixture(scope="module")
def zoom(enforced: Emulator, build: Path) -> Service:
    return Service.deploy(enforced, "zoom-minimal", template(build, "zoom"))


@pytest.fixture(scope="module")
def okta(enforced: Emulator, build: Path) -> Service:
    uncached = json.loads(template(build, "okta"))
    uncached["Resources"]["Authorizer"]["Properties"]["AuthorizerResultTtlInSeconds"] = 0
    return Service.deploy(enforced, "okta-minimal", json.dumps(uncached))


def test_verifying_handler_needs_each_of_its_permissions(enforced: Emulator, zoom: Service) -> None:
    handler = Acting.of(zoom, enforced, "zoom-minimal", "Webhook")
    assert_minimal(handler, lambda acting: receives(acting, body=zoom_body, headers=zoom_headers))


def test_handler_behind_an_authorizer_needs_each_of_its_permissions(enforced: Emulator, okta: Service) -> None:
    handler = Acting.of(okta, enforced, "okta-minimal", "Webhook")
    assert_minimal(handler, lambda acting: receives(acting, body=okta_body, headers=lambda _: OKTA_TOKEN))


def test_authorizer_needs_each_of_its_permissions(enforced: Emulator, okta: Service) -> None:
    assert_minimal(Acting.of(okta, enforced, "okta-minimal", "Verify"), verifies)


def test_redrive_function_needs_each_of_its_permissions(enforced: Emulator, zoom: Service) -> None:
    redrive = Acting.of(zoom, enforced, "zoom-minimal", "Redrive")
    assert_minimal(redrive, redrives)
