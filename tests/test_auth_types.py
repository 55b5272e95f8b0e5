"""What every auth type has, so that one is a file and nothing else."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import gateway
from generator.definition import auth_types, known, load
from generator.reference import descriptions, schema
from generator.vendor import can_sign, made_up
from generator.wheels import pins
from lambdas import auth as package
from lambdas.auth import AuthType, Keys, Sent, Unauthenticated, leaves, secret_names, signed
from lambdas.model import Auth, SecretName, Webhook, auths, verified_by
from lambdas.request import Request
from lambdas.secrets import UnusableSecret
from tests.definitions import CASES, ROOT, SOURCES
from tests.fakes import NOW
from tests.issuers import Internet

EVERY = pytest.mark.parametrize(("name", "module"), auth_types().items(), ids=auth_types())
FUNCTIONS = {name: one for name, one in vars(AuthType).items() if inspect.isfunction(one) and not name.startswith("_")}
OPTIONAL = {
    "read_secret": ["settings", "stored"],
    "signed": ["settings", "request"],
    "wheels": ["settings"],
    "masks": ["settings"],
    "pair": ["settings"],
}
REFERENCE = (ROOT / "docs" / "definition.md").read_text(encoding="utf-8")
PACKAGES = {"cryptography": "cryptography", "jwt": "PyJWT"}  # by what is imported


def below(auth: Auth) -> Iterator[Auth]:
    """A type, and those that it is made of."""
    yield auth
    for one in getattr(auth.settings, "of", ()):
        yield from below(one)


def type_of(auth: Auth) -> str:
    return str(auth.type.__name__.rpartition(".")[2])  # type: ignore[attr-defined]


def every_use() -> Iterator[tuple[str, Auth]]:
    """Each way of verifying in a definition, once."""
    seen: list[Auth] = []
    for folder in (SOURCES, CASES):
        for made in load(folder, known(folder)):
            for one in (one for auth in auths(made.source.webhook) for one in below(auth)):
                if one not in seen:
                    seen.append(one)
                    yield f"{made.source.name}-{type_of(one)}", one


USED = list(every_use())
EACH = pytest.mark.parametrize("auth", [auth for _, auth in USED], ids=[name for name, _ in USED])


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No type asks anybody for what does not look like a credential."""
    Internet().put_before(monkeypatch)


# The module.


@EVERY
def test_it_has_every_function_of_the_protocol_with_its_parameters(name: str, module: object) -> None:
    for wanted, function in FUNCTIONS.items():
        parameters = list(inspect.signature(function).parameters)[1:]
        found = [one.lstrip("_") for one in inspect.signature(getattr(module, wanted)).parameters]
        assert found == parameters, f"{name}.{wanted}"


@EVERY
def test_what_it_may_have_besides_is_called_with_its_settings(name: str, module: object) -> None:
    for wanted, parameters in OPTIONAL.items():
        if hasattr(module, wanted):
            found = [one.lstrip("_") for one in inspect.signature(getattr(module, wanted)).parameters]
            assert found == parameters, f"{name}.{wanted}"


@EVERY
def test_it_has_no_other_function_of_its_own_that_others_could_call(name: str, module: Any) -> None:
    own = {one for one, made in vars(module).items() if inspect.isfunction(made) and made.__module__ == module.__name__}
    assert {one for one in own if not one.startswith("_")} <= {*FUNCTIONS, *OPTIONAL}, name


@EVERY
def test_its_settings_are_frozen_and_described(name: str, module: object) -> None:
    keys = module.Settings  # type: ignore[attr-defined]
    assert keys.__dataclass_params__.frozen
    assert "__slots__" in vars(keys)
    assert set(descriptions(keys)) == {field.name for field in dataclasses.fields(keys)}, name
    # What a dataclass has without a text of its own.
    assert not str(inspect.getdoc(keys)).startswith("Settings(")


@EVERY
def test_its_settings_name_a_secret_or_nothing_is_stored_or_it_is_made_of_others(name: str, module: object) -> None:
    parameters = inspect.signature(module.Settings).parameters  # type: ignore[attr-defined]
    if "of" in parameters:
        assert list(parameters) == ["of"]
    elif "secret" in parameters:
        assert parameters["secret"].default == SecretName("auth_token")
        assert hasattr(module, "read_secret"), f"{name} stores a secret, so it reads one"
    else:
        assert not hasattr(module, "pair"), f"{name} stores nothing, so it has no pair of keys"


