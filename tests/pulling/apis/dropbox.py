"""Dropbox's team log: https://www.dropbox.com/developers/documentation/http/teams#team_log-get_events."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Asked, Happening, basic, rfc3339, seconds
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

    def is_client(self, asked: Asked) -> bool:
        client_id, client_secret, refresh_token = self.secrets().values()
        assert asked.form == {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return asked.authorization == basic(client_id, client_secret)

    def event(self, stream: str, happening: Happening) -> Any:
        assert stream == "events"
        actor = {".tag": "user", "user": {"display_name": happening.mark}}
        return {"timestamp": rfc3339(happening.at), "event_type": {".tag": "login_success"}, "actor": actor}

    def api_answer(self, asked: Asked) -> HttpAnswer:
        if asked.path == f"{_PATH}/continue":
            assert list(asked.json) == ["cursor"]
            since, after = self.known(asked.json["cursor"])
        else:
            assert (asked.path, asked.json["limit"]) == (_PATH, 1_000)
            since, after = seconds(asked.json["time"]["start_time"]), -1
        found = [event for event in self.logs["events"] if event.at >= since and event.number > after]
        page = found[: self.page_size]
        cursor = self.token((since, page[-1].number if page else after))
        events = [self.event("events", event) for event in page]
        return answer_of({"events": events, "cursor": cursor, "has_more": len(found) > len(page)})

    def unauthorized(self) -> HttpAnswer:
        return answer_of({"error_summary": "expired_access_token/", "error": {".tag": "expired_access_token"}}, 401)

    def forgotten(self) -> HttpAnswer:
        reset = {".tag": "reset", "reset": rfc3339(self.now)}
        return answer_of({"error_summary": "reset/", "error": reset}, 409)
