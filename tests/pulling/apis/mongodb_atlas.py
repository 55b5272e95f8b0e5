"""MongoDB Atlas's events: https://www.mongodb.com/docs/api/doc/atlas-admin-api-v2/operation/operation-listorgevents."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Call, Happening, basic, rfc3339, seconds
from tests.pulling.apis.token_api import TokenApi
from tests.pulling.vendor import answer_of

_PATHS = {"/orgs/5f0000000000000000000001/events": "organization", "/groups/5f0000000000000000000002/events": "project"}
_URL = "https://cloud.mongodb.com"


class MongoDbAtlas(TokenApi):
    """Two lists, the newest first, with links to pages that have numbers."""

    source_name = "mongodb-atlas-log"
    token_url = f"{_URL}/api/oauth/token"
    streams = ("organization", "project")
    whole_seconds = True

    def is_client(self, call: Call) -> bool:
        assert call.form == {"grant_type": "client_credentials"}
        return call.authorization == basic(*self.secrets().values())

    def event(self, stream: str, happening: Happening) -> Any:
        names = {"organization": "ORG_CREATED", "project": "CLUSTER_CREATED"}
        return {"id": happening.mark, "created": rfc3339(happening.at), "eventTypeName": names[stream], "links": []}

    def api_answer(self, call: Call) -> HttpAnswer:
        assert (call.request.headers["accept"], call.query["itemsPerPage"]) == (
            "application/vnd.atlas.2023-01-01+json",
            "500",
        )
        stream = _PATHS[call.path.removeprefix("/api/atlas/v2")]
        matches = self.within(stream, seconds(call.query["minDate"]), seconds(call.query["maxDate"]))
        number = int(call.query.get("pageNum", 1))
        page, is_last = self.numbered_page(sorted(matches, reverse=True), number)
        rels = {"previous": number - 1, "self": number, "next": 0 if is_last else number + 1}
        links = [
            {"rel": rel, "href": f"{_URL}{call.path}?{urlencode({**call.query, 'pageNum': target})}"}
            for rel, target in rels.items()
            if target
        ]
        return answer_of({"links": links, "results": [self.event(stream, event) for event in page]})

    def unauthorized(self) -> HttpAnswer:
        return answer_of({"error": 401, "detail": "You are not authorized for this resource."}, 401)

    def limited(self) -> HttpAnswer:
        return answer_of({"error": 429, "errorCode": "RATE_LIMITED"}, 429)
