"""The definition of mongodb-atlas-log, as the generator validated it."""

from lambdas.credentials import oauth2
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import next_url
from lambdas.runtime.parameters import path_part, read_parameters

PARAMETERS = read_parameters({'OrgId': '[0-9a-f]{24}', 'ProjectId': '[0-9a-f]{24}'})
SOURCE = Source(
    name='mongodb-atlas-log',
    description='Events of a MongoDB Atlas organization and of a project',
    pull=Pull(
        url='https://cloud.mongodb.com/api/atlas/v2',
        credentials=Credentials(type=oauth2, settings=oauth2.Settings(url='https://cloud.mongodb.com/api/oauth/token')),
        every=300,
        rate=Rate(requests=30, per=60),
        streams={
            'organization': Stream(
                paging=Paging(style=next_url, settings=next_url.Settings(at="links[?rel=='next'].href | [0]")),
                resume='time',
                get='/orgs/' + path_part(PARAMETERS['OrgId']) + '/events',
                query={'minDate': '{from}', 'maxDate': '{to}', 'itemsPerPage': '500', 'includeCount': 'false'},
                window=Window(overlap=1800, again=86400),
                events=Events(split='results', require=('eventTypeName',), id='id', type='eventTypeName', time='created'),
            ),
            'project': Stream(
                paging=Paging(style=next_url, settings=next_url.Settings(at="links[?rel=='next'].href | [0]")),
                resume='time',
                get='/groups/' + path_part(PARAMETERS['ProjectId']) + '/events',
                query={'minDate': '{from}', 'maxDate': '{to}', 'itemsPerPage': '500', 'includeCount': 'false'},
                window=Window(overlap=1800, again=86400),
                events=Events(split='results', require=('eventTypeName',), id='id', type='eventTypeName', time='created'),
            ),
        },
        headers={'accept': 'application/vnd.atlas.2023-01-01+json'},
        window=Window(overlap=1800, again=86400),
        errors=(
            ErrorRule(
                do='stop',
                status=401,
                say='Atlas does not know the service account: its secret is wrong, or has ended',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="Atlas refuses: {detail || errorCode || 'no reason'}; the service account needs the roles Organization Member and Project Read Only, and an access list of it must have the puller's address",
            ),
            ErrorRule(
                do='stop',
                status=404,
                say="Atlas finds no such organization or project: {detail || errorCode || 'check OrgId and ProjectId'}",
            ),
        ),
    ),
    events=Events(split='results', require=('eventTypeName',), id='id', type='eventTypeName', time='created'),
    facts=Facts(
        summary="atlas: {join(': ', [\n  join(' by ', [eventTypeName, username || publicKey || isGlobalAdmin && 'MongoDB'][?@ && type(@) == 'string']),\n  join(' in ', [\n    join(', ', [\n      targetUsername, targetPublicKey, dbUserUsername, whitelistEntry, instanceName,\n      join('.', [database, collection][?@]), opType, hostname, resourceType, reason,\n      teamId && join(' ', ['team', teamId]),\n      resourcePolicyId && join(' ', ['policy', resourcePolicyId])\n    ][?@ && type(@) == 'string']),\n    groupId && join(' ', ['project', groupId])\n  ][?@])\n][?@])}",
        severity=Choice(
            of="{isGlobalAdmin && 'MONGODB_EMPLOYEE' || eventTypeName}",
            words={
                'WARNING': (
                    'MONGODB_EMPLOYEE', 'API_KEY_CREATED', 'API_KEY_ROLES_CHANGED', 'API_KEY_ADDED_TO_GROUP',
                    '*_ACCESS_LIST_ENTRY_ADDED', 'SERVICE_ACCOUNT_*', '*_USER_ROLES_CHANGED*', 'USER_ROLES_CHANGED*',
                    'INVITED_TO_*', '*_TWO_FACTOR_AUTH_OPTIONAL', '*_ACCESS_LIST_NOT_REQUIRED',
                    'NETWORK_PERMISSION_ENTRY_ADDED', 'MONGODB_USER_ADDED', 'MONGODB_USER_UPDATED', 'MONGODB_ROLE_*',
                    'CLOUD_PROVIDER_ACCESS_*', 'AUDIT_LOG_*', 'RESOURCE_POLICY_*', '*FEDERATION*', '*IDENTITY_PROVIDER*',
                    '*_ENCRYPTION_KEY_INVALID', 'CPS_DATA_PROTECTION_DISABLE*', 'CPS_SNAPSHOT_DELETED*',
                    'CPS_EXPORT_SUCCESSFUL', 'CPS_RESTORE_REQUESTED*', '*_SNAPSHOT_DOWNLOAD*', 'BUCKET_CREATED*',
                    '*PEER_CREATED', '*PRIVATE_ENDPOINT*', 'CLUSTER_DELETE_SUBMITTED', 'CLUSTER_INSTANCE_SSL_REVOKED',
                    'DATA_EXPLORER_CRUD', '*_SUPPORT_ACCESS*',
                ),
                'NOTICE': (
                    'API_KEY_*', 'JOINED_*', 'REMOVED_FROM_*', 'NETWORK_PERMISSION_*', 'MONGODB_USER_*', '*TEAM_*',
                    'DATA_EXPLORER*', 'ALERT_CONFIG_*', '*_DELETED*', '*_FAILED*', 'ORG_*', 'GROUP_*', 'BUCKET_*',
                    '*_TWO_FACTOR_AUTH_*', '*PEER_*', 'CPS_DATA_PROTECTION_*', 'CPS_SNAPSHOT_*MODIFIED*',
                    'CPS_SNAPSHOT_SCHEDULE_*', 'AGENT_API_KEY_*',
                ),
            },
        ),
        kind=Choice(
            of='{eventTypeName}',
            words={
                'account.create': ('MONGODB_USER_ADDED',),
                'account.change': ('MONGODB_USER_UPDATED',),
                'account.delete': ('MONGODB_USER_DELETED',),
                'permission.grant': (
                    'INVITED_TO_*', 'JOINED_*', '*API_KEY_CREATED', 'API_KEY_ADDED_TO_GROUP',
                    '*_ACCESS_LIST_ENTRY_ADDED', 'NETWORK_PERMISSION_ENTRY_ADDED', 'CLOUD_PROVIDER_ACCESS_*_ADDED',
                    '*PEER_CREATED', 'TEAM_ADDED_TO_*',
                ),
                'permission.revoke': (
                    'REMOVED_FROM_*', '*API_KEY_DELETED', 'API_KEY_REMOVED_FROM_GROUP', '*_ACCESS_LIST_ENTRY_DELETED',
                    'NETWORK_PERMISSION_ENTRY_REMOVED', 'CLOUD_PROVIDER_ACCESS_*_DELETED', '*PEER_DELETED',
                    'TEAM_REMOVED_FROM_*',
                ),
                'permission.change': ('*ROLES_CHANGED*', 'MONGODB_ROLE_*', 'CLOUD_PROVIDER_ACCESS_*_UPDATED',),
                'data.change': ('DATA_EXPLORER_CRUD', 'CPS_RESTORE_*',),
                'data.read': ('DATA_EXPLORER', 'CLUSTER_CONNECTION_*', 'CPS_EXPORT_*', '*_SNAPSHOT_DOWNLOAD*',),
                'data.delete': ('CPS_SNAPSHOT_DELETED*', 'CLUSTERSHOT_DELETED*',),
                'detection.create': ('*_ENCRYPTION_KEY_INVALID', 'RESOURCE_POLICY_VIOLATED',),
                'configuration.create': ('*_CREATED*', '*_ADDED*',),
                'configuration.delete': ('*_DELETED*', '*_REMOVED*', '*_DELETE_SUBMITTED*',),
                'configuration.change': (
                    '*_UPDATED*', '*_UPDATE_*', '*_CHANGED*', '*_MODIFIED*', '*_ENABLED*', '*_DISABLED*', '*_OPTIONAL',
                    '*_REQUIRED', 'CPS_DATA_PROTECTION_*', '*_ROTATED*', '*_REVOKED',
                ),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{eventTypeName}',
            words={'failure': ('*_FAILED*', '*_FAIL_*',), 'success': ('*_SUCCESSFUL', '*_SUCCEEDED', '*_COMPLETED',)},
        ),
        reason='{reason}',
        user='{username || publicKey}',
        user_id='{userId || apiKeyId}',
        source_ip='{remoteAddress}',
        target_user='{targetUsername || dbUserUsername}',
        target="{targetPublicKey || whitelistEntry || instanceName || database && join('.', [database, collection][?@])\n  || resourcePolicyId || teamId || resourceId || hostname || ''}",
        organization='{orgId}',
        extra={'project': '{groupId}', 'mongodb_employee': '{isGlobalAdmin}', 'operation': '{opType}', 'alert': '{alertId}'},
    ),
    vendor=Vendor(
        docs='https://www.mongodb.com/docs/api/doc/atlas-admin-api-v2/operation/operation-listorgevents',
        credential='a service account with Organization Member and Project Read Only, by an Organization Owner',
        limit='no figure is published; by service account or project',
    ),
)
