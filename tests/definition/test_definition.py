"""What a definition may say, and what is said of one that does not."""

from __future__ import annotations

import py_compile
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from generator.definition import own_code
from generator.definition.auth_types import auth_types
from generator.definition.read import load
from generator.errors import DefinitionError, GeneratorError
from generator.templates import event_source
from lambdas.model import Source
from tests.definitions import ROOT, SOURCES, make_definition

TYPES = ", ".join(auth_types())
PIECES = (
    "{body}, {timestamp}, {id}, {method}, {url}, {endpoint}, {path}, {query_sorted}, {query_sorted('.')}, {secret}, "
    "{headers}, {header_names}, {form_sorted}, {body_sha256}, {body_sha256_base64}, {body_sha256_base64url}, "
    "{body_crc32}, {url_sha256}, {header('x')}, {query('x')}, {form('x')}"
)
TOKEN = """
    description: made
    webhook: {auth: {token: {header: x-token}}}
"""


@pytest.fixture
def problems_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What is said of a definition, line by line, as seen from its folder's parent."""
    monkeypatch.chdir(tmp_path)

    def problems(text: str) -> list[str]:
        with pytest.raises(DefinitionError) as raised:
            make_definition(Path.cwd(), text)
        return [line.removeprefix("made/source.yml:") for line in str(raised.value).splitlines()]

    return problems


def test_all_mistakes_are_reported_at_once_with_line_key_and_correction(problems_of) -> None:
    assert problems_of("""\
        descripton: Zoom
        webhook:
          auth:
            hmac:
              signature: {header: x-zm-signature, prefix: 5}
              signed: "v0:{timestam}:{body}"
          challenges:
            - wen: a
          concurrency: "3"
        events:
          require: event
          time_format: unixms
        facts:
          summary: {event}
    """) == [
        "1: description: is missing",
        "1: descripton: no such key; did you mean description? "
        "(archive, dedupe, delivery, description, drop, events, extends, facts, hardening, mozdef, output, "
        "parameters, pipeline, pull, vendor, webhook)",
        '5: webhook.auth.hmac.signature.prefix: must be text; 5 is a number in YAML; put it in quotes, "5"',
        f"6: webhook.auth.hmac.signed: {{timestam}} is not a piece of a request; there are {PIECES}",
        "8: webhook.challenges[0].reply: is missing",
        "8: webhook.challenges[0].wen: no such key; did you mean when? "
        "(auth, confirm, inputs, method, reply, store_secret, unauthenticated, when)",
        "8: webhook.challenges[0].when: is missing",
        "9: webhook.concurrency: must be a whole number, and is text",
        "11: events.require: must be a list, such as [a, b], and is text",
        "12: events.time_format: must be one of rfc3339, unix, unix_ms, http_date; did you mean unix_ms?",
        '14: facts.summary: is a mapping in YAML; text that starts with { goes in quotes: "{…}"',
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("description: a\nwebhook:\n\tauth: x", "3: has a tab; indent with spaces (YAML: found character '\\t'"),
        ("description: @x", "1: text that starts with @ goes in quotes (YAML: found character '@'"),
        (
            "description: a: b",
            '1: text with ": " in it goes in quotes; or this line is indented deeper than its neighbors',
        ),
        ("a:\n    b: 1\n  c: 2", "3: this line is indented differently from its neighbors (YAML: "),
        ("description: x\nwebhook {a: b}", "2: webhook {a: a colon and a space go between a key and its value"),
        ("description: x\nwebhook:{a: b}", "2: webhook:{a: a colon and a space go between a key and its value"),
        ("description:\nwebhook: {auth: {token: {header: x}}}", "1: description: must be text, and is empty"),
        ("description: {a} b", '1: text that starts with { or a quote goes in quotes as a whole: "{…} …" (YAML:'),
        ('description: "a', "1: a quote is never closed (YAML: found unexpected end of stream)"),
        ("a: &x [1]\nb: *x", "1: b: anchors and aliases (& and *) are not supported; write the value out"),
        (
            "a:\n  *: x",
            '2: a key or a text that starts with * or & goes in quotes: "*" (YAML: expected alphabetic or numeric',
        ),
        ("a: *x", "1: text that starts with * goes in quotes (YAML: found undefined alias 'x')"),
        ("a: 1\nb: 2\na: 3", "3: a: appears twice; the first is in line 1"),
        (
            "- a",
            "1: must have keys (description, webhook, pull, extends, parameters, events, facts, output, mozdef, drop, "
            "dedupe, archive, delivery, pipeline, hardening, vendor), and is a list",
        ),
        ("", " is empty; it needs at least description, and webhook or pull"),
    ],
)
def test_slips_in_yaml_get_a_hint(problems_of, text: str, line: str) -> None:
    assert [problem for problem in problems_of(text) if problem.startswith(line)]


