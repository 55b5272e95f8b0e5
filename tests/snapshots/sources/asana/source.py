"""The definition of asana, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Events, Facts, Reply, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='asana',
    description='Asana webhook events of a project, a team or a workspace',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Hook-Signature',)))),
        challenges=(
            Challenge(
                when="header('x-hook-secret')",
                reply=Reply(headers={'X-Hook-Secret': "{header('x-hook-secret')}"}),
                unauthenticated=True,
                store_secret="header('x-hook-secret')",
            ),
        ),
    ),
    events=Events(split='events', require=('action', 'resource.gid'), type='action', time='created_at'),
    facts=Facts(
        summary="asana: {resource.resource_type} {resource.gid} {action} by {user.gid || 'asana'}: {change.field || parent.resource_type}",
        severity="{contains(['deleted', 'removed'], action) && 'NOTICE' || 'INFO'}",
    ),
    vendor=Vendor(
        docs='https://developers.asana.com/docs/webhooks-guide',
        deadline=10,
        retries='for up to 24 hours, then Asana deletes the webhook; 410 deletes it at once',
    ),
)
