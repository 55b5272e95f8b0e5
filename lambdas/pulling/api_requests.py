"""The requests of a stream: for its first page, for later ones, and for each item of a page."""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from lambdas.model_pull import LaterRequest, Pull, Stream
from lambdas.paging_style import PagingError, join_url
from lambdas.pulling.request_texts import Fill, compile_json, compile_pairs, compile_path_text, compile_text
from lambdas.reading.text_templates import as_text, template_parts
from lambdas.runtime.http_types import FetchRefused, HttpRequest
from lambdas.runtime.https_url import split_https_url


class _Body(NamedTuple):
    fill: Callable[[Any], bytes]
    content_type: str | None


_NO_BODY = _Body(lambda _: b"", None)


class _Request(NamedTuple):
    """A compiled request."""

    method: str
    path: Fill
    query: Callable[[Any], str]
    body: _Body


class RequestMaker:
    """Makes the requests of a stream. PagingError where a text of the definition can't be filled in."""

    def __init__(self, pull: Pull, stream: Stream) -> None:
        self._base = pull.url
        self._headers = {name.lower(): compile_text(text) for name, text in (pull.headers or {}).items()}
        self._style, self._settings = stream.paging.style, stream.paging.settings
        self._first = _compile(stream, LaterRequest())
        self._later = _compile(stream, stream.then) if stream.then else self._first
        self._prepare = _compile_prepare(stream) if stream.prepare else None
        self._child = _compile_child(stream.each.get) if stream.each else None
        self._child_is_below = stream.each is not None and stream.each.get.startswith("/")

    def first(self, fields: Mapping[str, str]) -> HttpRequest:
        """Return the request for a first page; `fields` are what its texts may use beside the paging style's."""
        values = {**fields, **self._style.fields(self._settings, None)}
        return self._make(self._first, values, self._url(self._first, values))

    def asks_until(self, fields: Mapping[str, str]) -> bool:
        """Return whether the request for a first page says where the asked time ends."""
        try:
            requests = [self.first({**fields, "from": "1", "to": end}) for end in ("2", "3")]
        except PagingError:  # a text that takes no such time has one
            return True
        return requests[0] != requests[1]

    def later(self, fields: Mapping[str, str], token: str) -> HttpRequest:
        """Return the request for the page of a token; PagingError where the token is a URL of another origin."""
        values = {**fields, **self._style.fields(self._settings, token)}
        if self._style.is_url(self._settings):
            return self._make(self._later, values, self._followed(token))
        return self._make(self._later, values, self._url(self._later, values))

    def can_follow(self, token: str) -> bool:
        """Return whether a stored token can still be used: a URL can't, where `pull.url` has another origin by now."""
        if not self._style.is_url(self._settings):
            return True
        try:
            self._followed(token)
        except PagingError:
            return False
        return True

    def prepare(self, fields: Mapping[str, str]) -> HttpRequest | None:
        """Return the request before the first of a run; None where the stream has none."""
        if self._prepare is None:
            return None
        return self._make(self._prepare, fields, self._url(self._prepare, fields))

    def child(self, item: Any, fields: Mapping[str, str]) -> HttpRequest:
        """Return the request for an item, over whose keys the texts are filled in; PagingError as in `later`."""
        if self._child is None:
            raise TypeError("the stream has no `each`")
        try:
            target = self._child({**fields, **item} if isinstance(item, dict) else item)
            if not isinstance(target, str) or not target:
                raise PagingError("each.get finds no text in an item")
            url = self._base + target if self._child_is_below else self._followed(target)
        except UnicodeEncodeError:
            raise PagingError("each.get finds half a surrogate pair in an item, which no URL can have") from None
        return HttpRequest("GET", url, self._filled(fields))

    def _make(self, request: _Request, values: Mapping[str, Any], url: str) -> HttpRequest:
        headers = self._filled(values)
        if request.body.content_type:
            headers.setdefault("content-type", request.body.content_type)
        return HttpRequest(request.method, url, headers, request.body.fill(values))

    def _url(self, request: _Request, values: Mapping[str, Any]) -> str:
        path, query = request.path(values), request.query(values)
        return f"{self._base}{path}?{query}" if query else f"{self._base}{path}"

    def _filled(self, values: Mapping[str, Any]) -> dict[str, str]:
        headers = {name: fill(values) for name, fill in self._headers.items()}
        filled = {name: as_text(value) for name, value in headers.items() if value is not None}
        for name, value in filled.items():
            if not (value.isascii() and value.isprintable()):
                raise PagingError(f"the value of the header {name} has a character that no header has")
        return filled

    def _followed(self, url: str) -> str:
        """Return a URL that an answer has, once it is known to be at the origin of `pull.url`.

        A path that does not begin as that of `pull.url` is below it, as Snyk's.
        """
        # Vendors leave spaces and other letters in it as they are. No host has them, nor what they are encoded as.
        url = quote(url.strip(), safe=string.punctuation)
        if url.startswith("/") and not url.startswith("//") and not _is_below(url, urlsplit(self._base).path):
            url = self._base + url
        absolute = join_url(f"{self._base}/", url).partition("#")[0]
        if not _is_same_origin(absolute, self._base):
            raise PagingError("the answer leads to a URL that is not at the scheme, host and port of pull.url")
        return absolute


def _is_below(path: str, base: str) -> bool:
    return path.startswith(base) and path[len(base) :][:1] in ("", "/", "?")


def _is_same_origin(url: str, base: str) -> bool:
    try:
        origins = [(parts.hostname, parts.port or 443) for parts in map(split_https_url, (url, base))]
    except FetchRefused:
        return False
    return origins[0] == origins[1]


def _compile(stream: Stream, then: LaterRequest) -> _Request:
    """Compile a stream's request, over which the keys of `then` are laid."""
    get, post = (then.get, then.post) if then.get or then.post else (stream.get, stream.post)
    path = compile_path_text(get or post or "")
    query = compile_pairs((stream.query if then.query is None else then.query) or {})
    if get:
        return _Request("GET", path, query, _NO_BODY)
    return _Request("POST", path, query, _compile_body(then) or _compile_body(stream) or _NO_BODY)


def _compile_prepare(stream: Stream) -> _Request:
    assert stream.prepare is not None  # noqa: S101 - the caller has looked
    bare = replace(stream, get=None, post=stream.prepare.post, query=stream.prepare.query)
    return _compile(replace(bare, json=None, form=None, graphql=None, variables=None), LaterRequest())


def _compile_body(request: Stream | LaterRequest) -> _Body | None:
    if request.json is not None:
        return _json_body(compile_json(request.json))
    if request.form is not None:
        write = compile_pairs(request.form)
        return _Body(lambda values: write(values).encode(), "application/x-www-form-urlencoded")
    if isinstance(request, Stream) and request.graphql is not None:
        query, variables = request.graphql, compile_json(request.variables or {})
        return _json_body(lambda values: {"query": query, "variables": variables(values)})
    return None


def _json_body(fill: Fill) -> _Body:
    return _Body(lambda values: json.dumps(fill(values), separators=(",", ":")).encode(), "application/json")


def _compile_child(text: str) -> Fill:
    """Return how the URL of an item is filled in; a sole `{path}` has the whole of it, encoded as the vendor has it."""
    is_sole_path = [kind for kind, _ in template_parts(text)] == ["path"]
    return compile_text(text) if is_sole_path else compile_path_text(text, query=True)
