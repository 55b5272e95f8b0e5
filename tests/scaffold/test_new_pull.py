"""`new --pull`: a source that is pulled begins with an answer of its API, or with questions."""

from __future__ import annotations

import io
import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.commands import _console, main
from tests.definitions import ROOT
from tests.scaffold import answers
from tests.scaffold.answers import Captured

pytestmark = pytest.mark.slow

URL = "https://api.acme.example/v1/audit?since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z&limit=100"
EVENT = {"id": "e1", "action": "login", "at": "2026-01-01T00:00:00Z", "actor": {"email": "ann@example.com"}}
GIVEN = ("--description", "Acme audit events", "--credentials", "bearer")


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """`new` in an empty folder, and what somebody types: exit status, output, errors."""
    monkeypatch.chdir(tmp_path)
    Path("s").mkdir()

    def command(*args: str, typed: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed or ""))
        monkeypatch.setattr(_console, "is_interactive", lambda: typed is not None)
        status = main(["new", "acme-log", *args, "--sources", "s", "--lint", "fast"])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    """`run`, which plays the samples: exit status, and the messages."""

    def command() -> tuple[int, list[dict[str, Any]]]:
        status = main(["run", "acme-log", "--sources", "s", "--json"])
        return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return command


def definition() -> dict[str, Any]:
    return yaml.safe_load(Path("s/acme-log/source.yml").read_text(encoding="utf-8"))


def stream() -> dict[str, Any]:
    """The only stream of the source."""
    (only,) = definition()["pull"]["streams"].values()
    return only


def files() -> list[str]:
    folder = Path("s/acme-log/samples")
    return sorted(file.name for file in folder.iterdir() if not file.name.endswith((".mozdef.json", ".requests.txt")))


def findings(out: str) -> dict[str, list[str]]:
    """What is sure, likely, and to be checked."""
    found: dict[str, list[str]] = {}
    for line in out.partition("\nacme-log")[0].splitlines():
        certainty, _, text = line.partition(" ")
        found.setdefault(certainty, []).append(text.strip())
    return found


def nothing_is_there() -> bool:
    return not list(Path("s").iterdir()) and not Path("build").exists()


