"""Guess where a request names the headers that its signature covers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.samples.captured import Captured
from generator.scaffold.value_kinds import HeaderSignature

_LIST_NAME = re.compile(r"signed-?headers$", re.IGNORECASE)


def guess_signed_headers(request: Captured, signature: HeaderSignature) -> dict[str, Any]:
    """Return `signed_headers` of the settings; empty where the request has no list of its own headers' names.

    Hook0 has the list in the signature's header, Contentful in a header beside it.
    """
    for place, text in _candidates(request, signature):
        if separator := _separator_of_names(request, text):
            return {**place, **({"separator": separator} if separator != "," else {})}
    return {}


def _candidates(request: Captured, signature: HeaderSignature) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the texts that may be such a list, each with its place."""
    for prefix, text in signature.parts:
        yield {"header": signature.header, "prefix": prefix, "split": signature.split}, text
    for name, value in request.headers:
        if _LIST_NAME.search(name):
            yield {"header": name}, value


def _separator_of_names(request: Captured, text: str) -> str | None:
    """Return what stands between names of headers that the request has; None where a text is something else."""
    for separator in (",", " ", ";", ":"):
        names = text.lower().split(separator)
        if all(name.strip() in request.headers_by_name for name in names) and (len(names) > 1 or separator == ","):
            return separator
    return None
