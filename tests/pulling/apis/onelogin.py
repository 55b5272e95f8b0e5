"""OneLogin's events: https://developers.onelogin.com/api-docs/1/events/get-events."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Call, Happening, basic, rfc3339, seconds
from tests.pulling.apis.token_api import TokenApi
from tests.pulling.vendor import answer_of


class OneLogin(TokenApi):
    """A search by time that leaves out both ends; the last page has a cursor too, but no link."""

    source_name = "onelogin"
    token_url = "https://example.onelogin.com/auth/oauth2/v2/token"
    streams = ("events",)

    def is_client(self, call: Call) -> bool:
        assert call.json == {"grant_type": "client_credentials"}
        return call.authorization == basic(*self.secrets().values())

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "events"
        return {"id": happening.mark, "event_type_id": 5, "created_at": rfc3339(happening.at), "user_name": "Ann"}

    def api_answer(self, call: Call) -> HttpAnswer:
        assert (call.path, call.query["limit"]) == ("/api/1/events", "50")
        matches = self.between("events", seconds(call.query["since"]), seconds(call.query["until"]))
        page, token = self.page(matches, call.query.get("after_cursor"))
        link = f"https://api.us.onelogin.com/api/1/events?after_cursor={token}" if token else None
        pagination = {"after_cursor": token or "Y3Vyc29y", "next_link": link}
        return answer_of({"pagination": pagination, "data": [self.event("events", happening) for happening in page]})

    def unauthorized(self) -> HttpAnswer:
        return _refusal(401, "Authentication Failure")

    def limited(self) -> HttpAnswer:
        status = {"error": True, "code": 429, "message": "Too many requests"}
        return answer_of({"status": status}, 429, x_ratelimit_remaining="0", x_ratelimit_reset="30")

    def forgotten(self) -> HttpAnswer:
        return _refusal(400, "Invalid cursor")


def _refusal(status: int, message: str) -> HttpAnswer:
    return answer_of({"status": {"error": True, "code": status, "message": message}}, status)
