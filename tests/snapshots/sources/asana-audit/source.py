"""The definition of asana-audit, as the generator validated it."""

from lambdas.credentials import bearer
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import path_part, read_parameters

PARAMETERS = read_parameters({'Workspace': '[0-9]+'})
SOURCE = Source(
    name='asana-audit',
    description='Asana audit log of an organization',
    pull=Pull(
        url='https://app.asana.com/api/1.0',
        credentials=Credentials(type=bearer, settings=bearer.Settings()),
        every=300,
        rate=Rate(requests=60, per=60),
        streams={
            'events': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='data[0] && next_page.offset')),
                resume='time',
                get='/workspaces/' + path_part(PARAMETERS['Workspace']) + '/audit_log_events',
                query={'start_at': '{from}', 'end_at': '{to}', 'limit': '100', 'offset': '{cursor}'},
                window=Window(retention=7776000, again=86400),
                events=Events(split='data', require=('event_type',), id='gid', type='event_type', time='created_at'),
            ),
        },
        headers={'accept': 'application/json'},
        errors=(
            ErrorRule(
                do='restart',
                status=400,
                when="contains(errors[0].message || '', 'offset')",
                say='Asana does not know the page any more',
            ),
            ErrorRule(do='stop', status=400, say="Asana refuses the request: {errors[0].message || 'no reason'}"),
            ErrorRule(
                do='stop',
                status=401,
                say='Asana does not know the token: it is wrong, or the service account was removed',
            ),
            ErrorRule(
                do='stop',
                status=402,
                say="the organization's plan has no audit log API: Enterprise+, or Enterprise with the compliance add-on",
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="Asana refuses ({errors[0].message || 'no reason'}): the token must be that of a service account with the permission for audit logs, and the plan Enterprise+, or Enterprise with the compliance add-on",
            ),
            ErrorRule(do='stop', status=404, say='Asana finds no such organization for this token: check Workspace'),
        ),
    ),
    events=Events(split='data', require=('event_type',), id='gid', type='event_type', time='created_at'),
    facts=Facts(
        summary="asana: {join(': ', [\n  join(' by ', [\n    event_type,\n    actor.email || actor.name || actor.gid || actor.actor_type && join('', ['(', actor.actor_type, ')'])\n  ][?@]),\n  join(', ', [\n    !contains([actor.email], resource.email) && resource.email,\n    !contains([actor.name], resource.name) && !(resource.email) && resource.name\n      && join(' ', [resource.resource_type, resource.name][?@]),\n    details.new_value && join(' ', ['now', to_string(details.new_value)]),\n    details.old_value && join(' ', ['was', to_string(details.old_value)]),\n    details.group.name && join(' ', ['in', details.group.name]),\n    context.oauth_app_name && join(' ', ['through', context.oauth_app_name]),\n    context.rule_name && join(' ', ['rule', context.rule_name])\n  ][?@ && type(@) == 'string'])\n][?@ && @ != ''])}",
        severity=Choice(
            of='{event_type}',
            words={
                'WARNING': (
                    '*_admin_role_changed', '*_role_changed', 'service_account_*', '*_two_factor_auth_disabled',
                    'workspace_saml_*', 'workspace_password_*', 'workspace_*two_factor*', 'workspace_*session*',
                    'workspace_guest_*', 'workspace_associated_email_domain_*', 'workspace_form_link_*',
                    'workspace_require_app_*', 'workspace_*app*', 'workspace_*sso*', 'workspace_export_*', '*_export_*',
                    'team_privacy_settings_changed', 'workspace_*ip*', 'workspace_deleted', '*personal_access_token*',
                ),
                'NOTICE': (
                    'user_login_failed', 'user_invited', 'user_deprovisioned', 'user_reprovisioned', 'user_password_*',
                    'user_forgot_*', 'user_two_factor_*', 'user_csv_import_*', 'workspace_*', '*_privacy_*',
                    '*_member_*', '*_access_*', '*_shar*', '*_deleted', '*_permission*', '*_app_*',
                ),
            },
        ),
        kind=Choice(
            of='{event_type}',
            words={
                'authentication.start': ('user_login_succeeded', 'user_login_failed',),
                'authentication.end': ('user_logged_out',),
                'account.create': ('user_invited', 'service_account_created', 'user_csv_import_started',),
                'account.enable': ('user_reprovisioned',),
                'account.disable': ('user_deprovisioned',),
                'account.delete': ('service_account_deleted',),
                'account.change': (
                    'user_password_*', 'user_forgot_password_*', 'user_two_factor_auth_*', 'domain_user_billing_*',
                    'service_account_*',
                ),
                'permission.grant': ('*_member_added', '*_access_granted', '*_shared',),
                'permission.revoke': ('*_member_removed', '*_access_revoked', '*_unshared',),
                'permission.change': ('*_role_changed', '*_privacy_*changed', '*_permission*', '*_access_*', '*_member_*',),
                'data.read': ('*_export_*', '*_downloaded', '*_exported',),
                'data.create': ('*_uploaded', 'task_created', 'project_created',),
                'data.delete': ('*_deleted',),
                'data.change': ('*_undeleted', 'task_*', 'attachment_*',),
                'configuration.create': ('*_added', '*_created', '*_installed',),
                'configuration.delete': ('*_removed', '*_uninstalled',),
                'configuration.change': ('*_changed', '*_enabled', '*_disabled', '*_updated',),
                'other': ('*',),
            },
        ),
        outcome=Choice(of='{event_type}', words={'success': ('user_login_succeeded',), 'failure': ('user_login_failed',)}),
        user='{actor.email || actor.name}',
        user_id='{actor.gid}',
        source_ip='{context.client_ip_address}',
        user_agent='{context.user_agent}',
        target_user='{resource.email}',
        target='{resource.name || resource.email || resource.gid}',
        role="{[@][?ends_with(event_type, '_role_changed')].details.new_value | [0]}",
        extra={
            'category': '{event_category}',
            'resource': '{resource.resource_type}',
            'actor_type': '{actor.actor_type}',
            'context': '{context.context_type}',
            'authentication': '{context.api_authentication_method}',
            'app': '{context.oauth_app_name}',
            'new_value': '{details.new_value && to_string(details.new_value)}',
            'old_value': '{details.old_value && to_string(details.old_value)}',
        },
    ),
    vendor=Vendor(
        docs='https://developers.asana.com/docs/audit-log-events',
        credential="a service account's token, by a super admin",
        limit='1,500 requests a minute for the token, shared with nobody else',
    ),
)
