"""Tailscale's configuration audit log: https://tailscale.com/kb/1203/audit-logging."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Call, Happening, rfc3339, seconds
from tests.pulling.apis.token_api import TokenApi
from tests.pulling.vendor import answer_of


class Tailscale(TokenApi):
    """All of a time in one answer, without ids; whether its bounds count, Tailscale does not say."""

    source_name = "tailscale-log"
    token_url = "https://api.tailscale.com/api/v2/oauth/token"
    streams = ("configuration",)
    without_ids = frozenset(streams)

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "configuration"
        target = {"id": happening.mark, "type": "USER", "name": "ann@example.com"}
        return {"eventTime": rfc3339(happening.at), "type": "CONFIG", "action": "CREATE", "target": target}

    def api_answer(self, call: Call) -> HttpAnswer:
        assert call.path == "/api/v2/tailnet/-/logging/configuration"
        matches = self.between("configuration", seconds(call.query["start"]), seconds(call.query["end"]))
        logs = [self.event("configuration", happening) for happening in sorted(matches)]
        # Where nothing happened, there is no list.
        return answer_of({"version": "1.1", "tailnet": "example.com", "logs": logs or None})
