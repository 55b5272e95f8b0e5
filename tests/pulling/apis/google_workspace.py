"""Google's Reports API: https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Answered, Call, Happening, rfc3339, seconds
from tests.pulling.apis.token_api import TokenApi
from tests.pulling.vendor import answer_of

_PATH = "/admin/reports/v1/activity/users/all/applications/"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


class GoogleWorkspace(TokenApi):
    """A log for each application, the newest first, some of whose events are late by days."""

    source_name = "google-workspace"
    token_url = "https://oauth2.googleapis.com/token"
    streams = ("admin", "login", "drive")
    """Of the applications, those in which something happens; the others are empty."""

    def secrets(self) -> dict[str, str]:
        pem = _key().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        account = {"type": "service_account", "client_email": "siem@vendor.example", "private_key": pem.decode()}
        return {"private_key": json.dumps(account)}

    def is_client(self, call: Call) -> bool:
        head, payload, signature = call.form["assertion"].split(".")
        _key().public_key().verify(_decoded(signature), f"{head}.{payload}".encode(), PKCS1v15(), SHA256())
        claims = json.loads(_decoded(payload))
        assert claims["iat"] - 60 < call.at < claims["exp"]
        scope = "https://www.googleapis.com/auth/admin.reports.audit.readonly"
        return (claims["sub"], claims["scope"], claims["aud"]) == ("siem@example.com", scope, self.token_url)

    def event(self, stream: str, happening: Happening) -> Any:
        id_ = {"time": rfc3339(happening.at), "uniqueQualifier": happening.mark, "applicationName": stream}
        return {"id": id_, "events": [{"name": "SOMETHING"}], "actor": {"email": "ann@example.com"}}

    def api_answer(self, call: Call) -> HttpAnswer:
        assert (call.path.startswith(_PATH), call.query["maxResults"]) == (True, "1000")
        application = call.path.removeprefix(_PATH)
        if application not in self.streams:
            return answer_of({"kind": "admin#reports#activities"})
        first, last = seconds(call.query["startTime"]), seconds(call.query["endTime"])
        if first > last:
            raise Answered(answer_of({"error": {"code": 400, "message": "startTime is after endTime"}}, 400))
        matches = self.within(application, first, last)
        page, token = self.page(matches, call.query.get("pageToken"), newest_first=True)
        more = {"nextPageToken": token} if token else {}
        # Where nothing happened, there is no list.
        items = {"items": [self.event(application, happening) for happening in page]} if page else {}
        return answer_of({"kind": "admin#reports#activities", **items, **more})

    def limited(self) -> HttpAnswer:
        return answer_of({"error": {"code": 403, "errors": [{"reason": "rateLimitExceeded"}]}}, 403)

    def forgotten(self) -> HttpAnswer:
        return answer_of({"error": {"code": 400, "message": "Invalid value for: pageToken"}}, 400)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
