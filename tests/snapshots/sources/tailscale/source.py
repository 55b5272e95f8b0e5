"""The definition of tailscale, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='tailscale',
    description='Tailscale device, user and policy events',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('Tailscale-Webhook-Signature',), prefix='v1=', split=','),
                timestamp=Timestamp(header='Tailscale-Webhook-Signature', prefix='t=', split=','),
                signed='{timestamp}.{body}',
            ),
        ),
    ),
    events=Events(split='@', require=('timestamp', 'type', 'message'), type='type', time='timestamp'),
    facts=Facts(
        summary='tailscale: {type} by {data.actor || tailnet}: {message}',
        severity="{contains(['policyUpdate', 'userRoleUpdated', 'nodeNeedsApproval', 'userNeedsApproval', 'nodeNeedsSignature', 'webhookUpdated', 'webhookDeleted'], type) && 'WARNING' || 'INFO'}",
    ),
    vendor=Vendor(
        docs='https://tailscale.com/docs/features/webhooks',
        retries='hourly for 24 hours, after 3xx, 4xx, 5xx or no answer',
    ),
)