def challenge(when: str, reply: str = "{text: x}", more: str = "") -> str:
    return f"""\
        description: made
        webhook:
          auth: {{token: {{header: x-token}}}}
          challenges:
            - when: {when}
              reply: {reply}
              {more}
    """


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            challenge("a == b.c"),
            ["5: webhook.challenges[0].when: a == b.c compares two paths; text goes in single quotes: 'b.c'"],
        ),
        (
            challenge('a == "b"'),
            ["5: webhook.challenges[0].when: a == \"b\" compares two paths; text goes in single quotes: 'b'"],
        ),
        (
            challenge("a == 5"),
            ["5: webhook.challenges[0].when: a == 5 is not a path; a number goes in backticks: `5`"],
        ),
        (
            challenge("a == true && b"),
            [
                "5: webhook.challenges[0].when: a == true && b compares with a path; true goes in backticks: `true`",
            ],
        ),
        (
            challenge('"!data.item.x"'),
            [
                "5: webhook.challenges[0].when: !data.item.x finds nothing, since ! negates the first name alone; "
                "put what it negates in brackets: !(data.item.x)"
            ],
        ),
        (
            challenge('"!items[]"'),
            [
                "5: webhook.challenges[0].when: !items[] finds nothing, since ! negates the first name alone; "
                "put what it negates in brackets: !(a.b)"
            ],
        ),
        (
            challenge("a = 'b'"),
            ["5: webhook.challenges[0].when: a = 'b' is not a path; compare with =="],
        ),
        (
            challenge("hedaer('x')"),
            ["5: webhook.challenges[0].when: hedaer('x') calls hedaer(), which does not exist; did you mean header()?"],
        ),
        (
            challenge("hmac_hex(a)"),
            ["5: webhook.challenges[0].when: hmac_hex() works in replies only"],
        ),
        (
            challenge("a", "{json: {a: 1}, text: x, status: 302}"),
            [
                "6: webhook.challenges[0].reply.status: must be 200 to 299",
                "6: webhook.challenges[0].reply.text: can't stand beside `json`, since a reply has one body; "
                "leave one out",
            ],
        ),
        (
            challenge("a", "{text: '{a'}"),
            ["6: webhook.challenges[0].reply.text: the { at character 1 is never closed"],
        ),
        (
            challenge("a", "{text: '{hmac_hex(a)}'}", "inputs: {reason: base64, also: '+:{'}"),
            [
                "7: webhook.challenges[0].inputs.also: must not have : {: "
                "with it an answer could be the signature of an event"
            ],
        ),
    ],
)
def test_challenges_with_a_mistake_are_refused(problems_of, text: str, lines: list[str]) -> None:
    assert problems_of(text) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("description: ' '", ["1: description: must say in 1 to 200 characters what events these are"]),
        (
            "description: made\nevents: {time_format: unix, id: hmac_hex(a), require: [sha256_hex(a)]}",
            [
                "2: events.id: hmac_hex() works in replies only",
                "2: events.require[0]: sha256_hex() works in replies only",
                "2: events.time_format: has no effect without `events.time`; add that, or leave this out",
            ],
        ),
        (
            "description: made\nmozdef: {tags: ['{hmac_base64(a)}'], details: {x: '{hmac_hex(a)}'}}",
            [
                "2: mozdef.details.x: hmac_hex() works in replies only",
                "2: mozdef.tags[0]: hmac_base64() works in replies only",
            ],
        ),
        ("description: made\nmozdef: {details: [a]}", ["2: mozdef.details: must have keys, and is a list"]),
        (
            "description: made\nevents: {require: [5]}",
            ['2: events.require[0]: must be text; 5 is a number in YAML; put it in quotes, "5"'],
        ),
        ("description: made\nevents: {id: [a]}", ["2: events.id: must be text, and is a list"]),
        (
            "description: made\nevents: {id: 'a.', type: a b, time: '', split: \"x['a\"}",
            [
                "2: events.id: a. is not a path: it ends too early",
                "2: events.split: x['a is not a path: the ' at character 3 is never closed",
                "2: events.time: is empty; write a path, or leave the key out",
                "2: events.type: a b is not a path: b at character 3 is out of place",
            ],
        ),
    ],
)
def test_mistakes_between_keys_are_reported(problems_of, text: str, lines: list[str]) -> None:
    assert problems_of(f"{text}\nwebhook: {{auth: {{token: {{header: x-token}}}}}}") == lines


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("concurrency: 0", "webhook.concurrency: must be 1 to 1000, or null to reserve none"),
        ("throttle: {rate: 0}", "webhook.throttle.rate: must be 1 to 10,000, the limit of an AWS account"),
        ("throttle: {rate: 10001}", "webhook.throttle.rate: must be 1 to 10,000, the limit of an AWS account"),
        ("throttle: {burst: 5001}", "webhook.throttle.burst: must be 1 to 5,000, the limit of an AWS account"),
        (
            "throttle: {burst: 19}",
            "webhook.throttle.burst: must be at least `concurrency`, 20; else requests are answered 429 while there is "
            "room for them, and some vendors never send those again",
        ),
        ("throttle: 5", "webhook.throttle: must have keys (rate, burst), and is a number"),
        (
            "path: events",
            "webhook.path: must be a path such as /events: "
            "slashes, letters, digits and . _ ~ -, at most 100 characters",
        ),
        ("challenges: {when: a}", "webhook.challenges: must be a list, such as [a, b], and is a mapping"),
        (
            "challenges: [a]",
            "webhook.challenges[0]: must have keys "
            "(when, reply, method, unauthenticated, auth, inputs, store_secret, confirm), and is text",
        ),
        (
            "challenges: [{when: a, reply: {headers: {'a b': x}}}]",
            "webhook.challenges[0].reply.headers.a b: must be the name of a header, such as x-signature",
        ),
        (
            "challenges: [{when: a, reply: {status: 204, text: x}}]",
            "webhook.challenges[0].reply.status: 204 has no body; use 200",
        ),
        (
            "challenges: [{when: '@', unauthenticated: true, reply: {}}]",
            "webhook.challenges[0].when: matches every request, so none would become an event; compare a field",
        ),
        (
            "challenges: [{when: a, reply: {text: '{hmac_hex(a)}'}, inputs: {reason: ' '}}]",
            "webhook.challenges[0].inputs.reason: is empty; say why the vendor's challenge needs it",
        ),
        (
            "challenges: [{when: a, reply: {text: '{hmac_hex(a)}'}, inputs: {reason: x, length: 9999}}]",
            "webhook.challenges[0].inputs.length: must be 1 to 1024",
        ),
        (
            "challenges: [{when: a, reply: {text: x}, inputs: {reason: x}}]",
            "webhook.challenges[0].inputs: has no effect, since the reply signs nothing; leave it out",
        ),
    ],
)
def test_mistakes_in_a_webhook_are_reported(problems_of, more: str, line: str) -> None:
    text = f"description: made\nwebhook:\n  auth: {{token: {{header: x-token}}}}\n  {more}"
    assert problems_of(text) == [f"4: {line}"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "facts: {summary: '{root(a)}'}",
            "facts.summary: root(a): root() takes text in single quotes, such as root('x')",
        ),
        (
            "facts: {summary: '{header(a)}'}",
            "facts.summary: header(a): header() takes text in single quotes, such as",
        ),
        ("facts: {summary: \"{root('a b')}\"}", "facts.summary: a b is not a path: b at character 3 is out of place"),
        ("facts: {summary: \"{root('hmac_hex(a)')}\"}", "facts.summary: hmac_hex() can't stand inside root()"),
        (
            "facts: {summary: '{&a}'}",
            "facts.summary: &a has &, which is allowed only in a function such as sort_by()",
        ),
        (
            "facts: {summary: \"{header('X-Token')}\"}",
            "facts.summary: would show the credential, which is in x-token",
        ),
        ('events: {id: "a[99999"}', "events.id: a[99999 is not a path: it ends too early"),
        (f"events: {{id: {'a' * 4001}}}", "events.id: has 4,001 characters; a path has at most 4,000"),
        ("facts: {summary: !secret x}", "facts.summary: the tag !secret is not supported; leave it out"),
        ("? [a]\n: b", "a key is plain text; text with braces or brackets goes in quotes"),
        (
            "facts: {summary: '{root(`\"hmac\\u005fhex(a)\"`)}'}",
            "facts.summary: hmac_hex() can't stand inside root()",
        ),
        ("events: {split: \"[{a: header('x-token')}]\"}", "events.split: would show the credential, which is in"),
        ("extends: [zoom]", "extends: must be the name of another source"),
        ("extends: ../../etc", "extends: must be the name of another source"),
        (f"events: {{id: {'[' * 60}a{']' * 60}}}", "is nested deeper than 50"),
    ],
)
def test_harmful_value_in_a_definition_is_refused(problems_of, text: str, line: str) -> None:
    lines = problems_of(f"description: made\nwebhook: {{auth: {{token: {{header: x-token}}}}}}\n{text}")
    assert [problem for problem in lines if problem.startswith(f"3: {line}")], lines


