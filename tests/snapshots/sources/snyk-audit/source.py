"""The definition of snyk-audit, as the generator validated it."""

from lambdas.credentials import api_key
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import next_url
from lambdas.runtime.parameters import path_part, read_parameters

PARAMETERS = read_parameters({
    'SnykApi': 'api(\\.[a-z]{2})?\\.snyk\\.io|api\\.snykgov\\.io',
    'OwnerType': 'groups|orgs',
    'OwnerId': '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
})
SOURCE = Source(
    name='snyk-audit',
    description='Snyk audit log of a group or an organization',
    pull=Pull(
        url='https://' + PARAMETERS['SnykApi'] + '/rest',
        credentials=Credentials(type=api_key, settings=api_key.Settings(header='authorization', prefix='token ')),
        every=300,
        rate=Rate(requests=60, per=60),
        streams={
            'audit': Stream(
                paging=Paging(style=next_url, settings=next_url.Settings(at='links.next')),
                resume='time',
                get='/' + path_part(PARAMETERS['OwnerType']) + '/' + path_part(PARAMETERS['OwnerId']) + '/audit_logs/search',
                query={'version': '2024-10-15', 'from': '{from}', 'to': '{to}', 'size': '100', 'sort_order': 'ASC'},
                window=Window(lag=120, overlap=1800, longest=604800, retention=7776000, again=86400),
                events=Events(
                    split="data.items || (type(data) == 'object' && `[]`)",
                    require=('event',),
                    id='hash()',
                    type='event',
                    time='created',
                ),
            ),
        },
        headers={'accept': 'application/vnd.api+json'},
        errors=(
            ErrorRule(do='stop', status=400, say="Snyk refuses the request: {errors[0].detail || 'is the id right?'}"),
            ErrorRule(
                do='stop',
                status=401,
                say='Snyk does not know the token: it is wrong, was revoked, or is one of another region',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="Snyk refuses: {errors[0].detail || 'no reason'}; the service account's role needs the permission to view audit logs, and the plan must be Enterprise",
            ),
            ErrorRule(
                do='stop',
                status=404,
                say='Snyk finds no such group or organization: check OwnerType, OwnerId, the region, and what the token may see',
            ),
        ),
    ),
    events=Events(
        split="data.items || (type(data) == 'object' && `[]`)",
        require=('event',),
        id='hash()',
        type='event',
        time='created',
    ),
    facts=Facts(
        summary="snyk: {join(': ', [\n  join(' by ', [event, user_id && join(' ', ['user', user_id])][?@]),\n  join(' in ', [\n    join(', ', [\n      content.email,\n      content.after.name || content.name || content.appName,\n      (content.userPublicId || content.userId) && join(' ', ['user', content.userPublicId || content.userId]),\n      content.serviceAccountPublicId && join(' ', ['service account', content.serviceAccountPublicId]),\n      (content.after.role || content.afterRoleName || content.role.role || content.role.name || content.role)\n        | @ && to_string(@),\n      (content.before.role || content.beforeRoleName) | @ && join(' ', ['was', to_string(@)]),\n      content.issueId || content.vulnId, content.reason, content.type,\n      project_id && join(' ', ['project', project_id])\n    ][?@ && type(@) == 'string']),\n    org_id && join(' ', ['organization', org_id]) || group_id && join(' ', ['group', group_id])\n  ][?@])\n][?@])}",
        severity=Choice(
            of='{event}',
            words={
                'INFO': ('*.membership.sync',),
                'WARNING': (
                    '*.sso.*', '*.service_account.*', '*.role.*', '*.user.role.*', '*.request_access_settings.*',
                    '*.feature_flag*', '*.invite_link.create', '*.app.create', '*.app.edit', '*.app_bot.create',
                    '*.webhook.*', '*.policy.*', '*.ignore_policy.*', '*.integration.*', 'group.org.remove',
                    'org.delete', 'group.delete', '*.settings.edit', 'group.edit', '*.sast_settings.edit',
                ),
                'NOTICE': (
                    '*.user.*', '*.app.*', '*.ignore.*', 'org.create', 'group.create', 'group.org.add', 'org.edit',
                    '*.delete', '*.remove', '*.stop_monitor', '*.pr_check.edit', '*_settings.edit',
                ),
            },
        ),
        kind=Choice(
            of='{event}',
            words={
                'permission.change': ('*.user.role.*', '*.role.*', '*.service_account.edit', '*.app.edit', '*.membership.*',),
                'permission.grant': (
                    '*.user.add', '*.user.invite', '*.invite.accept', '*.invite_link.create', '*.invite_link.accept',
                    '*.service_account.create', '*.app.create', '*.app_bot.create', '*.provision.accept',
                ),
                'permission.revoke': (
                    '*.user.remove', '*.user.leave', '*.invite.revoke', '*.invite_link.revoke',
                    '*.service_account.delete', '*.app.delete',
                ),
                'account.create': ('*.provision.create',),
                'account.delete': ('*.provision.delete',),
                'detection.change': ('*.ignore.*', '*.fix_pr.*',),
                'data.read': ('api.access',),
                'configuration.create': ('*.create', '*.add', '*.monitor',),
                'configuration.delete': ('*.delete', '*.remove', '*.stop_monitor',),
                'configuration.change': ('*.edit', '*.sync', '*.upsert',),
                'other': ('*',),
            },
        ),
        reason='{content.reason}',
        user_id='{user_id}',
        target_user='{content.email || content.userPublicId}',
        target='{content.after.name || content.name || content.appName || project_id}',
        role='{(content.after.role || content.afterRoleName || content.role.role || content.role.name || content.role)\n  | @ && to_string(@)}',
        organization='{org_id || group_id}',
        extra={
            'group': '{group_id}',
            'project': '{project_id}',
            'old_role': '{content.before.role || content.beforeRoleName}',
            'service_account': '{content.serviceAccountPublicId}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.snyk.io/snyk-api/reference/audit-logs',
        credential="a service account's key with a role that may view audit logs, by a group administrator",
        limit='1,620 requests a minute for the key, shared with nobody else',
    ),
)
