"""Make captured answers the samples of a new source, without what may be secret, and with an end."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from generator.definition.text_values import FIELD
from generator.errors import GeneratorError
from generator.scaffold import first_sample, recorded_answer
from generator.scaffold.answer_files import answer_content
from generator.scaffold.captured_answer import CapturedAnswer
from generator.scaffold.made_up_cursors import MADE_UP, made_up_header
from generator.scaffold.paging_values import PagingGuess
from generator.scaffold.request_guess import RequestGuess
from generator.scaffold.split_guess import find_events
from lambdas.model_pull import Stream
from lambdas.paging_style import Page, PagingError
from lambdas.pulling.answers import read_answer
from lambdas.runtime.http_types import HttpAnswer

HIDDEN = "hidden"
"""What stands for a credential in a URL of a sample."""


def as_sample(
    answer: CapturedAnswer, number: int, split: str, paging: PagingGuess, request: RequestGuess
) -> tuple[HttpAnswer, tuple[str, ...]]:
    """Return the page of this number as a sample has it, and the fields of its events that were masked."""
    root = copy.deepcopy(answer.root)
    events = find_events(replace(answer, root=root), split)
    prefix = "[]" if split == "@" else f"{split}[]"
    masked = tuple(dict.fromkeys(field for event in events for field in first_sample.mask_named_secrets(event, prefix)))
    request_url = f"{request.url}{request.path}?{urlencode(request.values)}"
    header = "link" if paging.style == "link" else paging.settings.get("header")
    headers = {
        name: _next_of(text, number, request_url) for name, text in answer.answer.headers.items() if name == header
    }
    path = paging.settings.get("at")
    parent, cursor = recorded_answer.place(root, path) if path else (None, None)
    if parent is not None and isinstance(cursor, str) and cursor:
        is_url = paging.style == "next_url"
        recorded_answer.set_value(
            root, str(path), _next_of(cursor, number, request_url) if is_url else f"page-{number + 1}"
        )
    files = answer_content("page", "page", root, answer.format, {})
    body = next(iter(files.values()))
    if request.secret:
        body = _hide(body.decode("utf-8", "surrogatepass"), request.secret).encode("utf-8", "surrogatepass")
    return HttpAnswer(200, headers, body), masked


def _next_of(text: str, number: int, request_url: str) -> str:
    """Return a link or a URL of a next page with a cursor that is made up."""
    return made_up_header(text, request_url).replace(MADE_UP, f"page-{number + 1}")


def mask_fields(masked: Sequence[str]) -> tuple[str, ...]:
    """Return those of the masked fields that `events.mask` can name."""
    return tuple(field for field in masked if FIELD.fullmatch(field))


def _hide(text: str, parameter: str) -> str:
    return re.sub(rf"([?&]{re.escape(parameter)}=)[^&\s\"'<>]+", rf"\g<1>{HIDDEN}", text)


def write_samples(folder: Path, stream: str, answers: Sequence[HttpAnswer], answer_format: str) -> list[Path]:
    """Write the answers of a stream, page by page, and return the files of their bodies."""
    folder.mkdir(exist_ok=True)
    files = []
    for number, answer in enumerate(answers, 1):
        file = folder / f"{stream}{f'.{number}' if number > 1 else ''}.{answer_format}"
        file.write_bytes(answer.body)
        files.append(file)
        if answer.headers:
            text = json.dumps({"headers": dict(answer.headers)}, indent=2, ensure_ascii=False) + "\n"
            (folder / f"{stream}.{number}.answer.json").write_text(text, encoding="utf-8")
    return files


def end_page(
    url: str, stream: Stream, answers: Sequence[HttpAnswer], split: str, paging: PagingGuess, file: Path
) -> HttpAnswer | None:
    """Return an empty last page where the captured pages lead to another, made from the last of them; else None."""
    token: str | None = None
    settings = stream.paging.settings
    for answer in answers:
        page = read_answer(answer, stream.format)
        size = len(page.find(split) or [])
        if answer is answers[0] and len(answers) > 1 and getattr(settings, "size", None):
            settings = replace(settings, size=size or 1)  # as a build plays samples
        state = Page(url, page.find, page.header, size, token)
        try:
            token = stream.paging.style.next_token(settings, state)
        except PagingError as error:
            raise GeneratorError(f"{file}: can't be paged: {error}") from None
        if token is None:
            return None
    last = answers[-1]
    if stream.format != "json":
        head = last.body.splitlines(keepends=True)[0] if stream.format == "csv" else b"\n"
        return HttpAnswer(200, {}, head)
    root = json.loads(last.body)
    changes = dict(_end_values(paging, split))
    if split == "@":
        root = []
    elif not all(recorded_answer.set_value(root, path, value) for path, value in changes.items()):
        raise GeneratorError(f"{file}: leads to another page; give that too, with a second --from-answer")
    return HttpAnswer(200, {}, (json.dumps(root, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass"))


def _end_values(paging: PagingGuess, split: str) -> Iterator[tuple[str, Any]]:
    yield split, []
    settings = paging.settings
    if at := settings.get("at"):
        yield at, None
    if total := settings.get("total"):
        yield total, 0
    if more := settings.get("while"):
        if "<" in more:
            yield more.partition("<")[2].strip(), 0
        else:
            yield more.lstrip("!"), more.startswith("!")
