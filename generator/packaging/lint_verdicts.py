"""Stored lint verdicts: templates that differ only in name, description and hash share one.

No rule of either engine reads these, but for their lengths. A verdict is stored by a digest of everything else in the
template and of the engines' versions.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from generator.errors import Problem
from generator.files import regular_file
from generator.packaging.lint_engines import EXCLUDED, Engines, engine_versions

_HASH, _NAME_MARK = re.compile("code/[0-9a-f]{64}"), "\0"
_DESCRIPTION = re.compile(r'(?<=\n  "Description": )"(?:[^"\\]|\\.)*"')
_SOURCE_NAME = re.compile('"Source": "([a-z0-9-]+)"')


def verdict_digest(text: str, engines: Engines) -> str:
    """Return the digest of a template without its source's name, description and code hashes, and of the engines."""
    source = _source_name(text)
    without_description = _DESCRIPTION.sub(lambda match: f"{len(match[0].encode())}", text, count=1)
    normalized = _HASH.sub("", _without_source_name(without_description, source))
    conditions = json.dumps([len(source), engine_versions(engines), sorted(EXCLUDED)])
    return hashlib.sha256(f"{conditions}{normalized}".encode()).hexdigest()


def verdict_json(problems: list[Problem], text: str) -> bytes:
    """Return the problems of a template as a verdict, which holds for all templates with the same digest."""
    source = _source_name(text)
    rows = [
        [problem.line, problem.key, _without_source_name(problem.message, source), problem.warning]
        for problem in problems
    ]
    return json.dumps(rows).encode()


def verdict_to_problems(verdict: bytes, name: str, text: str) -> list[Problem]:
    """Return a verdict as the problems of this template."""
    source = _source_name(text)
    return [
        Problem(name, line, key, message.replace(_NAME_MARK, source), warning)
        for line, key, message, warning in json.loads(verdict)
    ]


def stored_verdict(folder: Path, digest: str) -> bytes | None:
    """Return the verdict in a folder, or None if there is none, or none that can be read."""
    try:
        verdict = regular_file.read(folder / digest)
        [Problem("", *row) for row in json.loads(verdict)]
    except (OSError, ValueError, TypeError):
        return None
    return verdict


def _source_name(text: str) -> str:
    match = _SOURCE_NAME.search(text)
    return match[1] if match else ""


def _without_source_name(text: str, source: str) -> str:
    """Return the text with a mark wherever the source's name stands by itself."""
    # The name comes first: so the expression looks around only where it is.
    return re.sub(rf"{source}(?<![a-z0-9]{source})(?![a-z0-9])", _NAME_MARK, text) if source else text
