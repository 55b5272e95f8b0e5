"""Atlassian's audit log: https://developer.atlassian.com/cloud/admin/organization/rest/api-group-events/."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call, Happening, rfc3339
from tests.pulling.vendor import answer_of

_PATH = "/admin/v1/orgs/01234567-89ab-4cde-8f01-23456789abcd/events-stream"


class AtlassianOrg(Api):
    """A cursor in the order in which events came. The last page has one at some times, and none at others."""

    source_name = "atlassian-org"
    streams = ("events",)

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "events"
        attributes = {"action": "user_login", "time": rfc3339(happening.at)}
        return {"id": happening.mark, "type": "events", "attributes": attributes}

    def answer(self, call: Call) -> HttpAnswer:
        assert (call.path, call.query["limit"]) == (_PATH, "500")
        if "cursor" in call.query:
            since, after = self.known(call.query["cursor"])
        else:
            assert call.query["sortOrder"] == "asc"
            since, after = int(call.query["from"]) / 1_000, -1
        matches = [event for event in self.logs["events"] if event.at >= since and event.number > after]
        page = matches[: self.page_size]
        has_cursor = page and (len(matches) > len(page) or int(self.now) % 2)
        cursor = self.token((since, page[-1].number)) if has_cursor else None
        return answer_of({"data": [self.event("events", event) for event in page], "meta": {"next": cursor}})

    def limited(self) -> HttpAnswer:
        return answer_of({"code": 429, "message": "Too many requests"}, 429, x_ratelimit_reset=rfc3339(self.now + 40))