CURSOR = {"cursor": {"at": "response_metadata.next_cursor"}}
EXPECTED: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, str]]] = {
    "github": (
        {"query": {"phrase": "created:{from}..{to}", "per_page": 2}, "paging": {"link": {}}, "resume": "time"},
        {"split": "@", "id": "_document_id", "type": "action", "time": '"@timestamp"', "time_format": "unix_ms"},
        {"user": "{actor}", "source_ip": "{actor_ip}"},
    ),
    "okta": (
        {"query": {"since": "{from}", "limit": 1000}, "paging": {"link": {"size": 1000}}, "resume": "paging"},
        {"split": "@", "id": "uuid", "type": "eventType", "time": "published"},
        {"user": "{actor.alternateId}", "source_ip": "{client.ipAddress}"},
    ),
    "slack": (
        {
            "query": {"oldest": "{from}", "latest": "{to}", "limit": 2, "cursor": "{cursor}"},
            "paging": {"cursor": {"at": "response_metadata.next_cursor"}},
            "resume": "time",
        },
        {"split": "entries", "id": "id", "type": "action", "time": "date_create", "time_format": "unix"},
        {"user": "{actor.user.email}", "source_ip": "{context.ip_address}"},
    ),
    "auth0": (
        {"query": {"take": 100}, "paging": {"link": {"size": 100}}, "resume": "paging"},
        {"split": "@", "id": "log_id", "type": "type", "time": "date"},
        {"user": "{user_name}", "source_ip": "{ip}"},
    ),
    "cloudflare": (
        {
            "query": {"since": "{from}", "before": "{to}", "limit": 2, "cursor": "{cursor}"},
            "paging": {"cursor": {"at": "result_info.cursor"}},
            "resume": "time",
        },
        {"split": "result", "id": "id", "type": "action.type", "time": "action.time"},
        {"user": "{actor.email}", "source_ip": "{actor.ip_address}"},
    ),
    "pagerduty": (
        {
            "query": {"since": "{from}", "until": "{to}", "limit": 100, "cursor": "{cursor}"},
            "paging": {"cursor": {"at": "next_cursor"}},
            "resume": "time",
        },
        {"split": "records", "id": "id", "type": "action", "time": "execution_time"},
        {"source_ip": "{execution_context.remote_address}"},
    ),
    "zendesk": (
        {
            "query": {
                "filter[created_at][]": ["{from}", "{to}"],
                "page[size]": 2,
                "sort": "created_at",
                "page[after]": "{cursor}",
            },
            "paging": {"cursor": {"at": "meta.after_cursor", "while": "meta.has_more"}},
            "resume": "time",
        },
        {"split": "audit_logs", "id": "id", "type": "action", "time": "created_at"},
        {"user": "{actor_name}", "source_ip": "{ip_address}"},
    ),
    "box": (
        {
            "query": {"stream_type": "admin_logs_streaming", "limit": 500, "stream_position": "{cursor || '0'}"},
            "paging": {"cursor": {"at": "next_stream_position", "size": 500}},
            "resume": "paging",
        },
        {"split": "entries", "id": "event_id", "type": "event_type", "time": "created_at"},
        {"user": "{created_by.login}", "source_ip": "{ip_address}"},
    ),
    "entra": (
        {
            "query": {"$filter": "activityDateTime ge {from} and activityDateTime lt {to}", "$top": 2},
            "paging": {"next_url": {"at": '"@odata.nextLink"'}},
            "resume": "time",
        },
        {"split": "value", "id": "id", "type": "activityDisplayName", "time": "activityDateTime"},
        {"user": "{initiatedBy.user.userPrincipalName}", "source_ip": "{initiatedBy.user.ipAddress}"},
    ),
    "terraform": (
        {
            "query": {"since": "{from}", "page[number]": "{page}", "page[size]": 2},
            "paging": {"page": {"while": "pagination.next_page"}},
            "resume": "time",
        },
        {"split": "data", "id": "id", "type": "type", "time": "timestamp"},
        {},
    ),
    "offsets": (
        {
            "query": {"offset": "{offset}", "limit": 2, "from": "{from}"},
            "paging": {"offset": {"total": "total"}},
            "resume": "time",
        },
        {"split": "items", "id": "id", "type": "action", "time": "join('', [created, 'Z'])"},
        {},
    ),
    "lines": (
        {"query": {"start": "{from}", "end": "{to}"}, "paging": {"none": {}}, "resume": "time", "format": "ndjson"},
        {"split": "@", "id": "event_id", "type": "type", "time": "ts", "time_format": "unix"},
        {},
    ),
    "table": (
        {"query": {"start_date": "{from}", "end_date": "{to}"}, "paging": {"none": {}}, "format": "csv"},
        {"split": "@", "id": "hash()", "time": "TIMESTAMP"},
        {},
    ),
}


@pytest.mark.parametrize("vendor", answers.ALL)
def test_an_answer_becomes_a_source_that_builds_and_runs(new, run, tmp_path: Path, vendor: str) -> None:
    captured = answers.ALL[vendor]
    status, _, err = new("--description", "Audit log", *captured.arguments(tmp_path))
    assert (status, err) == (0, "")
    request, events, facts = EXPECTED[vendor]
    assert {key: stream().get(key) for key in request} == request
    assert {key: value for key, value in definition()["events"].items() if key != "mask"} == events
    assert {key: value for key, value in definition()["facts"].items() if key != "summary"} == facts
    status, messages = run()
    assert status == 0
    assert len(messages) == sum(captured_events(captured))


def captured_events(captured: Captured) -> list[int]:
    counts = []
    for page in captured.pages:
        if isinstance(page, str):
            lines = page.strip().splitlines()
            counts.append(len(lines) - (not lines[0].startswith("{")))
        else:
            lists = [page] if isinstance(page, list) else [value for value in page.values() if isinstance(value, list)]
            counts.append(max(len(found) for found in lists))
    return counts


