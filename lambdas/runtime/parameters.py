"""The values of a definition's parameters, which a deployment hands to its functions as environment variables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from urllib.parse import quote

PREFIX = "PARAMETER_"


class UnfitParameter(Exception):  # noqa: N818 - it names the outcome
    """A parameter has no value, or one that does not match its pattern: the function can't start."""


def read_parameters(patterns: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the values by name; UnfitParameter where one does not match its pattern as a whole."""
    values = {name: environ.get(PREFIX + name, "") for name in patterns}
    for name, value in values.items():
        if not re.fullmatch(patterns[name], value):
            problem = "does not match" if value else "is missing, and must match"
            raise UnfitParameter(f"{PREFIX}{name} {problem} {patterns[name]}: deploy with --parameter {name}=VALUE")
    return values


def path_part(value: str) -> str:
    """Return a value as a part of a URL's path: no character in it begins another part, a query or a fragment."""
    return quote(value, safe="")
