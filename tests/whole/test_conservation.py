"""Of twenty thousand requests whose calls to AWS go wrong, every accepted event is on the queue or kept."""

from __future__ import annotations

import base64
import json
import math
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest

from generator.templates.functions import REDRIVE_SECONDS
from generator.templates.resources.function import TIMEOUT_SECONDS
from lambdas.delivering import delivery
from lambdas.delivering.envelope import request_from_envelope
from lambdas.delivering.outbox import QueueUnavailable
from lambdas.delivering.result import KeptBucketUnavailable
from lambdas.model import Dedupe, Source
from lambdas.reading.formats import body_reader
from lambdas.reading.paths import Functions, compile_path
from lambdas.runtime.aws_errors import AWS_ERRORS
from lambdas.runtime.secrets import TTL, SecretsUnavailable
from tests.definitions import bundled_source
from tests.fakes import Endpoint
from tests.shaky import FATES as EVERY
from tests.shaky import Died, shaken

pytestmark = [pytest.mark.slow, pytest.mark.stateful]

REQUESTS = 4_000
LIMIT = 20_000
"""Bytes of a message, here."""
TROUBLE = 0.12
"""How many of the calls to AWS go wrong."""
AGAIN = 0.3
"""How many of the requests are those that were not accepted, sent again."""
AT = "2026-01-01T00:00:00Z"
ZOOM, OKTA, AUTH0, PAGERDUTY = (bundled_source(name).source for name in ("zoom", "okta", "auth0", "pagerduty"))


def zoom(event: dict[str, Any]) -> dict[str, Any]:
    return {"event": "user.deleted", "payload": {"operator": "o"}, "event_ts": 1_767_225_600_000, **event}


def okta(event: dict[str, Any]) -> dict[str, Any]:
    return {"uuid": f"u{event['n']}", "eventType": "t", "published": AT, **event}


def auth0(event: dict[str, Any]) -> dict[str, Any]:
    return {"log_id": f"l{event['n']}", "data": {"type": "s", "date": AT}, **event}


def pagerduty(event: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"i{event['n']}", "event_type": "incident.triggered", "occurred_at": AT, "data": {"x": 1}, **event}


def lines(events: list[Any]) -> bytes:
    return b"\n".join(json.dumps(event).encode() for event in events)


@dataclass(frozen=True)
class Vendor:
    """A source, how its vendor writes events, what spoils one, and how many are in a request at most."""

    source: Source
    event: Callable[[dict[str, Any]], dict[str, Any]]
    body: Callable[[list[Any]], bytes]
    spoiled: dict[str, Any]
    most: int = 12

    @property
    def lenient(self) -> Source:
        """The source as somebody mends it: it takes what it refused."""
        return replace(self.source, events=replace(self.source.events, require=(), time=None))


def number_in(message: dict[str, Any]) -> int:
    """The number of the event in a message, which also the short form of one that is too large has."""
    details = message["details"]
    entries = details.get("fields", [f"n={details.get('n')}"])
    return next(int(entry.removeprefix("n=")) for entry in entries if entry.startswith("n="))


VENDORS = {
    # Bounded: a whole event with a long text is rejected, and stays so.
    "zoom": Vendor(
        replace(ZOOM, mozdef=replace(ZOOM.mozdef, whole=False, hostname="zoom")),
        zoom,
        lambda events: json.dumps(events[0]).encode(),
        {"event_ts": "none"},
        most=1,
    ),
    "okta": Vendor(OKTA, okta, lambda events: json.dumps({"data": {"events": events}}).encode(), {"eventType": None}),
    "okta, once": Vendor(
        replace(OKTA, dedupe=Dedupe(window=168)),
        okta,
        lambda events: json.dumps({"data": {"events": events}}).encode(),
        {"eventType": None},
    ),
    "auth0": Vendor(AUTH0, auth0, lines, {"data": {"type": "s"}}),
    "pagerduty": Vendor(
        PAGERDUTY, pagerduty, lambda events: json.dumps({"event": events[0]}).encode(), {"data": None}, most=1
    ),
}


