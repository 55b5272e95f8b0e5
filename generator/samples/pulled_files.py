"""Read the samples of a source that is pulled: answers of the vendor's API, page by page.

`<stream>.json` is the answer to the first request (`.csv` or `.ndjson` where the format is), `<stream>.2.json` the next
page; of a stream with `for`, `<stream>.<value>.json`. `<stream>.1.each.1.json` is the answer of the first item of page
1. Beside an answer may stand its status and headers, as `<stream>.1.answer.json`. What becomes of all pages of a stream
is in `<stream>.mozdef.json`, by the name of the source's output, and what was asked in `<stream>.requests.txt`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from generator.definition.read import Definition
from generator.errors import GeneratorError, Problem, display_path
from generator.files.debris import is_debris
from generator.samples.sample import EXPECTED_PARTS, Sample, error_text, read_file, read_json, refuse_empty
from lambdas.model_pull import Pull
from lambdas.pulling.parts import StreamKey
from lambdas.pulling.runner import stream_keys
from lambdas.reading.request import Request
from lambdas.runtime.http_types import HttpAnswer

_ENDINGS = (".json", ".csv", ".ndjson")


@dataclass(frozen=True)
class PullSample(Sample):
    """What the API answers for a stream; `body` is the first page."""

    key: StreamKey = field(default_factory=lambda: StreamKey(""))
    pages: tuple[HttpAnswer, ...] = ()
    children: Mapping[int, tuple[HttpAnswer, ...]] = field(default_factory=dict)
    """Answers for the items of each page, by the number of the page, from 1."""

    def with_urls(self, urls: Mapping[str, str]) -> PullSample:
        """Return what the API answers where it has other URLs, which are given by those in the files."""
        children = {number: tuple(_with_urls(child, urls) for child in each) for number, each in self.children.items()}
        return replace(self, pages=tuple(_with_urls(page, urls) for page in self.pages), children=children)


def load_pull_samples(definition: Definition, folder: Path) -> tuple[list[Sample], list[Problem]]:
    """Return the samples of a pulled source's streams, and what is wrong with their files."""
    assert definition.source.pull is not None  # noqa: S101 - the caller has looked
    existing = {file.name for file in folder.iterdir() if not is_debris(file.name) and not file.name.startswith(".git")}
    read: set[str] = set()
    samples: list[Sample] = []
    problems: list[Problem] = []
    for key, _ in stream_keys(definition.source.pull):
        name = sample_name(key)
        try:
            if sample := _read_sample(name, key, folder, existing, read):
                samples.append(sample)
        except (OSError, ValueError, RecursionError) as error:
            file = Path(getattr(error, "filename", None) or folder / f"{name}.json")
            problems.append(Problem(display_path(file), getattr(error, "lineno", 0), "", error_text(error)))
    endings = (*(f"{part}.json" for part in EXPECTED_PARTS), "requests.txt")
    stored = {f"{sample.name}.{ending}" for sample in samples for ending in endings}
    problems += [
        Problem(display_path(folder / name), 0, "", "belongs to no stream", warning=True)
        for name in sorted(existing - read - stored)
    ]
    return samples, problems


def made_up_answer(pull: Pull, folder: Path, stream: str, page: HttpAnswer) -> PullSample:
    """Return an answer as the only page of a stream, such as `audit` or `logins[staff]`; by default, of the only one.

    GeneratorError where the source has no such stream.
    """
    keys = [key for key, _ in stream_keys(pull)]
    key = next((key for key in keys if str(key) == stream or (not stream and len(keys) == 1)), None)
    if key is None:
        raise GeneratorError(f"stream={stream!r}: the source has the streams {', '.join(map(str, keys))}")
    return PullSample("made-up", folder, "GET", {}, {}, page.body, _read, key, (page,))


def sample_name(key: StreamKey) -> str:
    """Return the name with which the files of a stream's sample begin."""
    return f"{key.name}.{key.value}" if key.value else key.name


def existing_files(folder: Path, key: StreamKey) -> list[str]:
    """Return the names of the files that belong to the sample of a stream."""
    own = re.compile(rf"{re.escape(sample_name(key))}(\.[0-9]+)?(\.each\.[0-9]+)?(\.answer)?\.(json|csv|ndjson)")
    return sorted(file.name for file in folder.iterdir() if own.fullmatch(file.name)) if folder.is_dir() else []


def _read_sample(name: str, key: StreamKey, folder: Path, existing: set[str], read: set[str]) -> PullSample | None:
    """Return the sample of a stream; None where it has no first page. The names of its files are added to `read`."""
    pages: list[HttpAnswer] = []
    children: dict[int, tuple[HttpAnswer, ...]] = {}
    for number, answer in _answers(name, folder, existing, read):
        pages.append(answer)
        if each := list(_answers(f"{name}.{number}.each", folder, existing, read, first_is_bare=False)):
            children[number] = tuple(child for _, child in each)
    if not pages:
        return None
    return PullSample(name, folder, "GET", {}, {}, pages[0].body, _read, key, tuple(pages), children)


def _with_urls(answer: HttpAnswer, urls: Mapping[str, str]) -> HttpAnswer:
    for before, after in urls.items():
        headers = {name: value.replace(before, after) for name, value in answer.headers.items()}
        answer = answer._replace(headers=headers, body=answer.body.replace(before.encode(), after.encode()))
    return answer


def _read(request: Request) -> Any:
    return json.loads(request.body)


def _answers(
    name: str, folder: Path, existing: set[str], read: set[str], *, first_is_bare: bool = True
) -> Iterator[tuple[int, HttpAnswer]]:
    """Yield the answers of a name with their numbers, as long as there is a file of the next number."""
    number = 1
    while True:
        stem = name if number == 1 and first_is_bare else f"{name}.{number}"
        file = next((f"{stem}{ending}" for ending in _ENDINGS if f"{stem}{ending}" in existing), None)
        head = f"{name}.{number}.answer.json"
        if file is None and head not in existing:
            return
        read.update({head} & existing)
        status, headers = _head(read_json(folder / head) if head in existing else {}, head)
        body = b""
        if file:
            read.add(file)
            body = read_file(folder / file)
            if file.endswith(".json"):
                refuse_empty(body, file)
                json.loads(body)
        yield number, HttpAnswer(status, headers, body)
        number += 1


def _head(parts: Any, file: str) -> tuple[int, dict[str, str]]:
    """Return the status and the headers of an answer."""
    if not isinstance(parts, dict) or set(parts) - {"status", "headers"}:
        raise ValueError(f"{file} has other keys than status and headers")
    status, headers = parts.get("status", 200), parts.get("headers", {})
    texts = isinstance(headers, dict) and all(isinstance(value, str) for value in headers.values())
    if not isinstance(status, int) or not texts:
        raise ValueError(f"{file}: status is a number, headers has texts")
    return status, {name.lower(): value for name, value in headers.items()}
