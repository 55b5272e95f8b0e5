"""OpenAI's audit log: https://platform.openai.com/docs/api-reference/audit-logs."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Call, Happening
from tests.pulling.apis.ids_api import IdsApi
from tests.pulling.vendor import answer_of


class OpenAI(IdsApi):
    """A time in seconds, of which both ends count."""

    source_name = "openai-audit"
    streams = ("audit",)
    whole_seconds = True

    def event(self, stream: str, happening: Happening) -> Any:
        return {"id": happening.mark, "type": "project.created", "effective_at": int(happening.at), "project": stream}

    def answer(self, call: Call) -> HttpAnswer:
        assert (call.path, call.query["limit"]) == ("/v1/organization/audit_logs", "100")
        first, last = (int(call.query[f"effective_at[{name}]"]) for name in ("gte", "lte"))
        return self.ids_answer(self.within("audit", first, last), call.query.get("after"))

    def unauthorized(self) -> HttpAnswer:
        return answer_of({"error": {"code": "invalid_api_key", "message": "Incorrect API key provided"}}, 401)

    def limited(self) -> HttpAnswer:
        return answer_of({"error": {"code": "rate_limit_exceeded", "message": "Rate limit reached"}}, 429)

    def forgotten(self) -> HttpAnswer:
        return answer_of({"error": {"code": None, "message": "No such audit log", "param": "after"}}, 404)
