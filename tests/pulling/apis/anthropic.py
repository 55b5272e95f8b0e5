"""Anthropic's Activity Feed: https://platform.claude.com/docs/en/manage-claude/compliance-activity-feed."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Call, Happening, rfc3339, seconds
from tests.pulling.apis.ids_api import IdsApi
from tests.pulling.vendor import answer_of


class Anthropic(IdsApi):
    """A time whose end does not count; each request is an activity too, and dropped."""

    source_name = "anthropic"
    streams = ("activities",)
    secret_name = "api_key"

    def is_authorized(self, call: Call) -> bool:
        assert call.request.headers["anthropic-version"] == "2023-06-01"
        return call.request.headers["x-api-key"] == self.stored["/made/up/api_key"]

    def event(self, stream: str, happening: Happening) -> Any:
        # That of a request has no mark, since nobody sees it.
        own = {"type": "compliance_api_accessed", "url": f"https://api.anthropic.com/v1/compliance/{stream}?limit=1"}
        more = own if happening.mark.startswith("request") else {"type": "claude_chat_created"}
        return {"id": happening.mark, "created_at": rfc3339(happening.at), **more}

    def answer(self, call: Call) -> HttpAnswer:
        assert (call.path, call.query["limit"]) == ("/v1/compliance/activities", "1000")
        log = self.logs["activities"]
        log.append(Happening(self.now, len(log), f"request-{len(log)}"))
        first, end = (seconds(call.query[f"created_at.{name}"]) for name in ("gte", "lt"))
        return self.ids_answer(self.before("activities", first, end), call.query.get("after_id"))

    def unauthorized(self) -> HttpAnswer:
        return _error(401, "authentication_error", "invalid x-api-key")

    def limited(self) -> HttpAnswer:
        return _error(429, "rate_limit_error", "The limit of the organization is used up.", retry_after="30")

    def forgotten(self) -> HttpAnswer:
        return _error(400, "invalid_request_error", "Invalid `after_id`")


def _error(status: int, kind: str, message: str, **headers: str) -> HttpAnswer:
    return answer_of({"type": "error", "error": {"type": kind, "message": message}}, status, **headers)
