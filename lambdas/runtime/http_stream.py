"""An answer whose body is still to come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple


class HttpStream(NamedTuple):
    """An answer whose body is still to come. All else is as in `HttpAnswer`."""

    status: int
    headers: Mapping[str, str]
    blocks: Iterator[bytes]
    """The body, inflated, in blocks of at most 64 KB. FetchFailed where it breaks off: its blocks do not count then."""
    renew: Callable[[], None]
    """Give what is still to come all the seconds of the exchange once more."""
