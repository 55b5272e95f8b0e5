"""The definition of atlassian-org, as the generator validated it."""

from lambdas.credentials import bearer
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, LaterRequest, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import path_part, read_parameters

PARAMETERS = read_parameters({'OrgId': '[0-9a-z-]{32,36}'})
SOURCE = Source(
    name='atlassian-org',
    description='Audit log of an Atlassian organization, with Jira, Confluence and Bitbucket Cloud',
    pull=Pull(
        url='https://api.atlassian.com/admin/v1',
        credentials=Credentials(type=bearer, settings=bearer.Settings()),
        every=300,
        rate=Rate(requests=20, per=60),
        streams={
            'events': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='meta.next', while_='meta.next && length(data) > `0`')),
                resume='paging',
                get='/orgs/' + path_part(PARAMETERS['OrgId']) + '/events-stream',
                query={'from': '{from}', 'sortOrder': 'asc', 'limit': '500'},
                then=LaterRequest(query={'cursor': '{cursor}', 'limit': '500'}),
                window=Window(overlap=3600, retention=15552000, format='unix_ms'),
                events=Events(
                    split='data',
                    require=('attributes.action',),
                    id='id',
                    type='attributes.action',
                    time='attributes.time',
                ),
            ),
        },
        headers={'accept': 'application/json'},
        errors=(
            ErrorRule(
                do='stop',
                status=401,
                say='Atlassian does not know the key: it is wrong, was revoked, or has expired; it lasts a year at the most',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="Atlassian refuses ({message || errors[0].detail || 'no reason'}): the key needs the scope read:events:admin, and the organization Atlassian Guard or an Enterprise plan; an organization admin makes it",
            ),
            ErrorRule(
                do='stop',
                status=404,
                say='Atlassian finds no organization with this id for the key: OrgId follows /o/ in the address of admin.atlassian.com',
            ),
        ),
    ),
    events=Events(split='data', require=('attributes.action',), id='id', type='attributes.action', time='attributes.time'),
    facts=Facts(
        summary="atlassian: {join(': ', [\n  join(' by ', [\n    attributes.action,\n    contains(attributes.actor.email || '', '@') && attributes.actor.email || attributes.actor.name\n      || attributes.actor.id\n  ][?@ && @ != '']),\n  join(' in ', [\n    message.content || join(', ', attributes.context[].attributes.[email || name][] || `[]`),\n    attributes.container[].attributes.[siteName][] | [0]\n  ][?@ && type(@) == 'string' && @ != '']),\n  attributes.actor.onBehalfOf && join(' ', ['on behalf of',\n    attributes.actor.onBehalfOf.email || attributes.actor.onBehalfOf.name || 'another'])\n][?@ && @ != ''])}",
        severity=Choice(
            of='{attributes.action}',
            words={
                'ERROR': ('*malware*',),
                'INFO': ('*_viewed',),
                'WARNING': (
                    'user_logged_in_as_user', 'guard_detect_*', '*policy*', '*_settings_update*', '*saml*', '*_sso_*',
                    '*two_step*', '*_2sv_*', '*mfa*', '*domain*', '*allowlist*', '*api_key*', '*api_token_created*',
                    '*access_token*_created*', '*scim*', '*identity_provider*', '*granted_role*', '*role_granted*',
                    '*admin*_added*', '*_app_install*', '*webhook*', '*deploy_key*', '*ssh_key*', '*anonymous*',
                    '*export*', '*audit_log*', '*branch_restriction*', '*repository_deleted*', '*site_deleted*',
                    '*space_deleted*', '*project_deleted*', '*privacy*',
                ),
                'NOTICE': (
                    '*failed*', '*password*', '*group*', '*invit*', '*_deactivat*', '*_reactivat*', '*suspend*',
                    '*permission*', '*role*', '*product_access*', '*restriction*', '*_deleted*', '*_removed*',
                    '*_token*', '*_app_*', '*_archived*', 'user_created*', 'user_added*',
                ),
            },
        ),
        kind=Choice(
            of='{attributes.action}',
            words={
                'authentication.start': ('user_logged_in_as_user', 'user_login*', '*_logged_in*', '*_login_failed*',),
                'authentication.end': ('user_logout*', '*_logged_out*',),
                'detection.create': ('*malware*', 'guard_detect_*', '*policy_violation*',),
                'data.read': ('jira_*_viewed', 'confluence_*_viewed', 'bitbucket_*_viewed', '*export*', '*_downloaded*',),
                'configuration.read': ('*_viewed',),
                'account.create': ('user_created*', 'user_invit*', 'user_provisioned*',),
                'account.enable': ('user_reactivat*', 'user_unsuspend*',),
                'account.disable': ('user_deactivat*', 'user_suspend*',),
                'account.delete': ('user_deleted*', 'user_removed_from_org*', 'user_removed_from_site*',),
                'permission.grant': (
                    '*granted*', '*added*permission*', '*permission_added*', '*added_to_group*', '*api_token_created*',
                    '*api_key_created*', '*access_token*_created*', '*deploy_key_added*', '*ssh_key_added*',
                    '*member_added*',
                ),
                'permission.revoke': (
                    '*revoked*', '*removed*permission*', '*permission_removed*', '*removed_from_group*',
                    '*api_token_deleted*', '*api_key_deleted*', '*deploy_key_removed*', '*ssh_key_removed*',
                    '*member_removed*',
                ),
                'permission.change': ('*permission*', '*restriction*', '*role*', '*privacy*', '*anonymous*',),
                'account.change': ('user_*', '*password*', '*two_step*',),
                'configuration.create': ('*_installed*', '*webhook_created*', '*policy_created*', 'group_created*', '*_enabled',),
                'configuration.delete': ('*_uninstalled*', '*webhook_deleted*', '*policy_deleted*', 'group_deleted*', '*_disabled',),
                'configuration.change': ('*policy*', '*settings*', '*saml*', '*_sso_*', '*domain*', '*allowlist*', '*scim*', 'org_*',),
                'data.create': ('jira_*_created*', 'confluence_*_created*', 'bitbucket_*_created*',),
                'data.delete': ('jira_*_deleted*', 'confluence_*_deleted*', 'bitbucket_*_deleted*',),
                'data.change': ('jira_*', 'confluence_*', 'bitbucket_*',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{attributes.action}',
            words={'failure': ('*failed*',), 'success': ('user_login', 'user_logged_in_as_user',)},
        ),
        user="{contains(attributes.actor.email || '', '@') && attributes.actor.email || attributes.actor.name}",
        user_id='{attributes.actor.id}',
        source_ip='{attributes.location.ip}',
        target_user="{attributes.context[?type == 'users' || type == 'invited-user'].attributes.[email || name][] | [0]}",
        target="{(attributes.context[?type != 'users' && type != 'invited-user' && type != 'sites'].attributes.[name || key][]\n  | [0]) || (attributes.container[].attributes.[issueKeyOrId][] | [0])}",
        role='{attributes.context[].attributes.[role || permissionName][] | [0]}',
        organization="{attributes.container[?type == 'orgs' || type == 'organization'].attributes.name | [0]}",
        url='{attributes.container[].links.alt | [0]}',
        extra={
            'site': '{[attributes.container, attributes.context][][].attributes.[siteName || cloudUrl][] | [0]}',
            'setting': '{attributes.container[].attributes.[settingName][] | [0]}',
            'authentication': '{attributes.actor.auth.authType}',
            'token': '{attributes.actor.auth.tokenLabel || attributes.actor.auth.tokenId}',
            'on_behalf_of': '{attributes.actor.onBehalfOf.email || attributes.actor.onBehalfOf.name}',
            'country': '{attributes.location.countryName}',
            'processed': '{attributes.processedAt}',
        },
    ),
    vendor=Vendor(
        docs='https://developer.atlassian.com/cloud/admin/organization/rest/api-group-events/',
        credential='an API key with read:events:admin, by an organization admin; a year at the most',
        lateness='seconds as a rule; no bound',
        limit='some 50 requests a minute for this path, with other programs that ask for the log',
    ),
)
