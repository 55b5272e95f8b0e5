"""GitHub's audit log: https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call, Happening, seconds
from tests.pulling.vendor import answer_of


class GitHub(Api):
    """A search by time, whose next pages are in the header Link."""

    source_name = "github-audit"
    streams = ("audit",)

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "audit"
        return {"action": "repo.create", "_document_id": happening.mark, "@timestamp": int(happening.at * 1_000)}

    def answer(self, call: Call) -> HttpAnswer:
        assert call.path == "/orgs/example/audit-log"
        assert (call.query["order"], call.query["include"]) == ("asc", "all")
        first, last = map(seconds, call.query["phrase"].removeprefix("created:").split(".."))
        page, token = self.page(self.within("audit", first, last), call.query.get("after"))
        link = {"link": f'<{call.url(after=token)}>; rel="next"'} if token else {}
        return answer_of([self.event("audit", happening) for happening in page], **link)

    def limited(self) -> HttpAnswer:
        reset = str(int(self.now) + 100)
        message = {"message": "API rate limit exceeded for user ID 1."}
        return answer_of(message, 403, x_ratelimit_remaining="0", x_ratelimit_reset=reset)

    def forgotten(self) -> HttpAnswer:
        return answer_of({"message": "The cursor is invalid."}, 422)
