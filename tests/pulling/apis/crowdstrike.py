"""CrowdStrike's alerts: https://developer.crowdstrike.com/api-reference/collections/alerts/."""

from __future__ import annotations

import re
from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Call, Happening, rfc3339, seconds
from tests.pulling.apis.token_api import TokenApi
from tests.pulling.vendor import answer_of

_FILTER = re.compile(r"updated_timestamp:>='(\S+)'\+updated_timestamp:<'(\S+)'")


class CrowdStrike(TokenApi):
    """Alerts by when they last changed, sorted by when they were made; a change takes the place of what was before."""

    source_name = "crowdstrike"
    token_url = "https://api.crowdstrike.com/oauth2/token"
    token_status = 201
    streams = ("alerts",)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.alerts: dict[Happening, Happening] = {}
        """What happened last to each alert, by what happened first."""

    def grant(self) -> dict[str, object]:
        return {"token_type": "bearer", "expires_in": 1_799}

    def happen(self, stream: str, age: float, copies: int = 1) -> None:
        first, last = list(self.alerts.items())[self._count % len(self.alerts)] if self.alerts else (None, None)
        for _ in range(copies):
            super().happen(stream, age)
            happening = self.logs[stream][-1]
            if first and last and self._count % 3 == 0 and last.at < happening.at:
                self.alerts[first] = happening
                self.replace(last)
                last = happening
            else:
                self.alerts[happening] = happening

    def event(self, stream: str, happening: Happening) -> Any:
        last = self.alerts[happening]
        times = {"created_timestamp": rfc3339(happening.at), "updated_timestamp": rfc3339(last.at)}
        return {
            "composite_id": f"cid:ind:{happening.number}",
            "type": "ldt",
            "name": last.mark,
            "product": stream,
            **times,
        }

    def api_answer(self, call: Call) -> HttpAnswer:
        assert (call.request.method, call.path) == ("POST", "/alerts/combined/alerts/v1")
        assert (call.json["sort"], call.json["limit"]) == ("created_timestamp|asc", 1_000)
        bounds = _FILTER.fullmatch(call.json["filter"])
        assert bounds
        since, end = map(seconds, bounds.groups())
        matches = [first for first, last in self.alerts.items() if since <= last.at < end]
        page, token = self.page(matches, call.json.get("after"))
        pagination = {"limit": 1_000, "total": len(matches), **({"after": token} if token else {})}
        alerts = [self.event("alerts", first) for first in page]
        return answer_of({"meta": {"pagination": pagination}, "errors": [], "resources": alerts})

    def unauthorized(self) -> HttpAnswer:
        return _error(401, "access denied, invalid bearer token")

    def limited(self) -> HttpAnswer:
        return _error(429, "API rate limit exceeded.", x_ratelimit_retryafter=str(int(self.now) + 20))

    def forgotten(self) -> HttpAnswer:
        return _error(400, "Search context expired, 'after' key no longer valid")


def _error(status: int, message: str, **headers: str) -> HttpAnswer:
    return answer_of({"errors": [{"code": status, "message": message}], "resources": []}, status, **headers)
