"""Zoom's reports: https://developers.zoom.us/docs/api/meetings/#tag/reports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Call, Happening, basic, seconds
from tests.pulling.apis.token_api import TokenApi
from tests.pulling.vendor import answer_of

_DAY = 86_400
_REPORTS = {"operationlogs": ("operations", "operation_logs"), "activities": ("signin", "activity_logs")}


class Zoom(TokenApi):
    """Two reports of days, the newest first, without ids; the token of a page ends after 15 minutes."""

    source_name = "zoom-log"
    token_url = "https://zoom.us/oauth/token"
    token_form: ClassVar = {"grant_type": "account_credentials", "account_id": "AbCdEfGhIjKlMnOpQrStUv"}
    streams = ("operations", "signin")
    without_ids = frozenset(streams)
    whole_seconds = True
    token_lasts = 900

    def is_client(self, call: Call) -> bool:
        return call.authorization == basic(*self.secrets().values()) and call.form == self.token_form

    def event(self, stream: str, happening: Happening) -> Any:
        time = datetime.fromtimestamp(happening.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if stream == "signin":
            return {"email": happening.mark, "time": time, "type": "Sign in", "version": "-"}
        return {"time": time, "operator": happening.mark, "category_type": "User", "action": "Update"}

    def api_answer(self, call: Call) -> HttpAnswer:
        assert call.query["page_size"] == "300"
        stream, name = _REPORTS[call.path.removeprefix("/v2/report/")]
        first, last = (seconds(f"{call.query[bound]}T00:00:00Z") for bound in ("from", "to"))
        assert first <= last < first + 31 * _DAY
        matches = self.before(stream, first, last + _DAY)
        page, token = self.page(matches, call.query.get("next_page_token"), newest_first=True)
        return answer_of({name: [self.event(stream, happening) for happening in page], "next_page_token": token or ""})

    def unauthorized(self) -> HttpAnswer:
        return answer_of({"code": 124, "message": "Access token is expired."}, 401)

    def limited(self) -> HttpAnswer:
        message = "You have reached the maximum per-second rate limit for this API."
        return answer_of({"code": 429, "message": message}, 429, retry_after="1")

    def forgotten(self) -> HttpAnswer:
        return answer_of({"code": 300, "message": "The next page token is either invalid or expired."}, 400)
