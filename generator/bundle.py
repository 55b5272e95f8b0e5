"""Zips that are the same bytes wherever they are made."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from generator import shipped
from generator.definition import Definition
from generator.literal import module
from lambdas.model import Pipeline

# The first time that a zip can hold: https://docs.python.org/3/library/zipfile.html#zipfile.ZipInfo
_TIME = (1980, 1, 1, 0, 0, 0)
_REGULAR, _UNIX = 0o100000, 3
_ENTRIES = ("lambdas.webhook", "lambdas.authorizer")


def lambdas_zip(definition: Definition, third_party: Mapping[str, bytes] | None = None) -> bytes:
    """The code of a source's functions: of this framework's what they import, and the definition as Python.

    `third_party` are the files of the packages that its way of verifying needs.
    """
    # How it is deployed, and what people are told, is nothing to the functions: a change of it is none of theirs.
    source = module(replace(definition.source, pipeline=Pipeline(), vendor=None)).encode()
    files = {"lambdas/source.py": source}
    if transform := definition.find("transform.py"):
        files["lambdas/transform.py"] = transform.read_bytes()
    imported = [name for content in files.values() for name in shipped.imports(content)]
    return archive({**(third_party or {}), **shipped.modules([*_ENTRIES, *imported]), **files})


@cache
def merge_zip() -> bytes:
    """The code of the pipeline's merge function, the same for every source."""
    return archive(shipped.modules(["lambdas.merge"]))


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
