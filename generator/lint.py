"""Two lint engines over templates: AWS's fast one, and cfn-lint, which is the reference.

cfn-lint takes about a second, so it runs in a process of its own beside the other, and a verdict is remembered by the
hash of the template and the engines' versions.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from generator.errors import GeneratorError, Problem

Engines = Literal["full", "fast"]

EXCLUDED = {
    "I9001": "says of any template that some of its properties can't be changed in place",
    "I4010": "asks any template for a description of its architecture in a form of its own",
    "W1030": "takes the empty default of an optional parameter for a value, where a condition leaves it out",
}
_AS_ERRORS = {"W3030"}  # the fast engine only warns of a value outside its enumeration
_CFN_LINT = "import sys; from cfnlint.runner import main; sys.exit(main())"
_BODY_LIMIT, _S3_LIMIT = 51_200, 1_000_000


@cache
def versions(engines: Engines) -> tuple[str, ...]:
    """The engines, with their versions."""
    names = ("cfn-lint", "cloudformation-validate") if engines == "full" else ("cloudformation-validate",)
    return tuple(f"{name} {version(name)}" for name in names)


def digest(text: str, engines: Engines) -> str:
    """What a template's verdict is remembered by."""
    return hashlib.sha256(json.dumps([text, versions(engines), sorted(EXCLUDED)]).encode()).hexdigest()


def check(templates: Mapping[str, str], engines: Engines, remembered: Path) -> dict[str, list[Problem]]:
    """What the engines find in each template, by the name under which problems are to show it.

    A template whose verdict lies in the folder `remembered` is not linted again.
    """
    known = {name: _recall(remembered, name, text, engines) for name, text in templates.items()}
    new = {name: text for name, text in templates.items() if known[name] is None}
    if not new:
        return {name: found or [] for name, found in known.items()}
    with ThreadPoolExecutor(1) as pool:
        reference = pool.submit(_reference, new) if engines == "full" else None
        found = {name: set(_size(name, text)) for name, text in new.items()}
        for problem in [*_fast(new), *(reference.result() if reference else ())]:
            found[problem.file].add(problem)
    return {name: sorted(found[name]) if name in found else known[name] or [] for name in templates}


def verdict(problems: list[Problem]) -> bytes:
    """What is remembered of a template without errors."""
    return json.dumps([[one.line, one.key, one.message, one.warning] for one in problems]).encode()


def _recall(remembered: Path, name: str, text: str, engines: Engines) -> list[Problem] | None:
    try:
        return [Problem(name, *one) for one in json.loads((remembered / digest(text, engines)).read_bytes())]
    except (OSError, ValueError, TypeError):
        return None


def _size(name: str, text: str) -> list[Problem]:
    size = len(text.encode())
    if size > _S3_LIMIT:
        return [Problem(name, 0, "", f"has {size:,} bytes, and CloudFormation takes {_S3_LIMIT:,}")]
    if size > _BODY_LIMIT:
        said = f"has {size:,} bytes; over {_BODY_LIMIT:,} it deploys from a bucket only"
        return [Problem(name, 0, "", said, warning=True)]
    return []


def _fast(templates: Mapping[str, str]) -> Iterator[Problem]:
    """One engine for all: it takes a quarter of a second to start, and some milliseconds for each template."""
    from cloudformation_validate import CelEngine, Severity, TemplateContent

    engine = CelEngine()
    for name, text in templates.items():
        for one in engine.validate_template(TemplateContent(text, name)).diagnostics:
            if one.rule_id not in EXCLUDED:
                warning = one.severity not in (Severity.FATAL, Severity.ERROR) and one.rule_id not in _AS_ERRORS
                yield Problem(name, one.start_line or 0, one.rule_id, one.message, warning)


def _reference(templates: Mapping[str, str]) -> list[Problem]:
    """cfn-lint in a process of its own, with everything on."""
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for index, (name, text) in enumerate(templates.items()):
            file = Path(folder, f"{index}.json")
            file.write_text(text, encoding="utf-8")
            files[str(file)] = name
        command = [sys.executable, "-c", _CFN_LINT, "--format", "json", "--include-checks", "I"]
        command += ["--ignore-checks", *EXCLUDED, "--template", *files]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    try:
        rows = json.loads(done.stdout or "[]")
    except ValueError:
        rows = None
    if rows is None or (done.returncode and not rows):
        raise GeneratorError(f"cfn-lint failed: {(done.stderr or done.stdout).strip().splitlines()[-1]}")
    return [
        Problem(
            files[row["Filename"]],
            row["Location"]["Start"]["LineNumber"],
            row["Rule"]["Id"],
            row["Message"],
            warning=row["Level"] != "Error",
        )
        for row in rows
    ]
