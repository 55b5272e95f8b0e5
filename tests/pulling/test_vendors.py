"""Whatever fails, and whenever a run ends: every event of each vendor arrives, and twice only where it must.

The definitions are those that are shipped. Each vendor is a stand-in that answers as its API does; another is a class
beside them in `apis/`, and its name in VENDORS.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from lambdas.delivering.dedupe import MAX_HOURS
from lambdas.pulling.runner import RunReport, stream_keys
from tests.fakes import DOWN, THROTTLED
from tests.pulling.apis.anthropic import Anthropic
from tests.pulling.apis.api import Api
from tests.pulling.apis.asana import Asana
from tests.pulling.apis.atlassian_org import AtlassianOrg
from tests.pulling.apis.auth0 import Auth0
from tests.pulling.apis.bitbucket_dc import BitbucketDc
from tests.pulling.apis.box import Box
from tests.pulling.apis.cloudflare import Cloudflare
from tests.pulling.apis.crowdstrike import CrowdStrike
from tests.pulling.apis.dropbox import Dropbox
from tests.pulling.apis.duo import Duo
from tests.pulling.apis.entra import Entra
from tests.pulling.apis.github import GitHub
from tests.pulling.apis.gitlab import GitLab
from tests.pulling.apis.google_workspace import GoogleWorkspace
from tests.pulling.apis.hcp_terraform import HcpTerraform
from tests.pulling.apis.m365 import M365
from tests.pulling.apis.mongodb_atlas import MongoDbAtlas
from tests.pulling.apis.okta import Okta
from tests.pulling.apis.onelogin import OneLogin
from tests.pulling.apis.onepassword import OnePassword
from tests.pulling.apis.openai import OpenAI
from tests.pulling.apis.pagerduty import PagerDuty
from tests.pulling.apis.salesforce import Salesforce
from tests.pulling.apis.slack import Slack
from tests.pulling.apis.snyk import Snyk
from tests.pulling.apis.tailscale import Tailscale
from tests.pulling.apis.wiz import Wiz
from tests.pulling.apis.zendesk import Zendesk
from tests.pulling.apis.zoom import Zoom
from tests.pulling.vendor import SECONDS, Process, Puller

pytestmark = pytest.mark.stateful

VENDORS: tuple[type[Api], ...] = (
    *(Okta, GitHub, GoogleWorkspace, OnePassword, Duo, Salesforce, OneLogin),
    *(M365, CrowdStrike, OpenAI, Anthropic, HcpTerraform, Zendesk, MongoDbAtlas, Box, Asana),
    *(Slack, Cloudflare, Auth0, PagerDuty, Tailscale, Snyk, GitLab, Zoom, Entra),
    *(Dropbox, Wiz),
    *(AtlassianOrg, BitbucketDc),
)
DAY = 86_400
CLAIMED = MAX_HOURS * 3_600 - 3_600
"""Seconds for which a claim lasts, but for an hour that a run takes and clocks differ by."""
LONGEST_PAUSE = MAX_HOURS * 3_600 / 2 - DAY
"""Seconds without a reading after which claims may have ended. What is read again is claimed for half of their time at
least, and what may be late is read again once a day."""
LATEST_SKEW = 20
"""Seconds by which the puller's clock may be ahead of the vendor's, or behind it: less than the lag."""
AWS_FATES = ("down", "throttled", "lost", "partly", "dies", "dies after", "another run", "another run later")
VENDOR_FATES = (
    *("429", "500", "503", "401", "nothing", "html", "other", "truncated", "slow", "token", "cursor"),
    *("events", "clock", "dies", "another run", "another run later"),
)
WAITS = {"well", "429", "503"}
"""Of these, those that are waited for: in a run with no others, the vendor refuses nothing."""
_FAULT = "a fault of the puller itself"
_MARK = re.compile(r"mark-\d+")


class Died(BaseException):
    """A function that was ended: nothing of ours can see this."""


class Fates:
    """What becomes of the next calls to AWS; those after them are well."""

    def __init__(self, meanwhile: Callable[[str], None]) -> None:
        self.lined_up: list[str] = []
        self.unsure = False
        """The process ended, an answer was lost, or a claim was not done: what was sent may be sent again."""
        self._meanwhile = meanwhile

    def around(self, client: Any, name: str) -> Callable[..., Any]:
        call = getattr(client, name)

        def shaky(**arguments: Any) -> Any:
            fate = self.lined_up.pop(0) if self.lined_up else "well"
            self.unsure |= fate in ("lost", "dies", "dies after")
            # Sent, and not marked as sent: once the lease of its claim has ended, nobody knows that it was.
            self.unsure |= fate in ("down", "throttled", "partly") and name == "batch_write_item"
            if fate in ("down", "throttled"):
                raise DOWN if fate == "down" else THROTTLED
            if fate == "dies":
                raise Died
            if fate.startswith("another run"):
                self._meanwhile(fate)
            if fate == "partly":
                client.faults.lined_up = [_half_done(name, arguments)]
            answer = call(**arguments)
            if fate in ("lost", "dies after"):
                raise Died if fate == "dies after" else ReadTimeoutError(endpoint_url="https://aws.invalid")
            return answer

        return shaky


def _half_done(name: str, arguments: Any) -> Any:
    """Return what a call answers that does half of what it should; None for one that can't."""
    if name == "batch_write_item":
        return {"UnprocessedItems": {table: items[:1] for table, items in arguments["RequestItems"].items()}}
    if name == "batch_get_item":
        return {"UnprocessedKeys": arguments["RequestItems"]}
    if name == "send_message_batch":
        return {"Failed": [{"Id": arguments["Entries"][0]["Id"], "Code": "InternalError", "SenderFault": False}]}
    return None


