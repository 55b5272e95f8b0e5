"""Which of our modules are shipped: those that are imported, as they were tested."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jmespath
import pytest

from generator.definition.parameter_values import examples
from generator.definition.read import Definition
from generator.packaging import bundle, module_closure, wheels
from generator.packaging.bundle import unused_late_modules
from generator.templates import event_source
from generator.templates.text import template_text
from lambdas.auth import secret_names
from lambdas.model import Auth, auths
from tests import published
from tests.definitions import (
    ROOT,
    every_definition,
    make_definition,
    pulled_definitions,
    pulled_kinds,
    webhook_definitions,
)
from tests.definitions import bundled_source as shipped_source

# The modules with which the functions of a source begin, by whether it is pulled.
ENTRIES = {False: ("webhook", "authorizer", "redrive"), True: ("puller", "redrive")}
FILES = sorted(ROOT.glob("lambdas/**/*.py"))
EVERY = every_definition()
WEBHOOKS = pytest.mark.parametrize("definition", webhook_definitions(), ids=lambda definition: definition.source.name)
PULLED = pytest.mark.parametrize("definition", pulled_definitions(), ids=lambda definition: definition.source.name)


def name_of(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def module(file: Path) -> bytes:
    """A file as it is shipped."""
    name = file.relative_to(ROOT).as_posix()
    return module_closure.module_files(frozenset([name_of(name)]))[name]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_shipped_module_is_the_one_that_was_tested(file: Path) -> None:
    assert module(file) == file.read_bytes()


# Which modules.


@pytest.fixture(autouse=True)
def no_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is third-party is fetched, and is nothing of ours."""
    monkeypatch.setattr(wheels, "wheel_files", lambda _: {})


def packed(definition: Definition) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle.lambdas_zip(definition))) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def imported(content: bytes) -> Iterator[str]:
    """The modules of ours that a module names in an import, wherever that stands but for types alone."""
    tree = ast.parse(content)
    for node in [
        node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]:
        node.body = [ast.Pass()]
    for statement in ast.walk(tree):
        if isinstance(statement, ast.ImportFrom):
            yield str(statement.module)
            yield from (f"{statement.module}.{alias.name}" for alias in statement.names)
        elif isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)


@cache
def all_imported(content: bytes) -> frozenset[str]:
    """The same, once for a module that is in every zip."""
    return frozenset(imported(content))


@pytest.mark.parametrize("definition", EVERY, ids=lambda definition: definition.source.name)
def test_a_zip_has_what_is_imported_and_nothing_else(definition: Definition) -> None:
    files = packed(definition)
    modules = {name_of(file) for file in files}
    imports = {name for content in files.values() for name in all_imported(content)}
    every = {name_of(file.relative_to(ROOT).as_posix()) for file in FILES}
    assert imports & every <= modules | set(unused_late_modules(definition.source))
    entries = {f"lambdas.{name}" for name in ENTRIES[bool(definition.source.pull)]}
    entries.add(f"lambdas.shaping.outputs.{definition.source.output}")  # is imported by its name
    packages = {name.rpartition(".")[0] for name in modules}
    assert modules - imports - packages <= entries


def types(auth: Auth) -> Iterator[str]:
    yield auth.type.__name__  # type: ignore[attr-defined]
    for alternative in getattr(auth.settings, "of", ()):
        yield from types(alternative)


@WEBHOOKS
def test_a_zip_has_the_ways_of_verifying_that_its_source_needs(definition: Definition) -> None:
    needed = {name for auth in auths(definition.source.endpoint) for name in types(auth)}
    modules = {name_of(file) for file in packed(definition) if file.startswith("lambdas/auth/")}
    assert modules - {"lambdas.auth"} == needed


