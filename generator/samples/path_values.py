"""Find what a path finds in a sample's event."""

from __future__ import annotations

from typing import Any

from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions, compile_path


def path_value(path: str, item: Any, functions: Functions) -> Any:
    """Return what a path finds; None where it finds nothing, or can't be applied to the event."""
    from jmespath.exceptions import JMESPathError

    try:
        return compile_path(path)(item, functions)
    except (Rejected, JMESPathError, ValueError, RecursionError):
        return None
