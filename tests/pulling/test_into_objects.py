"""A pulled source that delivers into objects: what the stream takes in part, or not at all, arrives once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambdas.delivering.stream_outbox import MAX_RECORD
from tests.delivering.test_stream_outbox import DENIED, FAILED, GONE, TAKEN, results
from tests.fakes import DOWN, NOW, THROTTLED
from tests.pulling.vendor import TIME_SOURCE, Puller

TEXT = f"{TIME_SOURCE}delivery: {{s3: {{}}}}\n"
FIRST = NOW - 600
FAILS_EACH_TIME = [results(TAKEN, FAILED, TAKEN), results(FAILED), results(FAILED)]


@pytest.fixture
def puller(tmp_path: Path) -> Puller:
    """A puller whose vendor has three events, which are a page."""
    puller = Puller(tmp_path, TEXT)
    for number, id_ in enumerate("abc"):
        puller.vendor.add(FIRST + number, id_)
    return puller


def counts(puller: Puller) -> dict[str, int]:
    """What became of the events of a run."""
    report = puller.run()
    assert report.failures == {}
    return {name: count for name, count in report.counts.items() if count and name != "pages"}


def test_its_position_moves_once_the_stream_has_the_events(puller: Puller) -> None:
    assert counts(puller) == {"sent": 3}
    assert (puller.ids, puller.queue.bodies, puller.bucket.objects) == (["a", "b", "c"], [], {})
    assert puller.position()["start"] > FIRST
    assert counts(puller) == {}


@pytest.mark.parametrize(
    ("answers", "unsent"),
    [
        ([*FAILS_EACH_TIME], ["b"]),
        ([results(FAILED, FAILED, FAILED), results(TAKEN, FAILED, FAILED), THROTTLED], ["b", "c"]),
        ([results(TAKEN, {}, TAKEN)], ["b"]),
        ([DENIED], ["a", "b", "c"]),
        ([GONE], ["a", "b", "c"]),
    ],
    ids=["a record fails each time", "two fail, then all", "a result that says nothing", "denied", "no stream"],
)
def test_what_the_stream_does_not_take_is_kept_and_arrives_once(
    puller: Puller, answers: list[Any], unsent: list[str]
) -> None:
    puller.writer.faults.lined_up = answers
    sent = {"sent": 3 - len(unsent)} if len(unsent) < 3 else {}
    assert counts(puller) == {**sent, "unsent": len(unsent)}
    assert puller.unsent_ids == unsent
    assert puller.position()["start"] > FIRST  # what is kept is not asked for again
    assert counts(puller) == {}
    assert puller.sweeper().sweep() == {"sent": len(unsent), "left": 0}
    assert sorted(puller.ids) == ["a", "b", "c"]


def test_where_neither_stream_nor_bucket_takes_an_event_its_position_stays_and_it_comes_once(puller: Puller) -> None:
    puller.writer.faults.lined_up, puller.bucket.faults.always = [*FAILS_EACH_TIME], DOWN
    report = puller.run()
    assert report.failures == {"audit": "QueueUnavailable: 1 message was not taken; EndpointConnectionError"}
    assert puller.position()["start"] < FIRST
    puller.bucket.faults.always = None
    puller.clock.now += 400
    assert counts(puller) == {"sent": 1, "duplicates": 2}
    assert sorted(puller.ids) == ["a", "b", "c"]


def test_what_is_an_object_of_its_own_waits_alone(puller: Puller) -> None:
    puller.vendor.add(NOW - 500, "large", text="x" * (MAX_RECORD + 100))
    puller.objects.faults.always = DENIED
    assert counts(puller) == {"sent": 3, "unsent": 1}
    assert puller.sweeper().sweep() == {"sent": 0, "left": 1}
    puller.objects.faults.always = None
    assert puller.sweeper().sweep() == {"sent": 1, "left": 0}
    assert sorted(puller.ids) == ["a", "b", "c", "large"]
