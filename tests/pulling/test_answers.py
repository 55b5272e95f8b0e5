"""Answers in JSON, NDJSON and CSV as values."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.model_pull import PullFormat
from lambdas.paging import cursor
from lambdas.paging_style import Page, PagingError
from lambdas.pulling import answer_rows, answer_values
from lambdas.pulling.answer_rows import rows
from lambdas.pulling.answers import MAX_BYTES, AnswerPage, AnswerUnreadable, all_rows, read_answer
from lambdas.reading.body import MAX_DEPTH, is_deeper_than
from lambdas.runtime.http_types import HttpAnswer


def parsed(body: str | bytes, answer_format: PullFormat = "json") -> Any:
    page = read_answer(HttpAnswer(200, {}, body.encode() if isinstance(body, str) else body), answer_format)
    return page.root if answer_format == "json" else all_rows(page)


def unreadable(body: str | bytes, answer_format: PullFormat = "json") -> str:
    with pytest.raises(AnswerUnreadable) as error:
        parsed(body, answer_format)
    return str(error.value)


def test_the_answer_is_read_whatever_its_content_type_says() -> None:
    answer = HttpAnswer(200, {"content-type": "text/html", "x-next": "c"}, b'\xef\xbb\xbf {"a": [{"b": 1}]} ')
    page = read_answer(answer, "json")
    assert page.root == {"a": [{"b": 1}]}
    assert page.header("X-Next") == page.find("header('x-next')") == "c"
    assert page.find("a[0].b") == 1
    assert page.find("absent.b") is None
    assert page.find("root('a[0]')") == {"b": 1}


def test_a_path_that_cannot_be_applied_is_an_error_and_not_the_end() -> None:
    page = AnswerPage({"next_offset": None}, {})
    with pytest.raises(PagingError) as error:
        page.find("join(',', next_offset)")
    assert str(error.value) == "in the answer, join(',', next_offset) can't be applied: JMESPathTypeError"
    assert page.find("next_offset && join(',', next_offset)") is None


@pytest.mark.parametrize(
    "number", ["9007199254740993", "-9223372036854775808", "9223372036854775808", "1" * 5_000, "0"]
)
def test_a_position_beyond_a_double_stays_exact(number: str) -> None:
    """Box's next_stream_position, read as a double, loses or repeats events: elastic/integrations#14320."""
    page = read_answer(HttpAnswer(200, {}, f'{{"next": {number}, "size": 1}}'.encode()), "json")
    page_info = Page("https://a/", page.find, page.header, 1, None)
    if len(number) < 100:
        assert cursor.next_token(cursor.Settings("next"), page_info) == number
    assert str(page.root["next"]) == number


def test_a_number_that_mozdef_could_not_take_becomes_text() -> None:
    assert parsed("[9223372036854775807, 9223372036854775808, 1.5, 1e400, -1e400, NaN, Infinity]") == [
        *(9223372036854775807, "9223372036854775808", 1.5),
        *("1e400", "-1e400", "NaN", "Infinity"),
    ]


@pytest.mark.parametrize("depth", [65, 66, 500, 100_000])
def test_what_is_nested_too_deep_becomes_text_and_the_page_stays_readable(depth: int) -> None:
    deep = "[" * depth + r'"]}\""' + "]" * depth
    root = parsed(f'{{"events": [{{"id": 1, "x": {deep}, "y": {deep}}}, {{"id": "]"}}], "next": "{{"}}')
    assert not is_deeper_than(root, MAX_DEPTH)
    assert [event["id"] for event in root["events"]] == [1, "]"]
    assert root["next"] == "{"
    value, levels = root["events"][0]["x"], 3  # the object, the list and the event
    assert value == root["events"][0]["y"]
    while isinstance(value, list):
        value, levels = value[0], levels + 1
    assert levels == MAX_DEPTH
    assert value == "[" * (depth + 3 - MAX_DEPTH) + r'"]}\""' + "]" * (depth + 3 - MAX_DEPTH)


def test_as_deep_as_allowed_stays_as_it_is() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert json.dumps(parsed(text)) == text


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4),
)


@given(JSON_VALUES, st.booleans())
def test_json_is_read_as_it_was_written(value: Any, escaped: bool) -> None:
    try:
        body = json.dumps(value, ensure_ascii=escaped).encode()
    except UnicodeEncodeError:
        return
    assert parsed(body) == value


