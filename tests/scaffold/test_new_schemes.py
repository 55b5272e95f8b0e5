"""The questions of `new`: each way in which vendors sign can be answered, and becomes what verifies it."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from generator.commands import _console, _prompts
from generator.definition.read import load
from generator.scaffold import auth_answers, texts
from generator.scaffold.first_parameters import parameters_of
from generator.scaffold.texts import DefinitionDraft
from tests.definitions import ROOT

ADYEN = (
    "{pspReference}:{originalReference}:{merchantAccountCode}:{merchantReference}:"
    "{amount.value}:{amount.currency}:{eventCode}:{success}"
)
STANDARD_WEBHOOKS = ["v1,", " ", "base64", "", "", "{id}.{timestamp}.{body}"]
VARIANTS = "no_port default_port quoted unquoted"
# What is typed, question by question, for a definition that verifies real vectors: a source, or a case of the tests.
SCHEMES = {
    "sources/stripe": ["hmac", "Stripe-Signature", "Stripe-Signature", "t=", "v1=", "", "", "", "", "", ""],
    "sources/svix": ["hmac", "svix-signature", "svix-timestamp", *STANDARD_WEBHOOKS, "svix-id", "base64", "whsec_"],
    "sources/github": ["hmac", "X-Hub-Signature-256", "", "sha256=", "", "", "", "", "", ""],
    "tests/cases/slack": ["hmac", "X-Slack-Signature", "X-Slack-Request-Timestamp", "v0=", "", "", "", "", "", ""],
    "tests/cases/shopify": ["hmac", "X-Shopify-Hmac-SHA256", "", "", "", "base64", "", "", "", ""],
    "tests/cases/two-secrets": [
        *("hmac", "X-Signature", "", "", "", "", "", "", "", "text", "{secret('client_id')}&{secret}"),
    ],
    "sources/linear": ["hmac", "Linear-Signature", "", "", "", "", "", "", "webhookTimestamp", "unix_ms", ""],
    "sources/hubspot": [
        *("hmac", "X-HubSpot-Signature-v3", "X-HubSpot-Request-Timestamp", "", "", "base64", "", "unix_ms"),
        *("{method}{url}{body}{timestamp}", "", "unquoted", ""),
    ],
    "sources/twilio": [
        *("any_of", "hmac", "X-Twilio-Signature", "", "", "", "base64", "sha1", "{url}{form_sorted}", "", VARIANTS, ""),
        *("hmac", "X-Twilio-Signature", "", "", "", "base64", "sha1", "{url}", "", VARIANTS, "bodySHA256", "", "n"),
    ],
    "tests/cases/square": [
        *("hmac", "X-Square-HmacSha256-Signature", "", "", "", "base64", "", "{url}{body}"),
        *("", "https://hooks.example.com/square", "", ""),
    ],
    "sources/discord": [
        *("ed25519", "X-Signature-Ed25519", "X-Signature-Timestamp", "", "", "", ""),
        *("{timestamp}{body}", ""),
    ],
    "tests/cases/hook0": [
        *("hmac", "X-Hook0-Signature", "X-Hook0-Signature", "t=", "v1=", "", "", "", ""),
        *("{timestamp}.{header_names}.{headers}.{body}", "X-Hook0-Signature", "h=", " ", "", ".", ""),
    ],
    "tests/cases/contentful": [
        *("hmac", "X-Contentful-Signature", "X-Contentful-Timestamp", "", "", "", "", "unix_ms"),
        *(r"{method}\n{path}\n{headers}\n{body}", "X-Contentful-Signed-Headers", "", "", ";", "", "", ""),
    ],
    "tests/cases/plivo-v3": [
        *("hmac", "X-Plivo-Signature-V3", "", "", ",", "base64", ""),
        *("{endpoint}?{query_sorted('.')}{form_sorted}.{header('X-Plivo-Signature-V3-Nonce')}", "", "", ""),
    ],
    "tests/cases/braintree": [
        *("body_hmac", "bt_signature", "", "*|", "&", "", "sha1", "{bt_payload}", "", "sha1"),
        "any further field of the form",
    ],
    "sources/mailgun": [
        *("any_of", "body_hmac", "signature.signature", "", "", "", ""),
        *("{signature.timestamp}{signature.token}", "signature.timestamp", "", "", "the event itself"),
        *("body_hmac", "signature.parent-signature", "", "", "", ""),
        *("{signature.timestamp}{signature.token}", "signature.timestamp", "", "", "the event itself", ""),
    ],
    "sources/adyen": [
        *("all_of", "body_hmac", "additionalData.hmacSignature", "notificationItems[].NotificationRequestItem", ""),
        *("base64", "", ADYEN, "", "hex", ""),
        "eventDate, reason, paymentMethod, operations, the rest of additionalData, and live",
        *("basic", ""),
    ],
    "sources/gitlab": [
        *("any_of", "hmac", "webhook-signature", "webhook-timestamp", *STANDARD_WEBHOOKS),
        *("webhook-id", "base64", "whsec_", "token", "X-Gitlab-Token", "", ""),
    ],
    "tests/cases/lark": [
        *("digest", "X-Lark-Signature", "X-Lark-Request-Timestamp", "", "", "", "", ""),
        *("{timestamp}{header('X-Lark-Request-Nonce')}{secret}{body}",),
    ],
    "sources/wise": ["rsa", "X-Signature-SHA256", "", "", "", "", "", "", "", ""],
    "sources/meraki": ["body_token", "sharedSecret", ""],
    "tests/cases/livekit": ["jwt", "Authorization", "", "HS256", "sha256", "base64", ""],
}
DEFAULTS = {"encoding": "hex", "separator": ",", "each": "{value}"}


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Return the auth settings that typed answers make, and what was printed; each answer is read and none is left."""

    def answer(typed: list[str]) -> tuple[dict[str, Any], str]:
        stdin = io.StringIO("".join(f"{line}\n" for line in typed))
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(_console, "is_interactive", lambda: True)
        auth = _prompts.auth(None, {}, {}, [])
        assert stdin.read() == ""
        return auth, capsys.readouterr().err

    return answer


