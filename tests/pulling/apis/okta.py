"""Okta's System Log: https://developer.okta.com/docs/reference/system-log-query/."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call, Happening, rfc3339, seconds
from tests.pulling.vendor import answer_of


class Okta(Api):
    """Polling: in the order in which events came, with a next link in every answer, also the last."""

    source_name = "okta-log"
    streams = ("logs",)
    prefix, secret_name = "SSWS ", "api_key"

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "logs"
        return {"uuid": happening.mark, "eventType": "user.session.start", "published": rfc3339(happening.at)}

    def answer(self, call: Call) -> HttpAnswer:
        assert (call.path, call.query["limit"]) == ("/api/v1/logs", "1000")
        since, after = seconds(call.query["since"]), call.query.get("after")
        matches = [happening for happening in self.logs["logs"] if happening.at >= since]
        page, _ = self.page(matches, after, by_arrival=True)
        if page:
            after = self.token((0.0, page[-1].number))
        following = f"since={call.query['since']}&limit=1000&sortOrder=ASCENDING" + (f"&after={after}" if after else "")
        link = f'<https://example.okta.com/api/v1/logs?{following}>; rel="next"'
        return answer_of([self.event("logs", happening) for happening in page], link=link)

    def limited(self) -> HttpAnswer:
        return answer_of({"errorCode": "E0000047"}, 429, x_rate_limit_reset=str(int(self.now) + 40))

    def forgotten(self) -> HttpAnswer:
        return answer_of({"errorCode": "E0000031", "errorSummary": "Invalid search criteria."}, 400)