@pytest.mark.parametrize(
    "value", [".nan", ".inf", "2026-01-01", "!!int x", "1.0e+999", "!!timestamp foo", '!!float ""', "9" * 30]
)
def test_reply_holds_only_json_values(problems_of, value: str) -> None:
    (line,) = problems_of(challenge("a", f"{{json: {{a: {value}}}}}"))
    assert line.startswith("6: webhook.challenges[0].reply.json.a: ")


def test_binary_definition_is_reported(tmp_path: Path) -> None:
    make_definition(tmp_path, TOKEN)
    (tmp_path / "made" / "source.yml").write_bytes(b"\xff\xfe")
    with pytest.raises(DefinitionError) as raised:
        load(tmp_path, ["made"])
    assert str(raised.value) == f"{tmp_path}/made/source.yml: is not UTF-8 text"


def hmac(settings: str) -> str:
    return f"""\
        description: made
        webhook:
          auth:
            hmac: {{signature: {{header: x-signature}}, {settings}}}
    """


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ("signed: '{method}'", "signed: does not cover the body, so anyone could change it; it must have {body}"),
        ("signed: '{timestamp}{body}'", "signed: has {timestamp}, but no key `timestamp` says which header that is"),
        ("signed: '{id}{body}'", "signed: has {id}, but no key `id` says which header that is"),
        (
            "timestamp: {header: x-time}",
            "timestamp: is not part of what is signed, so its window stops no replay; "
            "take it out, or add {timestamp} to `signed`",
        ),
        ("signed: '{body'", "signed: the {body is never closed"),
    ],
)
def test_holes_in_a_signature_are_refused(problems_of, settings: str, line: str) -> None:
    assert problems_of(hmac(settings)) == [f"4: webhook.auth.hmac.{line}"]


