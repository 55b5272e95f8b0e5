"""Duo's Admin API: https://duo.com/docs/adminapi#logs."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import Counter
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call, Happening, rfc3339
from tests.pulling.vendor import answer_of

_HIDDEN = 120
"""Seconds for which the logs with pages do not show an event."""
_V2 = {"authentication": "authlogs", "activity": "items", "telephony": "items"}
_V1 = {"administrator": "administrator", "offline_enrollment": "offline"}


class Duo(Api):
    """Three logs in pages with milliseconds, and two that are the oldest events from a second on, without ids."""

    source_name = "duo"
    streams = ("authentication", "activity", "telephony", "administrator", "offline")
    without_ids = frozenset(("administrator", "offline"))
    page_size = 5
    _in_a_second = 3
    """A page of the older logs must have room for all events of a second."""

    def replace_credential(self) -> None:
        self._count += 1
        self.stored |= {"/made/up/integration_key": "DIMADEUP", "/made/up/secret_key": f"secret-number-{self._count}"}

    def is_authorized(self, call: Call) -> bool:
        url = urlsplit(call.request.url)
        pairs = sorted(tuple(quote(text, safe="~") for text in pair) for pair in parse_qsl(url.query))
        nothing = hashlib.sha512(b"").hexdigest()
        lines = (call.request.headers["Date"], "GET", url.netloc, url.path, "&".join(map("=".join, pairs)))
        key = self.stored["/made/up/secret_key"].encode()
        signature = hmac.new(key, "\n".join((*lines, nothing, nothing)).encode(), "sha512").hexdigest()
        return call.authorization == "Basic " + base64.b64encode(f"DIMADEUP:{signature}".encode()).decode()

    def happen(self, stream: str, age: float, copies: int = 1) -> None:
        if stream in self.without_ids:
            seconds = Counter(int(happening.at) for happening in self.logs[stream])
            while seconds[int(self.now - age)] + copies > self._in_a_second:
                age += 1
        super().happen(stream, age, copies)

    def event(self, stream: str, happening: Happening) -> Any:
        time, at = rfc3339(happening.at), int(happening.at)
        events = {
            "authentication": {"txid": happening.mark, "isotimestamp": time, "event_type": "authentication"},
            "activity": {"activity_id": happening.mark, "ts": time, "action": {"name": "user_create"}},
            "telephony": {"telephony_id": happening.mark, "ts": time, "type": "sms"},
        }
        return events.get(stream) or {"action": "user_create", "object": happening.mark, "timestamp": at}

    def answer(self, call: Call) -> HttpAnswer:
        name = call.path.rpartition("/")[2]
        if call.path.startswith("/admin/v1/logs/"):
            return self._older(_V1[name], int(call.query["mintime"]))
        assert (call.path, call.query["sort"], call.query["limit"]) == (f"/admin/v2/logs/{name}", "ts:asc", "1000")
        first, last = int(call.query["mintime"]) / 1_000, int(call.query["maxtime"]) / 1_000
        token = call.query.get("next_offset")
        # The time of a log with two values is the first, and the token of this stand-in the second.
        known = token.partition(",")[2] if token and name == "authentication" else token
        page, following = self.page(self.within(name, first, min(last, self.now - _HIDDEN)), known)
        offset: Any = following
        if following and name == "authentication":
            offset = [str(int(page[-1].at * 1_000)), following]
        items = {_V2[name]: [self.event(name, happening) for happening in page]}
        return answer_of({"stat": "OK", "response": {**items, "metadata": {"next_offset": offset}}})

    def _older(self, stream: str, first: int) -> HttpAnswer:
        matches = sorted(event for event in self.logs[stream] if int(event.at) >= first)
        page = [self.event(stream, event) for event in matches[: self.page_size]]
        return answer_of({"stat": "OK", "response": page})

    def unauthorized(self) -> HttpAnswer:
        return answer_of({"stat": "FAIL", "code": 40103, "message": "Invalid signature in request credentials"}, 401)

    def limited(self) -> HttpAnswer:
        return answer_of({"stat": "FAIL", "code": 42901, "message": "Too Many Requests"}, 429)

    def forgotten(self) -> HttpAnswer:
        return answer_of({"stat": "FAIL", "code": 40002, "message": "Invalid request parameters"}, 400)
