"""Every paging style: what it makes of each kind of page, and that reading to the end finds every event once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.definition.pull_types import paging_styles
from lambdas.paging import cursor, link, next_url, none, offset, page
from lambdas.paging_style import Page, PagingError
from tests.paging.pages import page_of

ORIGIN = "https://api.example.com"
AFTER = f"{ORIGIN}/v1/logs?after=2"
NEXT = {"Link": f'<{ORIGIN}/v1/logs>; rel="self", <{AFTER}>; rel="last next"'}


class Case(NamedTuple):
    """A page, and what a style says of it: the next page's token, and what `resume: paging` keeps."""

    style: Any
    settings: Any
    page: Page
    next: str | None
    kept: str | None


HAS_MORE = cursor.Settings("cursor", while_="has_more")
CASES = {
    "none": Case(none, none.Settings(), page_of({"next": "x"}), None, None),
    "link: a next": Case(link, link.Settings(), page_of(headers=NEXT), AFTER, AFTER),
    "link: no next": Case(link, link.Settings(), page_of(headers={"Link": "<x>; rel=prev"}), None, None),
    "link: no header": Case(link, link.Settings(), page_of(), None, None),
    "link: only in a title": Case(
        link, link.Settings(), page_of(headers={"Link": '<x>; title="rel=next"'}), None, None
    ),
    "link: of another resource": Case(
        link, link.Settings(), page_of(headers={"Link": "<x>; rel=next; anchor=/other"}), None, None
    ),
    "link: relative": Case(link, link.Settings(), page_of(headers={"link": "<?after=2>; rel=NEXT"}), AFTER, AFTER),
    "link: path": Case(
        link, link.Settings(), page_of(headers={"link": "</x>; rel=next"}), f"{ORIGIN}/x", f"{ORIGIN}/x"
    ),
    "link: fewer than size": Case(link, link.Settings(size=100), page_of(headers=NEXT, size=99), None, AFTER),
    "link: as many as size": Case(link, link.Settings(size=100), page_of(headers=NEXT, size=100), AFTER, AFTER),
    "next_url: absolute": Case(next_url, next_url.Settings("next"), page_of({"next": AFTER}), AFTER, AFTER),
    "next_url: query": Case(next_url, next_url.Settings("next"), page_of({"next": "?after=2"}), AFTER, AFTER),
    "next_url: path": Case(next_url, next_url.Settings("next"), page_of({"next": "/x?a=2"}), "/x?a=2", "/x?a=2"),
    "next_url: no scheme": Case(
        next_url, next_url.Settings("next"), page_of({"next": "//evil.example/x"}), *["https://evil.example/x"] * 2
    ),
    "next_url: null": Case(next_url, next_url.Settings("next"), page_of({"next": None}), None, None),
    "next_url: empty": Case(next_url, next_url.Settings("next"), page_of({"next": ""}), None, None),
    "next_url: header": Case(
        next_url, next_url.Settings(header="NextPageUri"), page_of(headers={"nextpageuri": AFTER}), AFTER, AFTER
    ),
    "next_url: no header": Case(
        next_url, next_url.Settings(header="NextPageUri"), page_of({"next": AFTER}), None, None
    ),
    "next_url: fewer": Case(next_url, next_url.Settings("next", size=2), page_of({"next": AFTER}, size=1), None, AFTER),
    "cursor: text": Case(cursor, cursor.Settings("a.b"), page_of({"a": {"b": "x=="}}), "x==", "x=="),
    "cursor: null": Case(cursor, cursor.Settings("a.b"), page_of({"a": None}), None, None),
    "cursor: empty": Case(cursor, cursor.Settings("a"), page_of({"a": ""}), None, None),
    "cursor: zero": Case(cursor, cursor.Settings("a"), page_of({"a": 0}), "0", "0"),
    "cursor: beyond a double": Case(
        cursor, cursor.Settings("a"), page_of({"a": 2**53 + 1}), "9007199254740993", "9007199254740993"
    ),
    "cursor: more": Case(cursor, HAS_MORE, page_of({"cursor": "c", "has_more": True}), "c", "c"),
    "cursor: no more": Case(cursor, HAS_MORE, page_of({"cursor": "c", "has_more": False}), None, "c"),
    "cursor: nothing at all": Case(cursor, HAS_MORE, page_of({}), None, None),
    "cursor: fewer than size": Case(cursor, cursor.Settings("c", size=2), page_of({"c": "x"}, size=1), None, "x"),
    "cursor: as many as size": Case(cursor, cursor.Settings("c", size=2), page_of({"c": "x"}, size=2), "x", "x"),
    "page: first": Case(page, page.Settings(while_="next_page"), page_of({"next_page": 2}), "2", None),
    "page: later": Case(
        page, page.Settings(while_="page < pages"), page_of({"page": 9, "pages": 10}, token="9"), "10", None
    ),
    "page: last": Case(
        page, page.Settings(while_="page < pages"), page_of({"page": 10, "pages": 10}, token="10"), None, None
    ),
    "page: from zero": Case(page, page.Settings(first=0, size=1), page_of(), "1", None),
    "page: fewer than size": Case(page, page.Settings(size=2), page_of(size=1, token="7"), None, None),
    "offset: first": Case(offset, offset.Settings(size=50), page_of(size=50), "50", None),
    "offset: longer page": Case(offset, offset.Settings(size=50), page_of(size=51, token="50"), "101", None),
    "offset: fewer than size": Case(offset, offset.Settings(size=50), page_of(size=49, token="50"), None, None),
    "offset: shortened page": Case(
        offset, offset.Settings(total="total"), page_of({"total": 100}, size=30), "30", None
    ),
    "offset: total": Case(
        offset, offset.Settings(total="total"), page_of({"total": "100"}, size=40, token="60"), None, None
    ),
    "offset: total from 1": Case(
        offset, offset.Settings(first=1, total="total"), page_of({"total": 100}, size=99, token="1"), "100", None
    ),
    "offset: more": Case(offset, offset.Settings(while_="more"), page_of({"more": True}, size=3, token="4"), "7", None),
    "offset: no more": Case(offset, offset.Settings(while_="more"), page_of({"more": False}), None, None),
}


