"""The audit log of Bitbucket Data Center: https://developer.atlassian.com/server/framework/atlassian-sdk/rest/api-group-events/."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call, Happening, rfc3339, seconds
from tests.pulling.vendor import answer_of


class BitbucketDc(Api):
    """A search by time, the newest first, whose events have no ids; each search is an event itself."""

    source_name = "bitbucket-dc"
    streams = ("events",)
    without_ids = frozenset(streams)

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "events"
        kind = {"action": "Project created", "actionI18nKey": "bitbucket.service.project.audit.action.projectcreated"}
        objects = [{"name": happening.mark, "type": "PROJECT"}]
        return {"timestamp": rfc3339(happening.at), "type": kind, "affectedObjects": objects, "changedValues": []}

    def answer(self, call: Call) -> HttpAnswer:
        assert (call.path, call.query["limit"]) == ("/rest/auditing/1.0/events", "1000")
        first, last = seconds(call.query["from"]), seconds(call.query["to"])
        matches = self.within("events", first, last)
        page, cursor = self.page(matches, call.query.get("pageCursor"), newest_first=True)
        search = {"action": "Audit Log search performed", "actionI18nKey": "atlassian.audit.event.action.audit.search"}
        events = [self.event("events", happening) for happening in page]
        events.insert(0, {"timestamp": rfc3339(first), "type": search, "affectedObjects": [], "changedValues": []})
        paging = {"lastPage": cursor is None, "size": len(events)} | ({"nextPageCursor": cursor} if cursor else {})
        return answer_of({"entities": events, "pagingInfo": paging})

    def forgotten(self) -> HttpAnswer:
        return answer_of({"message": "pageCursor is not valid"}, 400)