def comparable(settings: Any) -> Any:
    """Return settings without what nobody is asked for: the replay window, names of secrets, and defaults."""
    if isinstance(settings, list):
        return [comparable(item) for item in settings]
    if not isinstance(settings, dict):
        return settings
    unasked = {"tolerance", "future", "secret"}
    asked = {
        key: comparable(value)
        for key, value in settings.items()
        if key not in unasked and not (key in DEFAULTS and value == DEFAULTS[key])
    }
    return {key: value for key, value in asked.items() if value != {} or key == "basic"}


def built(folder: Path, auth: dict[str, Any]) -> None:
    """Read the definition that the answers make, as a build does."""
    (folder / "acme").mkdir()
    events = auth_answers.events_for(auth)
    draft = DefinitionDraft("acme", "Acme", auth=auth, events=events, parameters=parameters_of(auth, None))
    (folder / "acme" / "source.yml").write_text(texts.definition_text(draft), encoding="utf-8")
    load(folder, ["acme"])


@pytest.mark.parametrize("known", SCHEMES)
def test_every_scheme_can_be_answered(known: str, answered, tmp_path: Path) -> None:
    definition = yaml.safe_load((ROOT / known / "source.yml").read_text(encoding="utf-8"))
    auth, printed = answered(SCHEMES[known])
    assert comparable(auth) == comparable(definition["webhook"]["auth"])
    assert "Invalid answer" not in printed
    built(tmp_path, auth)


