"""The definition of fusionauth, as the generator validated it."""

from lambdas.auth import jwt
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'FusionAuthHost': '[a-z0-9.-]{3,200}'})
SOURCE = Source(
    name='fusionauth',
    description='FusionAuth logins, users, second factors, groups and the audit log',
    webhook=Webhook(
        auth=Auth(
            type=jwt,
            settings=jwt.Settings(
                claims={'request_body_sha256': '{body_sha256_base64}'},
                algorithms=('RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA',),
                jwks_url='https://' + PARAMETERS['FusionAuthHost'] + '/.well-known/jwks.json',
                header='X-FusionAuth-Signature-JWT',
                prefix='',
            ),
        ),
    ),
    events=Events(
        mask=('event.original', 'event.refreshToken', 'event.token',),
        split='[event]',
        require=('id', 'type',),
        id='id',
        type='type',
        time='createInstant',
        time_format='unix_ms',
    ),
    facts=Facts(
        summary="fusionauth: {join(': ', [\n  join(' ', [type,\n    auditLog && join(' ', ['by', auditLog.insertUser])\n    || (user || userId) && join(' ', [\n      starts_with(type, 'user.login') && 'by' || 'of', user.email || user.username || user.id || userId])\n  ][?@]),\n  join(', ', [auditLog.message, group.name, members && join(' ', members[].userId), method.method,\n    authenticationType, info.ipAddress && join(' ', ['from', info.ipAddress])][?@])\n][?@])}",
        severity=Choice(
            of='{type}',
            words={
                'ERROR': ('user.login.suspicious', 'user.password.breach',),
                'WARNING': (
                    'user.two-factor.method.remove', 'group.member.add*', 'jwt.public-key.update', 'kickstart.success',
                    'user.login.new-device', 'user.login*.duplicate.*',
                ),
                'NOTICE': (
                    'user.login.failed', 'user.password.*', 'user.email.update', 'user.deactivate', 'user.delete*',
                    'user.bulk.create', 'group.member.remove*', 'group.delete*', 'entity.delete*',
                    'user.identity-provider.link', 'user.action', 'jwt.refresh-token.revoke',
                ),
            },
        ),
        kind=Choice(
            of='{type}',
            words={
                'authentication.start': ('user.login.success', 'user.login.failed', 'user.login.new-device', 'jwt.refresh',),
                'authentication.end': ('jwt.refresh-token.revoke',),
                'detection.create': ('user.login.suspicious', 'user.password.breach', 'user.login*.duplicate.*',),
                'account.create': ('user.create*', 'user.bulk.create',),
                'account.delete': ('user.delete*',),
                'account.disable': ('user.deactivate',),
                'account.enable': ('user.reactivate',),
                'permission.grant': ('group.member.add*', 'user.registration.create*',),
                'permission.revoke': ('group.member.remove*', 'user.registration.delete*',),
                'permission.change': ('group.member.update*', 'user.registration.update*',),
                'account.change': ('user.*',),
                'configuration.create': ('group.create*', 'entity.create*', 'kickstart.success',),
                'configuration.delete': ('group.delete*', 'entity.delete*',),
                'configuration.change': ('group.update*', 'entity.update*', 'jwt.public-key.update', 'audit-log.create',),
                'other': ('event-log.create',),
            },
        ),
        outcome=Choice(
            of='{type}',
            words={'success': ('user.login.success', 'user.password.reset.success',), 'failure': ('user.login.failed',)},
        ),
        reason='{auditLog.reason}',
        user="{auditLog.insertUser || starts_with(type, 'user.login') && (user.email || user.username) || ''}",
        user_id="{starts_with(type, 'user.login') && user.id || ''}",
        source_ip='{info.ipAddress}',
        user_agent='{info.userAgent}',
        target_user="{!starts_with(type, 'user.login') && (user.email || user.username) || join(' ', members[].userId || `[]`)}",
        target="{group.name || userId || !starts_with(type, 'user.login') && user.id || ''}",
        role='{group.name}',
        organization='{tenantId || auditLog.tenantId}',
        extra={
            'application': '{applicationId}',
            'authentication': '{authenticationType}',
            'country': '{info.location.country}',
            'city': '{info.location.city}',
            'factor': '{method.method}',
            'second_factor': '{user.twoFactorEnabled}',
        },
    ),
    vendor=Vendor(
        docs='https://fusionauth.io/docs/extend/events-and-webhooks/',
        retries="3 times, where the event's transaction setting was met without this webhook; else none",
    ),
)
