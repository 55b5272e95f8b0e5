"""The encoder is json's own, only sooner ready."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.runtime.compact import compact, parts

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(scalars, lambda below: st.lists(below) | st.dictionaries(st.text(), below), max_leaves=20)


@pytest.mark.parametrize("ensure_ascii", [True, False])
@given(value=values)
def test_it_writes_what_json_writes(ensure_ascii: bool, value: Any) -> None:
    assert compact(ensure_ascii=ensure_ascii)(value) == json.dumps(
        value, ensure_ascii=ensure_ascii, separators=(",", ":")
    )


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], {"a": float("-inf")}])
def test_it_refuses_what_is_no_json(value: Any) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        compact(ensure_ascii=False)(value)
    with pytest.raises(TypeError):
        compact(ensure_ascii=False)({"a": object()})


def test_without_the_c_part_it_is_the_public_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "c_make_encoder", None)
    assert compact(ensure_ascii=False)({"é": [1, None]}) == '{"é":[1,null]}'
