"""What is fetched from vendors: how often, what counts as an answer, and what is remembered of it."""

from __future__ import annotations

import pytest

from lambdas.runtime import vendor_fetch
from lambdas.runtime.http_types import FetchFailed, FetchRefused, HttpAnswer
from lambdas.runtime.secrets import SecretsUnavailable
from lambdas.runtime.vendor_fetch import fetch_from_vendor
from lambdas.signatures.published_keys import RETRY, FetchCache
from tests.issuers import Internet

HOST = "keys.example.com"


def url(number: int) -> str:
    return f"https://{HOST}/{number}"


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Internet:
    return Internet({url(number): b"keys" for number in range(100)}).put_before(monkeypatch)


def test_fetches_of_a_process_are_limited_across_urls(internet: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(vendor_fetch, "monotonic", lambda: now[0])
    for number in range(20):
        now[0] = float(number)
        assert fetch_from_vendor(url(number), [HOST]) == b"keys"
    now[0] = 59.9
    message = f"^{HOST} is not asked: at most 20 fetches within a minute are allowed$"
    with pytest.raises(SecretsUnavailable, match=message):
        fetch_from_vendor(url(20), [HOST])
    now[0] = 60
    assert fetch_from_vendor(url(20), [HOST]) == b"keys"
    with pytest.raises(SecretsUnavailable):
        fetch_from_vendor(url(21), [HOST])
    assert internet.requested_urls == [url(number) for number in range(21)]


def test_refused_url_is_not_counted(internet: Internet) -> None:
    for _ in range(100):
        with pytest.raises(FetchRefused, match=r"^its host is not in the list of allowed hosts$"):
            fetch_from_vendor(url(0), ["other.example.com"])
    assert fetch_from_vendor(url(0), [HOST]) == b"keys"
    assert internet.requested_urls == [url(0)]


@pytest.mark.usefixtures("internet")
def test_partial_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdas.runtime.fetch.fetch", lambda *_: HttpAnswer(206, {}, b"ke"))
    with pytest.raises(SecretsUnavailable, match=f"^{HOST} answers with a part, and the request asks for the whole$"):
        fetch_from_vendor(url(0), [HOST])


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (FetchRefused("it resolves to a private address"), FetchRefused),
        (FetchFailed("it is slow"), SecretsUnavailable),
        (404, FetchRefused),
        (302, FetchRefused),
        (503, SecretsUnavailable),
        (429, SecretsUnavailable),
    ],
    ids=repr,
)
def test_what_may_change_is_asked_for_again(internet: Internet, page: int | Exception, error: type[Exception]) -> None:
    internet.pages[url(0)] = page
    with pytest.raises(error) as raised:
        fetch_from_vendor(url(0), [HOST])
    assert type(raised.value) is error
    assert str(raised.value) == (str(page) if isinstance(page, Exception) else f"{HOST} answers {page}")


def test_failures_are_forgotten_and_pages_read_are_not() -> None:
    now = [0.0]

    def fetch_page(url: str) -> bytes:
        if url != "true":
            raise FetchRefused(url)
        return b"keys"

    known = FetchCache(bytes.decode, fetch_page, lambda: now[0])
    assert known.get("true") == "keys"
    for number in range(1_000):
        now[0] += RETRY / 10
        with pytest.raises(FetchRefused, match=f"^{number}$"):
            known.get(str(number))
    assert len(known._entries) < 20
    assert known.get("true", float("inf")) == "keys"
