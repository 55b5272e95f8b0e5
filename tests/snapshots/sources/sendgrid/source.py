"""The definition of sendgrid, as the generator validated it."""

from lambdas.auth import ecdsa
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='sendgrid',
    description='SendGrid events of mail, recipients and the account',
    webhook=Webhook(
        auth=Auth(
            type=ecdsa,
            settings=ecdsa.Settings(
                signature=Signature(header=('X-Twilio-Email-Event-Webhook-Signature',), encoding='base64'),
                timestamp=Timestamp(header='X-Twilio-Email-Event-Webhook-Timestamp', tolerance=86400, future=300),
                signed='{timestamp}{body}',
            ),
        ),
    ),
    events=Events(
        split='@',
        require=('event', 'timestamp',),
        id='sg_event_id',
        type='event',
        time='timestamp',
        time_format='unix',
    ),
    facts=Facts(
        summary="sendgrid: {[[event, email && join(' ', ['for', email])][?@] | join(' ', @),\n  reason || response || url || bounce_classification || type][?@] | join(': ', @)}",
        severity=Choice(
            of="{event == 'account_status_change' && (contains(type || '', 'reactivate') && 'NOTICE' || 'ERROR') || event == 'spamreport' && 'WARNING' || contains(['bounce', 'dropped'], event) && 'NOTICE' || 'INFO'}",
            words={},
        ),
        kind=Choice(
            of="{event == 'account_status_change' && type || event}",
            words={
                'account.enable': ('*reactivate*',),
                'account.disable': ('*suspend*', '*deactivate*', '*ban*', '*terminate*',),
                'account.change': ('account_status_change',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{event}',
            words={'success': ('processed', 'delivered',), 'failure': ('bounce', 'dropped', 'deferred',)},
        ),
        reason='{reason || response || bounce_classification}',
        user="{[@][?contains(['open', 'click', 'spamreport', 'unsubscribe', 'group_unsubscribe', 'group_resubscribe'], event)].email | [0]}",
        source_ip="{[@][?contains(['open', 'click', 'unsubscribe', 'group_unsubscribe', 'group_resubscribe'], event)].ip | [0]}",
        user_agent='{useragent}',
        target_user='{email}',
        target='{url}',
        session='{sg_message_id}',
        extra={
            'category': '{category[0] || category}',
            'status': '{status || type}',
            'campaign': '{marketing_campaign_name || singlesend_name}',
            'sending_ip': "{[@][?contains(['delivered', 'deferred', 'bounce'], event)].ip | [0]}",
            'pool': '{pool.name}',
        },
    ),
    vendor=Vendor(
        docs='https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event',
        retries='for 24 hours, at growing intervals; not after a 2xx',
    ),
)