def test_a_split_without_a_prefix_is_refused(problems_of) -> None:
    text = hmac("").replace("{header: x-signature}", "{header: x-signature, split: ','}")
    assert problems_of(text) == [
        "4: webhook.auth.hmac.signature.split: needs `prefix` or `part`, or parts of other kinds would be taken for "
        "signatures"
    ]


def test_apparent_secret_is_refused_and_not_repeated(problems_of) -> None:
    value = "8f742231b10e8888abcd99yyyzzz85a5"
    (line,) = problems_of(hmac(f"secret: {value}"))
    assert line == (
        "4: webhook.auth.hmac.secret: must be the name of a parameter, such as auth_token, never the secret itself; "
        "if this is a secret, take it out of the file, and put it into Parameter Store"
    )
    assert value not in line


@pytest.mark.parametrize(
    ("auth", "line"),
    [
        ("{hmca: {}}", f"3: webhook.auth.hmca: no such auth type; did you mean hmac? ({TYPES})"),
        ("{}", f"3: webhook.auth: must have a type: one of {TYPES}"),
        (
            "{hmac: {}, signature: {}}",
            f"3: webhook.auth: must have exactly one type: one of {TYPES}; it has hmac and signature, "
            "so one may be indented too little",
        ),
    ],
)
def test_exactly_one_known_auth_type(problems_of, auth: str, line: str) -> None:
    assert problems_of(f"description: made\nwebhook:\n  auth: {auth}") == [line]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Zoom", "a source's name has lower-case letters, digits and single dashes, and starts with a letter"),
        ("a" * 21, "a source's name has at most 20 characters, and this has 21"),
        ("zoom-pipeline", "a source's name can't have pipeline as a part: the stacks of pipelines have it"),
        (
            "zoom-dev",
            "dev is an environment, which --env chooses: a source's name can't have it as a later part",
        ),
        (
            "zoom-prod2-emea",
            "prod2 is an environment, which --env chooses: a source's name can't have it as a later part",
        ),
    ],
)
def test_names_fit_aws(tmp_path: Path, name: str, line: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        make_definition(tmp_path, TOKEN, name)
    assert str(raised.value).endswith(f"{name}/source.yml: {line}")


def test_a_source_is_not_named_like_a_command(tmp_path: Path) -> None:
    make_definition(tmp_path, TOKEN, "send")
    with pytest.raises(DefinitionError, match="send is a command, so no source can have this name"):
        load(tmp_path, ["send"], reserved=["send"])


def test_an_unknown_source_gets_the_nearest_known_ones(tmp_path: Path) -> None:
    for name in ("okta", "linear"):
        make_definition(tmp_path, TOKEN, name)
    (tmp_path / "slack").mkdir()
    for name, message in (
        ("lineal", f"no source lineal in {tmp_path}, nor among those that are shipped; did you mean linear?"),
        (
            "qqqq",
            f"no source qqqq in {tmp_path}, nor among those that are shipped; "
            f"to see all: python -m generator list --sources {tmp_path}",
        ),
        ("slack", f"{tmp_path}/slack: has no source.yml"),
    ):
        with pytest.raises(GeneratorError) as raised:
            load(tmp_path, [name])
        assert str(raised.value) == message


def test_a_name_that_is_inherited_can_be_taken_back(tmp_path: Path) -> None:
    make_definition(
        tmp_path,
        "description: base\nwebhook: {auth: {token: {header: x}}, concurrency: 5}\n"
        "facts: {user: '{a}', extra: {one: '{b}', two: '{c}'}, kind: {of: '{d}', account.lock: x, other: '*'}}",
        "base",
    )
    taken = "facts: {user: null, extra: {one: null}, kind: {account.lock: null}}\nwebhook: {concurrency: null}"
    source = make_definition(tmp_path, f"extends: base\n{taken}").source
    assert (source.facts.user, source.facts.extra, source.facts.kind.words) == (None, {"two": "{c}"}, {"other": ("*",)})
    assert source.webhook.concurrency is None


def test_patterns_of_a_text_of_its_own_replace_those_of_the_base(tmp_path: Path) -> None:
    make_definition(
        tmp_path,
        "description: base\nwebhook: {auth: {token: {header: x}}}\n"
        "facts: {kind: {of: '{a}', account.lock: x, other: '*'}, outcome: {of: '{a}', success: ok}}",
        "base",
    )
    own = "facts: {kind: {of: '{b}', data.read: x}, outcome: {failure: bad}}"
    facts = make_definition(tmp_path, f"extends: base\n{own}").source.facts
    assert (facts.kind.of, facts.kind.words) == ("{b}", {"data.read": ("x",)})
    assert (facts.outcome.of, facts.outcome.words) == ("{a}", {"success": ("ok",), "failure": ("bad",)})


def test_a_second_tenant_extends_the_first(tmp_path: Path) -> None:
    tenant = make_definition(
        tmp_path,
        """\
        extends: zoom
        description: The other company's Zoom
        webhook:
          auth:
            hmac:
              secret: other_token
        """,
        "zoom-other",
    )
    zoom = load(SOURCES, ["zoom"])[0].source
    assert tenant.source.description == "The other company's Zoom"
    assert tenant.source.endpoint.auth.settings.secret == "other_token"
    assert tenant.source.endpoint.auth.settings.signed == zoom.webhook.auth.settings.signed
    assert (tenant.source.endpoint.challenges, tenant.source.events) == (zoom.webhook.challenges, zoom.events)
    assert tenant.find("samples") == SOURCES / "zoom" / "samples"


def test_an_extension_may_take_another_auth_type(tmp_path: Path) -> None:
    text = "extends: zoom\nwebhook: {auth: {token: {header: x-token}}}"
    settings = make_definition(tmp_path, text).source.endpoint.auth.settings
    assert settings.header == "x-token"


def test_mistake_in_an_extended_source_is_shown_in_the_extended_file(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base").mkdir()
    Path("base/source.yml").write_text("description: base\nwebhook: {auth: {hmac: {signature: {heder: x}}}}\n")
    with pytest.raises(DefinitionError) as raised:
        make_definition(Path.cwd(), "extends: base\nevents: {tyme: x}")
    assert [line.split(": ")[0] for line in str(raised.value).splitlines()] == [
        "base/source.yml:2",
        "made/source.yml:2",
    ]


@pytest.mark.parametrize("text", ["extends: made", "extends: nowhere"])
def test_extended_source_must_be_another_source(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionError, match=r"made/source.yml:1: extends: (made would extend itself|no source now)"):
        make_definition(tmp_path, text)


def test_a_transform_is_taken_from_beside_the_definition(tmp_path: Path) -> None:
    make_definition(tmp_path, TOKEN)
    (tmp_path / "made" / "transform.py").write_text("def transform(event, request):\n    return [event, event]\n")
    transform = load(tmp_path, ["made"])[0].source.transform
    assert transform is not None
    assert transform({"a": 1}, None) == [{"a": 1}, {"a": 1}]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("import lambdas.nowhere", "1: can't be imported: ModuleNotFoundError: No module named 'lambdas.nowhere'"),
        ("x = 1", " needs a function transform(event, request) that returns a list of events"),
        (
            "import json\n\n\ndef transform(event):\n    return [event]\n",
            "4: needs a function transform(event, request) that returns a list of events; it has transform(event)",
        ),
        ("from json import dumps as transform", " needs a function transform(event, request) that returns"),
    ],
)
def test_unusable_transform_is_refused(tmp_path: Path, code: str, line: str) -> None:
    make_definition(tmp_path, TOKEN)
    (tmp_path / "made" / "transform.py").write_text(code)
    with pytest.raises(GeneratorError) as raised:
        load(tmp_path, ["made"])
    assert f"transform.py:{line}" in str(raised.value)