VERIFY = """
import json, sys
sys.path[:0] = sys.argv[1:]
from lambdas.auth_type import OutgoingRequest
from lambdas.reading.formats import body_reader
from lambdas.reading.request import Request
from lambdas.source import SOURCE
vector = json.load(sys.stdin)
sent = OutgoingRequest(vector["method"], vector["url"], vector["headers"], vector["body"].encode())
request, auth = Request.from_outgoing(sent, vector["now"] or 1767225600.0), SOURCE.endpoint.auth
request.read_body = body_reader(SOURCE.events)
auth.type.verify(auth.settings, request, lambda _name: (vector["secret"],), request.time)
"""


@pytest.mark.parametrize("name", ["contentful", "dropbox-sign", "hook0", "messagebird", "plivo-v3", "transloadit"])
def test_a_zip_has_what_verifies_a_published_request(name: str, tmp_path: Path) -> None:
    """Modules that are imported late are left out where a source does without them, and only there."""
    definition = next(each for each in EVERY if each.source.name == name)
    (tmp_path / "lambdas.zip").write_bytes(bundle.lambdas_zip(definition))
    vector = published.VALID_OF[name][0]
    paths = [str(tmp_path / "lambdas.zip"), str(Path(jmespath.__file__).parent.parent)]
    command = [sys.executable, "-I", "-S", "-c", VERIFY, *paths]
    subprocess.run(command, input=json.dumps(vector), text=True, check=True)


@WEBHOOKS
def test_a_zip_has_the_way_out_where_its_source_fetches(definition: Definition) -> None:
    webhook = definition.source.endpoint
    fetches = any(challenge.confirm for challenge in webhook.challenges) or any(
        name == "lambdas.auth.sns" or (name == "lambdas.auth.jwt" and not secret_names(auth))
        for auth in auths(webhook)
        for name in types(auth)
    )
    files = set(packed(definition))
    assert {"lambdas/runtime/vendor_fetch.py" in files, "lambdas/runtime/fetch.py" in files} == {fetches}


@WEBHOOKS
def test_a_zip_of_a_webhook_has_nothing_that_asks_a_vendors_api(definition: Definition) -> None:
    folders = ("lambdas/pulling/", "lambdas/credentials/", "lambdas/paging/", "lambdas/tokens/")
    files = set(packed(definition))
    assert {file for file in files if file.startswith(folders)} == set()
    modules = {f"lambdas/{name}.py" for name in ("puller", "model_pull", "credential_type", "paging_style")}
    assert files & {*modules, "lambdas/runtime/origin.py"} == set()


@PULLED
def test_a_zip_of_a_pulled_source_has_its_credentials_and_paging_styles_and_receives_nothing(
    definition: Definition,
) -> None:
    pull = definition.source.pull
    assert pull
    files = packed(definition)
    modules = {name_of(file) for file in files}
    needed = {pull.credentials.type.__name__} | {stream.paging.style.__name__ for stream in pull.streams.values()}  # type: ignore[attr-defined]
    assert {name for name in modules if name.startswith(("lambdas.credentials.", "lambdas.paging."))} == needed
    assert [name for name in modules if name.startswith(("lambdas.auth.", "lambdas.receiving"))] == []
    assert modules & {"lambdas.webhook", "lambdas.authorizer", "lambdas.runtime.vendor_fetch"} == set()
    assert {"lambdas.puller", "lambdas.redrive", "lambdas.runtime.fetch"} <= modules


@pytest.mark.parametrize(
    "statement",
    [
        "from lambdas.merging.zip_records import end",
        "from lambdas.merging import zip_records",
        "import lambdas.merging.zip_records",
        "from .merging import zip_records",
        "import importlib; importlib.import_module('lambdas.merging.zip_records')",
        "__import__('lambdas.merging.zip_records')",
    ],
)
def test_imports_of_a_sources_own_code_go_with_that_code(tmp_path: Path, statement: str) -> None:
    text = "description: made\nwebhook: {auth: {token: {header: x-token}}}"
    make_definition(tmp_path, text)
    assert "lambdas/merging/zip_records.py" not in packed(make_definition(tmp_path, text))
    code = f"def transform(event, request):\n    {statement}\n    return [event]\n"
    (tmp_path / "made" / "transform.py").write_text(code, encoding="utf-8")
    files = packed(make_definition(tmp_path, text))
    assert "lambdas/merging/zip_records.py" in files
    assert files["lambdas/transform.py"].decode() == code


