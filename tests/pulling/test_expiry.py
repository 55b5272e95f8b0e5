"""When credentials end: what people said of it, as the puller counts it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from lambdas.pulling.expiry import Expiry, days_left, read_day
from lambdas.pulling.run_log import log_run
from tests.fakes import DOWN, NOW
from tests.pulling.vendor import Clock, Puller

TODAY = datetime.fromtimestamp(NOW, UTC).date()


class Tags:
    """The tags of parameters; `faults` are raised first."""

    def __init__(self, **days: str) -> None:
        self.days = days
        self.faults: list[Exception] = []
        self.calls = 0

    def list_tags_for_resource(self, ResourceType: str, ResourceId: str) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)
        assert ResourceType == "Parameter"
        path, _, name = ResourceId.rpartition("/")
        assert path == "/p/acme/dev"
        days = [{"Key": "Expires", "Value": self.days[name]}] if name in self.days else []
        return {"TagList": [{"Key": "Project", "Value": "p"}, *days]}


def day(days: int) -> str:
    return date.fromordinal(TODAY.toordinal() + days).isoformat()


def expiry(tags: Tags, clock: Clock | None = None) -> Expiry:
    return Expiry("/p/acme/dev", ("client_id", "client_secret"), lambda: tags, clock or Clock())


@pytest.mark.parametrize(("days", "count"), [(22, 0), (21, 1), (0, 1), (-400, 1)])
def test_a_credential_counts_from_three_weeks_before_its_end_on(days: int, count: int) -> None:
    assert expiry(Tags(client_secret=day(days))).expiring() == count


def test_what_nobody_said_and_what_is_no_day_does_not_count() -> None:
    assert expiry(Tags()).expiring() == 0
    assert expiry(Tags(client_id="next year", client_secret="20260101")).expiring() == 0
    assert (read_day("2027-02-30"), read_day("20270301")) == (None, None)
    assert days_left(date(2026, 1, 2), 1_767_225_600.0) == 1


def test_tags_are_read_once_an_hour() -> None:
    tags, clock = Tags(client_id=day(1), client_secret=day(2)), Clock()
    counted = expiry(tags, clock)
    assert [counted.expiring(), counted.expiring()] == [2, 2]
    assert tags.calls == 2
    clock.now += 3_600
    tags.days = {}
    assert counted.expiring() == 0


def test_a_store_that_is_down_fails_no_run_and_what_was_read_counts(capsys: pytest.CaptureFixture[str]) -> None:
    tags, clock = Tags(client_id=day(1)), Clock()
    counted = expiry(tags, clock)
    counted.expiring()
    clock.now += 3_600
    tags.faults = [DOWN]
    assert counted.expiring() == 1
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["message"]) == ("WARN", "when credentials expire is not known")


def test_the_line_of_a_run_counts_it_as_a_metric(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    log_run(Puller(tmp_path).run(), "acme", "stack", NOW, 1)
    line = json.loads(capsys.readouterr().out)
    assert (line["Expiring"], line["expiring"]) == (1, 1)
    log_run(Puller(tmp_path / "b").run(), "acme", "stack", NOW)
    assert "Expiring" not in json.loads(capsys.readouterr().out)
