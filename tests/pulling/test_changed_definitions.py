"""A definition that changes between two runs: what was stored by the old one loses no event, and ends no run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.operate.pull_positions import PullTable
from lambdas.runtime.http_types import HttpAnswer
from tests.fakes import NOW
from tests.pulling.test_streams import CURSOR, event, scripted
from tests.pulling.vendor import TIME_SOURCE, Puller, Vendor, answer_of

PAGES = TIME_SOURCE.replace('cursor: "{cursor}"', 'page: "{page}", size: 2').replace(
    "paging: {cursor: {at: next}}", "paging: {page: {size: 2}}"
)


class Paged(Vendor):
    """Takes 100 seconds for a page; pages by cursor, number or offset, as asked, of `size` events."""

    def send(self, request: Any, seconds: float) -> HttpAnswer:
        self.clock.now += 100
        return super().send(request, seconds)

    def page(self, query: dict[str, str]) -> HttpAnswer:
        self.page_size = int(query.get("size", self.page_size))
        if "page" in query:
            query = {**query, "cursor": str((int(query["page"]) - 1) * self.page_size)}
        return super().page({**query, "cursor": query.get("offset", query.get("cursor", "0"))})


CHANGES = {
    "pages to a cursor": TIME_SOURCE,
    "pages to an offset": PAGES.replace('page: "{page}"', 'offset: "{offset}"').replace("{page: {", "{offset: {"),
    "larger pages": PAGES.replace("size: 2", "size: 5"),
    "smaller pages": PAGES.replace("size: 2", "size: 1"),
    "another query": PAGES.replace("size: 2}\n", 'size: 2, kind: "all"}\n'),
}


@pytest.mark.parametrize("text", CHANGES.values(), ids=list(CHANGES))
def test_a_slice_that_was_read_in_part_is_read_by_the_new_definition(tmp_path: Path, text: str) -> None:
    puller = Puller(tmp_path / "old", PAGES, Paged)
    for index in range(9):
        puller.vendor.add(NOW - 1_500 + index, f"e{index:02}")
    puller.run()
    assert puller.position()["page"] == "2"
    changed = changed_puller(puller, tmp_path / "new", text)
    for _ in range(13):
        assert changed.run().failures == {}
        changed.clock.now += 60
    assert sorted(changed.ids) == [f"e{index:02}" for index in range(9)]


@pytest.mark.parametrize("old", [name for name in CHANGES if name != "another query"])
def test_a_number_is_not_taken_for_a_cursor_nor_a_cursor_for_a_number(tmp_path: Path, old: str) -> None:
    puller = Puller(tmp_path / "old", CHANGES[old], Paged)
    for index in range(9):
        puller.vendor.add(NOW - 1_500 + index, f"e{index:02}")
    puller.run()
    changed = changed_puller(puller, tmp_path / "new", PAGES)
    for _ in range(13):
        assert changed.run().failures == {}
        changed.clock.now += 60
    assert sorted(changed.ids) == [f"e{index:02}" for index in range(9)]


def changed_puller(puller: Puller, folder: Path, text: str) -> Puller:
    """Return the puller of another definition, with all that the first has stored."""
    changed = Puller(folder, text, lambda _clock: puller.vendor)
    changed.table, changed.queue, changed.bucket, changed.clock = (
        puller.table,
        puller.queue,
        puller.bucket,
        puller.clock,
    )
    return changed


BY_TIME = (
    CURSOR.replace("resume: paging", "resume: time")
    .replace("retention: 10d", "lag: 10s, longest: 1h, retention: 10d")
    .replace('{since: "{from}"}', '{since: "{from}", until: "{to}"}')
)


def test_from_the_vendors_cursor_to_windows_reading_goes_on_where_it_was(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path / "old", CURSOR)
    vendor.answers = {"/v1/feed": [answer_of({"items": [event("1")], "cursor": "c1", "more": False})]}
    puller.run()
    changed, new_vendor = scripted(tmp_path / "new", BY_TIME)
    changed.table, changed.queue = puller.table, puller.queue
    changed.clock.now += 40_000
    new_vendor.answers = {"/v1/feed": [answer_of({"items": [], "cursor": None, "more": False})] * 20}
    assert changed.run().failures == {}
    assert changed.position("position#feed") == {"start": int(changed.clock.now) - 10 - 60}
    assert len(new_vendor.asked) == 12, "from where the cursor was, an hour at a time"


def test_from_windows_to_the_vendors_cursor_reading_goes_on_where_it_was(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path / "old", BY_TIME)
    vendor.answers = {"/v1/feed": [answer_of({"items": [], "cursor": None, "more": False})]}
    puller.run()
    changed, new_vendor = scripted(tmp_path / "new", CURSOR)
    changed.table = puller.table
    changed.clock.now += 40_000
    bodies = []
    send = new_vendor.send

    def keep(request: Any, seconds: float) -> HttpAnswer:
        bodies.append(request.body)
        return send(request, seconds)

    new_vendor.send = keep  # type: ignore[method-assign]
    new_vendor.answers = {"/v1/feed": [answer_of({"items": [event("1")], "cursor": "c1", "more": False})]}
    assert changed.run().failures == {}
    assert bodies == [f'{{"since":"{int(NOW) - 10 - 60}"}}'.encode()]


def test_a_link_is_not_taken_for_a_cursor(tmp_path: Path) -> None:
    links = CURSOR.replace("post: /feed", "get: /feed").replace('json: {since: "{from}"}', 'query: {since: "{from}"}')
    links = links.replace('      then: {json: {cursor: "{cursor}"}}\n', "").replace(
        "paging: {cursor: {at: cursor, while: more}}", "paging: link"
    )
    puller, vendor = scripted(tmp_path / "old", links)
    vendor.answers = {"/v1/feed": [answer_of({"items": [event("1")]}, link='</v1/feed?c=2>; rel="next"')]}
    puller.run()
    assert puller.position("position#feed")["token"] == "https://api.vendor.example/v1/feed?c=2"
    changed, new_vendor = scripted(tmp_path / "new", CURSOR)
    changed.table, changed.queue = puller.table, puller.queue
    page = answer_of({"items": [event("1"), event("2")], "cursor": "c2", "more": False})
    new_vendor.answers = {"/v1/feed": [page]}
    assert changed.run().failures == {}
    assert changed.position("position#feed")["token"] == "c2"
    assert puller.ids == ["1", "2"]


def test_a_status_is_shown_of_a_position_of_the_other_kind(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path / "old", CURSOR)
    vendor.answers = {"/v1/feed": [answer_of({"items": [], "cursor": "c1", "more": False})]}
    puller.run()
    changed, _ = scripted(tmp_path / "new", BY_TIME)
    assert changed.source.pull
    table = PullTable("claims", puller.table, changed.source.pull)
    ((key, stream),) = table.streams()
    assert table.state(key, stream).read_to == int(NOW)


def test_a_stream_that_is_new_or_gone_touches_no_other(tmp_path: Path) -> None:
    puller = Puller(tmp_path / "old")
    puller.vendor.add(NOW - 600, "a")
    puller.run()
    renamed = changed_puller(puller, tmp_path / "new", TIME_SOURCE.replace("    audit:", "    logins:"))
    assert renamed.run().failures == {}
    assert set(renamed.table.items) >= {"position#audit", "position#logins"}
