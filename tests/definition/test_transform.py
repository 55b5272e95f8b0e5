"""A source's own code: what it may import, and what becomes of a build when it ends instead of returning."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from generator.commands import main
from generator.definition.read import load
from generator.definition.transform_imports import LAMBDA_PACKAGES, NEWER_MODULES, REMOVED_MODULES
from generator.errors import DefinitionError, GeneratorError
from generator.packaging import build, bundle, isolation
from generator.templates.resources.function import RUNTIME
from tests.definitions import make_definition

pytestmark = pytest.mark.slow

TOKEN = "description: Acme\nwebhook: {auth: {token: {header: X-Acme}}}\n"
SIGNED = "description: Acme\nwebhook: {auth: {ed25519: {signature: {header: X-Acme}}}}\n"
IDENTITY = "def transform(event, request):\n    return [event]\n"
ELSEWHERE = "use Python's standard library, such as urllib.request, or boto3"


def source(folder: Path, code: str, text: str = TOKEN) -> Path:
    """The transform.py of a source, of which the definition has been found right."""
    make_definition(folder, text, "acme")
    file = folder / "acme" / "transform.py"
    file.write_text(code)
    return file


IMPORTS = {
    "at once": ("import json\nimport requests", "2: imports requests", f"is not in AWS; {ELSEWHERE}"),
    "a part": ("from yaml.nodes import Node", "1: imports yaml", f"is not in AWS; {ELSEWHERE}"),
    "late": (f"{IDENTITY}    import yaml", "3: imports yaml", f"is not in AWS; {ELSEWHERE}"),
    "by its name": ("x = __import__('yaml.nodes')", "1: imports yaml", f"is not in AWS; {ELSEWHERE}"),
    "not installed here either": ("import nowhere", "1: imports nowhere", f"is not in AWS; {ELSEWHERE}"),
    "the generator": ("import generator", "1: imports generator", f"is not in AWS; {ELSEWHERE}"),
    "of another source": ("import cryptography", "1: imports cryptography", f"is not in AWS; {ELSEWHERE}"),
    "beside it": (
        "import helper",
        "1: imports helper",
        "is not packed; put all of the source's own code into transform.py",
    ),
    "of an older Python": ("import cgi", "1: imports cgi", "the Python of the functions in AWS does not have"),
    "of a newer Python": (
        "import compression",
        "1: imports compression",
        "the Python of the functions in AWS does not have",
    ),
    "without which it does not go on": (
        "try:\n    import yaml\nexcept ValueError:\n    pass",
        "2: imports yaml",
        f"is not in AWS; {ELSEWHERE}",
    ),
}


@pytest.mark.parametrize(("code", "line", "why"), IMPORTS.values(), ids=IMPORTS)
def test_import_missing_in_aws_is_refused(tmp_path: Path, code: str, line: str, why: str) -> None:
    file = source(tmp_path, code)
    file.with_name("helper.py").touch()
    with pytest.raises(DefinitionError) as raised:
        load(tmp_path, ["acme"])
    assert str(raised.value) == f"{file}:{line}, which {why}"


def test_all_missing_imports_are_reported_at_once(tmp_path: Path) -> None:
    source(tmp_path, f"import requests, cgi\n{IDENTITY}    import yaml\n")
    with pytest.raises(DefinitionError) as raised:
        load(tmp_path, ["acme"])
    assert [problem.line for problem in raised.value.problems] == [1, 1, 4]


ALLOWED = {
    "what Lambda brings": f"import {', '.join(sorted(LAMBDA_PACKAGES))}\nfrom dateutil.parser import isoparse",
    "what is in the zip": "from lambdas.transforming import parse\nfrom lambdas.runtime.https_url import is_allowed",
    "the same, by its place": "from .transforming import parse\nfrom . import transforming\nfrom .model import Source",
    "what is for a type checker": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import yaml",
    "what it can do without": "try:\n    import yaml\nexcept ImportError:\n    yaml = None",
    "the same, in short": "from contextlib import suppress\nwith suppress(ImportError):\n    import yaml",
}


@pytest.mark.parametrize("code", ALLOWED.values(), ids=ALLOWED)
def test_import_available_in_aws_is_accepted(tmp_path: Path, code: str) -> None:
    file = source(tmp_path, f"{code}\n{IDENTITY}")
    definition = load(tmp_path, ["acme"])[0]
    assert isolation.import_problems(file, bundle.lambdas_zip(definition)) == []


def test_package_needed_for_verifying_may_be_imported(tmp_path: Path) -> None:
    source(tmp_path, f"import cryptography\n{IDENTITY}", SIGNED)
    assert load(tmp_path, ["acme"])[0].source.transform
    code = {"lambdas/__init__.py": b"", "lambdas/transform.py": b"import cryptography.fernet"}
    wheel = {"cryptography/__init__.py": b"", "_cffi_backend.abi3.so": b""}
    assert isolation.import_problems(Path("transform.py"), bundle.make_zip(code | wheel)) == []
    assert [problem.line for problem in isolation.import_problems(Path("transform.py"), bundle.make_zip(code))] == [1]


def test_lists_of_modules_missing_in_the_runtime_are_right() -> None:
    assert RUNTIME == "python3.13"  # of another, both lists are others
    if sys.version_info[:2] == (3, 13):
        assert not (REMOVED_MODULES | NEWER_MODULES) & sys.stdlib_module_names
    elif sys.version_info < (3, 13):
        assert {"cgi", "telnetlib"} <= REMOVED_MODULES & sys.stdlib_module_names


HERE_ALONE = {
    "a file beside it": (
        "from pathlib import Path\nTABLE = Path(__file__).with_name('source.yml').read_text()",
        ":2",
        "FileNotFoundError: [Errno 2] No such file or directory: '/var/task/lambdas/source.yml'",
    ),
    "a file of this folder": (
        "from pathlib import Path\nTABLE = Path('acme/source.yml').read_text()",
        ":2",
        "FileNotFoundError: [Errno 2] No such file or directory: 'acme/source.yml'",
    ),
    "a variable of this shell": ("import os\nos.environ['OF_THIS_SHELL']", ":2", "KeyError: 'OF_THIS_SHELL'"),
    "a package by a name that is made up": (
        "from importlib import import_module\nNAME = 'ya' + 'ml'\nimport_module(NAME)",
        ":3",
        "ModuleNotFoundError: No module named 'yaml'",
    ),
    "it leaves": (
        "import os\nif 'OF_THIS_SHELL' not in os.environ: raise SystemExit('gone')",
        ":2",
        "SystemExit: gone",
    ),
    "it ends all": (
        "import os\nif 'OF_THIS_SHELL' not in os.environ: os._exit(3)",
        "",
        "ends the interpreter that imports it, with status 3",
    ),
    "it never ends": (
        "import os\nwhile 'OF_THIS_SHELL' not in os.environ: pass",
        "",
        "takes more than the 1 s in which a function has to start",
    ),
}


@pytest.mark.parametrize(("code", "line", "message"), HERE_ALONE.values(), ids=HERE_ALONE)
def test_import_available_only_locally_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, line: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OF_THIS_SHELL", "yes")
    if "1 s" in message:
        monkeypatch.setattr(isolation, "START_SECONDS", 1)
    file = source(Path(), f"{code}\n{IDENTITY}")
    definition = load(Path(), ["acme"])[0]
    assert [str(problem) for problem in isolation.import_problems(file, bundle.lambdas_zip(definition))] == [
        f"acme/transform.py{line}: can't be imported in AWS, where nothing but lambdas.zip is there: {message}"
    ]


def test_every_build_reports_the_import_until_corrected_and_then_remembers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    file = source(
        Path("sources"), f"from pathlib import Path\nTABLE = Path('sources/acme/source.yml').read_text()\n{IDENTITY}"
    )
    message = (
        "error: sources/acme/transform.py:2: can't be imported in AWS, where nothing but lambdas.zip is there: "
        "FileNotFoundError: [Errno 2] No such file or directory: 'sources/acme/source.yml'\n"
    )
    for words in ([], [], ["--check"]):
        assert main(["acme", "--lint", "fast", *words]) == 1
        assert message in capsys.readouterr().err
    assert not Path("build/acme").exists()
    file.write_text(IDENTITY)
    assert main(["acme", "--lint", "fast"]) == 0
    imported: list[Path] = []
    monkeypatch.setattr(build.isolation, "import_problems", lambda file, _code: imported.append(file) or [])
    assert main(["acme", "--lint", "fast"]) == 0
    assert imported == []
    file.write_text(f"{IDENTITY}# changed\n")
    assert main(["acme", "--lint", "fast"]) == 0
    assert imported == [file]


ENDS = {
    "it leaves": ("import sys\n\ndef transform(event, request):\n    sys.exit()", "4: SystemExit"),
    "it leaves late": ("def transform(event, request):\n    yield event\n    raise SystemExit(3)", "3: SystemExit: 3"),
    "what is no Exception": (
        "class Odd(BaseException): pass\ndef transform(event, request):\n    raise Odd('so')",
        "3: Odd: so",
    ),
    "a generator's end": ("def transform(event, request):\n    raise GeneratorExit", "2: GeneratorExit"),
}


@pytest.mark.parametrize(("code", "message"), ENDS.values(), ids=ENDS)
def test_code_exiting_instead_of_returning_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    sample = source(Path("sources"), code).parent / "samples" / "a.json"
    sample.parent.mkdir()
    sample.write_text("{}")
    assert main(["acme", "--lint", "fast", "--accept"]) == 1
    assert capsys.readouterr().err == f"error: {sample}: becomes no message: sources/acme/transform.py:{message}\n"


def test_batch_with_an_exiting_event_is_named_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others have become messages, of which the build looks for what they hint at."""
    monkeypatch.chdir(tmp_path)
    code = "def transform(event, request):\n    return [event] if event['a'] else exit(1)\n"
    sample = source(Path("sources"), code, f"{TOKEN}events: {{split: '@'}}\n").parent / "samples" / "a.json"
    sample.parent.mkdir()
    sample.write_text('[{"a": 1}, {"a": 0}]')
    assert main(["acme", "--lint", "fast", "--accept"]) == 1
    assert f"{sample}: becomes no message: " in capsys.readouterr().err


