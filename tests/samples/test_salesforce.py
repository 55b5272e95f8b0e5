"""Salesforce's rows: each becomes a line that says who did what, in event log files and in the setup audit trail.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventlogfile_supportedeventtypes.htm
"""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

FILE = {
    "Id": "0AT1",
    "EventType": "T",
    "Interval": "Hourly",
    "LogFile": "/services/data/v64.0/sobjects/EventLogFile/0AT1/LogFile",
}


def rows(*events: dict[str, str]) -> list[dict[str, Any]]:
    file = io.StringIO()
    common = {
        "TIMESTAMP_DERIVED": "2025-12-31T09:00:00.000Z",
        "USER_ID_DERIVED": "005BOB",
        "CLIENT_IP": "198.51.100.23",
    }
    names = list(dict.fromkeys(name for event in events for name in (*common, *event)))
    writer = csv.DictWriter(file, names, restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows({**common, **event} for event in events)
    return pulled_messages("salesforce", "files", {"done": True, "records": [FILE]}, file.getvalue().encode())


def row(event_type: str, **columns: str) -> dict[str, Any]:
    (message,) = rows({"EVENT_TYPE": event_type, **columns})
    return message


def setup(
    action: str, display: str, user: str | None = "ann@example.com", delegate: str | None = None
) -> dict[str, Any]:
    record = {
        "Id": "0Ym1",
        "Action": action,
        "Section": "Manage Users",
        "Display": display,
        "DelegateUser": delegate,
        "CreatedDate": "2025-12-31T09:00:00.000+0000",
        "CreatedBy": user and {"Username": user},
    }
    (message,) = pulled_messages("salesforce", "setup", {"done": True, "records": [record]})
    return message


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (row("Login", USER_NAME="bob@example.com", LOGIN_STATUS="LOGIN_NO_ERROR"),
         "INFO authentication.start | Login by bob@example.com: LOGIN_NO_ERROR"),
        (row("Login", USER_NAME="bob@example.com", LOGIN_STATUS="LOGIN_ERROR_USER_FROZEN"),
         "NOTICE authentication.start | Login by bob@example.com: LOGIN_ERROR_USER_FROZEN"),
        (row("Logout", USER_INITIATED_LOGOUT="1"), "INFO authentication.end | Logout by 005BOB"),
        (row("LoginAs", USER_NAME="bob@example.com", DELEGATED_USER_NAME="ann@example.com"),
         "WARNING authentication.start | LoginAs by ann@example.com: as bob@example.com"),
        (row("ReportExport", REPORT_DESCRIPTION="All contacts"),
         "NOTICE data.read | ReportExport by 005BOB: All contacts"),
        (row("BulkApi2", OPERATION_TYPE="query", ENTITY_NAME="Contact", RECORDS_PROCESSED="150000"),
         "NOTICE data.read | BulkApi2 by 005BOB: query, Contact, 150000 rows"),
        (row("RestApi", METHOD="GET", ENTITY_NAME="Account", URI="/services/data/v64.0/query"),
         "INFO data.read | RestApi by 005BOB: GET, Account, /services/data/v64.0/query"),
        (row("DocumentAttachmentDownloads", FILE_NAME="plan.pdf"),
         "NOTICE data.read | DocumentAttachmentDownloads by 005BOB: plan.pdf"),
        (row("PackageInstall", OPERATION_TYPE="INSTALL", PACKAGE_NAME="Mail Merge"),
         "WARNING configuration.change | PackageInstall by 005BOB: INSTALL, Mail Merge"),
        (row("ApiAnomalyEventStore", SUMMARY="Unusual volume", USERNAME="bob@example.com"),
         "WARNING detection.create | ApiAnomalyEventStore by bob@example.com: Unusual volume"),
        (row("CredentialStuffingEventStore", USERNAME="bob@example.com"),
         "ERROR detection.create | CredentialStuffingEventStore by bob@example.com"),
        (row("TransactionSecurity", SUMMARY="Report export was blocked"),
         "WARNING detection.create | TransactionSecurity by 005BOB: Report export was blocked"),
        (row("GroupMembership"), "NOTICE permission.change | GroupMembership by 005BOB"),
        (row("IdentityProviderEventStore"), "INFO authentication.start | IdentityProviderEventStore by 005BOB"),
        (row("ApexUnexpectedException", EXCEPTION_TYPE="System.QueryException"),
         "NOTICE other | ApexUnexpectedException by 005BOB: System.QueryException"),
        (setup("PermSetAssign", "Permission set Admin: assigned to Bob"),
         "WARNING permission.grant | setup PermSetAssign by ann@example.com: Permission set Admin: assigned to Bob"),
        (setup("PermSetUnassign", "Permission set Admin: unassigned"),
         "NOTICE permission.revoke | setup PermSetUnassign by ann@example.com: Permission set Admin: unassigned"),
        (setup("createduser", "Created new user Bob"),
         "NOTICE account.create | setup createduser by ann@example.com: Created new user Bob"),
        (setup("deactivateduser", "Deactivated user Bob"),
         "NOTICE account.disable | setup deactivateduser by ann@example.com: Deactivated user Bob"),
        (setup("suOrgAdminLogin", "Logged in using Login-As access for Bob"),
         "WARNING authentication.start | setup suOrgAdminLogin by ann@example.com:"
         " Logged in using Login-As access for Bob"),
        (setup("changedemail", "Changed email", "bob@example.com", "ann@example.com"),
         "NOTICE account.change | setup changedemail by ann@example.com: Changed email, as bob@example.com"),
        (setup("createdConnectedApplication", "Created connected app Mail", None),
         "WARNING configuration.create | setup createdConnectedApplication: Created connected app Mail"),
        (setup("layoutAccountLayout", "Changed Account page layout"),
         "INFO configuration.change | setup layoutAccountLayout by ann@example.com: Changed Account page layout"),
    ],
)  # fmt: skip
def test_row_is_told(made: dict[str, Any], expected: str) -> None:
    assert line(made).replace("salesforce: ", "") == expected


