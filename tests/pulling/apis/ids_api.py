"""An API whose pages begin after the id of an event, with the newest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Happening
from tests.pulling.vendor import answer_of


class IdsApi(Api):
    """Says with each page which ids are its first and its last, and whether there are more."""

    def ids_answer(self, matches: Iterable[Happening], after: str | None) -> HttpAnswer:
        """Return the answer with the page after an id."""
        page, token = self.page(matches, after, newest_first=True)
        if token:
            self.tokens[page[-1].mark] = self.tokens.pop(token)
        ids: tuple[Any, Any] = (page[0].mark, page[-1].mark) if page else (None, None)
        events = [self.event(self.streams[0], happening) for happening in page]
        return answer_of({"data": events, "first_id": ids[0], "last_id": ids[1], "has_more": bool(token)})