@given(JSON_VALUES, st.integers(0, 5))
def test_the_deep_part_of_any_json_is_its_json(value: Any, limit: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answer_values, "MAX_DEPTH", limit)
        cut = answer_values.parse_json(json.dumps(value))
    assert not is_deeper_than(cut, limit)
    assert _restored(cut, value) == value


def _restored(cut: Any, value: Any) -> Any:
    """What was cut off, parsed again, where the original has a list or an object."""
    if isinstance(cut, str) and isinstance(value, dict | list):
        return json.loads(cut)
    if isinstance(value, dict):
        return {key: _restored(cut[key], below) for key, below in value.items()}
    if isinstance(value, list):
        return [_restored(*pair) for pair in zip(cut, value, strict=True)]
    return cut


def test_an_unreadable_answer_is_said_without_a_word_of_it() -> None:
    html = "it is HTML or XML, such as a page to sign in, or an error of a proxy"
    assert unreadable("<!DOCTYPE html><p>secret") == html
    assert unreadable(" \n<?xml version='1.0'?>") == html
    assert unreadable("<html>\n", "ndjson") == html
    assert unreadable("\n<html>,x\n", "csv") == html
    # Taken for the names of columns, it would be a file without rows, and the file's events would be passed over.
    as_json = "it is JSON, such as a message of an error, and not CSV"
    assert unreadable('{"message": "secret"}', "csv") == unreadable(' [{"errorCode": "secret"}]', "csv") == as_json
    assert unreadable("[]", "csv") == unreadable("[\n  {", "csv") == as_json
    assert parsed("[Date],[User]\n2026-03-02,ann\n", "csv") == [{"[Date]": "2026-03-02", "[User]": "ann"}]
    assert unreadable(b" \n") == "it is empty"
    assert unreadable("secret") == "it is not JSON: Expecting value at character 0"
    assert unreadable('{"secret": 1') == "it is not JSON: Expecting ',' delimiter at character 12"
    assert unreadable("secret\n{}\n", "ndjson") == "it is not JSON: Expecting value at character 0"
    assert unreadable("[" * 100_000) == "it is not JSON: its brackets are never closed"
    assert unreadable(b" " * (MAX_BYTES + 1)) == "it has more than 16,777,216 bytes: ask for smaller pages"
    assert unreadable("a,b,a\n1,2,3\n", "csv") == "it has more than 10,000 columns, or two of the same name"
    many = "it has more than 1,000,000 values: ask for smaller pages"
    assert unreadable("[" + "1," * 1_000_000 + "1]") == many
    assert unreadable("a\n" + "1\n" * 500_001, "csv") == many


def test_a_character_cut_in_two_spoils_no_page() -> None:
    assert parsed(b'{"user": "M\xc3", "next": "c"}') == {"user": "M\ufffd", "next": "c"}
    assert parsed(b"user\nM\xc3\n", "csv") == [{"user": "M\ufffd"}]


def test_a_broken_line_is_rejected_alone() -> None:
    assert parsed('{"a": 1}\r\n\n{"b":\n  {"c": 18446744073709551616}\n', "ndjson") == [
        {"a": 1},
        '{"b":\n',
        {"c": "18446744073709551616"},
    ]
    assert parsed("", "ndjson") == parsed("\n", "ndjson") == []


def test_texts_of_csv_stay_text() -> None:
    body = '\ufeffID,NAME,COUNT,NOTE\r\n1,NA,007,""\r\n2,,1e5,"a ""b"",\r\nc\n\rd"\r\n\r\n3,null\r\n4,5,6,7,8\r\n'
    assert parsed(body, "csv") == [
        {"ID": "1", "NAME": "NA", "COUNT": "007", "NOTE": ""},
        {"ID": "2", "NAME": "", "COUNT": "1e5", "NOTE": 'a "b",\r\nc\n\rd'},
        ["3", "null"],
        ["4", "5", "6", "7", "8"],
    ]
    assert parsed("", "csv") == parsed("A,B\n", "csv") == []


def blocks_of(body: bytes, sizes: list[int]) -> Iterator[bytes]:
    """The bytes in blocks of these sizes, again and again."""
    offset, turn = 0, 0
    while offset < len(body):
        yield body[offset : offset + sizes[turn % len(sizes)]]
        offset, turn = offset + sizes[turn % len(sizes)], turn + 1


SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=4)
CELLS = st.text(st.sampled_from('a,"\r\n é\u2028NA\x00\x85') | st.characters(exclude_categories=["Cs"]), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=8), SIZES, st.integers(1, 5), st.booleans())
def test_csv_comes_back_as_it_was_written_in_parts(
    table: list[list[str]], sizes: list[int], part: int, crlf: bool
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n" if crlf else "\n", quoting=csv.QUOTE_ALL).writerows([["A", "B"], *table])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answer_rows, "PART_ROWS", part)
        parts = list(rows(blocks_of(text.getvalue().encode(), sizes), "csv"))
    assert all(0 < len(each) <= part for each in parts)
    assert [list(row.values()) for each in parts for row in each] == table


@given(st.text(st.sampled_from('a,"\r\n\u2028é'), max_size=40), SIZES)
def test_any_text_in_parts_reads_as_the_csv_module_reads_the_whole(text: str, sizes: list[int]) -> None:
    names, *expected = [row for row in csv.reader(io.StringIO(f"A,B\n{text}", newline="")) if row]
    read_rows = [row for part in rows(blocks_of(f"A,B\n{text}".encode(), sizes), "csv") for row in part]
    assert [list(row.values()) if isinstance(row, dict) else row for row in read_rows] == expected
    assert all(list(row) == names for row in read_rows if isinstance(row, dict))


@given(st.lists(st.dictionaries(st.text(max_size=4), JSON_VALUES, max_size=3), max_size=6), SIZES)
def test_ndjson_comes_back_as_it_was_written_in_parts(objects: list[dict[str, Any]], sizes: list[int]) -> None:
    body = "".join(json.dumps(each) + "\n" for each in objects).encode()
    assert [row for part in rows(blocks_of(body, sizes), "ndjson") for row in part] == objects


def test_a_part_has_an_end_in_characters_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_rows, "PART_CHARACTERS", 20)
    assert [len(part) for part in rows([b'{"a": "xxxx"}\n' * 5], "ndjson")] == [2, 2, 1]


@pytest.mark.parametrize(("answer_format", "head"), [("csv", b"A\n"), ("csv", b""), ("ndjson", b"")])
def test_blank_lines_are_parts_without_rows(
    monkeypatch: pytest.MonkeyPatch, answer_format: Literal["ndjson", "csv"], head: bytes
) -> None:
    monkeypatch.setattr(answer_rows, "PART_CHARACTERS", 100)
    assert list(rows([head, b"\n" * 1_000], answer_format)) == [[]] * 10


def test_a_long_field_is_read() -> None:
    assert parsed(f'A\n"{"x" * 1_000_000}"\n', "csv") == [{"A": "x" * 1_000_000}]


@pytest.mark.parametrize(
    ("answer_format", "block"), [("csv", b"x" * 65_536), ("csv", b'"a\n",' * 10_000), ("ndjson", b" " * 65_536)]
)
def test_a_row_without_an_end_is_given_up(
    answer_format: Literal["ndjson", "csv"], block: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_rows, "MAX_ROW", 1_000_000)
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield block

    with pytest.raises(AnswerUnreadable, match=r"^a row of it has more than 1,000,000 characters$"):
        list(rows(endless(), answer_format))
    assert taken < 40


def test_a_file_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_rows, "MAX_BYTES", 100_000)
    parts = rows(iter(lambda: b'{"a": 1}\n' * 1_000, b""), "ndjson")
    with pytest.raises(AnswerUnreadable, match=r"^it has more than 100,000 bytes$"):
        list(parts)


def test_a_file_that_breaks_off_is_no_file() -> None:
    def broken() -> Iterator[bytes]:
        yield b'{"a": 1}\n' * 2_000
        raise ConnectionResetError

    parts = rows(broken(), "ndjson")
    with pytest.raises(ConnectionResetError):
        list(parts)


@given(st.text('[]{}",:1\\ a', max_size=40), st.sampled_from([1, 3, 400]))
def test_any_text_is_read_or_unreadable(text: str, times: int) -> None:
    try:
        root = answer_values.parse_json(text * times)
    except AnswerUnreadable:
        return
    assert not is_deeper_than(root, MAX_DEPTH)
