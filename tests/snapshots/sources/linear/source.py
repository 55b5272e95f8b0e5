"""The definition of linear, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='linear',
    description='Linear audit log, and changes of issues, users, projects and applications',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('Linear-Signature',)),
                timestamp=Timestamp(path='webhookTimestamp', format='unix_ms', tolerance=60),
            ),
        ),
    ),
    events=Events(
        require=('action', 'type', 'createdAt',),
        id="header('linear-delivery')",
        type="type == 'AuditEntry' && data.type || join('.', [type, action])",
        time='createdAt',
    ),
    facts=Facts(
        summary="linear: {join(': ', [\n  join(' from ', [join(' by ', [\n    type == 'AuditEntry' && data.type || join('.', [type, action]),\n    actor.email || actor.name || actor.service\n    || ((user || notification.actor || data.user || agentSession.creator || `{}`).[email, name][?@] | [0])\n    || data.actorId\n  ][?@]), data.ip][?@]),\n  join(' as ', [join(' ', (data || `{}`).[identifier, title || name][?@]),\n    type == 'User' && (data.owner && 'owner' || data.admin && 'admin' || data.guest && 'guest')][?@])\n  || join(' ', (data.issue || issueData || notification.issue || agentSession.issue || `{}`)\n       .[identifier, title][?@])\n  || (data.project || data.initiative || data.customer || data.pipeline || notification.project || oauthClient).name\n  || data.documentContent.document.title || data.emoji\n  || join(', ', values(data.metadata || `{}`)\n       [?type(@) == 'string' && length(@) != `36` && !starts_with(@, 'http')])\n  || data.number && join(' ', ['number', to_string(data.number)])\n  || url || oauthClientId && join(' ', ['client', oauthClientId])\n][?@])}",
        severity=Choice(
            of="{(type == 'User' && (data.admin && (updatedFrom.admin == `false` || action == 'create')\n      || data.owner && (updatedFrom.owner == `false` || action == 'create'))\n    || canAccessAllPublicTeams || data.metadata.owner || data.metadata.admin\n    || type == 'AuditEntry' && (contains(data.type, 'Admin') || contains(data.type, 'Owner')\n         || contains(data.type, 'Role') || contains(data.type, 'Deleted') || contains(data.type, 'Disabled')\n         || contains(data.type, 'Export') || contains(data.type, 'Saml') || contains(data.type, 'Security')))\n  && 'WARNING'\n|| contains(['AuditEntry', 'OAuthApp', 'OAuthAuthorization', 'PermissionChange', 'User'], type) && 'NOTICE' || 'INFO'}",
            words={},
        ),
        kind=Choice(
            of="{type == 'AuditEntry' && data.type || type == 'User' && (data.admin && updatedFrom.admin == `false` || data.owner && updatedFrom.owner == `false`)\n     && 'User.promote'\n|| type == 'User' && (updatedFrom.admin || updatedFrom.owner) && 'User.demote' || type == 'User' && data.active == `false` && updatedFrom.active && 'User.disable' || type == 'User' && data.active && updatedFrom.active == `false` && 'User.enable' || join('.', [type, action])}",
            words={
                'authentication.start': ('login*',),
                'authentication.end': ('logout*',),
                'account.create': ('User.create',),
                'account.disable': ('User.disable',),
                'account.enable': ('User.enable',),
                'account.delete': ('User.remove',),
                'account.change': ('User.update',),
                'permission.grant': ('userJoinedTeam', 'User.promote',),
                'permission.revoke': ('userLeftTeam', 'User.demote', 'OAuthApp.revoked', 'OAuthAuthorization.*revoked',),
                'permission.change': ('PermissionChange.*', 'OAuthAuthorization.*', '*Role*',),
                'other': ('AgentSessionEvent.*', 'AppUserNotification.*', 'IssueSLA.*',),
                'data.create': ('*.create',),
                'data.delete': ('*.remove',),
                'data.change': ('*.*',),
                'configuration.create': ('*Created',),
                'configuration.delete': ('*Deleted', '*Removed',),
                'configuration.change': ('*',),
            },
        ),
        user='{actor.email || actor.name || actor.service || ((user || notification.actor || data.user || agentSession.creator || `{}`).[email, name][?@] | [0])}',
        user_id='{actor.id || data.actorId}',
        source_ip='{data.ip}',
        user_agent='{data.requestInformation.userAgent}',
        target_user="{type == 'User' && data.email || ''}",
        target='{data.identifier || data.title || data.name || data.issue.identifier || issueData.identifier || (data.project || data.initiative || data.customer || oauthClient).name || (notification || agentSession).issue.identifier || data.metadata.teamName || data.metadata.label || oauthClientId}',
        role="{type == 'User' && (data.owner && 'owner' || data.admin && 'admin' || data.guest && 'guest' || 'member') || ''}",
        organization='{organizationId}',
        url='{url}',
        extra={
            'country': '{data.countryCode}',
            'auth_method': '{data.requestInformation.authMethod}',
            'auth_service': '{data.requestInformation.authService}',
            'changed': "{updatedFrom && join(', ', keys(updatedFrom))}",
        },
    ),
    vendor=Vendor(
        docs='https://linear.app/developers/webhooks',
        deadline=5,
        retries='3 times: after 1 minute, 1 hour and 6 hours; not after a 200',
        secret='issued',
    ),
)
