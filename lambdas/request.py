"""What a `transform.py` of an earlier version imports; new ones import `lambdas.transforming`."""

from __future__ import annotations

from lambdas.reading.request import Request

__all__ = ["Request"]
