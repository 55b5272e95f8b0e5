"""Values by plain paths."""

from __future__ import annotations

from typing import Any

import pytest

from lambdas.reading.dotted_paths import first_scalar, value_at

EVENT: dict[str, Any] = {"log": {"items": [{"name": "ann"}, 5], "empty": "", "none": None, "0": "key"}, "ok": False}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("log.items.0.name", "ann"),
        ("log.items.1", 5),
        ("log.items.2", None),
        ("log.items.-1", None),
        ("log.items.\u00b2", None),
        ("log.0", "key"),
        ("log.items.0.name.0", None),
        ("ok", False),
        ("absent.name", None),
    ],
)
def test_value_is_found_by_keys_and_indexes(path: str, value: Any) -> None:
    assert value_at(EVENT, path) == value


def test_first_text_or_number_is_found() -> None:
    assert first_scalar(EVENT, "log.items log.none log.empty log.items.1 log.items.0.name") == 5
    assert first_scalar(EVENT, "log absent") is None
    assert first_scalar(None, "log") is None
