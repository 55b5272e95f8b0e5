"""Zips that are the same bytes wherever they are made."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import lambdas
from generator.definition import Definition
from generator.literal import module
from lambdas.model import Pipeline

_ROOT = Path(lambdas.__file__).parent
# The first time that a zip can hold: https://docs.python.org/3/library/zipfile.html#zipfile.ZipInfo
_TIME = (1980, 1, 1, 0, 0, 0)
_REGULAR, _UNIX = 0o100000, 3
_MERGE = ("__init__.py", "merge.py", "raw_zip.py", "zip_records.py")


def lambdas_zip(definition: Definition) -> bytes:
    """The code of a source's functions: this framework's, and the definition as Python."""
    files = dict(_code())
    # How it is deployed is nothing to the functions: a change of it is none of theirs.
    files["lambdas/source.py"] = module(replace(definition.source, pipeline=Pipeline())).encode()
    if transform := definition.find("transform.py"):
        files["lambdas/transform.py"] = transform.read_bytes()
    return archive(files)


@cache
def merge_zip() -> bytes:
    """The code of the pipeline's merge function, the same for every source."""
    return archive({f"lambdas/{name}": (_ROOT / name).read_bytes() for name in _MERGE})


@cache
def _code() -> tuple[tuple[str, bytes], ...]:
    found = {file.relative_to(_ROOT).as_posix(): file for file in _ROOT.rglob("*.py")}
    ours = sorted(found.keys() - {name for name in _MERGE if name != "__init__.py"})
    return tuple((f"lambdas/{name}", found[name].read_bytes()) for name in ours)


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files by name. Stored, not deflated: two versions of zlib pack the same bytes differently."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as made:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _TIME)
            info.create_system = _UNIX
            info.external_attr = (_REGULAR | (0o755 if name.endswith(".sh") else 0o644)) << 16
            made.writestr(info, files[name])
    return buffer.getvalue()


def key(content: bytes) -> str:
    """Where the zip goes in the helper bucket: named by its content, so that it never changes under a stack."""
    return f"code/{hashlib.sha256(content).hexdigest()}.zip"
