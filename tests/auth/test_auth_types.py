"""What every auth type has, so that one is a file and nothing else."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.definition.auth_types import auth_types
from generator.definition.secret_names import can_sign
from generator.packaging.wheels import pinned_wheels
from generator.reference.definition_keys import field_descriptions
from generator.reference.json_schema import json_schema
from generator.samples import gateway
from generator.samples.vendor import random_secrets
from lambdas import auth
from lambdas.auth import hmac_texts, leaves, secret_names
from lambdas.auth_type import AuthType, OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model import Auth, Webhook, auths, verified_by
from lambdas.model_types import SecretName
from lambdas.reading.request import FORM, Request
from lambdas.runtime.secrets import UnusableSecret
from lambdas.signatures.signature_settings import PIECE
from tests.definitions import ROOT, webhook_definitions
from tests.fakes import NOW
from tests.issuers import Internet

pytestmark = pytest.mark.slow

EVERY_TYPE = pytest.mark.parametrize(("name", "module"), auth_types().items(), ids=auth_types())
FUNCTIONS = {
    name: function
    for name, function in vars(AuthType).items()
    if inspect.isfunction(function) and not name.startswith("_")
}
OPTIONAL = {
    "read_secret": ["settings", "stored"],
    "hmac_texts": ["settings", "request"],
    "wheels": ["settings"],
    "masked_fields": ["settings"],
    "key_pair": ["settings"],
}
REFERENCE = (ROOT / "docs" / "reference" / "definition" / "signatures.md").read_text(encoding="utf-8")
PACKAGES = {"cryptography": "cryptography", "jwt": "PyJWT"}  # by what is imported


def with_nested(auth: Auth) -> Iterator[Auth]:
    """A type, and those that it is made of."""
    yield auth
    for part in getattr(auth.settings, "of", ()):
        yield from with_nested(part)


def type_name(auth: Auth) -> str:
    return str(auth.type.__name__.rpartition(".")[2])  # type: ignore[attr-defined]


def every_use() -> Iterator[tuple[str, Auth]]:
    """Each way of verifying in a definition, once."""
    seen: list[Auth] = []
    for definition in webhook_definitions():
        for leaf in (leaf for each in auths(definition.source.endpoint) for leaf in with_nested(each)):
            if leaf not in seen:
                seen.append(leaf)
                yield f"{definition.source.name}-{type_name(leaf)}", leaf


USED = list(every_use())
EVERY_AUTH = pytest.mark.parametrize("auth", [auth for _, auth in USED], ids=[name for name, _ in USED])


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No type asks anybody for what does not look like a credential."""
    Internet().put_before(monkeypatch)


# The module.


@EVERY_TYPE
def test_type_has_every_protocol_function_with_the_same_parameters(name: str, module: object) -> None:
    for function_name, function in FUNCTIONS.items():
        parameters = list(inspect.signature(function).parameters)[1:]
        actual = [parameter.lstrip("_") for parameter in inspect.signature(getattr(module, function_name)).parameters]
        assert actual == parameters, f"{name}.{function_name}"


@EVERY_TYPE
def test_optional_functions_have_the_parameters_of_the_contract(name: str, module: object) -> None:
    for function_name, parameters in OPTIONAL.items():
        if hasattr(module, function_name):
            actual = [
                parameter.lstrip("_") for parameter in inspect.signature(getattr(module, function_name)).parameters
            ]
            assert actual == parameters, f"{name}.{function_name}"


@EVERY_TYPE
def test_type_has_no_other_public_function(name: str, module: Any) -> None:
    own = {
        function_name
        for function_name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__
    }
    assert {function_name for function_name in own if not function_name.startswith("_")} <= {*FUNCTIONS, *OPTIONAL}, (
        name
    )


@EVERY_TYPE
def test_settings_are_frozen_and_described(name: str, module: object) -> None:
    keys = module.Settings  # type: ignore[attr-defined]
    assert keys.__dataclass_params__.frozen
    assert "__slots__" in vars(keys)
    assert set(field_descriptions(keys)) == {field.name for field in dataclasses.fields(keys)}, name
    # What a dataclass has without a text of its own.
    assert not str(inspect.getdoc(keys)).startswith("Settings(")


