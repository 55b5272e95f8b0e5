"""Requests of known vendors that were captured otherwise than they were sent: what `verify` says of each, whole."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote_plus, unquote_plus, urlencode

import pytest

from generator.explain.captured_case import CapturedCase
from generator.explain.explanation import explain
from generator.explain.report import lines
from generator.samples.captured import Captured
from lambdas.auth_type import OutgoingRequest
from lambdas.model import Source, auths
from tests.definitions import bundled_source, make_definition
from tests.fakes import NOW, SECRET

URL = "https://hooks.example.com/events"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON_TYPE = {"Content-Type": "application/json"}
# https://docs.github.com/en/webhooks/webhook-events-and-payloads#star
STARRED = json.dumps(
    {
        "action": "created",
        "starred_at": "2026-01-01T00:00:00Z",
        "repository": {"full_name": "acme/tool*~", "description": "Grüße + mehr"},
        "sender": {"login": "mona"},
    },
    separators=(",", ":"),
    ensure_ascii=False,
)
AS_FORM = f"payload={quote_plus(STARRED, safe='*').replace('~', '%7E')}"
# https://www.twilio.com/docs/messaging/guides/webhook-request
MESSAGE = urlencode({"MessageSid": "SM1", "From": "+14158675309", "To": "+18005551212", "Body": "we meet 5+5"})


def said(source: Source, sent: OutgoingRequest) -> list[str]:
    """What is printed of why the request does not verify, and what to do."""
    captured = Captured(sent.method, sent.url, tuple(sent.headers.items()), sent.body)
    case = CapturedCase(source, captured, {"auth_token": (SECRET,)}, NOW)
    return [f"{line.label}: {line.text}" for line in lines(explain(case)) if line.label in ("why", "do", "perhaps")]


def signed(source: Source, body: str, headers: dict[str, str]) -> OutgoingRequest:
    """The request as the vendor sends it."""
    first = auths(source.endpoint)[0]
    auth = getattr(first.settings, "of", (first,))[0]
    sent = OutgoingRequest("POST", URL, headers, body.encode())
    return auth.type.sign(auth.settings, sent, lambda _name: (SECRET,), NOW)


TWICE = "do: pass on what was sent: the body was encoded once more on its way, or by the tool that captured it"
DECODED = "do: pass on what was sent: the form was decoded, by what stands before the endpoint or what captured it"
IS_FORM = "do: capture the form: what came was a form, and the tool that captured it, or a proxy, showed "
IS_JSON = "do: capture the JSON: what came was a JSON, and the tool that captured it, or a proxy, showed a form with it"


@pytest.mark.parametrize(
    ("sent", "captured", "why", "todo"),
    [
        (AS_FORM, STARRED, "a form, with the JSON in its field payload", f"{IS_FORM}its JSON alone"),
        (
            AS_FORM,
            json.dumps(json.loads(STARRED), indent=2),
            "a form, with the JSON in its field payload",
            f"{IS_FORM}its JSON alone",
        ),
        (STARRED, AS_FORM, "the JSON in the form's field payload", IS_JSON),
        (STARRED, f"payload={STARRED.replace('+', '%2B')}", "the JSON in the form's field payload", IS_JSON),
        (STARRED, json.dumps(STARRED), "the body without the JSON text around it: encoded twice", TWICE),
        (
            STARRED,
            STARRED.encode().decode("latin-1"),
            "the body before its UTF-8 was encoded as UTF-8 once more",
            TWICE,
        ),
        (
            STARRED.replace("mehr", "“mehr”"),
            STARRED.replace("mehr", "“mehr”").encode().decode("cp1252", "ignore").replace("â€œmehrâ€", "â€œmehrâ€\x9d"),
            "the body before its UTF-8 was encoded as UTF-8 once more",
            TWICE,
        ),
        (AS_FORM, AS_FORM.replace("%", "%25"), "the same form, whose escapes are escaped again: encoded twice", TWICE),
        (AS_FORM, quote_plus(AS_FORM), "the same form, which is escaped as a whole: encoded twice", TWICE),
    ],
)
def test_body_of_github(sent: str, captured: str, why: str, todo: str) -> None:
    source = bundled_source("github").source
    request = signed(source, sent, {"X-GitHub-Event": "star"})
    assert said(source, request) == []
    assert said(source, request._replace(body=captured.encode())) == [f"why: what was signed is {why}", todo]


@pytest.mark.parametrize(
    ("headers", "captured", "why", "todo"),
    [
        (
            {},
            MESSAGE,
            "there is no content-type, and the body is a form",
            "do: have it passed on, or capture it too: what is signed are the fields, which only a form has",
        ),
        (
            {"Content-Type": "text/plain"},
            MESSAGE,
            "content-type is text/plain, and the body is a form",
            "do: have it passed on, or capture it too: what is signed are the fields, which only a form has",
        ),
        (
            FORM,
            MESSAGE.replace("%2B", "+").replace("5+5", "5%2B5"),
            "the same form with %2B for the + before a value",
            "",
        ),
        (FORM, unquote_plus(MESSAGE), "the same form with %2B for each +", ""),
    ],
)
def test_form_of_twilio(headers: dict[str, str], captured: str, why: str, todo: str) -> None:
    source = bundled_source("twilio").source
    request = signed(source, MESSAGE, FORM)
    assert said(source, request) == []
    signature = {name: value for name, value in request.headers.items() if name not in FORM}
    changed = request._replace(headers={**signature, **headers}, body=captured.encode())
    prefix = "" if todo else "what was signed is "
    assert said(source, changed) == [f"why: hmac 1: {prefix}{why}", todo or DECODED]


def test_fields_of_a_form_that_were_captured_as_json() -> None:
    source = bundled_source("twilio").source
    request = signed(source, MESSAGE, FORM)
    fields = dict(part.split("=") for part in unquote_plus(MESSAGE).split("&"))
    assert said(
        source, request._replace(headers={**request.headers, **JSON_TYPE}, body=json.dumps(fields).encode())
    ) == [
        "why: hmac 1: content-type is application/json, and the body is a form",
        "do: have it passed on, or capture it too: what is signed are the fields, which only a form has",
        "why: hmac 1: what was signed is a form, with these fields",
        f"{IS_FORM}its fields as JSON",
    ]


STRIPE = """\
description: A time beside the signature
webhook:
  auth:
    hmac:
      signature: {header: Acme-Signature, prefix: "v1=", split: ","}
      timestamp: {header: Acme-Signature, prefix: "t=", split: ","}
      signed: "{timestamp}.{body}"