@pytest.mark.parametrize("name", CASES)
def test_a_style_knows_the_next_page_and_what_to_keep(name: str) -> None:
    case = CASES[name]
    assert case.style.next_token(case.settings, case.page) == case.next
    assert case.style.kept_token(case.settings, case.page) == case.kept


BREAK = "finds a text with a line break or another character that no request has"
LONG = "x" * 16_385
BROKEN = "<//[>; rel=next"
EMPTY = "the page is empty, and the answer says that there are more events"
ERRORS: list[tuple[Any, Any, Page, str]] = [
    (link, link.Settings(size=1), page_of(), "the answer has no next link, and its page is not the last"),
    (link, link.Settings(), page_of(headers={"link": "<x"}), "the header Link is not written as RFC 8288 has it"),
    (next_url, next_url.Settings("n", size=1), page_of({}), "at: n finds no URL in a page that is not the last"),
    (next_url, next_url.Settings("n"), page_of({"n": {}}), "at: n finds an object, and must find a text or a number"),
    (next_url, next_url.Settings(header="N"), page_of(headers={"n": "/a\u2028b"}), f"header: N {BREAK}"),
    (next_url, next_url.Settings("n"), page_of({"n": "//["}), "the answer leads to a text that is not a URL"),
    (link, link.Settings(), page_of(headers={"link": BROKEN}), "the answer leads to a text that is not a URL"),
    (cursor, cursor.Settings("c"), page_of({"c": ["1", "a"]}), "at: c finds a list, and must find a text or a number"),
    (cursor, cursor.Settings("c"), page_of({"c": True}), "at: c finds true or false, and must find a text or a number"),
    (cursor, cursor.Settings("c"), page_of({"c": "a\r\nb"}), f"at: c {BREAK}"),
    (cursor, cursor.Settings("c"), page_of({"c": "\ud800"}), f"at: c {BREAK}"),
    (cursor, cursor.Settings("c"), page_of({"c": LONG}), "at: c finds a text of 16,385 characters, more than 16,384"),
    (cursor, HAS_MORE, page_of({"has_more": True}), "at: cursor finds no cursor in a page that is not the last"),
    (cursor, HAS_MORE, page_of({"cursor": "c"}), "while: has_more finds nothing, although the answer has a cursor"),
    (cursor, cursor.Settings("c", size=1), page_of({}), "at: c finds no cursor in a page that is not the last"),
    (offset, offset.Settings(total="t"), page_of({}), "total: t finds no number"),
    (offset, offset.Settings(total="t"), page_of({"t": "9" * 5_000}), "total: t finds no number"),
    (offset, offset.Settings(total="t"), page_of({"t": 5}, size=0), EMPTY),
    (offset, offset.Settings(while_="m"), page_of({"m": True}, size=0), EMPTY),
]  # fmt: skip