def test_imports_for_types_alone_are_not_shipped(tmp_path: Path) -> None:
    text = "description: made\nwebhook: {auth: {token: {header: x-token}}}"
    make_definition(tmp_path, text)
    code = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lambdas.merging.zip_records import end\n"
        "def transform(event, request):\n    return [event]\n"
    )
    (tmp_path / "made" / "transform.py").write_text(code, encoding="utf-8")
    assert "lambdas/merging/zip_records.py" not in packed(make_definition(tmp_path, text))


def test_the_merge_functions_zip_has_its_own_modules_alone() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.merge_zip())) as archive:
        names = set(archive.namelist())
    assert names >= {
        "lambdas/__init__.py",
        "lambdas/merge.py",
        "lambdas/merging/raw_zip.py",
        "lambdas/merging/zip_records.py",
    }
    assert (
        not {"lambdas/webhook.py", "lambdas/model.py", "lambdas/runtime/secrets.py", "lambdas/auth/__init__.py"} & names
    )


def parameter_variables(name: str) -> dict[str, str]:
    """Return the environment variables of a shipped source's parameters, with the examples as values."""
    return {f"PARAMETER_{key}": value for key, value in examples(shipped_source(name).source).items()}


IMPORTS = """
import importlib, os, sys
os.environ |= {"AWS_DEFAULT_REGION": "us-west-2", "EVENTS_QUEUE_URL": "q", "KEPT_BUCKET": "k", "SECRETS_PATH": "/p"}
os.environ |= {"DEDUPE_TABLE": "t", "DEDUPE_LEASE": "1"}
zip, *names = sys.argv[1:]
sys.path.insert(0, zip)
for name in names:
    assert importlib.import_module(name).__file__.startswith(zip), name
print(len(names))
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["zoom", "okta", "asana", "slack", *pulled_kinds()])
def test_every_module_of_a_zip_is_imported_from_it(tmp_path: Path, name: str) -> None:
    file = tmp_path / "lambdas.zip"
    file.write_bytes(bundle.lambdas_zip(shipped_source(name)))
    names = sorted(name_of(file) for file in packed(shipped_source(name)))
    done = subprocess.run(
        [sys.executable, "-P", "-c", IMPORTS, str(file), *names],
        cwd=tmp_path,
        env={"PATH": "", **parameter_variables(name)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{len(names)}\n", "")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["okta", *pulled_kinds()])
def test_each_function_starts_from_its_unpacked_zip_with_the_variables_of_its_template(
    tmp_path: Path, name: str
) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.lambdas_zip(shipped_source(name)))) as archive:
        archive.extractall(tmp_path)
    resources = json.loads(template_text(event_source.build(shipped_source(name).source, "code/0.zip")))["Resources"]
    functions = [value["Properties"] for value in resources.values() if value["Type"] == "AWS::Lambda::Function"]
    for function in functions:
        variables = function["Environment"]["Variables"].items()
        values = {key: value if isinstance(value, str) else "deployed" for key, value in variables}
        assert parameter_variables(name).keys() <= values.keys()
        values |= parameter_variables(name)
        module, attribute = function["Handler"].rsplit(".", 1)
        program = f"import sys; sys.path.insert(0, '.'); import {module}; print(callable({module}.{attribute}))"
        done = subprocess.run(
            [sys.executable, "-P", "-W", "error", "-c", program],
            cwd=tmp_path,
            env={"AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "us-west-2", **values},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", ""), function["Handler"]
