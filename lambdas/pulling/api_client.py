"""Ask a vendor's API: within its rate, with a credential, again where that helps, and only while there is time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from lambdas.credential_type import CredentialRefused, CredentialUnavailable, Token
from lambdas.model_pull import Credentials, ErrorRule, PullFormat
from lambdas.pulling.answer_rules import AnswerRules, finds
from lambdas.pulling.answers import Answer, AnswerPage, AnswerUnreadable, read_answer
from lambdas.pulling.outcomes import NoAnswer, Refused, RunEnds, StreamFailed, StreamSkipped, TokenRefused
from lambdas.pulling.rate import RequestLog
from lambdas.pulling.waits import remaining_requests, requested_wait
from lambdas.reading.paths import compile_path
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.http_stream import HttpStream
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from lambdas.runtime.rotated_secrets import RotatedSecrets
from lambdas.runtime.secrets import NoSecret, SecretsUnavailable, UnusableSecret

REQUEST_SECONDS = 30.0
"""The longest that a request may take, until the last byte of its answer; or of a part of it, where it has parts."""
DELIVERY_SECONDS = 60.0
"""Time for what comes after a page: its messages, claims and position, however slow AWS is."""
PAUSES = (1.0, 4.0)
"""Seconds before a request is tried again that failed or was answered 5xx."""
DEFAULT_WAIT = 60.0
"""Seconds to wait after a 429 that says nothing of when to come back."""
MIN_WAIT = 1.0
"""Seconds between two tries, also where the vendor asks for none."""
MAX_WAIT = 6 * 3_600.0
"""Seconds of a wait that are believed: a header in the wrong unit must not end the asking."""
LEAST_SECRET = 8
"""Characters of a secret that is taken out of the vendor's words: a shorter one is a user, such as `admin`."""
_UNAUTHORIZED = 401
AnyAnswer = TypeVar("AnyAnswer", HttpAnswer, Answer)

Send = Callable[[HttpRequest, float], HttpAnswer]
"""Sends a request within so many seconds; NoAnswer where none comes."""
SendStream = Callable[[HttpRequest, float], Answer]
"""The same, of an answer whose body may be still to come, each part within so many seconds."""
_ENDS = {"skip_stream": StreamSkipped, "restart": TokenRefused, "stop": Refused}


