"""Who may ask the emulator: whoever signs with a key of this run, and a vendor at a deployed endpoint.

Every page in a browser on this machine, and every other user of it, reaches 127.0.0.1; and the emulator runs code for
whoever asks it to. So this stands before the emulator, whether it enforces IAM or not. It refuses

- what a web page sends to another site, which has an `Origin`;
- every `Host` but the two names of this machine: a page's own name can be made to lead here (DNS rebinding);
- what is not signed, unless it is for the endpoint that plays API Gateway; and every WebSocket, since nothing has one.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from generator.local.sigv4 import RefusedError, Request, SecretKeyLookup, verify_signature

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Response = tuple[int, dict[str, str], bytes]

# What the emulator hands to an API, whatever else is in the request; the management of an API's WebSockets is not.
_ENDPOINT = re.compile(r"/_aws/execute-api/[a-z0-9]+/\$default(?!/@connections/)(/.*)?", re.DOTALL)


@dataclass(frozen=True)
class Guard:
    """The emulator's ASGI application, behind the checks; `refusal` writes the answer of the service that is asked."""

    app: App
    hosts: frozenset[str]
    secret: SecretKeyLookup
    refusal: Callable[[Request, RefusedError], Response]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that it is refused."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close"})
        elif reason := refusal_reason(scope["headers"], self.hosts):
            await _answer(send, (403, {"content-type": "text/plain"}, f"refused: {reason}\n".encode()))
        elif _ENDPOINT.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
        elif (body := await _whole(receive)) is not None:
            request = Request.of(scope, body)
            try:
                verify_signature(request, self.secret)
            except RefusedError as error:
                await _answer(send, self.refusal(request, error))
            else:
                await self.app(scope, _replayed(body, receive), send)


def allowed_hosts(port: int, *, https: bool) -> frozenset[str]:
    """Return what a `Host` header may be; a scheme's own port is left out of it."""
    names = ("127.0.0.1", "localhost")
    return frozenset(names if port == (443 if https else 80) else (f"{name}:{port}" for name in names))


def refusal_reason(headers: Iterable[tuple[bytes, bytes]], known: frozenset[str]) -> str | None:
    """Return why these headers are not those of a client on this machine, if they are not."""
    listed = [(name.lower(), value.decode("latin-1").lower()) for name, value in headers]
    if any(name == b"origin" for name, _ in listed):
        return "it has an Origin, as requests of web pages have"
    given = [value for name, value in listed if name == b"host"]
    if len(given) != 1 or given[0] not in known:
        return f"its Host is not {' or '.join(sorted(known))}"
    return None


async def _whole(receive: Receive) -> bytes | None:
    """Read a request's body; None where its sender has gone."""
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
    return None


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return what hands the body out again, and then what else the server says."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message


async def _answer(send: Send, answer: Response) -> None:
    status, headers, body = answer
    listed = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*listed, length]})
    await send({"type": "http.response.body", "body": body})