"""
OTHER_SEPARATOR = [
    "why: the parts of acme-signature have ';' between them, not ','",
    'do: in the definition, `split: ";"` in `signature` and in `timestamp`',
]


def test_another_separator_between_time_and_signature(tmp_path: Path) -> None:
    source = make_definition(tmp_path, STRIPE).source
    request = signed(source, "{}", {})
    other = {"Acme-Signature": request.headers["Acme-Signature"].replace(",", ";")}
    assert said(source, request._replace(headers=other)) == OTHER_SEPARATOR
    old = {"Acme-Signature": sign_at(source, NOW - 900).replace(",", ";")}
    assert said(source, request._replace(headers=old)) == [
        *OTHER_SEPARATOR,
        "why: acme-signature is 900 s (15 minutes) old, and 300 s are allowed; its signature is right",
        "do: --at request verifies it as of its own time; if it was that old when it came, see what held it up",
    ]


def test_another_separator_in_a_list_without_prefixes(tmp_path: Path) -> None:
    # As Recurly has it, with a comma: https://docs.recurly.com/recurly-subscriptions/docs/webhooks
    listed = STRIPE.replace('prefix: "v1=", split: ","', 'split: ",", part: 2').replace(
        'prefix: "t=", split: ","', 'split: ",", part: 1'
    )
    source = make_definition(tmp_path, listed).source
    request = signed(source, "{}", {})
    assert said(source, request) == []
    other = {"Acme-Signature": request.headers["Acme-Signature"].replace(",", ";")}
    assert said(source, request._replace(headers=other)) == OTHER_SEPARATOR


def sign_at(source: Source, now: float) -> str:
    auth = source.endpoint.auth
    sent = auth.type.sign(auth.settings, OutgoingRequest("POST", URL, {}, b"{}"), lambda _name: (SECRET,), now)
    return str(sent.headers["Acme-Signature"])


def test_another_separator_in_what_is_signed(tmp_path: Path) -> None:
    theirs = make_definition(tmp_path / "theirs", STRIPE.replace("}.{", "};{")).source
    source = make_definition(tmp_path, STRIPE).source
    assert said(source, signed(theirs, "{}", {})) == [
        'why: what is signed is "{timestamp};{body}", not "{timestamp}.{body}"',
        'do: in the definition, `signed: "{timestamp};{body}"`',
    ]


def test_two_sets_of_time_and_signature(tmp_path: Path) -> None:
    # As Persona sends them while its secret is changed: https://docs.withpersona.com/webhooks-best-practices
    source = make_definition(tmp_path, STRIPE).source
    request = signed(source, "{}", {})
    good, bad = request.headers["Acme-Signature"], f"t={int(NOW)},v1={'5a' * 32}"
    assert said(source, request._replace(headers={"Acme-Signature": f"{good} {bad}"})) == [
        "why: acme-signature has 2 sets of a time and a signature, with ' ' between them",
        "do: a definition reads the first time and the last signature: store the secret of the last set too, "
        "or have the vendor end the change of its secret",
    ]


def test_a_signature_in_place_of_a_time_is_cut_short(tmp_path: Path) -> None:
    source = make_definition(tmp_path, STRIPE).source
    request = signed(source, "{}", {})
    signature = request.headers["Acme-Signature"].partition("v1=")[2]
    for value in (f"t={int(NOW)};v1={signature}", f"t={signature},v1={signature}", f"t={signature}"):
        changed = request._replace(headers={"Acme-Signature": value}, body=b"{ }")
        captured = Captured("POST", URL, tuple(changed.headers.items()), changed.body)
        case = CapturedCase(source, captured, {"auth_token": ("another secret",)}, NOW)
        printed = "\n".join(f"{line.label} {line.text}" for line in lines(explain(case)))
        assert "not a time" in printed
        assert signature[:9] not in printed
