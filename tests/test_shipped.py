"""What of our modules is shipped: those that are imported, with the code that was tested, line by line."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tokenize
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator import bundle, shipped, wheels
from generator.bundle import never_asked_for
from generator.definition import Definition, known, load
from lambdas.model import Auth, auths
from tests.definitions import CASES, ROOT, SOURCES, definition
from tests.definitions import shipped as shipped_source

FILES = sorted(ROOT.glob("lambdas/**/*.py"))
EVERY = [one for folder in (SOURCES, CASES) for one in load(folder, known(folder))]


def name_of(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def module(file: Path) -> bytes:
    """A file as it is shipped."""
    name = file.relative_to(ROOT).as_posix()
    return shipped.modules(frozenset([name_of(name)]))[name]


def is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def without_texts(content: bytes) -> str:
    """A module's code with the lines of everything, without documentation, functions' types and what is empty."""
    tree = ast.parse(content)
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and function.name in shipped.EMPTIED:
            first = function.body[0].lineno
            function.body[:] = [ast.Pass(lineno=first, end_lineno=first, col_offset=0, end_col_offset=0)]
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = node.end_lineno = None
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        body: Any = getattr(node, "body", None)
        if isinstance(body, list):
            body[:] = [one for one in body if not is_text(one)]
        # A class may end with a text, and then ends before it.
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            node.end_lineno = None
        if hasattr(node, "col_offset"):  # an indentation is shorter as shipped
            vars(node).update(col_offset=0, end_col_offset=0)
    return ast.dump(tree, include_attributes=True)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_shipped_module_is_the_one_that_was_tested_but_for_what_people_read(file: Path) -> None:
    content, made = file.read_bytes(), module(file)
    assert without_texts(made) == without_texts(content)
    assert made.count(b"\n") == content.count(b"\n")


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_nothing_that_a_handler_runs_calls_what_does_nothing_there(file: Path) -> None:
    tree = ast.parse(module(file))
    called = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    called |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert called & shipped.EMPTIED == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_shipped_module_has_no_documentation_left(file: Path) -> None:
    made = module(file)
    for node in ast.walk(ast.parse(made)):
        body: Any = getattr(node, "body", None)
        if isinstance(body, list) and any(map(is_text, body)):
            assert len(body) == 1, "one that stands alone has to stay"
    assert [one for one in tokenize.tokenize(io.BytesIO(made).readline) if one.type == tokenize.COMMENT] == []
    assert len(made.replace(b"\n", b"")) < len(file.read_bytes().replace(b"\n", b""))


MODULE = '''\
"""A module."""

# A comment.
KEPT = """
# a line of a text
"""
MADE = f"""
# {KEPT}
"""


class Thing:
    """A class."""

    field: str = "x"  # beside it
    """A field,
    in two lines."""

    def empty(self) -> None:
        """Stays."""

    def full(self, one: str, *more: dict[str, int], Ö: str = "é") -> str:  # what it takes
        """Goes."""
        # So does this.
        return "" "# stays"


def long(
    one: str | None = None,
    **more: str,
) -> tuple[str, int]: return lambda x: x
'''.encode()
BARE = '''\



KEPT = """
# a line of a text
"""
MADE = f"""
# {KEPT}
"""


class Thing:


 field: str = "x"



 def empty(self):
  """Stays."""

 def full(self, one, *more, Ö = "é"):


  return "" "# stays"


def long(
 one = None,
 **more,
): return lambda x: x
'''.encode()


def test_what_people_read_goes_and_lines_and_texts_stay() -> None:
    assert shipped.bare(MODULE) == BARE


# Which modules.


@pytest.fixture(autouse=True)
def no_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is third-party is fetched, and is nothing of ours."""
    monkeypatch.setattr(wheels, "files", lambda _: {})


def packed(one: Definition) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle.lambdas_zip(one))) as made:
        return {entry.filename: made.read(entry) for entry in made.infolist()}


