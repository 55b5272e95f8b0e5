"""Templates that a build has made before: the same definition and the same code make the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import awacs
import troposphere

from generator.files import regular_file
from generator.packaging.build_folder import CACHE_FOLDER
from generator.packaging.source_module import source_module_text
from lambdas.model import Source

_ROOT = Path(__file__).parents[2]


def digest(source: Source, keys: Sequence[str]) -> str:
    """All that a source's templates are made from: its definition, its keys in the helper bucket, and our own code."""
    return hashlib.sha256(json.dumps([source_module_text(source), keys, _code()]).encode()).hexdigest()


def recall(build: Path, name: str, digest: str) -> dict[str, bytes] | None:
    """The templates in a build folder, where they are those that were made from this."""
    try:
        recorded = json.loads(regular_file.read(build / CACHE_FOLDER / digest))
        found = {file: regular_file.read(build / name / file) for file in recorded}
    except (OSError, ValueError, TypeError):
        return None
    return found if recorded == json.loads(record(found)) else None


def record(templates: Mapping[str, bytes]) -> bytes:
    """What is remembered of templates."""
    return json.dumps({name: hashlib.sha256(content).hexdigest() for name, content in templates.items()}).encode()


@cache
def _code() -> str:
    """Our own code and the libraries that write templates."""
    hashed = hashlib.sha256(f"{troposphere.__version__} {awacs.__version__}".encode())
    for file in sorted([*(_ROOT / "generator").rglob("*.py"), *(_ROOT / "lambdas").rglob("*.py")]):
        hashed.update(file.read_bytes())
    return hashed.hexdigest()
