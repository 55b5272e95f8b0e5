"""Line breaks of text that is shipped: LF, wherever it was checked out.

git writes CRLF where `core.autocrlf` is true, as on many machines with Windows: bash runs no such script, and the zips
would be others. https://git-scm.com/docs/gitattributes#_eol
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from generator.errors import Problem, display_path
from generator.files import regular_file

_STORED = (".mozdef.json", ".reply.json", ".request.json")
HOW_TO_FIX = "save it with LF; in git: git config core.autocrlf input, git add --renormalize ., and check it out anew"


def line_end_problems(files: Iterable[Path]) -> list[Problem]:
    """The files with a CR, and the first line that has one. Bodies of samples are data, as vendors send them."""
    found = []
    for file in files:
        content = b"" if _is_body(file) else regular_file.read(file)
        if b"\r" in content:
            line = content[: content.index(b"\r")].count(b"\n") + 1
            found.append(Problem(display_path(file), line, "", f"has a CR, and would be shipped with it: {HOW_TO_FIX}"))
    return found


def _is_body(file: Path) -> bool:
    return file.parent.name == "samples" and not file.name.endswith(_STORED)
