"""Microsoft 365: a line for each kind of record.

https://learn.microsoft.com/en-us/office/office-365-management-api/office-365-management-activity-api-schema
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

BLOB = {
    "contentUri": "https://manage.office.com/api/v1.0/t/activity/feed/audit/1",
    "contentId": "1",
    "contentType": "Audit.General",
}


def message(workload: str, operation: str, **more: Any) -> dict[str, Any]:
    record = {
        "Id": "r1",
        "CreationTime": "2025-12-31T09:00:00",
        "RecordType": 1,
        "Operation": operation,
        "Workload": workload,
        "UserId": "ann@example.com",
        "UserKey": "k1",
        **more,
    }
    (only,) = pulled_messages("m365", "activity.Audit.General", [BLOB], child=json.dumps([record]).encode())
    return only


def pairs(**values: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


@pytest.mark.parametrize(
    ("workload", "operation", "more", "expected"),
    [
        ("AzureActiveDirectory", "Update policy.", {}, "WARNING configuration.change"),
        ("AzureActiveDirectory", "Disable account.", {}, "NOTICE account.disable"),
        ("AzureActiveDirectory", "Reset user password.", {}, "NOTICE account.change"),
        ("AzureActiveDirectory", "Add service principal credentials.", {}, "WARNING configuration.create"),
        ("AzureActiveDirectory", "Add member to group.", {}, "NOTICE permission.grant"),
        ("AzureActiveDirectory", "Remove member from role.", {}, "NOTICE permission.revoke"),
        ("Exchange", "Remove-TransportRule", {}, "WARNING configuration.delete"),
        ("Exchange", "Add-RecipientPermission", {}, "WARNING permission.grant"),
        ("Exchange", "New-ManagementRoleAssignment", {}, "WARNING permission.grant"),
        ("Exchange", "Disable-AntiPhishRule", {}, "WARNING configuration.delete"),
        ("Exchange", "Set-MailboxAuditBypassAssociation", {}, "WARNING configuration.change"),
        ("Exchange", "New-OutboundConnector", {}, "WARNING configuration.create"),
        ("Exchange", "UpdateInboxRules", {}, "WARNING account.change"),
        ("SharePoint", "FileAccessed", {}, "INFO data.read"),
        ("SharePoint", "FileUploaded", {}, "INFO data.create"),
        ("SharePoint", "FileDeleted", {}, "NOTICE data.delete"),
        ("SharePoint", "FileModified", {}, "INFO data.change"),
        ("SharePoint", "AnonymousLinkUsed", {}, "NOTICE data.read"),
        ("SharePoint", "AnonymousLinkUpdated", {}, "WARNING permission.change"),
        ("SharePoint", "CompanyLinkCreated", {}, "NOTICE permission.grant"),
        ("SharePoint", "SharingPolicyChanged", {}, "WARNING permission.change"),
        ("MicrosoftTeams", "MemberRoleChanged", {}, "NOTICE permission.change"),
        ("MicrosoftTeams", "ChatCreated", {}, "INFO data.create"),
        ("MicrosoftTeams", "TeamDeleted", {}, "NOTICE configuration.delete"),
        ("Exchange", "Install-DefaultSharingPolicy", {}, "INFO configuration.create"),
        ("Copilot", "CopilotInteraction", {}, "INFO data.read"),
        ("PowerBI", "ViewReport", {}, "INFO other"),
    ],
)
def test_operation_is_judged(workload: str, operation: str, more: dict[str, Any], expected: str) -> None:
    assert line(message(workload, operation, **more)) == f"{expected} | m365: {workload} {operation} by ann@example.com"


@pytest.mark.parametrize(
    ("workload", "operation", "more", "expected"),
    [
        ("Exchange", "New-InboxRule",
         {"ObjectId": "bob\\Bills", "Parameters": pairs(Identity="bob", ForwardTo="x@example.net")},
         "WARNING account.change | m365: Exchange New-InboxRule by ann@example.com:"
         " bob\\Bills, ForwardTo=x@example.net"),
        ("Exchange", "SendAs", {"MailboxOwnerUPN": "bob@example.com", "Item": {"Subject": "Pay"}},
         "NOTICE data.create | m365: Exchange SendAs by ann@example.com: mailbox of bob@example.com, Pay"),
        ("AzureActiveDirectory", "Add member to role.",
         {"Target": [{"ID": "bob@example.com", "Type": 5}],
          "ModifiedProperties": [{"Name": "Role.DisplayName", "NewValue": '"Reader"'}]},
         "WARNING permission.grant | m365: AzureActiveDirectory Add member to role. by ann@example.com:"
         " on bob@example.com, Reader"),
        ("AzureActiveDirectory", "UserLoginFailed", {"LogonError": "Wrong", "ResultStatus": "Success"},
         "NOTICE authentication.start | m365: AzureActiveDirectory UserLoginFailed by ann@example.com: Wrong"),
        ("SharePoint", "SharingSet", {"ObjectId": "https://x/plan", "TargetUserOrGroupName": "dave"},
         "NOTICE permission.grant | m365: SharePoint SharingSet by ann@example.com: to dave, https://x/plan"),
        ("MicrosoftTeams", "MemberAdded", {"TeamName": "Ops", "Members": [{"UPN": "bob@example.com", "Role": 2}]},
         "NOTICE permission.grant | m365: MicrosoftTeams MemberAdded by ann@example.com: Ops, bob@example.com"),
        ("MicrosoftTeams", "TeamsTenantSettingChanged", {"Name": "Guests", "NewValue": "True"},
         "WARNING configuration.change | m365: MicrosoftTeams TeamsTenantSettingChanged by ann@example.com:"
         " Guests, now True"),
        ("SecurityComplianceCenter", "AlertTriggered",
         {"UserId": "SecurityComplianceAlerts", "AlertId": "a", "Name": "Spam", "Status": "Active", "Severity": "Low"},
         "WARNING detection.create | m365: SecurityComplianceCenter AlertTriggered: Spam, Active"),
        ("SecurityComplianceCenter", "AlertUpdated",
         {"UserId": "SecurityComplianceAlerts", "AlertId": "a", "Name": "Spam", "Status": "Resolved"},
         "INFO detection.close | m365: SecurityComplianceCenter AlertUpdated: Spam, Resolved"),
        ("Exchange", "DlpRuleMatch",
         {"UserId": "DlpAgent", "PolicyDetails": [{"PolicyName": "P", "Rules": [{"RuleName": "R", "Severity": "Low"}]}],
          "ExchangeMetaData": {"From": "ann@example.com", "Subject": "s"}},
         "NOTICE detection.create | m365: Exchange DlpRuleMatch: P R, mail from ann@example.com s"),
        ("ThreatIntelligence", "TIMailData", {"Verdict": "Phish", "P2Sender": "x@example.net", "Subject": "Due"},
         "WARNING detection.create | m365: ThreatIntelligence TIMailData by ann@example.com:"
         " Due, from x@example.net, Phish"),
    ],
)  # fmt: skip
def test_record_is_told(workload: str, operation: str, more: dict[str, Any], expected: str) -> None:
    assert line(message(workload, operation, **more)) == expected


@pytest.mark.parametrize(
    ("operation", "status", "success"),
    [
        ("UserLoginFailed", "Success", False),
        ("UserLoggedIn", "Success", True),
        ("Set-Mailbox", "True", True),
        ("Set-Mailbox", "False", False),
        ("HardDelete", "PartiallySucceeded", False),
        ("FileAccessed", None, None),
    ],
)
def test_outcome_is_read(operation: str, status: str | None, success: bool | None) -> None:
    assert message("Any", operation, ResultStatus=status)["details"].get("success") is success


def test_time_is_in_utc_and_address_without_its_port() -> None:
    record = message("Exchange", "Set-Mailbox", ClientIP="203.0.113.7:50321", UserKey="k1")
    assert record["timestamp"] == "2025-12-31T09:00:00.000+00:00"
    assert details(record, {"sourceipaddress": "", "content": ""}) == {
        "sourceipaddress": "203.0.113.7",
        "content": "Audit.General",
    }
    assert message("Any", "X", CreationTime="2025-12-31T09:00:00Z")["timestamp"] == record["timestamp"]


def test_parts_of_a_long_record_are_told_apart() -> None:
    first, second = (message("Any", "X", RecordNumber=number)["tags"] for number in ("1", "2"))
    assert first != second
