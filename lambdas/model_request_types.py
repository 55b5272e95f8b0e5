"""The types of single values in how a vendor is asked, each with the text that the reference has for it."""

from __future__ import annotations

from typing import NewType

RequestPath = NewType("RequestPath", str)
"""The path of a request below a base URL, in which every `{path}` is filled in, percent-encoded."""

RequestUrl = NewType("RequestUrl", str)
"""The path of a request with its query, or its URL; every `{path}` is filled in, percent-encoded unless it is all."""

RequestText = NewType("RequestText", str)
"""Text of a request, in which every `{path}` is filled in. A sole `{path}` keeps its type."""

RequestJson = NewType("RequestJson", object)
"""Any JSON value. Texts in it are filled in as `RequestText` is."""

UrlOrigin = NewType("UrlOrigin", str)
"""A URL without a query: the origin, and the beginning of the path, of every request."""

Duration = NewType("Duration", int)
"""A time in seconds, written as a number and a unit: `30s`, `5m`, `24h`, `7d`."""

TextOrList = RequestText | tuple[RequestText, ...]
"""A text with `{path}`, a whole number, `true` or `false`; or a list of them, for a name that comes several times."""
