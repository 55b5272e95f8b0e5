"""The requests that a sample stores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class SentRequest(NamedTuple):
    """A request that the puller sends: a line of `<stream>.requests.txt`."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str

    @classmethod
    def read(cls, line: str) -> SentRequest:
        """Read a line: method, URL, headers as `name=value`, and the body from its first brace."""
        head, brace, body = line.partition(" {")
        method, url, *headers = head.split(" ")
        return cls(method.lower(), url, dict(header.split("=", 1) for header in headers), brace.strip() + body)
