"""Whatever its messages are, a source answers, logs, claims, keeps, archives and brings back events in the same way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.samples.message_view import OUTPUTS, output_of, shown
from lambdas.reading.request import CANARY_HEADER
from tests.definitions import make_definition
from tests.fakes import DOWN, NOW, Endpoint

TEXT = """
    description: made
    output: %s
    webhook: {auth: {hmac: {signature: {header: x-signature}}}}
    events: {split: events, id: id, type: type, require: [%s]}
    facts: {summary: "{type} of {id}", severity: "{level}", user: "{user}"}
    archive: {}
    dedupe: {}
"""
MARKS = {"canary", "replayed", "oversize"}


def post(endpoint: Endpoint, *ids: str, headers: dict[str, str] | None = None, **more: str) -> int:
    events = [{"id": event_id, "type": "login", "level": "ERROR", "user": "ann", **more} for event_id in ids]
    status: int = endpoint.post_signed({"events": events}, headers)["statusCode"]
    return status


def receive(endpoint: Endpoint) -> list[tuple[str, list[str]]]:
    """Take the messages from the queue: their ids, and what they are marked as."""
    views = [shown(message) for message in endpoint.queue.messages]
    endpoint.queue.bodies.clear()
    return [(view.id, sorted(MARKS & set(view.tags))) for view in views]


def replay(endpoint: Endpoint) -> list[dict[str, Any]]:
    endpoint.firehose.deliver()
    archived = [[key, 0] for key in endpoint.archive.objects]  # what is too large for the stream is an object alone
    period = {"since": NOW - 1, "until": NOW + 1, "limit": 100}
    return endpoint.replayer.replay({"objects": archived, **period, "send": True})


def live(folder: Path, output: str) -> dict[str, Any]:
    """Let everything happen to a source that can happen to events; return what came of it."""
    endpoint = Endpoint(make_definition(folder / "strict", TEXT % (output, "never")).source, stack="stack")
    happened: dict[str, Any] = {"rejected": post(endpoint, "rejected")}
    (rejected,) = endpoint.bucket.objects
    endpoint.deploy(make_definition(folder, TEXT % (output, "type")).source)
    happened["preview"] = endpoint.reprocessor.preview([rejected])
    happened["redriven"] = endpoint.reprocessor.send([rejected]), receive(endpoint)
    happened["twice"] = [post(endpoint, "a"), post(endpoint, "a", "b")], receive(endpoint)
    happened["large"] = post(endpoint, "large", note="x" * 1_100_000), receive(endpoint)
    happened["canary"] = post(endpoint, "a", headers={CANARY_HEADER: "0" * 32}), receive(endpoint)
    happened["forged"] = endpoint.post_signed({"events": []}, secret="forged")["statusCode"]
    endpoint.queue.faults.always = DOWN
    happened["down"] = post(endpoint, "waits"), endpoint.sweeper.sweep()
    endpoint.queue.faults.always = None
    happened["swept"] = endpoint.sweeper.sweep(), receive(endpoint)
    happened["replayed"] = replay(endpoint), receive(endpoint)
    stores = {"kept": endpoint.bucket.objects, "archive": endpoint.firehose.envelopes, "claims": endpoint.table.items}
    return happened | stores | {"log": endpoint.log, "reports": endpoint.reports}


@pytest.fixture(scope="module")
def mozdef(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return live(tmp_path_factory.mktemp("mozdef"), "mozdef")


def test_each_step_of_what_is_compared_does_something(mozdef: dict[str, Any]) -> None:
    once, again = [("a", []), ("b", [])], ["rejected", "a", "a", "b", "waits", "large"]
    assert mozdef["redriven"][1] == [("rejected", ["replayed"])]
    assert (mozdef["twice"], mozdef["swept"]) == (([200, 200], once), ({"sent": 1, "left": 0}, [("waits", [])]))
    assert (mozdef["large"], mozdef["canary"]) == ((200, [("large", ["oversize"])]), (200, [("a", ["canary"])]))
    assert sorted(id_ for id_, _ in mozdef["replayed"][1]) == sorted(again)
    assert (mozdef["forged"], mozdef["down"]) == (401, (200, {"sent": 0, "left": 1}))
    assert [key.partition("/")[0] for key in mozdef["kept"]] == ["oversize"]


@pytest.mark.parametrize("output", sorted({*OUTPUTS} - {"mozdef"}))
def test_the_same_happens_to_those_of_every_output(mozdef: dict[str, Any], output: str, tmp_path: Path) -> None:
    assert live(tmp_path, output) == mozdef


def test_after_a_change_of_output_what_waits_stays_and_all_else_is_shaped_anew(tmp_path: Path) -> None:
    endpoint = Endpoint(make_definition(tmp_path / "strict", TEXT % ("mozdef", "never")).source)
    assert post(endpoint, "rejected") == 200
    (rejected,) = endpoint.bucket.objects
    endpoint.deploy(make_definition(tmp_path / "before", TEXT % ("mozdef", "type")).source)
    endpoint.queue.faults.always = DOWN
    assert post(endpoint, "waits") == 200
    endpoint.queue.faults.always = None

    def outputs_after(result: Any) -> tuple[Any, list[str]]:
        outputs = [output_of(message) for message in endpoint.queue.messages]
        endpoint.queue.bodies.clear()
        return result, outputs

    endpoint.deploy(make_definition(tmp_path, TEXT % ("ecs", "type")).source)
    assert outputs_after(post(endpoint, "waits")) == (200, [])  # it is claimed
    assert outputs_after(endpoint.sweeper.sweep()) == ({"sent": 1, "left": 0}, ["mozdef"])
    assert outputs_after(endpoint.reprocessor.send([rejected])[0]["sent"]) == (1, ["ecs"])
    assert outputs_after(replay(endpoint)[0]["sent"]) == (2, ["ecs", "ecs"])
