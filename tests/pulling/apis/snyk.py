"""Snyk's audit log: https://docs.snyk.io/snyk-api/reference/audit-logs."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call, Happening, rfc3339, seconds
from tests.pulling.vendor import answer_of

_PATH = "/rest/groups/01234567-89ab-4cde-8f01-23456789abcd/audit_logs/search"


class Snyk(Api):
    """Entries without ids, the oldest first; `from` counts and `to` does not. The next link is a path."""

    source_name = "snyk-audit"
    streams = ("audit",)
    without_ids = frozenset(streams)
    prefix, secret_name = "token ", "api_key"

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "audit"
        content = {"userPublicId": happening.mark}
        return {"created": rfc3339(happening.at), "event": "org.user.invite", "content": content}

    def answer(self, call: Call) -> HttpAnswer:
        query = {name: call.query[name] for name in ("version", "size", "sort_order")}
        assert (call.path, query) == (_PATH, {"version": "2024-10-15", "size": "100", "sort_order": "ASC"})
        matches = self.before("audit", seconds(call.query["from"]), seconds(call.query["to"]))
        page, cursor = self.page(matches, call.query.get("cursor"))
        links = {"next": call.url(cursor=cursor).removeprefix("https://api.snyk.io")} if cursor else {}
        items = [self.event("audit", happening) for happening in page]
        return answer_of({"data": {"type": "audit_logs_search", "items": items}, "links": links})

    def unauthorized(self) -> HttpAnswer:
        return _error(401, "Unauthorized")

    def limited(self) -> HttpAnswer:
        return _error(429, "Too many requests")

    def forgotten(self) -> HttpAnswer:
        return _error(400, "Invalid cursor")


def _error(status: int, detail: str) -> HttpAnswer:
    return answer_of({"jsonapi": {"version": "1.0"}, "errors": [{"status": str(status), "detail": detail}]}, status)
