"""The definition of openai-audit, as the generator validated it."""

from lambdas.credentials import bearer
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor

SOURCE = Source(
    name='openai-audit',
    description='OpenAI audit log of an API Platform organization',
    pull=Pull(
        url='https://api.openai.com/v1',
        credentials=Credentials(type=bearer, settings=bearer.Settings()),
        every=300,
        rate=Rate(requests=30, per=60),
        streams={
            'audit': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='last_id || data[-1].id', while_='has_more')),
                resume='time',
                get='/organization/audit_logs',
                query={'effective_at[gte]': '{from}', 'effective_at[lte]': '{to}', 'limit': '100', 'after': '{cursor}'},
                window=Window(overlap=1800, again=86400, format='unix'),
                events=Events(split='data', require=('type',), id='id', type='type', time='effective_at', time_format='unix'),
            ),
        },
        errors=(
            ErrorRule(
                do='stop',
                status=401,
                say="OpenAI does not accept the key: {error.message || 'no reason'}; it must be an admin key of this organization",
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="OpenAI refuses: {error.message || 'no reason'}; an owner of the organization must make an admin key that may read audit logs, and switch audit logging on",
            ),
            ErrorRule(
                do='stop',
                status=404,
                say="OpenAI has no audit log here: {error.message || 'is audit logging switched on?'}",
            ),
            ErrorRule(
                do='stop',
                when="error.code == 'insufficient_quota'",
                say="OpenAI says: {error.message || 'no quota'}",
            ),
        ),
    ),
    events=Events(split='data', require=('type',), id='id', type='type', time='effective_at', time_format='unix'),
    facts=Facts(
        summary='openai: {join(\': \', [\n  join(\' by \', [\n    type,\n    actor.session.user.email || actor.api_key.user.email || actor.session.user.id || actor.api_key.user.id\n      || actor.api_key.service_account.id || actor.api_key.id\n  ][?@]),\n  join(\' in \', [\n    merge(@, `{"project": null, "actor": null}`) | join(\' \', [\n      join(\' \', [\n        *.data.email | [0],\n        [*.name, *.role_name, *.data.group_name, *.changes_requested.group_name, *.changes_requested.role_name,\n          *.data.title, *.changes_requested.title, *.configs[].name, *.certificates[].name][]\n          | [?type(@) == \'string\'] | [0],\n        *.id | [?type(@) == \'string\'] | [0],\n        *.principal_id | [0] | @ && join(\' \', [\'for\', @]),\n        *.resource_id | [0] | @ && join(\' \', [\'on\', @])\n      ][?@ && type(@) == \'string\']),\n      [\n        [*.data.role, *.changes_requested.role][] | [0],\n        [*.data.scopes, *.changes_requested.scopes, *.permissions, *.changes_requested.permissions_added,\n          *.allowed_ips][] | [?@] | [0] | @ && join(\', \', [?type(@) == \'string\']),\n        *.changes_requested.api_call_logging | [0] | @ && join(\' \', [\'logging of calls:\', to_string(@)]),\n        *.data.fine_tuned_model_checkpoint | [0],\n        [*.error_message, *.error_code][] | [0]\n      ] | join(\', \', [?@ && type(@) == \'string\']) | @ && join(\'\', [\'(\', @, \')\'])\n    ][?@ && type(@) == \'string\']),\n    project.name || project.id\n  ][?@])\n][?@])}',
        severity=Choice(
            of='{type}',
            words={
                'WARNING': (
                    'api_key.created', 'api_key.updated', 'service_account.created', 'service_account.updated',
                    'invite.sent', 'role.*', 'user.added', 'user.updated', 'scim.*', 'ip_allowlist.*',
                    'organization.updated', 'project.deleted', 'project.archived', 'external_key.*',
                    'workload_identity_*', 'tenant.*', 'certificates.*', 'certificate.deleted', 'tunnel.*',
                    'checkpoint.permission.created',
                ),
                'NOTICE': ('*.failed', '*.deleted', 'api_key.*', 'user.*', 'invite.*', 'group.*', 'certificate.*', 'rate_limit.*'),
            },
        ),
        kind=Choice(
            of='{type}',
            words={
                'authentication.start': ('login.*',),
                'authentication.end': ('logout.*',),
                'account.create': ('service_account.created',),
                'account.delete': ('service_account.deleted', 'user.deleted',),
                'permission.grant': (
                    'api_key.created', 'invite.sent', 'invite.accepted', 'user.added', 'role.assignment.created',
                    'role.bound_to_resource', 'checkpoint.permission.created',
                    'workload_identity_provider_mapping.created', 'tenant.workload_identity.mapping.created',
                ),
                'permission.revoke': (
                    'api_key.deleted', 'invite.deleted', 'role.assignment.deleted', 'role.unbound_from_resource',
                    'checkpoint.permission.deleted', 'workload_identity_provider_mapping.deleted',
                    'tenant.workload_identity.mapping.archived',
                ),
                'permission.change': ('api_key.updated', 'user.updated', 'service_account.updated', 'role.*', 'group.*', '*_mapping.*',),
                'data.delete': ('resource.deleted',),
                'configuration.create': ('*.created', '*.registered', 'scim.enabled',),
                'configuration.delete': ('*.deleted', '*.removed', '*.archived', 'scim.disabled',),
                'configuration.change': ('*.updated', '*.upserted', '*.activated', '*.deactivated',),
                'other': ('*',),
            },
        ),
        outcome=Choice(of='{type}', words={'success': ('login.succeeded', 'logout.succeeded',), 'failure': ('*.failed',)}),
        reason='{[*.error_message, *.error_code][] | [0]}',
        user='{actor.session.user.email || actor.api_key.user.email || actor.api_key.service_account.id}',
        user_id='{actor.session.user.id || actor.api_key.user.id || actor.api_key.service_account.id}',
        source_ip='{actor.session.ip_address}',
        user_agent='{actor.session.user_agent}',
        target_user='{([*.data.email, *.principal_id][] | [0])\n  || (starts_with(type, \'user.\') || starts_with(type, \'service_account.\'))\n    && (merge(@, `{"project": null, "actor": null}`).*.id | [0]) || \'\'}',
        target='{!starts_with(type, \'user.\') && !starts_with(type, \'service_account.\')\n  && (merge(@, `{"project": null, "actor": null}`) | [*.configs[].id, *.certificates[].id, *.id][]\n    | [?type(@) == \'string\'] | [0]) || \'\'}',
        role='{[*.data.role, *.changes_requested.role, *.role_name][] | [0]}',
        extra={
            'project': '{project.name || project.id}',
            'actor_type': '{actor.type}',
            'actor_key': '{actor.api_key.id}',
            'scopes': "{[*.data.scopes, *.changes_requested.scopes, *.permissions, *.changes_requested.permissions_added][]\n  | [?@] | [0] | @ && join(', ', [?type(@) == 'string'])}",
            'allowed_addresses': "{*.allowed_ips | [0] | @ && join(', ', [?type(@) == 'string'])}",
        },
    ),
    vendor=Vendor(
        docs='https://platform.openai.com/docs/api-reference/audit-logs',
        credential='an admin key, Read only, by an owner of the organization',
        limit='no figure is published',
    ),
)
