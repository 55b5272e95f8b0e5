"""The details of an event that is sent whole, for a plugin: checked, and shortened where they are too large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lambdas.reading.body import Rejected
from lambdas.shaping.mozdef_limits import details_problem
from lambdas.shaping.mozdef_names import ZOOM_WORDS
from lambdas.shaping.truncation import truncate


def require_indexable(details: dict[str, Any], *, any_size: bool) -> None:
    """Raise Rejected where MozDef would lose a message with these details; with `any_size`, not for its size."""
    if problem := details_problem(details, ZOOM_WORDS, any_size=any_size):
        raise Rejected("mozdef", problem)


def shortened(details: Mapping[str, Any], first_keys: Sequence[str]) -> dict[str, Any]:
    """Return what MozDef takes of details that are too large for the queue; `first_keys` stay."""
    # Truncation makes some values invalid, such as a number.
    valid = {key: value for key, value in truncate(details, first_keys).items() if _is_valid({key: value})}
    return valid if _is_valid(valid) else {key: valid[key] for key in first_keys if key in valid}


def _is_valid(details: dict[str, Any]) -> bool:
    return details_problem(details, ZOOM_WORDS) is None