def imported(content: bytes) -> Iterator[str]:
    """The modules of ours that a module names in an import, wherever that stands but for types alone."""
    tree = ast.parse(content)
    for node in [one for one in ast.walk(tree) if isinstance(one, ast.If) and ast.unparse(one.test) == "TYPE_CHECKING"]:
        node.body = [ast.Pass()]
    for one in ast.walk(tree):
        if isinstance(one, ast.ImportFrom):
            yield str(one.module)
            yield from (f"{one.module}.{alias.name}" for alias in one.names)
        elif isinstance(one, ast.Import):
            yield from (alias.name for alias in one.names)


@cache
def all_imported(content: bytes) -> frozenset[str]:
    """Most modules are in every zip."""
    return frozenset(imported(content))


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.source.name)
def test_a_zip_has_what_is_imported_and_nothing_else(one: Definition) -> None:
    made = packed(one)
    there = {name_of(file) for file in made}
    wanted = {name for content in made.values() for name in all_imported(content)}
    every = {name_of(file.relative_to(ROOT).as_posix()) for file in FILES}
    assert wanted & every <= there | set(never_asked_for(one.source))
    assert there - wanted <= {"lambdas", "lambdas.auth", "lambdas.webhook", "lambdas.authorizer", "lambdas.redrive"}


def types(auth: Auth) -> Iterator[str]:
    yield auth.type.__name__  # type: ignore[attr-defined]
    for one in getattr(auth.settings, "of", ()):
        yield from types(one)


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.source.name)
def test_a_zip_has_the_ways_of_verifying_that_its_source_needs(one: Definition) -> None:
    wanted = {name for auth in auths(one.source.webhook) for name in types(auth)}
    there = {name_of(file) for file in packed(one) if file.startswith("lambdas/auth/")}
    assert there - {"lambdas.auth"} == wanted


def test_what_a_sources_own_code_imports_goes_with_it(tmp_path: Path) -> None:
    text = "description: made\nwebhook: {auth: {token: {header: x-token}}}"
    definition(tmp_path, text)
    assert "lambdas/zip_records.py" not in packed(definition(tmp_path, text))
    code = "def transform(event, request):\n    from lambdas.zip_records import end\n    return [event]\n"
    (tmp_path / "made" / "transform.py").write_text(code, encoding="utf-8")
    made = packed(definition(tmp_path, text))
    assert "lambdas/zip_records.py" in made
    assert made["lambdas/transform.py"].decode() == code


def test_what_is_imported_for_types_alone_stays_here(tmp_path: Path) -> None:
    text = "description: made\nwebhook: {auth: {token: {header: x-token}}}"
    definition(tmp_path, text)
    code = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lambdas.zip_records import end\n"
        "def transform(event, request):\n    return [event]\n"
    )
    (tmp_path / "made" / "transform.py").write_text(code, encoding="utf-8")
    assert "lambdas/zip_records.py" not in packed(definition(tmp_path, text))


def test_the_merge_functions_zip_has_its_own_modules_alone() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.merge_zip())) as made:
        there = set(made.namelist())
    assert there >= {"lambdas/__init__.py", "lambdas/merge.py", "lambdas/raw_zip.py", "lambdas/zip_records.py"}
    assert not {"lambdas/webhook.py", "lambdas/model.py", "lambdas/secrets.py", "lambdas/auth/__init__.py"} & there


IMPORTS = """
import importlib, os, sys
os.environ |= {"AWS_DEFAULT_REGION": "us-west-2", "EVENTS_QUEUE_URL": "q", "KEPT_BUCKET": "k", "SECRETS_PATH": "/p"}
zip, *names = sys.argv[1:]
sys.path.insert(0, zip)
for name in names:
    assert importlib.import_module(name).__file__.startswith(zip), name
print(len(names))
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["zoom", "okta", "asana", "gitlab"])
def test_every_module_of_a_zip_is_imported_from_it(tmp_path: Path, name: str) -> None:
    file = tmp_path / "lambdas.zip"
    file.write_bytes(bundle.lambdas_zip(shipped_source(name)))
    names = sorted(name_of(one) for one in packed(shipped_source(name)))
    done = subprocess.run(
        [sys.executable, "-P", "-c", IMPORTS, str(file), *names],
        cwd=tmp_path,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{len(names)}\n", "")
