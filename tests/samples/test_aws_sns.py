"""What AWS's services publish: each becomes a line that names who did what to what in which account.

https://docs.aws.amazon.com/eventbridge/latest/ref/event-services.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.shipped_messages import facts_of, messages_of

TOPIC = "arn:aws:sns:us-west-2:123456789012:security-alerts"
SESSION = {
    "type": "AssumedRole",
    "principalId": "AROA:ann.example",
    "arn": "arn:aws:sts::123456789012:assumed-role/Admin/ann.example",
    "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
}
ANN = {"type": "IAMUser", "principalId": "AIDA", "userName": "ann.example", "arn": "arn:aws:iam::1:user/ann.example"}
ROOT = {"type": "Root", "principalId": "123456789012", "arn": "arn:aws:iam::123456789012:root"}
POLICIES = "arn:aws:iam::aws:policy"
ALL_ACTIONS = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
READS = json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})


def notification(message: Any, **fields: str) -> dict[str, Any]:
    text = message if isinstance(message, str) else json.dumps(message)
    fixed = {"Type": "Notification", "MessageId": "1", "TopicArn": TOPIC, "Timestamp": "2026-03-02T11:52:18.090Z"}
    return {**fixed, "Message": text, "UnsubscribeURL": "https://sns.us-west-2.amazonaws.com/?x", **fields}


def event(detail_type: str, source: str, detail: dict[str, Any]) -> dict[str, Any]:
    place = {"account": "123456789012", "region": "us-west-2", "time": "2026-03-02T11:52:17Z"}
    return {"version": "0", "detail-type": detail_type, "source": f"aws.{source}", **place, "detail": detail}


def call(name: str, parameters: Any = None, identity: Any = SESSION, **fields: Any) -> dict[str, Any]:
    record = {
        "userIdentity": identity,
        "eventSource": "iam.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.61",
        "userAgent": "aws-cli/2.0",
        "requestParameters": parameters,
        "responseElements": None,
        "requestID": "5e3f8f6b",
        "eventType": "AwsApiCall",
        "recipientAccountId": "123456789012",
    }
    return event("AWS API Call via CloudTrail", "iam", {**record, **fields})


def login(identity: Any, result: str, mfa: str = "Yes", **fields: Any) -> dict[str, Any]:
    answer = {"responseElements": {"ConsoleLogin": result}, "additionalEventData": {"MFAUsed": mfa}}
    return call("ConsoleLogin", None, identity, eventSource="signin.amazonaws.com", **answer, **fields)


def ingress(address: str) -> dict[str, Any]:
    ranges = {"items": [{"ipRanges": {"items": [{"cidrIp": address}]}}]}
    return call("AuthorizeSecurityGroupIngress", {"groupId": "sg-1", "ipPermissions": ranges})


def policy_for(principal: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject"}
    return call("PutBucketPolicy", {"bucketName": "example", "bucketPolicy": {"Statement": [statement]}})


IN = "in 123456789012"
BY = "by Admin/ann.example"
CALLS = [
    (call("CreateUser", {"userName": "bob"}), "NOTICE", "account.create", f"CreateUser {BY} on bob {IN}: success"),
    (call("DeleteUser", {"userName": "bob"}), "NOTICE", "account.delete", f"DeleteUser {BY} on bob {IN}: success"),
    (
        call("CreateAccessKey", {"userName": "bob"}),
        "WARNING",
        "account.change",
        f"CreateAccessKey {BY} on bob {IN}: success",
    ),
    (
        call("CreateAccessKey", None, ANN, responseElements={"accessKey": {"userName": "ann.example"}}),
        *("WARNING", "account.change", f"CreateAccessKey by ann.example on ann.example {IN}: success"),
    ),
    (
        call("DeactivateMFADevice", {"userName": "bob", "serialNumber": "arn:aws:iam::1:mfa/bob"}),
        *("WARNING", "account.change", f"DeactivateMFADevice {BY} on bob {IN}: success"),
    ),
    (
        call("AttachUserPolicy", {"userName": "bob", "policyArn": f"{POLICIES}/AdministratorAccess"}),
        *(
            "WARNING",
            "permission.grant",
            f"AttachUserPolicy {BY} on bob ({POLICIES}/AdministratorAccess) {IN}: success",
        ),
    ),
    (
        call("AttachRolePolicy", {"roleName": "app", "policyArn": f"{POLICIES}/ReadOnlyAccess"}),
        *("NOTICE", "permission.grant", f"AttachRolePolicy {BY} on app ({POLICIES}/ReadOnlyAccess) {IN}: success"),
    ),
    (
        call("DetachUserPolicy", {"userName": "bob", "policyArn": f"{POLICIES}/ReadOnlyAccess"}),
        *("INFO", "permission.revoke", f"DetachUserPolicy {BY} on bob ({POLICIES}/ReadOnlyAccess) {IN}: success"),
    ),
    (
        call("AddUserToGroup", {"userName": "bob", "groupName": "Admins"}),
        *("WARNING", "permission.grant", f"AddUserToGroup {BY} on bob (Admins) {IN}: success"),
    ),
    (
        call("PutUserPolicy", {"userName": "bob", "policyName": "inline", "policyDocument": ALL_ACTIONS}),
        *("WARNING", "permission.grant", f"PutUserPolicy {BY} on bob (inline) {IN}: success"),
    ),
    (
        call("PutRolePolicy", {"roleName": "app", "policyName": "inline", "policyDocument": READS}),
        *("NOTICE", "permission.grant", f"PutRolePolicy {BY} on app (inline) {IN}: success"),
    ),
    (policy_for("*"), "WARNING", "permission.change", f"PutBucketPolicy {BY} on example {IN}: success"),
    (
        policy_for("arn:aws:iam::1:root"),
        "NOTICE",
        "permission.change",
        f"PutBucketPolicy {BY} on example {IN}: success",
    ),
    (ingress("0.0.0.0/0"), "WARNING", "permission.grant", f"AuthorizeSecurityGroupIngress {BY} on sg-1 {IN}: success"),
    (ingress("10.0.0.0/8"), "NOTICE", "permission.grant", f"AuthorizeSecurityGroupIngress {BY} on sg-1 {IN}: success"),
    (
        call("StopLogging", {"name": "main"}),
        "WARNING",
        "configuration.change",
        f"StopLogging {BY} on main {IN}: success",
    ),
    (
        call("DeleteTrail", {"name": "main"}),
        "WARNING",
        "configuration.delete",
        f"DeleteTrail {BY} on main {IN}: success",
    ),
    (
        call("DeleteDetector", {"detectorId": "12ab"}),
        *("WARNING", "configuration.delete", f"DeleteDetector {BY} on 12ab {IN}: success"),
    ),
    (
        call("ScheduleKeyDeletion", {"keyId": "1234", "pendingWindowInDays": 7}),
        *("WARNING", "other", f"ScheduleKeyDeletion {BY} on 1234 {IN}: success"),
    ),
    (call("RunInstances", {"minCount": 1}), "INFO", "configuration.create", f"RunInstances {BY} {IN}: success"),
    (call("DescribeInstances"), "INFO", "configuration.read", f"DescribeInstances {BY} {IN}: success"),
    (
        call("StopLogging", {"name": "main"}, ROOT),
        "WARNING",
        "configuration.change",
        f"StopLogging by root on main {IN}: success",
    ),
    (
        call("GetSecretValue", {"secretId": "db"}, errorCode="AccessDenied", errorMessage="not authorized"),
        *("NOTICE", "data.read", f"GetSecretValue {BY} on db {IN}: AccessDenied: not authorized"),
    ),
    (
        call("StopLogging", {"name": "main"}, errorCode="AccessDenied"),
        *("NOTICE", "configuration.change", f"StopLogging {BY} on main {IN}: AccessDenied"),
    ),
    (
        call(
            "AssumeRole", {"roleArn": "arn:aws:iam::1:role/x"}, {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}
        ),
        *("INFO", "authentication.start", f"AssumeRole by ec2.amazonaws.com (arn:aws:iam::1:role/x) {IN}: success"),
    ),
    (
        call(
            "CreateAccountAssignment",
            {"instanceArn": "arn:aws:sso:::instance/1", "targetId": "1", "permissionSetArn": "arn:aws:sso:::ps/1"},
            {"type": "IdentityCenterUser", "onBehalfOf": {"userId": "54-48"}},
        ),
        *("WARNING", "permission.grant", f"CreateAccountAssignment by 54-48 on 1 (arn:aws:sso:::ps/1) {IN}: success"),
    ),
    (
        call("ModifySnapshotAttribute", {"attributeType": "CREATE_VOLUME_PERMISSION", "snapshotId": "snap-1"}),
        *("WARNING", "configuration.change", f"ModifySnapshotAttribute {BY} on snap-1 {IN}: success"),
    ),
    (
        call("DeleteDBClusterSnapshot", {"dBClusterSnapshotIdentifier": "nightly"}),
        *("WARNING", "configuration.delete", f"DeleteDBClusterSnapshot {BY} on nightly {IN}: success"),
    ),
    (
        call("DeleteResolverQueryLogConfig", {"resolverQueryLogConfigId": "rqlc-1"}),
        *("WARNING", "configuration.delete", f"DeleteResolverQueryLogConfig {BY} on rqlc-1 {IN}: success"),
    ),
    (
        call("DisassociateWebACL", {"resourceArn": "arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/app/web"}),
        *("WARNING", "configuration.change"),
        f"DisassociateWebACL {BY} on arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/app/web {IN}: success",
    ),
    (
        call("ModifyDBCluster", {"dBClusterIdentifier": "orders", "publiclyAccessible": True}),
        *("WARNING", "configuration.change", f"ModifyDBCluster {BY} on orders {IN}: success"),
    ),
    (
        call("ModifyDBInstance", {"dBInstanceIdentifier": "orders-1", "deletionProtection": False}),
        *("WARNING", "configuration.change", f"ModifyDBInstance {BY} on orders-1 {IN}: success"),
    ),
    (
        call("ModifyDBInstance", {"dBInstanceIdentifier": "orders-1", "deletionProtection": True}),
        *("INFO", "configuration.change", f"ModifyDBInstance {BY} on orders-1 {IN}: success"),
    ),
    (
        call("PutBucketVersioning", {"bucketName": "logs", "VersioningConfiguration": {"Status": "Suspended"}}),
        *("WARNING", "configuration.change", f"PutBucketVersioning {BY} on logs {IN}: success"),
    ),
    (
        call("PutBucketLogging", {"bucketName": "logs", "BucketLoggingStatus": {"xmlns": "http://s3.example.com/"}}),
        *("WARNING", "configuration.change", f"PutBucketLogging {BY} on logs {IN}: success"),
    ),
    (
        call("PutBucketLogging", {"bucketName": "logs", "BucketLoggingStatus": {"LoggingEnabled": {}}}),
        *("INFO", "configuration.change", f"PutBucketLogging {BY} on logs {IN}: success"),
    ),
    (
        call("EnableExternalIdPConfigurationForDirectory", {"directoryId": "d-1"}),
        *("WARNING", "configuration.change"),
        f"EnableExternalIdPConfigurationForDirectory {BY} on d-1 {IN}: success",
    ),
    (
        call("TransferDomainToAnotherAwsAccount", {"domainName": "example.com", "accountId": "2"}),
        *("WARNING", "other", f"TransferDomainToAnotherAwsAccount {BY} on 2 {IN}: success"),
    ),
    (
        call("CreateTrustAnchor", {"name": "offsite"}),
        *("WARNING", "configuration.create", f"CreateTrustAnchor {BY} on offsite {IN}: success"),
    ),
    (
        call("EnableSerialConsoleAccess", {"EnableSerialConsoleAccessRequest": ""}),
        *("WARNING", "configuration.change", f"EnableSerialConsoleAccess {BY} {IN}: success"),
    ),
    (
        call("StartSession", {"target": "i-1"}),
        *("INFO", "authentication.start", f"StartSession {BY} on i-1 {IN}: success"),
    ),
    (
        call("DeleteFlowLogs", {"DeleteFlowLogsRequest": {"FlowLogId": {"content": "fl-1", "tag": 1}}}),
        *("WARNING", "configuration.delete", f"DeleteFlowLogs {BY} on fl-1 {IN}: success"),
    ),
    (
        call("SendCommand", {"documentName": "AWS-RunShellScript", "instanceIds": ["i-1", "i-2"]}),
        *("INFO", "other", f"SendCommand {BY} on i-1 {IN}: success"),
    ),
    (
        call("AssumeRoot", {"targetPrincipal": "2"}),
        *("WARNING", "authentication.start", f"AssumeRoot {BY} {IN}: success"),
    ),
    (
        call(
            "AssociateAccessPolicy",
            {"name": "prod", "policyArn": "arn:aws:eks::aws:cluster-access-policy/ClusterAdmin"},
        ),
        *("WARNING", "permission.grant"),
        f"AssociateAccessPolicy {BY} on prod (arn:aws:eks::aws:cluster-access-policy/ClusterAdmin) {IN}: success",
    ),
    (
        call("UpdateClusterConfig", {"name": "prod", "logging": {"clusterLogging": [{"enabled": False}]}}),
        *("WARNING", "configuration.change", f"UpdateClusterConfig {BY} on prod {IN}: success"),
    ),
    (
        call(
            "UpdateElasticsearchDomainConfig", {"domainName": "logs", "accessPolicies": json.dumps({"Principal": "*"})}
        ),
        *("WARNING", "configuration.change", f"UpdateElasticsearchDomainConfig {BY} on logs {IN}: success"),
    ),
    (
        call("DisassociateMembers", {"detectorId": "12ab", "accountIds": ["2"]}),
        *("WARNING", "configuration.change", f"DisassociateMembers {BY} on 12ab {IN}: success"),
    ),
    (
        call("DeleteNetworkAcl", {"networkAclId": "acl-1"}),
        *("INFO", "configuration.delete", f"DeleteNetworkAcl {BY} on acl-1 {IN}: success"),
    ),
    (
        call("StartExportTask", {"exportTaskIdentifier": "copy"}),
        *("NOTICE", "configuration.change", f"StartExportTask {BY} on copy {IN}: success"),
    ),
    (
        call("GetLoginProfile", {"userName": "bob"}),
        *("INFO", "configuration.read", f"GetLoginProfile {BY} on bob {IN}: success"),
    ),
    (
        call("GetBucketAcl", {"bucketName": "logs"}),
        *("INFO", "configuration.read", f"GetBucketAcl {BY} on logs {IN}: success"),
    ),
    (
        call("UpdateProjectVisibility", {"projectArn": "arn:1", "projectVisibility": "PUBLIC_READ"}),
        *("WARNING", "configuration.change", f"UpdateProjectVisibility {BY} on arn:1 {IN}: success"),
    ),
    (
        call("SetRepositoryPolicy", {"repositoryName": "app", "policyText": json.dumps({"Principal": "*"})}),
        *("WARNING", "configuration.change", f"SetRepositoryPolicy {BY} on app {IN}: success"),
    ),
    (
        call("AddPermission20150331v2", {"functionName": "pay", "principal": "*"}),
        *("WARNING", "permission.grant", f"AddPermission20150331v2 {BY} on pay {IN}: success"),
    ),
    (
        call("AddPermission20150331v2", {"functionName": "pay", "principal": "s3.amazonaws.com"}),
        *("NOTICE", "permission.grant", f"AddPermission20150331v2 {BY} on pay {IN}: success"),
    ),
    (
        call(
            "RunInstances",
            {"subnetId": "subnet-1"},
            responseElements={"instancesSet": {"items": [{"instanceId": "i-1"}]}},
        ),
        *("INFO", "configuration.create", f"RunInstances {BY} on i-1 {IN}: success"),
    ),
    (
        call("BatchGetSecretValue", {"secretIdList": ["db"]}),
        *("INFO", "data.read", f"BatchGetSecretValue {BY} {IN}: success"),
    ),
    (login(ANN, "Success"), "INFO", "authentication.start", f"ConsoleLogin by ann.example {IN}: success"),
    (login(ANN, "Success", "No"), "WARNING", "authentication.start", f"ConsoleLogin by ann.example {IN}: success"),
    (login(ROOT, "Success"), "WARNING", "authentication.start", f"ConsoleLogin by root {IN}: success"),
    (
        login(ANN, "Failure", errorMessage="Failed authentication"),
        *("NOTICE", "authentication.start", f"ConsoleLogin by ann.example {IN}: Failed authentication"),
    ),
    (login(ANN, "Failure"), "NOTICE", "authentication.start", f"ConsoleLogin by ann.example {IN}: failure"),
]


def guardduty(kind: str, severity: float, title: str, **fields: Any) -> dict[str, Any]:
    detail = {"accountId": "123456789012", "type": kind, "severity": severity, "title": title, **fields}
    return event("GuardDuty Finding", "guardduty", detail)


def connection(direction: str) -> dict[str, Any]:
    remote = {"connectionDirection": direction, "remoteIpDetails": {"ipAddressV4": "198.51.100.99"}}
    return {"action": {"networkConnectionAction": remote}}


def alarm(state: str) -> dict[str, Any]:
    return {
        "AlarmName": "root-used",
        "AWSAccountId": "123456789012",
        "NewStateValue": state,
        "NewStateReason": "over 1",
    }


def compliance(state: str, **fields: Any) -> dict[str, Any]:
    of = {"configRuleName": "s3-no-public", "resourceType": "AWS::S3::Bucket", "resourceId": "example"}
    return {
        **of,
        "messageType": "ComplianceChangeNotification",
        "newEvaluationResult": {"complianceType": state},
        **fields,
    }


def analyzed(status: str, public: bool) -> dict[str, Any]:
    detail = {"status": status, "resource": "arn:aws:s3:::example", "isPublic": public, "accountId": "123456789012"}
    return event("Access Analyzer Finding", "access-analyzer", detail)


def asff(title: str, label: str, status: str = "FAILED", **fields: Any) -> dict[str, Any]:
    resource = {"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::example"}
    found = {"AwsAccountId": "123456789012", "Title": title, "Severity": {"Label": label}, "Resources": [resource]}
    return {**found, "Compliance": {"Status": status}, "Workflow": {"Status": "NEW"}, "RecordState": "ACTIVE", **fields}


def hub(*findings: dict[str, Any], detail_type: str = "Security Hub Findings - Imported") -> dict[str, Any]:
    return event(detail_type, "securityhub", {"findings": list(findings)})


OCSF = {
    "finding_info": {"title": "Open bucket", "desc": "It is open", "src_url": "https://console.example.com/f"},
    "severity": "High",
    "status": "New",
    "cloud": {"account": {"uid": "123456789012"}, "region": "us-west-2"},
    "resources": [{"uid": "arn:aws:s3:::example"}],
    "metadata": {"product": {"name": "Security Hub"}},
}
MALWARE = {
    "s3ObjectDetails": {"bucketName": "uploads", "objectKey": "a.exe"},
    "scanResultDetails": {"scanResultStatus": "THREATS_FOUND"},
}
MALWARE_RESULT = "GuardDuty Malware Protection Object Scan Result"
EXPOSED = {
    "service": "RISK",
    "eventTypeCode": "AWS_RISK_CREDENTIALS_EXPOSED",
    "statusCode": "open",
    "eventDescription": [{"latestDescription": "Your key\nis public"}],
    "affectedEntities": [{"entityValue": "AKIAIOSFODNN7EXAMPLE"}],
}
RETIRED = {"eventTypeCode": "AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED", "statusCode": "upcoming"}
INSPECTED = {"title": "CVE-2026-0001", "severity": "HIGH", "status": "ACTIVE", "type": "PACKAGE_VULNERABILITY"}
PUBLIC_BUCKET = {
    "type": "Policy:IAMUser/S3BucketPublic",
    "title": "The bucket is public",
    "severity": {"score": 3, "description": "High"},
    "resourcesAffected": {"s3Bucket": {"name": "example"}},
    "policyDetails": {"actor": {"userIdentity": {"iamUser": {"userName": "ann"}}}},
}
COSTS = {
    "accountId": "123456789012",
    "anomalyId": "01ab",
    "anomalyDetailsLink": "https://console.aws.amazon.com/cost-management/home#/1",
    "impact": {"totalImpact": 1001.5},
    "monitorName": "All services",
    "rootCauses": [{"service": "AmazonEC2"}],
}
CHANGED_ITEM = {
    "messageType": "ConfigurationItemChangeNotification",
    "configurationItemDiff": {"changeType": "UPDATE"},
    "configurationItem": {"resourceId": "sg-1", "resourceName": "web", "awsAccountId": "123456789012"},
}
INSIGHT = {"eventType": "AwsCloudTrailInsight", "insightDetails": {"state": "Start", "eventName": "DeleteBucket"}}
INSIGHT["insightDetails"]["insightType"] = "ApiCallRateInsight"
REMOVED = {
    "eventName": "ObjectRemoved:Delete",
    "eventSource": "aws:s3",
    "userIdentity": {"principalId": "AWS:AIDA"},
    "requestParameters": {"sourceIPAddress": "192.0.2.3"},
    "s3": {"bucket": {"name": "logs"}, "object": {"key": "a.gz"}},
}
BOUNCE = {"notificationType": "Bounce", "mail": {"source": "no-reply@example.com", "destination": ["x@example.net"]}}
SENT = {"bucket": {"name": "logs"}, "object": {"key": "a.gz"}, "requester": "123456789012"}
REST = [
    (alarm("ALARM"), "WARNING", "detection.create", f"CloudWatch Alarm State Change on root-used {IN}: ALARM"),
    (alarm("OK"), "INFO", "detection.close", f"CloudWatch Alarm State Change on root-used {IN}: OK"),
    (
        alarm("INSUFFICIENT_DATA"),
        *("INFO", "detection.change", f"CloudWatch Alarm State Change on root-used {IN}: INSUFFICIENT_DATA"),
    ),
    (
        event("CloudWatch Alarm State Change", "cloudwatch", {"alarmName": "cpu", "state": {"value": "ALARM"}}),
        *("WARNING", "detection.create", f"CloudWatch Alarm State Change on cpu {IN}: ALARM"),
    ),
    (
        guardduty("AttackSequence:IAM/CompromisedCredentials", 9.0, "Keys of ann are used"),
        *("CRITICAL", "detection.create", f"AttackSequence:IAM/CompromisedCredentials {IN}: Keys of ann are used"),
    ),
    (
        guardduty("Recon:IAMUser/Tor", 5, "From Tor", resource={"accessKeyDetails": {"userName": "ann"}}),
        *("WARNING", "detection.create", f"Recon:IAMUser/Tor by ann {IN}: From Tor"),
    ),
    (
        guardduty("Backdoor:EC2/C&C", 8, "It calls", resource={"instanceDetails": {"instanceId": "i-1"}}),
        *("ERROR", "detection.create", f"Backdoor:EC2/C&C on i-1 {IN}: It calls"),
    ),
    (guardduty("Recon:EC2/Portscan", 2, "A scan"), "NOTICE", "detection.create", f"Recon:EC2/Portscan {IN}: A scan"),
    (
        guardduty("Recon:EC2/Portscan", 8, "A scan", service={"archived": True}),
        *("INFO", "detection.close", f"Recon:EC2/Portscan {IN}: A scan"),
    ),
    (
        event(MALWARE_RESULT, "guardduty", MALWARE),
        *("ERROR", "detection.create", f"{MALWARE_RESULT} on uploads/a.exe {IN}: THREATS_FOUND"),
    ),
    (hub(asff("Open", "CRITICAL")), "CRITICAL", "detection.create", f"Open on arn:aws:s3:::example {IN}: FAILED"),
    (hub(asff("Open", "HIGH")), "ERROR", "detection.create", f"Open on arn:aws:s3:::example {IN}: FAILED"),
    (hub(asff("Open", "LOW")), "NOTICE", "detection.create", f"Open on arn:aws:s3:::example {IN}: FAILED"),
    (hub(asff("Open", "HIGH", "PASSED")), "INFO", "detection.close", f"Open on arn:aws:s3:::example {IN}: PASSED"),
    (
        hub(asff("Open", "HIGH", RecordState="ARCHIVED")),
        *("INFO", "detection.close", f"Open on arn:aws:s3:::example {IN}: FAILED"),
    ),
    (
        hub(OCSF, detail_type="Findings Imported V2"),
        *("ERROR", "detection.create", f"Open bucket on arn:aws:s3:::example {IN}: New"),
    ),
    (
        event("Config Rules Compliance Change", "config", compliance("NON_COMPLIANT")),
        *("WARNING", "detection.create", f"s3-no-public on example {IN}: NON_COMPLIANT"),
    ),
    (
        compliance("COMPLIANT", awsAccountId="123456789012"),
        *("INFO", "detection.close", f"s3-no-public on example {IN}: COMPLIANT"),
    ),
    (CHANGED_ITEM, "INFO", "configuration.change", f"ConfigurationItemChangeNotification on web {IN}: UPDATE"),
    (
        event("AWS Health Event", "health", EXPOSED),
        *("ERROR", "detection.create", f"AWS_RISK_CREDENTIALS_EXPOSED on AKIAIOSFODNN7EXAMPLE {IN}: open"),
    ),
    (
        event("AWS Health Event", "health", RETIRED),
        *("INFO", "other", f"AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED {IN}: upcoming"),
    ),
    (
        analyzed("ACTIVE", public=True),
        *("ERROR", "detection.create", f"Access Analyzer Finding on arn:aws:s3:::example {IN}: ACTIVE"),
    ),
    (
        analyzed("ACTIVE", public=False),
        *("WARNING", "detection.create", f"Access Analyzer Finding on arn:aws:s3:::example {IN}: ACTIVE"),
    ),
    (
        analyzed("RESOLVED", public=True),
        *("INFO", "detection.close", f"Access Analyzer Finding on arn:aws:s3:::example {IN}: RESOLVED"),
    ),
    (
        event("Inspector2 Finding", "inspector2", INSPECTED),
        *("ERROR", "detection.create", f"PACKAGE_VULNERABILITY {IN}: CVE-2026-0001"),
    ),
    (
        event("Macie Finding", "macie", PUBLIC_BUCKET),
        *("ERROR", "detection.create", f"Policy:IAMUser/S3BucketPublic by ann on example {IN}: The bucket is public"),
    ),
    (COSTS, "WARNING", "detection.create", f"Anomaly Detected on AmazonEC2 {IN}: 1001.5 dollars by All services"),
    (
        event("AWS Insight via CloudTrail", "cloudtrail", INSIGHT),
        *("WARNING", "detection.create", f"ApiCallRateInsight on DeleteBucket {IN}: Start"),
    ),
    ({"Records": [REMOVED]}, "INFO", "data.delete", f"ObjectRemoved:Delete by AWS:AIDA on logs/a.gz {IN}"),
    (event("Object Created", "s3", SENT), "INFO", "data.create", f"Object Created by 123456789012 on logs/a.gz {IN}"),
    (BOUNCE, "NOTICE", "other", f"Bounce by no-reply@example.com on x@example.net {IN}"),
    (
        event("EC2 Instance State-change Notification", "ec2", {"instance-id": "i-1", "state": "terminated"}),
        *("INFO", "configuration.change", f"EC2 Instance State-change Notification on i-1 {IN}: terminated"),
    ),
    ({"type": "user.created", "message": "bob is new"}, "INFO", "other", f"user.created {IN}: bob is new"),
    ({"a": 1}, "INFO", "other", f"Notification {IN}"),
    ("Backup failed: disk full\nmore", "INFO", "other", f"Notification {IN}: Backup failed: disk full"),
    ("[1, 2]", "INFO", "other", f"Notification {IN}: [1, 2]"),
    ("  \n", "INFO", "other", f"Notification {IN}"),
]


@pytest.mark.parametrize(("message", "severity", "kind", "line"), [*CALLS, *REST])
def test_notification(message: Any, severity: str, kind: str, line: str) -> None:
    expected = {"summary": f"aws-sns: {line}", "severity": severity, "kind": kind, "organization": "123456789012"}
    assert facts_of("aws-sns", notification(message), expected) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            call("AttachUserPolicy", {"userName": "bob", "policyArn": f"{POLICIES}/AdministratorAccess"}),
            {
                "eventname": "AttachUserPolicy",
                "username": "Admin/ann.example",
                "userid": "AROA:ann.example",
                "targetuser": "bob",
                "role": f"{POLICIES}/AdministratorAccess",
                "success": True,
                "sourceipaddress": "192.0.2.61",
                "useragent": "aws-cli/2.0",
                "session": "5e3f8f6b",
                "access_key": "ASIAIOSFODNN7EXAMPLE",
                "service": "iam.amazonaws.com",
                "region": "us-east-1",
            },
        ),
        (
            call("DeleteBucket", {"bucketName": "example"}, errorCode="AccessDenied", errorMessage="no"),
            {"target": "example", "success": False, "reason": "AccessDenied: no"},
        ),
        (
            guardduty("A:B/C", 5, "t", service=connection("OUTBOUND")),
            {"sourceipaddress": None, "destinationipaddress": "198.51.100.99", "service": "aws.guardduty"},
        ),
        (
            guardduty("A:B/C", 5, "t", service=connection("INBOUND")),
            {"sourceipaddress": "198.51.100.99", "destinationipaddress": None, "title": "t"},
        ),
        (alarm("ALARM"), {"target": "root-used", "reason": "over 1", "state": "ALARM"}),
        (event("AWS Health Event", "health", EXPOSED), {"reason": "Your key is public", "service": "aws.health"}),
        (hub(asff("Open", "LOW", SourceUrl="https://console.example.com/f")), {"url": "https://console.example.com/f"}),
        (hub(OCSF), {"url": "https://console.example.com/f", "reason": "It is open", "service": "Security Hub"}),
        (COSTS, {"url": "https://console.aws.amazon.com/cost-management/home#/1"}),
        ({"Records": [REMOVED]}, {"userid": "AWS:AIDA", "username": None, "sourceipaddress": "192.0.2.3"}),
    ],
)
def test_facts_of_a_notification(message: Any, expected: dict[str, Any]) -> None:
    assert facts_of("aws-sns", notification(message), expected) == expected


def test_subject_says_what_a_text_is_about() -> None:
    body = notification("disk full", Subject="Backup failed")
    assert facts_of("aws-sns", body, {"summary": 0, "eventname": 0}) == {
        "summary": f"aws-sns: Backup failed {IN}: disk full",
        "eventname": "Notification",
    }


def test_each_finding_and_record_is_an_event() -> None:
    findings = messages_of("aws-sns", notification(hub(asff("A", "HIGH"), asff("B", "LOW"))))
    assert [(message["details"]["eventname"], message["severity"]) for message in findings] == [
        ("A", "ERROR"),
        ("B", "NOTICE"),
    ]
    records = [REMOVED, {**REMOVED, "s3": {"bucket": {"name": "logs"}, "object": {"key": "b.gz"}}}]
    targets = [message["details"]["target"] for message in messages_of("aws-sns", notification({"Records": records}))]
    assert targets == ["logs/a.gz", "logs/b.gz"]


def test_end_of_a_subscription_is_a_warning() -> None:
    body = notification("You have chosen to deactivate it", Type="UnsubscribeConfirmation", Token="secret-token")
    (message,) = messages_of("aws-sns", body)
    assert message["severity"] == "WARNING"
    assert message["summary"] == f"aws-sns: UnsubscribeConfirmation {IN}: You have chosen to deactivate it"
    assert "secret-token" not in json.dumps(message)


@pytest.mark.parametrize(
    "message",
    [
        {"Records": "x"},
        {"Records": [1]},
        {"detail": {"findings": 1}},
        {"detail": 1, "detail-type": 2},
        {"userIdentity": {}},
        {"userIdentity": {"type": 1}, "requestParameters": [], "responseElements": 5, "eventName": None},
        {"severity": True},
        {"severity": {"description": 5}},
    ],
)
def test_json_of_another_shape_is_an_event_too(message: Any) -> None:
    assert messages_of("aws-sns", notification(message))
