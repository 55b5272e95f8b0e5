"""Challenges (handshakes): which one a request is, and the reply that is rendered from the request's own fields."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from jmespath.functions import signature

from lambdas.model import Challenge, Reply
from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions, compile_path
from lambdas.reading.text_templates import as_text, compile_json_template, compile_template, template_paths

if TYPE_CHECKING:
    from lambdas.reading.request import Request

NEVER_SIGNED = frozenset("{}[]\"':,\\ \t\r\n")
"""Characters that a reply never signs: every signed text of an event has some of them."""


class InputOutOfBounds(Exception):  # noqa: N818 - it names the outcome
    """A reply would have signed a text outside the challenge's bounds, which might verify as an event."""


class HttpReply(NamedTuple):
    """The HTTP response to the sender."""

    status: int
    body: str = ""
    content_type: str = "text/plain"
    headers: tuple[tuple[str, str], ...] = ()


class ReplyFunctions(Functions):
    """The functions that a reply may call beside those of every path.

    The text to sign comes from the request. A sender who could choose it freely could have an event signed, so its
    characters and its length are bounded.
    """

    def __init__(self, request: Request, challenge: Challenge, secret: Callable[[], str]) -> None:
        super().__init__(request, None)
        self._url = request.url.partition("?")[0].encode("utf-8", "surrogatepass")
        self._inputs = _inputs(challenge)
        self._secret = secret

    @signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_hmac_hex(self, text: Any) -> str:
        """HMAC-SHA256 under the source's secret, in hex."""
        return self._hmac(text).hex()

    @signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_hmac_base64(self, text: Any) -> str:
        """HMAC-SHA256 under the source's secret, in base64."""
        return base64.b64encode(self._hmac(text)).decode()

    @signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_sha256_hex(self, text: Any) -> str:
        """SHA-256, in hex."""
        return hashlib.sha256(self._bounded(text)).hexdigest()

    @signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_keyed_sha256_hex(self, text: Any) -> str:
        """SHA-256 of the text, the source's secret and the endpoint's URL, in hex: as eBay asks."""
        return hashlib.sha256(self._bounded(text) + self._secret().encode() + self._url).hexdigest()

    def _hmac(self, text: Any) -> bytes:
        return hmac.digest(self._secret().encode(), self._bounded(text), "sha256")

    def _bounded(self, text: Any) -> bytes:
        if not isinstance(text, str) or not self._inputs.fullmatch(text):
            raise InputOutOfBounds
        return text.encode()


def _inputs(challenge: Challenge) -> re.Pattern[str]:
    """Return the pattern of the texts that the challenge's reply may sign."""
    return _alphabet(challenge.inputs.also, challenge.inputs.length) if challenge.inputs else _alphabet("", 128)


@cache
def _alphabet(also: str, length: int) -> re.Pattern[str]:
    return re.compile(f"[A-Za-z0-9_\\-{re.escape(also)}]{{1,{length}}}")


def matching_challenge(challenges: tuple[Challenge, ...], request: Request) -> Challenge | None:
    """Return the first challenge that the request matches."""
    for challenge in challenges:
        if challenge.method == request.method:
            try:
                body = _body(request)
                if compile_path(challenge.when)(body, Functions(request, body)):
                    return challenge
            except Rejected:
                continue
    return None


def _body(request: Request) -> Any:
    """Return the parsed body; None where it can't be read: the challenge may be in the headers or the query."""
    try:
        return request.json if request.body else None
    except Rejected:
        return None


def answer_challenge(challenge: Challenge, request: Request, secret: Callable[[], str]) -> HttpReply:
    """Render the challenge's reply; InputOutOfBounds where it would sign a text that it must not."""
    return render_reply(challenge.reply, _body(request), ReplyFunctions(request, challenge, secret))


def render_reply(reply: Reply, body: Any, functions: Functions) -> HttpReply:
    """Fill in a reply's headers and body."""
    headers = tuple(
        (name.lower(), _one_line(as_text(compile_template(text)(body, functions))))
        for name, text in (reply.headers or {}).items()
    )
    if reply.json is not None:
        text = _json(compile_json_template(reply.json)(body, functions))
        return HttpReply(reply.status, text, "application/json", headers)
    if reply.text is not None:
        return HttpReply(reply.status, _text(as_text(compile_template(reply.text)(body, functions))), headers=headers)
    return HttpReply(reply.status, headers=headers)


def _json(value: Any) -> str:
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError):
        raise InputOutOfBounds from None


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputOutOfBounds from None
    return text


def _one_line(text: str) -> str:
    """Return a header's value; InputOutOfBounds for control characters, which API Gateway answers with a 5xx."""
    if not (text.isascii() and text.isprintable()):
        raise InputOutOfBounds
    return text


def reply_texts(reply: Reply) -> Iterator[str]:
    """Yield every text in a reply."""

    def below(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for child in value.values():
                yield from below(child)
        elif isinstance(value, list | tuple):
            for child in value:
                yield from below(child)

    yield from below(reply.json)
    yield from below(reply.text)
    yield from below(dict(reply.headers or {}))


def could_sign(challenges: tuple[Challenge, ...], text: bytes) -> bool:
    """Whether one of these signing challenges would sign this text: then a signature of the text proves nothing.

    Where `signed` is the body alone, the answer to a challenge is the signature of a body, such as 123.
    """
    return any(_inputs(each).fullmatch(text.decode("utf-8", "replace")) for each in challenges)


def signs_with_secret(challenge: Challenge) -> bool:
    """Whether the reply contains a text that is signed with the secret."""
    return any(
        name in path for text in reply_texts(challenge.reply) for path in template_paths(text) for name in _WITH_SECRET
    )


_WITH_SECRET = ("hmac_", "keyed_sha256_")