@dataclass
class World:
    """A vendor, its endpoint, and what is known of each event."""

    vendor: Vendor
    random: Random
    endpoint: Endpoint = field(init=False)
    number: int = 0
    accepted: set[int] = field(default_factory=set)
    repeated: set[int] = field(default_factory=set)
    """Events that may be there more than once, for a reason that the documentation names."""
    sent: Counter[int] = field(default_factory=Counter)
    """How often each event was taken from the queue."""
    owed: list[tuple[bytes, set[int]]] = field(default_factory=list)
    """Requests that were answered 5xx or not at all."""

    def __post_init__(self) -> None:
        self.endpoint = Endpoint(self.vendor.source)
        self.fates = shaken(self.endpoint)

    def request(self) -> tuple[bytes, set[int]]:
        events = []
        for _ in range(self.random.randint(1, self.vendor.most)):
            self.number += 1
            kind = self.random.choices([{}, self.vendor.spoiled, {"text": "x" * 2 * LIMIT}], [90, 8, 2])[0]
            events.append(self.vendor.event({"n": self.number}) | kind)
        return self.vendor.body(events), {event["n"] for event in events}

    def trouble(self) -> list[str]:
        """The fates of as many calls as a request makes."""
        return [self.random.choice(EVERY) if self.random.random() < TROUBLE else "well" for _ in range(20)]

    def post(self, body: bytes, numbers: set[int]) -> None:
        self.endpoint.clock += TTL  # the secret is read again, and what a dead process held is let go of
        answer = self.ended(TIMEOUT_SECONDS, lambda: self.endpoint.post_signed(body))
        failed = answer is None or answer["statusCode"] >= 500
        unclaimed = any(line.get("unclaimed") for line in self.endpoint.log)
        self.endpoint.log.clear()
        if failed or self.fates.repeats or unclaimed:
            self.repeated |= numbers
        if failed:
            self.owed.append((body, numbers))
        else:
            assert answer["statusCode"] < 300
            self.accepted |= numbers

    def sweep(self) -> None:
        waiting = {number for number, _ in self.kept("unsent/")}
        if self.ended(REDRIVE_SECONDS, self.endpoint.sweeper.sweep) is None or self.fates.repeats:
            self.repeated |= waiting

    def ended(self, seconds: float, do: Callable[[], Any]) -> Any:
        """What a function answers; None where it ends otherwise."""
        self.endpoint.begin(seconds)
        self.fates.repeats = False
        try:
            return do()
        except Died:
            self.fates.dead = False
            self.endpoint.deploy(self.endpoint.source)
        except (*AWS_ERRORS, QueueUnavailable, KeptBucketUnavailable, SecretsUnavailable):
            pass
        finally:
            self.fates.lined_up = []
            self.sent.update(number_in(message) for message in self.endpoint.queue.messages)
            self.endpoint.queue.bodies.clear()
            self.endpoint.queue.faults.lined_up = []
            self.endpoint.table.faults.lined_up = []
        return None

    def kept(self, prefix: str) -> Iterator[tuple[int, str]]:
        """Each event that an object below a prefix has, and the object's key."""
        for key, envelope in self.endpoint.bucket.read(prefix).items():
            if key.startswith("rejected/"):
                refused = {refused_event["index"] for refused_event in envelope["events"]}
                events = enumerate(self.events(envelope))
                yield from ((event["n"], key) for index, event in events if {index, -1} & refused)
            elif key.startswith(("unsent/", "unsendable/")):
                messages = (
                    waiting if isinstance(waiting, str) else waiting["message"] for waiting in envelope["messages"]
                )
                yield from ((number_in(json.loads(base64.b64decode(message))), key) for message in messages)

    def events(self, envelope: dict[str, Any]) -> list[Any]:
        root = (request := request_from_envelope(envelope, body_reader(self.vendor.source.events))).json
        split = self.vendor.source.events.split
        return list(compile_path(split)(root, Functions(request, root))) if split else [root]

    def check(self) -> None:
        counts = self.sent + Counter(number for number, _ in self.kept(""))
        assert self.accepted - set(counts) == set()
        assert {number for number in self.accepted if counts[number] > 1} - self.repeated == set()

    def settle(self) -> None:
        """All is well again: the vendor comes back, the sweep sends, the mapping is mended, and people redrive."""
        while self.owed:
            self.post(*self.owed.pop())
        self.sweep()
        self.check()
        self.endpoint.deploy(self.vendor.lenient)
        keys = [key for key in self.endpoint.bucket.objects if key.startswith("rejected/")]
        self.ended(math.inf, lambda: self.endpoint.reprocessor.send(keys))
        self.sweep()
        self.check()


@pytest.mark.parametrize("name", VENDORS)
def test_accepted_event_is_on_the_queue_or_kept_and_only_once_unless_reported(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAX_MESSAGE", LIMIT)
    seed = f"{name} {'CI' if 'CI' in os.environ else os.urandom(4).hex()}"
    try:
        conserve(World(VENDORS[name], Random(seed)))  # noqa: S311 - nothing is secret here
    except AssertionError as error:
        error.add_note(f"seed: {seed}")
        raise


def conserve(world: World) -> None:
    for number in range(REQUESTS):
        again = world.owed and world.random.random() < AGAIN
        body, numbers = world.owed.pop(world.random.randrange(len(world.owed))) if again else world.request()
        world.fates.lined_up = world.trouble()
        world.post(body, numbers)
        if number % 25 == 0:
            world.fates.lined_up = world.trouble()
            world.sweep()
        if number % 500 == 0:
            world.check()
    world.settle()
    assert world.accepted == set(range(1, world.number + 1))
    assert {key.split("/")[0] for _, key in world.kept("")} <= {"unsendable"}
    # And not since everything was sent twice.
    assert len(world.repeated) < world.number / 2