class Shaky:
    """A client of AWS whose calls have the fates that are lined up."""

    def __init__(self, client: Any, fates: Fates) -> None:
        self._client = client
        self._fates = fates

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._client, name)
        return self._fates.around(self._client, name) if callable(member) and name != "get_paginator" else member


class PulledVendor(RuleBasedStateMachine):
    """A vendor to whose logs events come late and out of order, and a puller whose world fails."""

    api_type: ClassVar[type[Api]]

    def __init__(self) -> None:
        super().__init__()
        self.puller = Puller.__new__(Puller)
        self.puller.begin(self.api_type.source(), self.api_type)
        self.api: Api = self.puller.vendor
        self.api.meanwhile = self.meanwhile
        self.puller.store.values = self.api.stored
        self.fates = Fates(self.meanwhile)
        self.queue, self.bucket = self.puller.queue, self.puller.bucket
        shaky: Any = [Shaky(client, self.fates) for client in (self.puller.table, self.queue, self.bucket)]
        self.puller.table, self.puller.queue, self.puller.bucket = shaky
        self.process: Process | None = None
        self.sent_unsurely: Counter[str] = Counter()
        self.read_at = self.puller.clock.now
        """When a run last read everything to the present."""
        self.sent_at: dict[str, float] = {}
        """When each event was last sent, by its mark."""

    def teardown(self) -> None:
        self.settle()

    @initialize()
    def a_run_comes_first(self) -> None:
        # The first run asks for a day: what waits longer for it is missed by intent.
        self.run_with()

    @rule(
        stream=st.integers(0, 12),
        ages=st.lists(st.one_of(st.integers(0, 100), st.integers(0, 10**6)), min_size=1, max_size=6),
        copies=st.sampled_from([1, 1, 1, 2, 3]),
    )
    def things_happen(self, stream: int, ages: list[int], copies: int) -> None:
        name = self.api.streams[stream % len(self.api.streams)]
        for number, age in enumerate(ages):
            self.api.happen(name, min(age, self.api.latest(name)) + number / 8, copies)

    @rule(stream=st.integers(0, 12), slices=st.integers(0, 3))
    def something_happens_where_a_slice_ends(self, stream: int, slices: int) -> None:
        """A request for the time up to then may leave it out, and so may one for the time from then on."""
        name = self.api.streams[stream % len(self.api.streams)]
        window = self.api.definition(name).window
        begin = self.api.asked_until.get(name, 0) - (window.overlap if slices else 0)
        age = self.api.now - begin - slices * window.longest
        if -3 * DAY < age < 0:
            self.time_passes(1 - int(age))
            age = self.api.now - begin - slices * window.longest
        if 0 <= age < self.api.latest(name):
            self.api.happen(name, age)

    @rule(seconds=st.one_of(st.integers(1, 2_000), st.sampled_from([DAY, 3 * DAY])))
    def time_passes(self, seconds: int) -> None:
        # What nobody reads for as long as the vendor keeps it is missed by intent.
        if self.puller.clock.now + seconds < self.read_at + self.api.kept / 2:
            self.puller.clock.now += seconds

    @rule(skew=st.integers(-LATEST_SKEW, LATEST_SKEW))
    def the_clock_jumps(self, skew: int) -> None:
        """The puller's clock is ahead of the vendor's, or behind it."""
        self.api.jump(skew)

    @rule()
    def the_process_is_a_new_one(self) -> None:
        self.process = None

    @rule()
    def a_run(self) -> None:
        self.run_with()

    @rule(before=st.integers(0, 40), fates=st.lists(st.sampled_from(AWS_FATES), min_size=1, max_size=3))
    def a_run_with_trouble_at_aws(self, before: int, fates: list[str]) -> None:
        self.run_with(aws=["well"] * before + fates)

    @rule(before=st.integers(0, 6), fates=st.lists(st.sampled_from(VENDOR_FATES), min_size=1, max_size=4))
    def a_run_with_trouble_at_the_vendor(self, before: int, fates: list[str]) -> None:
        self.run_with(vendor=["well"] * before + fates)

    def run_with(self, aws: list[str] | None = None, vendor: list[str] | None = None) -> RunReport | None:
        """Run the puller with these fates of its calls and requests; None where the function was ended."""
        self.fates.lined_up, self.api.fates = aws or [], vendor or []
        self.fates.unsure = False
        begun = len(self.queue.bodies), set(self.bucket.objects)
        waits = not aws and WAITS.issuperset(vendor or [])
        paused = self.puller.clock.now - self.read_at > LONGEST_PAUSE
        report = None
        try:
            self.process = self.process or self.puller.new_process()
            report = self.process()
        except Died:
            self.fates.unsure = True
            self.process = None
        finally:
            self.fates.lined_up, self.api.fates = [], []
        assert _FAULT not in str(report and report.failures), report
        assert report is None or not report.refused or not waits, report
        self.note_sent(self.sent(*begun), paused=paused)
        if report and (report.outcome, report.failures, report.ended) == ("asked", {}, "") and report.behind < SECONDS:
            self.read_at = self.puller.clock.now
        return report

    def note_sent(self, sent: Counter[str], *, paused: bool) -> None:
        """Note what a run has sent, and why it may be on the queue twice: each reason may have brought it once more.

        It was sent before, so long ago that its claim has ended in a pause; or it may be sent again, since the claim
        that this run made may not be done.
        """
        now = self.puller.clock.now
        for mark, count in sent.items():
            has_ended = paused and now - self.sent_at.get(mark, now) > CLAIMED
            self.sent_unsurely[mark] += count * (has_ended + self.fates.unsure)
            self.sent_at[mark] = now

    def meanwhile(self, fate: str) -> None:
        """Do what happens while a run waits for an answer."""
        if fate == "events":
            for name in self.api.streams[:3]:
                self.api.happen(name, 5)
                self.api.happen(name, self.api.latest(name) / 2)
        elif fate == "clock":
            self.the_clock_jumps(-self.api.skew or LATEST_SKEW)
        elif fate == "dies":
            raise Died
        else:
            self.another_run(SECONDS + 10 if fate == "another run later" else 0)

    def another_run(self, later: float) -> None:
        """Run the puller while a run is under way; `later`, its lease has ended, and it is stopped wherever it is."""
        lined_up, fates = (self.fates.lined_up, self.api.fates)
        self.fates.lined_up, self.api.fates = [], []
        self.puller.clock.now += later
        self.fates.unsure |= bool(later)
        lease = self.puller.table.items.get("lease", {"held_until": {"N": 0}})
        is_held = int(self.puller.clock.now) <= int(lease["held_until"]["N"])
        report = self.puller.run()
        assert report.outcome == "busy" or not is_held
        assert _FAULT not in str(report.failures), report
        self.fates.lined_up, self.api.fates = lined_up, fates

    def sent(self, messages: int = 0, objects: frozenset[str] | set[str] = frozenset()) -> Counter[str]:
        """Return how often each event was sent, or kept for the queue, beyond the first messages and these objects."""
        kept = [key for key in self.bucket.objects if key not in objects]
        marks = Counter(_MARK.findall(body)[0] for body in self.queue.bodies[messages:])
        for key in kept:
            envelope = json.loads(self.bucket.objects[key])
            assert key.startswith("unsent/"), envelope
            marks.update(_MARK.findall(message)[0] for message in _messages(envelope))
        return marks

    def missing(self) -> Counter[str]:
        """Return the events that are neither on the queue nor kept for it."""
        return self.api.expected - self.sent()

    @invariant()
    def nothing_comes_twice_without_a_reason(self) -> None:
        twice = self.sent() - self.api.expected - self.api.replaced - self.sent_unsurely
        assert not twice, twice

    def settle(self) -> None:
        """Let time pass in which all is well: then everything is on the queue, and the positions are near now."""
        self.puller.clock.now += SECONDS + 10
        looks_again = any(stream.window.again for stream in self.api.pull.streams.values())
        for number in range(200):
            report = self.run_with()
            if number > 2 and report and report.outcome == "asked" and report.behind < SECONDS and not self.missing():
                break
            self.puller.clock.now += DAY if looks_again and number % 20 == 1 else 310
        assert report
        assert (report.outcome, report.failures) == ("asked", {}), report
        assert not self.missing()
        assert report.behind < SECONDS, report.behind


