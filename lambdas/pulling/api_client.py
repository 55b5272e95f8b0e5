"""Ask a vendor's API for a page: with a credential, again where that helps, and by the rules for its answers."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from lambdas.credential_type import CredentialRefused, CredentialUnavailable, Token
from lambdas.model_pull import Credentials, ErrorRule, PullFormat
from lambdas.pulling.answer_rules import AnswerRules, finds
from lambdas.pulling.answers import Answer, AnswerPage, AnswerUnreadable, read_answer
from lambdas.pulling.outcomes import NoAnswer, Refused, StreamFailed, StreamSkipped, TokenRefused
from lambdas.pulling.rate import RequestLog
from lambdas.pulling.rated_sender import AnyAnswer, RatedSender
from lambdas.pulling.run_credential import RunCredential
from lambdas.pulling.waits import requested_wait
from lambdas.reading.paths import compile_path
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.http_stream import HttpStream
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from lambdas.runtime.rotated_secrets import RotatedSecrets
from lambdas.runtime.secrets import NoSecret, SecretsUnavailable, UnusableSecret

PAUSES = (1.0, 4.0)
"""Seconds before a request is tried again that failed or was answered 5xx."""
DEFAULT_WAIT = 60.0
"""Seconds to wait after a 429 that says nothing of when to come back."""
MIN_WAIT = 1.0
"""Seconds between two tries, also where the vendor asks for none."""
_UNAUTHORIZED = 401

Send = Callable[[HttpRequest, float], HttpAnswer]
"""Sends a request within so many seconds; NoAnswer where none comes."""
SendStream = Callable[[HttpRequest, float], Answer]
"""The same, of an answer whose body may be still to come, each part within so many seconds."""
_ENDS = {"skip_stream": StreamSkipped, "restart": TokenRefused, "stop": Refused}


class ApiClient:
    """Asks the API of a source in one run."""

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
        self._rules = AnswerRules(rules)
        self._send = send
        self._stream: SendStream = stream or send
        self._clock = clock
        self._sender = RatedSender(requests, deadline, clock, sleep)
        self.credential = RunCredential(
            credentials, secrets, tokens, lambda request: self._sender.send(request, send), clock
        )

    @property
    def remaining(self) -> int | None:
        """Requests that the vendor said are left, at its last answer."""
        return self._sender.remaining

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
            if action == "page":
                if page is None:
                    raise StreamFailed(f"the answer can't be read: {unreadable}")
                return page
            if action == "empty":
                return None
            words = self.credential.without_secrets(words)
            if action in _ENDS:
                raise _ENDS[action](words)
            if action == "retry":
                self._pause(next(pauses, None), words, answer)
            else:
                self._pause(DEFAULT_WAIT, words, answer)

    def _authorized(self, request: HttpRequest, send: Callable[[HttpRequest, float], AnyAnswer]) -> AnyAnswer:
        """Send a request with its credential; with a new token after a 401, once."""
        try:
            answer = self._sender.send(self._with_credential(request), send)
            if answer.status == _UNAUTHORIZED and self.credential.forget():
                answer = self._sender.send(self._with_credential(request), send)
        except CredentialRefused as error:
            raise Refused(str(error)) from None
        except (NoSecret, UnusableSecret) as error:
            raise Refused(f"no usable credential: {error}") from None
        except SecretsUnavailable as error:
            raise StreamFailed(f"the credential can't be read: {error}") from None
        return answer

    def _with_credential(self, request: HttpRequest) -> HttpRequest:
        """Return a request with its credential once there is room for it: no signature lasts as long as a wait may."""
        self._sender.wait_for_room()
        authorized = self.credential.authorize(request)
        if self._sender.wait_for_room():  # that for a token was the last for which there was room
            authorized = self.credential.authorize(request)
        return authorized

    def _pause(self, seconds: float | None, why: str, answer: Answer | None = None) -> None:
        """Wait before the next try, as long as the vendor asks for, or `seconds`; StreamFailed where that is None."""
        if seconds is None:
            raise StreamFailed(why)
        requested = requested_wait(answer, self._clock()) if answer else None
        jitter = 1 + 0.1 * random.random()  # noqa: S311 - no secret
        self._sender.wait(max(seconds if requested is None else requested, MIN_WAIT) * jitter, why)

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
            self._sender.require_time()
            if isinstance(answer, HttpStream):
                answer.renew()
            try:
                part = next(further, None)
            except AnswerUnreadable as error:
                raise StreamFailed(f"the answer can't be read: {error}") from None
            if part is None:
                return
            yield part
