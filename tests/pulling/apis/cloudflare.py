"""Cloudflare's audit log, version 2: https://developers.cloudflare.com/api/resources/accounts/subresources/logs/."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call, Happening, rfc3339, seconds
from tests.pulling.vendor import answer_of

_PATH = "/client/v4/accounts/0123456789abcdef0123456789abcdef/logs/audit"


class Cloudflare(Api):
    """What is newer than a time and older than another, the oldest first; a cursor on every page, also an empty one."""

    source_name = "cloudflare-audit"
    streams = ("audit",)

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "audit"
        action = {"type": "create", "result": "success", "time": rfc3339(happening.at)}
        return {"id": happening.mark, "action": action, "resource": {"product": "members"}}

    def answer(self, call: Call) -> HttpAnswer:
        assert (call.path, call.query["direction"], call.query["limit"]) == (_PATH, "asc", "100")
        matches = self.between("audit", seconds(call.query["since"]), seconds(call.query["before"]))
        page, _ = self.page(matches, call.query.get("cursor"))
        cursor = self.end_token(page) if page else self.token(None)
        result = [self.event("audit", happening) for happening in page]
        info = {"count": len(page), "cursor": cursor}
        return answer_of({"success": True, "errors": [], "messages": [], "result": result, "result_info": info})

    def unauthorized(self) -> HttpAnswer:
        return answer_of(_error(10_000, "Authentication error"), 401)

    def limited(self) -> HttpAnswer:
        return answer_of(_error(971, "Please wait and consider throttling your request speed"), 429, retry_after="30")

    def forgotten(self) -> HttpAnswer:
        return answer_of(_error(7_003, "invalid cursor"), 400)


def _error(code: int, message: str) -> Any:
    return {"success": False, "errors": [{"code": code, "message": message}], "messages": [], "result": None}