def test_defaults_are_those_of_the_reference(tmp_path: Path) -> None:
    source = make_definition(tmp_path, TOKEN).source
    assert isinstance(source, Source)
    assert (source.endpoint.path, source.endpoint.concurrency) == ("/events", 20)
    assert source.endpoint.auth.settings.secret == "auth_token"
    assert source.events.time_format == "rfc3339"


def test_the_throttle_is_the_definitions(tmp_path: Path) -> None:
    text = dedent(TOKEN).replace("{auth:", "{concurrency: null, throttle: {rate: 5, burst: 1}, auth:")
    source = make_definition(tmp_path, text).source
    stage = event_source.build(source, "code/0.zip").to_dict()["Resources"]["Stage"]["Properties"]
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 5, "ThrottlingBurstLimit": 1}


def test_null_reserves_no_concurrency(tmp_path: Path) -> None:
    text = dedent(TOKEN).replace("{auth:", "{concurrency: null, auth:")
    assert make_definition(tmp_path, text).source.endpoint.concurrency is None


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "dedupe: {}",
            ["3: dedupe: needs the vendor's id of each event; add `events.id`"],
        ),
        ("dedupe: {window: 0}\nevents: {id: id}", ["3: dedupe.window: must be 1 to 168 hours"]),
        (
            "dedupe: {window: 169}",
            [
                "3: dedupe: needs the vendor's id of each event; add `events.id`",
                "3: dedupe.window: must be 1 to 168 hours",
            ],
        ),
        ("events: {id: id}\ndedupe: {hours: 1}", ["4: dedupe.hours: no such key (window)"]),
        ("events: {id: id}\ndedupe:", ["4: dedupe: is empty; write {} for its defaults, or leave it out"]),
        (
            "events: {id: id}\ndedupe: true",
            ["4: dedupe: must have keys (window), and is true or false; write {} for its defaults"],
        ),
        (
            "events: {id: id}\ndedupe: {window: 24h}",
            ["4: dedupe.window: must be a whole number of hours, such as 24, and is text"],
        ),
        (
            "events: {split: a, id: \"id || header('x-id')\"}\ndedupe: {}",
            ["4: dedupe: would take all events of a body for one, since `events.id` reads more than the split item"],
        ),
    ],
)
def test_mistakes_in_dedupe_are_reported(problems_of, text: str, lines: list[str]) -> None:
    assert problems_of(f"description: made\nwebhook: {{auth: {{token: {{header: x-token}}}}}}\n{text}") == lines


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("events:\n  expect_every:", "4: events.expect_every: is empty; write a value, or leave it out"),
        ("events:\n  schemas:", "4: events.schemas: is empty; write a value, or leave it out"),
        ("events:\n  schemas: {}", '4: events.schemas: names none; write "*": schemas/any.json, or leave it out'),
        ("events:\n  id:", "4: events.id: is empty; write a value, or leave it out"),
        ("events:", "3: events: is empty; write {} for its defaults, or leave it out"),
        ("vendor:", "3: vendor: is empty; write a value, or leave it out"),
    ],
)
def test_empty_key_turns_nothing_off(problems_of, text: str, line: str) -> None:
    assert problems_of(f"description: made\nwebhook: {{auth: {{token: {{header: x-token}}}}}}\n{text}") == [line]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("throttle:", "4: webhook.throttle: is empty; write {} for its defaults, or leave it out"),
        ("throttle: null", "4: webhook.throttle: is empty; write {} for its defaults, or leave it out"),
        ("concurrency:", "4: webhook.concurrency: is empty; write a value, or leave it out"),
        (
            "throttle: {rate: 50, burst: 0}",
            "4: webhook.throttle.burst: must be 1 to 5,000, the limit of an AWS account",
        ),
    ],
)
def test_a_brake_is_neither_empty_nor_told_of_twice(problems_of, text: str, line: str) -> None:
    assert problems_of(f"description: made\nwebhook:\n  auth: {{token: {{header: x-token}}}}\n  {text}\n") == [line]