def test_what_is_found_is_said_a_line_each(new, tmp_path: Path) -> None:
    _, out, _ = new("--description", "Audit log", *answers.SLACK.arguments(tmp_path))
    assert findings(out) == {
        "note": ["this is the API of slack-audit: --from slack-audit would take its mapping too"],
        "answer": ["2 answers, JSON, 2 events"],
        "sure": [
            "oldest begins the time range, written as unix",
            "latest ends the time range, written as unix",
            "split: entries, the only list of objects in the answer, 2 events",
            "id: id, another in each of 2 events",
            "time: date_create, written as unix",
            "order: oldest first, in this answer",
            "paging: cursor, response_metadata.next_cursor has a cursor, and the last page has none",
            "resume: time, since the request says from when to when",
        ],
        "likely": ["type: action, such as user_login"],
        "check": [
            "limit=2: the most events in an answer; write the most that the vendor allows",
            "later requests carry the cursor in the parameter cursor: guessed from response_metadata.next_cursor",
        ],
    }
    text = Path("s/acme-log/source.yml").read_text(encoding="utf-8")
    assert (
        "    # - later requests carry the cursor in the parameter cursor: guessed from response_metadata.next_cursor\n"
        in text
    )


def test_a_url_of_the_second_page_proves_where_the_cursor_goes(new, tmp_path: Path) -> None:
    _, out, _ = new("--description", "Audit log", *answers.CLOUDFLARE.arguments(tmp_path))
    assert "the second request has the cursor in cursor" in findings(out)["sure"]


def test_a_next_url_proves_where_the_cursor_goes(new, tmp_path: Path) -> None:
    _, out, _ = new("--description", "Audit log", *answers.ZENDESK.arguments(tmp_path))
    assert "links.next has the cursor in page[after]" in findings(out)["sure"]


def test_a_page_that_leads_on_gets_a_made_up_last_page(new, tmp_path: Path) -> None:
    _, out, _ = new("--description", "Audit log", *answers.ENTRA.arguments(tmp_path))
    assert "directory_audits.2.json: an empty last page, so that reading the samples ends" in out
    last = json.loads(Path("s/acme-log/samples/directory_audits.2.json").read_text(encoding="utf-8"))
    assert (last["value"], last["@odata.nextLink"]) == ([], None)


@pytest.mark.parametrize("value", ["https://[x", ["a"], False, 0, {"a": 1}, ""])
def test_what_is_no_url_and_no_cursor_leads_nowhere(new, run, tmp_path: Path, value: Any) -> None:
    status, _, _ = new(*GIVEN, "--url", URL, "--from-answer", write_answer(tmp_path, {"data": [EVENT], "next": value}))
    assert status == 0
    assert not {"link", "next_url"} & set(stream()["paging"])
    assert run()[0] == 0


def newest_first(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**EVENT, "id": "e2", "at": "2026-01-01T00:01:00Z"}, EVENT, *more]


@pytest.mark.parametrize(
    "around",
    [{"next": "https://api.acme.example/v1/audit?before=7"}, {"cursor": "c2"}, {"cursor": "c2", "has_more": False}],
    ids=["link", "cursor", "flag"],
)
def test_what_leads_to_earlier_events_is_not_kept_over_runs(new, tmp_path: Path, around: dict[str, Any]) -> None:
    """Else the next run would go on into the past, and never ask for what happens."""
    answer = write_answer(tmp_path, {"data": newest_first(), **around})
    status, out, _ = new(*GIVEN, "--url", URL, "--from-answer", answer)
    assert status == 0
    assert stream()["resume"] == "time"
    assert stream()["query"]["until"] == "{to}"
    assert "size" not in str(stream()["paging"])
    assert "order: newest first, in this answer" in findings(out)["sure"]


def test_without_a_time_in_the_request_the_order_is_to_be_checked(new, tmp_path: Path) -> None:
    answer = write_answer(tmp_path, {"data": newest_first(), "cursor": "c2"})
    _, out, _ = new(*GIVEN, "--url", "https://api.acme.example/v1/audit?limit=100", "--from-answer", answer)
    assert any("leads to later events" in finding for finding in findings(out)["check"])


def test_a_text_for_people_is_not_taken_for_the_kind_of_event(new, tmp_path: Path) -> None:
    event = {"_id": "e1", "date": 1767225600000, "kind": "flag", "name": "An example of a flag"}
    status, _, _ = new(*GIVEN, "--url", URL, "--from-answer", write_answer(tmp_path, {"items": [event]}))
    assert status == 0
    assert definition()["events"]["type"] == "kind"


