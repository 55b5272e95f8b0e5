"""The definition of workos, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='workos',
    description='WorkOS sign-ins, users, memberships, SSO connections, directories and keys',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('WorkOS-Signature',), prefix='v1=', split=','),
                timestamp=Timestamp(header='WorkOS-Signature', prefix='t=', split=',', format='unix_ms', tolerance=180),
                signed='{timestamp}.{body}',
            ),
        ),
    ),
    events=Events(require=('event', 'data',), id='id', type='event', time='created_at'),
    facts=Facts(
        summary="workos: {join(': ', [join(' ', [\n  event,\n  [(starts_with(event, 'authentication.') || starts_with(event, 'session.')) && (data.email || data.user_id),\n    context.actor.name, context.actor.id] | [?@] | [0] | @ && join(' ', ['by', @]),\n  [!(starts_with(event, 'authentication.') || starts_with(event, 'session.'))\n      && (data.email || data.user.email || data.user.name || data.user_id),\n    data.name, data.domain, data.organization_domain.domain, data.obfuscated_value, data.slug]\n    [?type(@) == 'string'] | [0] | @ && join(' ', ['on', @]),\n  (data.role.slug || data.role_slug) | @ && join(' ', ['as', @]),\n  (data.group.name || data.group_id) | @ && join(' ', ['in', @]),\n  (data.organization_id || data.user.organization_id) | @ && join(' ', ['of', @])\n][?@]),\n  join(', ', [data.error.message, data.reason, data.control,\n    data.impersonator.email && join(' ', ['impersonated by', data.impersonator.email]),\n    data.impersonator.reason,\n    data.permissions[0] && join(' ', data.permissions)\n  ][?type(@) == 'string'])\n][?@])}",
        severity=Choice(
            of="{join(' ', [event, data.role.slug || data.role_slug || '-', data.impersonator.email && 'impersonated' || '-'])}",
            words={
                'WARNING': (
                    'authentication.radar_risk_detected *', 'session.created * impersonated', 'api_key.created *',
                    'connection.activated *', 'connection.deactivated *', 'connection.deleted *', 'dsync.activated *',
                    'dsync.deleted *', 'organization_membership.created *admin*',
                    'organization_membership.updated *admin*', 'invitation.*d *admin*', 'role.*', 'organization_role.*',
                    'permission.*', 'organization.deleted *',
                ),
                'NOTICE': (
                    '*_failed *', '*_timed_out *', '*.deleted *', '*.revoked *', 'api_key.*',
                    'organization_membership.*', 'invitation.*', 'password_reset.*', 'group.member_*',
                    'dsync.group.user_*', 'organization_domain.*', 'connection.*', 'pipes.*',
                ),
            },
        ),
        kind=Choice(
            of='{event}',
            words={
                'detection.create': ('authentication.radar_risk_detected',),
                'authentication.end': ('session.revoked',),
                'authentication.start': ('authentication.*', 'session.created',),
                'permission.grant': (
                    'organization_membership.created', 'group.member_added', 'dsync.group.user_added',
                    'invitation.created', 'invitation.accepted', 'invitation.resent', 'api_key.created',
                ),
                'permission.revoke': (
                    'organization_membership.deleted', 'group.member_removed', 'dsync.group.user_removed',
                    'invitation.revoked', 'api_key.revoked',
                ),
                'permission.change': ('organization_membership.updated', 'role.*', 'organization_role.*', 'permission.*', 'api_key.updated'),
                'account.create': ('user.created', 'dsync.user.created', 'waitlist_user.approved',),
                'account.delete': ('user.deleted', 'dsync.user.deleted',),
                'account.change': ('user.*', 'dsync.user.*', 'password_reset.*', 'email_verification.*', 'magic_auth.*',),
                'configuration.create': ('*.created', 'connection.activated', 'dsync.activated', 'pipes.*.connected',),
                'configuration.delete': ('*.deleted', 'pipes.*.disconnected',),
                'configuration.change': ('*.updated', '*.rule_updated', 'connection.*', 'organization_domain.*',),
                'other': ('*',),
            },
        ),
        outcome=Choice(of='{event}', words={'success': ('*_succeeded',), 'failure': ('*_failed', '*_timed_out',)}),
        reason='{data.error.message || data.reason || data.control}',
        user="{[(starts_with(event, 'authentication.') || starts_with(event, 'session.')) && (data.email || data.user_id),\n  context.actor.name, context.actor.id] | [?@] | [0]}",
        user_id="{[(starts_with(event, 'authentication.') || starts_with(event, 'session.')) && data.user_id, context.actor.id]\n  | [?@] | [0]}",
        source_ip='{data.ip_address}',
        user_agent='{data.user_agent}',
        target_user="{[!(starts_with(event, 'authentication.') || starts_with(event, 'session.'))\n  && (data.email || data.user.email || data.user_id)] | [?@] | [0]}",
        target="{data.[name, domain, organization_domain.domain, obfuscated_value, slug, group.name, group_id]\n  [?type(@) == 'string'] | [0]}",
        role='{data.role.slug || data.role_slug}',
        organization="{data.[organization_id, sso.organization_id, organization_domain.organization_id, user.organization_id,\n  owner.organization_id, owner.type == 'organization' && owner.id] | [?@] | [0]}",
        session="{[data.object == 'session' && data.id, data.sso.session_id] | [?@] | [0]}",
        extra={
            'method': '{data.type || data.auth_method}',
            'actor_source': '{context.actor.source}',
            'impersonator': '{data.impersonator.email}',
            'state': '{data.state || data.status}',
            'error': '{data.error.code}',
            'permissions': "{join(' ', data.permissions)}",
            'connection': '{data.sso.connection_id || data.connection_type}',
            'directory': '{data.directory_id}',
        },
    ),
    vendor=Vendor(
        docs='https://workos.com/docs/events/data-syncing/webhooks',
        retries='6 times within 3 days, at growing intervals, after anything but 2xx; in staging for some minutes',
        secret='issued',
    ),
)
