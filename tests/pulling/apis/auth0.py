"""Auth0's Management API: https://auth0.com/docs/deploy-monitor/logs/retrieve-log-events-using-mgmt-api."""

from __future__ import annotations

from typing import Any, ClassVar

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Call, Happening, rfc3339, seconds
from tests.pulling.apis.token_api import TokenApi
from tests.pulling.vendor import answer_of


class Auth0(TokenApi):
    """A search by date, then what was stored after the entry with an id: ids are in the order of storing."""

    source_name = "auth0-log"
    token_url = "https://example.eu.auth0.com/oauth/token"
    token_form: ClassVar = {**TokenApi.token_form, "audience": "https://example.eu.auth0.com/api/v2/"}
    streams = ("logs",)

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "logs"
        log_id = f"900{happening.number:017}"
        self.tokens[log_id] = (float("inf"), happening.number)
        return {"log_id": log_id, "date": rfc3339(happening.at), "type": "s", "user_id": happening.mark}

    def api_answer(self, call: Call) -> HttpAnswer:
        assert call.path == "/api/v2/logs"
        if "from" in call.query:
            assert call.query == {"from": call.query["from"], "take": "100"}
            after = self.known(call.query["from"])
            page = [happening for happening in self.logs["logs"] if happening.number > after][: self.page_size]
        else:
            assert (call.query["sort"], call.query["per_page"]) == ("date:1", "100")
            first = seconds(call.query["q"].removeprefix("date:[").removesuffix(" TO *]"))
            # All of them: what a full page leaves out may be stored before its last entry, as the README says.
            page = sorted(happening for happening in self.logs["logs"] if happening.at >= first)
        return answer_of([self.event("logs", happening) for happening in page])

    def unauthorized(self) -> HttpAnswer:
        return _error(401, "Unauthorized", "Expired token received for JSON Web Token validation")

    def limited(self) -> HttpAnswer:
        reset = str(int(self.now) + 20)
        return _error(429, "Too Many Requests", "Global limit has been reached", x_ratelimit_reset=reset)

    def forgotten(self) -> HttpAnswer:
        return _error(400, "Bad Request", "The log id is invalid")


def _error(status: int, error: str, message: str, **headers: str) -> HttpAnswer:
    return answer_of({"statusCode": status, "error": error, "message": message}, status, **headers)
