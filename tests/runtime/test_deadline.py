"""However slow AWS is, a function does not end before it has kept what it has, and answered."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from generator.templates.functions import REDRIVE_SECONDS
from generator.templates.resources.function import TIMEOUT_SECONDS
from generator.testing import event_of
from lambdas.delivering.outbox import PAUSES
from lambdas.model import Dedupe
from lambdas.runtime.deadline import CALL_SECONDS, Deadline
from tests.definitions import bundled_source
from tests.fakes import Endpoint

OKTA = bundled_source("okta").source
SLOW = (0.9, 2.0, CALL_SECONDS)


def events(number: int) -> bytes:
    each = [{"uuid": f"u{n}", "eventType": "t", "published": "2026-01-01T00:00:00Z"} for n in range(number)]
    return json.dumps({"data": {"events": each}}).encode()


def waiting(endpoint: Endpoint) -> int:
    return sum(len(envelope["messages"]) for envelope in endpoint.bucket.read("unsent/").values())


@pytest.mark.parametrize("takes", SLOW)
def test_events_without_time_to_send_are_kept_in_one_put_and_answered_in_time(takes: float) -> None:
    endpoint = Endpoint(OKTA)
    endpoint.begin(TIMEOUT_SECONDS, takes)
    assert endpoint.post_signed(events(300))["statusCode"] == 204
    assert endpoint.deadline.allows(0)
    assert endpoint.bucket.faults.calls == 1
    assert len(endpoint.queue.bodies) + waiting(endpoint) == 300
    assert 0 < waiting(endpoint) < 300
    endpoint.begin(REDRIVE_SECONDS)
    assert endpoint.sweeper.sweep()["left"] == 0
    assert sorted(event_of(message)["uuid"] for message in endpoint.queue.messages) == sorted(
        f"u{n}" for n in range(300)
    )


def test_all_events_are_sent_where_time_allows() -> None:
    endpoint = Endpoint(OKTA)
    endpoint.begin(TIMEOUT_SECONDS, takes=0.3)
    assert endpoint.post_signed(events(300))["statusCode"] == 204
    assert (len(endpoint.queue.bodies), waiting(endpoint)) == (300, 0)


@pytest.mark.parametrize("takes", SLOW)
def test_sweep_leaves_objects_without_time_left(takes: float) -> None:
    endpoint = Endpoint(OKTA)
    endpoint.begin(0)  # no time for any call to the queue, and here none for the bucket either
    assert endpoint.post_signed(events(900))["statusCode"] == 503
    endpoint.begin(CALL_SECONDS)
    assert endpoint.post_signed(events(900))["statusCode"] == 204
    assert waiting(endpoint) == 900
    swept = 0
    while waiting(endpoint):
        endpoint.begin(REDRIVE_SECONDS, takes)
        counts = endpoint.sweeper.sweep()
        assert endpoint.deadline.allows(0)
        assert counts["sent"] > 0
        swept += counts["sent"]
        assert swept == len(endpoint.queue.bodies) == 900 - waiting(endpoint)


@pytest.mark.parametrize("takes", SLOW)
def test_redrive_names_the_objects_without_time_left(takes: float) -> None:
    endpoint = Endpoint(OKTA)
    bodies = [json.dumps({"data": {"events": [{"uuid": f"u{n}"}]}}).encode() for n in range(20)]
    for body in bodies:
        endpoint.post_signed(body)
    keys = sorted(endpoint.bucket.objects)
    endpoint.deploy(replace(OKTA, events=replace(OKTA.events, require=(), time=None)))
    endpoint.begin(REDRIVE_SECONDS, takes)
    results = endpoint.reprocessor.send(keys)
    assert endpoint.deadline.allows(0)
    done = [result for result in results if not result.get("left")]
    left = [result["key"] for result in results if result.get("left")]
    assert left == sorted(endpoint.bucket.objects)
    assert len(done) == len(endpoint.queue.bodies) == 20 - len(left) > 0


def test_claims_and_messages_fit_into_the_time_together() -> None:
    endpoint = Endpoint(replace(OKTA, dedupe=Dedupe(window=2)))
    endpoint.begin(TIMEOUT_SECONDS, takes=2.0)
    assert endpoint.post_signed(events(1_200))["statusCode"] == 204
    assert endpoint.deadline.allows(0)
    assert len(endpoint.queue.bodies) + waiting(endpoint) == 1_200


def test_redrive_of_claimed_events_leaves_time_to_settle_the_object() -> None:
    endpoint = Endpoint(replace(OKTA, dedupe=Dedupe(window=2)))
    endpoint.post_signed(json.dumps({"data": {"events": [{"uuid": f"u{n}"} for n in range(500)]}}).encode())
    (key,) = endpoint.bucket.objects
    endpoint.deploy(replace(endpoint.source, events=replace(OKTA.events, require=(), time=None)))
    endpoint.begin(REDRIVE_SECONDS, takes=2.0)
    (result,) = endpoint.reprocessor.send([key])
    assert endpoint.deadline.allows(0)
    assert result["sent"] + result["unsent"] == 500
    assert key not in endpoint.bucket.objects


def test_a_partial_failure_at_the_last_moment_leaves_time_to_keep_the_rest() -> None:
    endpoint = Endpoint(OKTA)
    assert endpoint.post_signed(events(1))["statusCode"] == 204  # the secret is remembered
    endpoint.queue.bodies.clear()
    again = {"Failed": [{"Id": "0", "SenderFault": False, "Code": "InternalError"}]}
    endpoint.queue.faults.lined_up = [again, again, again]
    endpoint.begin(2 * CALL_SECONDS, takes=CALL_SECONDS - sum(PAUSES))
    assert endpoint.post_signed(events(2))["statusCode"] == 204
    assert (len(endpoint.queue.bodies), waiting(endpoint)) == (1, 1)


def test_deadline_counts_the_slowest_possible_calls() -> None:
    now = [100.0]
    deadline = Deadline(lambda: now[0])
    assert deadline.allows(1_000_000)
    deadline.begin(SimpleNamespace(get_remaining_time_in_millis=lambda: 12_000))
    assert [deadline.allows(calls) for calls in range(4)] == [True, True, True, False]
    now[0] = 107
    assert [deadline.allows(calls) for calls in range(3)] == [True, False, False]
