"""Ask a vendor's API: within its rate, with a credential, again where that helps, and only while there is time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from lambdas.credential_type import CredentialRefused, CredentialUnavailable, Token
from lambdas.model_pull import Credentials, ErrorRule, PullFormat
from lambdas.pulling.answers import AnswerPage, AnswerUnreadable, read_answer
from lambdas.pulling.outcomes import NoAnswer, Refused, RunEnds, StreamFailed, StreamSkipped, TokenRefused
from lambdas.pulling.rate import RequestLog
from lambdas.pulling.waits import asked_wait, remaining_requests
from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake
from lambdas.reading.paths import Functions, compile_path
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from lambdas.runtime.secrets import Secrets, SecretsUnavailable
from lambdas.shaping.facts import compile_line

REQUEST_SECONDS = 30.0
"""The longest that a request may take, until the last byte of its answer."""
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
_UNAUTHORIZED, _TOO_MANY = 401, 429

Send = Callable[[HttpRequest, float], HttpAnswer]
"""Sends a request within so many seconds; NoAnswer where none comes."""
_ENDS = {"skip_stream": StreamSkipped, "restart": TokenRefused, "stop": Refused}


class ApiClient:
    """Asks the API of a source in one run; it is also what the credentials type is given."""

    def __init__(
        self,
        credentials: Credentials,
        rules: Sequence[ErrorRule],
        secrets: Secrets,
        send: Send,
        requests: RequestLog,
        deadline: Deadline,
        tokens: dict[str, Token],
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._credentials = credentials
        self._rules = [(rule, compile_path(rule.when) if rule.when else None) for rule in rules]
        self._secrets = secrets
        self._send = send
        self._requests = requests
        self._deadline = deadline
        self._clock = clock
        self._sleep = sleep
        self.tokens = tokens
        self.remaining: int | None = None
        """Requests that the vendor said are left, at its last answer."""

    # What credentials types use

    def secret(self, name: str) -> str:
        """Return a stored secret, stripped; SecretsUnavailable where there is none."""
        return self._secrets.get(name)[0].strip()

    def fresh_secret(self, name: str) -> str:
        """Read a stored secret again, which `secret` returns from then on: another process may have replaced it."""
        self._secrets.forget(name)
        return self.secret(name)

    def replace_secret(self, name: str, value: str) -> None:
        """Overwrite a stored secret with the vendor's new value; SecretsUnavailable where that fails."""
        self._secrets.replace(name, value)

    def ask(self, request: HttpRequest) -> HttpAnswer:
        """Send a request to the token endpoint, within the rate."""
        return self._attempt(request)

    def now(self) -> float:
        """Return the time in Unix seconds."""
        return self._clock()

    # What readers of streams use

    def page(self, request: HttpRequest, answer_format: PullFormat, *, has_token: bool = False) -> AnswerPage | None:
        """Return the answer; None where the definition says that it means that nothing is there.

        RunEnds where there is no time, StreamSkipped where a rule says so, StreamFailed where the answer is a failure:
        TokenRefused where `has_token` and the answer says that the request is wrong.
        """
        pauses = iter(PAUSES)
        while True:
            try:
                answer = self._authorized(request)
            except NoAnswer as error:
                self._pause(next(pauses, None), str(error))
                continue
            except CredentialUnavailable as error:
                self._pause(next(pauses, None), str(error), error.answer)
                continue
            page, unreadable = self._read(answer, answer_format)
            rule = self._rule(answer, page)
            action = rule.do if rule else _default_action(answer, has_token=has_token)
            words = _words(rule, page) or f"the vendor answers {answer.status}"
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

    def prepare(self, request: HttpRequest, done: str | None) -> None:
        """Send a request before the first of a run; Refused unless it is answered 2xx, or `done` finds something."""
        answer = self._authorized(request)
        if 200 <= answer.status < 300:
            return
        page, _ = self._read(answer, "json")
        if done is None or page is None or not _finds(compile_path(done), page.root):
            raise Refused(f"the vendor answers {answer.status} to the request that prepares the stream")

    def _authorized(self, request: HttpRequest) -> HttpAnswer:
        """Send a request with its credential; with a new token after a 401, once."""
        kind, settings = self._credentials.type, self._credentials.settings
        try:
            answer = self._attempt(kind.authorize(settings, request, self))
            if answer.status == _UNAUTHORIZED and kind.forget(settings, self):
                answer = self._attempt(kind.authorize(settings, request, self))
        except CredentialRefused as error:
            raise Refused(str(error)) from None
        except SecretsUnavailable as error:
            raise Refused(f"no usable credential: {error}") from None
        return answer

    def _attempt(self, request: HttpRequest) -> HttpAnswer:
        """Send a request once there is room for it in the rate; RunEnds where there is no time for it."""
        wait = self._requests.wait(self._clock())
        if wait:
            self._wait(wait, "the vendor's rate is used up")
        if not self._deadline.allows_seconds(REQUEST_SECONDS + DELIVERY_SECONDS):
            raise RunEnds("its time is over")
        self._requests.add(self._clock())
        answer = self._send(request, REQUEST_SECONDS)
        self.remaining = remaining_requests(answer)
        return answer

    def _wait(self, seconds: float, why: str) -> None:
        """Wait, if what comes after still has its time; else RunEnds, and no run begins before then."""
        seconds = min(seconds, MAX_WAIT)
        if not self._deadline.allows_seconds(seconds + REQUEST_SECONDS + DELIVERY_SECONDS):
            raise RunEnds(why, not_before=self._clock() + seconds)
        self._sleep(seconds)

    def _pause(self, seconds: float | None, why: str, answer: HttpAnswer | None = None) -> None:
        """Wait before the next try, as long as the vendor asks for, or `seconds`; StreamFailed where that is None."""
        if seconds is None:
            raise StreamFailed(why)
        asked = asked_wait(answer, self._clock()) if answer else None
        jitter = 1 + 0.1 * random.random()  # noqa: S311 - no secret
        self._wait(max(seconds if asked is None else asked, MIN_WAIT) * jitter, why)

    def _read(self, answer: HttpAnswer, answer_format: PullFormat) -> tuple[AnswerPage | None, str]:
        try:
            return read_answer(answer, answer_format), ""
        except AnswerUnreadable as error:
            return None, str(error)

    def _rule(self, answer: HttpAnswer, page: AnswerPage | None) -> ErrorRule | None:
        for rule, find in self._rules:
            if rule.status is not None and rule.status != answer.status:
                continue
            if rule.status is None and find is None:
                continue
            if find is None or (page is not None and _finds(find, page.root)):
                return rule
        return None


def _words(rule: ErrorRule | None, page: AnswerPage | None) -> str | None:
    """Return what a rule says, filled in from the answer; None where it says nothing, or the answer lacks a word."""
    if rule is None or not rule.say:
        return None
    root = page.root if page else None
    return compile_line(rule.say)(root, Functions(Intake(root, 0.0), root))


def _finds(find: Any, root: Any) -> bool:
    try:
        return bool(find(root, Functions(Intake(root, 0.0), root)))
    except Rejected:
        return False


def _default_action(answer: HttpAnswer, *, has_token: bool) -> str:
    """Return what an answer means of which the definition says nothing."""
    status = answer.status
    if 200 <= status < 300:
        return "page"
    if status == _TOO_MANY or (status == 503 and "retry-after" in answer.headers):
        return "wait"
    if status >= 500 or status == 408:
        return "retry"
    if status in (400, 404, 410, 416, 422) and has_token:
        return "restart"
    return "stop"