def test_headers_that_paging_needs_are_kept_and_no_others(new, tmp_path: Path) -> None:
    headers = {"link": '<https://api.acme.example/v1/audit?p=2>; rel="next"', "set-cookie": "s3cr3t", "date": "x"}
    captured = Captured((URL,), ([EVENT], []), (headers, {"set-cookie": "s3cr3t"}))
    assert new(*GIVEN, *captured.arguments(tmp_path)[:-2])[0] == 0
    assert files() == ["audit.1.answer.json", "audit.2.json", "audit.json"]
    head = Path("s/acme-log/samples/audit.1.answer.json").read_text(encoding="utf-8")
    made_up = '<https://api.acme.example/v1/audit?p=page-2>; rel="next"'
    assert json.loads(head) == {"headers": {"link": made_up}}


def write_answer(tmp_path: Path, body: Any, name: str = "answer.json") -> str:
    file = tmp_path / name
    file.write_text(body if isinstance(body, str) else json.dumps(body), encoding="utf-8")
    return str(file)


def test_a_key_in_the_url_is_written_nowhere(new, tmp_path: Path) -> None:
    page = {"data": [EVENT], "next": "https://api.acme.example/v1/audit?api_key=s3cr3t&page=2"}
    url = f"{URL.replace('https://', 'https://ann:pa55@')}&api_key=s3cr3t"
    status, out, err = new(*GIVEN[:2], "--url", url, "--from-answer", write_answer(tmp_path, page))
    assert (status, err) == (0, "")
    assert definition()["pull"]["credentials"] == {"api_key": {"query": "api_key"}}
    assert definition()["pull"]["url"] == "https://api.acme.example/v1"
    sure = findings(out)["sure"]
    assert "the URL has a user in it, which is a credential: left out, and written nowhere" in sure
    assert "api_key in the query may be secret: left out, and written nowhere" in sure
    written = "".join(file.read_text(encoding="utf-8") for file in Path("s/acme-log").rglob("*") if file.is_file())
    assert "s3cr3t" not in written + out
    assert "pa55" not in written + out
    sample = json.loads(Path("s/acme-log/samples/audit.json").read_text(encoding="utf-8"))
    assert sample["next"] == "https://api.acme.example/v1/audit?api_key=hidden&page=page-2"


def test_fields_with_the_name_of_a_secret_are_masked_and_the_cursor_is_not(new, tmp_path: Path) -> None:
    page = {"data": [{**EVENT, "session": [{"refresh_token": "s3cr3t"}]}], "next_token": "abc"}
    status, out, _ = new(*GIVEN, "--url", URL, "--from-answer", write_answer(tmp_path, page))
    assert status == 0
    sample = json.loads(Path("s/acme-log/samples/audit.json").read_text(encoding="utf-8"))
    assert sample["data"][0]["session"] == [{"refresh_token": "[masked]"}]
    assert sample["next_token"] == "page-2"
    assert definition()["events"]["mask"] == ["data[].session[].refresh_token"]
    assert "data[].session[].refresh_token: may be secret; `events.mask` hides it in every event" in out


def test_a_known_api_gives_its_credentials_and_is_named(new, tmp_path: Path) -> None:
    arguments = answers.GITHUB.arguments(tmp_path)[:-2]
    status, out, _ = new("--description", "Audit log", *arguments)
    assert status == 0
    assert "this is the API of github-audit: --from github-audit would take its mapping too" in out
    assert definition()["pull"]["credentials"] == {"bearer": {}}


def test_a_known_api_is_found_by_its_example(new, tmp_path: Path) -> None:
    _, out, _ = new("--description", "Audit log", *answers.OKTA.arguments(tmp_path))
    assert "this is the API of okta-log: --from okta-log would take its mapping too" in out


