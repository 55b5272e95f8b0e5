"""Dropbox's team log: https://www.dropbox.com/developers/documentation/http/teams#team_log-get_events."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Call, Happening, basic, rfc3339, seconds
from tests.pulling.apis.token_api import TokenApi
from tests.pulling.vendor import answer_of

_PATH = "/2/team_log/get_events"


class Dropbox(TokenApi):
    """A log without ids, in the order in which events came, with a cursor that lasts and a second path for it."""

    source_name = "dropbox-log"
    token_url = "https://api.dropboxapi.com/oauth2/token"
    streams = ("events",)
    without_ids = frozenset(streams)

    def secrets(self) -> dict[str, str]:
        return {**super().secrets(), "refresh_token": "the-refresh-token"}

    def is_client(self, call: Call) -> bool:
        client_id, client_secret, refresh_token = self.secrets().values()
        assert call.form == {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return call.authorization == basic(client_id, client_secret)

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "events"
        actor = {".tag": "user", "user": {"display_name": happening.mark}}
        return {"timestamp": rfc3339(happening.at), "event_type": {".tag": "login_success"}, "actor": actor}

    def api_answer(self, call: Call) -> HttpAnswer:
        if call.path == f"{_PATH}/continue":
            assert list(call.json) == ["cursor"]
            since, after = self.known(call.json["cursor"])
        else:
            assert (call.path, call.json["limit"]) == (_PATH, 1_000)
            since, after = seconds(call.json["time"]["start_time"]), -1
        matches = [event for event in self.logs["events"] if event.at >= since and event.number > after]
        page = matches[: self.page_size]
        cursor = self.token((since, page[-1].number if page else after))
        events = [self.event("events", event) for event in page]
        return answer_of({"events": events, "cursor": cursor, "has_more": len(matches) > len(page)})

    def unauthorized(self) -> HttpAnswer:
        return answer_of({"error_summary": "expired_access_token/", "error": {".tag": "expired_access_token"}}, 401)

    def forgotten(self) -> HttpAnswer:
        reset = {".tag": "reset", "reset": rfc3339(self.now)}
        return answer_of({"error_summary": "reset/", "error": reset}, 409)
