"""What a vendor's description of its API says against a source's requests, samples and paths."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from urllib.parse import urlsplit

from generator.definition.read import Definition
from generator.samples.comparison import requests_file
from generator.samples.files import load_samples
from generator.samples.pulled_files import PullSample
from lambdas.model import Source, message_texts
from lambdas.model_pull import HASH_ID, Stream
from lambdas.reading.text_templates import template_paths
from tests.descriptions.documents import Node
from tests.descriptions.operations import Operation, Operations
from tests.descriptions.schema_paths import SchemaPaths
from tests.descriptions.schemas import Schemas
from tests.descriptions.sent_requests import SentRequest

_PAGING_PATHS = ("at", "while_", "total")


def findings(definition: Definition, operations: Operations) -> list[str]:
    """Return what is wrong, each once."""
    samples, problems = load_samples(definition)
    assert not problems
    assert samples
    groups: list[Iterator[str]] = []
    answers: dict[str, Node] = {}
    for sample in samples:
        assert isinstance(sample, PullSample)
        requests = [SentRequest.read(line) for line in requests_file(sample).read_text(encoding="utf-8").splitlines()]
        groups.append(_request_findings(sample.name, requests, operations))
        if operation := _page_operation(definition.source, sample, requests, operations):
            answers.setdefault(sample.key.name, operation.answer)
            groups.append(_answer_findings(sample, operation))
    groups.append(_path_findings(definition.source, answers, operations.schemas))
    return list(dict.fromkeys(chain.from_iterable(groups)))


def _request_findings(sample: str, requests: list[SentRequest], operations: Operations) -> Iterator[str]:
    for request in requests:
        operation = operations.find(request.method, request.url)
        if operation is None:
            yield f"{sample}: {request.method.upper()} {urlsplit(request.url).path}: no such operation"
            continue
        yield from (f"{sample}: {problem}" for problem in operation.problems(request))


def _page_operation(
    source: Source, sample: PullSample, requests: list[SentRequest], operations: Operations
) -> Operation | None:
    """Return the operation of which the sample's pages are answers: that of the first request for a page."""
    assert source.pull is not None
    first = requests[1 if source.pull.streams[sample.key.name].prepare else 0]
    return operations.find(first.method, first.url)


def _answer_findings(sample: PullSample, operation: Operation) -> Iterator[str]:
    for page in sample.pages:
        answer = json.loads(page.body)
        yield from operation.schemas.problems(operation.answer, answer, sample.name)
        yield from operation.schemas.unknown_fields(operation.answer, answer, sample.name)


def _path_findings(source: Source, answers: dict[str, Node], schemas: Schemas) -> Iterator[str]:
    """Yield what paths read and no answer has; a fact is for all streams, and may be in the events of one."""
    assert source.pull is not None
    items = {}
    for name, answer in answers.items():
        stream = source.pull.streams[name]
        for path in _answer_paths(stream):
            yield from (f"{name}: {path} reads {field}" for field in _missing(schemas, path, answer))
        if stream.each is None:
            items[name] = schemas.item(SchemaPaths(schemas).find(stream.events.split or "@", answer))
            for path in _event_paths(stream):
                yield from (f"{name}: {path} reads {field}" for field in _missing(schemas, path, items[name]))
        else:
            item = schemas.item(SchemaPaths(schemas).find(stream.each.of, answer))
            for path in (stream.each.id, *template_paths(stream.each.get)):
                yield from (f"{name}: {path} reads {field}" for field in _missing(schemas, path, item))
    if len(items) < len(source.pull.streams):
        return
    for key, path in _message_paths(source):
        missing = [_missing(schemas, path, item) for item in items.values()]
        yield from (f"{key} reads {field}" for field in missing[0] if all(field in others for others in missing))


def _answer_paths(stream: Stream) -> list[str]:
    paging = [getattr(stream.paging.settings, name, None) for name in _PAGING_PATHS]
    each = [stream.each.of] if stream.each else [stream.events.split]
    return [path for path in (*each, *paging, *stream.events.mask) if path]


def _event_paths(stream: Stream) -> list[str]:
    events = stream.events
    return [path for path in (events.id, events.type, events.time, *events.require) if path and path != HASH_ID]


def _message_paths(source: Source) -> list[tuple[str, str]]:
    paths = [(key, path) for key, text in message_texts(source) for path in template_paths(text)]
    return [*paths, *([("drop", source.drop)] if source.drop else [])]


def _missing(schemas: Schemas, path: str, schema: Node) -> list[str]:
    applied = SchemaPaths(schemas)
    applied.find(path, schema)
    return applied.missing