def test_a_post_has_its_body(new, run, tmp_path: Path) -> None:
    page = {"items": [EVENT], "cursor": "next-1", "has_more": False}
    data = '{"limit": 1000, "start_time": "2026-01-01T00:00:00Z", "nested": {"end": 1767225600}}'
    status, out, err = new(
        *GIVEN,
        *("--url", "https://api.acme.example/api/v2/events", "--data", data),
        *("--from-answer", write_answer(tmp_path, page)),
    )
    assert (status, err) == (0, "")
    assert (stream()["post"], stream()["resume"]) == ("/events", "time")
    assert stream()["json"] == {
        "cursor": "{cursor}",
        "limit": 1000,
        "start_time": "{from}",
        "nested": {"end": "{to_number(to)}"},
    }
    assert run()[0] == 0
    assert "paging: cursor, cursor has a cursor, also on the last page; has_more ends it" in findings(out)["sure"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "answer.json: has no body; it must be JSON, lines of JSON, or CSV"),
        ("<html>Sign in</html>", "answer.json: it is HTML or XML, such as a page to sign in"),
        (
            "hello",
            "answer.json: it is not JSON: Expecting value at character 0; it must be JSON, lines of JSON, or CSV",
        ),
        ({"data": []}, "answer.json: the list data is empty; capture an answer with at least one event"),
        ([], "answer.json: the list @ is empty; capture an answer with at least one event"),
        ({"error": "no"}, "answer.json: has no list of events; its keys are error; is it the answer to that request?"),
        ([{"id": 1}], "answer.json: no field that all events have is a time; name the one that says when"),
        ("HTTP/1.1 403 Forbidden\nA: b\n\n{}", "answer.json: is an answer with status 403, which has no events"),
        ("HTTP/1.1 200 OK\nno header\n\n{}", "answer.json:2: is no header (Name: value), and no empty line ends"),
    ],
    ids=["nothing", "html", "words", "empty list", "empty answer", "no list", "no time", "an error", "no header"],
)
def test_an_answer_of_no_use_is_said(new, tmp_path: Path, body: Any, said: str) -> None:
    status, _, err = new(*GIVEN, "--url", URL, "--from-answer", write_answer(tmp_path, body))
    assert status == 1
    assert said in err
    assert nothing_is_there()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://api.acme.example/v1/audit", "--url: is http, which would show the credential to whoever listens"),
        (
            "api.acme.example/audit",
            "--url: must be the whole URL of the request, such as https://api.acme.com/v1/audit",
        ),
        ("https://[api/audit", "--url: is no URL; it must be one such as https://api.acme.com/v1/audit"),
        ("https://127.0.0.1/audit?since=2026-01-01T00:00:00Z", "--url: is a loopback address, which is never asked"),
        ("https://api.acme.example/audit", "--url: has no time from which events are asked for"),
    ],
    ids=["http", "no scheme", "no URL", "this machine", "no time"],
)
def test_a_url_of_no_use_is_said(new, tmp_path: Path, url: str, said: str) -> None:
    status, _, err = new(*GIVEN, "--url", url, "--from-answer", write_answer(tmp_path, {"data": [EVENT]}))
    assert status == 1
    assert said in err
    assert nothing_is_there()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "no terminal to ask in: --url and --credentials must be given"),
        (("--url", URL), "no terminal to ask in: --credentials (bearer, api_key, basic, digest, oauth2,"),
        (("--url", URL, "--url", URL, "--credentials", "bearer"), "there are more --url than --from-answer"),
        (("--url", URL, "--credentials", "barer"), "--credentials: barer: must be one of bearer, api_key, basic"),
        (("--url", URL, "--credentials", "api_key"), "--credentials api_key needs --header or --query"),
        (("--url", URL, "--credentials", "oauth2"), "--credentials oauth2 needs --token-url"),
        (("--url", URL, "--credentials", "basic", "--header", "x"), "--header can't be used with --credentials basic"),
        (
            ("--url", URL, "--credentials", "bearer", "--paging", "cursor"),
            "no terminal to ask in: --next must be given",
        ),
        (("--url", URL, "--credentials", "bearer", "--algorithm", "sha1"), "--algorithm can't be used with --pull"),
        (
            ("--url", URL, "--from", "okta-log"),
            "--from-answer can't be used with --from: okta-log defines what is asked",
        ),
        (("--url", URL, "--auth", "hmac"), "--from-answer can't be used with --auth; --credentials says how"),
        (("--url", URL, "--from-request", "x"), "--from-answer can't be used with --from-request, which is of"),
        (("--url", URL, "--credentials", "bearer"), "no terminal to ask in: --description must be given"),
    ],
)
def test_options_that_are_missing_or_contradict_are_said(new, tmp_path: Path, args: tuple[str, ...], said: str) -> None:
    status, _, err = new("--from-answer", write_answer(tmp_path, {"data": [EVENT]}), *args)
    assert status == 2
    assert said in err
    assert nothing_is_there()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--split", "nothing"), "--split: nothing finds no list in"),
        (("--id", "uuid"), "--id: uuid finds nothing in event 1 of"),
        (("--time", "action"), "--time: action finds 'login', which is no time with a zone"),
        (("--data", "{"), "--data: is not JSON"),
        (("--split", "data["), "--split: "),
    ],
)
def test_a_path_that_finds_nothing_is_said(new, tmp_path: Path, args: tuple[str, ...], said: str) -> None:
    status, _, err = new(*GIVEN, "--url", URL, "--from-answer", write_answer(tmp_path, {"data": [EVENT]}), *args)
    assert status == 1
    assert said in err
    assert nothing_is_there()


