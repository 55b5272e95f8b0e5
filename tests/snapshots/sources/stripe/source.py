"""The definition of stripe, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
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
        mask=(
            'data.object.client_secret', 'data.object.confirmation_secret.client_secret',
            'data.object.last_payment_error.payment_intent.client_secret',
            'data.object.last_payment_error.setup_intent.client_secret', 'data.object.source.client_secret',
            'data.object.next_action', 'data.object.hosted_invoice_url', 'data.object.hosted_regulatory_receipt_url',
            'data.object.invoice_pdf', 'data.object.links.data[].url', 'data.object.pdf', 'data.object.receipt_url',
            'data.object.url',
        ),
        require=('id', 'type', 'created', 'data.object',),
        id='id',
        type='type',
        schemas={'*': 'schemas/event.json'},
        time='created',
        time_format='unix',
    ),
    facts=Facts(
        summary="stripe: {type}: {[\n  [data.object.object, data.object.id, (\n    (data.object.[\n      name, display_name, nickname, label, filename, business_profile.name, account_holder_name,\n      join(' ', [first_name, last_name][?@ && type(@) == 'string']), coupon.name\n    ][?@ && type(@) == 'string'] | [0])\n    || data.object.email || data.object.customer_email || data.object.customer_details.email || data.object.billing_details.email\n    || data.object.receipt_email || data.object.evidence.customer_email_address\n    || data.object.last_payment_error.payment_method.billing_details.email || data.object.alert.title\n    || data.object.number)\n    | @ && join('', ['(', @, ')'])][?@] | join(' ', @),\n  data.object.last_payment_error.decline_code || data.object.last_payment_error.code\n    || data.object.last_setup_error.code || data.object.failure_code || data.object.last_error.code\n    || data.object.closed_reason || data.object.reason || data.object.fraud_type\n    || data.object.requirements.disabled_reason || data.object.status,\n  (data.previous_attributes && join(', ', keys(data.previous_attributes))) | @ && join(' ', ['changed', @]),\n  account && join(' ', ['in', account])\n  ][?@] | join(', ', @)}",
        severity=Choice(
            of="{type == 'account.updated' && data.object.requirements.disabled_reason && 'WARNING'\n  || type == 'issuing_authorization.created' && data.object.approved == `false` && 'NOTICE'\n  || type}",
            words={
                'WARNING': (
                    'radar.early_fraud_warning.created', 'charge.dispute.created', 'charge.dispute.funds_withdrawn',
                    'review.opened', 'issuing_dispute.created', 'payout.failed', 'account.external_account.*',
                    'account.application.*',
                ),
                'NOTICE': (
                    'account.updated', 'capability.updated', 'person.*', 'customer.deleted', 'issuing_card.created',
                    'issuing_cardholder.created', 'issuing_cardholder.updated', 'issuing_token.created',
                    'billing_portal.configuration.created', 'billing_portal.configuration.updated', 'transfer.reversed',
                    'topup.reversed', 'reporting.report_run.succeeded', 'sigma.scheduled_query_run.created',
                    'payment_link.created', 'radar.early_fraud_warning.updated', 'billing.alert.triggered', '*failed',
                ),
            },
        ),
        kind=Choice(
            of='{type}',
            words={
                'detection.create': (
                    'radar.*.created', 'charge.dispute.created', 'review.opened', 'issuing_dispute.created',
                    'billing.alert.triggered',
                ),
                'detection.close': ('charge.dispute.closed', 'review.closed', 'issuing_dispute.closed',),
                'detection.change': ('radar.*', 'charge.dispute.*', 'issuing_dispute.*',),
                'permission.grant': ('account.application.authorized',),
                'permission.revoke': ('account.application.deauthorized',),
                'account.create': ('customer.created', 'person.created', 'issuing_cardholder.created',),
                'account.delete': ('customer.deleted', 'person.deleted',),
                'account.change': (
                    'customer.updated', 'person.updated', 'issuing_cardholder.updated', 'account.updated',
                    'capability.updated', 'account.external_account.*',
                ),
                'configuration.create': (
                    '*configuration.created', 'product.created', 'plan.created', 'price.created', 'coupon.created',
                    'promotion_code.created', 'payment_link.created', 'tax_rate.created',
                ),
                'configuration.delete': ('product.deleted', 'plan.deleted', 'price.deleted', 'coupon.deleted',),
                'configuration.change': ('*configuration.updated', '*settings.updated', 'product.updated', 'plan.updated', 'price.updated',),
                'data.create': ('*.created',),
                'data.delete': ('*.deleted',),
                'data.change': ('*updated', '*succeeded', '*failed', '*ed',),
                'other': ('*',),
            },
        ),
        outcome=Choice(of='{type}', words={'success': ('*succeeded', '*.paid', '*completed',), 'failure': ('*failed',)}),
        reason='{data.object.last_payment_error.message || data.object.last_setup_error.message || data.object.failure_message || data.object.last_error.reason || data.object.closed_reason || data.object.reason || data.object.fraud_type || data.object.requirements.disabled_reason}',
        source_ip='{data.object.ip_address || data.object.evidence.customer_purchase_ip || data.object.customer_acceptance.online.ip_address}',
        user_agent='{data.object.customer_acceptance.online.user_agent}',
        target_user='{data.object.email || data.object.customer_email || data.object.customer_details.email || data.object.billing_details.email || data.object.receipt_email || data.object.evidence.customer_email_address || data.object.last_payment_error.payment_method.billing_details.email}',
        target="{data.object.[\n  name, display_name, nickname, label, filename, number, business_profile.name, account_holder_name,\n  join(' ', [first_name, last_name][?@ && type(@) == 'string']), coupon.name, id\n][?@ && type(@) == 'string'] | [0]}",
        organization='{account}',
        session='{request.id}',
        extra={
            'object': '{data.object.object}',
            'object_id': '{data.object.id}',
            'customer': '{data.object.customer}',
            'amount': '{data.object.amount}',
            'currency': '{data.object.currency}',
            'changed': "{data.previous_attributes && join(', ', keys(data.previous_attributes))}",
            'livemode': '{livemode}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.stripe.com/webhooks',
        retries='for 3 days with growing pauses (in a sandbox 3 times in a few hours); after anything but 2xx',
        secret='issued',
    ),
    check=check,
)
