"""`bearer`, `api_key` and `basic`: a stored text goes into each request as it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.credentials import api_key, basic, bearer
from lambdas.model_types import Header
from lambdas.runtime.http_types import HttpRequest
from lambdas.runtime.secrets import UnusableSecret
from tests.credentials.contexts import API, Process

IN_HEADER = api_key.Settings(header=Header("Authorization"), prefix="SSWS ")
IN_QUERY = api_key.Settings(query="api key")


def authorized(module: Any, settings: Any, store: dict[str, str], request: HttpRequest = API) -> HttpRequest:
    authorized: HttpRequest = module.authorize(settings, request, Process(store))
    return authorized


def test_bearer() -> None:
    request = authorized(bearer, bearer.Settings(), {"token": "mF_9.B5f-4.1JqM\n"})
    assert request == API._replace(headers={**API.headers, "Authorization": "Bearer mF_9.B5f-4.1JqM"})  # RFC 6750, 2.1


def test_a_key_in_a_header() -> None:
    request = authorized(api_key, IN_HEADER, {"api_key": "00abc"})
    assert request == API._replace(headers={**API.headers, "Authorization": "SSWS 00abc"})


def test_the_definitions_own_header_gives_way() -> None:
    own = API._replace(headers={"authorization": "stale", "X-Other": "1"})
    request = authorized(api_key, IN_HEADER, {"api_key": "00abc"}, own)
    assert request.headers == {"X-Other": "1", "Authorization": "SSWS 00abc"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/a", "https://x.example/a?api%20key=k%26%2Fy"),
        ("https://x.example/a?b=%2B&c=", "https://x.example/a?b=%2B&c=&api%20key=k%26%2Fy"),
        ("https://x.example/a?api+key=old&b=1", "https://x.example/a?b=1&api%20key=k%26%2Fy"),
        ("https://x.example/a?api%20key=old", "https://x.example/a?api%20key=k%26%2Fy"),
    ],
)
def test_a_key_in_the_query(url: str, expected: str) -> None:
    request = authorized(api_key, IN_QUERY, {"api_key": "k&/y"}, API._replace(url=url))
    assert request == API._replace(url=expected)


@pytest.mark.parametrize(
    ("user", "password", "expected"),
    [
        ("Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),  # RFC 7617, 2
        ("test", "123\u00a3", "Basic dGVzdDoxMjPCow=="),  # RFC 7617, 2.1
        ("ann@example.com/token", "a:b", "Basic YW5uQGV4YW1wbGUuY29tL3Rva2VuOmE6Yg=="),
    ],
)
def test_basic(user: str, password: str, expected: str) -> None:
    request = authorized(basic, basic.Settings(), {"user": user, "password": password})
    assert request.headers["Authorization"] == expected


def test_a_token_as_user() -> None:
    settings = basic.Settings(password=None)
    assert basic.secret_names(settings) == ("user",)
    assert authorized(basic, settings, {"user": "tskey"}).headers["Authorization"] == "Basic dHNrZXk6"


@pytest.mark.parametrize(
    ("module", "settings", "name", "value", "problem"),
    [
        (bearer, bearer.Settings(), "token", "bearer abc", "begins with 'Bearer', which is put before it anyway"),
        (bearer, bearer.Settings(), "token", "a\nb", "has a character in it that is not seen"),
        (bearer, bearer.Settings(), "token", "\u00fcber", "is not ASCII, which no header has"),
        (bearer, bearer.Settings(), "token", " ", "is empty"),
        (api_key, IN_HEADER, "api_key", "SSWS 00abc", "begins with 'SSWS'"),
        (api_key, IN_HEADER, "api_key", "00\u200babc", "has a character in it that is not seen"),
        (api_key, IN_QUERY, "api_key", "", "is empty"),
        (basic, basic.Settings(), "user", "ann:secret", "the password is a secret of its own, password"),
        (basic, basic.Settings(password=None), "user", "ann:", "has a colon in it, which ends a user name: leave"),
        (basic, basic.Settings(), "password", "\t", "is empty"),
    ],
)
def test_what_is_no_secret_is_not_stored(module: Any, settings: Any, name: str, value: str, problem: str) -> None:
    assert problem in (module.check_secret(settings, name, value) or "")


@pytest.mark.parametrize(
    ("module", "settings", "store"),
    [
        (bearer, bearer.Settings(), {"token": "a\r\nX-Other: b"}),
        (bearer, bearer.Settings(), {"token": "\u00fcber"}),
        (api_key, IN_HEADER, {"api_key": "a\nb"}),
        (basic, basic.Settings(), {"user": "ann:x", "password": "y"}),
    ],
)
def test_an_unusable_secret_is_not_sent(module: Any, settings: Any, store: dict[str, str]) -> None:
    with pytest.raises(UnusableSecret) as raised:
        authorized(module, settings, store)
    assert not any(value in str(raised.value) for value in store.values())


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_what_may_be_stored_can_be_sent(value: str) -> None:
    if bearer.check_secret(bearer.Settings(), "token", value) is None:
        header = authorized(bearer, bearer.Settings(), {"token": value}).headers["Authorization"]
        assert header.isascii()
        assert header.isprintable()
        assert header == f"Bearer {value.strip()}"


@pytest.mark.parametrize(
    ("module", "settings", "name"),
    [(bearer, bearer.Settings(), "token"), (api_key, IN_HEADER, "api_key"), (basic, basic.Settings(), "password")],
)
def test_a_refused_secret_is_read_again(module: Any, settings: Any, name: str) -> None:
    process = Process({"token": "old", "api_key": "old", "user": "ann", "password": "old"})
    before = module.authorize(settings, API, process)
    assert module.forget(settings, process) is False
    process.store[name] = "new"
    assert module.authorize(settings, API, process) == before
    assert module.forget(settings, process) is True
    assert module.authorize(settings, API, process) != before
    process.store.clear()
    assert module.forget(settings, process) is False


@pytest.mark.parametrize(
    ("module", "settings", "expected"),
    [
        (api_key, api_key.Settings(), [("header", "must have either `header` or `query`")]),
        (api_key, api_key.Settings(Header("a"), "b"), [("header", "must have either `header` or `query`")]),
        (
            api_key,
            api_key.Settings(Header("authorization"), prefix="Bearer "),
            [("prefix", "is what `bearer: {}` is for; write that")],
        ),
        (api_key, api_key.Settings(Header("a"), prefix="\n"), [("prefix", "has a character in it that no header has")]),
        (
            api_key,
            api_key.Settings(Header("authorization"), prefix="SSWS"),
            [("prefix", 'lacks the space that ends it, in quotes: "SSWS "')],
        ),
        (
            api_key,
            api_key.Settings(query=""),
            [("query", "is empty; name the query parameter that carries the key")],
        ),
        (
            basic,
            basic.Settings(password=basic.Settings().user),
            [("password", "is the parameter of `user` too; each is a secret of its own")],
        ),
        (basic, basic.Settings(), []),
        (api_key, IN_HEADER, []),
        (bearer, bearer.Settings(), []),
    ],
)
def test_mistakes(module: Any, settings: Any, expected: list[tuple[str, str]]) -> None:
    assert list(module.problems(settings)) == expected


def test_descriptions() -> None:
    assert bearer.describe(bearer.Settings()) == "a token in Authorization, after Bearer"
    assert api_key.describe(IN_HEADER) == "a key in the header Authorization, after 'SSWS '"
    assert api_key.describe(IN_QUERY) == "a key in the query, api key"
    assert basic.describe(basic.Settings()) == "user and password in Authorization (HTTP Basic)"
    assert basic.describe(basic.Settings(password=None)) == "a token as user in Authorization (HTTP Basic)"
