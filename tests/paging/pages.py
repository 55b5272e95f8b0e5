"""Pages of a vendor's API, as a paging style sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jmespath

from lambdas.paging_style import Page


def page_of(
    answer: Any = None,
    *,
    size: int = 1,
    token: str | None = None,
    url: str = "https://api.example.com/v1/logs?a=b",
    headers: Mapping[str, str] | None = None,
) -> Page:
    """A page whose paths are plain JMESPath."""
    found = {name.lower(): value for name, value in (headers or {}).items()}
    return Page(url, lambda path: jmespath.search(path, answer), lambda name: found.get(name.lower()), size, token)