@pytest.mark.parametrize(("style", "settings", "asked", "message"), ERRORS)
def test_an_answer_that_does_not_say_is_an_error_and_never_the_end(
    style: Any, settings: Any, asked: Page, message: str
) -> None:
    with pytest.raises(PagingError) as error:
        style.next_token(settings, asked)
    assert str(error.value) == message


def test_texts_of_a_request_may_use_what_the_style_gives() -> None:
    assert cursor.fields(HAS_MORE, None) == {}
    assert cursor.fields(HAS_MORE, "c") == {"cursor": "c"}
    assert page.fields(page.Settings(first=0), None) == {"page": "0"}
    assert page.fields(page.Settings(), "3") == {"page": "3"}
    assert offset.fields(offset.Settings(), None) == {"offset": "0"}
    assert offset.fields(offset.Settings(), "50") == {"offset": "50"}
    assert link.fields(link.Settings(), "x") == next_url.fields(next_url.Settings("n"), "x") == {}
    assert none.fields(none.Settings(), None) == {}


def test_the_token_of_two_styles_is_a_url() -> None:
    assert {case.style for case in CASES.values() if case.style.is_url(case.settings)} == {link, next_url}


@pytest.mark.parametrize(
    ("style", "settings", "problems"),
    [
        (none, none.Settings(), {}),
        (link, link.Settings(), {}),
        (link, link.Settings(size=0), {"size": "must be at least 1"}),
        (next_url, next_url.Settings("n"), {}),
        (next_url, next_url.Settings(header="n", size=3), {}),
        (next_url, next_url.Settings(), {"at": "must have either `at` or `header`"}),
        (next_url, next_url.Settings("n", "n"), {"at": "must have either `at` or `header`"}),
        (next_url, next_url.Settings("n", size=0), {"size": "must be at least 1"}),
        (cursor, HAS_MORE, {}),
        (cursor, cursor.Settings("c", size=-1), {"size": "must be at least 1"}),
        (page, page.Settings(first=0, while_="m"), {}),
        (page, page.Settings(first=-1), {
            "while": "must have `while` or `size`, which say which page is the last; `size: 1` for an empty page",
            "first": "must be at least 0",
        }),
        (page, page.Settings(size=0), {"size": "must be at least 1"}),
        (offset, offset.Settings(total="t"), {}),
        (offset, offset.Settings(while_="m"), {}),
        (offset, offset.Settings(first=-1), {
            "total": "must have `total`, `while` or `size`, which say which page is the last",
            "first": "must be at least 0",
        }),
        (offset, offset.Settings(size=0), {"size": "must be at least 1"}),
    ],
)  # fmt: skip
def test_mistakes_between_keys_are_said(style: Any, settings: Any, problems: dict[str, str]) -> None:
    assert dict(style.problems(settings)) == problems


FUNCTIONS = ("next_token", "kept_token", "fields", "is_url", "problems")


