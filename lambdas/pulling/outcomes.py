"""How asking a vendor can end, other than with a page. Each message is for people, and holds no secret."""

from __future__ import annotations


class RunEnds(Exception):  # noqa: N818 - it names the outcome
    """There is no time left, or the vendor asked to wait: all is well, and the next run goes on."""

    def __init__(self, reason: str, not_before: float = 0.0) -> None:
        """`not_before`: when the vendor may be asked again, in Unix seconds."""
        super().__init__(reason)
        self.not_before = not_before


class StreamFailed(Exception):  # noqa: N818 - it names the outcome
    """A page could not be read or delivered. No position passes it; the run ends with an error."""


class NoAnswer(StreamFailed):
    """The vendor can't be reached, or does not answer in time and within the limits."""


class Refused(StreamFailed):
    """The vendor refuses to answer until somebody mends something."""


class TokenRefused(StreamFailed):
    """The vendor does not know a page's token any more."""


class StreamSkipped(Exception):  # noqa: N818 - it names the outcome
    """The vendor does not have this stream for us, and the definition says that this is no failure."""
