"""`try`: the vendor is asked for a page from this machine, and what it answers is kept as samples."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from generator.commands import _console, main
from lambdas.pulling.connections import Connections
from lambdas.pulling.outcomes import NoAnswer
from lambdas.runtime.http_stream import HttpStream
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from tests.commands.pulled_source import DEFINITION, WITH_PARAMETERS, write_source
from tests.examples import assert_example

pytestmark = pytest.mark.slow
TOKEN, NOW = "a-token-of-the-vendors-1", 1_767_225_600
Run = Callable[..., tuple[int, str, str]]
PAGE = {
    "items": [
        {"id": "a1", "type": "login", "at": "2026-01-01T00:00:00Z", "session_token": "s3cr3t"},
        {"id": "a2", "type": f"logout {TOKEN}", "at": "2026-01-01T00:01:00Z"},
    ],
    "next": "p2",
}


class Vendor:
    """Answers by what comes first in a path; `asked` are the requests with their credentials."""

    def __init__(self) -> None:
        self.answers: dict[str, list[HttpAnswer]] = {}
        self.asked: list[HttpRequest] = []

    def will(self, path: str, body: Any, status: int = 200, **headers: str) -> None:
        """Answer the next request to a path; the last answer goes on."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers.setdefault(path, []).append(HttpAnswer(status, headers, content))

    def send(self, request: HttpRequest, _seconds: float) -> HttpAnswer:
        self.asked.append(request)
        path = next((path for path in self.answers if f"{path}?" in f"{request.url}?"), None)
        if path is None:
            raise NoAnswer("api.acme.example does not answer")
        answers = self.answers[path]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def stream(self, request: HttpRequest, seconds: float) -> HttpStream:
        answer = self.send(request, seconds)
        blocks = (answer.body[start : start + 65_536] for start in range(0, len(answer.body), 65_536))
        return HttpStream(answer.status, answer.headers, blocks, lambda: None)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Vendor:
    vendor = Vendor()
    monkeypatch.setattr(Connections, "send", lambda _self, request, seconds: vendor.send(request, seconds))
    monkeypatch.setattr(Connections, "stream", lambda _self, request, seconds: vendor.stream(request, seconds))
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    return vendor