@EVERY
def test_its_wheels_are_pinned_and_all_that_it_imports_of_others(name: str, module: Any) -> None:
    """Imported late: the functions of other sources have no such package, and the generator needs none to read."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    at_once, late = set(third_party(tree.body)), set(third_party(ast.walk(tree)))
    assert at_once == set()
    found = {package for auth in used(name) for package in getattr(module, "wheels", lambda _: ())(auth.settings)}
    assert {PACKAGES[one] for one in late} <= found <= set(pins())


def third_party(nodes: Any) -> Iterator[str]:
    for node in nodes:
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        first = {one.partition(".")[0] for one in names}
        yield from first - {*sys.stdlib_module_names, "lambdas", "boto3", "botocore", "jmespath"}


def used(name: str) -> list[Auth]:
    return [auth for _, auth in USED if type_of(auth) == name]


@EVERY
def test_it_is_used_and_documented(name: str, module: object) -> None:
    assert used(name), f"no source and no case is verified by {name}"
    assert f"### `webhook.auth.{name}`\n" in REFERENCE
    doc = str(inspect.getdoc(module.Settings)).replace("\n", " ")  # type: ignore[attr-defined]
    assert f"### `webhook.auth.{name}`\n\n{doc}\n" in REFERENCE
    assert name in schema()["definitions"]["auth"]["properties"]


# Each use of it.


@EACH
def test_it_says_in_a_line_what_is_verified(auth: Auth) -> None:
    said = auth.type.describe(auth.settings)
    assert said.strip() == said != ""
    assert "\n" not in said
    assert "Settings(" not in said


@EACH
def test_its_problems_are_an_iterator_and_a_good_definition_has_none(auth: Auth) -> None:
    found = auth.type.problems(auth.settings)
    assert iter(found) is found
    assert list(found) == []


@EACH
def test_its_headers_are_lower_case_and_each_there_once(auth: Auth) -> None:
    names = auth.type.headers(auth.settings)
    assert isinstance(names, tuple)
    assert list(names) == [one.lower() for one in dict.fromkeys(names)]


@EACH
def test_where_it_is_verified_is_where_what_it_looks_at_can_be_seen(auth: Auth) -> None:
    where = auth.type.where(auth.settings)
    assert where in ("api", "authorizer", "handler")
    if where == "authorizer":
        # It is asked once for each value of one header, and never sees a body.
        assert len(auth.type.headers(auth.settings)) == 1
        assert not hasattr(auth.type, "masks")
    assert verified_by(Webhook(auth)) == where


def asked_for(*_: object) -> NoReturn:
    raise AssertionError("a secret was asked for")


@EACH
def test_one_that_stores_nothing_asks_for_no_secret(auth: Auth) -> None:
    if not secret_names(auth):
        with pytest.raises(Unauthenticated):
            auth.type.verify(auth.settings, Request("POST", body=b"{}"), asked_for, NOW)
        assert list(signed(auth, Request("POST", body=b"{}"))) == []


def pairs(auth: Auth) -> tuple[Keys, Keys]:
    """What is stored, and what the vendor holds: made up."""
    made = made_up(Webhook(auth))
    return (lambda name: (made[name][0],)), (lambda name: (made[name][1],))


# A body in which every type finds the place of what it carries.
BODY: dict[str, Any] = {
    "value": [{"clientState": ""}, {"clientState": ""}],
    "notificationItems": [{"NotificationRequestItem": {"pspReference": "p", "additionalData": {}}}],
    "webhookTimestamp": 0,
    "signature": {"timestamp": str(int(NOW)), "token": "t", "signature": ""},
    "a": "é",
}
SENT = Sent("POST", gateway.URL, {"content-type": "application/json"}, json.dumps(BODY).encode())


def as_signed(auth: Auth, held: Keys) -> Sent | None:
    """Signed as JSON, or as a form where that is what is signed; None where it can't be."""
    form = SENT._replace(headers={"content-type": "application/x-www-form-urlencoded"}, body=b"b=2&a=1")
    for sent in (SENT, form):
        # Where a definition signs them, they are the vendor's to send.
        whole = sent._replace(headers={"x-key-id": "k", **sent.headers}, url=f"{sent.url}?account=a")
        try:
            return auth.type.sign(auth.settings, whole, held, NOW)
        except (Unauthenticated, UnusableSecret, ValueError):
            continue
    return None


