"""The definition of zendesk-audit, as the generator validated it."""

from lambdas.credentials import basic
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'Subdomain': '[a-z0-9][a-z0-9-]*'})
SOURCE = Source(
    name='zendesk-audit',
    description='Zendesk audit log',
    pull=Pull(
        url='https://' + PARAMETERS['Subdomain'] + '.zendesk.com/api/v2',
        credentials=Credentials(type=basic, settings=basic.Settings()),
        every=300,
        rate=Rate(requests=20, per=60),
        streams={
            'audit': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='meta.after_cursor', while_='meta.has_more')),
                resume='time',
                get='/audit_logs.json',
                query={
                    'filter[created_at][]': ('{from}', '{to}',),
                    'sort': 'created_at',
                    'page[size]': '100',
                    'page[after]': '{cursor}',
                },
                window=Window(overlap=1800, again=86400),
                events=Events(
                    split='audit_logs',
                    require=('action',),
                    id='to_string(id)',
                    type="join('.', [source_type, action][?@])",
                    time='created_at',
                ),
            ),
        },
        errors=(
            ErrorRule(
                do='stop',
                status=401,
                say='Zendesk does not accept the credential: the user must be ADDRESS/token and the password an active API token, and token access must be on',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="Zendesk refuses: {error.message || description || 'no reason'}; the user must be an admin, and the plan Enterprise",
            ),
            ErrorRule(
                do='stop',
                status=404,
                say='Zendesk has no audit log at this subdomain: is it right, and the plan Enterprise?',
            ),
        ),
    ),
    events=Events(
        split='audit_logs',
        require=('action',),
        id='to_string(id)',
        type="join('.', [source_type, action][?@])",
        time='created_at',
    ),
    facts=Facts(
        summary="zendesk: {join(': ', [\n  join(' by ', [join('.', [source_type, action][?@]), actor_name][?@]),\n  join(' ', [\n    source_label,\n    change_description && join('', ['(', change_description, ')'])\n  ][?@ && type(@) == 'string'])\n][?@])}",
        severity=Choice(
            of="{join(' ', [\n  join('.', [source_type, action][?@]), change_description, source_label\n][?@ && type(@) == 'string'])}",
            words={
                'WARNING': (
                    'user.* *Role changed*', 'user.* *role changed*', 'user.* *dministrator*', 'user.* *wo-factor*',
                    'user.* *assword changed*', 'user.* *Suspended: Off*', '*token.create*', '*oauth_*.create*',
                    '*oauth_*.update*', 'account.*', 'account_setting.* *IP *', 'account_setting.* *assword*',
                    'account_setting.* *API*', 'account_setting.* *ign-on*', 'account_setting.* *SSO*',
                    'account_setting.* *ssume*', 'account_setting.* *ssumption*', '*sso*', '*saml*', '*.exported*',
                    'webhook.create*', 'webhook.update*', 'target.create*', 'app*.create*', 'custom_role.*',
                    '*permission*', 'user_setting.* Unsuspended*',
                ),
                'NOTICE': (
                    'user.update*', 'user*.create*', 'user*.destroy*', '*.destroy*', '*token*', '*oauth*',
                    'membership.*', 'group*', 'user_setting.* Suspended*', 'account_setting.*', 'app*', 'webhook*',
                    'target*', 'rule.*', 'trigger.*', 'automation.*', 'brand.*',
                ),
            },
        ),
        kind=Choice(
            of="{join(' ', [join('.', [source_type, action][?@]), change_description][?@ && type(@) == 'string'])}",
            words={
                'authentication.start': ('*.login*',),
                'account.disable': ('user.update *Suspended: On*', 'user_setting.* Suspended',),
                'account.enable': ('user.update *Suspended: Off*', 'user_setting.* Unsuspended',),
                'permission.change': ('user.update *ole changed*', 'custom_role.*', '*permission*', 'account.update *Owner changed*',),
                'account.create': ('user.create*',),
                'account.delete': ('user.destroy*',),
                'account.change': ('user.*', 'user_identity.*', 'user_setting.*',),
                'permission.grant': ('*token.create*', '*oauth_*.create*', '*membership.create*', 'app*.create*',),
                'permission.revoke': ('*token.destroy*', '*oauth_*.destroy*', '*membership.destroy*', 'app*.destroy*',),
                'data.read': ('*.exported*',),
                'data.delete': ('ticket*.destroy*', 'attachment*.destroy*', 'comment*.destroy*',),
                'data.change': ('ticket.update*',),
                'configuration.create': ('*.create*',),
                'configuration.change': ('*.update*',),
                'configuration.delete': ('*.destroy*',),
                'other': ('*',),
            },
        ),
        outcome=Choice(of='{action}', words={'success': ('login',)}),
        user='{actor_name}',
        user_id='{actor_id && to_string(actor_id)}',
        source_ip='{ip_address}',
        target_user="{(source_type == 'user' || source_type == 'user_identity') && source_label || ''}",
        target="{source_type != 'user' && source_type != 'user_identity' && source_label || ''}",
        extra={
            'change': '{change_description}',
            'source_type': '{source_type}',
            'source_id': '{source_id && to_string(source_id)}',
        },
    ),
    vendor=Vendor(
        docs='https://developer.zendesk.com/api-reference/ticketing/account-configuration/audit_logs/',
        credential="an admin's API token, by that admin; it may do all that the admin may",
        limit="the plan's limit of the Support API for the account, over all programs",
    ),
)
