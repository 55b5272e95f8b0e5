"""1Password's Events API: https://developer.1password.com/docs/events-api/reference."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call, Happening, rfc3339, seconds
from tests.pulling.vendor import answer_of

_PATHS = {"/api/v2/signinattempts": "signin", "/api/v2/itemusages": "usage", "/api/v2/auditevents": "audit"}


class OnePassword(Api):
    """Three logs, each with a cursor that lasts: the first request says from when, the later ones have it alone."""

    source_name = "onepassword"
    streams = ("signin", "usage", "audit")

    def event(self, stream: str, happening: Happening) -> Any:
        more = {
            "signin": {"category": "success"},
            "usage": {"action": "reveal"},
            "audit": {"action": "join", "object_type": "gm"},
        }
        return {"uuid": happening.mark, "timestamp": rfc3339(happening.at), **more[stream]}

    def answer(self, call: Call) -> HttpAnswer:
        assert call.request.method == "POST"
        stream = _PATHS[call.path]
        if "cursor" in call.json:
            assert list(call.json) == ["cursor"]
            since, after = self.known(call.json["cursor"])
        else:
            assert call.json["limit"] == 1_000
            since, after = seconds(call.json["start_time"]), -1
        matches = [event for event in self.logs[stream] if event.at >= since and event.number > after]
        page = matches[: self.page_size]
        cursor = self.token((since, page[-1].number if page else after))
        items = [self.event(stream, event) for event in page]
        return answer_of({"cursor": cursor, "has_more": len(matches) > len(page), "items": items})

    def forgotten(self) -> HttpAnswer:
        return answer_of({"Error": {"Message": "Invalid cursor"}}, 400)