def test_an_interruption_ends_the_build_and_is_no_problem_of_each_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As Ctrl-C is, in a loop that does not end."""
    monkeypatch.chdir(tmp_path)
    code = "def transform(event, request):\n    raise KeyboardInterrupt\n"
    samples = source(Path("sources"), code).parent / "samples"
    samples.mkdir()
    for name in ("a", "b"):
        (samples / f"{name}.json").write_text("{}")
    assert main(["acme", "--lint", "fast"]) == 1
    message = "sources/acme/samples/a.json: transform() was interrupted: sources/acme/transform.py:2: KeyboardInterrupt"
    assert capsys.readouterr().err == f"error: {message}\n"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import sys\nsys.exit('no')", ":2: can't be imported: SystemExit: no"),
        ("raise GeneratorExit", ":1: can't be imported: GeneratorExit"),
        ("x = 1 / 0", ":1: can't be imported: ZeroDivisionError: division by zero"),
        ("x = (", ":1: can't be imported: SyntaxError: '(' was never closed"),
    ],
)
def test_unimportable_code_is_named(tmp_path: Path, code: str, message: str) -> None:
    file = source(tmp_path, code)
    with pytest.raises(GeneratorError) as raised:
        load(tmp_path, ["acme"])
    assert str(raised.value) == f"{file}{message}"