@pytest.fixture
def run(vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`try acme` with what is piped, or typed: exit status, output, errors."""
    assert vendor
    monkeypatch.chdir(tmp_path)
    from generator.explain import vendor_page

    class Asker(vendor_page.VendorAsker):
        def __init__(self, source: Any, credentials: Any, send: Any, stream: Any, sleep: Any) -> None:
            super().__init__(source, credentials, send, stream, lambda: NOW + 0.5, sleep)

    monkeypatch.setattr(vendor_page, "VendorAsker", Asker)

    def command(
        *args: str, definition: str = DEFINITION, piped: str = TOKEN, typed: list[str] | None = None
    ) -> tuple[int, str, str]:
        if not Path("sources/acme").exists():
            write_source(Path("sources"), definition=definition)
            for file in Path("sources/acme/samples").iterdir():
                file.unlink()
        answers = list(typed or ())

        def answer(_prompt: str) -> str:
            return answers.pop(0)

        monkeypatch.setattr(_console, "is_interactive", lambda: typed is not None)
        monkeypatch.setattr(click.termui, "hidden_prompt_func", answer)
        monkeypatch.setattr(click.termui, "visible_prompt_func", answer)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped.encode())))
        status = main(["try", "acme", *args])
        printed = capsys.readouterr()
        assert answers == []
        return status, printed.out, printed.err

    return command


TRIED = """
acme  https://api.acme.example/v1 is asked from this machine; nothing is written in AWS

audit: GET /audit
  slice    from 2025-12-31 00:00:00Z to 2025-12-31 23:59:00Z
  asks     GET /audit?since=2025-12-31T00%3A00%3A00Z&until=2025-12-31T23%3A59%3A00Z
  answer   200, 200 B
  message  2026-01-01 00:00:00 INFO    acme: login
  message  2026-01-01 00:01:00 INFO    acme: logout [hidden]
  page     2 events: 2 messages
  paging   the next page is at p2
  before   from 2025-12-31 00:00:00Z
  after    of 2025-12-31 00:00:00Z to 2025-12-31 23:59:00Z, at page p2
"""


def test_a_page_is_shown_with_its_request_answer_messages_and_where_reading_would_go_on(
    run: Run, vendor: Vendor, update: bool
) -> None:
    vendor.will("/audit", PAGE)
    assert run("--stream", "audit") == (0, TRIED, "")
    assert_example("try", "python -m generator try acme --stream audit < token.txt", TRIED, update=update)
    (asked,) = vendor.asked
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"


def rows(out: str) -> list[str]:
    """The lines of a report, with a single space between words."""
    return [" ".join(line.split()) for line in out.splitlines()]


def test_each_stream_is_asked_and_a_refusal_is_said_with_the_vendors_words(run: Run, vendor: Vendor) -> None:
    vendor.will("/audit", PAGE)
    vendor.will("/logins/staff", {"items": []})
    vendor.will("/logins/guests", {"message": f"no {TOKEN}"}, 403)
    status, out, err = run(typed=[TOKEN])
    assert (status, err) == (1, "")
    sections = out.split("\n\n")
    assert rows(sections[2]) == [
        "logins[staff]: GET /logins/{realm}, for each of staff, guests",
        "slice from 2025-12-31 00:00:00Z",
        "asks GET /logins/staff?from=2025-12-31T00%3A00%3A00Z",
        "answer 200, 13 B",
        "page 0 events: 0 messages",
        "paging this was the last page",
        "before from 2025-12-31 00:00:00Z",
        "after from 2025-12-31 23:44:00Z",
    ]
    assert rows(sections[3])[3:] == [
        "answer 403, 42 B",
        '{"message": "no [hidden]"}',
        "refused the vendor answers 403",
        "position stays from 2025-12-31 00:00:00Z",
    ]


ERRORS = """  errors:
    - {status: 403, do: stop, say: "the token needs the scope audit:read: {message}"}
    - {status: 404, do: skip_stream, say: "the log is not turned on"}
    - {status: 409, do: empty}
facts"""


def with_errors() -> str:
    return DEFINITION.replace("facts", ERRORS)


def test_what_a_rule_says_is_shown(run: Run, vendor: Vendor) -> None:
    vendor.will("/audit", {"message": "read:users is not enough"}, 403)
    vendor.will("/logins/staff", {}, 404)
    vendor.will("/logins/guests", {}, 409)
    status, out, _ = run(definition=with_errors())
    assert status == 1
    said = [line for line in rows(out) if line.startswith(("refused", "skipped", "page"))]
    assert said == [
        "refused the token needs the scope audit:read: read:users is not enough",
        "skipped the log is not turned on",
        "page 0 events: 0 messages",
    ]


def test_a_vendor_that_wants_to_wait_is_not_waited_for_long(run: Run, vendor: Vendor) -> None:
    vendor.will("/audit", {}, 429, **{"retry-after": "3600"})
    status, out, err = run("--stream", "audit")
    assert (status, err) == (1, "")
    assert "waits a run would end here, and the next go on: the vendor answers 429" in rows(out)
    vendor.answers.clear()
    vendor.will("/audit", {}, 503)
    vendor.will("/audit", {"items": []})
    status, out, err = run("--stream", "audit")
    assert (status, err) == (0, "note: waits 1 s before the next request\n")


def test_an_answer_that_can_not_be_read_is_shown_as_it_begins(run: Run, vendor: Vendor) -> None:
    vendor.will("/audit", b"<html>" + b"sign in " * 100)
    status, out, _ = run("--stream", "audit")
    assert status == 1
    assert rows(out)[6:] == [
        "answer 200, 806 B",
        f"begins <html>{'sign in ' * 8}si … {'sign in ' * 3}".strip(),
        "failed the answer can't be read: it is HTML or XML, such as a page to sign in, or an error of a proxy",
        "position stays from 2025-12-31 00:00:00Z",
    ]


def test_no_answer_at_all(run: Run) -> None:
    status, out, err = run("--stream", "audit")
    assert (status, err.count("waits")) == (1, 2)
    assert rows(out)[-4:] == [
        "asks GET /audit?since=2025-12-31T00%3A00%3A00Z&until=2025-12-31T23%3A59%3A00Z",
        "answer none",
        "failed api.acme.example does not answer",
        "position stays from 2025-12-31 00:00:00Z",
    ]


def test_only_some_messages_are_shown_and_why_an_event_is_none(run: Run, vendor: Vendor) -> None:
    events: list[Any] = [{"id": str(n), "type": "read", "at": "2026-01-01T00:00:00Z"} for n in range(12)]
    vendor.will("/audit", {"items": [*events, "no event", {**events[0], "type": "own"}]})
    definition = f"{DEFINITION}drop: type == 'own'\n"
    status, out, _ = run("--stream", "audit", definition=definition)
    assert status == 0
    lines = rows(out)
    assert sum(line.startswith("message 2026") for line in lines) == 10
    assert lines[lines.index("and 2 more messages") :][:3] == [
        "and 2 more messages",
        next(line for line in lines if line.startswith("kept")),
        "page 14 events: 12 messages, 1 dropped, 1 kept, since they become no message",
    ]
    assert "becomes no message: not-an-object: an event must be a JSON object, not a string" in lines[-5]


def test_for_programs_there_are_the_messages_alone(run: Run, vendor: Vendor) -> None:
    vendor.will("/audit", PAGE)
    status, out, err = run("--stream", "audit", "--json")
    assert (status, [json.loads(line)["summary"] for line in out.splitlines()]) == (
        0,
        ["acme: login", "acme: logout [hidden]"],
    )
    assert err == TRIED


def test_a_token_is_asked_for_with_the_typed_secret_and_shown_nowhere(run: Run, vendor: Vendor) -> None:
    oauth2 = DEFINITION.replace("{bearer: {}}", "{oauth2: {url: 'https://auth.acme.example/token?tenant=1'}}")
    vendor.will("/token", {"access_token": "the-short-token", "expires_in": 3600, "token_type": "Bearer"})
    vendor.will("/audit", {"items": [], "next": "the-short-token"})
    status, out, _ = run("--stream", "audit", definition=oauth2, typed=["id-of-the-client", "secret-of-the-client"])
    assert status == 0
    assert "  token    POST https://auth.acme.example/token: 200\n" in out
    assert "  paging   the next page is at [hidden]\n" in out
    assert not {"the-short-token", "secret-of-the-client"} & set(out.split())
    assert vendor.asked[-1].headers["Authorization"] == "Bearer the-short-token"


def test_a_refresh_token_is_never_used_from_here(run: Run, vendor: Vendor) -> None:
    refresh = DEFINITION.replace("{bearer: {}}", "{refresh_token: {url: 'https://auth.acme.example/token'}}")
    message = (
        "acme is not tried from this machine: its vendor replaces the refresh token at each use, so the puller's own "
        "would end. Once it is deployed, the puller can ask: python -m generator verify acme"
    )
    assert run(definition=refresh) == (1, "", f"error: {message}\n")
    assert vendor.asked == []


def test_a_source_that_is_called_has_nothing_to_try(run: Run) -> None:
    webhook = "description: Acme\nwebhook: {auth: {token: {header: x-acme-token}}}\nfacts: {summary: a}\n"
    message = (
        "acme is not pulled: its vendor calls it. To play the vendor to what runs on this machine: "
        "python -m generator send acme"
    )
    assert run(definition=webhook) == (1, "", f"error: {message}\n")


def test_a_credential_that_can_be_none_is_not_sent(run: Run, vendor: Vendor) -> None:
    assert run(piped="Bearer abc") == (
        1,
        "",
        "error: token begins with 'Bearer', which is put before it anyway: leave that out\n"
        "error: the vendor was not asked\n",
    )
    assert vendor.asked == []


EACH = """
description: Acme
pull:
  url: https://api.acme.example/v1
  credentials: {bearer: {}}
  every: 5m
  rate: {requests: 50, per: 1m}
  streams:
    files:
      prepare: {post: /start, done: "state == 'on'"}
      get: /files
      query: {since: "{from}"}
      paging: {next_url: {header: x-next, size: 100}}
      resume: time
      each: {of: files, id: id, get: "/files/{id}", format: csv}
      events: {split: "@", id: ID, time: AT, mask: ["[].SECRET"]}
facts: {summary: "{ID} {parent().kind}"}
"""


def files_of(vendor: Vendor, count: int) -> None:
    vendor.will("/start", {"state": "on"})
    vendor.will("/files", {"files": [{"id": n, "kind": "k"} for n in range(count)]})
    for number in range(count):
        text = f'ID,AT,SECRET,NOTE\n{number},2026-01-01T00:00:00Z,x,"a, b"\nbroken\n'
        vendor.will(f"/files/{number}", text.encode())


def test_the_request_that_prepares_is_sent_only_if_somebody_agrees(run: Run, vendor: Vendor) -> None:
    files_of(vendor, 1)
    question = "files: first POST https://api.acme.example/v1/start is sent, which changes something at the vendor"
    assert run(definition=EACH) == (
        1,
        "",
        f"error: {question}; no terminal to ask in: use --yes to send it, or --stream for another stream\n",
    )
    status, out, _ = run(typed=["n", TOKEN])
    assert (status, vendor.asked, "files:" in out) == (1, [], False)
    status, out, _ = run(typed=["y", TOKEN])
    assert status == 0
    assert rows(out)[5:10] == [
        "prepares POST /start",
        "answer 200, 15 B",
        "asks GET /files?since=2025-12-31T00%3A00%3A00Z",
        "answer 200, 35 B",
        "item GET /files/0",
    ]


def test_only_some_items_are_asked_for(run: Run, vendor: Vendor) -> None:
    files_of(vendor, 5)
    status, out, _ = run("--yes", definition=EACH)
    assert status == 0
    assert [line for line in rows(out) if line.startswith("item")] == [f"item GET /files/{n}" for n in range(3)]
    assert rows(out)[-5:] == [
        "page 5 items: 3 messages, 3 kept, since they become no message",
        "the page's other items were not asked for: 3 are enough",
        "paging this was the last page",
        "before from 2025-12-31 00:00:00Z",
        "after as before",
    ]


def test_of_a_long_file_the_beginning_is_read(run: Run, vendor: Vendor) -> None:
    rows_source = DEFINITION.replace("events: {split: items,", "format: ndjson\n      events: {split: '@',", 1)
    rows_source = rows_source.replace(
        'cursor: "{cursor}"}\n      paging: {cursor: {at: next}}', "}\n      paging: none", 1
    )
    line = b'{"id":"%d","type":"login","at":"2026-01-01T00:00:00Z"}\n'
    vendor.will("/audit", b"".join(line % number for number in range(30_000)))
    status, out, _ = run("--stream", "audit", definition=rows_source)
    assert status == 0
    lines = rows(out)
    assert lines[6] == "answer 200, 1,024.0 KB, the beginning of it"
    assert re.fullmatch(r"page 1\d{4} events: 1\d{4} messages", lines[-4]), lines[-4]


RECORDED = """
samples
  stored   sources/acme/samples/audit.json
  changed  items[].session_token is masked, since its name is that of a secret
  changed  a credential was in it, and is hidden
  changed  next says now that this is the last page
  check    names, addresses and ids of real people and systems are in it: look through each file, and replace them
  then     python -m generator acme --accept stores what they become
"""


def test_an_answer_is_kept_as_a_sample_without_its_secrets(run: Run, vendor: Vendor) -> None:
    vendor.will("/audit", PAGE, **{"set-cookie": "session=1", "x-request-id": "r"})
    assert run("--stream", "audit", "--record") == (0, TRIED, RECORDED)
    assert [file.name for file in Path("sources/acme/samples").iterdir()] == ["audit.json"]
    kept = json.loads(Path("sources/acme/samples/audit.json").read_text())
    assert kept == {
        "items": [
            {"id": "a1", "type": "login", "at": "2026-01-01T00:00:00Z", "session_token": "[masked]"},
            {"id": "a2", "type": "logout [hidden]", "at": "2026-01-01T00:01:00Z"},
        ],
        "next": None,
    }
    assert main(["acme", "--accept", "--lint", "fast"]) == 0


def test_a_deployments_values_are_not_kept_in_a_sample(run: Run, vendor: Vendor) -> None:
    own = "https://eu.acme.example/v1/accounts/our%20own/audit"
    vendor.will("/v1/accounts/our%20own/audit", {**PAGE, "next": None, "self": own})
    given = ["--parameter", "Region=eu", "--parameter", "Account=our own"]
    status, out, _ = run("--stream", "audit", "--record", *given, definition=WITH_PARAMETERS)
    assert status == 0
    assert "acme  https://eu.acme.example/v1 is asked from this machine" in out
    assert vendor.asked[0].url.startswith(f"{own}?since=")
    (file,) = Path("sources/acme/samples").glob("audit.json")
    kept = json.loads(file.read_text())
    assert kept["self"] == "https://api.acme.example/v1/accounts/some%20account/audit"


def test_no_sample_is_overwritten(run: Run, vendor: Vendor) -> None:
    vendor.will("/audit", PAGE)
    assert run("--stream", "audit", "--record")[0] == 0
    folder = Path("sources/acme/samples")
    (folder / "audit.mozdef.json").write_text("[]")
    vendor.asked.clear()
    assert run("--record") == (
        1,
        "",
        f"error: --record overwrites no sample: audit.json in {folder}. Delete them first, or choose another stream "
        "with --stream\n",
    )
    assert vendor.asked == []


def test_a_page_without_events_is_no_sample(run: Run, vendor: Vendor) -> None:
    vendor.will("/audit", {"items": []})
    status, _, err = run("--stream", "audit", "--record")
    assert (status, err) == (0, "\nsamples\n  none     audit: no page with events came\n")
    assert not any(Path("sources/acme/samples").iterdir())


def test_the_answers_of_items_are_kept_too_and_of_a_long_page_its_beginning(run: Run, vendor: Vendor) -> None:
    files_of(vendor, 5)
    vendor.answers["/files"][0].headers["x-next"] = "https://api.acme.example/v1/files?since=a&key=b"  # type: ignore[index]
    status, _, err = run("--yes", "--record", definition=EACH.replace("broken\n", ""))
    assert status == 0
    folder = Path("sources/acme/samples")
    assert sorted(file.name for file in folder.iterdir()) == [
        "files.1.answer.json",
        "files.1.each.1.csv",
        "files.1.each.2.csv",
        "files.1.each.3.csv",
        "files.json",
    ]
    assert len(json.loads((folder / "files.json").read_text())["files"]) == 3
    assert (folder / "files.1.each.1.csv").read_text() == (
        'ID,AT,SECRET,NOTE\n0,2026-01-01T00:00:00Z,[masked],"a, b"\nbroken\n'
    )
    head = json.loads((folder / "files.1.answer.json").read_text())
    assert head == {"headers": {"x-next": "https://api.acme.example/v1/files?since=page-2&key=page-2"}}
    assert rows(err)[7:] == [
        "changed 3 of 5 items at files are kept",
        "changed the cursor in the header x-next is made up",
        "changed [].SECRET is masked, as the definition has it",
        "wrong sources/acme/samples/files.json: 3 events become no message: not-an-object: an event must be a JSON "
        "object, not a list",
        "check names, addresses and ids of real people and systems are in it: look through each file, and replace them",
        "then python -m generator acme --accept stores what they become",
    ]


def test_a_narrow_terminal_indents_what_it_breaks(run: Run, vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    monkeypatch.setattr(_console, "console", lambda **_: Console(width=80, highlight=False, soft_wrap=True))
    vendor.will("/audit", PAGE)
    status, out, _ = run("--stream", "audit", "--record")
    assert status == 0
    lines = out.splitlines()[4:]
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if line.startswith(" " * 11)] == [
        "           /audit?since=2025-12-31T00%3A00%3A00Z&until=2025-12-31T23%3A59%3A00Z",
        "           through each file, and replace them",
    ]
