"""The definition of wiz, as the generator validated it."""

from lambdas.credentials import oauth2
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'DataCenter': '[a-z]{2,4}[0-9]{1,3}'})
SOURCE = Source(
    name='wiz',
    description='Wiz audit log, issues and threat detections',
    pull=Pull(
        url='https://api.' + PARAMETERS['DataCenter'] + '.app.wiz.io',
        credentials=Credentials(
            type=oauth2,
            settings=oauth2.Settings(url='https://auth.app.wiz.io/oauth/token', send='body', audience='wiz-api'),
        ),
        every=300,
        rate=Rate(requests=60, per=60),
        streams={
            'audit': Stream(
                paging=Paging(
                    style=cursor,
                    settings=cursor.Settings(
                        at='data.auditLogEntries.pageInfo.endCursor',
                        while_='data.auditLogEntries.pageInfo.hasNextPage',
                    ),
                ),
                resume='time',
                post='/graphql',
                graphql='query AuditLog($first: Int, $after: String, $filterBy: AuditLogEntryFilters) {\n  auditLogEntries(first: $first, after: $after, filterBy: $filterBy) {\n    nodes {\n      id action requestId status timestamp actionParameters userAgent sourceIP\n      serviceAccount { id name }\n      user { id name }\n    }\n    pageInfo { hasNextPage endCursor }\n  }\n}\n',
                variables={'first': 500, 'after': '{cursor}', 'filterBy': {'timestamp': {'after': '{from}', 'before': '{to}'}}},
                window=Window(lag=120, overlap=1800, retention=15552000),
                events=Events(
                    split='data.auditLogEntries.nodes',
                    require=('action',),
                    id='id',
                    type='action',
                    time='timestamp',
                ),
            ),
            'issues': Stream(
                paging=Paging(
                    style=cursor,
                    settings=cursor.Settings(at='data.issues.pageInfo.endCursor', while_='data.issues.pageInfo.hasNextPage'),
                ),
                resume='time',
                post='/graphql',
                graphql='query Issues($first: Int, $after: String, $filterBy: IssueFilters) {\n  issues: issuesV2(first: $first, after: $after, filterBy: $filterBy) {\n    nodes {\n      id status severity createdAt updatedAt statusChangedAt resolvedAt dueAt\n      sourceRule {\n        __typename\n        ... on Control { id name }\n        ... on CloudEventRule { id name }\n        ... on CloudConfigurationRule { id name }\n      }\n      projects { id name }\n      entitySnapshot {\n        id type nativeType name status cloudPlatform cloudProviderURL region\n        subscriptionExternalId subscriptionName externalId\n      }\n    }\n    pageInfo { hasNextPage endCursor }\n  }\n}\n',
                variables={
                    'first': 100,
                    'after': '{cursor}',
                    'filterBy': {'statusChangedAt': {'after': '{from}', 'before': '{to}'}},
                },
                window=Window(lag=120, overlap=1800, retention=15552000),
                events=Events(
                    split='data.issues.nodes',
                    require=('status',),
                    id="join('/', [id, statusChangedAt])",
                    type="join(' ', ['issue', status])",
                    time='statusChangedAt',
                ),
            ),
            'detections': Stream(
                paging=Paging(
                    style=cursor,
                    settings=cursor.Settings(
                        at='data.detections.pageInfo.endCursor',
                        while_='data.detections.pageInfo.hasNextPage',
                    ),
                ),
                resume='time',
                post='/graphql',
                graphql='query Detections($first: Int, $after: String, $filterBy: DetectionFilters) {\n  detections(first: $first, after: $after, filterBy: $filterBy) {\n    nodes {\n      id type severity createdAt updatedAt description origins\n      issue { id }\n      ruleMatch { rule { id name } }\n      cloudAccounts { id name externalId cloudProvider }\n      primaryActor { id name type email userAgent }\n      primaryResource { id name type externalId region }\n      triggeringEvents(first: 10) { nodes { ... on CloudEvent { id description actorIP timestamp } } }\n    }\n    pageInfo { hasNextPage endCursor }\n  }\n}\n',
                variables={
                    'first': 100,
                    'after': '{cursor}',
                    'filterBy': {
                        'createdAt': {'after': '{from}', 'before': '{to}'},
                        'type': {'equals': ('GENERATED_THREAT', 'MATCH_ONLY',)},
                    },
                },
                window=Window(lag=120, overlap=1800, retention=15552000),
                events=Events(
                    split='data.detections.nodes',
                    require=('severity',),
                    id='id',
                    type="join(' ', ['detection', type])",
                    time='createdAt',
                ),
            ),
        },
        window=Window(lag=120, overlap=1800, retention=15552000),
        errors=(
            ErrorRule(
                do='skip_stream',
                status=200,
                when="errors[?extensions.code == 'UNAUTHORIZED' || contains(to_string(message), 'access denied')]",
                say='Wiz refuses: {errors[0].message}; the service account needs the scope admin:audit for the audit log, read:issues for issues, and read:detections, read:cloud_events_cloud and read:cloud_events_sensor for detections',
            ),
            ErrorRule(do='wait', status=200, when="errors[?contains(to_string(message), 'ate limit')]"),
            ErrorRule(do='restart', status=200, when="errors[?contains(to_string(message), 'ursor')]"),
            ErrorRule(
                do='stop',
                status=200,
                when='errors',
                say="Wiz refuses the request: {errors[0].message || 'no reason'}",
            ),
            ErrorRule(
                do='stop',
                status=401,
                say='Wiz does not accept the token: was the service account deleted, or its secret rotated?',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say='Wiz refuses: is the address of the puller among those that the tenant allows?',
            ),
        ),
    ),
    facts=Facts(
        summary="wiz: {join(': ', [\n  join(' by ', [\n    stream() == 'issues' && join(' ', ['issue', status]) || stream() == 'detections' && 'detection' || action,\n    [user.name, serviceAccount.name, primaryActor.email, primaryActor.name, user.id][?@ && @ != ''] | [0]\n  ][?@]),\n  join(', ', [\n    stream() == 'audit' && status != 'SUCCESS' && status,\n    sourceRule.name || ruleMatch.rule.name,\n    [entitySnapshot, primaryResource][?name].join('', ['on ', name, ' (', nativeType || type, ')']) | [0],\n    severity && join(' ', ['severity', severity]),\n    actionParameters.input.email || actionParameters.input.name || actionParameters.input.patch.name\n      || actionParameters.input.id || actionParameters.ID,\n    actionParameters.input.[userAccessAllowedIPs, serviceAccountAccessAllowedIPs][] | [?@]\n      | [@][?@].join(', ', @) | [0],\n    actionParameters.input.role && join(' ', ['role', to_string(actionParameters.input.role)])\n  ][?@ && type(@) == 'string'])\n][?@ && @ != ''])}",
        severity=Choice(
            of="{stream() == 'issues' && (status == 'RESOLVED' || status == 'REJECTED') && 'INFO' || severity\n  || join(' ', [status, action])}",
            words={
                'INFO': ('INFORMATIONAL',),
                'WARNING': (
                    'SUCCESS *ServiceAccount*', 'SUCCESS *SAML*', 'SUCCESS *UserRole*', 'SUCCESS UpdateLoginSettings',
                    'SUCCESS UpdateIPRestrictions', 'SUCCESS *Connector', 'SUCCESS *Integration',
                    'SUCCESS *AutomationRule', 'SUCCESS *EventRule', 'SUCCESS *ConfigurationRule', 'SUCCESS *IgnoreRule',
                    'SUCCESS *MalwareExclusion*', 'SUCCESS *ScanPolicy', 'SUCCESS *DataClassifier',
                    'SUCCESS *IntegrityValidator', 'SUCCESS UpdateScannerSettings', 'SUCCESS UpdateSupportContactList',
                ),
                'NOTICE': ('SUCCESS *User*', 'SUCCESS Delete*', 'FAILED *', 'ACCESS_DENIED *',),
            },
        ),
        action="{stream() == 'issues' && join(' ', ['issue', status]) || stream() == 'detections' && join(' ', ['detection', type])\n  || action}",
        kind=Choice(
            of="{stream() == 'issues' && join(' ', ['issue', status]) || stream() == 'detections' && 'detection' || action}",
            words={
                'detection.create': ('issue OPEN', 'detection',),
                'detection.close': ('issue RESOLVED', 'issue REJECTED',),
                'detection.change': ('issue *',),
                'authentication.start': ('*Login',),
                'authentication.end': ('*Logout', 'RevokeUserSessions',),
                'account.create': ('CreateUser', 'CreateServiceAccount',),
                'account.delete': ('DeleteUser', 'DeleteServiceAccount',),
                'account.change': ('UpdateUser', '*ServiceAccount*',),
                'permission.change': ('*UserRole*', '*GroupMappings',),
                'data.read': ('*Report*',),
                'configuration.create': ('Create*',),
                'configuration.delete': ('Delete*',),
                'configuration.change': ('Update*', 'Modify*',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of="{stream() == 'audit' && status || ''}",
            words={'success': ('SUCCESS',), 'failure': ('FAIL*', 'ACCESS_DENIED',)},
        ),
        user="{[user.name, serviceAccount.name, primaryActor.email, [primaryActor][?type != 'NETWORK_ADDRESS'].name | [0],\n  user.id][?@ && @ != ''] | [0]}",
        user_id='{[user.id, serviceAccount.id, primaryActor.id][?@] | [0]}',
        source_ip="{[sourceIP, triggeringEvents.nodes[0].actorIP, [primaryActor][?type == 'NETWORK_ADDRESS'].name | [0]][?@] | [0]}",
        user_agent='{userAgent || primaryActor.userAgent}',
        target_user='{actionParameters.input.email}',
        target='{[entitySnapshot.name, primaryResource.name, actionParameters.input.name, actionParameters.input.patch.name,\n  actionParameters.input.id, actionParameters.ID][?@] | [0]}',
        role='{actionParameters.input.role && to_string(actionParameters.input.role)}',
        organization='{[entitySnapshot.subscriptionName, cloudAccounts[0].name][?@] | [0]}',
        session='{requestId}',
        url='{entitySnapshot.cloudProviderURL}',
        extra={
            'description': '{description}',
            'rule': '{sourceRule.name || ruleMatch.rule.name}',
            'resource': '{[entitySnapshot.externalId, primaryResource.externalId][?@] | [0]}',
            'cloud': '{[entitySnapshot.cloudPlatform, cloudAccounts[0].cloudProvider][?@] | [0]}',
            'region': '{[entitySnapshot.region, primaryResource.region][?@] | [0]}',
            'projects': "{projects && join(', ', projects[].name)}",
            'issue': "{stream() == 'issues' && id || issue.id}",
            'origins': "{origins && join(', ', origins)}",
        },
    ),
    vendor=Vendor(
        docs='https://integrate.wiz.io/reference/prerequisites',
        credential='a service account with the scopes of the README, by who may write service accounts, such as a Global Admin',
        limit='3 requests a second for the tenant, over all integrations',
    ),
)
