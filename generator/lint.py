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
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, Self

from generator.errors import GeneratorError, Problem

Engines = Literal["full", "fast"]

EXCLUDED = {
    "I9001": "says of any template that some of its properties can't be changed in place",
    "I4010": "asks any template for a description of its architecture in a form of its own",
    "W1030": "takes the empty default of an optional parameter for a value, where a condition leaves it out",
}
_AS_ERRORS = {"W3030"}  # the fast engine only warns of a value outside its enumeration
_CFN_LINT = "import sys; from cfnlint.runner import main; sys.argv += sys.stdin.read().split('\\n'); sys.exit(main())"
_BODY_LIMIT, _S3_LIMIT = 51_200, 1_000_000


@cache
def versions(engines: Engines) -> tuple[str, ...]:
    """The engines, with their versions."""
    names = ("cfn-lint", "cloudformation-validate") if engines == "full" else ("cloudformation-validate",)
    return tuple(f"{name} {version(name)}" for name in names)


def digest(text: str, engines: Engines) -> str:
    """What a template's verdict is remembered by."""
    return hashlib.sha256(json.dumps([text, versions(engines), sorted(EXCLUDED)]).encode()).hexdigest()


class Linter:
    """Both engines, or the fast one alone; a template whose verdict is in the folder `remembered` is not linted again.

    Where nothing is remembered, as in a first build, the engines start at once, beside what makes the templates.
    """

    def __init__(self, engines: Engines, remembered: Path) -> None:
        self.engines = engines
        self._remembered = remembered
        self._pool = ThreadPoolExecutor()
        self._fast: Future[Any] | None = None
        self._reference: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        if not self._remembered.is_dir():
            self._start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._reference:
            self._reference.kill()
            self._reference.communicate()
        self._pool.shutdown()

    def check(self, templates: Mapping[str, str]) -> dict[str, list[Problem]]:
        """What is found in each template, by the name under which problems are to show it."""
        known = {name: self._recall(name, text) for name, text in templates.items()}
        new = {name: text for name, text in templates.items() if known[name] is None}
        found = {name: set(_size(name, text)) for name, text in new.items()}
        if new:
            self._start()
            reference = self._pool.submit(self._ask_reference, new) if self._reference else None
            for problem in [*self._ask_fast(new), *(reference.result() if reference else ())]:
                found[problem.file].add(problem)
        return {name: sorted(found[name]) if name in found else known[name] or [] for name in templates}

    def _start(self) -> None:
        if not self._fast:
            self._fast = self._pool.submit(_fast_engine)
            if self.engines == "full":
                self._reference = _reference_process()

    def _recall(self, name: str, text: str) -> list[Problem] | None:
        try:
            rows = json.loads((self._remembered / digest(text, self.engines)).read_bytes())
            return [Problem(name, *one) for one in rows]
        except (OSError, ValueError, TypeError):
            return None

    def _ask_fast(self, templates: Mapping[str, str]) -> Iterator[Problem]:
        """A quarter of a second to start, some milliseconds for a template, and neither holds Python's lock."""
        from cloudformation_validate import Severity, TemplateContent

        assert self._fast  # noqa: S101 - started
        validate = self._fast.result().validate_template
        contents = [TemplateContent(text, name) for name, text in templates.items()]
        for name, report in zip(templates, self._pool.map(validate, contents), strict=True):
            for one in report.diagnostics:
                if one.rule_id not in EXCLUDED:
                    warning = one.severity not in (Severity.FATAL, Severity.ERROR) and one.rule_id not in _AS_ERRORS
                    yield Problem(name, one.start_line or 0, one.rule_id, one.message, warning)

    def _ask_reference(self, templates: Mapping[str, str]) -> list[Problem]:
        assert self._reference  # noqa: S101 - started
        with tempfile.TemporaryDirectory() as folder:
            files = {}
            for index, (name, text) in enumerate(templates.items()):
                file = Path(folder, f"{index}.json")
                file.write_text(text, encoding="utf-8")
                files[str(file)] = name
            said, complaint = self._reference.communicate("\n".join(files))
        try:
            rows = json.loads(said or "[]")
        except ValueError:
            rows = []
        if self._reference.returncode and not rows:
            raise GeneratorError(
                f"cfn-lint failed: {(complaint or said or 'it said nothing').strip().splitlines()[-1]}"
            )
        return [_problem(files[row["Filename"]], row) for row in rows]


def verdict(problems: list[Problem]) -> bytes:
    """What is remembered of a template without errors."""
    return json.dumps([[one.line, one.key, one.message, one.warning] for one in problems]).encode()


def _size(name: str, text: str) -> list[Problem]:
    size = len(text.encode())
    if size > _S3_LIMIT:
        return [Problem(name, 0, "", f"has {size:,} bytes, and CloudFormation takes {_S3_LIMIT:,}")]
    if size > _BODY_LIMIT:
        said = f"has {size:,} bytes; over {_BODY_LIMIT:,} it deploys from a bucket only"
        return [Problem(name, 0, "", said, warning=True)]
    return []


def _fast_engine() -> Any:
    from cloudformation_validate import CelEngine

    return CelEngine()


def _reference_process() -> subprocess.Popen[str]:
    """cfn-lint with everything on; it imports itself while we make the templates, whose names it waits for."""
    command = [sys.executable, "-c", _CFN_LINT, "--format", "json", "--include-checks", "I"]
    command += ["--ignore-checks", *EXCLUDED, "--template"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)  # noqa: S603 - our own arguments


def _problem(name: str, row: dict[str, Any]) -> Problem:
    line = row["Location"]["Start"]["LineNumber"]
    return Problem(name, line, row["Rule"]["Id"], row["Message"], warning=row["Level"] != "Error")
