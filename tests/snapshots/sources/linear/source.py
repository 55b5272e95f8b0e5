"""The definition of linear, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
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
        require=('action', 'type', 'createdAt'),
        id="header('linear-delivery')",
        type="type == 'AuditEntry' && data.type || join('.', [type, action])",
        time='createdAt',
    ),
    facts=Facts(
        summary="linear: {type == 'AuditEntry' && data.type || join('.', [type, action])} by {actor.email || actor.name || data.actorId || oauthClientId}: {data.identifier || data.email || data.metadata.label || data.metadata.teamName || data.ip || data.id}",
        severity="{contains(['AuditEntry', 'User', 'OAuthApp'], type) && 'NOTICE' || 'INFO'}",
        source_ip='{data.ip}',
    ),
    vendor=Vendor(
        docs='https://linear.app/developers/webhooks',
        deadline=5,
        retries='3 times: after 1 minute, 1 hour and 6 hours; not after a 200',
    ),
)
