"""Whatever fails, and whenever a run ends: every event of the vendor's arrives, and comes twice only where it must."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lambdas.pulling.outcomes import NoAnswer
from lambdas.pulling.position_table import TableUnavailable
from tests.fakes import DOWN, NOW
from tests.pulling.vendor import TIME_SOURCE, Puller, answer_of

pytestmark = pytest.mark.stateful

TEXT = TIME_SOURCE.replace("longest: 30m", "longest: 10m").replace("overlap: 60s", "overlap: 120s")
LATEST = 100
"""Seconds that an event may come late: less than the overlap."""


class Died(BaseException):
    """A function that was ended: nothing of ours can see this."""


class Shaky:
    """A client of AWS whose calls fail, lose their answers, or end the process, as lined up."""

    def __init__(self, client: Any, fates: Fates) -> None:
        self._client = client
        self._fates = fates

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._client, name)
        return self._fates.around(member) if callable(member) and name != "get_paginator" else member


class Fates:
    """What becomes of the next calls; those after them are well."""

    def __init__(self) -> None:
        self.lined_up: list[str] = []
        self.unsure = False
        """The process ended, an answer was lost, or a claim was not done: what was sent may be sent again."""

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def shaky(**arguments: Any) -> Any:
            fate = self.lined_up.pop(0) if self.lined_up else "well"
            if fate == "down":
                # Sent, and not marked as sent: once the lease of its claim has ended, nobody knows that it was.
                self.unsure |= call.__name__ == "batch_write_item"
                raise DOWN
            if fate == "dies":
                self.unsure = True
                raise Died
            answer = call(**arguments)
            if fate in ("lost", "dies after"):
                self.unsure = True
                raise Died if fate == "dies after" else ReadTimeoutError(endpoint_url="https://aws.invalid")
            return answer

        return shaky


class PulledStream(RuleBasedStateMachine):
    """A vendor whose events come late and out of order, and a puller whose world fails."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.puller = Puller(Path(self.folder.name), TEXT)
        self.fates = Fates()
        self.aws = self.puller.table, self.puller.queue, self.puller.bucket
        self.waiting: list[tuple[float, int, str]] = []
        self.count = 0
        self.skew = 0

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            self.folder.cleanup()

    @initialize()
    def a_run_comes_first(self) -> None:
        # The first run asks for an hour: what waits longer for it is missed by intent.
        self.puller.run()

    @rule(ages=st.lists(st.integers(0, LATEST), max_size=8))
    def things_happen(self, ages: list[int]) -> None:
        for age in ages:
            self.count += 1
            self.puller.vendor.add(self.puller.clock.now - self.skew - age, f"e{self.count}")

    @rule(seconds=st.integers(1, 2_000))
    def time_passes(self, seconds: int) -> None:
        # Nobody may be away for longer than events may be late, unless a run comes in between: that is the overlap.
        self.puller.clock.now += seconds

    @rule(skew=st.integers(-5, 5))
    def the_clock_jumps(self, skew: int) -> None:
        """The puller's clock is ahead of the vendor's, or behind it, by less than the lag."""
        self.puller.clock.now += skew - self.skew
        self.skew = skew

    @rule()
    def a_run(self) -> None:
        self.run_with([])

    @rule(
        before=st.integers(0, 25),
        fates=st.lists(st.sampled_from(["down", "lost", "dies", "dies after"]), min_size=1, max_size=3),
    )
    def a_run_in_trouble(self, before: int, fates: list[str]) -> None:
        self.run_with(["well"] * before + fates)

    @rule(trouble=st.sampled_from(["500", "html", "nothing", "429", "401"]), after=st.integers(0, 2))
    def the_vendor_is_in_trouble(self, trouble: str, after: int) -> None:
        answers = {
            "500": answer_of({}, 500),
            "html": answer_of("<html>"),
            "nothing": NoAnswer("down"),
            "429": answer_of({}, 429, retry_after="30"),
            "401": answer_of({}, 401),
        }
        if after == 0:
            self.puller.vendor.answers = [answers[trouble]] * 3
        self.run_with([])
        self.puller.vendor.answers = []

    def run_with(self, fates: list[str]) -> None:
        table, queue, bucket = self.aws
        self.fates.lined_up = list(fates)
        self.puller.table, self.puller.queue, self.puller.bucket = (
            Shaky(client, self.fates) for client in (table, queue, bucket)
        )
        try:
            self.puller.run()
        except Died:
            # The lease of a function that was ended lasts until its end.
            self.puller.clock.now += 310
        except TableUnavailable:
            pass
        finally:
            self.fates.lined_up = []
            self.puller.table, self.puller.queue, self.puller.bucket = table, queue, bucket

    @invariant()
    def nothing_comes_twice_without_a_reason(self) -> None:
        twice = [id_ for id_, times in Counter([*self.puller.ids, *self.puller.unsent_ids]).items() if times > 1]
        assert self.fates.unsure or not twice

    def settle(self) -> None:
        """Let time pass in which all is well: then everything is on the queue."""
        for _ in range(12):
            self.puller.clock.now += 320
            self.puller.run()
        arrived = {*self.puller.ids, *self.puller.unsent_ids}
        missing = {event["id"] for event in self.puller.vendor.events} - arrived
        assert not missing, sorted(missing)
        assert self.puller.position()["start"] > NOW - 3_600


TestPulledStream = PulledStream.TestCase
