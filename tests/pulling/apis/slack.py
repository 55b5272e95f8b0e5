"""Slack's Audit Logs API: https://docs.slack.dev/reference/audit-logs-api/methods-actions-reference."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call, Happening
from tests.pulling.vendor import answer_of


class Slack(Api):
    """Whole seconds, of which both bounds count; the newest first, and an empty cursor on the last page."""

    source_name = "slack-audit"
    streams = ("logs",)
    whole_seconds = True

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "logs"
        return {"id": happening.mark, "date_create": int(happening.at), "action": "user_login", "entity": {}}

    def answer(self, call: Call) -> HttpAnswer:
        assert (call.path, call.query["limit"]) == ("/audit/v1/logs", "1000")
        matches = self.within("logs", int(call.query["oldest"]), int(call.query["latest"]))
        page, cursor = self.page(matches, call.query.get("cursor"), newest_first=True)
        entries = [self.event("logs", happening) for happening in page]
        return answer_of({"entries": entries, "response_metadata": {"next_cursor": cursor or ""}})

    def unauthorized(self) -> HttpAnswer:
        return answer_of({"ok": False, "error": "invalid_auth"}, 401)

    def limited(self) -> HttpAnswer:
        return answer_of({"ok": False, "error": "ratelimited"}, 429, retry_after="30")

    def forgotten(self) -> HttpAnswer:
        # A status of 200, and no entries.
        return answer_of({"ok": False, "error": "invalid_cursor"})
