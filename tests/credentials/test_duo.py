"""`duo`: the canonical requests and signatures that Duo's own client has in its tests, and the rules between them.

https://github.com/duosecurity/duo_client_python/blob/master/tests/test_client.py
"""

from __future__ import annotations

import base64
import hashlib
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.credentials import duo
from lambdas.runtime.http_types import HttpRequest
from tests.credentials.contexts import API, Process

SHA1, SHA512 = duo.Settings("sha1"), duo.Settings("sha512")
KEYS = {"integration_key": "test_ikey", "secret_key": "gtdfxv9YgVBYcF6dl2Eq17KUQJN2PLM2ODVTkvoT"}
OPENSSL = (
    "2f57cf79e1807c714697c1218609d177c71f25e0b1e141cd715c535293064618"
    "a7de6417d3d1d5b247c0b20a4d78aadc20ce01e607638af8a28c830bc4420897"
)
DATE = "Fri, 07 Dec 2012 17:18:00 -0000"
FUZZ = [
    (
        "\u469a\u287b\u35d0\u8ef3\u6727\u502a\u0810\ud091\xc8\uc170",
        "\u0f45\u1a76\u341a\u654c\uc23f\u9b09\uabe2\u8343\u1b27\u60d0",
    ),
    (
        "\u7449\u7e4b\uccfb\u59ff\ufe5f\u83b7\uadcc\u900c\ucfd1\u7813",
        "\u8db7\u5022\u92d3\u42ef\u207d\u8730\uacfe\u5617\u0946\u4e30",
    ),
    (
        "\u7470\u9314\u901c\u9eae\u40d8\u4201\u82d8\u8c70\u1d31\ua042",
        "\u17d9\u0ba8\u9358\uaadf\ua42a\u48be\ufb96\u6fe9\ub7ff\u32f3",
    ),
    (
        "\uc2c5\u2c1d\u2620\u3617\u96b3F\u8605\u20e8\uac21\u5934",
        "\ufba9\u41aa\ubd83\u840b\u2615\u3e6e\u652d\ua8b5\ud56bU",
    ),
]
JSON_BODY = b'{"alpha":["a","b","c","d"],"data":"abc123","info":{"another":2,"test":1}}'


def get(query: str = "", headers: dict[str, str] | None = None, body: bytes = b"") -> HttpRequest:
    return HttpRequest("PoSt", f"https://foO.BAr52.cOm/Foo/BaR2/qux{query and '?'}{query}", headers or {}, body)


@pytest.mark.parametrize("request_", [get(urlencode(FUZZ)), get(body=urlencode(FUZZ).encode())])
def test_duos_vector_of_hmac_sha1(request_: HttpRequest) -> None:
    process = Process(dict(KEYS))
    process.time = parsedate_to_datetime(DATE).timestamp()
    headers = duo.authorize(SHA1, request_, process).headers
    assert headers["Date"] == DATE
    expected = base64.b64encode(b"test_ikey:f01811cbbf9561623ab45b893096267fd46a5178").decode()
    assert headers["Authorization"] == f"Basic {expected}"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            {"X-Duo-Header-1": "header_value_1", "Accept": "x"},
            "630b4bfe7e9abd03da2eee8f0a5d4e60a254ec880a839bcc2223bb5b9443e8ef24d58f0"
            "254f1f5934bf8c017ebd0fd5b1acf86766bdbe74185e712a4092df3ed",
        ),
        (
            {"X-Duo-B": "header_value_2", "x-duo-A": "header_value_1"},
            "60be11a30e0756f2ee2afdce1db849b987dcf86c1133394b"
            "d7bbbc9877920330c4d78aceacbb377ab8cbd9a8efe6a410fed4047376635ac71226ab46ca10d2b1",
        ),
    ],
)
def test_duos_vectors_of_version_5(headers: dict[str, str], expected: str) -> None:
    text = duo.signed_text(SHA512, get(headers=headers, body=JSON_BODY), "Tue, 17 Nov 2020 14:12:00")
    body_hash = hashlib.sha512(JSON_BODY).hexdigest()
    lines = ["Tue, 17 Nov 2020 14:12:00", "POST", "foo.bar52.com", "/Foo/BaR2/qux", "", body_hash, expected]
    assert text == "\n".join(lines)


def test_hmac_sha512_of_a_get_request() -> None:
    """Computed with `openssl dgst -sha512 -hmac` over the seven lines."""
    url = "https://api-xxxxxxxx.duosecurity.com:443/admin/v2/logs/activity?mintime=1&sort=ts%3Aasc&limit=1000"
    process = Process(dict(KEYS))
    process.time = parsedate_to_datetime(DATE).timestamp()
    value = duo.authorize(SHA512, HttpRequest("GET", url, {}), process).headers["Authorization"]
    user, signature = base64.b64decode(value.removeprefix("Basic ")).decode().split(":")
    assert user == "test_ikey"
    assert signature == OPENSSL


PRINTABLE = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("realname=First+Last&username=root", "realname=First%20Last&username=root"),
        ("foo_bar=2&foo=1", "foo=1&foo_bar=2"),
        (
            f"punctuation={quote(PRINTABLE, safe='')}",
            "punctuation=%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E_%60%7B%7C%7D~",
        ),
        ("a=2&a=1&b=", "a=1&a=2&b="),
        ("", ""),
    ],
)
def test_parameters(query: str, expected: str) -> None:
    assert duo.signed_text(SHA1, get(query), DATE).split("\n")[4] == expected


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8")))))
def test_the_order_of_parameters_does_not_matter(pairs: list[tuple[str, str]]) -> None:
    texts = {duo.signed_text(SHA512, get(urlencode(order)), DATE) for order in (pairs, pairs[::-1], sorted(pairs))}
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("integration_key", "DIWJ8X6AEYOR5OMC6TQ1", None),
        ("secret_key", "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep\n", None),
        (
            "integration_key",
            "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep",
            "is no integration key: 20 capital letters and digits, which begin with DI; this looks like the secret key",
        ),
        (
            "integration_key",
            "api-xxxxxxxx.duosecurity.com",
            "is no integration key: 20 capital letters and digits, which begin with DI",
        ),
        ("secret_key", "DIWJ8X6AEYOR5OMC6TQ1", "is no secret key: it has 40 letters and digits"),
        ("secret_key", "", "is empty"),
    ],
)
def test_stored_keys(name: str, value: str, problem: str | None) -> None:
    assert duo.check_secret(SHA512, name, value) == problem


def test_settings() -> None:
    assert duo.secret_names(SHA1) == ("integration_key", "secret_key")
    assert duo.describe(SHA1) == "Duo's signature of each request (HMAC-SHA1)"
    same = duo.Settings(secret_key=SHA1.integration_key)
    assert [key for key, _ in duo.problems(same)] == ["secret_key"]
    assert list(duo.problems(SHA512)) == []
    process = Process(dict(KEYS))
    assert duo.authorize(SHA512, API, process) == duo.authorize(duo.Settings(), API, process)
    assert duo.forget(SHA512, process) is False
