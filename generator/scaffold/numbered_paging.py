"""Guess paging by numbers, of a page or of an event, and which page is the last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.scaffold.answer_values import Value
from generator.scaffold.finding import Finding
from generator.scaffold.paging_values import GUIDE, PagingGuess, find_flag, is_number
from generator.scaffold.request_guess import RequestGuess

_TOTALS = ("total", "totalcount", "totalresults", "totalhits", "totalitems", "totalrecords", "totalelements")
_PAGE_COUNTS = ("totalpages", "pages", "pagecount", "pagetotal", "lastpage", "numpages")
_PAGE_NUMBERS = ("page", "currentpage", "pagenumber", "number", "pageno")


def guess_numbered(values: Sequence[Value], request: RequestGuess) -> PagingGuess | None:
    """Return the guess; None where the request has neither."""
    style = next((style for style in ("page", "offset") if style in request.names), None)
    if not style:
        return None
    name = request.names[style]
    start = int(request.values[name]) if request.values[name].isdigit() else 1
    first = {"first": 0} if start == 0 and style == "page" else {}
    end, finding = _end(values, request, style)
    line = Finding("sure", f"paging: {style}, in {name}, from {start}")
    return PagingGuess(style, {**first, **end}, (line, finding), name)


def _end(values: Sequence[Value], request: RequestGuess, style: str) -> tuple[dict[str, Any], Finding]:
    numbers = {value.word: value.path for value in values if is_number(value.value)}
    if flag := find_flag(values):
        return {"while": flag}, Finding("sure", f"{flag} says whether there are more pages")
    if style == "page" and "nextpage" in numbers:
        following = numbers["nextpage"]
        return {"while": following}, Finding("likely", f"{following} has the number of the next page, if there is one")
    total = next((numbers[word] for word in _TOTALS if word in numbers), None)
    if style == "offset" and total:
        return {"total": total}, Finding("likely", f"{total} is the number of all events")
    count = next((numbers[word] for word in _PAGE_COUNTS if word in numbers), None)
    page = next((numbers[word] for word in _PAGE_NUMBERS if word in numbers), None)
    if style == "page" and count and page:
        return {"while": f"{page} < {count}"}, Finding("likely", f"{page} < {count} says that there are more pages")
    size = request.limit or 1
    text = f"a page with fewer than {size} events" if size > 1 else "an empty page"
    return {"size": size}, Finding("check", f"{text} is taken for the last: {GUIDE}")