@EVERY_TYPE
def test_settings_name_a_secret_or_combine_types_or_nothing_is_stored(name: str, module: object) -> None:
    parameters = inspect.signature(module.Settings).parameters  # type: ignore[attr-defined]
    if "of" in parameters:
        assert list(parameters) == ["of"]
    elif "secret" in parameters:
        # None where the type may do without one: a token whose issuer publishes its keys.
        assert parameters["secret"].default == (None if name == "jwt" else SecretName("auth_token"))
        assert hasattr(module, "read_secret"), f"{name} stores a secret, so it reads one"
    else:
        assert not hasattr(module, "key_pair"), f"{name} stores nothing, so it has no pair of keys"


@EVERY_TYPE
def test_wheels_are_pinned_and_are_all_imports_of_third_parties(name: str, module: Any) -> None:
    """Imported late: the functions of other sources have no such package, and the generator needs none to read."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    at_once, late = set(third_party(tree.body)), set(third_party(ast.walk(tree)))
    assert at_once == set()
    packages = {
        package for auth in uses_of_type(name) for package in getattr(module, "wheels", lambda _: ())(auth.settings)
    }
    assert {PACKAGES[module_name] for module_name in late} <= packages <= set(pinned_wheels())


def third_party(nodes: Any) -> Iterator[str]:
    for node in nodes:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        first = {imported.partition(".")[0] for imported in names}
        yield from first - {*sys.stdlib_module_names, "lambdas", "boto3", "botocore", "jmespath"}


def uses_of_type(name: str) -> list[Auth]:
    return [auth for _, auth in USED if type_name(auth) == name]


@EVERY_TYPE
def test_type_is_used_and_documented(name: str, module: object) -> None:
    assert uses_of_type(name), f"no source and no case is verified by {name}"
    doc = str(inspect.getdoc(module.Settings)).replace("\n", " ")  # type: ignore[attr-defined]
    assert f"\n{doc}\n" in REFERENCE.partition(f"\n### `{name}`\n")[2].partition("\n### ")[0]
    assert name in json_schema()["definitions"]["auth"]["properties"]


# Each use of it.


@EVERY_AUTH
def test_description_is_one_line(auth: Auth) -> None:
    description = auth.type.describe(auth.settings)
    assert description.strip() == description != ""
    assert "\n" not in description
    assert "Settings(" not in description


@EVERY_AUTH
def test_problems_are_an_iterator_and_a_good_definition_has_none(auth: Auth) -> None:
    problems = auth.type.problems(auth.settings)
    assert iter(problems) is problems
    assert list(problems) == []


@EVERY_AUTH
def test_headers_are_lower_case_and_distinct(auth: Auth) -> None:
    names = auth.type.headers(auth.settings)
    assert isinstance(names, tuple)
    assert list(names) == [header.lower() for header in dict.fromkeys(names)]


@EVERY_AUTH
def test_type_is_verified_where_the_credential_can_be_seen(auth: Auth) -> None:
    where = auth.type.verified_by(auth.settings)
    assert where in ("api", "authorizer", "handler")
    if where == "authorizer":
        # It is asked once for each value of one header, and never sees a body.
        assert len(auth.type.headers(auth.settings)) == 1
        assert not hasattr(auth.type, "masked_fields")
    assert verified_by(Webhook(auth)) == where


def asked_for(*_: object) -> NoReturn:
    raise AssertionError("a secret was asked for")


@EVERY_AUTH
def test_type_without_stored_secrets_looks_up_no_secret(auth: Auth) -> None:
    if not secret_names(auth):
        with pytest.raises(Unauthenticated):
            auth.type.verify(auth.settings, Request("POST", body=b"{}"), asked_for, NOW)
        assert list(hmac_texts(auth, Request("POST", body=b"{}"))) == []


def pairs(auth: Auth) -> tuple[SecretLookup, SecretLookup]:
    """What is stored, and what the vendor holds: made up."""
    secrets = random_secrets(Webhook(auth))
    return (lambda name: (secrets[name][0],)), (lambda name: (secrets[name][1],))


@cache
def stored_for(use: int) -> SecretLookup:
    """What is stored for a use, where any will do: to make a key of RSA takes a tenth of a second."""
    return pairs(USED[use][1])[0]


# A body in which every type finds the place of what it carries.
BODY: dict[str, Any] = {
    "value": [{"clientState": ""}, {"clientState": ""}],
    "sharedSecret": "",
    "notificationItems": [{"NotificationRequestItem": {"pspReference": "p", "additionalData": {}}}],
    "webhookTimestamp": 0,
    "signature": {"timestamp": str(int(NOW)), "token": "t", "signature": ""},
    "a": "é",
}
SENT = OutgoingRequest("POST", gateway.URL, {"content-type": "application/json"}, json.dumps(BODY).encode())


def sign(auth: Auth, held: SecretLookup) -> OutgoingRequest | None:
    """Signed as JSON, or as a form where that is what is signed; None where it can't be."""
    form = SENT._replace(headers={"content-type": FORM}, body=b"b=2&a=1&transloadit=%7B%7D")
    for sent in (SENT, form):
        # Where a definition signs them, they are the vendor's to send.
        theirs = {
            argument: "k"
            for leaf in leaves(auth)
            for name, argument in PIECE.findall(getattr(leaf.settings, "signed", ""))
            if name == "header" and argument != "x-digest"
        }
        whole = sent._replace(headers={**theirs, **sent.headers}, url=f"{sent.url}?account=a")
        try:
            return auth.type.sign(auth.settings, whole, held, NOW)
        except (Unauthenticated, UnusableSecret, ValueError):
            continue
    return None


