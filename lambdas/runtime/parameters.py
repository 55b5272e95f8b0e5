"""The values of a definition's parameters, which a deployment hands to its functions as environment variables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

PREFIX = "PARAMETER_"
"""What stands before a parameter's name in the name of its environment variable."""


class UnfitParameter(Exception):  # noqa: N818 - it names the outcome
    """A variable is missing, or its value is not one of the parameter. The function can't start."""


def read_parameters(patterns: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the value of each parameter; UnfitParameter where one does not match its pattern as a whole."""
    values = {}
    for name, pattern in patterns.items():
        value = environ.get(f"{PREFIX}{name}")
        if value is None:
            raise UnfitParameter(f"the environment variable {PREFIX}{name} is missing: deploy the source again")
        if not re.fullmatch(pattern, value):
            problem = f"the environment variable {PREFIX}{name} does not match {pattern}"
            raise UnfitParameter(f"{problem}: deploy the source again with a value of {name} that does")
        values[name] = value
    return values
