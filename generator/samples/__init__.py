"""Requests as vendors send them: sample files, captured requests, and what the handler makes of them."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """Return what tests of an earlier version import from this package; new tests import `generator.testing`."""
    if name in ("Sample", "load"):
        from generator.samples.files import load_samples
        from generator.samples.sample import Sample

        return Sample if name == "Sample" else load_samples
    if name == "shape":
        from generator.samples.run import shape

        return shape
    raise AttributeError(name)
