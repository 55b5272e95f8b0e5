"""What the stand-ins of vendors' APIs have in common: what happened, requests that are checked and counted, and faults.

A stand-in is a class with the name of its source, its streams, `event` and `answer`; see those beside this file.
"""

from __future__ import annotations

import base64
import json
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from lambdas.model import Source
from lambdas.model_pull import Pull, Stream
from lambdas.pulling.outcomes import NoAnswer
from lambdas.runtime.http_stream import HttpStream
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from tests.definitions import bundled_source
from tests.pulling.vendor import Clock, answer_of


class Happening(NamedTuple):
    """An event that the vendor has."""

    at: float
    """When it happened, in Unix seconds."""
    number: int
    """How many events the vendor had before it came."""
    mark: str
    """A text in the event and in its message. Only equal events of a vendor without ids have the same."""


class Call(NamedTuple):
    """A request, taken apart."""

    request: HttpRequest
    path: str
    query: dict[str, str]
    at: float
    """When it was sent, by the vendor's clock."""

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.request.body)

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return {name: values[0] for name, values in parse_qs(self.request.body.decode()).items()}

    @property
    def authorization(self) -> str:
        """The header `Authorization`."""
        return self.header("authorization")

    def header(self, name: str) -> str:
        """Return a header."""
        return next((value for key, value in self.request.headers.items() if key.lower() == name), "")

    def url(self, **more: str | None) -> str:
        """Return the URL of the request with more in its query, as that of the next page."""
        return f"{self.request.url.partition('?')[0]}?{urlencode({**self.query, **more})}"


