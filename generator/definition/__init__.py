"""Read `source.yml` into a Source, or report every mistake in it."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """Return what tests import from here that an earlier version generated; new ones import `generator.testing`."""
    if name == "load":
        from generator.definition.read import load

        return load
    raise AttributeError(name)
