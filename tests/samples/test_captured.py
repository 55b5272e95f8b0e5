"""Captured requests, as people have them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.files import regular_file
from generator.samples import captured
from generator.samples.captured import Captured
from generator.scaffold import value_kinds
from generator.scaffold.first_mapping import guess_mapping
from generator.scaffold.first_sample import read_body
from generator.scaffold.guess_auth import guess_auth

HEAD = "POST /events?a=b HTTP/1.1\nHost: hooks.example.com\nX-Sig: v0=12\n"


def read(tmp_path: Path, content: str | bytes | object) -> Captured:
    file = tmp_path / "request"
    if not isinstance(content, str | bytes):
        content = json.dumps(content)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return captured.read_captured(file)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_raw_http_is_read_with_either_kind_of_line_break(tmp_path: Path, ends: str) -> None:
    request = read(tmp_path, HEAD.replace("\n", ends) + ends + '{"a": 1}')
    assert request == Captured(
        "POST",
        "https://hooks.example.com/events?a=b",
        (("Host", "hooks.example.com"), ("X-Sig", "v0=12")),
        b'{"a": 1}',
    )


def test_bytes_of_the_body_stay_as_they_are(tmp_path: Path) -> None:
    body = b'\r\n\n{"a":\r\n 1}\r\n\x00\xff'
    assert read(tmp_path, HEAD.encode() + b"\n" + body).body == body


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_break_at_the_end_is_taken_for_the_editors_and_told(tmp_path: Path, end: str) -> None:
    request = read(tmp_path, f"{HEAD}\n{{}}{end}")
    assert (request.body, request.trailing_newline, request.warnings) == (b"{}", end.encode(), ())


@pytest.mark.parametrize(("length", "body"), [(2, b"{}"), (3, b"{}\n"), (4, b"{}\n\n")])
def test_content_length_says_which_line_breaks_are_the_bodys(tmp_path: Path, length: int, body: bytes) -> None:
    request = read(tmp_path, f"{HEAD}Content-Length: {length}\n\n{{}}\n\n")
    assert (request.body, request.trailing_newline, request.warnings) == (body, b"", ())


@pytest.mark.parametrize("length", ["1", "9"])
def test_a_body_of_another_length_is_doubted(tmp_path: Path, length: str) -> None:
    request = read(tmp_path, f"{HEAD}Content-Length: {length}\n\n{{}}\n")
    message = f"Content-Length says that the body has {length} bytes, and it has 2: it is not as it was sent"
    assert (request.body, request.trailing_newline, request.warnings) == (
        b"{}",
        b"\n",
        (f"{tmp_path / 'request'}: {message}",),
    )


def test_a_content_length_that_is_none_is_passed_over(tmp_path: Path) -> None:
    assert read(tmp_path, f"{HEAD}Content-Length: {'9' * 5000}\n\n{{}}").body == b"{}"


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        ("2\r\n{}\r\n0\r\n\r\n", b"{}"),
        ("1;x=y\n{\n1\n}\n0\n\n", b"{}"),
        ("{}", b"{}"),
        ("2\r\n{}", b"2\r\n{}"),
        ("2\r\n{}}\r\n0\r\n", b"2\r\n{}}\r\n0"),
    ],
)
def test_chunks_are_undone_where_the_tool_has_not_done_it(tmp_path: Path, sent: str, body: bytes) -> None:
    assert read(tmp_path, f"{HEAD}Transfer-Encoding: chunked\n\n{sent}").body == body


def test_a_header_that_was_sent_twice_is_there_twice_and_joined_for_whoever_verifies(tmp_path: Path) -> None:
    request = read(tmp_path, f"{HEAD}x-sig: v0=34\n\n")
    assert request.headers == (("Host", "hooks.example.com"), ("X-Sig", "v0=12"), ("x-sig", "v0=34"))
    assert request.headers_by_name == {"host": "hooks.example.com", "x-sig": "v0=12,v0=34"}
    assert request.request == ("POST", "https://hooks.example.com/events?a=b", request.headers_by_name, b"")


def test_a_head_without_a_host_version_or_body_is_enough(tmp_path: Path) -> None:
    assert read(tmp_path, "\n\npost /events") == Captured("POST", "/events", (), b"")


def test_a_first_line_may_have_the_whole_url(tmp_path: Path) -> None:
    assert read(tmp_path, "POST http://other.example.com/e HTTP/1.1\nHost: a\n\n").url == "http://other.example.com/e"


def test_a_mark_of_byte_order_is_no_part_of_the_request(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf" + HEAD.encode()).method == "POST"


EVENT = {
    "version": "2.0",
    "rawPath": "/events",
    "rawQueryString": "a=b%20c",
    "cookies": ["one=1", "two=2"],
    "headers": {"x-sig": "v0=12"},
    "requestContext": {"domainName": "abc.execute-api.us-west-2.amazonaws.com", "http": {"method": "POST"}},
    "body": "e30K",
    "isBase64Encoded": True,
}


def test_an_event_of_payload_format_2_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, EVENT) == Captured(
        "POST",
        "https://abc.execute-api.us-west-2.amazonaws.com/events?a=b%20c",
        (("x-sig", "v0=12"), ("cookie", "one=1; two=2")),
        b"{}\n",
    )


def test_the_body_of_an_event_may_be_text_or_missing(tmp_path: Path) -> None:
    assert read(tmp_path, {**EVENT, "body": "{é}", "isBase64Encoded": False}).body == "{é}".encode()
    assert read(tmp_path, {key: value for key, value in EVENT.items() if key != "body"}).body == b""


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "a.example.com", "X-A": ["1", "2"]},
        [["Host", "a.example.com"], ["X-A", "1"], ["X-A", 2]],
        [{"name": "Host", "value": "a.example.com"}, {"name": "X-A", "value": "1"}, {"name": "X-A", "value": "2"}],
    ],
)
def test_method_url_headers_and_body_are_read(tmp_path: Path, headers: object) -> None:
    request = read(tmp_path, {"method": "post", "url": "/e?x=1", "headers": headers, "body": "{}\n"})
    pairs = (("Host", "a.example.com"), ("X-A", "1"), ("X-A", "2"))
    assert request == Captured("POST", "https://a.example.com/e?x=1", pairs, b"{}\n")


def test_method_and_url_have_defaults(tmp_path: Path) -> None:
    assert read(tmp_path, {"headers": {}}) == Captured("POST", "/", (), b"")


def test_a_body_that_is_no_text_is_written_again_and_doubted(tmp_path: Path) -> None:
    request = read(tmp_path, {"headers": {}, "body": {"a": ["é"]}})
    message = "body: is JSON and not text, so its bytes may not be those that were sent"
    assert (request.body, request.warnings) == ('{"a":["é"]}'.encode(), (f"{tmp_path / 'request'}: {message}",))


FORMS = "raw HTTP (POST /path HTTP/1.1, headers, an empty line, the body) or JSON"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", f": is empty; it must be {FORMS}"),
        (" \n", f": is empty; it must be {FORMS}"),
        ("\nhello\n", f":2: is not the first line of a request; it must be {FORMS}"),
        (
            HEAD + '{"a": 1}',
            ":4: is no header (Name: value, on one line), and no empty line stands before it to end the headers",
        ),
        (b"POST / HTTP/1.1\nX: \xff\n\n", f":2: is not UTF-8; the file must be {FORMS}"),
        ('{"headers": {},\n "body"}', ":2: is not JSON: Expecting ':' delimiter, column 8"),
        (b'{"a": "\xff"}', ": is not UTF-8"),
        ("[" * 100_000, ": is nested too deep"),
        ([EVENT], ": is a list; it must be one request, with method, url, headers and body"),
        ({"url": "/"}, ": has no key headers; a request has method, url, headers and body"),
        ({"requestContext": {}}, ": is an event of API Gateway, but not of payload format 2.0"),
        ({"headers": "a: b"}, ": headers: must be texts by name, or a list of [name, value]"),
        ({"headers": [["a"]]}, ": headers: must be texts by name, or a list of [name, value]"),
        ({"headers": {"a b": "c"}}, ": headers: 'a b' is no header's name"),
        ({"headers": {"a": None}}, ": headers.a: must be text"),
        ({"headers": {}, "method": 1}, ": method: must be text"),
        ({"headers": {}, "url": 1}, ": url: must be text"),
        ({**EVENT, "body": "{}"}, ": body: isBase64Encoded is true, and it is not base64"),
    ],
)
def test_unreadable_request_is_an_error_with_its_place(
    tmp_path: Path, content: str | bytes | object, message: str
) -> None:
    with pytest.raises(GeneratorError) as raised:
        read(tmp_path, content)
    assert str(raised.value) == f"{tmp_path / 'request'}{message}"


def test_a_file_that_is_not_there_is_a_folder_or_too_big_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(GeneratorError, match=r"nowhere: can't be read: No such file or directory$"):
        captured.read_captured(tmp_path / "nowhere")
    with pytest.raises(GeneratorError, match=r"can't be read: Is a directory$"):
        captured.read_captured(tmp_path)
    monkeypatch.setattr(regular_file, "MAX_REQUEST_BYTES", 10)
    with pytest.raises(GeneratorError, match=r"request: can't be read: it has more than 10 bytes$"):
        read(tmp_path, HEAD)


def test_many_headers_take_a_step_each(tmp_path: Path) -> None:
    """And so does whatever looks through them: they are joined once."""

    def calls(most: int) -> int:
        counted = 0

        def count(_frame: object, event: str, _argument: object) -> None:
            nonlocal counted
            counted += event in ("call", "c_call")

        head = "".join(
            f"X-{number}-Event: v\nX-{number}-Id: 1\nX-{number}-Signature: v1,aa\n" for number in range(most)
        )
        file = tmp_path / "request"
        file.write_text(f"POST / HTTP/1.1\n{head}\n{{}}")
        sys.setprofile(count)
        try:
            request = captured.read_captured(file)
            guess_auth(request)
            guess_mapping("acme", request, read_body(file, request))
        finally:
            sys.setprofile(None)
        return counted

    calls(10)  # what is read once
    assert calls(400) < 3 * calls(200)


LONG = 300_000


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(f"X-A: a{' ' * LONG}b", id="spaces in a header"),
        pytest.param(f"X-Secret-{'expir' * LONG}-: a", id="name of a header"),
    ],
)
def test_a_long_header_is_read_at_once(tmp_path: Path, head: str) -> None:
    """Each would take a pattern that looks back hours."""
    request = read(tmp_path, f"POST / HTTP/1.1\n{head}\n\n{{}}")
    assert request.headers == (tuple(head.split(": ")),)
    assert guess_auth(request) is None or "Secret" in head


def test_a_long_value_with_what_looks_like_a_token_is_a_secret_at_once() -> None:
    assert value_kinds.is_secret("a", f"{'-eyJaaaaaaaa' * LONG}\n")
    assert value_kinds.is_secret("a", "b eyJhbGciOiJ")
    assert not value_kinds.is_secret("a", "b eyJhbG")
    assert not value_kinds.is_secret_name(f"secret-{'expir' * LONG}")
    assert value_kinds.is_secret_name(f"secret-{'expir' * LONG}-")


def test_many_chunks_are_put_together(tmp_path: Path) -> None:
    chunked = HEAD.encode() + b"Transfer-Encoding: chunked\n\n" + b"1\r\nx\r\n" * 100_000 + b"0\r\n\r\n"
    assert read(tmp_path, chunked).body == b"x" * 100_000
