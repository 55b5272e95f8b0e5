"""An event as `path=value` texts."""

from __future__ import annotations

from typing import Any

import pytest

from lambdas.shaping.flat_fields import MAX_CHARACTERS, MAX_ENTRIES, MAX_ENTRY, MAX_PATH, flat_fields


@pytest.mark.parametrize(
    ("event", "entries"),
    [
        ({}, []),
        ({"b": {"c": "x"}, "a": 1}, ["a=1", "b.c=x"]),
        ({"a": [{"b": 1}, {"b": 2}, [3, [4]], "x"]}, ["a.b=1", "a.b=2", "a=3", "a=4", "a=x"]),
        ({"a": [1, 1, {"a": 1}]}, ["a.a=1", "a=1"]),
        ({"a": True, "b": False, "c": None, "d": "", "e": "[masked]", "f": [], "g": {}}, ["a=true", "b=false"]),
        ({"a": 1.5, "b": -0.0, "c": 1e300, "d": 2**63 - 1}, ["a=1.5", "b=-0.0", "c=1e+300", "d=9223372036854775807"]),
        ({"": {"": "x"}, "a.b": 1, "a": {"b": 2}}, [".=x", "a.b=1", "a.b=2"]),
        ({"a": " line\nbreak = \u202e"}, ["a= line\nbreak = \u202e"]),
    ],
)
def test_each_value_is_an_entry(event: dict[str, Any], entries: list[str]) -> None:
    assert flat_fields(event) == (entries, 0)


def test_long_path_keeps_its_end_and_a_long_entry_its_beginning() -> None:
    (entry,), _ = flat_fields({"k" * 400: {"name": "x" * 2_000}})
    assert entry == "…" + "k" * (MAX_PATH - 6) + ".name=" + "x" * (MAX_ENTRY - MAX_PATH - 2) + "…"


def test_deepest_values_go_first_where_there_is_no_room_for_all() -> None:
    event = {"deep": {"deeper": [{"id": number} for number in range(MAX_ENTRIES)]}, "name": "ann", "other": {"a": 1}}
    entries, omitted = flat_fields(event)
    assert (len(entries), omitted) == (MAX_ENTRIES, 2)
    assert {"name=ann", "other.a=1"} < set(entries)


def test_characters_of_all_entries_are_bounded() -> None:
    entries, omitted = flat_fields({"short": "x", "long": [f"{number}" + "y" * 900 for number in range(100)]})
    assert sum(map(len, entries)) <= MAX_CHARACTERS
    assert len(entries) + omitted == 101
    assert "short=x" in entries


def test_path_of_a_deep_event_with_long_keys_takes_no_time() -> None:
    event: Any = "x"
    for level in range(60):
        event = {f"{level}" * 50_000: event, "a": level}
    entries, omitted = flat_fields(event)
    assert (len(entries), omitted) == (61, 0)
    assert all(len(entry) <= MAX_PATH + 3 for entry in entries)
