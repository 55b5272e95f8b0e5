"""A request to a vendor's API, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class HttpRequest(NamedTuple):
    """A request: its URL is https, without userinfo."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


class HttpAnswer(NamedTuple):
    """An answer, whatever its status: a redirect is one too, and is not followed."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; of a header that comes several times, the values with `, ` between them."""
    body: bytes
    """The body, inflated."""
