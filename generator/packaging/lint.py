"""Lint of templates by two engines: AWS's fast one, and cfn-lint, which is the reference.

cfn-lint takes about a second, so it runs in a process of its own beside the other, and verdicts are stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from generator.errors import Problem
from generator.packaging.lint_engines import Engines, LintEngines
from generator.packaging.lint_verdicts import stored_verdict, verdict_digest, verdict_json, verdict_to_problems

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_BODY, MAX_BODY_IN_S3 = 51_200, 1_000_000


class Linter:
    """Lints templates, but for those whose verdict is in the folder `stored`.

    Where that folder is missing, as in a first build, the engines start at once, beside what makes the templates.
    """

    def __init__(self, engines: Engines, stored: Path) -> None:
        self.engines = engines
        self._stored = stored
        self._checked: dict[str, tuple[str, bytes]] = {}
        self._lint_engines = LintEngines(engines)

    def __enter__(self) -> Self:
        if not self._stored.is_dir():
            self._lint_engines.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._lint_engines.stop()

    def check(self, templates: Mapping[str, str]) -> dict[str, list[Problem]]:
        """Return the problems of each template, by the name under which problems display it."""
        digest_by_name = {name: verdict_digest(text, self.engines) for name, text in templates.items()}
        verdicts = {digest: stored_verdict(self._stored, digest) for digest in digest_by_name.values()}
        name_by_digest = {digest: name for name, digest in digest_by_name.items() if verdicts[digest] is None}
        verdicts |= self._lint({digest: (name, templates[name]) for digest, name in name_by_digest.items()})
        self._checked |= {name: (digest, verdicts[digest] or b"[]") for name, digest in digest_by_name.items()}
        return {name: verdict_to_problems(self._checked[name][1], name, templates[name]) for name in digest_by_name}

    def verdict(self, name: str) -> tuple[str, bytes]:
        """Return the digest and the verdict of a template that was checked, to store them."""
        return self._checked[name]

    def _lint(self, templates: Mapping[str, tuple[str, str]]) -> dict[str, bytes]:
        """Return the verdicts on templates, which are name and text, by their digests."""
        if not templates:
            return {}
        texts = dict(templates.values())
        problems = {name: set(_size_problems(name, text)) for name, text in texts.items()}
        for problem in self._lint_engines.lint(texts):
            problems[problem.file].add(problem)
        return {digest: verdict_json(sorted(problems[name]), text) for digest, (name, text) in templates.items()}


def _size_problems(name: str, text: str) -> list[Problem]:
    size = len(text.encode())
    if size > MAX_BODY_IN_S3:
        return [Problem(name, 0, "", f"has {size:,} bytes, and CloudFormation takes {MAX_BODY_IN_S3:,}")]
    return []
