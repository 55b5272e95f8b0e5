"""Zendesk's audit log: https://developer.zendesk.com/api-reference/ticketing/account-configuration/audit_logs/."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call, Happening, basic, rfc3339, seconds
from tests.pulling.vendor import answer_of


class Zendesk(Api):
    """A time in seconds, whose ends are two values of one name."""

    source_name = "zendesk-audit"
    streams = ("audit",)
    secret_name = "password"
    whole_seconds = True

    def replace_credential(self) -> None:
        super().replace_credential()
        self.stored["/made/up/user"] = "siem@example.com/token"

    def is_authorized(self, call: Call) -> bool:
        return call.authorization == basic(*(self.stored[f"/made/up/{name}"] for name in ("user", "password")))

    def event(self, stream: str, happening: Happening) -> Any:
        made = {"id": happening.number, "created_at": rfc3339(happening.at)}
        return {"action": "update", "source_type": stream, "source_label": happening.mark, **made}

    def answer(self, call: Call) -> HttpAnswer:
        assert (call.path, call.query["sort"]) == ("/api/v2/audit_logs.json", "created_at")
        assert call.query["page[size]"] == "100"
        first, end = map(seconds, parse_qs(urlsplit(call.request.url).query)["filter[created_at][]"])
        # Zendesk does not say whether either end counts.
        matches = [event for event in self.logs["audit"] if first < event.at < end]
        page, token = self.page(matches, call.query.get("page[after]"))
        meta = {"has_more": bool(token), "after_cursor": token or (self.end_token(page) if page else None)}
        return answer_of({"audit_logs": [self.event("audit", event) for event in page], "meta": meta})

    def unauthorized(self) -> HttpAnswer:
        return answer_of({"error": "Couldn't authenticate you"}, 401)

    def forgotten(self) -> HttpAnswer:
        return answer_of({"error": "InvalidPaginationParameter"}, 400)
