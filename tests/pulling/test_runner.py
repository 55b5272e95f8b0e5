"""What a run of the puller asks, sends and remembers."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from lambdas.pulling.outcomes import NoAnswer
from lambdas.runtime.http_types import HttpAnswer
from tests.fakes import DOWN, NOW
from tests.pulling.vendor import TIME_SOURCE, Puller, answer_of


@pytest.fixture
def puller(tmp_path: Path) -> Puller:
    return Puller(tmp_path)


def test_events_of_all_pages_are_sent_once_and_the_position_moves_to_the_present(puller: Puller) -> None:
    for second in range(7):
        puller.vendor.add(NOW - 600 + second, f"e{second}")
    report = puller.run()
    assert report.outcome == "asked"
    assert puller.ids == [f"e{second}" for second in range(7)]
    assert puller.position() == {"start": int(NOW) - 10 - 60}
    puller.clock.now += 300
    again = puller.run()
    assert again.counts["sent"] == 0
    assert puller.position() == {"start": int(NOW) + 300 - 10 - 60}


def test_events_that_came_late_within_the_overlap_are_found(puller: Puller) -> None:
    puller.run()
    puller.vendor.add(NOW - 40, "late")
    puller.clock.now += 300
    assert puller.run().counts["sent"] == 1


def test_a_run_that_is_paused_asks_nothing(puller: Puller) -> None:
    puller.table.items["control"] = {"id": {"S": "control"}, "state": {"S": '{"paused": true}'}}
    assert puller.run().outcome == "paused"
    assert puller.vendor.asked == []


def test_two_runs_at_once_are_one(puller: Puller) -> None:
    puller.table.items["lease"] = {"held_by": {"S": "other"}, "held_until": {"N": str(int(NOW) + 100)}}
    assert puller.run().outcome == "busy"


def test_a_failure_is_said_and_no_position_passes_it(puller: Puller) -> None:
    puller.vendor.add(NOW - 600, "a")
    puller.vendor.answers = [answer_of({"error": "no"}, 500)] * 3
    report = puller.run()
    assert report.failures == {"audit": "the vendor answers 500"}
    assert "position#audit" not in puller.table.items
    assert puller.run().counts["sent"] == 1


def test_a_page_that_is_html_is_no_page(puller: Puller) -> None:
    puller.vendor.answers = [HttpAnswer(200, {}, b"<html>sign in</html>")]
    assert "can't be read" in puller.run().failures["audit"]
    puller.vendor.answers = [answer_of({"message": "nothing here"})]
    assert puller.run().failures == {"audit": "the answer has no list at items"}


def test_who_has_to_wait_waits_and_asks_again(puller: Puller) -> None:
    puller.vendor.add(NOW - 600, "a")
    puller.vendor.answers = [answer_of({}, 429, retry_after="20"), NoAnswer("down")]
    assert puller.run().counts["sent"] == 1
    assert 20 < puller.clock.now - NOW < 30


def test_a_wait_that_does_not_fit_ends_the_run_and_no_run_begins_before_then(puller: Puller) -> None:
    puller.vendor.answers = [answer_of({}, 429, retry_after="3000")]
    report = puller.run()
    assert (report.outcome, report.failures) == ("asked", {})
    puller.clock.now += 300
    request_count = len(puller.vendor.asked)
    assert puller.run().outcome == "waiting"
    assert len(puller.vendor.asked) == request_count
    puller.clock.now += 3_300
    assert puller.run().outcome == "asked"


def test_a_refused_credential_is_said(puller: Puller) -> None:
    puller.vendor.answers = [answer_of({}, 401)] * 2
    assert puller.run().failures == {"audit": "the vendor answers 401"}


def test_a_page_that_names_itself_as_the_next_is_not_asked_for_ever(puller: Puller) -> None:
    puller.vendor.answers = [answer_of({"items": [], "next": "5"}), answer_of({"items": [], "next": "5"})]
    assert puller.run().failures == {"audit": "the answer names a page as the next that was read already"}


def test_a_token_that_the_vendor_forgot_restarts_the_slice_shorter(puller: Puller) -> None:
    puller.vendor.add(NOW - 600, "a")
    puller.vendor.answers = [answer_of({"items": [], "next": "3"}), answer_of({}, 400)]
    assert puller.run().counts["sent"] == 1
    lengths = [request.url.partition("from=")[2] for _, request in puller.vendor.asked]
    assert len(lengths) >= 4


def test_a_rule_that_says_stop_for_a_status_holds_for_the_first_page_and_not_for_a_token(tmp_path: Path) -> None:
    rule = '  errors: [{status: 400, do: stop, say: "refused: {message}"}]\nevents:'
    puller = Puller(tmp_path, TIME_SOURCE.replace("events:", rule))
    puller.vendor.add(NOW - 600, "a")
    refused = answer_of({"message": "Invalid Skip Token"}, 400)
    puller.vendor.answers = [answer_of({"items": [], "next": "3"}), refused]
    report = puller.run()
    assert (report.counts["sent"], report.failures) == (1, {})
    puller.vendor.answers = [answer_of({"items": [], "next": "3"}), refused, refused]
    assert puller.run().failures == {"audit": "refused: Invalid Skip Token"}


def test_an_event_that_becomes_no_message_is_kept_by_itself_once(tmp_path: Path) -> None:
    puller = Puller(tmp_path, TIME_SOURCE.replace("id: id,", "id: id, require: [who],"))
    puller.vendor.add(NOW - 50, "a", who="ann")
    puller.vendor.add(NOW - 49, "b")
    assert puller.run().counts["kept"] == 1
    puller.clock.now += 30
    puller.run()
    assert puller.ids == ["a"]
    ((key, envelope),) = puller.bucket.read("rejected/").items()
    assert key.split("/")[2] == "missing"
    part = json.loads(base64.b64decode(envelope["body"]))
    assert part == {"stream": "audit", "value": "", "parent": None, "events": [{"id": "b", "at": int(NOW) - 49}]}


def test_a_table_that_is_down_is_a_failure_and_nothing_is_sent_twice(puller: Puller) -> None:
    puller.vendor.add(NOW - 600, "a")
    puller.run()
    puller.table.faults.always = DOWN
    report = puller.run()
    assert (report.outcome, report.failures) == ("failed", {"the table": "EndpointConnectionError"})
    assert puller.ids == ["a"]


def test_what_is_dropped_is_counted_and_not_sent(tmp_path: Path) -> None:
    puller = Puller(tmp_path, TIME_SOURCE + "drop: \"kind == 'read'\"\n")
    puller.vendor.add(NOW - 600, "a", kind="read")
    puller.vendor.add(NOW - 601, "b", kind="write")
    report = puller.run()
    assert (report.counts["sent"], report.counts["dropped"]) == (1, 1)


def test_equal_events_without_ids_are_several_events(tmp_path: Path) -> None:
    puller = Puller(tmp_path, TIME_SOURCE.replace("id: id", "id: hash()"))
    for _ in range(5):
        puller.vendor.add(NOW - 45, "same")
    assert puller.run().counts["sent"] == 5
    puller.clock.now += 5
    assert puller.run().counts["sent"] == 0


def test_a_backfill_is_read_once_beside_the_live_position(puller: Puller) -> None:
    puller.vendor.add(NOW - 86_400, "old")
    control = f'{{"backfills": [{{"id": "1", "from": {int(NOW) - 90_000}, "to": {int(NOW) - 80_000}}}]}}'
    puller.table.items["control"] = {"id": {"S": "control"}, "state": {"S": control}}
    assert puller.run().counts["sent"] == 1
    assert puller.position("backfill#1#audit") == {"start": int(NOW) - 80_000, "done": 1}
    puller.vendor.asked.clear()
    puller.clock.now += 60
    puller.run()
    assert len(puller.vendor.asked) == 1


def test_what_comes_late_by_days_is_looked_for_once_a_day(tmp_path: Path) -> None:
    puller = Puller(tmp_path, TIME_SOURCE.replace("overlap: 60s,", "overlap: 60s, again: 3d,"))
    puller.run()
    puller.clock.now += 300
    puller.vendor.add(NOW - 86_400, "very late")
    assert puller.run().counts["sent"] == 0
    puller.clock.now += 86_400
    assert puller.run().counts["sent"] == 1
    puller.clock.now += 600
    assert puller.run().counts["duplicates"] == 0


def test_a_vendor_that_refuses_is_told_from_one_that_does_not_answer(puller: Puller) -> None:
    puller.vendor.answers = [answer_of({"error": "no"}, 403)]
    report = puller.run()
    assert (report.refused, list(report.failures)) == ({"audit"}, ["audit"])
    puller.vendor.answers = [answer_of({"error": "no"}, 500)] * 3
    report = puller.run()
    assert (report.refused, list(report.failures)) == (frozenset(), ["audit"])
