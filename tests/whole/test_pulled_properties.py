"""What holds for any answer of a vendor's: nothing raises, no event is lost, each is the same one in every reading."""

from __future__ import annotations

import base64
import contextlib
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.pulling.run_log import log_run
from lambdas.pulling.runner import RunReport
from tests.fakes import NOW
from tests.pulling.played import Played, played_streams
from tests.pulling.vendor import Puller, answer_of
from tests.whole.test_properties import KEYS, LEAVES, ODD, as_list, pieces, sent, taken_by_mozdef

pytestmark = pytest.mark.slow
STREAMS = {f"{played.source.name} {played.sample.key}": played for played in played_streams()}
FIRST = {played.source.name: played for played in reversed(STREAMS.values())}
"""A stream of each source."""
ANY = st.sampled_from(list(STREAMS.values()))


@st.composite
def event_lists(draw: st.DrawFn, played: Played, spoilt: bool = True) -> list[str]:
    """Events of the vendor's with some members replaced and others added; and what is no event at all."""
    texts = []
    for number in range(draw(st.integers(0, 4))):
        event = draw(st.sampled_from(played.events))
        names = st.sampled_from(sorted(event)) | KEYS
        more = draw(st.dictionaries(names, LEAVES, max_size=3)) if spoilt else {}
        texts.append(played.event_text(event, number, more))
    return texts + (draw(st.lists(LEAVES, max_size=1)) if spoilt else [])


def run_of(puller: Puller) -> RunReport:
    """Run the puller, and hold each message against what MozDef takes."""
    with contextlib.redirect_stdout(io.StringIO()) as log:
        report = puller.run()
        log_run(report, puller.source.name, "stack", NOW)
    json.loads(log.getvalue().splitlines()[-1])
    for body in puller.queue.bodies:
        taken_by_mozdef(body)
    return report


def kept_events(puller: Puller) -> list[Any]:
    envelopes = puller.bucket.read("rejected/").values()
    parts = [json.loads(base64.b64decode(envelope["body"])) for envelope in envelopes]
    return [event for part in parts for event in part["events"]]


def accounted(report: RunReport) -> int:
    counts = report.counts
    return sum(counts[name] for name in ("sent", "unsent", "kept", "dropped"))


@given(ANY, st.data())
def test_each_event_of_a_page_is_a_valid_message_or_kept(played: Played, data: st.DataObject) -> None:
    texts = data.draw(event_lists(played))
    puller = played.puller(played.page(as_list(texts)))
    report = run_of(puller)
    if report.failures:  # only where the text is no JSON, and then nothing is passed
        assert not puller.queue.bodies
        assert f"position#{played.sample.key}" not in puller.table.items
        return
    # What is no event is kept once, however often it comes; each true event has an id of its own.
    assert len(puller.queue.bodies) == report.counts["sent"]
    assert len(kept_events(puller)) == report.counts["kept"]
    assert len(texts) - 1 <= accounted(report) + report.counts["duplicates"] <= len(texts)


@given(ANY, st.data())
def test_what_is_read_again_is_neither_sent_nor_kept_again_and_has_the_same_ids(
    played: Played, data: st.DataObject
) -> None:
    page = played.page(as_list(data.draw(event_lists(played))))
    puller = played.puller(page)
    report = run_of(puller)
    if report.failures:
        return
    bodies, kept = list(puller.queue.bodies), dict(puller.bucket.objects)
    puller.table.items.pop(f"position#{played.sample.key}")
    again = run_of(puller)
    assert (again.counts["sent"], again.counts["kept"], again.failures) == (0, 0, {})
    assert (puller.queue.bodies, puller.bucket.objects) == (bodies, kept)
    other = played.puller(page)
    other.clock.now += 3_600
    run_of(other)
    assert other.ids == puller.ids


@pytest.mark.parametrize("played", FIRST.values(), ids=FIRST)
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd[:12]))
def test_an_odd_value_in_an_event_is_delivered_or_kept_and_holds_up_nothing(played: Played, odd: str) -> None:
    first, *_ = played.events
    texts = [played.event_text(first, 1, {"odd": odd}), played.event_text(first, 2, {})]
    puller = played.puller(played.page(as_list(texts)))
    report = run_of(puller)
    try:
        json.loads(odd)
        bad_json = odd.count("[") > 1_000
    except (ValueError, RecursionError):
        bad_json = True
    if report.failures:
        assert bad_json
        return
    assert accounted(report) == 2
    assert report.counts["sent"] >= 1


@given(
    played=ANY,
    body=st.binary() | LEAVES.map(sent),
    status=st.sampled_from([200, 200, 204, 301, 400, 401, 403, 404, 500]),
)
def test_any_answer_ends_a_run_with_an_outcome_and_passes_nothing_that_is_no_page(
    played: Played, body: bytes, status: int
) -> None:
    answer = answer_of({}, status)
    puller = played.puller(type(answer)(status, {}, body))
    report = run_of(puller)
    assert report.failures or report.notes or report.outcome in ("asked", "waiting")
    assert puller.queue.bodies == []
    if report.failures:
        assert f"position#{played.sample.key}" not in puller.table.items


@given(ANY, st.uuids().map(lambda uuid: uuid.hex), st.data())
def test_nothing_of_an_answer_or_a_credential_is_logged(played: Played, marker: str, data: st.DataObject) -> None:
    event = data.draw(st.sampled_from(played.events))
    names = data.draw(st.lists(st.sampled_from(sorted(event)), unique=True, max_size=3))
    value = json.dumps(marker)
    texts = [
        played.event_text(event, 1, dict.fromkeys(names, value)),
        *data.draw(st.lists(st.sampled_from([value, f'{{"{marker}":{value}}}', f"[{value}]"]), max_size=2)),
    ]
    broken = data.draw(st.sampled_from(["", "{", marker]))
    puller = played.puller(played.page(as_list(texts) + broken))
    with contextlib.redirect_stdout(io.StringIO()) as log:
        report = puller.run()
        log_run(report, puller.source.name, "stack", NOW)
    text = log.getvalue() + repr(report)
    assert [piece for piece in pieces(marker) | pieces("made-up-token") if piece in text] == []
