"""Commands that need no AWS, of a source that is pulled, as a user sees them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.commands import main
from generator.templates.pull_cost import PULL_ASSUMPTIONS
from tests.commands.pulled_source import DEFINITION, WITH_PARAMETERS, write_source
from tests.definitions import SOURCES

Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command in a folder with a pulled source, and zoom: exit status, output, errors."""
    write_source(tmp_path / "sources")
    shutil.copytree(SOURCES / "zoom", tmp_path / "sources" / "zoom")
    monkeypatch.chdir(tmp_path)

    def command(*args: str) -> tuple[int, str, str]:
        status = main(args)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


def test_a_build_says_what_is_asked_how_often_and_how_far_back(run: Run) -> None:
    status, out, err = run("acme", "--lint", "fast", "--accept")
    assert (status, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[1:10] == [
        "acme Audit log of Acme",
        "",
        "asks https://api.acme.example/v1 every 5 minutes",
        "rate at most 50 requests a minute, over all streams",
        "with a token in Authorization, after Bearer",
        "secret /MozDef-EF/acme/dev/token in Parameter Store",
        "stream audit: GET /audit",
        "goes on by time, 15 minutes again; begins 1 day back; at most 7 days a request, up to 1 minute ago; "
        "the vendor keeps 90 days",
        "stream logins: GET /logins/{realm}, for each of staff, guests",
    ]
    assert "samples 2026-01-01 00:00:00 INFO acme: login (and 1 more)" in lines
    assert lines[lines.index("next") + 1 :] == [
        "python -m generator run acme play its samples as the vendor, here",
        "python -m generator try acme ask the vendor for a page, from this machine",
        "python -m generator rehearse acme run its pipeline on this machine",
        "python -m generator page acme a page for whoever must approve it",
        "python -m generator secret acme the vendor's secret, into Parameter Store",
        "python -m generator deploy acme deploy it to AWS, or upload for the console",
    ]
    assert run("acme", "--lint", "fast", "--check")[0] == 0


PLAYED = """
acme  its samples are played as https://api.acme.example/v1; nothing leaves this machine

audit: GET /audit
  asks     GET /audit?since=2025-12-31T00%3A00%3A00Z&until=2025-12-31T23%3A59%3A00Z
  answer   200, 86 B
  message  2026-01-01 00:00:00 INFO    acme: login
  paging   goes on of 2025-12-31 00:00:00Z to 2025-12-31 23:59:00Z, at page p2
  asks     GET /audit?since=2025-12-31T00%3A00%3A00Z&until=2025-12-31T23%3A59%3A00Z&cursor=p2
  answer   200, 87 B
  message  2026-01-01 00:01:00 INFO    acme: logout
  paging   was the last page; the next run goes on from 2025-12-31 23:44:00Z
  done     2 requests, 2 messages
"""


def test_run_plays_the_samples_and_shows_each_request_answer_decision_and_message(run: Run) -> None:
    status, out, err = run("run", "acme")
    assert (status, out, err) == (0, PLAYED, "")
    assert not Path("build").exists()


def test_run_shows_the_last_page_once_where_a_stream_looks_at_the_last_day_again(run: Run) -> None:
    file = Path("sources/acme/source.yml")
    file.write_text(file.read_text().replace("overlap: 15m,", "overlap: 15m, again: 1d,"))
    assert run("run", "acme") == (0, PLAYED, "")


def test_run_prints_the_messages_alone_for_programs(run: Run) -> None:
    status, out, err = run("run", "acme", "--json")
    assert (status, [json.loads(line)["summary"] for line in out.splitlines()]) == (0, ["acme: login", "acme: logout"])
    assert err == PLAYED


def test_a_narrow_terminal_indents_what_it_breaks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    from generator.commands import _console

    monkeypatch.setattr(_console, "console", lambda **_: Console(width=60, highlight=False, soft_wrap=True))
    lines = run("run", "acme")[1].splitlines()[4:]
    assert lines[1:5] == [
        "  asks     GET",
        "           /audit?since=2025-12-31T00%3A00%3A00Z&until=2025-12-31T23%3A59%3A00Z",  # in one piece, to copy it
        lines[3],
        lines[4],
    ]
    assert max(len(line) for line in lines if "/audit?" not in line) <= 60


def test_run_says_what_fails_and_that_there_is_nothing_to_play(run: Run) -> None:
    Path("sources/acme/samples/audit.2.json").write_text('{"entries": []}')
    status, out, _ = run("run", "acme")
    assert status == 1
    assert "  failed   sources/acme/samples/audit.json: the answer has no list at items\n" in out
    shutil.rmtree("sources/acme/samples")
    message = "acme has no samples to play: store an answer of the vendor as samples/audit.json"
    assert run("run", "acme") == (1, "", f"error: {message}\n")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["send", "acme"], "Nothing can be sent to it"),
        (["verify", "acme", "--request", "sources/acme/source.yml"], "No vendor's request has to be verified"),
    ],
)
def test_a_command_for_an_endpoint_says_what_to_use_instead(run: Run, words: list[str], reason: str) -> None:
    message = (
        f"acme is pulled: it asks the vendor's API, and has no endpoint. {reason}: `run acme` plays its samples as "
        "the vendor; `try acme` asks the vendor from here, and once it is deployed, `verify acme` has its puller ask"
    )
    assert run(*words) == (1, "", f"error: {message}\n")


