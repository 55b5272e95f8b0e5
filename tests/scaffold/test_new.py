"""The command `new`: a source begins, whole or not at all."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from generator import errors
from generator.commands import _console, _prompts, main
from generator.definition.read import load
from generator.definition.source_folders import source_names
from generator.errors import BUNDLED

pytestmark = pytest.mark.slow

HEX = "5a" * 32
REQUEST = f"""\
POST /hooks/acme?tenant=7&api_key=s3cr3t-in-query HTTP/1.1
Host: hooks.example.com
User-Agent: Acme/1
Content-Type: application/json
X-Acme-Event: user.login
X-Acme-Signature: sha256={HEX}
X-Acme-Timestamp: 1772446878
Authorization: Bearer s3cr3t-in-header
Cookie: id=s3cr3t-in-cookie

{{"id": "e-1", "created_at": "2026-03-01T09:00:00Z", "actor": {{"email": "ann@example.com"}}, \
"ip": "192.0.2.1", "session": [{{"refresh_token": "s3cr3t-in-body"}}], "token_type": "x"}}
"""


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """`new` in an empty folder, and what somebody types: exit status, output, errors."""
    monkeypatch.chdir(tmp_path)

    def command(*args: str, typed: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed or ""))
        monkeypatch.setattr(_console, "is_interactive", lambda: typed is not None)
        status = main(["new", *args, "--sources", "s", "--lint", "fast"])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


def text(name: str = "s/acme/source.yml") -> str:
    return Path(name).read_text(encoding="utf-8")


def files(folder: str = "s/acme") -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file())


def nothing_is_there() -> bool:
    return not Path("s").exists() and not Path("build").exists()


def lines(out: str) -> list[str]:
    return [" ".join(line.split()) for line in out.splitlines()]


DESCRIBED = ("--description", "Acme audit events")


def test_options_make_a_definition_with_helpful_comments(new) -> None:
    status, out, err = new(
        "acme",
        *DESCRIBED,
        *("--auth", "hmac", "--header", "X-Acme-Signature", "--prefix", "sha256=", "--timestamp-header", "X-Time"),
    )
    assert (status, err) == (0, "")
    assert (
        text()
        == """\
# yaml-language-server: $schema=../schema.json
description: Acme audit events
# vendor:  # for people: a build shows it
#   docs: https://…
#   secret: issued  # by the vendor, or chosen by you
#   deadline: 5
#   retries: "3 times, after anything but a 2xx"
webhook:
  auth:
    hmac:
      signature: {header: X-Acme-Signature, prefix: "sha256="}
      timestamp: {header: X-Time}
      signed: "{timestamp}.{body}"
  # challenges:  # where the vendor first tries the endpoint out: docs/reference/definition/webhook.md
# events:  # where things are in the body, as paths (jmespath.org): `id`, `actor.email`, header('x-event')
#   require: [type]  # what has none is kept aside, and becomes no message
#   id: id           # the same in every retry; without it, a hash of the event is the id
#   type: type
#   time: created_at
facts:
  # What an analyst reads; {path} is filled in.
  summary: acme event
