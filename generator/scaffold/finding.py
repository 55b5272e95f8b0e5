"""What `new` found out, and how sure it is of it."""

from __future__ import annotations

from typing import Literal, NamedTuple

Certainty = Literal["sure", "likely", "check"]


class Finding(NamedTuple):
    """A line for the user: `sure` is proven by what was captured, `likely` fits it, `check` is a guess or a gap."""

    certainty: Certainty
    text: str
