"""Text files that are shipped must have LF line ends, wherever they were checked out.

git writes CRLF where `core.autocrlf` is true, as on many machines with Windows: bash can't run such a script, and the
zips would have other hashes. https://git-scm.com/docs/gitattributes#_eol
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from generator.errors import Problem, display_path
from generator.files import regular_file
from lambdas.model import OutputName

_TEXT_SUFFIXES = tuple(f".{part}.json" for part in (*get_args(OutputName), "reply", "request"))
HOW_TO_FIX = "save it with LF; in git: git config core.autocrlf input, git add --renormalize ., and check it out anew"


def line_end_problems(files: Iterable[Path]) -> list[Problem]:
    """Return a problem for each file with a CR, at its first line with one; bodies of samples may have some."""
    problems = []
    for file in files:
        content = b"" if _is_sample_body(file) else regular_file.read(file)
        if b"\r" in content:
            line = content[: content.index(b"\r")].count(b"\n") + 1
            problems.append(
                Problem(display_path(file), line, "", f"has a CR, and would be shipped with it: {HOW_TO_FIX}")
            )
    return problems


def _is_sample_body(file: Path) -> bool:
    """Return whether a file is a body as a vendor sends it, which is data and not text."""
    return file.parent.name == "samples" and not file.name.endswith(_TEXT_SUFFIXES)
