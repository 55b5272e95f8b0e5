"""The Request: what API Gateway passes on, its body read once, masked, and in the form in which it may be kept."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from lambdas.reading import masking
from lambdas.reading.body import Rejected, parse

if TYPE_CHECKING:
    from lambdas.auth_type import OutgoingRequest

CANARY_HEADER = "x-mozdef-canary"
"""The header of a canary: 32 hexadecimal digits, which identify it. The SIEM can drop the message."""
_NONCE = re.compile("[0-9a-f]{32}")
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
BY_IAM = "handedOverByIam"
"""The key that marks an event passed by lambda:InvokeFunction: for a request that the vendor alone can sign."""


def _json(request: Request) -> Any:
    return parse(request.body)


@dataclass(eq=False)
class Request:
    """One request: `body` is the bytes as sent, header names are lower case, `time` is Unix seconds of receipt.

    `json` changes at most once, where fields are masked. Not `frozen`, which takes as long as verifying the request.
    """

    method: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    raw_query: str = ""
    id: str = "-"
    time: float = 0.0
    by_iam: bool = False
    """Not from the endpoint, but from a caller that may invoke the function."""
    claims: Mapping[str, Any] | None = None
    """The claims of a token that the HTTP API itself verified."""
    url: str = ""
    """The URL that was called, with the query as sent."""
    read_body: Callable[[Request], Any] = _json
    """Reads a body in the format of its source."""
    masked: bool = False
    """Fields of `json` are masked; `body` still has them."""

    @classmethod
    def from_event(cls, event: Mapping[str, Any], now: float, read: Callable[[Request], Any] = _json) -> Request:
        """Return the request in an event of payload format 2.0; ValueError where its body is not base64 and should be.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
        """
        context = event.get("requestContext") or {}
        query = event.get("rawQueryString") or ""
        body = event.get("body") or ""
        if event.get("isBase64Encoded"):
            content = base64.b64decode(body, validate=True)
        else:
            content = body.encode("utf-8", "surrogatepass")
        return cls(
            method=str((context.get("http") or {}).get("method", "")).upper(),
            headers=lower_case_headers((event.get("headers") or {}).items()),
            body=content,
            raw_query=query,
            id=str(context.get("requestId") or "-"),
            time=now,
            # API Gateway alone writes an event's top-level keys; a sender's words are below them.
            by_iam=event.get(BY_IAM) is True,
            claims=((context.get("authorizer") or {}).get("jwt") or {}).get("claims"),
            url=f"https://{context.get('domainName')}{event.get('rawPath')}{'?' if query else ''}{query}",
            read_body=read,
        )

    @classmethod
    def from_outgoing(cls, outgoing: OutgoingRequest, now: float) -> Request:
        """Return a request that is about to be sent, as the endpoint receives it."""
        headers, query = lower_case_headers(outgoing.headers.items()), urlsplit(outgoing.url).query
        return cls(outgoing.method, headers, outgoing.body, query, time=now, url=outgoing.url)

    def mask(self, names: Iterable[str]) -> None:
        """Mask these fields in `json`, and so in everything that is sent or kept.

        A body that can't be read is kept as it is, with the reason why.
        """
        try:
            # `payload` may name the one field of a form that is read; the others could hold the secret too.
            content_type = self.headers.get("content-type", "").lower()
            is_form = FORM in content_type or MULTIPART in content_type
            self.masked = bool(masking.mask_fields(self.json, names)) or is_form or self.masked
        except Rejected:
            return

    @cached_property
    def as_kept(self) -> tuple[bytes, Mapping[str, str]]:
        """The body and headers as they may be kept: as sent or, where fields are masked, as masked JSON.

        Its first use fixes it, whatever later code does to `json`.
        """
        if not self.masked:
            return self.body, self.headers
        replaced = ("content-encoding", "content-type")
        headers = {name: value for name, value in self.headers.items() if name not in replaced}
        try:
            body = json.dumps(self.json, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:
            # Escapes: a lone surrogate spoils one event, and the others must stay readable.
            body = json.dumps(self.json, separators=(",", ":")).encode()
        return body, {**headers, "content-type": "application/json"}

    def without_query(self, names: Iterable[str]) -> Request:
        """Return the request without these query parameters."""
        removed = set(names)
        kept = [part for part in self.raw_query.split("&") if unquote_plus(part.partition("=")[0]) not in removed]
        return replace(self, raw_query="&".join(kept))

    @property
    def canary(self) -> str | None:
        """The id of a canary; None for any other request."""
        canary_id = self.headers.get(CANARY_HEADER)
        return canary_id if canary_id and _NONCE.fullmatch(canary_id) else None

    @cached_property
    def json(self) -> Any:
        """The body as JSON; Rejected where it can't be read."""
        return self.read_body(self)

    @cached_property
    def query_parameters(self) -> list[tuple[str, str]]:
        """The query's parameters, decoded, in order. Nothing else parses a query."""
        return parse_qsl(self.raw_query, keep_blank_values=True)

    def header(self, name: str) -> str | None:
        """Return the header of this name, in any case; None where there is none."""
        return self.headers.get(name.lower())

    def query(self, name: str) -> str | None:
        """Return the first query parameter of this name, decoded; None where there is none."""
        return next((value for other, value in self.query_parameters if other == name), None)


def lower_case_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the headers by lower-case name; repeated ones are joined with a comma, as payload 2.0 does."""
    lower_case: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        lower_case[key] = f"{lower_case[key]},{value}" if key in lower_case else str(value)
    return lower_case
