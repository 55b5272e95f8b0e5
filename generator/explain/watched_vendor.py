"""Stand between the puller's code and a vendor: keep what is asked, without its credential, and what is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from lambdas.credential_type import CredentialContext, CredentialType
from lambdas.model_pull import Credentials
from lambdas.pulling.api_client import Send, SendStream
from lambdas.pulling.outcomes import RunEnds
from lambdas.runtime.http_stream import HttpStream
from lambdas.runtime.http_types import HttpAnswer, HttpRequest

MAX_BYTES = 1_048_576
"""Bytes of a file of rows that are read: it may have a gigabyte."""
MAX_ITEMS = 3
"""Items of `each` for which a further request is sent: enough to see whether their answers can be read."""

Kind = Literal["prepare", "page", "item", "token"]


class EnoughRead(RunEnds):
    """A page is read, or enough of its items."""


class Exchange(NamedTuple):
    """A request without its credential, and its answer; None where none came."""

    kind: Kind
    request: HttpRequest
    answer: HttpAnswer | None
    is_cut: bool = False
    """Only the beginning of the answer was read."""


class WatchedVendor:
    """Sends the requests of one page, and no others."""

    def __init__(
        self, credential_type: CredentialType, send: Send, stream: SendStream, is_read: Callable[[], bool]
    ) -> None:
        """`is_read` says whether the page is read, so that whatever is asked then is too much."""
        self.exchanges: list[Exchange] = []
        self._type = credential_type
        self._send = send
        self._stream = stream
        self._is_read = is_read
        self._kind: Kind = "page"
        self._authorizes = False
        self._requests: list[HttpRequest] = []

    def credentials(self, settings: Any) -> Credentials:
        """Return credentials that are those of the source, and let this object see each request before."""
        return Credentials(_WatchedType(self._type, self), settings)  # type: ignore[arg-type]  # it has what is called

    def begin_preparing(self) -> None:
        """Take what is asked from now on for the request before the first."""
        self._kind = "prepare"

    def begin_page(self) -> None:
        """Take the next request for that of the page, and others after it for those of its items."""
        self._kind = "page"
        self._requests.clear()

    def answered(self, kind: Kind) -> list[Exchange]:
        """Return the exchanges of a kind in which the vendor answered with 2xx."""
        return [each for each in self.exchanges if each.kind == kind and each.answer and each.answer.status // 100 == 2]

    def authorize(self, settings: Any, request: HttpRequest, context: CredentialContext) -> HttpRequest:
        """Return the request with its credential, once it is noted without; EnoughRead where it is one too much."""
        if request not in self._requests:
            if self._is_read():
                raise EnoughRead("")
            if len(self._requests) > MAX_ITEMS:
                raise EnoughRead(f"the page's other items were not asked for: {MAX_ITEMS} are enough")
            if self._requests and self._kind == "page":
                self._kind = "item"
            self._requests.append(request)
        self._authorizes = True
        try:
            return self._type.authorize(settings, request, context)
        finally:
            self._authorizes = False

    def send(self, request: HttpRequest, seconds: float) -> HttpAnswer:
        """Send a request; NoAnswer where no answer comes."""
        self._note(request)
        answer = self._send(request, seconds)
        self.exchanges[-1] = self.exchanges[-1]._replace(answer=answer)
        return answer

    def stream(self, request: HttpRequest, seconds: float) -> HttpAnswer:
        """Send a request whose answer has rows, and read the beginning of it, up to the end of a line."""
        self._note(request)
        answer = self._stream(request, seconds)
        if isinstance(answer, HttpStream):
            body = bytearray()
            for block in answer.blocks:
                body += block
                if len(body) > MAX_BYTES:
                    del body[body.rfind(b"\n", 0, MAX_BYTES) + 1 :]
                    self.exchanges[-1] = self.exchanges[-1]._replace(is_cut=True)
                    break
            answer = HttpAnswer(answer.status, answer.headers, bytes(body))
        self.exchanges[-1] = self.exchanges[-1]._replace(answer=answer)
        return answer

    def _note(self, request: HttpRequest) -> None:
        bare = request._replace(headers={}, body=b"") if self._authorizes else self._requests[-1]
        self.exchanges.append(Exchange("token" if self._authorizes else self._kind, bare, None))


class _WatchedType:
    """A credentials type through which each request goes."""

    def __init__(self, credential_type: CredentialType, vendor: WatchedVendor) -> None:
        self._type = credential_type
        self._vendor = vendor

    def authorize(self, settings: Any, request: HttpRequest, context: CredentialContext) -> HttpRequest:
        return self._vendor.authorize(settings, request, context)

    def forget(self, settings: Any, context: CredentialContext) -> bool:
        return self._type.forget(settings, context)
