"""What may become of a request between a vendor, or somebody who would be one, and us."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence

from hypothesis import assume
from hypothesis import strategies as st

from lambdas.auth_type import OutgoingRequest
from tests.differential.drawn import bodies, texts, urls
from tests.differential.judging import header

Change = Callable[[st.DrawFn, OutgoingRequest], OutgoingRequest]
BASE64 = "abcXYZ0189+/"
HEX = "0123456789abcdef"


@st.composite
def changed(draw: st.DrawFn, sent: OutgoingRequest, among: Sequence[Change]) -> OutgoingRequest:
    for change in draw(st.lists(st.sampled_from(among), max_size=2)):
        sent = change(draw, sent)
    return sent


def with_header(sent: OutgoingRequest, name: str, value: str | None) -> OutgoingRequest:
    headers = {other: value for other, value in sent.headers.items() if other.lower() != name.lower()}
    return sent._replace(headers=headers if value is None else {**headers, name: value})


def altered(draw: st.DrawFn, text: str, alphabet: str) -> str:
    """The text with one character more, less, or another."""
    at, new = draw(st.integers(0, len(text))), draw(st.sampled_from(alphabet))
    return text[:at] + draw(st.sampled_from(["", new])) + text[at + draw(st.integers(0, 1)) :]


def body(draw: st.DrawFn, sent: OutgoingRequest) -> OutgoingRequest:
    text = sent.body.decode()
    ways: list[Callable[[], str]] = [
        lambda: altered(draw, text, 'aA0 \n\r\t{}[]",:é\ufeff'),
        lambda: text + draw(st.sampled_from([" ", "\n", "\r\n", "\0"])),
        str,
        text.strip,
        text.swapcase,
        lambda: text.replace("\n", "\r\n"),
        lambda: _written_anew(text),
        lambda: draw(texts),
        lambda: draw(bodies).decode(),
    ]
    return sent._replace(body=draw(st.sampled_from(ways))().encode())


def _written_anew(text: str) -> str:
    """As somebody would who parses a body before he verifies it."""
    try:
        return json.dumps(json.loads(text), separators=(",", ":"), sort_keys=True)
    except ValueError:
        return text


def header_names(draw: st.DrawFn, sent: OutgoingRequest) -> OutgoingRequest:
    case = draw(st.sampled_from([str.lower, str.upper, str.title, str.swapcase]))
    return sent._replace(headers={case(name): value for name, value in sent.headers.items()})


def one_in_url(draw: st.DrawFn, sent: OutgoingRequest, alphabet: str) -> OutgoingRequest:
    """One character of the path or the query; the host is that of the endpoint, or the request had not come."""
    scheme, _, host, rest = sent.url.split("/", 3)
    return sent._replace(url=f"{scheme}//{host}/{altered(draw, rest, alphabet)}")


def url(draw: st.DrawFn, sent: OutgoingRequest) -> OutgoingRequest:
    return one_in_url(draw, sent, "aZ0-._~%&=/") if draw(st.booleans()) else sent._replace(url=draw(urls()))


def method(draw: st.DrawFn, sent: OutgoingRequest) -> OutgoingRequest:
    return sent._replace(method=draw(st.sampled_from(["PUT", "GET", "POST"])))


def without(name: str) -> Change:
    return lambda _draw, sent: with_header(sent, name, None)


def other(name: str, values: Sequence[str]) -> Change:
    """Another value of a header."""
    return lambda draw, sent: with_header(sent, name, draw(st.sampled_from(values)))


def one_character(name: str, alphabet: str) -> Change:
    """A header with one character more, less, or another."""

    def change(draw: st.DrawFn, sent: OutgoingRequest) -> OutgoingRequest:
        value = header(sent, name)
        return sent if value is None else with_header(sent, name, altered(draw, value, alphabet).strip())

    return change


def signature(name: str, prefix: str = "", alphabet: str = BASE64) -> Change:
    """A header's signature that is none: altered, cut short, from elsewhere, or with something else before it."""

    def change(draw: st.DrawFn, sent: OutgoingRequest) -> OutgoingRequest:
        if (value := header(sent, name)) is None:
            return sent
        value = value.removeprefix(prefix)
        altered_value = draw(st.sampled_from([altered(draw, value, alphabet), value[:-4], "", value * 2, value[::-1]]))
        assume(altered_value == value or not same_bytes(altered_value, value, alphabet))
        before = draw(st.sampled_from([prefix, prefix, "", prefix * 2, prefix.upper(), "v1=", "sha256="]))
        return with_header(sent, name, before + altered_value)

    return change


def same_bytes(first: str, another: str, alphabet: str) -> bool:
    """Whether the texts say the same bytes to somebody who reads them with patience.

    Some SDKs compare texts, and others read whatever they can; ours reads strictly, and compares bytes. Who knows
    one way to write the signature knows them all, so a verdict on the others is of no consequence.
    """
    try:
        if alphabet == HEX:
            return bytes.fromhex(first) == bytes.fromhex(another)
        return base64.b64decode(first) == base64.b64decode(another)
    except ValueError:
        return False