"""
    )
    assert lines(out) == [
        "",
        "acme Acme audit events",
        "",
        "made s/acme/source.yml",
        "s/acme/README.md",
        'verifies HMAC-SHA256 of "{timestamp}.{body}" in X-Acme-Signature, at most 300 s old, in the handler',
        "built build/acme",
        "",
        "missing",
        "s/acme/source.yml write where id, type and time are in the body, and what an analyst should read",
        "s/acme/samples/EVENT.json add the body of a request as the vendor sends it; there is none yet",
        "s/acme/README.md write what to click at the vendor, and when it sends again",
        "",
        "next",
        "python -m generator acme --accept --sources s build it again, after any change; read what it stores",
        "python -m generator verify acme --request FILE --at request --sources s "
        "whether a captured request verifies with your secret, and if not, why",
        "python -m generator secret acme --sources s the vendor's secret, into Parameter Store",
        "python -m generator run acme --sources s run it on this machine",
    ]
    assert Path("s/acme/samples").is_dir()
    assert Path("build/acme/event-source.json").is_file()


def test_commented_out_keys_of_a_new_definition_are_valid(new) -> None:
    new("acme", *DESCRIBED, "--auth", "basic")
    whole = re.sub(r"^# (?!yaml)", "", text(), flags=re.MULTILINE).replace("…", "docs.example.com/webhooks")
    Path("s/acme/source.yml").write_text(whole)
    source = load(Path("s"), ["acme"])[0].source
    assert source.vendor is not None
    assert (source.vendor.deadline, source.events.require, source.events.id) == (5, ("type",), "id")


@pytest.mark.parametrize(
    ("options", "auth"),
    [
        (["hmac", "--header", "X-S"], {"hmac": {"signature": {"header": "X-S"}}}),
        (
            [
                "hmac",
                "--header",
                "X-S",
                "--prefix",
                "v0=",
                "--timestamp-header",
                "X-T",
                "--timestamp-format",
                "unix_ms",
            ],
            {
                "hmac": {
                    "signature": {"header": "X-S", "prefix": "v0="},
                    "timestamp": {"header": "X-T", "format": "unix_ms"},
                    "signed": "v0:{timestamp}:{body}",
                }
            },
        ),
        (
            ["hmac", "--header", "X-S", "--encoding", "base64", "--algorithm", "sha1", "--signed", "{url}{body}"],
            {
                "hmac": {
                    "signature": {"header": "X-S", "encoding": "base64"},
                    "signed": "{url}{body}",
                    "algorithm": "sha1",
                }
            },
        ),
        (["ed25519", "--header", "X-S"], {"ed25519": {"signature": {"header": "X-S"}}}),
        (["ecdsa", "--header", "X-S"], {"ecdsa": {"signature": {"header": "X-S", "encoding": "base64"}}}),
        (["token", "--header", "X-T"], {"token": {"header": "X-T"}}),
        (
            ["token", "--header", "Authorization", "--prefix", "Bearer"],
            {"token": {"header": "Authorization", "prefix": "Bearer "}},
        ),
        (["token", "--query", "key"], {"token": {"query": "key"}}),
        (["basic"], {"basic": {}}),
        (
            ["hmac", "--header", "X-S", "--timestamp-header", "X-S"],
            {
                "hmac": {
                    "signature": {"header": "X-S", "prefix": "v1=", "split": ","},
                    "timestamp": {"header": "X-S", "prefix": "t=", "split": ","},
                    "signed": "{timestamp}.{body}",
                }
            },
        ),
        (["jwt"], {"jwt": {"issuer": "https://${Issuer}", "audience": ["${Audience}"]}}),
        (["sns"], {"sns": {"topics": ["${TopicArn}"]}}),
    ],
)
def test_each_kind_of_verification_is_made_from_options(new, options: list[str], auth: dict[str, object]) -> None:
    status, out, err = new("acme", *DESCRIBED, "--auth", *options)
    # Nobody has said yet which claim of a token, if any, has a hash of the body.
    note = r"note: \S+/source\.yml:\d+: webhook\.auth\.jwt: covers nothing of the body: .+\n"
    assert status == 0
    assert re.fullmatch(note if options == ["jwt"] else "", err)
    assert yaml.safe_load(text())["webhook"]["auth"] == auth
    parameters = yaml.safe_load(text()).get("parameters", {})
    assert list(parameters) == re.findall(r"\$\{(\w+)\}", text())
    assert [name for name in parameters if f"parameters.{name}: check pattern and example" not in out] == []
    published = options[0] in ("jwt", "sns")
    assert ("secret acme" in out) == (not published)
    assert ("verifies with your secret, and if not, why" in out) == (not published)
    assert ("verifies, and if not, why" in out) == published


@pytest.mark.parametrize(
    ("options", "auth"),
    [
        (["hmac", "--query", "sig"], {"hmac": {"signature": {"query": "sig"}}}),
        (
            ["rsa", "--header", "X-S", "--algorithm", "sha512", "--padding", "pss"],
            {"rsa": {"signature": {"header": "X-S", "encoding": "base64"}, "algorithm": "sha512", "padding": "pss"}},
        ),
        (["digest", "--header", "X-S"], {"digest": {"signature": {"header": "X-S"}, "signed": "{secret}{body}"}}),
        (["body_token", "--field", "a.b", "--each", "value"], {"body_token": {"each": "value", "field": "a.b"}}),
        (
            ["body_hmac", "--field", "s.s", "--signed", "{s.time}{s.token}", "--uncovered", "the rest"],
            {"body_hmac": {"signature": {"path": "s.s"}, "signed": "{s.time}{s.token}", "uncovered": "the rest"}},
        ),
        (
            ["jwt", "--header", "X-Jwt", "--algorithm", "HS256", "--claim", "payload_hash"],
            {
                "jwt": {
                    "secret": "auth_token",
                    "algorithms": "HS256",
                    "claims": {"payload_hash": "{body_sha256}"},
                    "header": "X-Jwt",
                    "prefix": "",
                }
            },
        ),
    ],
)
def test_rarer_kinds_of_verification_are_made_from_options(options: list[str], auth: dict[str, object]) -> None:
    kind, *rest = options
    answers = {name[2:].replace("-", "_"): value for name, value in zip(rest[::2], rest[1::2], strict=True)}
    missing: list[str] = []
    assert (_prompts.auth(kind, answers, {}, missing), missing) == (auth, [])


def test_new_asks_in_a_terminal_and_an_answer_opens_the_next_question(new) -> None:
    typed = ["My events", "hmac", "X-Sig", "X-Time", "v0=", "", "", "sha1", "unix_ms", "", ""]
    status, _, err = new("acme", typed="\n".join([*typed, ""]))
    assert status == 0
    assert yaml.safe_load(text())["description"] == "My events"
    assert yaml.safe_load(text())["webhook"]["auth"] == {
        "hmac": {
            "signature": {"header": "X-Sig", "prefix": "v0="},
            "timestamp": {"header": "X-Time", "format": "unix_ms"},
            "signed": "v0:{timestamp}:{body}",
            "algorithm": "sha1",
        }
    }
    assert "  token       a secret in a header or in the query, the same in every request\n" in err


OFFER = """\
A request that the vendor has sent answers most of these questions:
  python -m generator new acme --from-request FILE
