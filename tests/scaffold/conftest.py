"""What the tests of `new` share."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator.definition.read import Definition, load
from generator.scaffold import target_folder


@cache
def _bundled(name: str) -> list[Definition]:
    return load(target_folder.BUNDLED, [name], with_defaults=False)


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the bundled sources once, and not for each test: there are many."""

    def load_once(folder: Path, names: list[str], **options: Any) -> list[Definition]:
        return _bundled(names[0]) if folder == target_folder.BUNDLED else load(folder, names, **options)

    monkeypatch.setattr(target_folder, "load", load_once)
