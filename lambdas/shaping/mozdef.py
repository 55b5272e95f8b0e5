"""The keys of `details` for which MozDef, or Elasticsearch behind it, requires a type.

https://github.com/mozilla/MozDef/blob/master/config
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

IP_FIELDS = ("sourceipaddress", "destinationipaddress", "srcip")


def details_problem(details: dict[str, Any]) -> str | None:
    """Return why MozDef or Elasticsearch would lose a message with these details; None where they take it."""
    for key, value in details.items():
        if typed := _TYPED.get(key):
            is_valid, kind = typed
            if value is not None and not is_valid(value):
                return f"{key} is not {kind}, and Elasticsearch refuses such a message"
        elif key.endswith(("_int", "_float")) and not (is_long(value) if key.endswith("_int") else _is_finite(value)):
            return "a key that ends in _int or _float has no such number, and MozDef drops such a message"
    return None


def is_address(value: Any) -> bool:
    """Return whether a value is an IP address, without a zone (fe80::1%eth0), which Elasticsearch refuses."""
    return isinstance(value, str) and "%" not in value and _is_ip_address(value)


def is_long(value: Any) -> bool:
    """Return whether MozDef's int() makes a number of a value that Elasticsearch's `long` holds."""
    try:
        return -(2**63) <= int(value) < 2**63
    except (TypeError, ValueError, OverflowError):
        return False


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool) or value in ("true", "false")


@lru_cache(4096)
def _is_ip_address(address: str) -> bool:
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return True


_TYPED: dict[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(IP_FIELDS, (is_address, "an IP address")),
    **dict.fromkeys(("sourceport", "destinationport"), (is_long, "a number")),
    "success": (_is_boolean, "true or false"),
}
