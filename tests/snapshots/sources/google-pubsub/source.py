"""The definition of google-pubsub, as the generator validated it."""

from lambdas.auth import jwt
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.runtime.parameters import read_parameters
from lambdas.transform import transform

PARAMETERS = read_parameters({'Audience': '[A-Za-z0-9._~:/@-]{1,200}', 'ServiceAccount': '[a-z0-9-]+@[a-z0-9.-]+\\.gserviceaccount\\.com'})
SOURCE = Source(
    name='google-pubsub',
    description='Google Cloud Pub/Sub push (audit logs, Security Command Center and any other text)',
    webhook=Webhook(
        auth=Auth(
            type=jwt,
            settings=jwt.Settings(
                issuer='https://accounts.google.com',
                audience=(PARAMETERS['Audience'],),
                claims={'email': PARAMETERS['ServiceAccount'], 'email_verified': 'true'},
            ),
        ),
    ),
    events=Events(
        require=("root('message.messageId')", "root('message.publishTime')",),
        id="root('message.messageId')",
        type='subscription',
        time="not_null(published.log.timestamp, published.finding.finding.eventTime, root('message.publishTime'))",
    ),
    facts=Facts(
        summary='google-pubsub: {about.line || subscription}',
        severity=Choice(
            of="{(about.status == 'INACTIVE' || published.finding.finding.mute == 'MUTED') && 'INFO'\n  || published.finding && (about.level || 'WARNING')\n  || published.data.incident && (about.status == 'closed' && 'INFO'\n    || contains(['Critical', 'Error'], about.level || '') && about.level || 'WARNING')\n  || about.outcome == 'failure' && 'NOTICE'\n  || about.wide && 'WARNING'\n  || about.outcome && about.call\n  || about.level || about.call}",
            words={
                'WARNING': (
                    'CreateServiceAccountKey', 'UploadServiceAccountKey', 'DisableServiceAccount', 'UpdateSink',
                    'DeleteSink', 'CreateExclusion', 'UpdateExclusion', 'DeleteBucket', 'DeleteLogMetric', 'DeleteLog',
                    'DeleteAlertPolicy', 'DeleteNotificationChannel', 'DeleteNotificationConfig',
                    'UpdateNotificationConfig', 'SetOrgPolicy', 'ClearOrgPolicy', 'CreatePolicy', 'UpdatePolicy',
                    'DeletePolicy', 'DeleteProject', 'DestroyCryptoKeyVersion', 'DeleteSecret', 'DestroySecretVersion',
                    'DisableService', 'DeleteAccessLevel', 'UpdateServicePerimeter', 'DeleteServicePerimeter',
                    'CreateWorkloadIdentityPoolProvider', 'UpdateWorkloadIdentityPoolProvider', 'CreateWorkforcePool',
                    'UpdateWorkforcePool', 'CreateWorkforcePoolProvider', 'UpdateWorkforcePoolProvider',
                    'InsertProjectOwnershipInvite', 'hmacKeys.create', 'buckets.delete', 'packetMirrorings.insert',
                    'clusterrolebindings.create', 'clusterrolebindings.patch', 'clusterrolebindings.update',
                    'UpdateCryptoKeyVersion', 'DeleteBackupPlan', 'DeleteBackupVault', 'assignRole', 'addPrivilege',
                    'grantAdminPrivilege', 'grantDelegatedAdminPrivileges', 'suspiciousLogin',
                    'suspiciousLoginLessSecureApp', 'suspiciousProgrammaticLogin', 'accountDisabledPasswordLeak',
                    'accountDisabledHijacked', 'govAttackWarning', '2svDisable', 'turnOff2StepVerification',
                    'enforceStrongAuthentication', 'allowStrongAuthentication', 'addApplication',
                    'authorizeApiClientAccess', 'inboundSsoProfileCreated', 'inboundSsoProfileUpdated',
                ),
                'NOTICE': (
                    'firewalls.delete', 'firewalls.insert', 'firewalls.patch', 'firewalls.update', 'managedZones.delete',
                    'rolebindings.create', 'rolebindings.patch', 'rolebindings.update', '*rolebindings.delete',
                    '*IngressRule', 'networks.delete', 'DeleteTopic', 'DeleteSubscription', 'DeleteRole',
                    'CreateServiceAccount', 'DeleteServiceAccount', 'CreateKey', 'CreateRole', 'UpdateRole',
                    'createUser', 'deleteUser', 'changePassword', 'SetIamPolicy', 'SetIAMPolicy', 'setIamPolicy',
                    'setIamPermissions',
                ),
            },
        ),
        action='{about.action}',
        kind=Choice(
            of="{about.change || (published.finding || published.data.incident) && about.status || about.call || 'message'}",
            words={
                'permission.grant': (
                    'ADD', 'assignRole', 'addPrivilege', 'addGroupMember', 'grant*Privilege*', '*OwnershipInvite',
                    '*rolebindings.create',
                ),
                'permission.revoke': (
                    'REMOVE', 'unassignRole', 'removePrivilege', 'removeGroupMember', 'revoke*Privilege*',
                    '*rolebindings.delete',
                ),
                'permission.change': (
                    'SetIam*', 'setIam*', 'SetIAMPolicy', '*OrgPolicy', '*AccessLevel', '*ServicePerimeter',
                    '*rolebindings.patch', '*rolebindings.update', 'createRole', 'deleteRole', 'renameRole',
                    'updateRole',
                ),
                'detection.create': ('ACTIVE', 'open', 'suspicious*', 'govAttackWarning',),
                'detection.close': ('INACTIVE', 'closed',),
                'authentication.start': ('loginSuccess', 'loginFailure', 'loginChallenge', 'loginVerification', 'GenerateAccessToken',),
                'authentication.end': ('*.logout',),
                'account.create': ('CreateServiceAccount', 'createUser',),
                'account.delete': ('DeleteServiceAccount', 'deleteUser',),
                'account.disable': ('DisableServiceAccount', 'suspendUser', 'accountDisabled*',),
                'account.enable': ('EnableServiceAccount', 'unsuspendUser',),
                'account.change': (
                    '*ServiceAccountKey', 'hmacKeys.create', 'hmacKeys.delete', 'changePassword', '2sv*',
                    '*2StepVerification', '*StrongAuthentication',
                ),
                'data.create': ('objects.create', 'OBJECT_FINALIZE',),
                'data.delete': ('objects.delete', 'OBJECT_DELETE', 'OBJECT_ARCHIVE',),
                'data.change': ('objects.update', 'OBJECT_METADATA_UPDATE',),
                'data.read': ('objects.*', 'AccessSecretVersion', 'Decrypt',),
                'configuration.create': ('Create*', 'Insert*', 'Add*', '*.create', '*.insert',),
                'configuration.delete': ('Delete*', 'Destroy*', 'Remove*', '*.delete',),
                'configuration.read': ('Get*', 'List*', 'Search*', 'BatchGet*', '*.get', '*.list',),
                'configuration.change': (
                    'Update*', 'Set*', 'Patch*', 'Enable*', 'Disable*', 'Undelete*', '*.update', '*.patch', 'set*',
                    'change*', 'inboundSsoProfile*',
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
