"""What MozDef, and the Elasticsearch behind it, have a type for: https://github.com/mozilla/MozDef/blob/master/config."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

IP_FIELDS = ("sourceipaddress", "destinationipaddress", "srcip")


def details_problem(details: dict[str, Any]) -> str | None:
    """Why a message with these details would be lost behind the queue; None where it would not."""
    for key, value in details.items():
        if typed := _TYPED.get(key):
            fits, kind = typed
            if value is not None and not fits(value):
                return f"{key} is not {kind}, and Elasticsearch refuses such a message"
        elif key.endswith(("_int", "_float")) and not (is_long(value) if key.endswith("_int") else _is_finite(value)):
            return "a key that ends in _int or _float has no such number, and MozDef drops such a message"
    return None


def is_address(value: Any) -> bool:
    """Whether it is an IP address. Python takes one with a zone too, fe80::1%eth0; Elasticsearch does not."""
    return isinstance(value, str) and "%" not in value and _is_ip_address(value)


def is_long(value: Any) -> bool:
    """Whether MozDef's int() makes a number of it that Elasticsearch's `long` holds."""
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
