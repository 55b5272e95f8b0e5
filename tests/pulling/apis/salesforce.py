"""Salesforce's REST API: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Call, Happening, rfc3339, seconds
from tests.pulling.apis.files_api import FilesApi
from tests.pulling.vendor import answer_of

_QUERY = re.compile(
    r"SELECT .+ FROM (\w+) WHERE CreatedDate >= (\S+) AND CreatedDate < (\S+) ORDER BY CreatedDate", re.DOTALL
)
_DATA = "/services/data/v64.0"
_STREAMS = {"EventLogFile": "files", "SetupAuditTrail": "setup"}


class Salesforce(FilesApi):
    """Two queries in SOQL; events of one are the rows of files, each of which is a further request."""

    source_name = "salesforce"
    token_url = "https://example.my.salesforce.com/services/oauth2/token"
    streams = ("files", "setup")
    in_files = without_ids = frozenset(("files",))

    def grant(self) -> dict[str, object]:
        return {"token_type": "Bearer", "instance_url": "https://example.my.salesforce.com"}

    def event(self, stream: str, happening: Happening) -> Any:
        created = {"CreatedDate": rfc3339(happening.at).replace("Z", "+0000")}
        if stream == "setup":
            return {"Id": happening.mark, "Action": "PermSetAssign", "Section": "Manage Users", **created}
        path = f"{_DATA}/sobjects/EventLogFile/{happening.number}/LogFile"
        return {"Id": f"0AT{happening.number}", "EventType": "Login", "LogFile": path, **created}

    def api_answer(self, call: Call) -> HttpAnswer:
        if call.path.endswith("/LogFile"):
            return self._file(int(call.path.split("/")[-2]))
        if call.path == f"{_DATA}/query":
            query = _QUERY.fullmatch(call.query["q"].strip())
            assert query
            stream, first, last = _STREAMS[query[1]], seconds(query[2]), seconds(query[3])
            rows = [file[0] for file in self.files(stream)] if stream == "files" else self.logs[stream]
            # The rows are those of the time of the query, also on later pages.
            matches = sorted(row for row in rows if first <= row.at < last)
        else:
            stream, matches = self.known(call.path.rpartition("/")[2])
        page, rest = matches[: self.page_size], matches[self.page_size :]
        more = {"nextRecordsUrl": f"{_DATA}/query/{self.token((stream, rest))}"} if rest else {}
        records = [self.event(stream, row) for row in page]
        return answer_of({"totalSize": len(matches), "done": not rest, "records": records, **more})

    def _file(self, number: int) -> HttpAnswer:
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        writer.writerow(["EVENT_TYPE", "TIMESTAMP_DERIVED", "USER_NAME"])
        # A row is hours older than its file.
        writer.writerows(["Login", rfc3339(row.at - 10_000), row.mark] for row in self.file("files", number))
        return HttpAnswer(200, {"content-type": "text/csv"}, text.getvalue().encode())

    def unauthorized(self) -> HttpAnswer:
        return answer_of([{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}], 401)

    def limited(self) -> HttpAnswer:
        return answer_of([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}], 403)

    def forgotten(self) -> HttpAnswer:
        return answer_of([{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}], 400)
