"""The guard before the emulator: only requests signed with a key of this run, or to a deployed endpoint, pass.

Every page in a browser on this machine, and every other user of it, reaches 127.0.0.1, and the emulator runs code for
every client. So the guard stands before the emulator, whether that enforces IAM or not. It refuses

- requests that a web page sends to another site, which have an `Origin`;
- every `Host` but the two names of this machine: a page's own name can resolve to this machine (DNS rebinding);
- unsigned requests, unless they go to the endpoint that plays API Gateway; and every WebSocket: no source has one.
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

# Paths that the emulator passes to an API, whatever else is in the request, but for the management of WebSockets.
_ENDPOINT = re.compile(r"/_aws/execute-api/[a-z0-9]+/\$default(?!/@connections/)(/.*)?", re.DOTALL)


@dataclass(frozen=True)
class Guard:
    """The emulator's ASGI application behind the checks; `refusal` writes the response of the service in question."""

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
            await _send_response(send, (403, {"content-type": "text/plain"}, f"refused: {reason}\n".encode()))
        elif _ENDPOINT.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
        elif (body := await _read_body(receive)) is not None:
            request = Request.of(scope, body)
            try:
                verify_signature(request, self.secret)
            except RefusedError as error:
                await _send_response(send, self.refusal(request, error))
            else:
                await self.app(scope, _replayed(body, receive), send)


def allowed_hosts(port: int, *, https: bool) -> frozenset[str]:
    """Return the values that a `Host` header may have; clients leave a scheme's own port out."""
    names = ("127.0.0.1", "localhost")
    return frozenset(names if port == (443 if https else 80) else (f"{name}:{port}" for name in names))


def refusal_reason(headers: Iterable[tuple[bytes, bytes]], known: frozenset[str]) -> str | None:
    """Return why headers are not those of a client on this machine; None if they are."""
    lower_case = [(name.lower(), value.decode("latin-1").lower()) for name, value in headers]
    if any(name == b"origin" for name, _ in lower_case):
        return "it has an Origin, as requests of web pages have"
    host_values = [value for name, value in lower_case if name == b"host"]
    if len(host_values) != 1 or host_values[0] not in known:
        return f"its Host is not {' or '.join(sorted(known))}"
    return None


async def _read_body(receive: Receive) -> bytes | None:
    """Read a request's body; None where the client has disconnected."""
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
    return None


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that yields the body again, and then the server's next messages."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message


async def _send_response(send: Send, response: Response) -> None:
    status, headers, body = response
    listed = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*listed, length]})
    await send({"type": "http.response.body", "body": body})
