"""PagerDuty's audit records: https://developer.pagerduty.com/api-reference/116868b0e9772-list-audit-records."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Answered, Api, Call, Happening, rfc3339, seconds
from tests.pulling.vendor import answer_of


class PagerDuty(Api):
    """The newest first, at most 31 days in a request; whether its bounds count, PagerDuty does not say."""

    source_name = "pagerduty-audit"
    streams = ("records",)
    prefix, secret_name = "Token token=", "api_key"

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "records"
        root = {"id": "PUEXMP1", "type": "user_reference"}
        time = rfc3339(happening.at)
        return {"id": happening.mark, "execution_time": time, "root_resource": root, "action": "create"}

    def answer(self, call: Call) -> HttpAnswer:
        assert (call.path, call.query["limit"]) == ("/audit/records", "100")
        assert call.header("accept") == "application/vnd.pagerduty+json;version=2"
        first, last = seconds(call.query["since"]), seconds(call.query["until"])
        if last - first > 31 * 86_400:
            raise Answered(_error(400, 2_001, "Invalid Input Provided"))
        matches = self.between("records", first, last)
        page, cursor = self.page(matches, call.query.get("cursor"), newest_first=True)
        records = [self.event("records", happening) for happening in page]
        return answer_of({"records": records, "next_cursor": cursor, "limit": 100})

    def unauthorized(self) -> HttpAnswer:
        return _error(401, 2_006, "Unauthorized")

    def limited(self) -> HttpAnswer:
        return _error(429, 2_020, "Too Many Requests", ratelimit_reset="30")

    def forgotten(self) -> HttpAnswer:
        return _error(400, 2_001, "Invalid Input Provided")


def _error(status: int, code: int, message: str, **headers: str) -> HttpAnswer:
    return answer_of({"error": {"code": code, "message": message}}, status, **headers)
