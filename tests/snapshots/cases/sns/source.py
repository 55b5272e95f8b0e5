"""The definition of sns, as the generator validated it."""

from lambdas.auth import sns
from lambdas.model import Auth, Challenge, Confirm, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.transform import transform

SOURCE = Source(
    name='sns',
    description='The topics of the published messages of Amazon SNS, and one more',
    webhook=Webhook(
        auth=Auth(
            type=sns,
            settings=sns.Settings(
                topics=(
                    'arn:aws:sns:us-east-2:295079676684:publish-and-verify-892f85fe-4836-424d-8188-ab85bef0f362',
                    'arn:aws:sns:us-east-2:295079676684:publish-and-verify-62674b1d-4295-426b-88e7-5fb75652a04e',
                    'arn:aws:sns:us-west-2:123456789012:MyTopic',
                ),
            ),
        ),
        challenges=(
            Challenge(
                when="Type == 'SubscriptionConfirmation'",
                reply=Reply(),
                confirm=Confirm(
                    url='SubscribeURL',
                    hosts=('sns.*.amazonaws.com', 'sns.*.amazonaws.com.cn', 'sns.*.amazonaws.eu',),
                ),
            ),
        ),
    ),
    extends='aws-sns',
    bases=('aws-sns',),
    events=Events(
        mask=('UnsubscribeURL', 'SubscribeURL', 'Token',),
        require=('MessageId', 'TopicArn',),
        id='MessageId',
        type='Type',
        time='Timestamp',
    ),
    facts=Facts(
        summary='aws-sns: {about.line}',
        severity=Choice(
            of="{Type == 'UnsubscribeConfirmation' && 'WARNING' || about.severity || about.notable == 'root' && 'WARNING'\n  || about.outcome == 'failure' && 'NOTICE' || about.notable && 'WARNING' || about.status == 'FAILED' && 'NOTICE'\n  || about.action}",
            words={
                'WARNING': (
                    'StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors', 'DeleteFlowLogs', 'DeleteLogGroup',
                    'DeleteLogStream', 'DeleteAlarms', 'DisableAlarmActions', 'StopConfigurationRecorder',
                    'DeleteConfigurationRecorder', 'DeleteDeliveryChannel', 'Delete*ConfigRule',
                    'Delete*ConformancePack', 'DeleteDetector', 'UpdateDetector', 'DisassociateFromAdministratorAccount',
                    'DisassociateFromMasterAccount', 'DisassociateMembers', 'DeleteMembers', 'StopMonitoringMembers',
                    'DisableSecurityHub', 'BatchDisableStandards', 'DisableMacie', 'DeleteAnalyzer', 'DeleteWebACL',
                    'DisassociateWebACL', 'DeleteResolverQueryLogConfig', 'DisassociateResolverQueryLogConfig',
                    'DeleteModelInvocationLoggingConfiguration', 'Delete*Guardrail*', 'CreateTrafficMirrorSession',
                    'CreateAccessKey', 'CreateLoginProfile', 'UpdateLoginProfile', 'DeactivateMFADevice',
                    'DeleteVirtualMFADevice', 'DeleteAccountPasswordPolicy', 'UpdateAccountPasswordPolicy',
                    'UpdateAssumeRolePolicy', 'CreateAccountAssignment', 'Delete*PermissionsBoundary',
                    'CreateSAMLProvider', 'UpdateSAMLProvider', 'DeleteSAMLProvider', 'CreateOpenIDConnectProvider',
                    'PasswordRecoveryRequested', 'PasswordRecoveryCompleted', 'AssociateDirectory',
                    'DisassociateDirectory', '*ExternalIdPConfigurationForDirectory', 'AssumeRoot', 'CreateTrustAnchor',
                    'EnableSerialConsoleAccess', 'DisableDomainTransferLock', 'TransferDomainToAnotherAwsAccount',
                    'Delete*PublicAccessBlock', 'Put*PublicAccessBlock', 'DeleteBucketPolicy', 'DeleteBucketEncryption',
                    'ModifyImageAttribute', 'ModifySnapshotAttribute', 'ModifyDBSnapshotAttribute',
                    'ModifyDBClusterSnapshotAttribute', 'ScheduleKeyDeletion', 'DisableKey', 'ImportKeyMaterial',
                    'DeleteImportedKeyMaterial', 'DisableEbsEncryptionByDefault', 'DeleteBucket', 'DeleteFileSystem',
                    'DeleteDBInstance', 'DeleteDBCluster', 'DeleteGlobalCluster', 'DeleteDB*Snapshot',
                    'DeleteDB*AutomatedBackup', 'DeleteBackupVault*', 'DeleteRecoveryPoint', 'DeleteSecret',
                    'LeaveOrganization', 'DeleteOrganization', 'CloseAccount', 'RemoveAccountFromOrganization',
                ),
                'NOTICE': (
                    'CreateUser', 'DeleteUser', 'CreateRole', 'Attach*Policy', 'Put*Policy', 'AddUserToGroup',
                    'CreatePolicyVersion', 'PutBucketAcl', 'AuthorizeSecurityGroupIngress',
                    'AuthorizeDBSecurityGroupIngress', 'AddPermission*', 'CreateGrant', 'CreateAccessEntry',
                    'AssociateAccessPolicy', 'AssociateIamInstanceProfile', 'ReplaceIamInstanceProfile*',
                    'AddRoleToInstanceProfile', 'SetDefaultPolicyVersion', 'EnableRegion', 'UpdateGuardrail',
                    'GetPasswordData', 'StartExportTask', 'ExportTableToPointInTime', 'CreateInstanceExportTask',
                    'ExportImage', 'Bounce', 'Complaint', 'Reject', 'ACM Certificate Approaching Expiration',
                    'ACM Certificate Expired',
                ),
            },
        ),
        action='{about.action}',
        kind=Choice(
            of='{about.phase || about.action || Type}',
            words={
                'detection.create': ('opened',),
                'detection.close': ('closed',),
                'detection.change': ('CloudWatch Alarm State Change',),
                'authentication.start': (
                    'ConsoleLogin', 'SwitchRole', 'AssumeRo*', 'GetSessionToken', 'GetFederationToken', 'GetSigninToken',
                    'UserAuthentication', 'StartSession', 'Send*SSHPublicKey',
                ),
                'authentication.end': ('ExitRole', 'Logout', 'TerminateSession',),
                'data.read': ('GetObject', 'GetSecretValue', 'BatchGetSecretValue', 'GetParameter*', 'GetPasswordData', 'Decrypt',),
                'configuration.read': ('Get*', 'List*', 'Describe*', 'Lookup*', 'Head*', 'BatchGet*', 'Search*',),
                'account.create': ('CreateUser', 'CreateAccount',),
                'account.delete': ('DeleteUser', 'CloseAccount', 'DeleteLoginProfile',),
                'account.change': ('*LoginProfile', '*AccessKey', '*MFADevice', 'ChangePassword', 'UpdateUser', 'PasswordRecovery*',),
                'permission.grant': (
                    'AttachUserPolicy', 'AttachRolePolicy', 'AttachGroupPolicy', 'AttachPolicy', 'PutUserPolicy',
                    'PutRolePolicy', 'PutGroupPolicy', 'AddUserToGroup', 'Add*Permission*', 'CreateGrant',
                    'CreateAccountAssignment', 'CreateAccessEntry', 'AssociateAccessPolicy',
                    'AssociateIamInstanceProfile', 'AddRoleToInstanceProfile', 'Authorize*SecurityGroup*',
                ),
                'permission.revoke': (
                    'Detach*Policy', 'DeleteUserPolicy', 'DeleteRolePolicy', 'DeleteGroupPolicy', 'RemoveUserFromGroup',
                    'RemovePermission*', 'RevokeGrant', 'RetireGrant', 'DeleteAccountAssignment', 'DeleteAccessEntry',
                    'DisassociateAccessPolicy', 'DisassociateIamInstanceProfile', 'RemoveRoleFromInstanceProfile',
                    'Revoke*SecurityGroup*',
                ),
                'permission.change': ('UpdateAssumeRolePolicy', '*PolicyVersion', 'Put*Policy', 'Put*Acl', '*PublicAccessBlock', '*Boundary'),
                'data.create': ('ObjectCreated:*', 'Object Created', 'PutObject', 'CopyObject',),
                'data.delete': ('ObjectRemoved:*', 'LifecycleExpiration:*', 'Object Deleted', 'DeleteObject*',),
                'data.change': ('Object*',),
                'configuration.create': ('Create*', 'Run*', 'Register*', 'Import*', 'Copy*', 'Restore*',),
                'configuration.delete': ('Delete*', 'Terminate*', 'Deregister*',),
                'configuration.change': (
                    'Put*', 'Update*', 'Modify*', 'Set*', 'Start*', 'Stop*', 'Enable*', 'Disable*', 'Tag*', 'Untag*',
                    'Reset*', 'Rotate*', 'Associate*', 'Disassociate*', 'Attach*', 'Detach*', '*State*hange*',
                    'ConfigurationItemChangeNotification', 'UnsubscribeConfirmation',
                ),
                'other': ('*',),
            },
        ),
        outcome=Choice(of='{about.outcome}', words={'success': ('success',), 'failure': ('failure',)}),
        reason='{about.reason}',
        user='{about.user}',
        user_id='{about.user_id}',
        source_ip='{about.source_ip}',
        user_agent='{about.user_agent}',
        target_user='{about.target_user}',
        target='{about.target}',
        role='{about.role}',
        organization='{about.account}',
        session='{published.detail.requestID || published.Records[0].responseElements."x-amz-request-id"}',
        url='{about.url}',
        extra={
            'service': '{about.service}',
            'region': '{about.region}',
            'access_key': '{about.access_key}',
            'destinationipaddress': '{about.destination}',
            'state': '{[about][?!outcome].status | [0]}',
            'title': '{about.title}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html',
        deadline=15,
        retries='3 times, 20 seconds apart, after a 5xx or none at all (the default policy); not after a 4xx',
    ),
    transform=transform,
)
