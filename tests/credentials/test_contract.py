"""Every credentials type has what `CredentialType` says, keeps tokens in memory alone, and asks only where it says."""

from __future__ import annotations

import inspect
import json
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from generator.definition.dataclass_reader import DataclassReader, key_names
from generator.definition.parameters import ParameterReader
from generator.definition.pull_types import credential_types
from generator.definition.yaml_nodes import mark_file
from generator.packaging.wheels import pinned_wheels
from lambdas.credential_type import CredentialType
from lambdas.model_pull import Credentials
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from lambdas.runtime.secrets import SecretsUnavailable
from tests.credentials.contexts import API, Process, answer
from tests.credentials.keys import PEM, RSA
from tests.definitions import ROOT

TOKEN_URL = "https://auth.example.com/token"
SETTINGS: dict[str, list[str]] = {
    "api_key": ["{header: x-api-key}", "{query: key}"],
    "basic": ["{}", "{password: null}"],
    "bearer": ["{}"],
    "digest": ["{}"],
    "duo": ["{}", "{signature: sha1}"],
    "github_app": ['{app: Iv23liABCDEFGHIJKLMN, installation: "12345678"}'],
    "jwt_bearer": [f"{{url: {TOKEN_URL}, issuer: i, subject: s}}"],
    "oauth2": [
        f"{{url: {TOKEN_URL}}}",
        f"{{url: {TOKEN_URL}, send: body, fields: {{account_id: a}}}}",
        f"{{url: {TOKEN_URL}, send: private_key_jwt, format: json}}",
    ],
    "refresh_token": [f"{{url: {TOKEN_URL}}}", f"{{url: {TOKEN_URL}, send: none}}"],
}
TYPES = credential_types()
CASES = [(name, text) for name, texts in SETTINGS.items() for text in texts]
STORED = {
    "private_key": PEM[RSA],
    "integration_key": "DIWJ8X6AEYOR5OMC6TQ1",
    "secret_key": "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep",
}


def read(name: str, text: str) -> tuple[Any, Any]:
    node = yaml.compose(f"{name}: {text}")
    assert list(mark_file(node, "source.yml")) == []
    reader = DataclassReader(ParameterReader(node))
    credentials = reader._value(Credentials, node, "credentials")
    assert reader.problems == []
    return credentials.type, credentials.settings


def vendor(request: HttpRequest) -> HttpAnswer:
    if request == API:
        return HttpAnswer(401, {"www-authenticate": 'Digest realm="r", nonce="n", qop="auth"'}, b"")
    return answer({"access_token": "access-1", "token": "access-1", "refresh_token": "refresh-2"}, 201)


def process_of(module: Any, settings: Any) -> Process:
    names = module.secret_names(settings)
    return Process({name: STORED.get(name, f"stored-{name}") for name in names}, vendor)


def test_every_type_has_cases() -> None:
    assert list(SETTINGS) == list(TYPES)


@pytest.mark.parametrize("module", TYPES.values(), ids=TYPES)
def test_a_type_has_the_functions_of_the_contract(module: ModuleType) -> None:
    contract = {name for name, _ in inspect.getmembers(CredentialType, inspect.isfunction) if not name.startswith("_")}
    assert contract <= set(vars(module))
    for name in contract:
        expected = list(inspect.signature(getattr(CredentialType, name)).parameters)[1:]
        own = [parameter.removeprefix("_") for parameter in inspect.signature(getattr(module, name)).parameters]
        assert own == expected
    assert module.__doc__


@pytest.mark.parametrize(("name", "text"), CASES)
def test_a_type_is_read_from_a_definition(name: str, text: str) -> None:
    module, settings = read(name, text)
    assert module is TYPES[name]
    assert list(module.problems(settings)) == []
    assert module.describe(settings).isprintable()
    assert set(module.wheels(settings) if hasattr(module, "wheels") else ()) <= set(pinned_wheels())


@pytest.mark.parametrize(("name", "text"), CASES)
def test_secrets_are_those_that_are_named(name: str, text: str) -> None:
    """What can be stored is used; nothing else is read; what is missing is SecretsUnavailable."""
    module, settings = read(name, text)
    names = module.secret_names(settings)
    assert len(set(names)) == len(names)
    keys = [getattr(settings, key) for key in key_names(module.Settings)]
    assert [secret for secret in names if secret not in keys] == []
    process = process_of(module, settings)
    for secret in names:
        assert module.check_secret(settings, secret, process.store[secret]) is None
        assert module.check_secret(settings, secret, "")
        assert module.check_secret(settings, secret, "a\n\x00b")
    module.authorize(settings, API, process)
    for secret in names:
        missing = process_of(module, settings)
        del missing.store[secret]
        with pytest.raises(SecretsUnavailable):
            module.authorize(settings, API, missing)


@pytest.mark.parametrize(("name", "text"), CASES)
def test_a_request_is_authorized(name: str, text: str) -> None:
    module, settings = read(name, text)
    process = process_of(module, settings)
    request = module.authorize(settings, API, process)
    assert (request.method, request.body) == (API.method, API.body)
    assert urlsplit(request.url)[:3] == urlsplit(API.url)[:3]
    assert request != API
    assert set(API.headers.items()) <= set(request.headers.items())
    assert all(value.isascii() and value.isprintable() for value in request.headers.values())


@pytest.mark.parametrize(("name", "text"), CASES)
def test_only_the_token_endpoint_is_asked(name: str, text: str) -> None:
    module, settings = read(name, text)
    process = process_of(module, settings)
    module.authorize(settings, API, process)
    allowed = {module.token_url(settings)} if hasattr(module, "token_url") else {API.url}
    assert {request.url for request in process.asked} <= allowed


@pytest.mark.parametrize(("name", "text"), CASES)
def test_no_token_is_stored(name: str, text: str) -> None:
    module, settings = read(name, text)
    process = process_of(module, settings)
    before = dict(process.store)
    module.authorize(settings, API, process)
    changed = tuple(secret for secret, value in process.store.items() if before[secret] != value)
    assert changed == (module.replaced_secrets(settings) if hasattr(module, "replaced_secrets") else ())
    assert bool(changed) is (name == "refresh_token")
    assert "access-1" not in process.store.values()


@pytest.mark.parametrize(("name", "text"), CASES)
def test_a_refused_credential_is_tried_again_only_if_that_may_help(name: str, text: str) -> None:
    module, settings = read(name, text)
    process = process_of(module, settings)
    module.authorize(settings, API, process)
    helps = module.forget(settings, process)
    assert helps is bool(process.asked)
    asked = len(process.asked)
    module.authorize(settings, API, process)
    assert (len(process.asked) > asked) is helps


PAGE = ROOT / "docs" / "reference" / "pull" / "credentials.md"
EXAMPLES = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1:]


def test_the_page_has_every_type() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in TYPES if f"| `{name}` |" not in text or f"## `{name}`" not in text] == []


@pytest.mark.parametrize("block", EXAMPLES)
def test_the_examples_of_the_page_are_definitions(block: str) -> None:
    text = block.partition("```")[0]
    for line in filter(None, text.splitlines()):
        if not line.startswith("#"):
            ((name, settings),) = yaml.safe_load(line)["credentials"].items()
            module, read_settings = read(name, json.dumps(settings))
            assert list(module.problems(read_settings)) == []
