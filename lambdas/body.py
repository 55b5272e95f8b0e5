"""What a `transform.py` of an earlier version imports; new ones import `lambdas.transforming`."""

from __future__ import annotations

from lambdas.reading.body import Rejected, parse

__all__ = ["Rejected", "parse"]
