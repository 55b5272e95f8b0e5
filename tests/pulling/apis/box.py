"""Box's enterprise events: https://developer.box.com/guides/events/enterprise-events/for-enterprise."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Call, Happening, rfc3339
from tests.pulling.apis.token_api import TokenApi
from tests.pulling.vendor import answer_of

_POSITIONS = 1_152_922_976_252_290_000
"""Positions are larger than what a float can tell apart."""


class Box(TokenApi):
    """A stream in the order in which events came, some of them again, with a position after each page."""

    source_name = "box-events"
    token_url = "https://api.box.com/oauth2/token"
    streams = ("events",)

    def is_client(self, call: Call) -> bool:
        subject = call.form["box_subject_type"], call.form["box_subject_id"]
        return super().is_client(call) and subject == ("enterprise", "123456")

    def event(self, stream: str, happening: Happening) -> Any:
        return {"event_id": happening.mark, "event_type": "UPLOAD", "created_at": rfc3339(happening.at), "type": stream}

    def api_answer(self, call: Call) -> HttpAnswer:
        assert (call.path, call.query["stream_type"], call.query["limit"]) == (
            "/2.0/events",
            "admin_logs_streaming",
            "500",
        )
        log, start = self.logs["events"], max(0, int(call.query["stream_position"]) - _POSITIONS)
        # A page may be short, and begin with an event of the page before.
        end = min(len(log), start + 1 + start % self.page_size)
        page = log[max(0, start - 1) : end] if end > start else []
        entries = [self.event("events", happening) for happening in page]
        return answer_of({"chunk_size": len(page), "next_stream_position": _POSITIONS + end, "entries": entries})

    def unauthorized(self) -> HttpAnswer:
        return HttpAnswer(401, {"www-authenticate": 'Bearer error="invalid_token"'}, b"")
