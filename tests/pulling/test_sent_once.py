"""What is read again is not sent again: also after a week, and where the vendor writes it in another order."""

from __future__ import annotations

from pathlib import Path

from tests.fakes import NOW
from tests.pulling.test_streams import TWO, scripted
from tests.pulling.vendor import Puller, answer_of

DAY = 86_400


def test_what_is_read_day_after_day_is_not_sent_again_once_a_week(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, TWO.replace("overlap: 60s, longest: 1d", "overlap: 20d, longest: 30d"))
    page = answer_of({"items": [{"id": "1", "at": int(NOW) - 100}]})
    for _ in range(18):
        vendor.answers["/v1/a"] = [page]
        puller.run()
        puller.clock.now += DAY
    assert len(puller.queue.messages) == 1


def test_a_claim_that_is_read_often_is_seldom_written(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, TWO)
    page = answer_of({"items": [{"id": "1", "at": int(NOW) - 100}]})
    expires = set()
    for _ in range(20):
        vendor.answers["/v1/a"] = [page]
        puller.run()
        puller.clock.now += DAY / 2
        expires |= {item["expires"]["N"] for item in puller.table.items.values() if "expires" in item}
    assert len(expires) == 3


def test_a_claim_that_cannot_be_prolonged_holds_until_it_ends(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, TWO)
    page = answer_of({"items": [{"id": "1", "at": int(NOW) - 100}]})
    vendor.answers["/v1/a"] = [page, page]
    puller.run()
    puller.clock.now += 5 * DAY
    puller.table.batch_write_item = lambda **_: {}  # type: ignore[assignment,method-assign]  # no confirmation
    report = puller.run()
    assert (report.failures, report.counts["duplicates"]) == ({}, 1)


def test_an_event_without_an_id_is_the_same_in_any_order_of_its_keys(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, TWO.replace("id: id", "id: hash()"))
    event = {"at": int(NOW) - 100, "who": {"name": "ann", "mail": "a@b"}, "n": 1.50}
    turned = {"n": 1.5, "who": {"mail": "a@b", "name": "ann"}, "at": int(NOW) - 100}
    vendor.answers["/v1/a"] = [answer_of({"items": [event]}), answer_of({"items": [turned]})]
    assert puller.run().counts["sent"] == 1
    assert puller.run().counts["sent"] == 0
    assert len(puller.queue.messages) == 1


def test_a_time_that_the_vendor_asks_for_is_not_cut(tmp_path: Path) -> None:
    puller = Puller(tmp_path)
    puller.clock.now += 0.9
    puller.vendor.answers = [answer_of({}, 429, retry_after="3000")]
    puller.run()
    until = int(puller.table.items["lease"]["not_before"]["N"])
    assert until >= puller.clock.now + 3_000
    assert int(puller.table.items["lease"]["ended"]["N"]) >= puller.clock.now
