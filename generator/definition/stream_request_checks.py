"""Check a stream's requests: what asks for nothing, asks the same again, or asks for what a text does not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.definition.jmespath_checks import called_functions
from generator.definition.path_checks import Mistakes
from generator.definition.path_roots import root_names
from generator.definition.suggestions import suggestion
from lambdas.model_pull import LaterRequest, Stream
from lambdas.reading.text_templates import template_parts, template_paths

TIMES = ("from", "to")
SPECIAL_FUNCTIONS = frozenset(("header", "query", "root", "stream", "parent", "hash"))
Texts = list[tuple[str, str]]
"""Texts with their keys below the stream."""


def request_mistakes(stream: Stream) -> Mistakes:
    """Yield what is wrong with the requests of a stream; the keys are those below the stream."""
    yield from _shape(stream)
    yield from _then(stream)
    first, later = request_texts(stream), later_texts(stream)
    names = known_names(stream)
    for key, text in dict.fromkeys([*first, *later]):
        yield from unknown_names(key, text, names)
    yield from _needed(stream, first, later)
    yield from _prepare(stream)


def known_names(stream: Stream) -> tuple[str, ...]:
    """Return what the texts of a stream's requests may read."""
    times = TIMES if stream.resume == "time" else TIMES[:1]
    return (*times, *page_names(stream), *(stream.for_ or ()))


def page_names(stream: Stream) -> tuple[str, ...]:
    """Return what the paging style gives to texts: `cursor`, `page` or `offset`; nothing where its token is a URL."""
    style, settings = stream.paging.style, stream.paging.settings
    return tuple(dict.fromkeys([*style.fields(settings, "1"), *style.fields(settings, None)]))


def request_texts(stream: Stream) -> Texts:
    """Return the texts of the first request of a slice."""
    texts = [(key, text) for key in ("get", "post") if (text := getattr(stream, key))]
    texts += _texts("query", stream.query)
    return [*texts, *_texts("json", stream.json), *_texts("form", stream.form), *_texts("variables", stream.variables)]


def later_texts(stream: Stream) -> Texts:
    """Return the texts of later requests: keys of `then`, and those of the first request that it does not have."""
    then = stream.then or LaterRequest()
    own: dict[str, Texts] = {}
    path = "get" if then.get else "post"
    if later_path := then.get or then.post:
        own |= {"get": [], "post": [], path: [(f"then.{path}", str(later_path))]}
    if then.query is not None:
        own["query"] = list(_texts("then.query", then.query))
    if then.json is not None or then.form is not None:
        body = [*_texts("then.json", then.json), *_texts("then.form", then.form)]
        own |= {"json": body, "form": [], "variables": []}
    first: dict[str, Texts] = {}
    for key, text in request_texts(stream):
        first.setdefault(key.partition(".")[0].partition("[")[0], []).append((key, text))
    return [pair for pairs in {**first, **own}.values() for pair in pairs]


def unknown_names(key: str, text: str, known: tuple[str, ...]) -> Mistakes:
    """Yield the names in a text of a request that nothing gives a value."""
    for path in template_paths(text):
        if functions := sorted(called_functions(path) & SPECIAL_FUNCTIONS):
            yield key, f"{functions[0]}() finds nothing in a request of our own"
        for name in sorted(root_names(path) - set(known)):
            yield key, f"{{{name}}} is nothing that this request knows{suggestion(name, known)}"


def reads(texts: Texts, name: str) -> bool:
    """Return whether one of the texts reads a name."""
    return any(name in root_names(path) for _, text in texts for path in template_paths(text))


def _texts(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, below in value.items():
            yield from _texts(f"{key}.{name}", below)
    elif isinstance(value, list | tuple):
        for index, below in enumerate(value):
            yield from _texts(f"{key}[{index}]", below)


def _shape(stream: Stream) -> Mistakes:
    if (stream.get is None) == (stream.post is None):
        yield "get", "must have either `get` or `post`, the path of the request"
    bodies = [key for key in ("json", "form", "graphql") if getattr(stream, key) is not None]
    if len(bodies) > 1:
        yield bodies[1], f"can't stand beside `{bodies[0]}`, since a request has one body; leave one out"
    if bodies and stream.post is None:
        yield bodies[0], "is the body of a request, and `get` has none; use `post`"
    if stream.variables is not None and stream.graphql is None:
        yield "variables", "are those of `graphql`, which is missing; a body as JSON is `json`"


def _then(stream: Stream) -> Mistakes:
    then = stream.then
    if then is None:
        return
    if then == LaterRequest():
        yield "then", "says nothing; say what later pages ask otherwise, or leave it out"
    if then.get and then.post:
        yield "then.get", "must have either `get` or `post`"
    body = "json" if then.json is not None else "form"
    if then.json is not None and then.form is not None:
        yield "then.form", "can't stand beside `json`, since a request has one body; leave one out"
    if (then.json is not None or then.form is not None) and (then.get or (stream.post is None and not then.post)):
        yield f"then.{body}", "is the body of a request, and `get` has none; use `post`"
    if stream.paging.style.is_url(stream.paging.settings):
        for key in ("get", "query"):
            if getattr(then, key) is not None:
                yield f"then.{key}", "has no effect: the URL of the next page takes its place; leave it out"
    elif not page_names(stream):
        yield "then", "has no effect, since the paging style has no later pages; leave it out"


def _needed(stream: Stream, first: Texts, later: Texts) -> Mistakes:
    """Yield where a request lacks what makes it another than the one before."""
    path = "get" if stream.get else "post"
    if stream.resume == "time" and not reads(first, "from"):
        yield path, 'has no {from}, which `resume: time` needs; put it into `query`, such as since: "{from}"'
    for name in page_names(stream):
        if not reads(later, name):
            message = f"has no {{{name}}}, so each page would be the same; put it into `query`, or into `then`"
            yield path, message
    for name in stream.for_ or ():
        if not reads(first, name):
            yield f"for.{name}", f"is in no text of the request, so each value would ask the same; put {{{name}}} there"
    yield from _no_cursor_yet(first)


def _no_cursor_yet(first: Texts) -> Mistakes:
    """Yield the texts of the first request that need a cursor, which it can't have."""
    for key, text in first:
        is_mixed = len(list(template_parts(text))) > 1
        if is_mixed and any(root_names(path) == {"cursor"} for path in template_paths(text)):
            message = "has {cursor} beside other text, and the first request has no cursor"
            yield key, f"{message}; let the text be {{cursor}} alone, or put it into `then`"


def _prepare(stream: Stream) -> Mistakes:
    if stream.prepare:
        texts = [("prepare.post", str(stream.prepare.post)), *_texts("prepare.query", stream.prepare.query)]
        for key, text in texts:
            yield from unknown_names(key, text, tuple(stream.for_ or ()))