@EACH
def test_what_it_signs_it_verifies_and_with_another_secret_it_does_not(auth: Auth) -> None:
    stored, held = pairs(auth)
    sent = as_signed(auth, held)
    if sent is None:
        assert not secret_names(auth)
        assert not can_sign(auth)
        return
    auth.type.verify(auth.settings, sent.request(NOW), stored, NOW)
    with pytest.raises(Unauthenticated) as raised:
        auth.type.verify(auth.settings, sent.request(NOW), pairs(auth)[0], NOW)
    said = str(raised.value)
    assert said
    assert "\n" not in said
    for name in secret_names(auth):
        assert stored(name)[0] not in said
        assert held(name)[0] not in said


@EACH
def test_the_previous_secret_verifies_too(auth: Auth) -> None:
    stored, held = pairs(auth)
    newer, _ = pairs(auth)
    if sent := as_signed(auth, held):
        auth.type.verify(auth.settings, sent.request(NOW), lambda name: (*newer(name), *stored(name)), NOW)


@EACH
def test_what_carries_no_credential_is_refused(auth: Auth) -> None:
    stored, _ = pairs(auth)
    for body in (SENT.body, b"", b"{}", b"[]", b"5", b'{"value":[]}', b"\xff", b"a=1"):
        for method in ("POST", "GET"):
            with pytest.raises(Unauthenticated):
                auth.type.verify(auth.settings, Request(method, body=body, url=gateway.URL, time=NOW), stored, NOW)


@EACH
def test_while_what_is_stored_is_empty_nobody_gets_in(auth: Auth) -> None:
    for held in (pairs(auth)[1], lambda _name: ("",)):
        if sent := as_signed(auth, held):
            for blank in ("", "\n", " \t"):
                with pytest.raises(UnusableSecret):
                    auth.type.verify(auth.settings, sent.request(NOW), lambda _name, blank=blank: (blank,), NOW)


TEXTS = st.text(max_size=30) | st.sampled_from(
    ["Bearer ", "Basic ", "Basic é", "sha256=", "v0=", "t=1,v1=00", "0" * 64, "AAAA", "v1a,AAAA", str(int(NOW))]
)
BODIES = st.binary(max_size=30) | st.sampled_from(
    [
        *(SENT.body, b"a=1&b=%FF", b"{}", b"[]", b"null", b'{"value":[1]}', b'{"value":{}}', b'{"value":[{}]}'),
        *(b'{"notificationItems":[{"NotificationRequestItem":1}]}', b'{"signature":1}', b'{"signature":{"token":[]}}'),
        *(b'{"TopicArn":[]}', b'{"TopicArn":"x","Type":[]}', b'{"signature":{"signature":"\\ud800"}}', b'"\\ud800"'),
    ]
)


@EACH
@settings(max_examples=min(30, settings().max_examples))
@given(data=st.data())
def test_whatever_comes_it_is_refused_and_nothing_else_is_raised(auth: Auth, data: st.DataObject) -> None:
    stored, _ = pairs(auth)
    names = [*auth.type.headers(auth.settings)[:3], "x-timestamp", "content-type"]
    for leaf in leaves(auth):
        stamp, told = getattr(leaf.settings, "timestamp", None), getattr(leaf.settings, "id", None)
        names += [one.header.lower() for one in (stamp, told) if one and one.header]
    headers = data.draw(st.dictionaries(st.sampled_from(names), TEXTS))
    query = data.draw(TEXTS | st.just("account=a&bodySHA256=0&hub.verify_token=x"))
    request = Request("POST", headers, data.draw(BODIES), query, time=NOW, url=f"{gateway.URL}?{query}")
    with pytest.raises(Unauthenticated) as raised:
        auth.type.verify(auth.settings, request, stored, NOW)
    for value in (one for one in headers.values() if len(one) > 10):
        assert value not in str(raised.value)


def test_a_file_in_the_package_is_a_type() -> None:
    there = {file.stem for file in Path(str(package.__file__)).parent.glob("*.py")} - {"__init__"}
    assert set(auth_types()) == there
