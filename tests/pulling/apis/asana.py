"""Asana's audit log: https://developers.asana.com/reference/getauditlogevents."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call, Happening, rfc3339, seconds
from tests.pulling.vendor import answer_of


class Asana(Api):
    """The oldest first; where anything was found, there is always an offset for the next page."""

    source_name = "asana-audit"
    streams = ("events",)

    def event(self, stream: str, happening: Happening) -> Any:
        more = {"event_type": "user_login_succeeded", "event_category": stream}
        return {"gid": happening.mark, "created_at": rfc3339(happening.at), **more}

    def answer(self, call: Call) -> HttpAnswer:
        assert call.path == "/api/1.0/workspaces/1200000000000001/audit_log_events"
        assert call.query["limit"] == "100"
        matches = self.before("events", seconds(call.query["start_at"]), seconds(call.query["end_at"]))
        offset = call.query.get("offset")
        page, token = self.page(matches, offset)
        offset = token or (self.end_token(page) if page else offset)
        following = {"offset": offset, "path": call.path} if offset else None
        return answer_of({"data": [self.event("events", event) for event in page], "next_page": following})

    def unauthorized(self) -> HttpAnswer:
        return answer_of({"errors": [{"message": "Not Authorized"}]}, 401)

    def forgotten(self) -> HttpAnswer:
        return answer_of({"errors": [{"message": "offset: Your pagination token has expired."}]}, 400)
