"""What `facts` find in an event."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambdas.reading.intake import Intake
from lambdas.reading.paths import Functions
from lambdas.shaping.facts import EventFacts, FactFinder, compile_pattern
from tests.definitions import make_definition

WEBHOOK = "description: made\nwebhook: {auth: {token: {header: x-token}}}\n"


def find(folder: Path, facts: str, event: Any, more: str = "") -> EventFacts:
    source = make_definition(folder, f"{WEBHOOK}facts: {facts}\n{more}").source
    return FactFinder(source).find(event, Functions(Intake(event, 0.0), event))


def words(folder: Path, facts: str, event: Any, more: str = "") -> dict[str, str]:
    return find(folder, facts, event, more).words


@pytest.mark.parametrize("value", [None, "", "   ", "\u202e", [], ["a"], {}, {"a": 1}, "[masked]"])
def test_fact_whose_path_finds_nothing_to_write_is_left_out(tmp_path: Path, value: Any) -> None:
    assert words(tmp_path, "{user: '{a}', target: '{a}'}", {"a": value}) == {}


def test_fact_is_left_out_where_any_of_its_paths_finds_nothing(tmp_path: Path) -> None:
    assert words(tmp_path, "{target: '{a}/{b}'}", {"a": "acme"}) == {}
    assert words(tmp_path, "{target: '{a}/{b}'}", {"a": "acme", "b": "web"}) == {"target": "acme/web"}


def test_path_that_cannot_be_applied_finds_nothing_and_keeps_the_event(tmp_path: Path) -> None:
    facts = "{summary: 'by {join(a, b)}', severity: '{join(a, b)}', user: '{join(a, b)}'}"
    found = find(tmp_path, facts, {"a": 1, "b": 2})
    assert (found.summary, found.severity, found.words) == ("by -", "INFO", {})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (5, "5"),
        (0, "0"),
        (1.5, "1.5"),
        ("  ann \n smith\t", "ann   smith"),
        ("a\u202eb\u2066c\u200fd\x00e", "a b c d e"),
        ("例 é", "例 é"),
    ],
)
def test_fact_is_a_line_of_text(tmp_path: Path, value: Any, text: str) -> None:
    assert words(tmp_path, "{user: '{a}'}", {"a": value}) == {"user": text}


def test_summary_shows_a_dash_and_json_where_there_is_no_text(tmp_path: Path) -> None:
    event = {"b": ["x"], "c": False, "d": ""}
    assert find(tmp_path, "{summary: 'by {a}, {d}, {c}: {b}'}", event).summary == 'by -, -, false: ["x"]'
    assert find(tmp_path, "{summary: '{a}'}", {}).summary == "-"


def test_long_text_is_cut(tmp_path: Path) -> None:
    facts = find(tmp_path, "{summary: '{a}', user: '{a}'}", {"a": "é" * 2_000})
    assert facts.summary == facts.words["user"] == "é" * 999 + "…"


@pytest.mark.parametrize(
    ("written", "severity"),
    [
        ("WARNING", "WARNING"),
        ("warn", "WARNING"),
        ("medium", "WARNING"),
        ("fatal", "CRITICAL"),
        ("High", "ERROR"),
        ("low", "NOTICE"),
        ("debug", "DEBUG"),
        ("who knows", "INFO"),
        (None, "INFO"),
        (5, "INFO"),
    ],
)
def test_severity_is_syslogs_word(tmp_path: Path, written: Any, severity: str) -> None:
    assert find(tmp_path, "{severity: '{a}'}", {"a": written}).severity == severity


@pytest.mark.parametrize(
    ("event", "severity"),
    [
        ({"action": "role.granted"}, "WARNING"),
        ({"action": "user.delete.failed"}, "NOTICE"),
        ({"action": "role.grant.failed"}, "WARNING"),
        ({"action": "high"}, "ERROR"),
        ({"action": "page.viewed"}, "INFO"),
        ({}, "INFO"),
    ],
)
def test_first_pattern_that_matches_is_the_severity_else_the_text_itself(
    tmp_path: Path, event: Any, severity: str
) -> None:
    facts = "{severity: {of: '{action}', WARNING: ['role.*', sso.disabled], NOTICE: '*.failed'}}"
    assert find(tmp_path, facts, event).severity == severity


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:DB8::0:7", "2001:db8::7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("fe80::1%eth0", None),
        ("192.0.2.7:443", "192.0.2.7"),
        ("[2001:DB8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("192.0.2.7:", None),
        ("192.0.2.7.1:443", None),
        ("[example.com]:443", None),
        ("private", None),
        (3_221_225_991, None),
    ],
)
@pytest.mark.parametrize("fact", ["source_ip", "destinationipaddress"])
def test_address_is_an_address_or_left_out(tmp_path: Path, fact: str, written: Any, address: str | None) -> None:
    text = "{source_ip: '{a}', extra: {destinationipaddress: '{a}'}}"
    found = find(tmp_path, text, {"a": written})
    assert {**found.words, **found.extra}.get(fact) == address


@pytest.mark.parametrize(
    ("written", "is_url"),
    [
        ("https://example.com/a?b#c", True),
        ("https://example.com", True),
        ("http://example.com/", False),
        ("javascript:alert(1)", False),
        ("https://ann:secret@example.com/", False),
        ("https://example.com/a b", False),
        ("https://example.com/" + "a" * 1_000, False),
    ],
)
def test_url_is_a_whole_https_url_or_left_out(tmp_path: Path, written: str, is_url: bool) -> None:
    assert words(tmp_path, "{url: '{a}'}", {"a": written}) == ({"url": written} if is_url else {})


def test_action_is_the_type_of_the_event_unless_it_has_its_own_text(tmp_path: Path) -> None:
    events = "events: {type: type}\n"
    assert words(tmp_path, "{}", {"type": "user.created"}, events) == {"action": "user.created"}
    assert words(tmp_path, "{action: '{name}'}", {"type": "t", "name": "Log in"}, events) == {"action": "Log in"}


KIND = """{kind: {of: '{type}', authentication.start: [login, 'sso.*.login'], account.create: user.created,
    configuration.change: ['*.changed', '*.ended'], authentication.end: 'session.*', other: '*.x'}}"""


@pytest.mark.parametrize(
    ("kind_of_event", "kind"),
    [
        ("login", "authentication.start"),
        ("sso.saml.login", "authentication.start"),
        ("sso.login", None),
        ("LOGIN", None),
        ("user.created", "account.create"),
        ("session.ended", "configuration.change"),
        ("session.left", "authentication.end"),
        ("axx", None),
        ("a.x", "other"),
        ("", None),
    ],
)
def test_kind_is_the_word_whose_pattern_matches_first(tmp_path: Path, kind_of_event: str, kind: str | None) -> None:
    assert words(tmp_path, KIND, {"type": kind_of_event}) == ({"kind": kind} if kind else {})


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("*", "", True),
        ("**", "a", True),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("a*b*c", "abbcc", True),
        ("a*b*c", "acb", False),
        ("*a*b", "b a", False),
        ("*.x", "a.x", True),
        ("*.x", "a-x", False),
        ("a.*", "a.", True),
        ("*ab*ab*", "aab aab", True),
        ("*ab*ab*", "aab a b", False),
    ],
)
def test_star_stands_for_any_characters(pattern: str, text: str, matches: bool) -> None:
    assert bool(compile_pattern(pattern).fullmatch(text)) is matches


def test_no_text_takes_long_to_match(tmp_path: Path) -> None:
    # Where each star tried each place, four of them would take an hour.
    texts = "{kind: {of: '{a}', data.read: ['*a*a*a*a*b']}}"
    assert words(tmp_path, texts, {"a": "a" * 1_000}) == {}


def test_kind_may_be_a_word_for_all_events(tmp_path: Path) -> None:
    assert words(tmp_path, "{kind: data.change}", {}) == {"kind": "data.change"}


@pytest.mark.parametrize(("result", "outcome"), [("SUCCESS", "success"), ("DENY", "failure"), ("CHALLENGE", None)])
def test_outcome_is_success_or_failure(tmp_path: Path, result: str, outcome: str | None) -> None:
    facts = "{outcome: {of: '{result}', success: [SUCCESS, ALLOW], failure: [FAILURE, DENY]}}"
    assert words(tmp_path, facts, {"result": result}) == ({"outcome": outcome} if outcome else {})
