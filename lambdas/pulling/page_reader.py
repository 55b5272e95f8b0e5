"""Read one page of a stream: ask for it, find its events, deliver each, and say where the next page is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from lambdas.delivering.dedupe import ClaimsUnavailable
from lambdas.delivering.outbox import QueueUnavailable
from lambdas.delivering.result import Delivered, EventsInFlight, KeptBucketUnavailable
from lambdas.model import Source
from lambdas.model_pull import Each, Pull, Stream
from lambdas.paging_style import Page, PagingError
from lambdas.pulling.answers import AnswerPage
from lambdas.pulling.api_client import DELIVERY_SECONDS, ApiClient
from lambdas.pulling.api_requests import RequestMaker
from lambdas.pulling.outcomes import RunEnds, StreamFailed
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.parts import StreamKey, cut
from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake
from lambdas.reading.masking import mask_fields
from lambdas.reading.paths import CompiledPath, Functions, compile_path
from lambdas.runtime.deadline import Deadline

_UNDELIVERED = (ClaimsUnavailable, EventsInFlight, KeptBucketUnavailable, QueueUnavailable)


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
        self._delivery = delivery
        self._deadline = deadline
        self._run = run
        self._clock = clock
        self._requests = RequestMaker(pull, self._stream)
        self._split = compile_path(self._stream.events.split or "@")
        self._drop = compile_path(source.drop) if source.drop else None
        name = next(iter(self._stream.for_ or ()), None)
        self._fields = {name: key.value} if name else {}
        self._prepared = False
        self.counts: Counter[str] = Counter()
        """What became of the events: sent, unsent, kept, duplicates, dropped; and the pages."""

    def can_follow(self, token: str) -> bool:
        """Return whether a stored token can still be used."""
        return self._requests.can_follow(token)

    def prepare(self) -> None:
        """Send the request before the first of a run, once, where the stream has one."""
        request = None if self._prepared else self._requests.prepare(self._fields)
        self._prepared = True
        if request and (prepare := self._stream.prepare):
            self._client.prepare(request, prepare.done)

    def read(self, fields: Mapping[str, str], token: str | None) -> Progress:
        """Read the first page of a slice, or the page of a token. One of `outcomes` where it can't be passed."""
        fields = {**self._fields, **fields}
        style, settings = self._stream.paging.style, self._stream.paging.settings
        try:
            self.prepare()
            request = self._requests.first(fields) if token is None else self._requests.later(fields, token)
            answer = self._client.page(request, self._stream.format, has_token=token is not None)
            if answer is None:
                return Progress(None, None)
            each = self._stream.each
            items = self._items(each.of if each else None, answer)
            # Where the next page is comes first: delivering masks what is in the answer.
            page = Page(request.url, answer.find, answer.header, len(items), token)
            progress = Progress(style.next_token(settings, page), style.kept_token(settings, page))
        except PagingError as error:
            raise StreamFailed(str(error)) from None
        mask_fields(answer.root, self._stream.events.mask)
        if each:
            self._read_children(each, items, fields)
        else:
            self._deliver(items, None)
        self.counts["pages"] += 1
        return progress

    def _items(self, path: str | None, answer: AnswerPage) -> list[Any]:
        """Return the list of events, or of children. An answer without it is no page, however well it is meant."""
        find = self._split if path is None else compile_path(path)
        items = self._find(find, answer.root)
        if not isinstance(items, list):
            raise StreamFailed(f"the answer has no list at {path or self._stream.events.split}")
        return items

    def _read_children(self, each: Each, items: Sequence[Any], fields: Mapping[str, str]) -> None:
        """Read the answer of each item that was not read before; one that is done is claimed by its id."""
        find_id = compile_path(each.id)
        for item in items:
            child_id = self._find(find_id, item)
            if not isinstance(child_id, str | int):
                raise StreamFailed(f"an item of {each.of} has no {each.id}")
            name = f"{self._key}#each:{child_id}"
            if self._delivery.is_done(name):
                self.counts["children_known"] += 1
                continue
            answer = self._client.page(self._requests.child(item, fields), each.format)
            if answer is not None:
                mask_fields(answer.root, self._stream.events.mask)
                self._delivery.begin_slice({})
                self._deliver(self._items(None, answer), item)
            self._delivery.mark_done(name)

    def _deliver(self, items: Sequence[Any], parent: Any) -> None:
        kept = [item for item in items if not self._is_dropped(item)]
        self.counts["dropped"] += len(items) - len(kept)
        for part in cut(self._key, kept, parent, self._run, self._clock()):
            if not self._deadline.allows_seconds(DELIVERY_SECONDS):
                raise RunEnds("its time is over")
            try:
                for delivered in self._delivery.deliver_part(part):
                    self._count(delivered)
            except _UNDELIVERED as error:
                raise StreamFailed(f"{type(error).__name__}: {error}") from error

    def _count(self, delivered: Delivered) -> None:
        self.counts.update(
            sent=delivered.sent,
            unsent=delivered.unsent,
            kept=len(delivered.rejected_events),
            duplicates=delivered.duplicates,
            unarchived=delivered.unarchived,
        )
        if delivered.unclaimed:
            raise StreamFailed(f"the claims of {delivered.unclaimed} events were not written")

    def _is_dropped(self, item: Any) -> bool:
        return self._drop is not None and bool(self._find(self._drop, item))

    def _find(self, find: CompiledPath, value: Any) -> Any:
        """Return what a path finds; None where it can't be applied."""
        try:
            return find(value, Functions(Intake(value, 0.0, stream=self._key.name), value))
        except Rejected:
            return None