def test_options_go_before_guesses(new, run, tmp_path: Path) -> None:
    page = {"data": [{**EVENT, "key": "k1", "kind": "x", "when": 1767225600}], "position": "p2"}
    status, _, err = new(
        *GIVEN,
        *("--url", URL, "--from-answer", write_answer(tmp_path, page)),
        *("--id", "key", "--type", "kind", "--time", "when", "--paging", "cursor", "--next", "position"),
        *("--page-parameter", "at", "--resume", "paging"),
    )
    assert (status, err) == (0, "")
    assert definition()["events"] == {
        "split": "data",
        "id": "key",
        "type": "kind",
        "time": "when",
        "time_format": "unix",
    }
    assert (stream()["paging"], stream()["resume"]) == ({"cursor": {"at": "position"}}, "paging")
    assert stream()["query"] == {"since": "{from}", "limit": 100, "at": "{cursor}"}
    assert run()[0] == 0


def test_without_an_answer_it_asks(new) -> None:
    typed = [
        "http://api.acme.example/logs",
        URL,
        "cursor",
        "next[",
        "meta.next",
        "",
        "data",
        "",
        "action",
        "created_at",
        "api_key",
        "Authorization",
        "SSWS",
        "Acme audit events",
    ]
    status, out, err = new("--pull", typed="\n".join([*typed, ""]))
    assert status == 0, err
    assert "Invalid answer: is http, which would show the credential to whoever listens; write https://" in err
    assert "Invalid answer: is no path: " in err
    assert '  link      "The Link header contains the URL of the next page"' in err
    assert "  bearer         Authorization: Bearer TOKEN (most vendors)" in err
    assert definition()["pull"]["credentials"] == {"api_key": {"header": "authorization", "prefix": "SSWS "}}
    assert stream()["query"] == {"since": "{from}", "until": "{to}", "limit": 100, "cursor": "{cursor}"}
    assert stream()["paging"] == {"cursor": {"at": "meta.next"}}
    assert definition()["events"] == {"split": "data", "id": "id", "type": "action", "time": "created_at"}
    assert "s/acme-log/samples/audit.json  add an answer as the vendor sends it; there is none yet" in out


def test_without_an_answer_and_a_terminal_options_say_it_all(new) -> None:
    assert new("--pull", *GIVEN, "--url", URL)[2].endswith(
        "no terminal to ask in: --paging and --split and --id and --time must be given\n"
    )
    status, _, err = new(
        *("--pull", *GIVEN, "--url", URL, "--paging", "page", "--split", "data", "--id", "hash()", "--time", "at")
    )
    assert (status, err) == (0, "")
    assert stream()["paging"] == {"page": {"size": 100}}
    assert stream()["query"]["page"] == "{page}"


def test_a_second_answer_in_another_format_is_refused(new, tmp_path: Path) -> None:
    first, second = write_answer(tmp_path, [EVENT]), write_answer(tmp_path, "a,b\n1,2\n", "second.csv")
    status, _, err = new(*GIVEN, "--url", URL, "--from-answer", first, "--from-answer", second)
    assert status == 1
    assert "second.csv: is csv, and" in err


def test_a_next_url_at_another_host_is_said(new, tmp_path: Path) -> None:
    page = {"data": [EVENT], "next": "https://elsewhere.example/v1/audit?page=2"}
    _, out, _ = new(*GIVEN, "--url", URL, "--from-answer", write_answer(tmp_path, page))
    said = "the next page is at elsewhere.example, which is not asked: the credential goes to the host of --url alone"
    assert said in findings(out)["check"]


def test_a_page_may_say_the_next_page_as_asana_does(new, tmp_path: Path) -> None:
    events = [{key: value for key, value in event.items() if key != "id"} for event in (EVENT, EVENT)]
    events = [{"gid": f"12{number}", **event} for number, event in enumerate(events)]
    url = "https://api.acme.example/v1/audit?offset=c2"
    page = {"data": events, "next_page": {"offset": "c2", "path": "/audit?offset=c2", "uri": url}}
    status, _, _ = new(*GIVEN, "--url", URL, "--from-answer", write_answer(tmp_path, page))
    assert (status, definition()["events"]["id"]) == (0, "gid")
    assert stream()["paging"]["next_url"]["at"] == "next_page.uri"