LINKED = """
acme  its samples are played as https://eu.acme.example/v1; nothing leaves this machine

audit: GET /accounts/our%20own/audit
  asks     GET /accounts/our%20own/audit
  answer   200, 84 B
  message  2026-01-01 00:00:00 INFO    acme: login
  paging   goes on at /accounts/our%20own/audit?page=2
  asks     GET /accounts/our%20own/audit?page=2
  answer   200, 72 B
  message  2026-01-01 00:01:00 INFO    acme: logout
  paging   was the last page; the next run goes on at /accounts/our%20own/audit?page=2
  done     2 requests, 2 messages
"""


def test_run_plays_the_samples_as_the_vendor_of_a_deployment_with_other_values(run: Run) -> None:
    file, folder = Path("sources/acme/source.yml"), Path("sources/acme/samples")
    text = WITH_PARAMETERS.replace("cursor: {at: next}", "next_url: {at: next}").replace("time\n", "paging\n")
    text = re.sub(r"      (query|window): \{.*\}\n", "", text)
    file.write_text(text)
    page = json.loads((folder / "audit.json").read_text())
    link = "https://api.acme.example/v1/accounts/some%20account/audit?page=2"
    (folder / "audit.json").write_text(json.dumps({**page, "next": link}))
    given = ["--parameter", "Region=eu", "--parameter", "Account=our own"]
    status, out, err = run("run", "acme", *given)
    assert (status, re.sub(r"\d+ B", "N B", out), err) == (0, re.sub(r"\d+ B", "N B", LINKED), "")
    status, _, err = run("run", "acme", "--parameter", "Region=evil.example/")
    assert (status, err) == (
        1,
        'error: --parameter Region: must be such as api; as a regular expression: [a-z]+, and is "evil.example/"\n',
    )


def test_run_without_an_emulator_enforces_nothing(run: Run) -> None:
    status, _, err = run("run", "acme", "--iam")
    assert (status, err.splitlines()[-1]) == (
        2,
        "error: acme is pulled, and runs without an emulator, so --iam has nothing to enforce",
    )


def test_lists_tell_pulled_sources_from_those_that_are_called(run: Run) -> None:
    lines = [line.split() for line in run("list")[1].splitlines()]
    assert lines[1:3] == [
        ["acme", "yours", "bearer", "(pulled)", "Audit", "log", "of", "Acme"],
        ["zoom", "yours", "hmac", "Zoom", "account,", "user,", "meeting", "and", "recording", "events"],
    ]
    rows = [row for row in json.loads(run("list", "--json")[1]) if row["folder"].startswith("sources/")]
    assert [(row["name"], row["kind"], row["auth"]) for row in rows] == [
        ("acme", "pull", "bearer"),
        ("zoom", "webhook", "hmac"),
    ]
    called, pulled = run("list", "--markdown")[1].strip().split("\n\n")
    assert ("[zoom]" in called, "acme" in called) == (True, False)
    assert pulled.splitlines()[2:] == [
        "| [acme](sources/acme/README.md) | Audit log of Acme | not known | asked every 5 minutes<br>"
        "late: not known<br>kept: 90 days, not known<br>limit: not known |"
    ]


def test_the_cost_of_a_pulled_source_is_that_of_asking(run: Run) -> None:
    status, out, _ = run("cost", "acme")
    assert status == 0
    head, acme, assumed = out.splitlines()
    assert head.split()[-3:] == ["requests", "a", "month"]
    assert acme.split()[-1] == "25,920"  # 8,640 runs, of three streams each
    assert assumed == f"assumed: {PULL_ASSUMPTIONS}; us-west-2, no free tier"
    rows = json.loads(run("cost", "acme", "zoom", "--json")[1])["sources"]
    assert rows["acme"].keys() == {"perMillion", "fixed", "month", "requestsPerMonth"}
    assert rows["zoom"].keys() == {"perMillion", "fixed", "month", "hourOfFlood"}


def test_asking_more_often_costs_more_and_so_does_reading_again(run: Run) -> None:
    def cost() -> dict[str, float]:
        row: dict[str, float] = json.loads(run("cost", "acme", "--json")[1])["sources"]["acme"]
        return row

    file, before = Path("sources/acme/source.yml"), cost()
    file.write_text(DEFINITION.replace("every: 5m", "every: 1m"))
    often = cost()
    assert often["requestsPerMonth"] == 5 * before["requestsPerMonth"]
    assert often["fixed"] > before["fixed"]
    # Of each event, fifteen minutes' overlap reads the claim fifteen times, and not three times.
    assert often["perMillion"] - before["perMillion"] == pytest.approx(12 * 0.125)
