"""The two lint engines, AWS's fast one in threads and cfn-lint in a process of its own, and the rules they exclude."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from generator.errors import GeneratorError, Problem

Engines = Literal["full", "fast"]

EXCLUDED = {
    "I9001": "reports for any template that some of its properties can't be changed in place",
    "I4010": "demands of any template a description of its architecture in a form of its own",
    "W1030": "takes the empty default of an optional parameter for a value, where a condition leaves it out",
}
_AS_ERRORS = {"W3030"}  # a value outside its enumeration, of which the fast engine only warns
_CFN_LINT = "import sys; from cfnlint.runner import main; sys.argv += sys.stdin.read().split('\\n'); sys.exit(main())"


@cache
def engine_versions(engines: Engines) -> tuple[str, ...]:
    """Return the names of the engines' packages with their versions."""
    names = ("cfn-lint", "cloudformation-validate") if engines == "full" else ("cloudformation-validate",)
    return tuple(f"{name} {version(name)}" for name in names)


class LintEngines:
    """Both engines, or the fast one alone. Started early, they import themselves while the templates are made."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._pool = ThreadPoolExecutor()
        self._fast: Future[Any] | None = None
        self._reference: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the engines, unless they run already."""
        if not self._fast:
            self._fast = self._pool.submit(_fast_engine)
            if self._engines == "full":
                self._reference = _reference_process()

    def stop(self) -> None:
        """Stop the process and the threads."""
        if self._reference:
            self._reference.kill()
            self._reference.communicate()
        self._pool.shutdown()

    def lint(self, templates: Mapping[str, str]) -> list[Problem]:
        """Return what the engines find in templates by name; the process can be asked once."""
        self.start()
        reference = self._pool.submit(self._lint_with_reference, templates) if self._reference else None
        return [*self._lint_with_fast(templates), *(reference.result() if reference else ())]

    def _lint_with_fast(self, templates: Mapping[str, str]) -> Iterator[Problem]:
        """Lint with AWS's engine: 0.25 s to start, some milliseconds a template, neither of which holds the GIL."""
        from cloudformation_validate import Severity, TemplateContent

        assert self._fast  # noqa: S101 - started
        validate = self._fast.result().validate_template
        contents = [TemplateContent(text, name) for name, text in templates.items()]
        for name, report in zip(templates, self._pool.map(validate, contents), strict=True):
            for diagnostic in report.diagnostics:
                rule = diagnostic.rule_id
                if rule not in EXCLUDED:
                    warning = diagnostic.severity not in (Severity.FATAL, Severity.ERROR) and rule not in _AS_ERRORS
                    yield Problem(name, diagnostic.start_line or 0, rule, diagnostic.message, warning)

    def _lint_with_reference(self, templates: Mapping[str, str]) -> list[Problem]:
        assert self._reference  # noqa: S101 - started
        with tempfile.TemporaryDirectory() as folder:
            names = {}
            for index, (name, text) in enumerate(templates.items()):
                file = Path(folder, f"{index}.json")
                file.write_text(text, encoding="utf-8")
                names[str(file)] = name
            output, errors = self._reference.communicate("\n".join(names))
        try:
            rows = json.loads(output or "[]")
        except ValueError:
            rows = []
        if self._reference.returncode and not rows:
            last_line = (errors or output or "no output").strip().splitlines()[-1]
            raise GeneratorError(f"cfn-lint failed: {last_line}")
        return [_problem(names[row["Filename"]], row) for row in rows]


def _fast_engine() -> Any:
    from cloudformation_validate import CelEngine

    return CelEngine()


def _reference_process() -> subprocess.Popen[str]:
    """Start cfn-lint with all rules; it waits for the templates' file names on standard input."""
    command = [sys.executable, "-c", _CFN_LINT, "--format", "json", "--include-checks", "I"]
    command += ["--ignore-checks", *EXCLUDED, "--template"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)  # noqa: S603 - our own arguments


def _problem(name: str, row: dict[str, Any]) -> Problem:
    line = row["Location"]["Start"]["LineNumber"]
    return Problem(name, line, row["Rule"]["Id"], row["Message"], warning=row["Level"] != "Error")