"""
KEYS_URL = "https://auth.example.com/.well-known/jwks.json"
ANSWERED = [
    (
        # t=1767225600,v1=5a5a…,v1=… as Stripe has it.
        ["hmac", "Stripe-Signature", "Stripe-Signature", "t=", "v1=", "", "", "", "", "", ""],
        {
            "hmac": {
                "signature": {"header": "Stripe-Signature", "prefix": "v1=", "split": ","},
                "timestamp": {"header": "Stripe-Signature", "prefix": "t=", "split": ","},
                "signed": "{timestamp}.{body}",
            }
        },
    ),
    (
        ["hmac", "Paddle-Signature", "Paddle-Signature", "ts=", "h1=", ";", "", "", "", "{timestamp}:{body}", ""],
        {
            "hmac": {
                "signature": {"header": "Paddle-Signature", "prefix": "h1=", "split": ";"},
                "timestamp": {"header": "Paddle-Signature", "prefix": "ts=", "split": ";"},
                "signed": "{timestamp}:{body}",
            }
        },
    ),
    (
        # 1767225600000,5a5a…,5a5a… as Recurly has it.
        ["hmac", "recurly-signature", "recurly-signature", "", "", "", "", "unix_ms", "", ""],
        {
            "hmac": {
                "signature": {"header": "recurly-signature", "split": ",", "part": 2},
                "timestamp": {"header": "recurly-signature", "split": ",", "part": 1, "format": "unix_ms"},
                "signed": "{timestamp}.{body}",
            }
        },
    ),
    (
        # v1=5a5a…,v1=5a5a… as PagerDuty has it.
        ["hmac", "X-PagerDuty-Signature", "", "v1=", ",", "", "", "", "", ""],
        {"hmac": {"signature": {"header": "X-PagerDuty-Signature", "prefix": "v1=", "split": ","}}},
    ),
    (["hmac", "", "", "sig", "", "", "", "", "", "", "", ""], {"hmac": {"signature": {"form": "sig"}}}),
    (
        ["rsa", "X-Signature", "", "", "", "", "sha384", "pss", "", ""],
        {
            "rsa": {
                "signature": {"header": "X-Signature", "encoding": "base64"},
                "algorithm": "sha384",
                "padding": "pss",
            }
        },
    ),
    (
        ["digest", "X-Acme-Hash", "X-Acme-Time", "", "", "", "", "", "{timestamp}{secret}{body}"],
        {
            "digest": {
                "signature": {"header": "X-Acme-Hash"},
                "timestamp": {"header": "X-Acme-Time"},
                "signed": "{timestamp}{secret}{body}",
            }
        },
    ),
    (["body_token", "a b", "sharedSecret", ""], {"body_token": {"field": "sharedSecret"}}),
    (
        ["body_hmac", "s.signature", "", "", "", "", "no field", "{s.time}{s.token}", "", "", ""],
        {
            "body_hmac": {
                "signature": {"path": "s.signature"},
                "signed": "{s.time}{s.token}",
                "uncovered": "all that `signed` does not name",
            }
        },
    ),
    (
        ["jwt", "", "HS512", "payload_hash", "base64", ""],
        {"jwt": {"secret": "auth_token", "algorithms": "HS512", "claims": {"payload_hash": "{body_sha256_base64}"}}},
    ),
    (
        ["jwt", "X-FusionAuth-Signature-JWT", "", "ES256", "request_body_sha256", "base64", KEYS_URL],
        {
            "jwt": {
                "jwks_url": KEYS_URL,
                "algorithms": "ES256",
                "claims": {"request_body_sha256": "{body_sha256_base64}"},
                "header": "X-FusionAuth-Signature-JWT",
                "prefix": "",
            }
        },
    ),
    (["jwt", "", "", "", ""], {"jwt": {"issuer": "https://${Issuer}", "audience": ["${Audience}"]}}),
]


@pytest.mark.parametrize(("typed", "auth"), ANSWERED)
def test_every_form_of_verification_can_be_answered(typed, auth, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join([*typed, ""])))
    monkeypatch.setattr(_console, "is_interactive", lambda: True)
    missing: list[str] = []
    # Each answer is checked by the rules of a build.
    assert (_prompts.auth(None, {}, {}, missing), missing) == (auth, [])
    assert capsys.readouterr().err.count("Invalid answer") == sum(answer in ("a b", "no field") for answer in typed)


def test_a_shared_header_becomes_a_source(new) -> None:
    typed, auth = ANSWERED[0]
    status, _, err = new("acme", *DESCRIBED, typed="\n".join([*typed, ""]))
    assert (status, yaml.safe_load(text())["webhook"]["auth"]) == (0, auth)
    assert err.startswith(OFFER)


def test_a_captured_request_is_offered_only_where_it_would_help(new) -> None:
    for arguments in (["--auth", "basic"], ["--from", "zoom"]):
        assert OFFER not in new(f"acme{len(arguments[1])}", *DESCRIBED, *arguments, typed="")[2]


@pytest.mark.parametrize(
    ("typed", "token"),
    [(["Authorization", "Bearer"], {"header": "Authorization", "prefix": "Bearer "}), (["", "key"], {"query": "key"})],
)
def test_a_token_is_asked_for_in_a_header_or_else_in_the_query(new, typed: list[str], token: dict[str, str]) -> None:
    assert new("acme", *DESCRIBED, "--auth", "token", typed="\n".join([*typed, ""]))[0] == 0
    assert yaml.safe_load(text())["webhook"]["auth"] == {"token": token}


CONTRADICTION = (
    "Invalid answer: timestamp: is not part of what is signed, so its window stops no replay; take it out, or add "
    "{timestamp} to `signed`\n"
)


def test_contradicting_answers_are_reported_at_once_and_asked_again(new) -> None:
    typed = ["My events", "hmac", "X-Sig", "X-Time", *[""] * 5, "{body}", *[""] * 5, "{body}", "", ""]
    status, _, err = new("acme", typed="\n".join([*typed, ""]))
    assert (status, err.count("Invalid answer"), CONTRADICTION in err) == (0, 1, True)
    assert yaml.safe_load(text())["webhook"]["auth"] == {"hmac": {"signature": {"header": "X-Sig"}}}
    assert "--" not in err.removeprefix(OFFER)


def test_value_of_an_option_is_not_asked_for(new) -> None:
    options = (*DESCRIBED, "--auth", "hmac", "--header", "X-Sig", "--timestamp-header", "X-Time")
    status, _, err = new("acme", *options, typed="\n\n\n\n\n{body}\n{timestamp}:{body}\n\n")
    assert (status, err.count("Invalid answer"), CONTRADICTION in err) == (0, 1, True)
    assert yaml.safe_load(text())["webhook"]["auth"]["hmac"]["signed"] == "{timestamp}:{body}"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            ["d" * 201, "Mine", "token", "X-T", ""],
            "Invalid answer: it must have 1 to 200 characters",
        ),
        (
            ["Mine", "token", "X T", "X-T", ""],
            "Invalid answer: header: must be the name of a header, such as x-signature",
        ),
        (
            ["Mine", "hmac", "X-T", *[""] * 5, "{timestamp}{body}", *[""] * 5, "{body}", "", ""],
            "Invalid answer: signed: has {timestamp}, but no key `timestamp` says which header that is",
        ),
        (
            ["Mine", "hmac", "X-T", *[""] * 5, "{nope}", *[""] * 5, "{body}", "", ""],
            "Invalid answer: signed: {nope} is not a piece of a request",
        ),
    ],
)
def test_invalid_answer_is_asked_again(new, typed: list[str], message: str) -> None:
    status, _, err = new("acme", typed="\n".join([*typed, ""]))
    assert status == 0
    assert message in err
    assert err.count("Invalid answer") == 1


def test_who_goes_away_while_asked_leaves_nothing(new) -> None:
    status, _, err = new("acme", typed="My events\n")
    assert (status, err.splitlines()[-1]) == (1, "stopped; nothing was changed")
    assert nothing_is_there()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            [],
            "no terminal to ask in: --description and --auth (hmac, token, basic, jwt, ed25519, ecdsa, rsa, "
            "digest, body_token, body_hmac, sns, all_of, any_of) must be given",
        ),
        (["--auth", "hmac"], "no terminal to ask in: --description and --header must be given"),
        ([*DESCRIBED, "--auth", "token"], "no terminal to ask in: --header must be given"),
        (
            [*DESCRIBED, "--auth", "basic", "--header", "X", "--signed", "x"],
            "--header and --signed can't be used with --auth basic",
        ),
        ([*DESCRIBED, "--auth", "token", "--header", "X", "--query", "y"], "--header can't be used with --auth token"),
        (["--copy"], "--copy needs --from, which names the source to copy"),
        (
            ["--from", "zoom", "--auth", "basic"],
            "--auth can't be used with --from: zoom defines how its sender is verified",
        ),
        (
            ["--from", "zoom", "--timestamp-header", "X"],
            "--timestamp-header can't be used with --from: zoom defines how its sender is verified",
        ),
    ],
)
def test_missing_option_without_a_terminal_is_a_usage_error(new, args: list[str], message: str) -> None:
    status, out, err = new("acme", *args)
    assert (status, out, err.splitlines()[-1]) == (2, "", f"error: {message}")
    assert nothing_is_there()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Acme", "Acme: a source's name has lower-case letters, digits and single dashes, and starts with a letter"),
        ("a" * 21, f"{'a' * 21}: a source's name has at most 20 characters, and this has 21"),
        (
            "zoom-prod",
            "zoom-prod: prod is an environment, which --env chooses: a source's name can't have it as a later part",
        ),
        ("build", "build is a command, so no source can have this name"),
        ("new", "new is a command, so no source can have this name"),
    ],
)
def test_invalid_source_name_is_refused_before_any_question(new, name: str, message: str) -> None:
    assert new(name, typed="") == (1, "", f"error: {message}\n")
    assert nothing_is_there()


def test_taken_name_or_folder_is_refused_and_unchanged(new) -> None:
    assert new("acme", *DESCRIBED, "--auth", "basic")[0] == 0
    before = text()
    message = "error: there is a source acme: s/acme/source.yml; take another name\n"
    assert new("acme", "--description", "Other", "--auth", "basic") == (1, "", message)
    assert text() == before
    Path("s/other").mkdir()
    message = "error: s/other exists already, without a source.yml; move it away, or take another name\n"
    assert new("other", *DESCRIBED, "--auth", "basic") == (1, "", message)
    assert source_names(Path("s")) == ["acme"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--header", "X Y"], "--header: must be the name of a header, such as x-signature"),
        (
            ["--header", "X", "--signed", "{timestamp}{body}"],
            "--signed: has {timestamp}, but no key `timestamp` says which header that is",
        ),
        (
            ["--header", "X", "--timestamp-header", "Y", "--signed", "{body}"],
            "--timestamp-header: is not part of what is signed, so its window stops no replay; take it out, "
            "or add {timestamp} to `signed`",
        ),
        (
            ["--header", "X", "--description", "x" * 201],
            "--description: must say in 1 to 200 characters what events these are",
        ),
    ],
)
def test_mistake_is_reported_with_the_option_and_nothing_is_written(new, options, message: str) -> None:
    assert new("acme", *DESCRIBED, "--auth", "hmac", *options) == (1, "", f"error: {message}\n")
    assert nothing_is_there()


def test_a_captured_request_proposes_the_scheme_and_becomes_the_first_sample(new) -> None:
    Path("request.http").write_text(REQUEST)
    status, out, err = new("acme", *DESCRIBED, "--from-request", "request.http")
    assert (status, err) == (0, "")
    assert lines(out)[:8] == [
        "request POST, 178 bytes of JSON",
        "sure X-Acme-Signature carries 32 bytes in hex after sha256=, as HMAC-SHA256 makes them",
        "check in the vendor's documentation:",
        "- what is signed: {timestamp}.{body} is a guess; a colon, nothing, and an id before it are usual too",
        "- that the time is signed at all: if not, take `timestamp` out, and let `signed` be {body}",
        "- that it is an HMAC: a plain hash of the secret and the request is as long (`digest`)",
        "- the key: the secret's text as it is, or decoded from hex or base64 first (`key`)",
        "- Authorization may carry a credential too: `all_of` verifies both",
    ]
    for line in (
        "sample 2026-03-01 09:00:00 INFO acme: user.login by ann@example.com",
        "left out x-acme-signature: the credential, and in no sample",
        "authorization, cookie, api_key in the query: may be secret, and is in no sample",
        "masked session[].refresh_token: may be secret; `events.mask` hides it in every event",
        "s/acme/samples/user.login.json a real event: remove people and secrets from it before you share it",
    ):
        assert line in lines(out)
    definition = yaml.safe_load(text())
    assert definition["webhook"]["auth"] == {
        "hmac": {
            "signature": {"header": "X-Acme-Signature", "prefix": "sha256="},
            "timestamp": {"header": "X-Acme-Timestamp"},
            "signed": "{timestamp}.{body}",
        }
    }
    assert definition["events"] == {
        "mask": ["session[].refresh_token"],
        "id": "id",
        "type": "header('x-acme-event')",
        "time": "created_at",
    }
    assert definition["facts"] == {
        "summary": "acme: {header('x-acme-event')} by {actor.email}",
        "user": "{actor.email}",
        "source_ip": "{ip}",
    }
    assert "    # - what is signed: {timestamp}.{body} is a guess" in text()
    assert files() == [
        "README.md",
        *(f"samples/user.login{part}.json" for part in ("", ".mozdef", ".request")),
        "source.yml",
    ]
    head = json.loads(text("s/acme/samples/user.login.request.json"))
    assert head == {"headers": {"x-acme-event": "user.login"}, "query": {"tenant": "7"}}
    assert main(["acme", "--sources", "s", "--lint", "fast", "--check"]) == 0


def test_nothing_secret_of_a_request_is_stored(new) -> None:
    Path("request.http").write_text(REQUEST)
    assert new("acme", *DESCRIBED, "--from-request", "request.http")[0] == 0
    stored = "".join(
        path.read_text() for path in [*Path("s/acme").rglob("*"), *Path("build").rglob("*.json")] if path.is_file()
    )
    for secret in (HEX, "s3cr3t"):
        assert secret not in stored


def test_a_body_in_which_nothing_is_secret_is_stored_to_the_byte(new) -> None:
    body = b'{ "type":"a\\u00e9" ,"n":1.0}'
    request = {"headers": {"x-sig": HEX}, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    Path("request.json").write_text(json.dumps(request))
    assert new("acme", *DESCRIBED, "--from-request", "request.json")[0] == 0
    assert Path("s/acme/samples/a.json").read_bytes() == body
    assert files() == ["README.md", "samples/a.json", "samples/a.mozdef.json", "source.yml"]


@pytest.mark.parametrize(
    ("body", "headers", "events", "sample", "stored"),
    [
        (
            b'{"event": "a", "time": 1772446878}\n{"event": "b", "time": 1772446879}\n',
            {},
            {"format": "ndjson", "split": "[]", "type": "event", "time": "time", "time_format": "unix"},
            "a.txt",
            None,
        ),
        (
            b'{"token": "s3cr3t"}\n{"event": "b"}',
            {},
            {"format": "ndjson", "mask": ["[].token"], "split": "[]"},
            "event.txt",
            b'{"token":"[masked]"}\n{"event":"b"}\n',
        ),
        (
            b'[{"action": "a b/c", "uuid": 7, "ts": 1772446878123}]',
            {},
            {"split": "@", "id": "uuid", "type": "action", "time": "ts", "time_format": "unix_ms"},
            "a.b.c.json",
            None,
        ),
        (
            b"type=x&token=s3cr3t&text=hello+you",
            {"Content-Type": "application/x-www-form-urlencoded"},
            {"format": "form", "mask": ["token"], "type": "type"},
            "x.txt",
            b"type=x&token=%5Bmasked%5D&text=hello+you",
        ),
        (
            b"payload=%7B%22type%22%3A%22x%22%2C%22token%22%3A%22s3cr3t%22%7D",
            {},
            {"format": "form", "payload": "payload", "mask": ["token"], "type": "type"},
            "x.txt",
            b"payload=%7B%22type%22%3A%22x%22%2C%22token%22%3A%22%5Bmasked%5D%22%7D",
        ),
        (b"a=%7B1", {}, {"format": "form"}, "event.txt", None),
        (b'{"type": "x.mozdef"}', {"Content-Type": "text/plain"}, {"type": "type"}, "x.json", None),
    ],
)
def test_bodies_of_every_form_become_samples(new, body: bytes, headers, events, sample: str, stored) -> None:
    request = {"headers": {"x-sig": HEX, **headers}, "body": body.decode()}
    Path("request.json").write_text(json.dumps(request))
    status, _, err = new("acme", *DESCRIBED, "--from-request", "request.json")
    assert (status, err) == (0, "")
    assert yaml.safe_load(text())["events"] == events
    assert Path("s/acme/samples", sample).read_bytes() == (stored or body)
    assert main(["acme", "--sources", "s", "--lint", "fast", "--check"]) == 0


def test_compressed_body_is_stored_decompressed(new) -> None:
    import gzip

    body = base64.b64encode(gzip.compress(b'{"type": "a"}')).decode()
    headers = {"X-Sig": HEX, "Content-Encoding": "gzip", "Content-Type": "application/json"}
    Path("r.json").write_text(json.dumps({"headers": headers, "body": body, "isBase64Encoded": True}))
    assert new("acme", *DESCRIBED, "--from-request", "r.json")[0] == 0
    assert Path("s/acme/samples/a.json").read_bytes() == b'{"type": "a"}'
    assert json.loads(text("s/acme/samples/a.request.json")) == {"headers": {"content-encoding": "gzip"}}
    assert main(["acme", "--sources", "s", "--lint", "fast", "--check"]) == 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "it has no body; a handshake is not an event, so capture an event"),
        ("<xml/>", "its body is neither JSON, nor lines of JSON, nor a form"),
        ("[" * 100 + "]" * 100, "nested deeper than 64"),
        ('{"a": 1e999}', "a number beyond what a double holds"),
    ],
)
def test_body_unusable_as_a_sample_is_refused(new, body: str, message: str) -> None:
    Path("r.http").write_text(f"POST / HTTP/1.1\nX-Sig: {HEX}\n\n{body}")
    assert new("acme", *DESCRIBED, "--from-request", "r.http") == (
        1,
        "",
        f"error: r.http: can be no sample: {message}\n",
    )
    assert nothing_is_there()


def test_unreadable_request_is_refused_with_the_line(new) -> None:
    Path("r.http").write_text("POST / HTTP/1.1\nnonsense\n")
    message = "r.http:2: is no header (Name: value, on one line), and no empty line stands before it to end the headers"
    assert new("acme", *DESCRIBED, "--from-request", "r.http") == (1, "", f"error: {message}\n")
    assert nothing_is_there()


def test_option_wins_over_the_request(new) -> None:
    Path("r.http").write_text(REQUEST)
    changed = ("--encoding", "base64", "--timestamp-header", "", "--algorithm", "sha512")
    assert new("acme", *DESCRIBED, "--from-request", "r.http", *changed)[0] == 0
    assert yaml.safe_load(text())["webhook"]["auth"] == {
        "hmac": {
            "signature": {"header": "X-Acme-Signature", "prefix": "sha256=", "encoding": "base64"},
            "algorithm": "sha512",
        }
    }
    assert new("other", *DESCRIBED, "--from-request", "r.http", "--auth", "token", "--header", "Authorization")[0] == 0
    assert yaml.safe_load(text("s/other/source.yml"))["webhook"]["auth"] == {"token": {"header": "Authorization"}}


def test_a_request_without_a_credential_needs_the_options(new) -> None:
    Path("r.http").write_text('POST / HTTP/1.1\n\n{"type": "a"}')
    status, out, err = new("acme", *DESCRIBED, "--from-request", "r.http")
    assert status == 2
    assert "- how it shows that a request is its own: nothing here looks like a credential\n" in out
    assert err.endswith(
        "--auth (hmac, token, basic, jwt, ed25519, ecdsa, rsa, digest, body_token, body_hmac, sns, all_of, any_of) "
        "must be given\n"
    )
    assert nothing_is_there()


ZOOM = {
    "headers": {"x-zm-signature": f"v0={HEX}", "x-zm-request-timestamp": "1772446878"},
    "body": '{"event": "user.created", "event_ts": 1772446877974, "payload": {"object": {"password": "s3cr3t"}}}',
}


def test_request_of_an_existing_source_is_recognized(new) -> None:
    Path("r.json").write_text(json.dumps(ZOOM))
    status, out, _ = new("acme", *DESCRIBED, "--from-request", "r.json")
    assert status == 0
    assert lines(out)[1:3] == [
        "sure it is an event of zoom: its headers and its body are what that definition looks for",
        "note --from zoom would take its mapping and its handshakes too",
    ]
    assert yaml.safe_load(text())["webhook"]["auth"]["hmac"]["signed"] == "v0:{timestamp}:{body}"
    assert yaml.safe_load(text())["events"]["mask"] == ["payload.object.password"]


ACME = {"headers": {"x-acme-signature": HEX}, "body": '{"kind": "a", "eid": "evt-91ab", "at": "2026-03-01T09:00:00Z"}'}


def test_required_fields_are_proposed_with_the_guessed_paths(new) -> None:
    Path("r.json").write_text(json.dumps(ACME))
    assert new("acme", *DESCRIBED, "--from-request", "r.json")[0] == 0
    assert yaml.safe_load(text())["events"] == {"id": "eid", "type": "kind", "time": "at"}
    assert "  # require: [kind, eid]  # what lacks one is kept aside, and becomes no message\n" in text()
    Path("s/acme/source.yml").write_text(text().replace("  # require", "  require"))
    assert load(Path("s"), ["acme"])[0].source.events.require == ("kind", "eid")
    assert main(["acme", "--sources", "s", "--lint", "fast"]) == 0


@pytest.mark.parametrize(
    ("body", "events"),
    [
        ({"uid": "u-123456", "account_id": "a-123456", "event_uuid": "0b9f1c1e"}, {"id": "event_uuid"}),
        ({"recordId": "r-123456", "expires": "2026-03-01T09:00:00Z"}, {"id": "recordId"}),
        ({"eid": "login", "raised": "2026-03-01T09:00:00+01:00"}, {"time": "raised"}),
        ({"eid": "2026-03-01T09:00:00Z", "a-id": "a-123456", "at": "yesterday"}, {"time": "eid"}),
        ({"eid": "e-123456", "id": 7, "at": "2026-03-01T09:00:00Z", "ts": 1772446878}, {"id": "id", "time": "ts"}),
    ],
)
def test_an_id_and_a_time_are_looked_for_where_none_has_a_usual_name(new, body, events: dict[str, str]) -> None:
    Path("r.json").write_text(json.dumps({**ACME, "body": json.dumps(body)}))
    assert new("acme", *DESCRIBED, "--from-request", "r.json")[0] == 0
    events_read = yaml.safe_load(text()).get("events", {})
    assert {key: path for key, path in events_read.items() if key in ("id", "time")} == events


def test_guessed_own_source_makes_nothing_certain(new) -> None:
    Path("r.json").write_text(json.dumps(ACME))
    assert new("acme", *DESCRIBED, "--from-request", "r.json")[0] == 0
    status, out, _ = new("other", *DESCRIBED, "--from-request", "r.json")
    assert status == 0
    assert lines(out)[1:8] == [
        "sure x-acme-signature carries 32 bytes in hex, as HMAC-SHA256 makes them",
        "like it looks like an event of acme, which does not come with the framework",
        "check in the vendor's documentation:",
        "- what is signed: {body} alone is a guess; others add the URL, an id or a time",
        "- that it is an HMAC: a plain hash of the secret and the request is as long (`digest`)",
        "- the key: the secret's text as it is, or decoded from hex or base64 first (`key`)",
        "note --from acme would take its mapping and its handshakes too",
    ]
    assert "    # Guessed from one request. To check in the vendor's documentation:\n" in text("s/other/source.yml")


@pytest.mark.parametrize(("answer", "extends"), [("", "zoom"), ("y", "zoom"), ("n", None)])
def test_new_offers_the_recognized_source_in_a_terminal(new, answer: str, extends: str | None) -> None:
    Path("r.json").write_text(json.dumps(ZOOM))
    assert new("acme", *DESCRIBED, "--from-request", "r.json", typed=f"{answer}\n")[0] == 0
    assert yaml.safe_load(text()).get("extends") == extends
    assert Path("s/acme/samples").exists() == (extends is None)


def test_a_handshake_shows_the_scheme_and_is_no_sample(new) -> None:
    body = '{"event": "endpoint.url_validation", "payload": {"plainToken": "s3cr3t"}}'
    Path("r.json").write_text(json.dumps({**ZOOM, "body": body}))
    status, out, _ = new("acme", *DESCRIBED, "--from-request", "r.json")
    assert status == 0
    assert (
        lines(out)[1] == "sure it is a handshake of zoom: its headers and its body are what that definition looks for"
    )
    assert "note this is no sample of an event; capture one of those too" in lines(out)
    assert files() == ["README.md", "source.yml"]


def test_second_tenant_extends_a_source_and_has_the_samples(new) -> None:
    status, out, err = new("zoom-emea", "--from", "zoom", "--description", "Zoom of Europe")
    assert (status, err) == (0, "")
    assert (
        text("s/zoom-emea/source.yml")
        == """\
