"""`pull export` and `pull import`: how far the streams are read, as a file."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.commands import _console, main
from lambdas.paging_style import MAX_TOKEN
from tests.operate.pulled_account import PulledAccount, deploy_acme

Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.slow
JANUARY = 1_767_225_600
POSITIONS = {
    "audit": {"start": JANUARY, "goal": JANUARY + 7_200, "end": JANUARY + 3_600, "page": "p2", "of": "0123456789ab"},
    "logins[staff]": {"since": JANUARY - 86_400, "token": "c7", "at": JANUARY, "counts": {"ab": 2}},
}
EXPORTED = {
    "version": 1,
    "source": "acme",
    "streams": {
        "audit": {
            "start": "2026-01-01T00:00:00Z",
            "goal": "2026-01-01T02:00:00Z",
            "end": "2026-01-01T01:00:00Z",
            "page": "p2",
            "of": "0123456789ab",
        },
        "logins[staff]": {
            "since": "2025-12-31T00:00:00Z",
            "token": "c7",
            "at": "2026-01-01T00:00:00Z",
            "counts": {"ab": 2},
        },
    },
}


@pytest.fixture
def account(empty_account: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PulledAccount:  # noqa: ARG001
    return deploy_acme(tmp_path, monkeypatch)


@pytest.fixture
def run(account: PulledAccount, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`pull acme`: exit status, output, errors; `answers` is what somebody at the terminal types."""
    assert account

    def command(*args: str, answers: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(_console, "is_interactive", lambda: answers is not None)
        monkeypatch.setattr(sys, "stdin", io.StringIO(answers or ""))
        status = main(["pull", "acme", *args])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


def paused(account: PulledAccount) -> None:
    account.position("control", {"paused": True})


def read(account: PulledAccount) -> None:
    for name, fields in POSITIONS.items():
        account.position(f"position#{name}", fields)


def write(document: Any) -> None:
    Path("p.json").write_text(json.dumps(document))


AT = "of 2026-01-01 00:00:00Z to 2026-01-01 01:00:00Z, at page p2"
WRITTEN = f"""\
  audit: {AT}
  logins[staff]: at c7
  logins[guests]: not read yet
exported to p.json, without backfills, and without what was sent: that is known to this stack alone
"""
NOT_PAUSED = "warning: it is not paused, so its next run reads on, and what it sends is sent again by an import\n"


def test_an_export_has_times_that_people_read(account: PulledAccount, run: Run) -> None:
    read(account)
    assert run("export", "p.json") == (0, WRITTEN, NOT_PAUSED)
    document = json.loads(Path("p.json").read_text())
    assert abs(time.time() - time.mktime(time.strptime(document.pop("exported"), "%Y-%m-%dT%H:%M:%SZ"))) < 86_400
    assert document == EXPORTED
    assert Path("p.json").stat().st_mode & 0o077 == 0
    paused(account)
    assert run("export", "p.json") == (1, "", "error: p.json: exists already, and is not overwritten\n")
    Path("p.json").unlink()
    assert run("export", "p.json") == (0, WRITTEN, "")


def test_nothing_is_exported_before_anything_is_read(run: Run) -> None:
    assert run("export", "p.json") == (1, "", "error: no stream of acme is read yet: there is nothing to export\n")
    assert not Path("p.json").exists()


IMPORTED = f"""\
acme would read on from where p.json says:
  audit: not read yet, then {AT}
  logins[staff]: not read yet, then at c7
  logins[guests]: not read yet; it stays there
What another stack has sent is not known to this one: the overlap of each stream is sent again
imported; it reads on once it is resumed: python -m generator pull acme resume
"""


def test_an_import_shows_what_it_changes_and_asks(account: PulledAccount, run: Run) -> None:
    write({**EXPORTED, "exported": "2026-01-02T00:00:00Z"})
    paused(account)
    status, out, err = run("import", "p.json", answers="n\n")
    assert (status, out.endswith("Do that? [y/N]: nothing was changed\n"), "warning" in err) == (1, True, True)
    assert account.table.position("position#audit").fields is None
    status, out, _ = run("import", "p.json", "--yes")
    assert (status, out) == (0, IMPORTED)
    assert {name: account.table.position(f"position#{name}").fields for name in POSITIONS} == POSITIONS
    assert run("import", "p.json", "--yes") == (
        0,
        "each stream is where the file has it; nothing was changed\n",
        "",
    )


def test_what_is_skipped_and_what_is_too_old_is_said(account: PulledAccount, run: Run) -> None:
    paused(account)
    account.position("position#logins[staff]", {"since": JANUARY - 900, "at": JANUARY - 900})
    write({**EXPORTED, "streams": {"logins[staff]": EXPORTED["streams"]["logins[staff]"]}})  # type: ignore[index]
    _, _, err = run("import", "p.json", "--yes")
    assert err == ("warning: logins[staff]: what lies between 2025-12-31 23:45:00Z and then is never read\n")
    write({**EXPORTED, "streams": {"audit": {"start": "2020-01-01T00:00:00Z"}}})
    _, out, err = run("import", "p.json", "--yes")
    assert "  audit: not read yet, then from 2020-01-01 00:00:00Z\n" in out
    assert err.startswith("warning: audit: the vendor has nothing from before ")


def test_all_mistakes_are_said_at_once_and_nothing_is_changed(account: PulledAccount, run: Run) -> None:
    account.table.take_lease(60)
    held = account.table._dynamodb.get_item(TableName="acme-positions", Key={"id": {"S": "lease"}})["Item"]
    until = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(int(held["held_until"]["N"])))
    write(
        {
            "version": 1,
            "source": "other",
            "more": 1,
            "streams": {
                "audits": {},
                "audit": {"start": "yesterday", "goal": "2999-01-01T00:00:00Z", "page": "", "colour": "red"},
                "logins[staff]": {"since": "2026-01-01T00:00:00Z", "start": "2026-01-01T00:00:00Z", "length": -1},
                "logins[guests]": {
                    "start": "2026-01-02T00:00:00Z",
                    "end": "2026-01-01T00:00:00Z",
                    "counts": {"x": 1},
                    "token": "c" * (MAX_TOKEN + 1),
                },
            },
        }
    )
    status, out, err = run("import", "p.json", "--yes")
    now_text = err.partition("must be a time such as ")[2][:20]
    keys = "start, goal, end, since, at, page, token, of, length, counts"
    assert (status, out) == (1, "")
    assert err.splitlines() == [
        "error: p.json: more: is no part of such a file",
        'error: p.json: source: is "other", and these would be positions of acme',
        "error: p.json: streams.audits: no such stream; did you mean audit? (audit, logins[guests], logins[staff])",
        f"error: p.json: streams.audit.start: must be a time such as {now_text}",
        "error: p.json: streams.audit.goal: 2999-01-01T00:00:00Z is in the future",
        "error: p.json: streams.audit.page: must be a text of at most 16,384 characters",
        f"error: p.json: streams.audit.colour: is no part of a position ({keys})",
        "error: p.json: streams.audit.page: is that of a time, so `end` is needed too",
        "error: p.json: streams.logins[staff].length: must be a number of seconds",
        "error: p.json: streams.logins[staff]: must have either `start`, for a position by time, or `since`, for one "
        "by the vendor's cursor",
        "error: p.json: streams.logins[guests].counts: must have a number for each hash",
        "error: p.json: streams.logins[guests].token: must be a text of at most 16,384 characters",
        "error: p.json: streams.logins[guests]: `start`, `end` and `goal` must follow one another",
        "error: acme is not paused, so a run could move positions: python -m generator pull acme pause",
        f"error: a run is under way, until {until} at the latest: wait for its end",
        "error: nothing was changed",
    ]


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        ("{", "is not JSON; `pull SOURCE export FILE` writes such a file"),
        ("[]", "version: must be 1; `pull SOURCE export FILE` writes such a file"),
        ('{"version": 2}', "version: is 2, which a newer framework wrote; this one reads 1"),
        (
            '{"version": 1, "source": "acme", "streams": {}}',
            "streams: must have the positions by the names of their streams",
        ),
        (
            '{"version": 1, "source": "acme", "streams": {"audit": 5}}',
            "streams.audit: must be an object with `start` or `since`",
        ),
    ],
)
def test_a_file_of_something_else_changes_nothing(account: PulledAccount, run: Run, content: str, mistake: str) -> None:
    paused(account)
    Path("p.json").write_text(content)
    assert run("import", "p.json", "--yes") == (1, "", f"error: p.json: {mistake}\nerror: nothing was changed\n")


def test_a_file_that_is_not_there(account: PulledAccount, run: Run) -> None:
    paused(account)
    assert run("import", "none.json", "--yes")[::2] == (
        1,
        "error: none.json: can't be read: No such file or directory\n",
    )