class Answered(Exception):  # noqa: N818 - it names the outcome
    """The vendor answers with something other than a page."""

    def __init__(self, answer: HttpAnswer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Api(ABC):
    """A vendor's API, whose faults are lined up in `fates`: a word for each of the next requests."""

    source_name: ClassVar[str]
    streams: ClassVar[tuple[str, ...]]
    """The logs to which events come."""
    without_ids: ClassVar[frozenset[str]] = frozenset()
    """Those whose events have no ids."""
    whole_seconds: ClassVar[bool] = False
    """Whether its times have no parts of a second."""
    page_size: ClassVar[int] = 3
    header: ClassVar[str] = "authorization"
    """The header that has the only secret."""
    prefix: ClassVar[str] = "Bearer "
    """What stands in it before the secret."""
    secret_name: ClassVar[str] = "token"
    token_lasts: ClassVar[float] = float("inf")
    """Seconds for which the vendor knows the token of a page."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.skew = 0
        """Seconds by which the puller's clock is ahead of the vendor's."""
        self.stored: dict[str, str] = {}
        """The source's secrets, by their names in Parameter Store."""
        self.logs: dict[str, list[Happening]] = {stream: [] for stream in self.streams}
        self.asked_until: dict[str, float] = {}
        """Where the last time ended that was asked for, by stream."""
        self.expected: Counter[str] = Counter()
        """How many events have each mark."""
        self.replaced: Counter[str] = Counter()
        """How many events have each mark that the vendor has no more: they may have been sent."""
        self.tokens: dict[str, tuple[float, Any]] = {}
        """Until when the vendor knows the tokens of pages, and what they stand for."""
        self.fates: list[str] = []
        self.meanwhile: Callable[[str], None] = lambda _fate: None
        """What a test does during a request, for a word that is no fault of the vendor's."""
        self._count = 0
        rate = self.pull.rate
        self._asked: deque[tuple[float, float]] = deque(maxlen=rate.requests)
        self.replace_credential()

    # What a stand-in says of its vendor

    @abstractmethod
    def event(self, stream: str, happening: Happening) -> Any:
        """Return an event as the vendor has it."""

    @abstractmethod
    def answer(self, call: Call) -> HttpAnswer:
        """Return the answer to a request; Answered where it is no page."""

    def is_authorized(self, call: Call) -> bool:
        """Return whether the request has the credential."""
        return call.header(self.header) == self.prefix + self.stored[f"/made/up/{self.secret_name}"]

    def replace_credential(self) -> None:
        """End the credential, and store another."""
        self._count += 1
        self.stored[f"/made/up/{self.secret_name}"] = f"secret-number-{self._count}"

    def unauthorized(self) -> HttpAnswer:
        """Return the answer to a request without the credential."""
        return answer_of({"message": "who are you?"}, 401)

    def limited(self) -> HttpAnswer:
        """Return the answer to a request beyond the vendor's limit."""
        return answer_of({"message": "slow down"}, 429, retry_after="30")

    def limit_answer(self, call: Call) -> HttpAnswer:
        """Return the answer to this request, which is beyond the limit of what it asks for."""
        _ = call
        return self.limited()

    def forgotten(self) -> HttpAnswer:
        """Return the answer to a request for a page whose token the vendor does not know any more."""
        return answer_of({"message": "the cursor is invalid"}, 400)

    # What a stand-in uses

    @classmethod
    @cache
    def source(cls) -> Source:
        """Return the source as it is shipped, whose pages are as long as those of the stand-in."""
        source = bundled_source(cls.source_name).source
        assert source.pull
        streams = dict(source.pull.streams)
        for name, stream in streams.items():
            if getattr(stream.paging.settings, "size", None):
                settings = replace(stream.paging.settings, size=cls.page_size)
                streams[name] = replace(stream, paging=replace(stream.paging, settings=settings))
        return replace(source, pull=replace(source.pull, streams=streams))

    @property
    def pull(self) -> Pull:
        """What the definition says of the API."""
        pull = self.source().pull
        assert pull
        return pull

    @property
    def now(self) -> float:
        """The time by the vendor's clock."""
        return self.clock.now - self.skew

    def within(self, stream: str, first: float, last: float) -> list[Happening]:
        """Return what happened from `first` to `last`, both of which count."""
        self.asked_until[stream] = last
        return [happening for happening in self.logs[stream] if first <= happening.at <= last]

    def before(self, stream: str, first: float, end: float) -> list[Happening]:
        """Return what happened from `first`, which counts, to `end`, which does not."""
        self.asked_until[stream] = end
        return [happening for happening in self.logs[stream] if first <= happening.at < end]

    def between(self, stream: str, start: float, end: float) -> list[Happening]:
        """Return what happened from `start` to `end`, neither of which counts."""
        self.asked_until[stream] = end
        return [happening for happening in self.logs[stream] if start < happening.at < end]

    def page(
        self, matches: Iterable[Happening], token: str | None, *, by_arrival: bool = False, newest_first: bool = False
    ) -> tuple[list[Happening], str | None]:
        """Return the page of a token, and the token of the next; None where this is the last."""
        keys = [((0.0 if by_arrival else happening.at, happening.number), happening) for happening in matches]
        keys.sort(reverse=newest_first)
        if token is not None:
            last = self.known(token)
            keys = [pair for pair in keys if (pair[0] < last if newest_first else pair[0] > last)]
        page = keys[: self.page_size]
        return [happening for _, happening in page], self.token(page[-1][0]) if len(keys) > len(page) else None

    def numbered_page(self, matches: Sequence[Happening], number: int) -> tuple[Sequence[Happening], bool]:
        """Return the page with a number, the first of which is 1, and whether it is the last."""
        end = number * self.page_size
        return matches[end - self.page_size : end], end >= len(matches)

    def end_token(self, page: Sequence[Happening]) -> str:
        """Return the token of what comes after a page that is the last, where a vendor gives one."""
        return self.token((page[-1].at, page[-1].number))

    def token(self, state: Any) -> str:
        """Return a token for a state."""
        self._count += 1
        token = f"page-{self._count}"
        self.tokens[token] = (self.now + self.token_lasts, state)
        return token

    def known(self, token: str) -> Any:
        """Return the state of a token; Answered where the vendor does not know it."""
        until, state = self.tokens.get(token, (0.0, None))
        if until < self.now:
            raise Answered(self.forgotten())
        return state

    # What a test uses

    def latest(self, name: str) -> int:
        """Return how many seconds an event of a log may come late, and is still to be found."""
        stream = self.definition(name)
        return (stream.window.again if stream.resume == "time" else None) or stream.window.overlap - 60

    def definition(self, name: str) -> Stream:
        """Return what the definition says of a log."""
        return self.pull.streams.get(name) or next(iter(self.pull.streams.values()))

    @property
    def kept(self) -> float:
        """For how many seconds the vendor keeps events."""
        return min(stream.window.retention or float("inf") for stream in self.pull.streams.values())

    def happen(self, stream: str, age: float, copies: int = 1) -> None:
        """Let something happen so many seconds ago; copies have the same time, and are equal where there are no ids."""
        at = self.now - age
        for copy in range(copies):
            if copy == 0 or stream not in self.without_ids:
                self._count += 1
            number = sum(map(len, self.logs.values()))
            happening = Happening(float(int(at)) if self.whole_seconds else at, number, f"mark-{self._count}")
            self.logs[stream].append(happening)
            self.expected[happening.mark] += 1

    def replace(self, happening: Happening) -> None:
        """Forget an event in whose place another came: nobody needs to have read it."""
        self.expected[happening.mark] -= 1
        self.replaced[happening.mark] += 1

    def jump(self, skew: int) -> None:
        """Set the puller's clock; what it counted before by another one says nothing of the rate from then on."""
        self.clock.now += skew - self.skew
        self.skew = skew
        self._asked.clear()

    def send(self, request: HttpRequest, _seconds: float) -> HttpAnswer:
        """Answer a request."""
        answer, fate = self._answer(request)
        return answer._replace(body=answer.body[: len(answer.body) // 2]) if fate == "truncated" else answer

    def stream(self, request: HttpRequest, _seconds: float) -> HttpAnswer | HttpStream:
        """Answer a request part by part."""
        answer, fate = self._answer(request)
        return HttpStream(answer.status, answer.headers, _blocks(answer.body, fate), lambda: None)

    def _answer(self, request: HttpRequest) -> tuple[HttpAnswer, str]:
        self._check_rate()
        fate = self.fates.pop(0) if self.fates else "well"
        parts = urlsplit(request.url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        call = Call(request, parts.path, query, self.now)
        answers = {"500": answer_of({}, 500), "503": answer_of({}, 503, retry_after="5"), "html": answer_of("<html>")}
        answers["other"] = answer_of({"message": "Please try again later."})
        if fate == "nothing":
            raise NoAnswer("nobody answers")
        if fate in answers:
            return answers[fate], fate
        if fate == "429":
            return self.limit_answer(call), fate
        if fate == "401":
            return self.unauthorized(), fate
        if fate == "slow":
            self.clock.now += 29
        elif fate == "token":
            self.replace_credential()
        elif fate == "cursor":
            self.tokens.clear()
        elif fate not in ("well", "truncated"):
            self.meanwhile(fate)
        try:
            return self._authorized_answer(call), fate
        except Answered as answered:
            return answered.answer, fate

    def _authorized_answer(self, call: Call) -> HttpAnswer:
        if not self.is_authorized(call):
            return self.unauthorized()
        return self.answer(call)

    def _check_rate(self) -> None:
        """Fail where there are more requests within a time than the definition allows, by either clock."""
        moment, per = (self.now, self.clock.now), self.pull.rate.per
        if len(self._asked) == self._asked.maxlen:
            assert any(abs(now - before) >= per for now, before in zip(moment, self._asked[0], strict=True)), "too many"
        self._asked.append(moment)


def _blocks(body: bytes, fate: str) -> Iterator[bytes]:
    if fate != "truncated":
        yield body
        return
    yield body[: len(body) // 2]
    raise NoAnswer("the answer broke off")


def basic(user: str, password: str) -> str:
    """Return what `Authorization` has for a user (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def rfc3339(at: float) -> str:
    """Return a time as most vendors write it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(text: str) -> float:
    """Read a time that a request has."""
    return datetime.fromisoformat(text).timestamp()
