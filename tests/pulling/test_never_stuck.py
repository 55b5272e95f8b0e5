"""Reading goes on, whatever the position, the definition or the clock was when a run began."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lambdas.pulling.stored_positions import request_mark
from lambdas.runtime.http_types import HttpAnswer
from tests.fakes import NOW
from tests.pulling.test_known_faults import SlowVendor
from tests.pulling.test_streams import CURSOR, event, scripted
from tests.pulling.vendor import TIME_SOURCE, Puller, Vendor, answer_of

DAY = 86_400
KEPT_DAYS = TIME_SOURCE.replace(
    "{first: 1h, lag: 10s, overlap: 60s, longest: 30m, format: unix}",
    "{first: 7d, lag: 10s, overlap: 60s, longest: 1d, retention: 7d, format: unix}",
)


def store(puller: Puller, name: str, **fields: Any) -> None:
    """Put a position into the table."""
    numbers = {"revision": {"N": "1"}, "shape": {"N": "1"}}
    puller.table.items[name] = {"id": {"S": name}, **numbers, "state": {"S": json.dumps(fields)}}


class Forgetful(SlowVendor):
    """Refuses times from before a week, as Microsoft 365 does, and takes 100 seconds for a page."""

    def page(self, query: dict[str, str]) -> HttpAnswer:
        if int(query["from"]) < self.clock.now - 7 * DAY and "cursor" not in query:
            return answer_of({"error": "startTime is too old"}, 400)
        return super().page(query)


def test_a_first_time_as_long_as_the_vendor_keeps_events_makes_progress(tmp_path: Path) -> None:
    puller = Puller(tmp_path, KEPT_DAYS, Forgetful)
    for index in range(30):
        puller.vendor.add(NOW - 7 * DAY + 3_600 + index, f"e{index}")
    for _ in range(9):
        report = puller.run()
        assert (report.failures, report.notes) == ({}, {})
        puller.clock.now += 60
    assert puller.ids[:15] == [f"e{index}" for index in range(15)]


def test_after_a_pause_longer_than_retention_reading_begins_within_it(tmp_path: Path) -> None:
    puller = Puller(tmp_path, KEPT_DAYS, Forgetful)
    store(puller, "position#audit", start=NOW - 30 * DAY, goal=NOW - 29 * DAY, end=NOW - 29 * DAY, page="3")
    puller.vendor.add(NOW - 7 * DAY + 3_600, "a")
    report = puller.run()
    assert report.failures == {}
    assert report.notes["audit"].startswith("nobody asked for longer than the vendor keeps events")
    assert puller.ids == ["a"]


def test_a_slice_whose_beginning_the_vendor_has_no_more_begins_later(tmp_path: Path) -> None:
    puller = Puller(tmp_path, KEPT_DAYS, Forgetful)
    puller.vendor.add(NOW - 7 * DAY + 3_600, "a")
    assert puller.source.pull
    mark = request_mark(puller.source.pull.streams["audit"])
    store(puller, "position#audit", start=NOW - 8 * DAY, goal=NOW, end=NOW - 6 * DAY, page="9", of=mark)
    puller.vendor.answers = [answer_of({}, 400)]
    assert puller.run().failures == {}
    assert "cursor=9" in puller.vendor.asked[0][1].url
    assert puller.ids == ["a"]


def test_a_token_that_ended_before_the_next_run_stops_no_slice_as_short_as_the_format_can_say(tmp_path: Path) -> None:
    """Zoom's slices are days, and the tokens of its pages end after 15 minutes."""
    puller = Puller(tmp_path)
    start = int(NOW) - 600
    for index in range(4):
        puller.vendor.add(start, f"e{index}")
    assert puller.source.pull
    mark = request_mark(puller.source.pull.streams["audit"])
    store(puller, "position#audit", start=start, goal=start + 1, end=start + 1, page="3", of=mark)
    ended = answer_of({}, 400)
    puller.vendor.answers = [ended]
    assert puller.run().failures == {}
    assert puller.ids == ["e0", "e1", "e2", "e3"]
    # A token that is refused in the run that got it is refused again and again.
    store(puller, "position#audit", start=start, goal=start + 1, end=start + 1, page="3", of=mark)
    puller.vendor.answers = [ended, answer_of({"items": [], "next": "3"}), ended]
    assert puller.run().failures == {"audit": "the vendor answers 400"}
    assert puller.vendor.answers == []