def test_options_answer_what_the_signed_text_opens() -> None:
    options = {
        "header": "webhook-signature",
        "timestamp_header": "webhook-timestamp",
        "prefix": "v1,",
        "separator": " ",
        "encoding": "base64",
        "signed": "{id}.{timestamp}.{body}",
        "id_header": "webhook-id",
        "key": "base64",
        "key_prefix": "whsec_",
    }
    missing: list[str] = []
    auth = _prompts.auth("hmac", options, {}, missing)
    gitlab = yaml.safe_load((ROOT / "sources" / "gitlab" / "source.yml").read_text(encoding="utf-8"))
    assert (auth, missing) == (gitlab["webhook"]["auth"]["any_of"][0], [])


@pytest.mark.parametrize(
    ("signed", "missing"),
    [
        ("{id}.{body}", ["--id-header"]),
        ("{headers}{body}", ["--signed-headers"]),
        ("{url}", ["--body-hash-query"]),
        ("{header('x-hash')}", ["--body-hash-header"]),
        ("{method}{url}{body}", []),
    ],
)
def test_options_that_the_signed_text_needs_are_named(signed: str, missing: list[str]) -> None:
    found: list[str] = []
    _prompts.auth("hmac", {"header": "X-S", "signed": signed}, {}, found)
    assert found == missing


def test_what_the_signed_text_does_not_have_is_refused() -> None:
    with pytest.raises(click.UsageError) as refusal:
        _prompts.auth("hmac", {"header": "X-S", "id_header": "X-Id"}, {}, [])
    assert refusal.value.message == "--id-header can't be used with --auth hmac"


def test_a_key_can_be_given_beside_a_captured_request() -> None:
    seen = {"hmac": {"signature": {"header": "X-S"}, "key": {"encoding": "base64"}}}
    auth = _prompts.auth(None, {"key": "utf8"}, seen, [])
    assert auth == {"hmac": {"signature": {"header": "X-S"}}}


def test_each_of_two_types_has_a_secret_of_its_own(answered) -> None:
    auth, printed = answered(["all_of", "basic", "token", "X-One", "", "y", "token", "X-Two", "", ""])
    assert auth == {
        "all_of": [
            {"basic": {}},
            {"token": {"header": "X-One", "secret": "token"}},
            {"token": {"header": "X-Two", "secret": "token_2"}},
        ]
    }
    assert "Type 2 of all_of (hmac, token, basic, " in printed


def test_ways_to_sign_with_the_same_secret_share_it(answered) -> None:
    twilio, _ = answered(SCHEMES["sources/twilio"])
    gitlab, _ = answered(SCHEMES["sources/gitlab"])
    assert ["secret" in part["hmac"] for part in twilio["any_of"]] == [False, False]
    assert gitlab["any_of"][1] == {"token": {"header": "X-Gitlab-Token", "secret": "token"}}


def test_a_jwt_names_its_secret_wherever_it_stands(answered) -> None:
    typed = ["jwt", "", "HS256", "", ""]
    auth, _ = answered(["all_of", "basic", *typed, "n"])
    assert auth == {"all_of": [{"basic": {}}, {"jwt": {"secret": "signing_key", "algorithms": "HS256"}}]}
    auth, _ = answered(["all_of", *typed, "basic", "n"])
    assert auth == {
        "all_of": [{"jwt": {"secret": "auth_token", "algorithms": "HS256"}}, {"basic": {"secret": "login"}}]
    }


def test_two_types_are_asked_for_in_a_terminal_alone() -> None:
    for options, message in [
        ({}, "no terminal to ask in: --auth all_of asks for each of its types"),
        ({"id_header": "X"}, "--id-header can't be used with --auth all_of, which asks for each of its types"),
    ]:
        with pytest.raises(click.UsageError) as refusal:
            _prompts.auth("all_of", options, {}, [])
        assert refusal.value.message == message


def test_an_answer_without_the_id_that_is_signed_is_asked_again(answered) -> None:
    typed = ["hmac", "X-S", "", "", "", "", "", "{id}.{body}", "", "not a header", "X-Id", ""]
    auth, printed = answered(typed)
    assert auth == {"hmac": {"signature": {"header": "X-S"}, "id": {"header": "X-Id"}, "signed": "{id}.{body}"}}
    assert printed.count("Invalid answer") == 1
