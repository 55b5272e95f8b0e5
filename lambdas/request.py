"""An HTTP request as API Gateway hands it over."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from lambdas import fields
from lambdas.body import Rejected, parse

CANARY = "x-mozdef-canary"
"""A header that marks an authentic event as one that MozDef is to drop: 32 hexadecimal digits, by which it is found."""
_NONCE = re.compile("[0-9a-f]{32}")
FORM = "application/x-www-form-urlencoded"
BY_IAM = "handedOverByIam"
"""A key of an event that lambda:InvokeFunction brought: what the vendor alone could sign, we can only hand over."""


def _json(request: Request) -> Any:
    return parse(request.body)


@dataclass(eq=False)
class Request:
    """One request: `body` is the bytes as sent, header names are lower case, `time` is Unix seconds of receipt.

    What it says changes once at most, where fields are masked; not `frozen`, which would take as long as verifying it.
    """

    method: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    raw_query: str = ""
    id: str = "-"
    time: float = 0.0
    by_iam: bool = False
    """Not from the endpoint: whoever handed it over may invoke the function."""
    claims: Mapping[str, Any] | None = None
    """The claims of a token that the HTTP API itself has verified."""
    url: str = ""
    """The endpoint's URL as it was called, with the query as it was sent."""
    read: Callable[[Request], Any] = _json
    """How its source's bodies are read."""
    masked: bool = False
    """Something was taken out of what the body says; `body` still has it."""

    @classmethod
    def from_event(cls, event: Mapping[str, Any], now: float, read: Callable[[Request], Any] = _json) -> Request:
        """The request in an event of payload format 2.0; ValueError where its body is not what it says.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
        """
        context = event.get("requestContext") or {}
        query = event.get("rawQueryString") or ""
        body = event.get("body") or ""
        if event.get("isBase64Encoded"):
            sent = base64.b64decode(body, validate=True)
        else:
            sent = body.encode("utf-8", "surrogatepass")
        return cls(
            method=str((context.get("http") or {}).get("method", "")).upper(),
            headers=lower_case((event.get("headers") or {}).items()),
            body=sent,
            raw_query=query,
            id=str(context.get("requestId") or "-"),
            time=now,
            # An event's own keys are all API Gateway's; what a sender writes is below them.
            by_iam=event.get(BY_IAM) is True,
            claims=((context.get("authorizer") or {}).get("jwt") or {}).get("claims"),
            url=f"https://{context.get('domainName')}{event.get('rawPath')}{'?' if query else ''}{query}",
            read=read,
        )

    @classmethod
    def sent(cls, method: str, url: str, headers: Mapping[str, str], body: bytes, now: float) -> Request:
        """The request that somebody is about to send."""
        return cls(method, lower_case(headers.items()), body, urlsplit(url).query, time=now, url=url)

    def mask(self, names: Iterable[str]) -> None:
        """Take what is in these fields out of what the body says, and so out of all that goes anywhere.

        A body that can't be read is kept as it is, with the reason why.
        """
        try:
            # A form may have more fields than the one that is read.
            self.masked = bool(fields.mask(self.json, names)) or FORM in self.headers.get("content-type", "").lower()
        except Rejected:
            return

    @cached_property
    def to_keep(self) -> tuple[bytes, Mapping[str, str]]:
        """The body and the headers as they may be kept: as sent or, where something was masked, as JSON without it.

        Once looked at, it is the same whatever anybody does to `json`.
        """
        if not self.masked:
            return self.body, self.headers
        left_out = ("content-encoding", "content-type")
        headers = {name: value for name, value in self.headers.items() if name not in left_out}
        try:
            body = json.dumps(self.json, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:
            # A lone surrogate is one event's, and the others of the body are to be read again.
            body = json.dumps(self.json, separators=(",", ":")).encode()
        return body, {**headers, "content-type": "application/json"}

    def without_query(self, names: Iterable[str]) -> Request:
        """The request without these query parameters."""
        left_out = set(names)
        parts = [one for one in self.raw_query.split("&") if unquote_plus(one.partition("=")[0]) not in left_out]
        return replace(self, raw_query="&".join(parts))

    @property
    def canary(self) -> str | None:
        """The mark of an event that was sent to see that the endpoint works."""
        mark = self.headers.get(CANARY)
        return mark if mark and _NONCE.fullmatch(mark) else None

    @cached_property
    def json(self) -> Any:
        """What the body says, as JSON; Rejected where it can't be read."""
        return self.read(self)

    @cached_property
    def parameters(self) -> list[tuple[str, str]]:
        """The query's parameters, decoded, in their order. Nothing else takes a query apart."""
        return parse_qsl(self.raw_query, keep_blank_values=True)

    def query(self, name: str) -> str | None:
        """A query parameter, decoded: the first of that name."""
        return next((value for each, value in self.parameters if each == name), None)


def lower_case(headers: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """The headers by lower-case name; what stands twice is joined with a comma, as payload 2.0 does."""
    lowered: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        lowered[key] = f"{lowered[key]},{value}" if key in lowered else str(value)
    return lowered
