"""The requests of a stream, as they go out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.model_pull import Credentials, Each, LaterRequest, Paging, Pull, Rate, Stream
from lambdas.paging import cursor, link, next_url, none, offset, page
from lambdas.paging_style import PagingError
from lambdas.pulling.api_requests import RequestMaker
from lambdas.runtime.http_types import HttpRequest

BASE = "https://api.example.com/v1"
SLICE = {"from": "2026-11-30T07:00:00Z", "to": "2026-11-30T08:00:00+00:00"}
CURSOR = Paging(cursor, cursor.Settings("next"))
LINK = Paging(link, link.Settings())
NEXT_URL = Paging(next_url, next_url.Settings("next"))


def maker(
    *, paging: Paging = CURSOR, url: str = BASE, headers: Mapping[str, str] | None = None, **keys: Any
) -> RequestMaker:
    stream = Stream(paging=paging, resume="time", **keys)
    credentials = Credentials(SimpleNamespace(), None)
    return RequestMaker(Pull(url, credentials, 300, Rate(1, 60), {"logs": stream}, headers), stream)


def query_of(request: HttpRequest) -> list[tuple[str, str]]:
    return parse_qsl(
        urlsplit(request.url).query, keep_blank_values=True, strict_parsing=bool(urlsplit(request.url).query)
    )


def test_a_request_with_a_query() -> None:
    query = {"since": "{from}", "phrase": "created:{from}..{to}", "limit": "100", "after": "{cursor}"}
    requests = maker(get="/logs", query=query, headers={"Accept": "application/json"})
    first = requests.first(SLICE)
    assert first == HttpRequest(
        "GET",
        f"{BASE}/logs?since=2026-11-30T07%3A00%3A00Z"
        "&phrase=created%3A2026-11-30T07%3A00%3A00Z..2026-11-30T08%3A00%3A00%2B00%3A00&limit=100",
        {"accept": "application/json"},
        b"",
    )
    assert requests.later(SLICE, "a b/c+d==").url == f"{first.url}&after=a%20b%2Fc%2Bd%3D%3D"


@pytest.mark.parametrize("token", ["9007199254740993", "18446744073709551616123", "a=b&c=d#e+f g%20", "ä", "'\"\\{}"])
@pytest.mark.parametrize("place", ["query", "header", "json", "form", "graphql", "path"])
def test_a_cursor_comes_exactly_as_it_was_wherever_it_is_sent(place: str, token: str) -> None:
    keys: dict[str, Any] = {
        "query": {"get": "/logs", "query": {"after": "{cursor}"}},
        "header": {"get": "/logs", "headers": {"x-after": "{cursor}"}},
        "json": {"post": "/logs", "json": {"page": {"after": "{cursor}", "limit": 5}}},
        "form": {"post": "/logs", "form": {"after": "{cursor}"}},
        "graphql": {"post": "/logs", "graphql": "query { a }", "variables": {"after": "{cursor}"}},
        "path": {"get": "/logs", "then": LaterRequest(get="/logs/{cursor}/next")},
    }[place]
    requests = maker(**keys)
    if place == "header" and not token.isascii():
        with pytest.raises(PagingError, match=r"^the value of the header x-after has a character that no header has$"):
            requests.later(SLICE, token)
        return
    first, later = requests.first(SLICE), requests.later(SLICE, token)
    carried = {
        "query": lambda request: dict(query_of(request)).get("after"),
        "header": lambda request: request.headers.get("x-after"),
        "json": lambda request: json.loads(request.body)["page"].get("after"),
        "form": lambda request: dict(parse_qsl(request.body.decode())).get("after"),
        "graphql": lambda request: json.loads(request.body)["variables"].get("after"),
        "path": lambda request: (
            dict(parse_qsl("after=" + urlsplit(request.url).path.removeprefix("/v1/logs").replace("+", "%2B")))
            .get("after", "")
            .removeprefix("/")
            .removesuffix("/next")
            or None
        ),
    }[place]
    assert (carried(first), carried(later)) == (None, token)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_any_text_comes_back_from_a_query_and_a_form(token: str) -> None:
    requests = maker(post="/logs", query={"a[b]": "x{cursor}", "$c": "{cursor}"}, form={"d": "{cursor}"})
    later = requests.later(SLICE, token)
    assert query_of(later) == [("a[b]", f"x{token}"), ("$c", token)]
    assert parse_qsl(later.body.decode(), keep_blank_values=True) == [("d", token)]
    assert later.url.isascii()


def test_a_list_sends_a_name_several_times() -> None:
    request = maker(get="/logs", query={"filter[at][]": ("{from}", "{to}", "{cursor}")}).first(SLICE)
    assert query_of(request) == [("filter[at][]", SLICE["from"]), ("filter[at][]", SLICE["to"])]


def test_a_json_body_leaves_out_what_finds_nothing_and_keeps_all_else() -> None:
    body = {
        "a": "{cursor}",
        "b": [1, "{cursor}", "{from}", None],
        "c": None,
        "n": {"d": "{cursor}"},
        "e": "to_number(x)",
    }
    request = maker(post="/logs", json={**body, "page": "{to_number(size)}"}).first(
        {**SLICE, "size": "9007199254740993"}
    )
    assert request.method == "POST"
    assert request.headers == {"content-type": "application/json"}
    assert json.loads(request.body) == {
        "b": [1, SLICE["from"], None],
        "c": None,
        "n": {},
        "e": "to_number(x)",
        "page": 9007199254740993,
    }


def test_the_content_type_of_the_definition_wins() -> None:
    headers = {"Content-Type": "application/vnd.api+json"}
    assert maker(post="/logs", json={}, headers=headers).first(SLICE).headers == {
        "content-type": headers["Content-Type"]
    }


def test_graphql_sends_its_query_as_it_is() -> None:
    requests = maker(
        graphql="query { a { b } }", variables={"first": 500, "after": "{cursor}", "filter": {"after": "{from}"}}
    )
    first = requests.first(SLICE)
    assert (first.method, first.url) == ("POST", BASE)
    assert json.loads(first.body) == {
        "query": "query { a { b } }",
        "variables": {"first": 500, "filter": {"after": SLICE["from"]}},
    }
    assert json.loads(requests.later(SLICE, "c").body)["variables"]["after"] == "c"


def test_later_pages_ask_what_then_says() -> None:
    atlassian = maker(
        get="/events", query={"from": "{from}", "limit": "5"}, then=LaterRequest(query={"cursor": "{cursor}"})
    )
    assert query_of(atlassian.first(SLICE)) == [("from", SLICE["from"]), ("limit", "5")]
    assert atlassian.later(SLICE, "c").url == f"{BASE}/events?cursor=c"
    dropbox = maker(
        post="/events",
        json={"limit": 5, "time": {"start": "{from}"}},
        then=LaterRequest(post="/events/continue", json={"cursor": "{cursor}"}),
    )
    assert dropbox.later(SLICE, "c")[:2] == ("POST", f"{BASE}/events/continue")
    assert json.loads(dropbox.later(SLICE, "c").body) == {"cursor": "c"}


def test_later_pages_may_be_of_the_other_method() -> None:
    requests = maker(post="/search", json={"from": "{from}"}, then=LaterRequest(get="/search/{cursor}"))
    assert requests.later(SLICE, "c") == HttpRequest("GET", f"{BASE}/search/c", {}, b"")
    requests = maker(get="/search", then=LaterRequest(post="/scroll", form={"id": "{cursor}"}))
    assert requests.later(SLICE, "c").headers == {"content-type": "application/x-www-form-urlencoded"}
    assert requests.later(SLICE, "c").body == b"id=c"


def test_pages_and_offsets_are_in_the_first_request_too() -> None:
    numbered = maker(paging=Paging(page, page.Settings(size=5)), get="/logs", query={"page[number]": "{page}"})
    assert query_of(numbered.first(SLICE)) == [("page[number]", "1")]
    assert query_of(numbered.later(SLICE, "2")) == [("page[number]", "2")]
    by_offset = maker(
        paging=Paging(offset, offset.Settings(size=5)), post="/logs", json={"offset": "{to_number(offset)}"}
    )
    assert json.loads(by_offset.first(SLICE).body) == {"offset": 0}
    assert json.loads(by_offset.later(SLICE, "5").body) == {"offset": 5}
    assert maker(paging=Paging(none, none.Settings()), get="/logs").first(SLICE).url == f"{BASE}/logs"


def test_a_value_in_the_path_is_one_part_of_it() -> None:
    requests = maker(get="/apps/{application}/logs of {application}", for_={"application": ("a",)})
    assert requests.first({**SLICE, "application": "a/../b?c#d e%"}).url == (
        f"{BASE}/apps/a%2F..%2Fb%3Fc%23d%20e%25/logs%20of%20a%2F..%2Fb%3Fc%23d%20e%25"
    )
    for value in (".", ".."):
        with pytest.raises(
            PagingError, match=r"^a text in the request's path is \. or \.\., which would lead elsewhere$"
        ):
            requests.first({**SLICE, "application": value})


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"get": "/logs", "query": {"q": "after:{cursor}"}},
            "cursor finds nothing, and is needed in the request's after:{cursor}",
        ),
        ({"get": "/{cursor}x"}, "cursor finds nothing, and is needed in the request's /{cursor}x"),
        (
            {"get": "/x", "query": {"q": "{join(',', cursor)}"}},
            "a text of the request: join(',', cursor) can't be applied: JMESPathTypeError",
        ),
        (
            {"get": "/x", "headers": {"x-a": '{`"a\\r\\nb"`}'}},
            "the value of the header x-a has a character that no header has",
        ),
    ],
)
def test_a_text_that_finds_nothing_is_an_error_and_never_sent_half(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(PagingError) as error:
        maker(**keys).first(SLICE)
    assert str(error.value) == message


@pytest.mark.parametrize("paging", [LINK, NEXT_URL])
@pytest.mark.parametrize(
    ("token", "url"),
    [
        ("https://api.example.com/v2/x?y=z", "https://api.example.com/v2/x?y=z"),
        ("https://API.example.com:443/x", "https://API.example.com:443/x"),
        ("/v1/logs?after=2", f"{BASE}/logs?after=2"),
        ("/logs?after=2", f"{BASE}/logs?after=2"),
        ("/v11/logs", f"{BASE}/v11/logs"),
        ("/v1", BASE),
        ("/v1?after=2", f"{BASE}?after=2"),
        ("https://api.example.com/x?f=a b&g=ä#frag", "https://api.example.com/x?f=a%20b&g=%C3%A4"),
        ("https://api.example.com/x?f=%20%7B", "https://api.example.com/x?f=%20%7B"),
    ],
)
def test_a_next_url_takes_the_place_of_url_and_query(paging: Paging, token: str, url: str) -> None:
    requests = maker(paging=paging, get="/logs", query={"since": "{from}"}, headers={"accept": "a/b"})
    assert requests.later(SLICE, token) == HttpRequest("GET", url, {"accept": "a/b"}, b"")


@pytest.mark.parametrize(
    "token",
    [
        "https://evil.example/v1/logs",
        "http://api.example.com/v1/logs",
        "https://api.example.com:8443/v1/logs",
        "https://api.example.com@evil.example/",
        "https://user@api.example.com/",
        "https://api.example.com.evil.example/",
        "https://evil.example\\@api.example.com/",
        "https://api.example.com\\.evil.example/",
        "https://api.example.com\u3002evil.example/",
        "//evil.example/v1/logs",
        "javascript:alert(1)",
        "ftp://api.example.com/",
        "https://[::1]/",
        "https://api.example.com:99999999/",
    ],
)
def test_a_next_url_of_another_origin_is_refused(token: str) -> None:
    with pytest.raises(PagingError) as error:
        maker(paging=NEXT_URL, get="/logs").later(SLICE, token)
    assert str(error.value) == "the answer leads to a URL that is not at the scheme, host and port of pull.url"


def test_a_next_url_that_is_no_url_is_refused() -> None:
    with pytest.raises(PagingError, match=r"^the answer leads to a text that is not a URL$"):
        maker(paging=NEXT_URL, get="/logs").later(SLICE, "https://[")


URL_PARTS = ("https:", "http:", "/", "//", "\\", "@", ":", "?", "#", ".", "api.example.com", "evil.example", "443")
URL_TEXT = st.lists(st.sampled_from([*URL_PARTS, "\t", " ", "ä", "%2f", "[", "]"]), max_size=10).map("".join)


@given(URL_TEXT)
def test_no_text_leads_to_another_origin(token: str) -> None:
    requests = maker(paging=NEXT_URL, get="/logs")
    try:
        parts = urlsplit(requests.later(SLICE, token).url)
    except PagingError:
        return
    assert (parts.scheme, parts.hostname, parts.port or 443, parts.username) == ("https", "api.example.com", 443, None)


@pytest.mark.parametrize(
    ("get", "item", "url"),
    [
        ("{LogFile}", {"LogFile": "/services/data/1/LogFile"}, "https://api.example.com/v1/services/data/1/LogFile"),
        ("{contentUri}", {"contentUri": "https://api.example.com/audit/1$2$3"}, "https://api.example.com/audit/1$2$3"),
        ("/files/{id}/content?type={application}", {"id": "a/b"}, f"{BASE}/files/a%2Fb/content?type=admin"),
        ("/files/{@}", 9007199254740993, f"{BASE}/files/9007199254740993"),
        ("https://api.example.com/x/{id}", {"id": "a b"}, "https://api.example.com/x/a%20b"),
    ],
)
def test_an_item_leads_to_its_own_request(get: str, item: Any, url: str) -> None:
    requests = maker(get="/logs", each=Each("@", "id", get), headers={"x-app": "{application}"})
    fields = {**SLICE, "application": "admin"}
    assert requests.child(item, fields) == HttpRequest("GET", url, {"x-app": "admin"}, b"")


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({}, "each.get finds no text in an item"),
        ({"uri": ""}, "each.get finds no text in an item"),
        ({"uri": {}}, "each.get finds no text in an item"),
        (
            {"uri": "https://evil.example/"},
            "the answer leads to a URL that is not at the scheme, host and port of pull.url",
        ),
    ],
)
def test_an_item_that_leads_nowhere_is_an_error(item: Any, message: str) -> None:
    with pytest.raises(PagingError) as error:
        maker(get="/logs", each=Each("@", "id", "{uri}")).child(item, SLICE)
    assert str(error.value) == message