def test_dedupe_is_off_by_default(tmp_path: Path) -> None:
    for text, window in (("", None), ("dedupe: null", None), ("dedupe: {}", 24), ("dedupe: {window: 72}", 72)):
        source = make_definition(tmp_path, f"{dedent(TOKEN)}\nevents: {{id: id}}\n{text}").source
        assert (source.dedupe.window if source.dedupe else None) == window


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", None),
        ("delivery: sqs", None),
        ("delivery: {}", None),
        ("delivery: {s3: null}", None),
        ("delivery: {s3: {}}", 90),
        ("delivery: {s3: {days: 14}}", 14),
    ],
)
def test_messages_go_onto_a_queue_unless_the_definition_says_objects(
    tmp_path: Path, text: str, days: int | None
) -> None:
    source = make_definition(tmp_path, f"{dedent(TOKEN)}\n{text}").source
    assert (source.delivery.s3.days if source.delivery.s3 else None) == days


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("delivery: s3", "3: delivery: must be sqs, or have keys (s3), and is text; write {s3: {}}"),
        ("delivery: S3", "3: delivery: must be sqs, or have keys (s3), and is text; write {s3: {}}"),
        ("delivery: kinesis", "3: delivery: must be sqs, or have keys (s3), and is text"),
        ("delivery:", "3: delivery: is empty; write sqs, or indent the key that belongs below it"),
        ("delivery: {sqs: {}}", "3: delivery.sqs: no such key; write delivery: sqs"),
        (
            "delivery: {days: 90}",
            "3: delivery.days: no such key; it stands in `s3`, as in delivery: {s3: {days: 90}}",
        ),
        ("s3: {days: 90}", "3: s3: no such key; it stands in `delivery`, as in delivery: {s3: {days: 90}}"),
        ("dedupe: {output: ecs}", "3: dedupe.output: no such key; `output` stands beside `dedupe`, not below it"),
        ("delivery: [sqs]", "3: delivery: must be sqs, or have keys (s3), and is a list"),
        ("delivery: {kinesis: {}}", "3: delivery.kinesis: no such key (s3)"),
        ("delivery: {s3: {days: 13}}", "3: delivery.s3.days: must be 14 to 3650 days"),
        ("delivery: {s3: {days: 3651}}", "3: delivery.s3.days: must be 14 to 3650 days"),
    ],
)
def test_mistakes_in_the_delivery_are_reported(problems_of, text: str, line: str) -> None:
    assert problems_of(f"{dedent(TOKEN).lstrip()}{text}\n") == [line]


