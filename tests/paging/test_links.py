"""The header Link as RFC 8288 has it."""

from __future__ import annotations

import string
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.paging.link import parse_links
from lambdas.paging_style import PagingError


@pytest.mark.parametrize(
    ("header", "links"),
    [
        ("", []),
        (" , ,", []),
        ('<https://a/2>; rel="next"', [("https://a/2", {"rel": "next"})]),
        ("<https://a/2>;rel=next", [("https://a/2", {"rel": "next"})]),
        ("<https://a/2> ; REL = next ;", [("https://a/2", {"rel": "next"})]),
        (
            '<https://a/1>; rel="prev", <https://a/3>; rel="next"',
            [("https://a/1", {"rel": "prev"}), ("https://a/3", {"rel": "next"})],
        ),
        (',, <a>; rel=x,, ,<b>; rel="y",', [("a", {"rel": "x"}), ("b", {"rel": "y"})]),
        ('<a,b;c>; title="one, <two>; rel=next"; rel=x', [("a,b;c", {"title": "one, <two>; rel=next", "rel": "x"})]),
        (r'<a>; title="say \"no\", \\"; rel=next', [("a", {"title": 'say "no", \\', "rel": "next"})]),
        ("<a>; title*=UTF-8''%e2%82%ac; rel=next", [("a", {"title*": "UTF-8''%e2%82%ac", "rel": "next"})]),
        ("<a>; rel=next; rel=prev", [("a", {"rel": "next"})]),
        ("<a>; crossorigin; rel=next", [("a", {"crossorigin": "", "rel": "next"})]),
        ('<>; rel="self"', [("", {"rel": "self"})]),
    ],
)
def test_links_are_read(header: str, links: list[tuple[str, dict[str, str]]]) -> None:
    assert list(parse_links(header)) == links


@pytest.mark.parametrize(
    "header", ["https://a/2", "<https://a/2", '<a>; rel="next', '<a>; rel="x"y', "<a> <b>; rel=next", '"<a>"; rel=next']
)
def test_a_malformed_header_is_an_error_and_not_the_last_page(header: str) -> None:
    with pytest.raises(PagingError, match=r"^the header Link is not written as RFC 8288 has it$"):
        list(parse_links(header))


@pytest.mark.parametrize(
    "header", ["<>," * 100_000, "<a>" + ";" * 300_000, '<a>; a="' + "\\" * 300_001, "<a>" + " " * 300_000 + "x"]
)
def test_a_huge_header_is_read_in_linear_time(header: str) -> None:
    started = time.process_time()
    with suppress(PagingError):
        list(parse_links(header))
    assert time.process_time() - started < 5  # a quadratic reader would take minutes


SPACES = st.text(" \t", max_size=2)
NAMES = st.text(string.ascii_lowercase + string.digits + "*-", min_size=1, max_size=6)
VALUES = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=12)
LINKS = st.lists(
    st.tuples(st.text(string.ascii_letters + "/:?&=,;%", max_size=12), st.dictionaries(NAMES, VALUES, max_size=3))
)


@given(LINKS, st.data())
def test_every_header_that_the_grammar_allows_is_read(
    links: list[tuple[str, dict[str, str]]], data: st.DataObject
) -> None:
    written = []
    for target, parameters in links:
        link = f"<{target}>"
        for name, value in parameters.items():
            quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
            is_token = value != "" and all(
                char in string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~" for char in value
            )
            text = value if is_token and data.draw(st.booleans()) else quoted
            spaces = [data.draw(SPACES) for _ in range(4)]
            link += f"{spaces[0]};{spaces[1]}{name.upper()}{spaces[2]}={spaces[3]}{text}"
        written.append(link)
    assert list(parse_links(data.draw(st.sampled_from([", ", ",", " ,\t", ",,"])).join(written))) == links


@given(st.text(max_size=60) | st.text('<>;,="\\ ahre', max_size=60))
def test_any_header_is_read_or_refused(header: str) -> None:
    try:
        links = list(parse_links(header))
    except PagingError:
        return
    assert all(">" not in target for target, _ in links)
