"""Names and words in a definition that would have MozDef lose its messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.definition.read import load
from generator.errors import DefinitionError
from tests.definitions import SOURCES, make_definition

WEBHOOK = "description: made\nwebhook: {auth: {token: {header: x-token}}}\n"
NEEDS_WHOLE = "zoom_host sets off a plugin of MozDef's that needs the whole event; add mozdef.whole: true"
SEVERITY_KEYS = "ALERT, CRITICAL, DEBUG, EMERGENCY, ERROR, INFO, NOTICE, WARNING, of"
UNUSABLE = "can't be a key of MozDef's details: {}; choose another"
ADDRESS = UNUSABLE.format("a plugin of MozDef's takes an address from it")
PLUGIN = UNUSABLE.format("the word sets off a plugin of MozDef's")
OBJECT = UNUSABLE.format("it is an object in MozDef's index")


def problems(folder: Path, text: str, name: str = "made") -> list[str]:
    with pytest.raises(DefinitionError) as raised:
        make_definition(folder, WEBHOOK + text, name)
    return [f"{problem.key}: {problem.message}" for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("mozdef: {hostname: zoom_host}", f"mozdef.hostname: {NEEDS_WHOLE}"),
        (
            "mozdef: {category: Google}",
            "mozdef.category: Google sets off a plugin of MozDef's, which takes the message; choose another word",
        ),
        (
            "mozdef: {tags: [a, sshd]}",
            "mozdef.tags[1]: sshd sets off a plugin of MozDef's, which takes the message; choose another word",
        ),
        ("mozdef: {tags: [a, Canary]}", "mozdef.tags[1]: Canary says what a message is; choose another word"),
        (
            "facts: {severity: warnin}",
            "facts.severity: warnin is no severity; did you mean WARNING? "
            "(ALERT, CRITICAL, DEBUG, EMERGENCY, ERROR, INFO, NOTICE, WARNING)",
        ),
        (
            "facts: {severity: {of: '{level}', HIGH: bad}}",
            f"facts.severity.HIGH: no such key; did you mean ERROR? ({SEVERITY_KEYS})",
        ),
        (
            "facts: {severity: {of: '{level}', Warning: bad}}",
            f"facts.severity.Warning: no such key; did you mean WARNING? ({SEVERITY_KEYS})",
        ),
        (
            "facts: {outcome: '{result}'}",
            'facts.outcome: must be a word, or {of: "{result}", success: [patterns], …}',
        ),
        ("facts: {outcome: []}", 'facts.outcome: must be a word, or {of: "{path}", success: [patterns], …}'),
        (
            "facts: {outcome: {of: '{result}', success: [ok, 'd*'], failure: [denied, failed]}}",
            "facts.outcome.failure: denied is never reached: d* of success stands before it",
        ),
        (
            "facts: {kind: {of: '{action}', other: '*', data.read: read}}",
            "facts.kind.data.read: read is never reached: * of other stands before it",
        ),
        (
            "facts: {kind: {of: '{action}', data.read: '{reading}'}}",
            "facts.kind.data.read: {reading} is compared as it is written: a pattern has no {path}, only *",
        ),
        (
            "facts: {user: '{actor.first-name}'}",
            'facts.user: actor.first-name is not a path; a name with - in it goes in double quotes: "first-name"',
        ),
        (
            "events: {id: größe}",
            'events.id: größe is not a path; a name with ö in it goes in double quotes: "größe", and in YAML single '
            "quotes around these: '\"größe\"'",
        ),
        (
            "events: {id: a.2fa}",
            'events.id: a.2fa is not a path; a name that begins with a digit goes in double quotes: "2fa"',
        ),
        (
            "events: {time: '@timestamp'}",
            'events.time: @timestamp is not a path; a name with @ in it goes in double quotes: "@timestamp", and in '
            "YAML single quotes around these: '\"@timestamp\"'",
        ),
        ("facts: {extra: {user: a}}", "facts.extra.user: is a fact already: facts.user"),
        (
            "facts: {extra: {oversize: a}}\noutput: ocsf",
            "facts.extra.oversize: is where OCSF's messages say that their event was too large; choose another",
        ),
        ("facts: {extra: {username: a}}", "facts.extra.username: is MozDef's name of a fact already; choose another"),
        (
            "facts: {extra: {fields: a}}",
            f"facts.extra.fields: {UNUSABLE.format('every message has this key')}",
        ),
        (
            f"mozdef: {{details: {{username: a, role: a, {', '.join(f'n{number}: a' for number in range(9))}}}}}",
            "mozdef.details: at most 8 names beside those of facts, and it has 9: all sources share an index of 1,000 "
            "fields",
        ),
        ("mozdef: {details: {src: a}}", f"mozdef.details.src: {ADDRESS}"),
        ("facts: {extra: {network: a}}", f"facts.extra.network: {PLUGIN}"),
        ("facts: {extra: {apiversion: a}}", f"facts.extra.apiversion: {OBJECT}"),
        (
            "facts: {extra: {sourceipgeolocation: a}}",
            f"facts.extra.sourceipgeolocation: {UNUSABLE.format('MozDef stores the place of an address there')}",
        ),
        ("facts: {extra: {cluster_client_ip: a}}", f"facts.extra.cluster_client_ip: {ADDRESS}"),
    ],
)
def test_what_a_message_would_lose_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(tmp_path, text) == [problem]


def test_source_may_not_extend_another_whose_name_its_messages_would_have(tmp_path: Path) -> None:
    (tmp_path / "ldap").mkdir()
    (tmp_path / "ldap" / "source.yml").write_text(WEBHOOK)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "source.yml").write_text("extends: ldap\n")
    with pytest.raises(DefinitionError) as raised:
        load(tmp_path, ["mine"])
    (problem,) = raised.value.problems
    assert (problem.key, problem.line) == ("extends", 1)
    assert problem.message.startswith("ldap sets off a plugin of MozDef's")


def test_word_of_mozdefs_plugin_for_zoom_needs_the_whole_event_where_nobody_wrote_it(tmp_path: Path) -> None:
    assert problems(tmp_path, "", "zoom") == [f"mozdef.whole: {NEEDS_WHOLE}"]
    (tmp_path / "zoom").rename(tmp_path / "other")
    tenant = "extends: zoom\ndescription: Zoom of the European company\n"
    (tmp_path / "zoom").symlink_to(SOURCES / "zoom")
    make_definition(tmp_path, tenant, "zoom-emea")
    (tmp_path / "zoom-emea" / "source.yml").write_text(f"{tenant}mozdef: {{whole: false}}\n")
    with pytest.raises(DefinitionError, match="zoom_host sets off a plugin"):
        load(tmp_path, ["zoom-emea"])
    (tmp_path / "zoom-emea" / "source.yml").write_text(f"{tenant}mozdef: {{whole: false, hostname: emea}}\n")
    assert not load(tmp_path, ["zoom-emea"])[0].source.mozdef.whole


@pytest.mark.parametrize(
    ("name", "fact"),
    [("username", "user"), ("email", "user"), ("sourceipaddress", "source_ip"), ("success", "outcome")],
)
def test_a_name_of_mozdefs_is_taken_for_its_fact(tmp_path: Path, name: str, fact: str) -> None:
    [problem] = problems(tmp_path, f"facts: {{{name}: a}}")
    assert problem.startswith(f"facts.{name}: no such key; did you mean {fact}? (")


def test_a_name_in_quotes_has_a_dash(tmp_path: Path) -> None:
    assert make_definition(tmp_path, WEBHOOK + """facts: {user: '{actor."first-name"}'}""").source.facts.user


@pytest.mark.parametrize(
    ("detail", "now"),
    [
        ("email: '{e}'", "email: is facts.user now; move it there"),
        ("user: '{e}'", "user: is facts.user now; move it there"),
        ("team.name: '{t}'", "team.name: is facts.extra.team_name now; move it there"),
        (
            "success: '{ok}'",
            'success: is facts.outcome now; write there {of: "{ok}", success: [patterns], failure: [patterns]}',
        ),
        (
            "success: {a: b}",
            'success: is facts.outcome now; write there {of: "{path}", success: [patterns], failure: [patterns]}',
        ),
    ],
)
def test_what_a_name_below_details_has_become_builds(tmp_path: Path, detail: str, now: str) -> None:
    moved = "mozdef.severity: is facts.severity now; move it there as it is"
    text = f"mozdef: {{severity: INFO, details: {{{detail}}}}}"
    assert problems(tmp_path, text) == [f"mozdef.details.{now}", moved]