@EVERY_AUTH
def test_signed_request_verifies_and_with_another_secret_does_not(auth: Auth) -> None:
    stored, held = pairs(auth)
    sent = sign(auth, held)
    if sent is None:
        assert not secret_names(auth)
        assert not can_sign(auth)
        return
    auth.type.verify(auth.settings, Request.from_outgoing(sent, NOW), stored, NOW)
    with pytest.raises(Unauthenticated) as raised:
        auth.type.verify(auth.settings, Request.from_outgoing(sent, NOW), pairs(auth)[0], NOW)
    message = str(raised.value)
    assert message
    assert "\n" not in message
    for name in secret_names(auth):
        assert stored(name)[0] not in message
        assert held(name)[0] not in message


@EVERY_AUTH
def test_the_previous_secret_verifies_too(auth: Auth) -> None:
    stored, held = pairs(auth)
    newer, _ = pairs(auth)
    if sent := sign(auth, held):
        auth.type.verify(
            auth.settings, Request.from_outgoing(sent, NOW), lambda name: (*newer(name), *stored(name)), NOW
        )


@EVERY_AUTH
def test_request_without_a_credential_is_refused(auth: Auth) -> None:
    stored, _ = pairs(auth)
    for body in (SENT.body, b"", b"{}", b"[]", b"5", b'{"value":[]}', b"\xff", b"a=1"):
        for method in ("POST", "GET"):
            with pytest.raises(Unauthenticated):
                auth.type.verify(auth.settings, Request(method, body=body, url=gateway.URL, time=NOW), stored, NOW)


@EVERY_AUTH
def test_empty_stored_secret_lets_nobody_in(auth: Auth) -> None:
    for held in (pairs(auth)[1], lambda _name: ("",)):
        if sent := sign(auth, held):
            for blank in ("", "\n", " \t"):
                with pytest.raises(UnusableSecret):
                    auth.type.verify(
                        auth.settings, Request.from_outgoing(sent, NOW), lambda _name, blank=blank: (blank,), NOW
                    )


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


@EVERY_AUTH
@settings(max_examples=min(30, settings().max_examples))
@given(data=st.data())
def test_any_request_is_refused_and_nothing_else_is_raised(auth: Auth, data: st.DataObject) -> None:
    stored = stored_for([used for _, used in USED].index(auth))
    names = [*auth.type.headers(auth.settings)[:3], "x-timestamp", "content-type"]
    for leaf in leaves(auth):
        stamp, id_header = getattr(leaf.settings, "timestamp", None), getattr(leaf.settings, "id", None)
        names += [setting.header.lower() for setting in (stamp, id_header) if getattr(setting, "header", None)]
    headers = data.draw(st.dictionaries(st.sampled_from(names), TEXTS))
    query = data.draw(TEXTS | st.just("account=a&bodySHA256=0&hub.verify_token=x"))
    request = Request("POST", headers, data.draw(BODIES), query, time=NOW, url=f"{gateway.URL}?{query}")
    with pytest.raises(Unauthenticated) as raised:
        auth.type.verify(auth.settings, request, stored, NOW)
    for value in (text for text in headers.values() if len(text) > 10):
        assert value not in str(raised.value)


def test_a_file_in_the_package_is_a_type() -> None:
    modules = {file.stem for file in Path(str(auth.__file__)).parent.glob("*.py")} - {"__init__"}
    assert set(auth_types()) == modules