def test_facts_are_found() -> None:
    expected = {
        "eventname": "LoginAs",
        "username": "ann@example.com",
        "targetuser": "bob@example.com",
        "sourceipaddress": "198.51.100.23",
        "log_file": "0AT1",
        "interval": "Hourly",
    }
    assert (
        details(row("LoginAs", USER_NAME="bob@example.com", DELEGATED_USER_NAME="ann@example.com"), expected)
        == expected
    )
    failed = {"success": False, "reason": "LOGIN_ERROR_INVALID_PASSWORD", "sourceipaddress": None}
    columns = {"LOGIN_STATUS": "LOGIN_ERROR_INVALID_PASSWORD", "CLIENT_IP": "Salesforce.com IP"}
    assert details(row("Login", **columns), failed) == failed


def test_own_downloads_are_dropped() -> None:
    own = [
        {"EVENT_TYPE": "RestApi", "URI": FILE["LogFile"]},
        {"EVENT_TYPE": "RestApi", "URI": "/services/data/v64.0/query", "ENTITY_NAME": "EventLogFile"},
        {"EVENT_TYPE": "RestApi", "URI": "/services/data/v64.0/query", "ENTITY_NAME": "SetupAuditTrail"},
        {"EVENT_TYPE": "ApiTotalUsage", "API_RESOURCE": "/v64.0/sobjects/EventLogFile/0AT1/LogFile"},
    ]
    (left,) = rows(*own, {"EVENT_TYPE": "RestApi", "URI": "/services/data/v64.0/query"})
    assert left["details"]["target"] == "/services/data/v64.0/query"


def test_equal_rows_are_several() -> None:
    assert len(rows({"EVENT_TYPE": "URI", "URI": "/001"}, {"EVENT_TYPE": "URI", "URI": "/001"})) == 2
