"""The definition of wise, as the generator validated it."""

from lambdas.auth import rsa
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='wise',
    description='Wise transfers, balances, cards and profiles',
    webhook=Webhook(
        auth=Auth(type=rsa, settings=rsa.Settings(signature=Signature(header=('X-Signature-SHA256',), encoding='base64'))),
        challenges=(Challenge(when="header('x-test-notification') == 'true'", reply=Reply(text='ok')),),
    ),
    events=Events(require=('event_type', 'data',), type='event_type', time='data.occurred_at || sent_at'),
    facts=Facts(
        summary="wise: {event_type}: {join(', ', [\n  (data.resource.id || data.transfer_id) && join(' ', [\n    data.resource.type || 'transfer', to_string(data.resource.id || data.transfer_id)]),\n  join(' to ', [data.previous_state, data.current_state][?@]),\n  data.active_cases && join(' ', data.active_cases),\n  data.failure_reason_code,\n  data.amount && join(' ', [data.transaction_type, to_string(data.amount), data.currency][?@]),\n  (data.resource.profile_id || data.profile_id) && join(' ', [\n    'profile', to_string(data.resource.profile_id || data.profile_id)])][?@])}",
        severity=Choice(
            of="{(data.active_cases[0] || contains(['bounced_back', 'charged_back', 'funds_refunded'], data.current_state || ''))\n  && 'WARNING' || data.failure_reason_code && 'NOTICE' || 'INFO'}",
            words={},
        ),
        kind=Choice(of='data.change', words={'data.change': ('*',)}),
        outcome=Choice(
            of='{data.current_state}',
            words={
                'success': ('outgoing_payment_sent',),
                'failure': ('bounced_back', 'cancelled', 'charged_back', 'funds_refunded',),
            },
        ),
        reason='{data.failure_description || data.failure_reason_code}',
        target="{data.resource.type || 'transfer'} {data.resource.id || data.transfer_id}",
        organization='{data.resource.profile_id || data.profile_id}',
        extra={
            'subscription': '{subscription_id}',
            'state': '{data.current_state}',
            'previous_state': '{data.previous_state}',
            'amount': '{data.amount}',
            'currency': '{data.currency}',
            'transaction': '{data.transaction_type}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.wise.com/guides/developer/webhooks',
        deadline=5,
        retries='at most 25 times in two weeks, at growing intervals; not after a 2xx',
    ),
)
