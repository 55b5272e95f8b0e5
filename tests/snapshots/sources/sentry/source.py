"""The definition of sentry, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='sentry',
    description='Sentry issues, alerts, errors, comments and installations',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('Sentry-Hook-Signature',))),
        ),
    ),
    events=Events(
        mask=('data.installation.code', 'data.event.request.cookies', 'data.error.request.cookies'),
        require=('action', 'data'),
        type="join('.', [header('sentry-hook-resource'), action])",
    ),
    facts=Facts(
        summary="sentry: {header('sentry-hook-resource')}.{action} by {actor.name}: {data.triggered_rule || data.issue.title || data.error.title || data.description_title || data.comment || data.installation.app.slug}",
        severity="{data.event.level || data.error.level || data.issue.level || (action == 'critical' && 'CRITICAL') || (action == 'warning' && 'WARNING') || 'INFO'}",
        source_ip='{data.event.user.ip_address || data.error.user.ip_address}',
    ),
    vendor=Vendor(
        docs='https://docs.sentry.io/organization/integrations/integration-platform/webhooks/',
        deadline=1,
        retries='none for an internal integration; a published one 3 times, 5 minutes apart, after 5xx or no answer, never after a 4xx',
    ),
)
