"""Who makes the secret of a webhook: what its definition says, and what its auth type or a handshake says already."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.definition.read import load
from generator.definition.secret_origin import origin_note, secret_origin
from generator.errors import DefinitionError
from lambdas.model import Source
from tests.pulled_definitions import ACME

HMAC, ED25519 = "hmac: {signature: {header: x-sig}}", "ed25519: {signature: {header: x-sig}}"
LEARNS = "  challenges: [{when: token, unauthenticated: true, store_secret: token, reply: {status: 200}}]\n"


def read(text: str, name: str = "acme") -> Source:
    folder = Path("sources", name)
    folder.mkdir(parents=True)
    (folder / "source.yml").write_text(text)
    return load(Path("sources"), [name])[0].source


def webhook(auth: str, more: str = "", secret: str | None = None) -> str:
    stated = f"vendor: {{docs: 'https://acme.example.com', secret: {secret}}}\n" if secret else ""
    return f"description: acme\n{stated}webhook:\n  auth: {{{auth}}}\n{more}"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        (webhook(HMAC, secret="issued"), "they issue it"),
        (webhook("token: {header: x-token}", secret="chosen"), "you choose it"),
        (webhook("basic: {}"), "you choose it"),
        (webhook(f"all_of: [{{{HMAC}}}, {{basic: {{secret: login}}}}]", secret="issued"), "they issue it"),
        (webhook(HMAC), "not known"),
        (webhook(ED25519), "their public key"),
        (webhook("jwt: {issuer: 'https://acme.example.com', audience: [mozdef]}"), "their public key"),
        (webhook(f"any_of: [{{{ED25519}}}, {{{HMAC}}}]", secret="issued"), "they issue it"),
        (webhook(HMAC, LEARNS), "it is learned"),
    ],
)
def test_who_makes_the_secret(text: str, origin: str) -> None:
    assert secret_origin(read(text)) == origin


def test_only_the_secret_of_events_is_annotated() -> None:
    tried = "  challenges: [{method: GET, when: a, auth: {token: {query: t, secret: verify}}, reply: {status: 200}}]\n"
    source = read(webhook(HMAC, tried, secret="issued"))

    assert origin_note(source, "auth_token") == "; they issue it"
    assert origin_note(source, "verify") == ""


def test_a_login_beside_an_issued_key_is_chosen() -> None:
    source = read(webhook(f"all_of: [{{{HMAC}}}, {{basic: {{secret: login}}}}]", secret="issued"))

    assert origin_note(source, "auth_token") == "; they issue it"
    assert origin_note(source, "login") == "; you choose it"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (webhook(HMAC, secret="given"), "vendor.secret: must be one of issued, chosen"),
        (webhook(ED25519, secret="issued"), "vendor.secret: is clear without it (their public key); leave it out"),
        (webhook("basic: {}", secret="chosen"), "vendor.secret: is clear without it (you choose it); leave it out"),
        (webhook(HMAC, LEARNS, "issued"), "vendor.secret: is clear without it (it is learned); leave it out"),
        (
            f"vendor: {{docs: 'https://acme.example.com', secret: chosen}}\n{ACME}",
            "vendor.secret: is of a webhook; leave it out",
        ),
    ],
)
def test_a_word_that_says_nothing_is_refused(text: str, problem: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        read(text)

    assert problem in [line.partition(": ")[2] for line in str(raised.value).splitlines()]


def test_an_inherited_word_gives_way_to_another_auth_type() -> None:
    read(webhook(HMAC, secret="issued"))

    source = read(f"extends: acme\ndescription: signed\nwebhook:\n  auth: {{{ED25519}}}\n", "signed")

    assert secret_origin(source) == "their public key"
