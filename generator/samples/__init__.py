"""Requests as vendors send them: sample files, captured requests, and what the handler makes of them."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """Return what tests import from here that an earlier version generated; new ones import `generator.testing`."""
    if name in ("Sample", "load"):
        from generator.samples import files

        return getattr(files, name)
    if name == "shape":
        from generator.samples.run import shape

        return shape
    raise AttributeError(name)
