"""Read one page of a stream: ask for it, deliver its events, and say where the next page is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from lambdas.delivering.claim_names import claim_name
from lambdas.model import Source
from lambdas.model_pull import Each, Pull, Stream
from lambdas.paging_style import Page, PagingError
from lambdas.pulling.answer_delivery import AnswerDelivery
from lambdas.pulling.answers import AnswerPage, AnswerUnreadable, all_rows
from lambdas.pulling.api_client import ApiClient
from lambdas.pulling.api_requests import RequestMaker
from lambdas.pulling.outcomes import StreamFailed
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.parts import StreamKey
from lambdas.reading.paths import compile_path
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.http_types import HttpRequest
from lambdas.shaping.event import event_id


class Progress(NamedTuple):
    """Where a page leads: the token of the next, and where the next run goes on if this was the last."""

    next_token: str | None
    kept_token: str | None


class PageReader:
    """Reads pages of a stream, or of a value of its `for`, in one run."""

    def __init__(
        self,
        source: Source,
        pull: Pull,
        key: StreamKey,
        client: ApiClient,
        delivery: PageDelivery,
        deadline: Deadline,
        run: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._stream: Stream = pull.streams[key.name]
        self._key = key
        self._client = client
        self._answers = AnswerDelivery(source, self._stream, key, delivery, deadline, run, clock)
        self._requests = RequestMaker(pull, self._stream)
        name = next(iter(self._stream.for_ or ()), None)
        self._fields = {name: key.value} if name else {}
        self._prepared = False
        self.counts: Counter[str] = self._answers.counts
        """What became of the events, as in `AnswerDelivery`; the pages, and the items of `each` that were known."""

    def can_follow(self, token: str) -> bool:
        """Return whether a stored token can still be used."""
        return self._requests.can_follow(token)

    def asks_until(self) -> bool:
        """Return whether a request says where the asked time ends; else each reads up to the present."""
        return self._requests.asks_until(self._fields)

    def prepare(self) -> None:
        """Send the request before the first of a run, once, where the stream has one."""
        request = None if self._prepared else self._requests.prepare(self._fields)
        self._prepared = True
        if request and (prepare := self._stream.prepare):
            self._client.prepare(request, prepare.done)

    def read(self, fields: Mapping[str, str], token: str | None) -> Progress:
        """Read the first page of a slice, or the page of a token. One of `outcomes` where it can't be passed."""
        fields = {**self._fields, **fields}
        try:
            self.prepare()
            request = self._requests.first(fields) if token is None else self._requests.later(fields, token)
            answer = self._client.page(request, self._stream.format, has_token=token is not None)
            if answer is None:
                return Progress(None, None)
            if self._stream.each is None and self._stream.format != "json":
                seed = f"{request.method} {request.url} {request.body!r}"
                progress = self._progress(request, *self._answers.deliver_rows(answer, seed), token)
            else:
                progress = self._read_whole(request, answer, fields, token)
        except PagingError as error:
            raise StreamFailed(str(error)) from None
        self.counts["pages"] += 1
        return progress

    def _progress(self, request: HttpRequest, answer: AnswerPage, size: int, token: str | None) -> Progress:
        style, settings = self._stream.paging.style, self._stream.paging.settings
        page = Page(request.url, answer.find, answer.header, size, token)
        tokens = style.next_token(settings, page), style.kept_token(settings, page)
        if not style.is_url(settings):
            return Progress(*tokens)
        return Progress(*(url and self._client.credential.without_credential(url) for url in tokens))

    def _read_whole(
        self, request: HttpRequest, answer: AnswerPage, fields: Mapping[str, str], token: str | None
    ) -> Progress:
        each = self._stream.each
        try:
            answer = answer if self._stream.format == "json" else replace(answer, root=all_rows(answer))
        except AnswerUnreadable as error:
            raise StreamFailed(f"the answer can't be read: {error}") from None
        items = self._answers.items(answer.root, each.of if each else None)
        # Where the next page is comes first: delivering masks what is in the answer.
        progress = self._progress(request, answer, len(items), token)
        if each:
            self._answers.mask(answer.root)
            self._read_children(each, items, fields)
        else:
            self._answers.deliver(answer.root)
        return progress

    def _read_children(self, each: Each, items: Sequence[Any], fields: Mapping[str, str]) -> None:
        """Read the answer of each item that was not read before; one that is done is claimed by its id."""
        find_id = compile_path(each.id)
        for item in items:
            child_id = event_id(self._answers.find(find_id, item))
            if child_id is None:
                raise StreamFailed(f"an item of {each.of} has no {each.id}")
            name = f"{self._key}#each:{claim_name(child_id)}"
            if self._answers.is_done(name):
                self.counts["children_known"] += 1
                continue
            # Each answer numbers its equal events by itself: a run that goes on has not read those before it.
            self._answers.begin_answer()
            answer = self._client.page(self._requests.child(item, fields), each.format)
            if answer and each.format == "json":
                self._answers.deliver(answer.root, item)
            elif answer:
                self._answers.deliver_rows(answer, str(child_id), item)
            self._answers.mark_done(name)
        self._answers.begin_answer()