def test_a_look_and_a_backfill_ask_for_nothing_that_the_vendor_keeps_no_more(tmp_path: Path) -> None:
    text = KEPT_DAYS.replace("overlap: 60s", "overlap: 60s, again: 7d").replace("first: 7d", "first: 1h")
    puller = Puller(tmp_path, text, Vendor)
    old = {"id": "b1", "from": NOW - 20 * DAY, "to": NOW - 19 * DAY}
    puller.table.items["control"] = {"id": {"S": "control"}, "state": {"S": json.dumps({"backfills": [old]})}}
    puller.run()
    assert puller.position("backfill#b1#audit")["done"] == 1
    puller.clock.now += DAY + 60
    puller.vendor.asked.clear()
    puller.run()
    oldest = min(int(request.url.partition("from=")[2].partition("&")[0]) for _, request in puller.vendor.asked)
    assert oldest == int(puller.clock.now) - 7 * DAY + 600
    assert puller.position("again#audit")["looked"] == int(puller.clock.now)


def test_a_look_is_none_of_a_stream_that_keeps_the_vendors_cursor(tmp_path: Path) -> None:
    text = CURSOR.replace("  streams:", "  window: {again: 3d}\n  streams:")
    puller, _ = scripted(tmp_path, text)
    for _ in range(2):
        assert puller.run().failures == {}
        puller.clock.now += DAY + 1


def test_a_position_in_the_future_goes_on_at_the_present(tmp_path: Path) -> None:
    puller = Puller(tmp_path)
    puller.clock.now += 5 * DAY
    puller.run()
    puller.clock.now -= 5 * DAY
    puller.vendor.add(NOW - 30, "a")
    report = puller.run()
    assert report.notes["audit"].startswith("its position was in the future")
    assert puller.ids == ["a"]


def test_a_stream_that_is_left_out_is_not_behind(tmp_path: Path) -> None:
    rules = '  errors: [{status: 403, do: skip_stream, say: "not turned on"}]\n'
    puller = Puller(tmp_path, TIME_SOURCE.replace("  streams:", f"{rules}  streams:").replace("first: 1h", "first: 5d"))
    puller.vendor.answers = [answer_of({}, 403)]
    report = puller.run()
    assert (report.notes, report.behind) == ({"audit": "not turned on"}, 0)


def test_a_stream_is_not_behind_for_what_it_may_not_ask_for_yet(tmp_path: Path) -> None:
    window = "{first: 3d, lag: 12h, overlap: 1d, longest: 3d, format: date}"
    puller = Puller(
        tmp_path, TIME_SOURCE.replace("{first: 1h, lag: 10s, overlap: 60s, longest: 30m, format: unix}", window)
    )
    puller.vendor.answers = [answer_of({"items": []})] * 9
    puller.run()
    puller.clock.now += 40_000
    assert puller.run().behind == 0


ONE_PAGE = """\
  streams:
    feed:
      get: /feed
      query: {since: "{from}", cursor: "{cursor}"}
      paging: {cursor: {at: cursor}}
      resume: paging
      window: {first: 1h, overlap: 60s, retention: 10d, format: unix}
events: {split: items, id: id, time: at, time_format: unix}
"""


def test_a_feed_that_has_no_cursor_yet_is_not_read_from_its_beginning_for_ever(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, ONE_PAGE)
    vendor.answers = {"/v1/feed": [answer_of({"items": [event("1")]})]}
    puller.run()
    puller.clock.now += 300
    puller.run()
    assert [query["since"] for query in vendor.queries("/feed")] == [[str(int(NOW) - 3_600)], [str(int(NOW) - 120)]]


def test_events_of_a_feed_that_begins_anew_are_numbered_anew(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, CURSOR.replace("id: id", "id: hash()"))
    page = answer_of({"items": [event("1"), event("1")], "cursor": "c1", "more": False})
    vendor.answers = {"/v1/feed": [page, answer_of({}, 410), page]}
    assert puller.run().counts["sent"] == 2
    assert puller.run().counts["sent"] == 0


def test_a_request_without_an_end_is_not_sent_for_each_slice(tmp_path: Path) -> None:
    text = TIME_SOURCE.replace('to: "{to}", ', "").replace("first: 1h", "first: 5d")
    puller = Puller(tmp_path, text)
    puller.vendor.add(NOW - 4 * DAY, "a")
    wanted = {"id": "b1", "from": int(NOW) - 3 * DAY, "to": int(NOW) - DAY}
    puller.table.items["control"] = {"id": {"S": "control"}, "state": {"S": json.dumps({"backfills": [wanted]})}}
    puller.run()
    assert puller.ids == ["a"]
    assert len(puller.vendor.asked) == 2, "one sweep, and one backfill"
    assert puller.position("backfill#b1#audit")["done"] == 1
