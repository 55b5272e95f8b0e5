"""Make samples of a vendor's answers: short, ended after a page, and without secrets, as far as these are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.samples.pulled_files import sample_name
from generator.scaffold.answer_files import answer_content
from generator.scaffold.first_sample import mask_named_secrets
from generator.scaffold.made_up_cursors import MADE_UP, made_up_header, made_up_url
from generator.scaffold.value_kinds import is_secret
from lambdas.model_pull import PullFormat, Stream
from lambdas.paging_style import Page, PagingError
from lambdas.pulling.answers import AnswerPage, all_rows, read_answer
from lambdas.pulling.parts import StreamKey
from lambdas.reading.masking import MASK, mask_fields
from lambdas.runtime.http_types import HttpAnswer, HttpRequest

MAX_EVENTS = 20
"""Events of a page that a sample keeps: somebody has to look through them."""
_EMPTY_LIST = re.compile(r"\s*\|\|\s*`\[\]`$")
_NAMES = re.compile(r'([A-Za-z_]\w*|"[^"\\]+")(\.([A-Za-z_]\w*|"[^"\\]+"))*')


Redact = Callable[[str], str]
"""Hides the credentials in a text."""


@dataclass
class Recording:
    """The files of a sample by their names, what was changed in them, and what somebody should look at."""

    files: dict[str, bytes] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    suspicious: list[str] = field(default_factory=list)
    """Fields whose values look like secrets."""


def record(
    key: StreamKey, stream: Stream, request: HttpRequest, page: HttpAnswer, items: list[HttpAnswer], redact: Redact
) -> Recording:
    """Return a page, and the answers of its first items, as the sample of a stream."""
    recording = Recording()
    name, each = sample_name(key), stream.each
    limit = len(items) if each else MAX_EVENTS
    answer = _Answer(page, stream.format, stream, recording, redact)
    answer.cut(str(each.of if each else stream.events.split or "@"), limit)
    answer.remove_secrets()
    headers = answer.end_paging(request, f"{name}.2.{stream.format}")
    recording.files |= answer_content(name, f"{name}.1", answer.root, stream.format, headers)
    for number, child in enumerate(items, 1):
        of_item = _Answer(child, each.format if each else "json", stream, recording, redact)
        of_item.cut(str(stream.events.split or "@"), MAX_EVENTS)
        of_item.remove_secrets()
        stem = f"{name}.1.each.{number}"
        recording.files |= answer_content(stem, stem, of_item.root, of_item.format, {})
    recording.changes[:] = dict.fromkeys(recording.changes)
    recording.suspicious[:] = dict.fromkeys(recording.suspicious)
    return recording


class _Answer:
    """An answer that becomes a file of a sample."""

    def __init__(
        self, answer: HttpAnswer, answer_format: PullFormat, stream: Stream, recording: Recording, redact: Redact
    ) -> None:
        self.format = answer_format
        page = read_answer(answer, answer_format)
        self.root: Any = page.root if answer_format == "json" else all_rows(page)
        self._headers = answer.headers
        self._stream = stream
        self._recording = recording
        self._redact = redact

    def cut(self, path: str, limit: int) -> None:
        """Keep the first items of the list at a path."""
        _, items = place(self.root, _EMPTY_LIST.sub("", path))
        if isinstance(items, list) and len(items) > limit:
            self._recording.changes.append(f"{limit} of {len(items):,} items at {path} are kept")
            del items[limit:]

    def remove_secrets(self) -> None:
        """Mask what the definition masks, and what has the name of a secret; replace the credentials themselves."""
        for masked in self._stream.events.mask:
            if mask_fields(self.root, [masked]):
                self._recording.changes.append(f"{masked} is masked, as the definition has it")
        for name in dict.fromkeys(mask_named_secrets(self.root)):
            self._recording.changes.append(f"{name} is masked, since its name is that of a secret")
        before = self.root
        self.root = _mapped(before, self._redact)
        if self.root != before:
            self._recording.changes.append("a credential was in it, and is hidden")
        self._recording.suspicious += _suspicious(self.root, "")

    def end_paging(self, request: HttpRequest, next_file: str) -> dict[str, str]:
        """Have the page be the last, or its cursor be made up; return the headers that the paging style reads."""
        headers: dict[str, str] = {}
        if not self._leads_on(request, self._headers, headers):
            return self._with_made_up_cursor(request, headers)
        changed = next(iter(headers), None) or self._set_last(self._stream.paging.settings)
        if self._leads_on(request, {}, {}):
            file = f"store that one's answer too, as {next_file}"
            self._recording.changes.append(f"the page leads to another: {file}, or change it to be the last")
        else:
            self._recording.changes.append(f"{changed} says now that this is the last page")
        return {}

    def _leads_on(self, request: HttpRequest, headers: Mapping[str, str], read_headers: dict[str, str]) -> bool:
        """Return whether the page says that there is another; the headers that say it are added to `read_headers`."""
        stream, page = self._stream, AnswerPage(self.root, headers)

        def header(name: str) -> str | None:
            if text := page.header(name):
                read_headers[name.lower()] = text
            return text

        try:
            items = page.find(str(stream.each.of if stream.each else stream.events.split or "@"))
            size = len(items) if isinstance(items, list) else 0
            page_state = Page(request.url, page.find, header, size, None)
            return stream.paging.style.next_token(stream.paging.settings, page_state) is not None
        except PagingError:
            return True

    def _set_last(self, settings: Any) -> str:
        """Change what says that there is a further page, and return where that is."""
        for attribute, value in (("while_", False), ("at", None), ("total", 0)):
            path = getattr(settings, attribute, None)
            if path and set_value(self.root, path, value):
                return str(path)
        return ""

    def _with_made_up_cursor(self, request: HttpRequest, headers: dict[str, str]) -> dict[str, str]:
        """Replace the cursor of a last page, which the next run would go on with."""
        path = getattr(self._stream.paging.settings, "at", None)
        is_url = self._stream.paging.style.is_url(self._stream.paging.settings)
        parent, cursor = place(self.root, path) if path else (None, None)
        if parent is not None and isinstance(cursor, str) and cursor:
            set_value(self.root, str(path), made_up_url(cursor, request.url) if is_url else MADE_UP)
            self._recording.changes.append(f"the cursor at {path} is made up")
        if headers:
            self._recording.changes.append(f"the cursor in the header {next(iter(headers))} is made up")
        return {name: self._redact(made_up_header(text, request.url)) for name, text in headers.items()}


def place(root: Any, path: str) -> tuple[Any, Any]:
    """Return the object that a plain path ends in, and what it finds; None for the object where the path is another."""
    if path == "@":
        return None, root
    if not _NAMES.fullmatch(path):
        return None, None
    *above, last = [name.strip('"') for name in re.findall(r'"[^"]+"|[^.]+', path)]
    for name in above:
        root = root.get(name) if isinstance(root, dict) else None
    return (root, root[last]) if isinstance(root, dict) and last in root else (None, None)


def set_value(root: Any, path: str, value: Any) -> bool:
    """Set what a plain path of names finds; return False where it is no such path, or finds nothing."""
    parent, _ = place(root, path)
    if parent is None:
        return False
    parent[re.findall(r'"[^"]+"|[^.]+', path)[-1].strip('"')] = value
    return True


def _mapped(value: Any, change: Redact) -> Any:
    """Return a value with each of its texts changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_mapped(item, change) for item in value]
    if isinstance(value, dict):
        return {change(name): _mapped(member, change) for name, member in value.items()}
    return value


def _suspicious(value: Any, field_name: str) -> Iterator[str]:
    """Yield the fields whose texts look like secrets, as a definition writes fields."""
    if isinstance(value, list):
        for item in value:
            yield from _suspicious(item, f"{field_name}[]")
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _suspicious(member, f"{field_name}.{name}" if field_name else name)
    elif isinstance(value, str) and value != MASK and is_secret(field_name.rpartition(".")[2], value):
        yield field_name
