"""Two lint engines over templates: AWS's fast one, and cfn-lint, which is the reference.

cfn-lint takes about a second, so it runs in a process of its own beside the other, and a verdict is remembered by the
hash of the template and the engines' versions. Templates of different sources often differ in nothing but names, hashes
and what they say of themselves, to which no rule looks but for its length: of templates that are alike, one is linted.
"""

from __future__ import annotations

import hashlib
import json
import re
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
from generator.files import regular_file

Engines = Literal["full", "fast"]

EXCLUDED = {
    "I9001": "says of any template that some of its properties can't be changed in place",
    "I4010": "asks any template for a description of its architecture in a form of its own",
    "W1030": "takes the empty default of an optional parameter for a value, where a condition leaves it out",
}
_AS_ERRORS = {"W3030"}  # the fast engine only warns of a value outside its enumeration
_CFN_LINT = "import sys; from cfnlint.runner import main; sys.argv += sys.stdin.read().split('\\n'); sys.exit(main())"
_HASH, _MARK = re.compile("code/[0-9a-f]{64}"), "\0"
_DESCRIPTION = re.compile(r'(?<=\n  "Description": )"(?:[^"\\]|\\.)*"')
_SOURCE = re.compile('"Source": "([a-z0-9-]+)"')
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_BODY, _S3_LIMIT = 51_200, 1_000_000


@cache
def engine_versions(engines: Engines) -> tuple[str, ...]:
    """The engines, with their versions."""
    names = ("cfn-lint", "cloudformation-validate") if engines == "full" else ("cloudformation-validate",)
    return tuple(f"{name} {version(name)}" for name in names)


def verdict_digest(text: str, engines: Engines) -> str:
    """What a template's verdict is remembered by: all but its source's name, its description and its code's hash."""
    source = _source(text)
    described = _DESCRIPTION.sub(lambda found: f"{len(found[0].encode())}", text, count=1)
    alike = _HASH.sub("", _general(described, source))
    with_what = json.dumps([len(source), engine_versions(engines), sorted(EXCLUDED)])
    return hashlib.sha256(f"{with_what}{alike}".encode()).hexdigest()


def _source(text: str) -> str:
    found = _SOURCE.search(text)
    return found[1] if found else ""


def _general(text: str, source: str) -> str:
    """The text with a mark where the source's name stands by itself."""
    # The name first: only where it is found, the expression looks at what is around it.
    return re.sub(rf"{source}(?<![a-z0-9]{source})(?![a-z0-9])", _MARK, text) if source else text


class Linter:
    """Both engines, or the fast one alone; a template whose verdict is in the folder `remembered` is not linted again.

    Where nothing is remembered, as in a first build, the engines start at once, beside what makes the templates.
    """

    def __init__(self, engines: Engines, remembered: Path) -> None:
        self.engines = engines
        self._remembered = remembered
        self._checked: dict[str, tuple[str, bytes]] = {}
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
        by = {name: verdict_digest(text, self.engines) for name, text in templates.items()}
        verdicts = {one: self._recall(one) for one in by.values()}
        new = {one: name for name, one in by.items() if verdicts[one] is None}
        verdicts |= self._lint({name: templates[name] for name in new.values()}, by)
        self._checked |= {name: (one, verdicts[one] or b"[]") for name, one in by.items()}
        return {name: _told(self._checked[name][1], name, templates[name]) for name in by}

    def verdict(self, name: str) -> tuple[str, bytes]:
        """What a template that was checked is remembered by, and what is remembered of it."""
        return self._checked[name]

    def _lint(self, templates: Mapping[str, str], by: Mapping[str, str]) -> dict[str, bytes]:
        """The verdicts on these templates by what they are remembered by."""
        if not templates:
            return {}
        self._start()
        found = {name: set(_size(name, text)) for name, text in templates.items()}
        reference = self._pool.submit(self._ask_reference, templates) if self._reference else None
        for problem in [*self._ask_fast(templates), *(reference.result() if reference else ())]:
            found[problem.file].add(problem)
        return {by[name]: verdict_json(sorted(problems), templates[name]) for name, problems in found.items()}

    def _start(self) -> None:
        if not self._fast:
            self._fast = self._pool.submit(_fast_engine)
            if self.engines == "full":
                self._reference = _reference_process()

    def _recall(self, digest: str) -> bytes | None:
        try:
            remembered = regular_file.read(self._remembered / digest)
            [Problem("", *one) for one in json.loads(remembered)]
        except (OSError, ValueError, TypeError):
            return None
        return remembered

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


def verdict_json(problems: list[Problem], text: str) -> bytes:
    """What is remembered of a template, for all that are like it."""
    source = _source(text)
    rows = [[one.line, one.key, _general(one.message, source), one.warning] for one in problems]
    return json.dumps(rows).encode()


def _told(verdict: bytes, name: str, text: str) -> list[Problem]:
    """A verdict as one of this template."""
    source = _source(text)
    rows = [(line, key, said.replace(_MARK, source), warning) for line, key, said, warning in json.loads(verdict)]
    return [Problem(name, *row) for row in rows]


def _size(name: str, text: str) -> list[Problem]:
    size = len(text.encode())
    if size > _S3_LIMIT:
        return [Problem(name, 0, "", f"has {size:,} bytes, and CloudFormation takes {_S3_LIMIT:,}")]
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