# yaml-language-server: $schema=../schema.json
# These keys win over those of zoom; all others are as in its definition.
extends: zoom
description: Zoom of Europe
"""
    )
    assert files("s/zoom-emea") == ["README.md", "source.yml"]
    assert "missing" not in lines(out)
    assert "python -m generator secret zoom-emea" in text("s/zoom-emea/README.md")
    assert new("zoom-third", "--from", "zoom-emea")[0] == 0
    assert main(["zoom-third", "--sources", "s", "--lint", "fast", "--check"]) == 0


def test_a_tenant_inherits_parameters_and_has_what_a_request_tells(new) -> None:
    status, out, _ = new("alarms", "--from", "aws-sns")
    assert status == 0
    assert yaml.safe_load(text("s/alarms/source.yml")) == {"extends": "aws-sns"}
    assert "missing" not in lines(out)
    assert "python -m generator deploy alarms --parameter TopicArn=VALUE" in text("s/alarms/README.md")
    topic = "arn:aws:sns:eu-west-1:123456789012:alarms"
    body = {"TopicArn": topic, "SigningCertURL": "", "Signature": "", "MessageId": "1", "Type": "Notification"}
    Path("r.json").write_text(json.dumps({"headers": {}, "body": json.dumps(body)}))
    assert new("alarms2", "--from", "aws-sns", "--from-request", "r.json")[0] == 0
    assert yaml.safe_load(text("s/alarms2/source.yml"))["webhook"] == {"auth": {"sns": {"topics": [topic]}}}


def test_copy_is_an_independent_source_with_the_samples(new) -> None:
    Path("r.json").write_text(json.dumps(ZOOM))
    status, out, err = new(
        "mine", "--from", "zoom", "--copy", "--from-request", "r.json", "--description", 'My: "Zoom"'
    )
    assert (status, err) == (0, "")
    definition = yaml.safe_load(text("s/mine/source.yml"))
    assert (definition["description"], "extends" in definition) == ('My: "Zoom"', False)
    assert "python -m generator secret mine" in text("s/mine/README.md")
    assert "generator secret zoom" not in text("s/mine/README.md")
    assert "samples/user.created.captured.json" in files("s/mine")
    assert json.loads(text("s/mine/samples/user.created.mozdef.json"))["category"] == "mine"
    assert any(line.startswith("made s/mine, ") for line in lines(out))
    assert main(["mine", "--sources", "s", "--lint", "fast", "--check"]) == 0


def test_request_of_another_source_than_the_base_is_doubted(new) -> None:
    Path("r.json").write_text(json.dumps(ZOOM))
    status, _, err = new("okta2", "--from", "okta", "--from-request", "r.json")
    assert (status, err) == (0, "warning: this does not look like a request of okta\n")
    message = "error: r.json: becomes no message: no-events: data.events is not a list\n"
    assert new("okta3", "--from", "okta", "--copy", "--from-request", "r.json")[2].endswith(message)
    assert not Path("s/okta3").exists()


def test_base_source_must_exist(new) -> None:
    message = "error: no source zoomm among those that are shipped, and this folder has no sources/; "
    message += "did you mean zoom or zoom-log?\n"
    assert new("acme", "--from", "zoomm") == (1, "", message)
    message = "error: no source qqqq among those that are shipped, and this folder has no sources/; "
    message += "to see all: python -m generator list\n"
    assert new("acme", "--from", "qqqq")[2] == message
    assert nothing_is_there()
    assert new("own-one", *DESCRIBED, "--auth", "basic")[0] == 0
    message = "error: no source own-on in s, nor among those that are shipped; did you mean own-one?\n"
    assert new("acme", "--from", "own-on")[2] == message
    assert source_names(Path("s")) == ["own-one"]


def test_source_can_not_be_based_on_the_same_name(new) -> None:
    assert new("zoom", "--from", "zoom") == (1, "", "error: zoom would begin with itself; take another name\n")
    assert nothing_is_there()


def test_doubtful_part_of_a_capture_is_a_warning(new) -> None:
    Path("r.json").write_text(json.dumps({"headers": {"x-sig": HEX}, "body": {"type": "a"}}))
    status, _, err = new("acme", *DESCRIBED, "--from-request", "r.json")
    message = "warning: r.json: body: is JSON and not text, so its bytes may not be those that were sent\n"
    assert (status, err) == (0, message)


def test_own_sources_folder_gets_the_schema_referred_to_by_definitions(new) -> None:
    assert new("acme", *DESCRIBED, "--auth", "basic")[0] == 0
    assert json.loads(text("s/schema.json"))["title"]
    Path("s/schema.json").write_text("{}")
    assert new("other", *DESCRIBED, "--auth", "basic")[0] == 0
    assert text("s/schema.json") == "{}"
    assert sorted(path.name for path in Path("s").iterdir()) == ["acme", "other", "schema.json"]


def test_failing_build_afterwards_says_the_source_was_created(new) -> None:
    Path("build/acme").mkdir(parents=True)
    Path("build/acme/mine").write_text("")
    Path("build/.lock").touch()
    status, _, err = new("acme", *DESCRIBED, "--auth", "basic")
    assert status == 1
    assert err.splitlines()[-1] == (
        "error: s/acme is written, but was not built: python -m generator acme --accept --sources s"
    )
    assert files() == ["README.md", "source.yml"]


@pytest.mark.parametrize("folder", ["s", "a-folder-of-sources/with-a-long-name"])
def test_a_narrow_terminal_cuts_no_command_off_and_breaks_texts_between_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_console, "console", lambda **_: Console(width=80, highlight=False, soft_wrap=True))
    assert main(["new", "acme", *DESCRIBED, "--auth", "basic", "--lint", "fast", "--sources", folder]) == 0
    out = capsys.readouterr().out
    assert f"python -m generator acme --accept --sources {folder}\n" in re.sub(" +(build it again.*)?\n", "\n", out)
    texts = [line for line in out.splitlines() if "--sources" not in line]
    assert max(map(len, texts)) <= 80
    assert "…" not in out
    assert "write what to click at the vendor, and when it sends again" in " ".join(out.split())


@pytest.mark.parametrize("kind", [("--auth", "basic"), ("--from", "zoom")], ids=lambda kind: kind[0])
def test_a_new_source_is_never_written_beside_those_of_the_framework(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: tuple[str, ...]
) -> None:
    framework, empty = tmp_path / "framework", tmp_path / "empty"
    shutil.copytree(BUNDLED / "zoom", framework / "zoom")
    empty.mkdir()
    monkeypatch.setattr(errors, "BUNDLED", framework)
    monkeypatch.chdir(empty)
    assert main(["new", "acme", *DESCRIBED, *kind, "--lint", "fast"]) == 0
    assert "source.yml" in files("sources/acme")
    assert [folder.name for folder in framework.iterdir()] == ["zoom"]


def test_sources_must_be_a_writable_folder(new, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("s").write_text("")
    status, _, err = new("acme", *DESCRIBED, "--auth", "basic")
    assert (status, err.splitlines()[-1]) == (2, "error: Invalid value for '--sources': Directory 's' is a file.")
    Path("s").unlink()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    message = "error: s/acme: can't be written (No space left on device)\n"
    assert new("acme", *DESCRIBED, "--auth", "basic") == (1, "", message)
    assert not list(Path().glob("s/*acme*"))


def test_readme_has_the_sections_of_bundled_sources(new) -> None:
    assert new("acme-audit", *DESCRIBED, "--auth", "token", "--header", "X-Acme-Token")[0] == 0
    readme = text("s/acme-audit/README.md")
    assert [line for line in readme.splitlines() if line.startswith("#")] == [
        "# Acme Audit",
        "## Worth having in a SIEM",
        "## What is verified",
        "## Set it up",
        "## What Acme Audit does when something fails",
        "## Good to know",
        "## Reference",
    ]
    for line in (
        "Acme audit events, one message per event.",
        "| Check | a token in X-Acme-Token |",
        "| Replay | no window: no signed time says how old a request is |",
        "| Otherwise | 401 or 403, and the event is not taken |",
        "2. The secret: store it: `python -m generator secret acme-audit`.",
    ):
        assert line in readme.splitlines()


MULTIPART = (
    '--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n{}\r\n'
    '--b\r\nContent-Disposition: form-data; name="signature"\r\n\r\nsha384:{}\r\n--b--\r\n'
)


@pytest.mark.parametrize(
    ("request_", "sample", "stored"),
    [
        (
            {"body": {"sharedSecret": "s3cr3t", "alertId": "a-123456", "alertType": "Settings changed"}},
            "Settings.changed.json",
            {"sharedSecret": "[masked]", "alertId": "a-123456", "alertType": "Settings changed"},
        ),
        (
            {"body": {"signature": {"timestamp": "1770920772", "signature": HEX}, "event-data": {"event": "opened"}}},
            "event.json",
            {"signature": {"timestamp": "1770920772", "signature": "[masked]"}, "event-data": {"event": "opened"}},
        ),
        (
            {"body": {"value": [{"clientState": "s3cr3t", "changeType": "updated"}]}},
            "event.json",
            {"value": [{"clientState": "[masked]", "changeType": "updated"}]},
        ),
        (
            {
                "headers": {"content-type": "multipart/form-data; boundary=b"},
                "body": MULTIPART.format('{"type": "a.b"}', "5a" * 48),
            },
            "a.b.txt",
            "json=%7B%22type%22%3A%22a.b%22%7D",
        ),
    ],
)
def test_a_credential_in_the_body_is_in_no_sample(new, request_: dict, sample: str, stored) -> None:
    body = request_["body"]
    text_ = body if isinstance(body, str) else json.dumps(body)
    Path("r.json").write_text(json.dumps({"headers": {}, **request_, "body": text_}))
    status, _, err = new("acme", *DESCRIBED, "--from-request", "r.json")
    assert (status, err) == (0, "")
    written = Path("s/acme/samples", sample).read_text()
    assert (written if isinstance(stored, str) else json.loads(written)) == stored
    everything = "".join(path.read_text() for path in Path("s/acme").rglob("*") if path.is_file())
    assert not any(secret in everything for secret in ("s3cr3t", HEX, "5a" * 48))
    assert main(["acme", "--sources", "s", "--lint", "fast", "--check"]) == 0