def test_an_archive_is_off_by_default_and_keeps_its_copies_for_a_month(tmp_path: Path) -> None:
    for text, days in (("", None), ("archive: null", None), ("archive: {}", 30), ("archive: {days: 365}", 365)):
        source = make_definition(tmp_path, f"{dedent(TOKEN)}\n{text}").source
        assert (source.archive.days if source.archive else None) == days


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("archive: {days: 0}", "3: archive.days: must be 1 to 3650 days"),
        ("archive: {days: 3651}", "3: archive.days: must be 1 to 3650 days"),
        ("archive: {hours: 1}", "3: archive.hours: no such key (days)"),
        ("archive:", "3: archive: is empty; write {} for its defaults, or leave it out"),
    ],
)
def test_mistakes_in_the_archive_are_reported(problems_of, text: str, line: str) -> None:
    assert problems_of(f"{dedent(TOKEN).lstrip()}{text}\n") == [line]


SAYS_SO = 'import sys\nprint("it runs", file=sys.stderr)\ndef transform(event, request):\n    return [event]\n'


@pytest.mark.parametrize(
    "command",
    [
        ("list",),
        ("cost", "zoom"),
        ("verify", "zoom", "--request", "r.http"),
        pytest.param(("zoom", "--lint", "fast"), marks=pytest.mark.slow),
        pytest.param(("new", "acme", "--from", "zoom", "--lint", "fast"), marks=pytest.mark.slow),
    ],
)
def test_code_of_another_folder_is_announced_once_before_running(tmp_path: Path, command: tuple[str, ...]) -> None:
    work, other = tmp_path / "work", tmp_path / "other" / "zoom"
    work.mkdir()
    (work / "r.http").write_text("POST / HTTP/1.1\n\n{}")
    shutil.copytree(SOURCES / "zoom", other)
    (other / "transform.py").write_text(SAYS_SO)
    program = [sys.executable, "-m", "generator", *command, "--sources", str(other.parent)]
    done = subprocess.run(program, cwd=work, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    lines = done.stderr.splitlines()
    assert lines[:3] == [
        f"note: {other}/source.yml takes the place of the zoom that is shipped",
        f"note: runs {other}/transform.py, which is not below this folder",
        "it runs",
    ]
    assert len([line for line in lines if "note: runs" in line or "takes the place" in line]) == 2
    assert not list(other.rglob("__pycache__"))


def test_code_of_this_folder_is_announced(tmp_path: Path) -> None:
    shutil.copytree(SOURCES / "slack", tmp_path / "sources" / "ours")
    program = [sys.executable, "-m", "generator", "cost", "ours"]
    done = subprocess.run(
        program, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "note: runs sources/ours/transform.py\n")


@pytest.mark.parametrize("sources", [[], ["--sources", str(SOURCES)]])
def test_code_of_the_framework_is_not_told_of(tmp_path: Path, sources: list[str]) -> None:
    program = [sys.executable, "-m", "generator", "cost", "slack", *sources]
    done = subprocess.run(
        program, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_link_to_code_of_another_folder_is_told_of(tmp_path: Path, monkeypatch, caplog) -> None:
    work, other = tmp_path / "work", tmp_path / "other" / "zoom"
    shutil.copytree(SOURCES / "zoom", other)
    (other / "transform.py").write_text("def transform(event, request):\n    return [event]\n")
    (work / "sources").mkdir(parents=True)
    (work / "sources" / "zoom").symlink_to(other)
    monkeypatch.chdir(work)
    own_code._log_once.cache_clear()
    load(Path("sources"), ["zoom"])
    assert caplog.messages == [
        "note: sources/zoom/source.yml takes the place of the zoom that is shipped",
        f"note: runs {other}/transform.py, which is not below this folder",
    ]


def test_compiled_code_beside_a_transform_is_not_run(tmp_path: Path) -> None:
    """It may be of another text, and Python would believe it."""
    make_definition(tmp_path, TOKEN)
    code = tmp_path / "made" / "transform.py"
    code.write_text("def transform(event, request):\n    return ['other']\n")
    py_compile.compile(str(code), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    code.write_text("def transform(event, request):\n    return ['read']\n")
    transform = load(tmp_path, ["made"])[0].source.transform
    assert transform is not None
    assert transform({}, None) == ["read"]
