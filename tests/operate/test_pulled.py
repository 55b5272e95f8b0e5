"""`status` and `pull` of a source that is pulled, as operators see them."""

from __future__ import annotations

import io
import itertools
import json
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from generator.commands import _console, main
from generator.deploy import pull_canary
from generator.templates.functions import PULLER_SECONDS
from tests.commands.pulled_source import WITH_PARAMETERS
from tests.operate.pulled_account import REGION, SECRET, STACK, PulledAccount, deploy_acme

Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.slow
HOUR, DAY = 3_600, 86_400


@pytest.fixture
def account(empty_account: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PulledAccount:  # noqa: ARG001
    return deploy_acme(tmp_path, monkeypatch)


@pytest.fixture
def run(account: PulledAccount, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command: exit status, output, errors; `answers` is what somebody at the terminal types."""
    assert account

    def command(*args: str, answers: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(_console, "is_interactive", lambda: answers is not None)
        monkeypatch.setattr(sys, "stdin", io.StringIO(answers or ""))
        status = main([args[0], "acme", *args[1:]])
        printed = capsys.readouterr()
        return status, re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "TIME", printed.out), printed.err

    return command


def asks_well(account: PulledAccount) -> None:
    """The vendor is asked, and events come."""
    account.run_ends()
    account.log(outcome="asked", requests=3, remaining=118, sent=2)
    for name, number in (("Requests", 36), ("Pulled", 20)):
        account.count(name, number, 5)
    account.count("NumberOfMessagesSent", 20, 5, "AWS/SQS")
    now = int(time.time())
    account.position("position#audit", {"start": now - 1_020})
    account.position("position#logins[staff]", {"since": now - DAY, "token": "c7", "at": now - 130})


ASKS = "yes, https://api.acme.example/v1 every 5 minutes: 36 requests in the last hour, 36 in the last day"
WELL = f"""
{STACK}  UPDATE_COMPLETE, framework 1.2.3, changed 3 hours ago

  asks      {ASKS}; the vendor allows 118 more now
  stream    audit: read up to TIME, 2 minutes behind
  stream    logins[staff]: read up to TIME, 2 minutes behind
  stream    logins[guests]: not read yet
  sent      20 messages in the last hour, 20 in the last day
  not sent  0 messages that had been sent before in the last hour, 0 in the last day
  waiting   0 messages for the SIEM
  secret    token stored just now
"""


def test_a_source_that_is_well_shows_how_far_each_stream_is_read(account: PulledAccount, run: Run) -> None:
    asks_well(account)
    assert run("status") == (0, WELL, "")


def silence(run: Run) -> tuple[int, list[str], str | None]:
    status, out, _ = run("status")
    lines = [line.partition("silent    ")[2] for line in out.splitlines() if "silent    " in line]
    return status, lines, json.loads(run("status", "--json")[1])["silence"]


def test_silence_has_four_names(account: PulledAccount, run: Run) -> None:
    never = "did not ask: it has never run. To call it now: python -m generator pull acme run"
    assert silence(run) == (1, [never], "did not ask")
    account.run_ends()
    account.log(3, outcome="asked", requests=3)
    nothing = "nothing happened: the vendor is asked, and had no new event in the last day"
    assert silence(run) == (0, [nothing], "nothing happened")
    account.log(2, outcome="failed", requests=3, failures={"audit": "the vendor does not answer"})
    assert silence(run) == (1, ["could not ask: audit: the vendor does not answer"], "could not ask")
    account.log(
        1,
        outcome="failed",
        requests=3,
        failures={"audit": "the vendor answers 500", "logins[staff]": "no administrator\x1b"},
        refused=["logins[staff]"],
    )
    assert silence(run) == (
        1,
        ["could not ask: audit: the vendor answers 500", "was refused: logins[staff]: no administrator\\u001b"],
        "was refused",
    )


def test_before_its_first_run_it_has_not_asked_yet(account: PulledAccount, run: Run) -> None:
    def asks() -> str:
        return next(line.split()[1] for line in run("status")[1].splitlines() if line.startswith("  asks "))

    assert "  asks      not yet, https://api.acme.example/v1 every 5 minutes" in run("status")[1]
    account.run_ends()
    assert asks() == "no,"
    account.log(outcome="asked", requests=1)
    assert asks() == "yes,"


def test_a_paused_source_does_not_ask_though_it_has_never_run(account: PulledAccount, run: Run) -> None:
    account.position("control", {"paused": True})
    assert "  asks      no, https://api.acme.example/v1 every 5 minutes" in run("status")[1]


def test_the_stack_and_its_resources_are_read_once(account: PulledAccount, run: Run) -> None:
    asks_well(account)
    account.formation.calls.clear()
    assert run("status")[0] == 0
    calls = [name for name, _ in account.formation.calls]
    assert [calls.count(name) for name in ("describe_stacks", "describe_stack_resources")] == [1, 1]


def test_a_source_that_does_not_ask_says_why(account: PulledAccount, run: Run) -> None:
    account.run_ends()
    (why,) = silence(run)[1]
    ago = r"did not ask: its last run ended \d+ seconds? ago\. To call it now: python -m generator pull acme run"
    assert re.fullmatch(ago, why)
    account.run_ends(not_before=time.time() + HOUR)
    assert silence(run)[1] == ["did not ask: the vendor wants to be asked again from TIME on"]
    account.position("control", {"paused": True})
    account.log(outcome="paused")
    assert silence(run)[1:] == (["did not ask: it is paused: python -m generator pull acme resume"], "did not ask")


def test_among_all_sources_it_is_said_whether_it_asks(
    account: PulledAccount, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = account.formation.stacks[STACK]["Outputs"]
    outputs.append({"OutputKey": "SecretParameters", "OutputValue": SECRET})

    def problems() -> list[str]:
        code = main(["status", "--json"])
        (row,) = json.loads(capsys.readouterr().out)
        assert code == run("status")[0] == (1 if row["problems"] else 0)
        row_problems: list[str] = row["problems"]
        return row_problems

    assert problems() == ["did not ask"]
    asks_well(account)
    assert problems() == []
    account.log(0.5, outcome="failed", requests=1, failures={"audit": "403"}, refused=["audit"])
    assert problems() == ["was refused"]
    account.position("control", {"paused": True})
    tag = [{"Key": "Expires", "Value": f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"}]
    boto3.client("ssm", REGION).add_tags_to_resource(ResourceType="Parameter", ResourceId=SECRET, Tags=tag)
    assert problems() == ["paused", f"token ends on {tag[0]['Value']}"]


def test_what_people_should_know_is_a_note(account: PulledAccount, run: Run) -> None:
    account.log(outcome="asked", requests=1, notes={"audit": "not in this plan"})
    assert "  note      audit: not in this plan\n" in run("status")[1]


def test_where_it_asks_is_of_the_deployment(account: PulledAccount, run: Run) -> None:
    Path("sources/acme/source.yml").write_text(WITH_PARAMETERS.lstrip())
    stack = account.formation.stacks[STACK]
    for values, where in (({}, "${Region}"), ({"Region": "eu", "Account": "our own"}, "eu")):
        stack["Parameters"] = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
        url = f"https://{where}.acme.example/v1"
        assert f"  asks      not yet, {url} every 5 minutes" in run("status")[1]
        assert json.loads(run("status", "--json")[1])["pull"]["url"] == url
        assert f"acme would not ask {url} any more, " in run("pull", "pause", answers="n\n")[1]


def test_pausing_is_shown_asked_for_and_kept_until_it_is_resumed(account: PulledAccount, run: Run) -> None:
    would = "acme would not ask https://api.acme.example/v1 any more, until it is resumed. It keeps how far it is read"
    assert run("pull", "pause", answers="n\n")[:2] == (1, f"{would}\nPause it? [y/N]: nothing was changed\n")
    assert account.table.control() == {}
    account.position("control", {"backfills": []})
    assert run("pull", "pause", "--yes") == (
        0,
        f"{would}\npaused, from its next run on. To see how it is: python -m generator status acme\n",
        "",
    )
    assert account.table.control() == {"backfills": [], "paused": True}
    assert run("pull", "pause", "--yes")[1] == "acme is paused already; nothing was changed\n"
    status, out, _ = run("pull", "resume", answers="y\n")
    assert (status, account.table.control()["paused"]) == (0, False)
    assert "  logins[guests]: not read yet\n" in out
    assert run("pull", "resume", "--yes")[1] == "acme is not paused; nothing was changed\n"


def test_a_rewound_stream_is_read_from_that_time_by_the_next_run(account: PulledAccount, run: Run) -> None:
    asks_well(account)
    now = int(time.time())
    status, out, err = run("pull", "rewind", "6h", "--yes")
    assert (status, err) == (0, "")
    assert out == (
        "acme would read from TIME on:\n"
        "  audit: read up to TIME now\n"
        "  logins[staff]: read up to TIME now\n"
        "  logins[guests]: not read yet\n"
        "Events that were sent within the last 168 hours are not sent again\n"
        "done, from its next run on. To see how far it is: python -m generator status acme\n"
    )
    fields, version = account.table.position("position#audit")
    staff = account.table.position("position#logins[staff]")
    assert fields is not None
    assert staff.fields is not None
    assert (fields.keys(), version) == ({"start"}, 2)
    assert abs(fields["start"] - (now - 6 * HOUR)) < 5
    assert staff.fields.keys() == {"since"}  # without the vendor's cursor


def test_one_stream_can_be_rewound_and_what_would_be_skipped_is_a_warning(account: PulledAccount, run: Run) -> None:
    account.position("position#audit", {"start": int(time.time()) - 10 * DAY})
    status, out, err = run("pull", "rewind", "2d", "--stream", "audit", answers="n\n")
    assert (status, out.endswith("Do that? [y/N]: nothing was changed\n"), "logins" in out) == (1, True, False)
    assert re.fullmatch(r"warning: audit: what lies between \S+ \S+ and then is never read\n", err)
    assert account.table.position("position#audit").version == 1


def test_a_stream_that_a_run_moves_at_this_moment_is_not_rewound(
    account: PulledAccount, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from generator.commands import pull

    def moves(_call: object, _question: str) -> bool:
        account.position("position#audit", {"start": 1})
        return True

    monkeypatch.setattr(pull.PullCall, "confirmed", moves)
    assert run("pull", "rewind", "2d", "--stream", "audit", "--yes")[::2] == (
        1,
        "error: the puller, or somebody else, has changed that at this moment: run the command again\n",
    )
    assert account.table.position("position#audit").fields == {"start": 1}


def test_a_backfill_is_one_more_thing_to_read_and_status_shows_how_far_it_is(account: PulledAccount, run: Run) -> None:
    status, out, err = run("pull", "backfill", "30d", "20d", "--yes")
    assert (status, out.splitlines()[0]) == (
        0,
        "acme would read TIME to TIME of audit, logins[staff], logins[guests], with the time and the requests that "
        "the present leaves",
    )
    assert err.splitlines() == [
        f"warning: {stream}: its request has no {{to}}, so it is read up to the present"
        for stream in ("logins[staff]", "logins[guests]")
    ]
    (backfill,) = account.table.control()["backfills"]
    assert backfill["to"] - backfill["from"] == 10 * DAY
    account.position(f"backfill#{backfill['id']}#audit", {"start": backfill["from"] + DAY, "goal": 1, "done": 0})
    account.position(f"backfill#{backfill['id']}#logins[staff]", {"start": 1, "done": 1})
    shown = [line for line in run("status")[1].splitlines() if "  backfill" in line]
    assert shown == [
        "  backfill  audit: TIME to TIME: read up to TIME",
        "  backfill  logins[staff]: TIME to TIME: done",
        "  backfill  logins[guests]: TIME to TIME: not begun yet",
    ]


def test_a_backfill_may_begin_as_far_back_as_the_vendor_keeps_events(
    account: PulledAccount, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.time()
    seconds = itertools.count()
    monkeypatch.setattr(time, "time", lambda: start + next(seconds))  # a second passes between two looks at the clock
    status, _, err = run("pull", "backfill", "90d", "89d", "--stream", "audit", "--yes")
    assert (status, err) == (0, "")
    (backfill,) = account.table.control()["backfills"]
    assert backfill["to"] - backfill["from"] == DAY


def test_a_backfill_that_is_done_makes_room_for_the_next(account: PulledAccount, run: Run) -> None:
    assert run("pull", "backfill", "30d", "20d", "--stream", "audit", "--yes")[0] == 0
    (first,) = account.table.control()["backfills"]
    account.position(f"backfill#{first['id']}#audit", {"start": 1, "done": 1})
    assert run("pull", "backfill", "9d", "8d", "--stream", "logins[staff]", "--yes")[0] == 0
    (second,) = account.table.control()["backfills"]
    assert (second["stream"], second["id"] != first["id"]) == ("logins[staff]", True)


def test_the_puller_is_called_at_once(account: PulledAccount, run: Run) -> None:
    assert run("pull", "run")[:2] == (
        0,
        "ok  the vendor answered 3 requests: 2 events are sent, 0 were before\n",
    )
    assert account.functions.called == ["the-puller"]
    assert account.functions.patience == PULLER_SECONDS + 10, "a second call would find the lease of the first"
    account.functions.error = "audit: no administrator"
    assert run("pull", "run")[::2] == (1, "error: the puller failed: audit: no administrator\n")


def expires(days: int) -> str:
    """Have the token end in so many days."""
    day = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    ssm = boto3.client("ssm", REGION)
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=SECRET, Tags=[{"Key": "Expires", "Value": day}])
    return day


def test_status_says_when_a_credential_ends(account: PulledAccount, run: Run) -> None:
    asks_well(account)
    for days, text, well in (
        (90, "ends on {}, in 90 days", 0),
        (1, "ends on {}, in 1 day. To store another: python -m generator secret acme", 1),
        (-3, "ended on {}. To store another: python -m generator secret acme", 1),
    ):
        day = expires(days)
        status, out, _ = run("status")
        assert (status, f"  expires   token {text.format(day)}\n" in out) == (well, True)
        assert json.loads(run("status", "--json")[1])["pull"]["expires"] == {"token": day}


TRIAL: dict[str, Any] = {
    "outcome": "asked",
    "requests": 3,
    "streams": {"audit": 12, "logins[staff]": 0},
    "failures": {},
    "refused": [],
    "notes": {"logins[guests]": "the log is not turned on"},
    "ended": "",
}
BUSY = {**TRIAL, "outcome": "busy", "requests": 0, "streams": {}, "notes": {}}


def verify(run: Run, account: PulledAccount, *trials: dict[str, Any]) -> tuple[int, str, str]:
    account.functions.trials = list(trials)
    return run("verify")


def test_the_puller_tries_whether_the_vendor_can_be_asked(account: PulledAccount, run: Run) -> None:
    lines = (
        "ok  audit: the vendor answered, with 12 events\n"
        "ok  logins[staff]: the vendor answered, with no event\n"
        "ok  logins[guests]: the log is not turned on\n"
    )
    assert verify(run, account, TRIAL) == (0, lines, "")
    account.functions.trials = [TRIAL]
    assert run("canary") == (0, lines, "")
    failures = {"audit": "the token needs the scope audit:read", "logins[staff]": "the vendor answers 500"}
    failed = {**TRIAL, "outcome": "failed", "streams": {"logins[guests]": 1_000}, "notes": {}, "failures": failures}
    assert verify(run, account, {**failed, "refused": ["audit"], "ended": "its time is over"}) == (
        1,
        "ok  logins[guests]: the vendor answered, with 1,000 events or more\n"
        "ok  further streams were not asked for: its time is over\n",
        "error: audit: the vendor refuses: the token needs the scope audit:read\n"
        "error: logins[staff]: the vendor could not be asked: the vendor answers 500\n",
    )


def test_a_trial_waits_for_a_run_and_says_that_nobody_is_to_ask(
    account: PulledAccount, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    monkeypatch.setattr(pull_canary.run_pull_canary, "__defaults__", (waits.append,))
    assert verify(run, account, BUSY, BUSY, {**TRIAL, "streams": {"audit": 1}, "notes": {}}) == (
        0,
        "ok  audit: the vendor answered, with 1 event\n",
        "",
    )
    assert waits == [15.0, 15.0]
    assert verify(run, account, *[BUSY] * 30)[:2] == (0, "ok  another run is asking the vendor at this moment\n")
    paused = {**BUSY, "outcome": "paused"}
    assert verify(run, account, paused)[:2] == (0, "ok  the puller is paused, so nobody asks the vendor\n")


def test_a_puller_of_an_earlier_version_makes_a_run_of_it(account: PulledAccount, run: Run) -> None:
    assert verify(run, account)[:2] == (
        0,
        "ok  the vendor was asked by a run: the deployed puller is of a version that does not know a trial\n",
    )


def test_the_actions_are_not_broken_in_the_usage(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = run("pull", "acme", "--help")
    assert out.splitlines()[0] == "Usage: python -m generator pull [OPTIONS] SOURCE ACTION [TIME | FILE]..."


NO_TIME = "is no time such as 2026-03-01, 2026-03-01T14:30 (in UTC), 2026-03-01T14:30:00+02:00, or 6h for six hours ago"


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["rewind", "--yes"], 2, "error: write it so: pull SOURCE rewind TIME"),
        (["pause", "6h", "--yes"], 2, "error: write it so: pull SOURCE pause"),
        (["backfill", "6h", "--yes"], 2, "error: write it so: pull SOURCE backfill FROM TO"),
        (["rewind", "yesterday", "--yes"], 2, f"error: yesterday: {NO_TIME}"),
        (["rewind", "2999-01-01", "--yes"], 2, "error: 2999-01-01: is in the future"),
        (["backfill", "2d", "3d", "--yes"], 2, "error: 2d is not before 3d"),
        (["pause", "--stream", "audit", "--yes"], 2, "error: --stream can't be used with pause, which is for the "),
        (["pause"], 2, "error: no terminal to ask in: use --yes to pause"),
        (["rewind", "6h", "--stream", "x", "--yes"], 1, "error: no stream x; there are audit, logins[staff], "),
        (["rewind", "100d", "--yes"], 1, "error: audit: the vendor has nothing from before "),
    ],
)
def test_what_can_not_be_done_is_said(run: Run, words: list[str], status: int, message: str) -> None:
    ended, _, err = run("pull", *words)
    assert ended == status
    assert err.splitlines()[-1].startswith(message)


def test_a_source_with_an_endpoint_is_not_steered(run: Run) -> None:
    from tests.commands.pulled_source import write_source

    write_source(Path("others"), "acme", "description: x\nwebhook: {auth: {token: {header: x-t}}}\n")
    status, _, err = run("pull", "pause", "--yes", "--sources", "others")
    assert (status, err) == (1, "error: acme is not pulled: its vendor calls it\n")
