"""The definition of stripe, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
from lambdas.schemas import check
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='stripe',
    description='Stripe fraud, payout and account events',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('Stripe-Signature',), prefix='v1=', split=','),
                timestamp=Timestamp(header='Stripe-Signature', prefix='t=', split=','),
                signed='{timestamp}.{body}',
            ),
        ),
    ),
    events=Events(
        mask=('data.object.client_secret',),
        require=('id', 'type', 'created', 'data.object'),
        id='id',
        type='type',
        schemas={'*': 'schemas/event.json'},
        time='created',
        time_format='unix',
    ),
    facts=Facts(
        summary="stripe: {type} by {request.id || 'Stripe'} in {account || 'own account'}: {data.object.object} {data.object.id} {data.object.last_payment_error.decline_code || data.object.failure_code || data.object.reason || data.object.fraud_type || data.object.status || data.object.requirements.disabled_reason || data.object.name}",
        severity="{contains(['radar.early_fraud_warning.created', 'charge.dispute.created', 'review.opened', 'payout.failed', 'account.external_account.created', 'account.external_account.updated', 'account.external_account.deleted', 'account.application.authorized', 'account.application.deauthorized'], type) && 'WARNING' || 'INFO'}",
        source_ip='{data.object.ip_address || data.object.evidence.customer_purchase_ip}',
    ),
    vendor=Vendor(
        docs='https://docs.stripe.com/webhooks',
        retries='for 3 days with growing pauses (in a sandbox 3 times in a few hours); after anything but 2xx',
    ),
    check=check,
)
