"""The definition of mailgun, as the generator validated it."""

from lambdas.auth import any_of, body_hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.body_settings import BodySignature, BodyTime

SOURCE = Source(
    name='mailgun',
    description='Mailgun mail that is accepted, delivered, bounced, opened, clicked or called spam',
    webhook=Webhook(
        auth=Auth(
            type=any_of,
            settings=any_of.Settings(
                of=(
                    Auth(
                        type=body_hmac,
                        settings=body_hmac.Settings(
                            signature=BodySignature(path='signature.signature'),
                            signed='{signature.timestamp}{signature.token}',
                            uncovered='the event itself',
                            timestamp=BodyTime(path='signature.timestamp', tolerance=32400),
                        ),
                    ),
                    Auth(
                        type=body_hmac,
                        settings=body_hmac.Settings(
                            signature=BodySignature(path='signature.parent-signature'),
                            signed='{signature.timestamp}{signature.token}',
                            uncovered='the event itself',
                            timestamp=BodyTime(path='signature.timestamp', tolerance=32400),
                        ),
                    ),
                ),
            ),
        ),
    ),
    events=Events(
        mask=('event-data.url',),
        split='["event-data"]',
        require=('event', 'id', 'timestamp',),
        id='id',
        type='event',
        time='timestamp',
        time_format='unix',
    ),
    facts=Facts(
        summary='mailgun: {join(\': \', [\n  join(\' \', [\n    event,\n    severity && join(\'\', [\'(\', severity, \')\']),\n    recipient && join(\' \', [\'for\', recipient]),\n    (envelope.sender || message.headers.from) | @ && join(\' \', [\'from\', @])\n  ][?@]),\n  reason,\n  event == \'failed\' && ("delivery-status".message || "delivery-status".description) || message.headers.subject\n][?@])}',
        severity=Choice(
            of="{join(' ', [event, severity || '-'])}",
            words={'WARNING': ('complained *',), 'NOTICE': ('failed permanent',), 'INFO': ('*',)},
        ),
        kind=Choice(of='other', words={'other': ('*',)}),
        outcome=Choice(of='{event}', words={'success': ('accepted', 'delivered',), 'failure': ('failed',)}),
        reason='{event == \'failed\' && ("delivery-status".message || "delivery-status".description || reason) || \'\'}',
        user="{[@][?contains(['opened', 'clicked', 'unsubscribed', 'complained'], event)].recipient | [0]}",
        user_id='{"api-key-id"}',
        source_ip='{ip || "originating-ip"}',
        user_agent='{"client-info"."user-agent"}',
        target_user='{recipient}',
        target='{message.headers.subject}',
        organization='{account.id}',
        session='{message.headers."message-id"}',
        extra={
            'sender': '{envelope.sender || message.headers.from}',
            'domain': '{domain.name}',
            'method': '{method}',
            'code': '{"delivery-status".code}',
            'failure': "{event == 'failed' && join(' ', [severity, reason][?@]) || ''}",
            'sending_ip': '{envelope."sending-ip"}',
            'country': '{geolocation.country}',
            'tags': "{join(', ', tags)}",
        },
    ),
    vendor=Vendor(
        docs='https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhooks',
        retries='6 times in 8 hours: after 5, 10 and 15 minutes, 1, 2 and 4 hours; not after a 200 or a 406',
        secret='issued',
    ),
)
