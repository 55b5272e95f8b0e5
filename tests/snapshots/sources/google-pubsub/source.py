"""The definition of google-pubsub, as the generator validated it."""

from lambdas.auth import jwt
from lambdas.model import Auth, Choice, Events, Facts, Source, Vendor, Webhook
from lambdas.transform import transform

SOURCE = Source(
    name='google-pubsub',
    description='Google Cloud Pub/Sub push (audit logs, Security Command Center and any other text)',
    webhook=Webhook(
        auth=Auth(
            type=jwt,
            settings=jwt.Settings(
                issuer='https://accounts.google.com',
                audience=('REPLACE_ME',),
                claims={'email': 'REPLACE_ME', 'email_verified': 'true'},
            ),
        ),
    ),
    events=Events(
        require=("root('message.messageId')", "root('message.publishTime')"),
        id="root('message.messageId')",
        type='subscription',
        time="not_null(published.log.timestamp, published.finding.finding.eventTime, root('message.publishTime'))",
    ),
    facts=Facts(
        summary='google-pubsub: {about.line || subscription}',
        severity="{(about.status == 'INACTIVE' || published.finding.finding.mute == 'MUTED') && 'INFO' || published.finding && (about.level || 'WARNING') || published.data.incident && (about.status == 'closed' && 'INFO'\n  || contains(['Critical', 'Error'], about.level || '') && about.level || 'WARNING')\n|| about.outcome == 'failure' && 'NOTICE' || about.wide && 'WARNING' || contains([\n  'CreateServiceAccountKey', 'UploadServiceAccountKey', 'DisableServiceAccount', 'UpdateSink', 'DeleteSink',\n  'CreateExclusion', 'UpdateExclusion', 'DeleteBucket', 'DeleteLogMetric', 'DeleteLog', 'DeleteAlertPolicy',\n  'DeleteNotificationChannel', 'DeleteNotificationConfig', 'UpdateNotificationConfig', 'SetOrgPolicy',\n  'ClearOrgPolicy', 'CreatePolicy', 'UpdatePolicy', 'DeletePolicy', 'DeleteProject', 'DestroyCryptoKeyVersion',\n  'DeleteSecret', 'DestroySecretVersion', 'DisableService', 'DeleteAccessLevel', 'UpdateServicePerimeter',\n  'DeleteServicePerimeter', 'CreateWorkloadIdentityPoolProvider', 'UpdateWorkloadIdentityPoolProvider',\n  'DeleteBackupPlan', 'DeleteBackupVault'\n  ], about.call) && 'WARNING'\n|| contains([\n  'assignRole', 'addPrivilege', 'grantAdminPrivilege', 'grantDelegatedAdminPrivileges', 'suspiciousLogin',\n  'suspiciousLoginLessSecureApp', 'suspiciousProgrammaticLogin', 'accountDisabledPasswordLeak',\n  'accountDisabledHijacked', 'govAttackWarning', '2svDisable', 'turnOff2StepVerification',\n  'enforceStrongAuthentication', 'allowStrongAuthentication', 'addApplication', 'authorizeApiClientAccess'\n  ], about.call) && 'WARNING'\n|| contains(['CreateServiceAccount', 'DeleteServiceAccount', 'CreateRole', 'UpdateRole', 'createUser', 'deleteUser',\n  'changePassword', 'SetIamPolicy', 'SetIAMPolicy', 'setIamPolicy', 'setIamPermissions'], about.call) && 'NOTICE'\n|| about.outcome && 'INFO' || about.level}",
        action='{about.action}',
        kind=Choice(
            of="{about.change || (published.finding || published.data.incident) && about.status || about.call || 'message'}",
            words={
                'permission.grant': ('ADD', 'assignRole', 'addPrivilege', 'grant*Privilege*'),
                'permission.revoke': ('REMOVE', 'unassignRole', 'removePrivilege', 'revoke*Privilege*'),
                'permission.change': (
                    'SetIam*',
                    'setIam*',
                    'SetIAMPolicy',
                    '*OrgPolicy',
                    '*AccessLevel',
                    '*ServicePerimeter',
                ),
                'detection.create': ('ACTIVE', 'open', 'suspicious*', 'govAttackWarning'),
                'detection.close': ('INACTIVE', 'closed'),
                'authentication.start': (
                    'loginSuccess',
                    'loginFailure',
                    'loginChallenge',
                    'loginVerification',
                    'GenerateAccessToken',
                ),
                'authentication.end': ('logout',),
                'account.create': ('CreateServiceAccount', 'createUser'),
                'account.delete': ('DeleteServiceAccount', 'deleteUser'),
                'account.disable': ('DisableServiceAccount', 'suspendUser', 'accountDisabled*'),
                'account.enable': ('EnableServiceAccount', 'unsuspendUser'),
                'account.change': (
                    '*ServiceAccountKey',
                    'changePassword',
                    '2sv*',
                    '*2StepVerification',
                    '*StrongAuthentication',
                ),
                'data.create': ('storage.objects.create', 'OBJECT_FINALIZE'),
                'data.delete': ('storage.objects.delete', 'OBJECT_DELETE', 'OBJECT_ARCHIVE'),
                'data.change': ('storage.objects.update', 'OBJECT_METADATA_UPDATE'),
                'data.read': ('storage.objects.*', 'AccessSecretVersion', 'Decrypt'),
                'configuration.create': ('Create*', 'Insert*', 'Add*', 'create', 'insert'),
                'configuration.delete': ('Delete*', 'Destroy*', 'Remove*', 'delete'),
                'configuration.read': ('Get*', 'List*', 'Search*', 'BatchGet*', 'get', 'list'),
                'configuration.change': (
                    'Update*',
                    'Set*',
                    'Patch*',
                    'Enable*',
                    'Disable*',
                    'Undelete*',
                    'update',
                    'patch',
                    'set*',
                ),
                'other': ('*',),
            },
        ),
        outcome=Choice(of='{about.outcome}', words={'success': ('success',), 'failure': ('failure',)}),
        reason='{about.reason}',
        user='{about.user}',
        source_ip='{about.source_ip}',
        user_agent='{about.user_agent}',
        target_user='{about.target_user}',
        target='{about.target}',
        role='{about.role}',
        organization='{about.project}',
        session='{about.session}',
        url='{about.url}',
        extra={
            'service': '{about.service}',
            'delegated_by': '{about.delegated_by}',
            'destinationipaddress': '{about.destination}',
            'state': '{[about][?!outcome].status | [0]}',
        },
    ),
    vendor=Vendor(
        docs='https://cloud.google.com/pubsub/docs/push',
        deadline=10,
        retries='until the message expires (7 days unless you chose otherwise), after anything but 102, 200, 201, 202 and 204',
    ),
    transform=transform,
)
