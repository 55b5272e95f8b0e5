"""Where a signature in a body is, and the time of signing."""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.model_types import Field
from lambdas.runtime.times import TimeFormat
from lambdas.signatures.signature_settings import Encoding


@dataclass(frozen=True, slots=True)
class BodySignature:
    """Where the signature is."""

    path: Field
    """Where it is, in each item or, without `each`, in the body."""
    prefix: str = ""
    """What stands before it. A `*` in it stands for any text, such as a key's id: `*|`."""
    encoding: Encoding = "hex"
    """How its bytes are written."""
    split: str = ""
    """What stands between several signatures there, any of which may match. Needs `prefix` or `part`."""
    part: int | None = None
    """The number of the first part that is a signature, where parts have no prefix; those after it are some too."""


@dataclass(frozen=True, slots=True)
class BodyTime:
    """Where the time of signing is."""

    path: Field
    """Where it is, in each item or, without `each`, in the body. It must be part of what is signed."""
    format: TimeFormat = "unix"
    """How it is written: `unix` (seconds), `unix_ms` (milliseconds), `rfc3339` or `http_date`. Never guessed."""
    tolerance: int = 300
    """Seconds that it may lie in the past, and in the future: the replay window."""

    @property
    def future(self) -> None:
        """As many seconds as in the past."""
