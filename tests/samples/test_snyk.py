"""Snyk's two events: https://docs.snyk.io/snyk-api/using-specific-snyk-apis/webhooks-apis/webhooks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, only_message

HEADERS = {"X-Snyk-Event": "project_snapshot/v0", "X-Snyk-Timestamp": "2026-03-02T08:00:00Z"}
PROJECT = {
    "id": "af137b96",
    "name": "example/shop:package.json",
    "browseUrl": "https://app.snyk.io/org/example/project/af13",
}
CONTEXT = {"project": PROJECT, "org": {"name": "Example Org"}, "group": {"name": "Example Group"}}
WHERE = "snyk: project_snapshot/v0: example/shop:package.json in Example Org"


def issue(severity: str, title: str = "Code Execution", *, ignored: bool = False) -> dict[str, Any]:
    data = {"title": title, "severity": severity, "identifiers": {"CVE": [f"CVE-2026-{len(title)}"]}}
    return {"id": f"SNYK-{severity}", "pkgName": "parser", "issueData": data, "isIgnored": ignored, "isPatched": False}


@pytest.mark.parametrize(
    ("new", "removed", "expected"),
    [
        ([], [], f"INFO other | {WHERE}: 0 new, 0 fixed"),
        ([], [issue("high")], f"INFO detection.close | {WHERE}: 0 new, 1 fixed"),
        ([issue("low")], [], f"NOTICE detection.create | {WHERE}: 1 new (Code Execution in parser), 0 fixed"),
        ([issue("medium")], [], f"WARNING detection.create | {WHERE}: 1 new (Code Execution in parser), 0 fixed"),
        (
            [issue("high")],
            [issue("low")],
            f"ERROR detection.create | {WHERE}: 1 new (Code Execution in parser), 1 fixed",
        ),
        (
            [issue("low"), issue("critical", "DoS")],
            [],
            f"CRITICAL detection.create | {WHERE}: 2 new (Code Execution in parser, DoS in parser), 0 fixed",
        ),
        (
            [issue("critical", ignored=True)],
            [],
            f"INFO detection.create | {WHERE}: 1 new (Code Execution in parser), 0 fixed",
        ),
    ],
)
def test_a_snapshot_becomes_a_line(new: list[Any], removed: list[Any], expected: str) -> None:
    message = only_message("snyk", {**CONTEXT, "newIssues": new, "removedIssues": removed}, HEADERS)
    assert line(message) == expected


def test_a_snapshot_names_what_it_is_about() -> None:
    body = {**CONTEXT, "newIssues": [issue("high"), issue("low", "DoS")], "removedIssues": []}
    facts = {
        "target": "example/shop:package.json",
        "organization": "Example Org",
        "url": PROJECT["browseUrl"],
        "issues": "SNYK-high, SNYK-low",
        "cve": "CVE-2026-14, CVE-2026-3",
        "group": "Example Group",
        "username": None,
    }
    assert details(only_message("snyk", body, HEADERS), facts) == facts


def test_a_ping_names_its_webhook() -> None:
    message = only_message("snyk", {"webhookId": "d3cf26b3"}, {**HEADERS, "X-Snyk-Event": "ping/v0"})
    assert line(message) == "INFO other | snyk: ping/v0: webhook d3cf26b3"