def next_steps(out: str) -> list[str]:
    return [" ".join(line.split()) for line in out.split("\nnext\n")[1].splitlines()]


def test_the_vendor_is_asked_next_and_gives_a_sample_where_there_is_none(new) -> None:
    given = ("--paging", "none", "--split", "data", "--id", "id", "--type", "action", "--time", "at")
    status, out, _ = new(*GIVEN, *given, "--pull", "--url", URL)
    assert status == 0
    first = "python -m generator try acme-log --record --sources s ask the vendor for a page, and keep it as the sample"
    assert next_steps(out)[0] == first


def test_a_token_that_is_replaced_at_each_use_is_not_tried(new, tmp_path: Path) -> None:
    token_url = ("--credentials", "refresh_token", "--token-url", "https://api.acme.example/token")
    answer = write_answer(tmp_path, {"data": [EVENT]})
    status, out, _ = new(*GIVEN, *token_url, "--url", URL, "--from-answer", answer)
    assert status == 0
    assert not [step for step in next_steps(out) if " try " in step]
    assert "generator try" not in Path("s/acme-log/README.md").read_text(encoding="utf-8")


def test_the_tutorial_shows_what_comes_of_its_answer(new, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "tutorials" / "pull-a-source.md").read_text(encoding="utf-8")
    command, answer, printed = (
        re.search(pattern, page, re.DOTALL)[1]
        for pattern in (
            r"```sh\npython -m generator new acme-log (--description.*?)```",
            r"```json\n(.*?)```",
            r"```\n(answer .*?)```",
        )
    )
    *options, file = shlex.split(command.replace("\\\n", " "))
    assert file == "page1.http"
    status, out, err = new(*options, write_answer(tmp_path, answer, file))
    assert (status, err) == (0, "")
    assert out.startswith(printed)


def test_a_source_may_extend_one_that_is_pulled(new) -> None:
    status, out, err = new("--from", "okta-log", "--description", "Okta of the European company")
    assert (status, err) == (0, "")
    assert "asks     https://${OktaDomain}/api/v1 every minute" in out
    assert "python -m generator verify" not in out
    readme = Path("s/acme-log/README.md").read_text(encoding="utf-8")
    assert "1. Store its secret: `python -m generator secret acme-log`.\n" in readme
    assert "deploy acme-log --parameter OktaDomain=VALUE`, then `python -m generator status acme-log`." in readme


def test_a_source_may_be_a_copy_of_one_that_is_pulled(new) -> None:
    status, out, _ = new("--from", "github-audit", "--copy", "--description", "GitHub audit log of acme")
    assert status == 0
    assert "made     s/acme-log, 7 files" in out
    readme = Path("s/acme-log/README.md").read_text(encoding="utf-8")
    assert "python -m generator try acme-log --parameter OwnerType=orgs" in readme
    assert readme.count("## Reference\n") == 1
    assert readme.endswith(
        "`python -m generator page acme-log` writes a page of what is\nverified, kept and allowed.\n"
    )


def test_readme_has_the_headings_of_bundled_sources(new, tmp_path: Path) -> None:
    answer = write_answer(tmp_path, {"data": [EVENT]})
    assert new(*GIVEN, "--url", URL, "--from-answer", answer)[0] == 0
    readme = Path("s/acme-log/README.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", readme, re.MULTILINE) == [
        "Worth having in a SIEM",
        "What you need",
        "Set it up",
        "What Acme Log does when something fails",
        "Good to know",
        "Reference",
    ]
    assert "2. See a page before you deploy: `python -m generator try acme-log` stores nothing.\n" in readme
    assert "`python -m generator pull acme-log backfill FROM TO` reads what was before.\n" in readme


def test_a_vendors_request_is_none_of_a_pulled_source(new, tmp_path: Path) -> None:
    status, _, err = new("--from", "okta-log", "--from-request", write_answer(tmp_path, "POST / HTTP/1.1\n\n{}"))
    assert status == 2
    assert "--from-request is of a vendor that sends, and okta-log is pulled; use --from-answer" in err
