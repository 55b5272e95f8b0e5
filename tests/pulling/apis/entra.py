"""Microsoft Graph's logs of a directory: https://learn.microsoft.com/en-us/graph/api/resources/azure-ad-auditlog-overview."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Call, Happening, rfc3339, seconds
from tests.pulling.apis.token_api import TokenApi
from tests.pulling.vendor import answer_of

_FILTER = re.compile(r"(\w+) ge (\S+) and \1 le (\S+)")
_STREAMS = {"directoryAudits": ("audits", "activityDateTime"), "signIns": ("signins", "createdDateTime")}


class Entra(TokenApi):
    """Two logs with a filter of OData, the newest first; the next link is a URL."""

    source_name = "entra"
    token_url = "https://login.microsoftonline.com/01234567-89ab-4cde-8f01-23456789abcd/oauth2/v2.0/token"
    token_form: ClassVar = {**TokenApi.token_form, "scope": "https://graph.microsoft.com/.default"}
    streams = ("audits", "signins")

    def event(self, stream: str, happening: Happening) -> Any:
        time = rfc3339(happening.at)
        if stream == "audits":
            return {"id": happening.mark, "activityDateTime": time, "activityDisplayName": "Add user"}
        return {"id": happening.mark, "createdDateTime": time, "status": {"errorCode": 0}}

    def api_answer(self, call: Call) -> HttpAnswer:
        stream, time = _STREAMS[call.path.removeprefix("/v1.0/auditLogs/")]
        query = _FILTER.fullmatch(call.query["$filter"])
        assert query
        assert (query[1], call.query["$top"]) == (time, "999")
        matches = self.within(stream, seconds(query[2]), seconds(query[3]))
        page, token = self.page(matches, call.query.get("$skiptoken"), newest_first=True)
        link = {"@odata.nextLink": call.url(**{"$skiptoken": token})} if token else {}
        return answer_of({"value": [self.event(stream, happening) for happening in page], **link})

    def unauthorized(self) -> HttpAnswer:
        return _error(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")

    def limited(self) -> HttpAnswer:
        return _error(429, "TooManyRequests", "This request is throttled.", retry_after="10")

    def forgotten(self) -> HttpAnswer:
        return _error(400, "", "Invalid Skip Token")


def _error(status: int, code: str, message: str, **headers: str) -> HttpAnswer:
    return answer_of({"error": {"code": code, "message": message}}, status, **headers)
