"""Definitions of sources that are pulled: what each key becomes, and every mistake that is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from generator.definition.path_roots import root_names
from generator.definition.window_checks import format_mistake, format_unit
from generator.errors import DefinitionError
from lambdas.model_pull import ErrorAction, Pull, Window
from tests.definitions import ROOT, make_definition
from tests.pulled_definitions import ACME, EVERYTHING, WRONG, Wrong


def pull_of(folder: Path, text: str) -> Pull:
    pull = make_definition(folder, text).source.pull
    assert pull is not None
    return pull


def problems_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(DefinitionError) as raised:
        make_definition(folder, text)
    return [line.partition("source.yml:")[2] for line in str(raised.value).splitlines()]


def test_every_key_is_read(tmp_path: Path) -> None:
    pull = pull_of(tmp_path, EVERYTHING)
    activities, feed, files = (pull.streams[name] for name in ("activities", "feed", "files"))
    assert (pull.every, pull.rate.requests, pull.rate.per) == (600, 100, 300)
    assert activities.query == {
        "since": "{from}",
        "range": ("{from}", "{to}"),
        "exact": "true",
        "page": "{cursor}",
    }
    assert activities.for_ == {"application": ("admin", "login", "Audit.General")}
    assert feed.then is not None
    assert (feed.then.post, feed.then.json) == ("/feed/continue", {"cursor": "{cursor}"})
    assert files.each is not None
    assert (files.each.format, files.events.id, files.paging.settings) == (
        "csv",
        "hash()",
        files.paging.style.Settings(),
    )


def test_what_holds_for_all_streams_lies_beneath_each(tmp_path: Path) -> None:
    streams = pull_of(tmp_path, EVERYTHING).streams
    shared = Window(172_800, 60, 3_600, 43_200, 7_776_000, 259_200)
    assert streams["graph"].window == shared
    assert streams["activities"].window.format == "unix"
    assert streams["activities"].window.longest == shared.longest
    assert (streams["feed"].events.split, streams["feed"].events.type) == ("feed.entries", "action")


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.description)
def test_a_mistake_is_said_with_its_line_and_what_would_be_right(wrong: Wrong, tmp_path: Path) -> None:
    assert problems_of(tmp_path, wrong.text) == wrong.messages


def test_a_mistake_for_all_streams_is_said_once(tmp_path: Path) -> None:
    text = ACME.replace("  streams:", "  window:\n    again: 90d\n    frist: 1d\n  streams:")
    text = text.replace(
        "events: {split", "    other: {get: /b, paging: none, resume: time}\nevents:\n  {splt: a, split"
    )
    assert [line.partition(";")[0] for line in problems_of(tmp_path, text)] == [
        "9: pull.window.frist: no such key",
        "19: events.splt: no such key",
    ]
    text = (
        text.replace("    frist: 1d\n", "    retention: 1d\n").replace("splt: a, ", "").replace("retention: 30d}", "}")
    )
    text = text.replace("longest: 7d", "longest: 1d").replace("resume: time}", "resume: time, query: {a: '{from}'}}")
    assert problems_of(tmp_path, text) == [
        "8: pull.window.again: must be at most `retention`, 1d: the vendor has nothing older"
    ]


@pytest.mark.parametrize("status", [202, 204])
def test_an_answer_without_content_may_have_a_rule_of_its_own(tmp_path: Path, status: int) -> None:
    rule = f"  every: 5m\n  errors: [{{status: {status}, do: empty}}]\n"
    assert pull_of(tmp_path, ACME.replace("  every: 5m\n", rule)).errors[0].status == status


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("yes", 'must be text; yes is true or false in YAML; put it in quotes, "yes"'),
        ("010", 'must be text; 010 is a number in YAML; put it in quotes, "010"'),
        ("1.5", 'must be text; 1.5 is a number with a fraction in YAML; put it in quotes, "1.5"'),
        ("2026-01-01", 'must be text; 2026-01-01 is a date in YAML; put it in quotes, "2026-01-01"'),
    ],
)
def test_a_value_of_a_query_that_yaml_means_otherwise_is_refused(value: str, said: str, tmp_path: Path) -> None:
    text = ACME.replace("limit: 100", f"limit: {value}")
    assert problems_of(tmp_path, text) == [f"10: pull.streams.audit.query.limit: {said}"]


@pytest.mark.parametrize("key", ["drop: a == 'b'", 'facts: {summary: "{stream()}"}', 'facts: {user: "{parent().a}"}'])
def test_what_only_pulled_sources_have_is_refused_in_others(key: str, tmp_path: Path) -> None:
    text = f"description: a\nwebhook: {{auth: {{token: {{header: x-t}}}}}}\nevents: {{id: id}}\n{key}\n"
    (problem,) = problems_of(tmp_path, text)
    assert "is for sources that are pulled" in problem
    (problem,) = problems_of(tmp_path, text.replace(key, "").replace("id: id", "id: hash()"))
    assert problem == "3: events.id: hash() is for sources that are pulled; remove it from the path"


def test_a_definition_that_extends_another_changes_keys_of_its_streams(tmp_path: Path) -> None:
    make_definition(tmp_path, ACME)
    text = "extends: made\ndescription: ours\npull: {streams: {audit: {window: {lag: 5m}}}}\n"
    tenant = make_definition(tmp_path, text, "tenant").source.pull
    assert tenant is not None
    assert (tenant.streams["audit"].window.lag, tenant.streams["audit"].window.overlap) == (300, 1_800)


def test_a_log_may_extend_the_webhook_of_its_vendor(tmp_path: Path) -> None:
    webhook = (
        "description: a\nwebhook: {auth: {token: {header: x-t}}}\nevents: {format: [json], payload: null, id: id}\n"
    )
    make_definition(tmp_path, f"{webhook}vendor: {{docs: https://acme.example, deadline: 3}}\ndedupe: {{}}\n")
    source = make_definition(tmp_path, f"extends: made\n{ACME}", "log").source
    assert (source.webhook, source.dedupe, source.pull is not None) == (None, None, True)


def test_what_only_a_webhook_has_is_refused_also_where_the_rest_is_from_the_source_that_is_extended(
    tmp_path: Path,
) -> None:
    make_definition(tmp_path, ACME)
    text = (
        "extends: made\ndescription: ours\ndedupe: {}\n"
        "vendor: {docs: https://acme.example, deadline: 3, retries: often, secret: issued}\n"
        "events: {time_optional: true}\n"
    )
    with pytest.raises(DefinitionError) as raised:
        make_definition(tmp_path, text, "tenant")
    assert [line.partition("source.yml:")[2] for line in str(raised.value).splitlines()] == [
        "3: dedupe: is always on for a source that is pulled; leave it out",
        "4: vendor.deadline: is of a vendor that waits for a reply; leave it out",
        "4: vendor.retries: is of a vendor that sends; leave it out",
        "4: vendor.secret: is of a webhook; leave it out",
        "5: events.time_optional: would give an old event the time of now; leave it out",
    ]


def test_other_credentials_and_paging_replace_those_that_are_extended(tmp_path: Path) -> None:
    make_definition(tmp_path, ACME)
    text = (
        "extends: made\ndescription: ours\n"
        "pull:\n  credentials: {basic: {}}\n  streams: {audit: {paging: {page: {while: more}}, "
        'query: {since: "{from}", after: null, page: "{page}"}}}\n'
    )
    with pytest.raises(DefinitionError, match="after"):
        make_definition(tmp_path, text, "tenant")
    pull = make_definition(tmp_path, text.replace("after: null", 'after: "{page}"'), "tenant").source.pull
    assert pull is not None
    assert pull.credentials.type.__name__.endswith(".basic")
    assert pull.streams["audit"].paging.style.__name__.endswith(".page")


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("a.b.c", {"a"}),
        ("a || b", {"a", "b"}),
        ("join('/', [a.x, b])", {"a", "b"}),
        ("items[?kind == 'x'].name | [0]", {"items"}),
        ("{x: a, y: b.c}", {"a", "b"}),
        ("sort_by(items, &at)[-1]", {"items"}),
        ("[0].id", {"@"}),
        ("parent().id", set()),
        ("'x'", set()),
    ],
)
def test_the_names_that_a_path_reads_first(path: str, names: set[str]) -> None:
    assert root_names(path) == names


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("date", 86_400), ("unix_ms", 1), ("%Y-%m-%d", 86_400), ("%Y%j%H", 3_600), ("%F %H:%M", 60), ("%FT%T.000Z", 1)],
)
def test_the_smallest_step_of_a_format(text: str, seconds: int) -> None:
    assert (format_mistake(text), format_unit(text)) == ("", seconds)


def test_the_definition_of_the_chapter_is_valid(tmp_path: Path) -> None:
    pages = ROOT / "docs" / "reference" / "pull"
    chapter, errors = ((pages / name).read_text(encoding="utf-8") for name in ("index.md", "errors.md"))
    (example,) = re.findall(r"```yaml\n(# sources/acme-log.*?)```", chapter, re.DOTALL)
    assert set(pull_of(tmp_path, example).streams) == {"audit"}
    table = errors.partition("| `do` | what happens |")[2].partition("\n\n")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == get_args(ErrorAction)
