"""Wiz's GraphQL API, as the integrations that are published ask it."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Call, Happening, rfc3339, seconds
from tests.pulling.apis.token_api import TokenApi
from tests.pulling.vendor import answer_of

_TIMES = {"audit": "timestamp", "issues": "statusChangedAt", "detections": "createdAt"}
_ROOTS = {"audit": "auditLogEntries", "issues": "issues", "detections": "detections"}


class Wiz(TokenApi):
    """Three lists at one path, told apart by the query; what is wrong is said with 200."""

    source_name = "wiz"
    token_url = "https://auth.app.wiz.io/oauth/token"
    streams = ("audit", "issues", "detections")

    def is_client(self, call: Call) -> bool:
        return super().is_client(call) and call.form["audience"] == "wiz-api"

    def event(self, stream: str, happening: Happening) -> Any:
        more = {
            "audit": {"action": "Login", "status": "SUCCESS"},
            "issues": {"status": "OPEN", "severity": "HIGH"},
            "detections": {"type": "MATCH_ONLY", "severity": "LOW"},
        }
        return {"id": happening.mark, _TIMES[stream]: rfc3339(happening.at), **more[stream]}

    def api_answer(self, call: Call) -> HttpAnswer:
        assert (call.request.method, call.path) == ("POST", "/graphql")
        stream = next(name for name, root in _ROOTS.items() if f"{root}(" in call.json["query"].replace("V2", ""))
        variables = call.json["variables"]
        times = variables["filterBy"][_TIMES[stream]]
        first, last = seconds(times["after"]), seconds(times["before"])
        matches = self.between(stream, first, last)
        page, token = self.page(matches, variables.get("after"), newest_first=stream == "audit")
        nodes = [self.event(stream, happening) for happening in page]
        info = {"hasNextPage": token is not None, "endCursor": token or "the end"}
        return answer_of({"data": {_ROOTS[stream]: {"nodes": nodes, "pageInfo": info}}})

    def forgotten(self) -> HttpAnswer:
        return answer_of({"errors": [{"message": "invalid cursor"}], "data": None})