def _messages(envelope: Any) -> list[str]:
    return [base64.b64decode(message).decode() for message in envelope["messages"]]


@pytest.mark.parametrize("api_type", VENDORS, ids=lambda api_type: api_type.source_name)
def test_nothing_of_a_vendor_is_missed(api_type: type[Api]) -> None:
    machine = type(api_type.__name__, (PulledVendor,), {"api_type": api_type})
    # Each list has a position of its own, so an example of Google's 13 takes as long as ten of another vendor.
    pull = api_type.source().pull
    assert pull
    lists = len(list(stream_keys(pull)))
    examples = settings.default.max_examples // (10 * (1 + lists // 5))
    run_state_machine_as_test(machine, settings=settings(max_examples=examples or 1))


@pytest.mark.parametrize("api_type", VENDORS, ids=lambda api_type: api_type.source_name)
def test_what_a_vendor_did_not_give_is_read_later(api_type: type[Api]) -> None:
    vendor = type(api_type.__name__, (PulledVendor,), {"api_type": api_type})()
    vendor.a_run_comes_first()
    for fate in ("cursor", "html", "other"):
        for age in range(8):
            vendor.api.happen(vendor.api.streams[0], age)
        # Long enough that no overlap reads it again, nor the next look at what may be late.
        vendor.puller.clock.now += 2 * DAY
        vendor.run_with(vendor=["well"] + [fate] * 100)
        vendor.puller.clock.now += 1_000
        vendor.run_with()
    vendor.settle()


@pytest.mark.parametrize("fate", ["429", "503"])
@pytest.mark.parametrize("api_type", VENDORS, ids=lambda api_type: api_type.source_name)
def test_a_vendor_that_asks_to_wait_is_waited_for(api_type: type[Api], fate: str) -> None:
    vendor = type(api_type.__name__, (PulledVendor,), {"api_type": api_type})()
    vendor.a_run_comes_first()
    vendor.puller.clock.now += 1_000
    report = vendor.run_with(vendor=[fate])
    assert report
    assert (report.outcome, report.failures) == ("asked", {})