@pytest.mark.parametrize("name", paging_styles())
def test_every_style_keeps_the_contract_and_has_cases(name: str) -> None:
    style = paging_styles()[name]
    assert all(callable(getattr(style, function)) for function in FUNCTIONS)
    assert dataclasses.is_dataclass(style.Settings)
    assert style.__doc__
    assert any(case.style is style for case in CASES.values())


class Api(NamedTuple):
    """How a vendor answers for a style: the page after a token, as (what the style sees of it, its events)."""

    style: Any
    settings: Callable[[int], Any]
    answer: Callable[[list[int], int, str | None], Page]


def _slice(events: list[int], size: int, start: int) -> list[int]:
    return events[start : start + size]


def _by_cursor(events: list[int], size: int, token: str | None) -> Page:
    start = int(token or 0)
    found = _slice(events, size, start)
    more = start + size < len(events)
    return page_of({"events": found, "cursor": str(start + len(found)), "more": more}, size=len(found), token=token)


def _by_link(events: list[int], size: int, token: str | None) -> Page:
    start = int(token.rpartition("=")[2]) if token else 0
    found = _slice(events, size, start)
    header = {"link": f"<{ORIGIN}/self>; rel=self, </logs?after={start + len(found)}>; rel=next"}
    return page_of({"events": found}, size=len(found), token=token, headers=header)


def _by_number(events: list[int], size: int, token: str | None) -> Page:
    start = (int(token or 1) - 1) * size
    found = _slice(events, size, start)
    return page_of({"events": found, "more": start + size < len(events)}, size=len(found), token=token)


def _by_offset(events: list[int], size: int, token: str | None) -> Page:
    found = _slice(events, size, int(token or 0))
    return page_of({"events": found, "total": len(events)}, size=len(found), token=token)


APIS = {
    "cursor and while": Api(cursor, lambda _: cursor.Settings("cursor", while_="more"), _by_cursor),
    "cursor and size": Api(cursor, lambda size: cursor.Settings("cursor", size=size), _by_cursor),
    "link that never ends": Api(link, lambda size: link.Settings(size=size), _by_link),
    "page and size": Api(page, lambda size: page.Settings(size=size), _by_number),
    "page and empty page": Api(page, lambda _: page.Settings(size=1), _by_number),
    "page and while": Api(page, lambda _: page.Settings(while_="more"), _by_number),
    "offset and size": Api(offset, lambda size: offset.Settings(size=size), _by_offset),
    "offset and total": Api(offset, lambda _: offset.Settings(total="total"), _by_offset),
}


@pytest.mark.parametrize("name", APIS)
@given(count=st.integers(0, 30), size=st.integers(1, 7))
def test_reading_to_the_end_finds_every_event_once_and_no_token_comes_twice(name: str, count: int, size: int) -> None:
    api, events = APIS[name], list(range(count))
    settings = api.settings(size)
    read: list[int] = []
    tokens: list[str | None] = [None]
    while tokens[-1] is not None or len(tokens) == 1:
        answer = api.answer(events, size, tokens[-1])
        read += answer.find("events")
        tokens.append(api.style.next_token(settings, answer))
        assert len(tokens) < 40
    assert read == events
    assert len(set(tokens)) == len(tokens) - 1  # None is the first and the last


@given(counts=st.lists(st.integers(0, 9), min_size=1, max_size=5), size=st.integers(1, 4))
@pytest.mark.parametrize("name", ["cursor and while", "cursor and size", "link that never ends"])
def test_what_is_kept_over_runs_finds_later_events_once(name: str, counts: list[int], size: int) -> None:
    api = APIS[name]
    settings = api.settings(size)
    read: list[int] = []
    token: str | None = None
    totals = [sum(counts[: run + 1]) for run in range(len(counts))]
    for earlier, total in pairwise([0, *totals]):
        events = list(range(total))
        while True:
            answer = api.answer(events, size, token)
            read += answer.find("events")
            following = api.style.next_token(settings, answer)
            if following is None:
                token = api.style.kept_token(settings, answer) or token
                break
            token = following
        assert read == events, earlier
