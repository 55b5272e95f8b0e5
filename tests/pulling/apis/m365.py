"""Microsoft 365's Management Activity API, which lists files of records by when they were made.

https://learn.microsoft.com/en-us/office/office-365-management-api/office-365-management-activity-api-reference
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Answered, Call, Happening, rfc3339, seconds
from tests.pulling.apis.files_api import FilesApi
from tests.pulling.vendor import answer_of

_TENANT = "01234567-89ab-4cde-8f01-23456789abcd"
_FEED = f"/api/v1.0/{_TENANT}/activity/feed"
_DAY, _KEPT, _BETWEEN_STARTS = 86_400, 7 * 86_400, 900


class M365(FilesApi):
    """A list for each content type, once its subscription was started, with the next page in a header."""

    source_name = "m365"
    token_url = f"https://login.microsoftonline.com/{_TENANT}/oauth2/v2.0/token"
    streams = ("Audit.Exchange", "Audit.General")
    """Of the content types, those in which something happens."""
    in_files = frozenset(streams)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.started: dict[str, float] = {}
        """When each subscription was last started."""

    def is_client(self, call: Call) -> bool:
        return super().is_client(call) and call.form["scope"] == "https://manage.office.com/.default"

    def event(self, stream: str, happening: Happening) -> Any:
        created = rfc3339(happening.at - 5_000).removesuffix("Z")
        return {"Id": happening.mark, "CreationTime": created, "Operation": "Update", "Workload": stream}

    def api_answer(self, call: Call) -> HttpAnswer:
        stream = call.query.get("contentType", "")
        path = call.path.removeprefix(_FEED)
        if path.startswith("/audit/"):
            stream, number = path.split("/")[2:]
            return answer_of([self.event(stream, record) for record in self.file(stream, int(number))])
        assert call.query["PublisherIdentifier"] == _TENANT
        if path == "/subscriptions/start":
            return self._start(stream, call)
        assert path == "/subscriptions/content"
        if stream not in self.started:
            raise _error(400, "AF20022", "No subscription found for the specified content type.")
        first, end = (seconds(call.query[name] + "Z") for name in ("startTime", "endTime"))
        if not (self.now - _KEPT <= first <= end <= first + _DAY):
            raise _error(400, "AF20030", "At most 24 hours, which begin no more than 7 days in the past.")
        files = [records[0] for records in self.files(stream) if first <= records[0].at < end]
        page, token = self.page(files, call.query.get("nextPage"))
        query = urlencode({**call.query, "nextPage": token})
        more = {"nextpageuri": f"https://manage.office.com{_FEED}{path}?{query}"} if token else {}
        return answer_of([self._file(stream, first) for first in page], **more)

    def files(self, stream: str) -> list[list[Happening]]:
        return super().files(stream) if stream in self.streams else []

    def _start(self, stream: str, call: Call) -> HttpAnswer:
        assert call.request.method == "POST"
        before = self.started.get(stream)
        if before is not None and self.now - before < _BETWEEN_STARTS:
            raise _error(429, "AF429", "Too many frequent subscription start requests.")
        self.started[stream] = self.now
        if before is None:
            return answer_of({"contentType": stream, "status": "enabled", "webhook": None})
        raise _error(400, "AF20024", "The subscription is already enabled. No property change.")

    def _file(self, stream: str, first: Happening) -> Any:
        uri = f"https://manage.office.com{_FEED}/audit/{stream}/{first.number}"
        created = {"contentCreated": rfc3339(first.at), "contentExpiration": rfc3339(first.at + _KEPT)}
        return {"contentType": stream, "contentId": f"{stream}${first.number}", "contentUri": uri, **created}

    def unauthorized(self) -> HttpAnswer:
        return answer_of({"Message": "Authorization has been denied for this request."}, 401)

    def limited(self) -> HttpAnswer:
        return _error(429, "AF429", "Too many requests.").answer

    def forgotten(self) -> HttpAnswer:
        return _error(400, "AF20031", "Invalid nextPage input.").answer


def _error(status: int, code: str, message: str) -> Answered:
    return Answered(answer_of({"error": {"code": code, "message": message}}, status))
