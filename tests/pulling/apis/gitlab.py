"""GitLab's audit events of a group: https://docs.gitlab.com/api/audit_events/#group-audit-events."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Answered, Api, Call, Happening, rfc3339, seconds
from tests.pulling.vendor import answer_of

_KEYSET = {"pagination": "keyset", "order_by": "id", "sort": "desc", "per_page": "100"}


class GitLab(Api):
    """On or after a time and on or before another, by id, the greatest first; a next link on each page with events."""

    source_name = "gitlab-audit"
    streams = ("audit",)
    header, prefix, secret_name = "private-token", "", "api_key"

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "audit"
        details = {"event_name": "deploy_key_added", "target_details": happening.mark}
        return {"id": 9_007_199_254_740_993 + happening.number, "details": details, "created_at": rfc3339(happening.at)}

    def answer(self, call: Call) -> HttpAnswer:
        assert call.path == "/api/v4/groups/acme/audit_events"
        assert _KEYSET.items() <= call.query.items()
        first, last = seconds(call.query["created_after"]), seconds(call.query["created_before"])
        if last - first > 30 * 86_400:
            raise Answered(answer_of({"message": "Date range too large"}, 400))
        matches = self.within("audit", first, last)
        page, _ = self.page(matches, call.query.get("cursor"), by_arrival=True, newest_first=True)
        link = {}
        if page:
            link["link"] = f'<{call.url(cursor=self.token((0.0, page[-1].number)))}>; rel="next"'
        return answer_of([self.event("audit", happening) for happening in page], **link)

    def unauthorized(self) -> HttpAnswer:
        return answer_of({"message": "401 Unauthorized"}, 401)

    def limited(self) -> HttpAnswer:
        message = {"error": "This endpoint has been requested too many times. Try again later."}
        return answer_of({"message": message}, 429, ratelimit_reset=str(int(self.now) + 30))

    def forgotten(self) -> HttpAnswer:
        return answer_of({"error": "cursor is invalid"}, 400)
