"""Answer the requests of a deployed puller with the samples of its source, as the vendor would."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from generator.samples import pulled
from generator.samples.pulled import Step
from generator.samples.pulled_files import PullSample
from lambdas.model import Source
from lambdas.model_pull import Pull, Stream
from lambdas.runtime.http_types import HttpAnswer, HttpRequest

_TOKEN = {"access_token": "stand-in", "token": "stand-in", "token_type": "Bearer", "expires_in": 3_600}
"""An answer that every token request takes: GitHub's has `token`, all others `access_token`."""

_LITERAL = re.compile(r"'[^']*'|`[^`]*`")
_CHAIN = re.compile(r"[A-Za-z_][\w.]*(?![\w.(])")


class SampleAnswers:
    """The answers to each request that the puller sends at the time of the samples, and empty pages to all others.

    A request may have more in its query than is known of it: some vendors take their credential there.
    """

    def __init__(self, source: Source, samples: Iterable[PullSample]) -> None:
        assert source.pull is not None  # noqa: S101 - a pulled source has samples of this kind
        self._pull = source.pull
        token_url = getattr(source.pull.credentials.type, "token_url", None)
        self._token_url = token_url(source.pull.credentials.settings) if token_url else None
        exchanges = [exchange for sample in samples for exchange in _exchanges(source, sample)]
        # A later page may be asked for as the first is, and with a cursor: the longest query that fits is the one.
        self._known = sorted(exchanges, key=lambda exchange: -len(exchange[0].url))
        self._lock = threading.Lock()
        self.hosts = {str(urlsplit(url).hostname) for url in (source.pull.url, self._token_url) if url}
        self.unknown: list[HttpRequest] = []
        """The requests to which no sample has the answer."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """Return the sample's answer to a request, or an empty page; 404 where no stream asks so."""
        if request.url == self._token_url:
            return _json_answer(200, _TOKEN)
        with self._lock:
            for known_request, answer in self._known:
                if _is_same(known_request, request):
                    return answer
            for stream in self._pull.streams.values():
                if _is_of(self._pull, stream, request):
                    return _empty_page(stream)
            self.unknown.append(request)
        return _json_answer(404, {"error": "no sample has the answer to this request"})


def _exchanges(source: Source, sample: PullSample) -> list[tuple[HttpRequest, HttpAnswer]]:
    """Return what the puller asks of a sample's stream, and what it is answered."""
    steps: list[Step] = []
    pulled.play(source, sample, steps.append)
    return [
        (step.value, after.value)
        for step, after in pairwise(steps)
        if step.kind == "asked" and after.kind == "answered"
    ]


def _is_same(known: HttpRequest, request: HttpRequest) -> bool:
    known_url, url = urlsplit(known.url), urlsplit(request.url)
    if (known.method, known_url[:3], known.body) != (request.method, url[:3], request.body):
        return False
    known_pairs, pairs = (set(parse_qsl(parts.query, keep_blank_values=True)) for parts in (known_url, url))
    return known_pairs <= pairs


def _is_of(pull: Pull, stream: Stream, request: HttpRequest) -> bool:
    """Return whether a stream asks so: those of a GraphQL API have the same path, and differ in the query."""
    if not _path_pattern(pull, stream).fullmatch(urlsplit(request.url).path):
        return False
    return not stream.graphql or json.loads(request.body)["query"] == stream.graphql


def _path_pattern(pull: Pull, stream: Stream) -> re.Pattern[str]:
    """Return a pattern of the paths at which a stream asks."""
    paths = [urlsplit(pull.url).path + str(path) for path in (stream.get, stream.post) if path]
    if stream.then:
        paths += [urlsplit(pull.url).path + str(path) for path in (stream.then.get, stream.then.post) if path]
    return re.compile("|".join("[^/]+".join(map(re.escape, re.split(r"\{[^}]*\}", path))) for path in paths))


def _empty_page(stream: Stream) -> HttpAnswer:
    """Return an answer in which a stream finds a list without an item."""
    if stream.format != "json":
        return HttpAnswer(200, {}, b"")
    path = (stream.each.of if stream.each else stream.events.split) or "@"
    first, _, alternative = path.partition("||")
    answer = _nested(re.findall(r"[A-Za-z_]\w*", first), [])
    if not isinstance(answer, dict):  # the list is the answer itself
        return _json_answer(200, answer)
    # What stands beside the list, as in: items || (meta && `[]`)
    for chain in _CHAIN.findall(_LITERAL.sub("", alternative)):
        answer = {**_nested(chain.split("."), "stand-in"), **answer}
    return _json_answer(200, answer)


def _nested(names: Iterable[str], value: Any) -> Any:
    for name in reversed(list(names)):
        value = {name: value}
    return value


def _json_answer(status: int, body: object) -> HttpAnswer:
    return HttpAnswer(status, {"content-type": "application/json"}, json.dumps(body).encode())