class ApiClient:
    """Asks the API of a source in one run; it is also what the credentials type is given."""

    def __init__(
        self,
        credentials: Credentials,
        rules: Sequence[ErrorRule],
        secrets: RotatedSecrets,
        send: Send,
        requests: RequestLog,
        deadline: Deadline,
        tokens: dict[str, Token],
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        stream: SendStream | None = None,
    ) -> None:
        """Without `stream`, every answer is read as a whole."""
        self._credentials = credentials
        self._rules = AnswerRules(rules)
        self._secrets = secrets
        self._send = send
        self._stream: SendStream = stream or send
        self._requests = requests
        self._deadline = deadline
        self._clock = clock
        self._sleep = sleep
        self._used: set[str] = set()
        self.tokens = tokens
        self.remaining: int | None = None
        """Requests that the vendor said are left, at its last answer."""

    # What credentials types use

    def secret(self, name: str) -> str:
        """Return a stored secret, stripped; SecretsUnavailable where there is none."""
        value = self._secrets.get(name)[0].strip()
        self._used.add(value)
        return value

    def fresh_secret(self, name: str) -> str:
        """Read a stored secret again, which `secret` returns from then on: another process may have replaced it."""
        self._secrets.forget(name)
        return self.secret(name)

    def replace_secret(self, name: str, value: str) -> None:
        """Overwrite a stored secret with the vendor's new value; SecretsUnavailable where that fails."""
        self._secrets.replace(name, value)

    def ask(self, request: HttpRequest) -> HttpAnswer:
        """Send a request to the token endpoint, within the rate."""
        return self._attempt(request, self._send)

    def now(self) -> float:
        """Return the time in Unix seconds."""
        return self._clock()

    # What readers of streams use

    def page(self, request: HttpRequest, answer_format: PullFormat, *, has_token: bool = False) -> AnswerPage | None:
        """Return the answer; None where the definition says that it means that nothing is there.

        RunEnds where there is no time, StreamSkipped where a rule says so, StreamFailed where the answer is a failure:
        TokenRefused where `has_token` and the answer says that the request is wrong. An answer in NDJSON or CSV is
        read up to the end of its first part; taking the further ones may end as asking for a page does.
        """
        return self._ask(request, answer_format, lambda *_: False, has_token=has_token)

    def prepare(self, request: HttpRequest, done: str | None) -> None:
        """Send a request before the first of a run; it ends as `page`, unless `done` finds something in its answer.

        What a 2xx answers does not matter.
        """
        find = compile_path(done) if done else None

        def is_done(answer: Answer, page: AnswerPage | None) -> bool:
            return 200 <= answer.status < 300 or bool(find and page and finds(find, page.root))

        try:
            self._ask(request, "json", is_done)
        except Refused as error:
            raise Refused(f"{error} (to the request that prepares the stream)") from None

    def _ask(
        self,
        request: HttpRequest,
        answer_format: PullFormat,
        is_enough: Callable[[Answer, AnswerPage | None], bool],
        *,
        has_token: bool = False,
    ) -> AnswerPage | None:
        pauses = iter(PAUSES)
        send = self._send if answer_format == "json" else self._stream
        while True:
            try:
                answer = self._authorized(request, send)
                page, unreadable = self._read(answer, answer_format)
            except NoAnswer as error:
                self._pause(next(pauses, None), str(error))
                continue
            except CredentialUnavailable as error:
                self._pause(next(pauses, None), str(error), error.answer)
                continue
            if is_enough(answer, page):
                return page
            action, words = self._rules.apply(answer, page, has_token=has_token)
            words = self._without_secrets(words)
            if action == "page":
                if page is None:
                    raise StreamFailed(f"the answer can't be read: {unreadable}")
                return page
            if action == "empty":
                return None
            if action in _ENDS:
                raise _ENDS[action](words)
            if action == "retry":
                self._pause(next(pauses, None), words, answer)
            else:
                self._pause(DEFAULT_WAIT, words, answer)

    def _authorized(self, request: HttpRequest, send: Callable[[HttpRequest, float], AnyAnswer]) -> AnyAnswer:
        """Send a request with its credential; with a new token after a 401, once."""
        kind, settings = self._credentials.type, self._credentials.settings
        try:
            answer = self._attempt(self._with_credential(request), send)
            if answer.status == _UNAUTHORIZED and kind.forget(settings, self):
                answer = self._attempt(self._with_credential(request), send)
        except CredentialRefused as error:
            raise Refused(str(error)) from None
        except (NoSecret, UnusableSecret) as error:
            raise Refused(f"no usable credential: {error}") from None
        except SecretsUnavailable as error:
            raise StreamFailed(f"the credential can't be read: {error}") from None
        return answer

    def _with_credential(self, request: HttpRequest) -> HttpRequest:
        """Return a request with its credential once there is room for it: no signature lasts as long as a wait may."""
        kind, settings = self._credentials.type, self._credentials.settings
        self._wait_for_room()
        authorized = kind.authorize(settings, request, self)
        if self._wait_for_room():  # that for a token was the last for which there was room
            authorized = kind.authorize(settings, request, self)
        return authorized

    def without_credential(self, url: str) -> str:
        """Return a URL of the vendor's as it may be stored: some repeat the key in the link of the next page."""
        kind = self._credentials.type
        strip = getattr(kind, "without_credential", None)
        return strip(self._credentials.settings, url) if strip else url

    def _without_secrets(self, words: str) -> str:
        """Return the vendor's words for the log: some vendors repeat the key that they refuse."""
        secrets = {*self._used, *(token.value for token in self.tokens.values())}
        for secret in sorted(secrets, key=len, reverse=True):
            words = words.replace(secret, "…") if len(secret) >= LEAST_SECRET else words
        return words

    def _attempt(self, request: HttpRequest, send: Callable[[HttpRequest, float], AnyAnswer]) -> AnyAnswer:
        """Send a request once there is room for it in the rate; RunEnds where there is no time for it."""
        self._wait_for_room()
        self._require_time()
        self._requests.add(self._clock())
        answer = send(request, REQUEST_SECONDS)
        self.remaining = remaining_requests(answer)
        return answer

    def _wait_for_room(self) -> bool:
        """Wait until a request is within the rate; return whether that took time."""
        wait = self._requests.wait(self._clock())
        if wait:
            self._wait(wait, "the vendor's rate is used up")
        return bool(wait)

    def _require_time(self) -> None:
        if not self._deadline.allows_seconds(REQUEST_SECONDS + DELIVERY_SECONDS):
            raise RunEnds("its time is over")

    def _wait(self, seconds: float, why: str) -> None:
        """Wait, if what comes after still has its time; else RunEnds, and no run begins before then."""
        seconds = min(seconds, MAX_WAIT)
        if not self._deadline.allows_seconds(seconds + REQUEST_SECONDS + DELIVERY_SECONDS):
            raise RunEnds(why, not_before=self._clock() + seconds)
        self._sleep(seconds)

    def _pause(self, seconds: float | None, why: str, answer: Answer | None = None) -> None:
        """Wait before the next try, as long as the vendor asks for, or `seconds`; StreamFailed where that is None."""
        if seconds is None:
            raise StreamFailed(why)
        requested = requested_wait(answer, self._clock()) if answer else None
        jitter = 1 + 0.1 * random.random()  # noqa: S311 - no secret
        self._wait(max(seconds if requested is None else requested, MIN_WAIT) * jitter, why)

    def _read(self, answer: Answer, answer_format: PullFormat) -> tuple[AnswerPage | None, str]:
        try:
            page = read_answer(answer, answer_format)
        except AnswerUnreadable as error:
            return None, str(error)
        return replace(page, parts=self._in_time(page.parts, answer)), ""

    def _in_time(self, parts: Iterable[list[Any]], answer: Answer) -> Iterator[list[Any]]:
        """Yield the further parts of an answer, each within the time of a request; RunEnds where that is over."""
        further = iter(parts)
        while True:
            self._require_time()
            if isinstance(answer, HttpStream):
                answer.renew()
            try:
                part = next(further, None)
            except AnswerUnreadable as error:
                raise StreamFailed(f"the answer can't be read: {error}") from None
            if part is None:
                return
            yield part
