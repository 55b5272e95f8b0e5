"""Answers in the shape of several vendors' audit APIs, as `curl -i` writes them, with the URLs that were asked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Captured:
    """Pages of an API: `urls` are those of the first requests."""

    urls: tuple[str, ...]
    pages: tuple[Any, ...]
    headers: tuple[dict[str, str], ...] = ({},)
    suffix: str = ".json"
    options: tuple[str, ...] = field(default=("--credentials", "bearer"))

    def arguments(self, folder: Path) -> list[str]:
        """Write the pages into a folder, and return the options of `new` for them."""
        arguments = [argument for url in self.urls for argument in ("--url", url)]
        for number, page in enumerate(self.pages):
            headers = {
                "content-type": "application/json",
                **(self.headers[number] if number < len(self.headers) else {}),
            }
            head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            body = page if isinstance(page, str) else json.dumps(page)
            file = folder / f"page{number + 1}.http"
            file.write_bytes(f"HTTP/2 200 \r\n{head}\r\n{body}".encode())
            arguments += ["--from-answer", str(file)]
        return [*arguments, *self.options]


def _github(number: int) -> dict[str, Any]:
    return {
        "@timestamp": 1767225600000 + number,
        "_document_id": f"doc-{number}",
        "action": "org.add_member",
        "actor": "mona",
        "actor_ip": "198.51.100.7",
        "created_at": 1767225600000 + number,
        "hashed_token": "dG9rZW4=",
        "org": "acme",
        "user": "zoe",
    }


GITHUB = Captured(
    (
        "https://api.github.com/orgs/acme/audit-log?phrase=created:2026-01-01T00:00:00Z..2026-01-02T00:00:00Z&per_page=2",
    ),
    ([_github(1), _github(2)], [_github(3)]),
    (
        {"link": '<https://api.github.com/organizations/42/audit-log?per_page=2&after=abc>; rel="next"'},
        {"link": '<https://api.github.com/organizations/42/audit-log?per_page=2>; rel="first"'},
    ),
)

_OKTA = "https://acme.okta.com/api/v1/logs"
OKTA = Captured(
    (f"{_OKTA}?since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z&limit=1000",),
    (
        [
            {
                "uuid": f"7c3e-{number}",
                "published": f"2026-01-01T00:0{number}:00.123Z",
                "eventType": "user.session.start",
                "actor": {"id": "00u1", "alternateId": "ann@example.com"},
                "client": {"ipAddress": "198.51.100.7"},
                "outcome": {"result": "SUCCESS"},
            }
            for number in (1, 2)
        ],
    ),
    ({"link": f'<{_OKTA}?limit=1000>; rel="self", <{_OKTA}?after=1767225600_1&limit=1000>; rel="next"'},),
    options=("--credentials", "api_key", "--header", "Authorization", "--prefix", "SSWS"),
)

SLACK = Captured(
    ("https://api.slack.com/audit/v1/logs?oldest=1767225600&latest=1767312000&limit=2",),
    (
        {
            "entries": [
                {
                    "id": f"0123a45b-{number}",
                    "date_create": 1767225600 + number,
                    "action": "user_login",
                    "actor": {"type": "user", "user": {"id": "W123", "name": "Ann", "email": "ann@example.com"}},
                    "entity": {"type": "user", "user": {"id": "W123", "email": "ann@example.com"}},
                    "context": {"ua": "UA", "ip_address": "198.51.100.7", "session_id": 847288190092},
                }
                for number in (1, 2)
            ],
            "response_metadata": {"next_cursor": "dXNlcjpXMDdRQ1JQQTQ="},
        },
        {"entries": [], "response_metadata": {"next_cursor": ""}},
    ),
)

AUTH0 = Captured(
    ("https://acme.eu.auth0.com/api/v2/logs?take=100",),
    (
        [
            {
                "log_id": f"9002026010100000000000{number}",
                "_id": f"9002026010100000000000{number}",
                "date": f"2026-01-01T00:0{number}:00.000Z",
                "type": "s",
                "user_name": "ann@example.com",
                "ip": "198.51.100.7",
            }
            for number in (1, 2)
        ],
    ),
    ({"link": '<https://acme.eu.auth0.com/api/v2/logs?take=100&from=90020260101000000000002>; rel="next"'},),
    options=("--credentials", "oauth2", "--token-url", "https://acme.eu.auth0.com/oauth/token"),
)

CLOUDFLARE = Captured(
    (
        "https://api.cloudflare.com/client/v4/accounts/0123456789abcdef0123456789abcdef/logs/audit"
        "?since=2026-01-01T00:00:00Z&before=2026-01-02T00:00:00Z&limit=2",
        "https://api.cloudflare.com/client/v4/accounts/0123456789abcdef0123456789abcdef/logs/audit"
        "?since=2026-01-01T00:00:00Z&before=2026-01-02T00:00:00Z&limit=2&cursor=Q1buH-__DQqqig7SVYXT",
    ),
    (
        {
            "result": [
                {
                    "id": f"f174be97-{number}",
                    "account": {"id": "4bb334f7c94c4a29a045f03944f072e5", "name": "Acme"},
                    "action": {"type": "create", "result": "success", "time": f"2026-01-01T00:0{number}:00Z"},
                    "actor": {"email": "ann@example.com", "ip_address": "198.51.100.7", "type": "account"},
                    "resource": {"product": "addressing", "type": "policy"},
                }
                for number in (1, 2)
            ],
            "result_info": {"count": "2", "cursor": "Q1buH-__DQqqig7SVYXT"},
            "success": True,
            "errors": [],
        },
        {"result": [], "result_info": {"count": "0", "cursor": ""}, "success": True, "errors": []},
    ),
)

PAGERDUTY = Captured(
    ("https://api.pagerduty.com/audit/records?since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z&limit=100",),
    (
        {
            "records": [
                {
                    "id": f"PDRECORDID{number}_USER_ADD",
                    "execution_time": f"2026-01-01T00:0{number}:00.000Z",
                    "execution_context": {"request_id": "111", "remote_address": "198.51.100.7"},
                    "actors": [{"id": "PDUSER", "summary": "Ann", "type": "user_reference"}],
                    "method": {"type": "browser"},
                    "root_resource": {"id": "PXASDFE", "type": "user_reference", "summary": "Ben"},
                    "action": "update",
                }
                for number in (1, 2)
            ],
            "next_cursor": None,
            "limit": 100,
        },
    ),
    options=("--credentials", "api_key", "--header", "Authorization", "--prefix", "Token token="),
)

ZENDESK = Captured(
    (
        "https://acme.zendesk.com/api/v2/audit_logs.json?filter[created_at][]=2026-01-01T00:00:00Z"
        "&filter[created_at][]=2026-01-02T00:00:00Z&page[size]=2&sort=created_at",
    ),
    (
        {
            "audit_logs": [
                {
                    "id": 498483 + number,
                    "url": f"https://acme.zendesk.com/api/v2/audit_logs/49848{number}.json",
                    "action": "update",
                    "action_label": "Updated",
                    "actor_id": 1234,
                    "actor_name": "Ann",
                    "source_type": "rule",
                    "source_label": "Trigger: x",
                    "change_description": "Position changed",
                    "ip_address": "198.51.100.7",
                    "created_at": f"2026-01-01T00:0{number}:00Z",
                }
                for number in (1, 2)
            ],
            "meta": {"has_more": True, "after_cursor": "eyJvIjoi", "before_cursor": "eyJvIjoj"},
            "links": {"prev": None, "next": "https://acme.zendesk.com/api/v2/audit_logs.json?page[after]=eyJvIjoi"},
        },
    ),
    options=("--credentials", "basic"),
)

BOX = Captured(
    ("https://api.box.com/2.0/events?stream_type=admin_logs_streaming&limit=500&stream_position=0",),
    (
        {
            "chunk_size": 2,
            "next_stream_position": 30401068076164269,
            "entries": [
                {
                    "type": "event",
                    "event_id": f"f82c3ba03e41f7e8a7608363cc6c0390183c3f8{number}",
                    "event_type": "LOGIN",
                    "created_at": f"2026-01-01T00:0{number}:00-07:00",
                    "created_by": {"type": "user", "id": "11446498", "login": "ann@example.com"},
                    "ip_address": "198.51.100.7",
                }
                for number in (1, 2)
            ],
        },
    ),
    options=("--credentials", "oauth2", "--token-url", "https://api.box.com/oauth2/token"),
)

ENTRA = Captured(
    (
        "https://graph.microsoft.com/v1.0/auditLogs/directoryAudits?$filter=activityDateTime ge 2026-01-01T00:00:00Z "
        "and activityDateTime lt 2026-01-02T00:00:00Z&$top=2",
    ),
    (
        {
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#auditLogs/directoryAudits",
            "@odata.nextLink": "https://graph.microsoft.com/v1.0/auditLogs/directoryAudits?$top=2&$skiptoken=9177",
            "value": [
                {
                    "id": f"Directory_{number}",
                    "activityDateTime": f"2026-01-01T00:0{number}:00Z",
                    "activityDisplayName": "Add user",
                    "initiatedBy": {"user": {"userPrincipalName": "ann@example.com", "ipAddress": "198.51.100.7"}},
                    "targetResources": [{"id": "1", "type": "User"}],
                }
                for number in (1, 2)
            ],
        },
    ),
    options=("--credentials", "oauth2", "--token-url", "https://login.microsoftonline.com/t/oauth2/v2.0/token"),
)

TERRAFORM = Captured(
    (
        "https://app.terraform.io/api/v2/organization/audit-trail"
        "?since=2026-01-01T00:00:00.000Z&page[number]=1&page[size]=2",
    ),
    (
        {
            "data": [
                {
                    "id": f"ae66e491-{number}",
                    "version": "0",
                    "type": "Resource",
                    "timestamp": f"2026-01-01T00:0{number}:00.000Z",
                    "auth": {"accessor_id": "user-1", "description": "ann"},
                    "resource": {"id": "ws-1", "type": "workspace", "action": "update"},
                }
                for number in (1, 2)
            ],
            "pagination": {"current_page": 1, "prev_page": None, "next_page": 2, "total_pages": 2, "total_count": 4},
        },
    ),
)

OFFSETS = Captured(
    ("https://api.acme.example/v1/activity?offset=0&limit=2&from=2026-01-01",),
    ({"total": 3, "items": [{"id": number, "action": "a", "created": "2026-01-01 10:00:00"} for number in (1, 2)]},),
)

LINES = Captured(
    ("https://api.acme.example/v1/export.ndjson?start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z",),
    (
        '{"event_id": "e1", "type": "login", "ts": 1767225600}\n'
        '{"event_id": "e2", "type": "logout", "ts": 1767225601}\n',
    ),
)

TABLE = Captured(
    ("https://api.acme.example/v1/report?start_date=2026-01-01&end_date=2026-01-08",),
    ("TIMESTAMP,EVENT_TYPE,USER\n2026-01-01T00:00:00.000Z,Login,ann\n2026-01-01T00:00:00.000Z,Login,ann\n",),
)

ALL = {
    "github": GITHUB,
    "okta": OKTA,
    "slack": SLACK,
    "auth0": AUTH0,
    "cloudflare": CLOUDFLARE,
    "pagerduty": PAGERDUTY,
    "zendesk": ZENDESK,
    "box": BOX,
    "entra": ENTRA,
    "terraform": TERRAFORM,
    "offsets": OFFSETS,
    "lines": LINES,
    "table": TABLE,
}
