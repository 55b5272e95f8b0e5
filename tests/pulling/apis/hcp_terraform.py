"""HCP Terraform's audit trail: https://developer.hashicorp.com/terraform/cloud-docs/api-docs/audit-trails."""

from __future__ import annotations

from typing import Any

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call, Happening, rfc3339, seconds
from tests.pulling.vendor import answer_of


class HcpTerraform(Api):
    """What came after a time, up to the present, in pages with numbers, which shift as more comes."""

    source_name = "hcp-terraform-audit"
    streams = ("trail",)
    whole_seconds = True

    def event(self, stream: str, happening: Happening) -> Any:
        resource = {"type": "team", "action": "create", "id": stream}
        return {"id": happening.mark, "timestamp": rfc3339(happening.at), "resource": resource}

    def answer(self, call: Call) -> HttpAnswer:
        assert (call.path, call.query["page[size]"]) == ("/api/v2/organization/audit-trail", "1000")
        since, number = seconds(call.query["since"]), int(call.query["page[number]"])
        # HashiCorp does not say which comes first.
        matches = sorted((event for event in self.logs["trail"] if event.at > since), reverse=True)
        page, is_last = self.numbered_page(matches, number)
        pages = {"current_page": number, "next_page": None if is_last else number + 1}
        return answer_of({"data": [self.event("trail", event) for event in page], "pagination": pages})

    def unauthorized(self) -> HttpAnswer:
        return answer_of({"errors": [{"status": "401", "title": "unauthorized"}]}, 401)

    def limited(self) -> HttpAnswer:
        error = {"status": "429", "title": "You have exceeded the API's rate limit."}
        return answer_of({"errors": [error]}, 429, x_ratelimit_reset="0.9")
