"""The definition of mailgun, as the generator validated it."""

from lambdas.auth import body_hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.body_settings import BodySignature, BodyTime

SOURCE = Source(
    name='mailgun',
    description='Mailgun events of mail, such as refused, failed, opened and complained of',
    webhook=Webhook(
        auth=Auth(
            type=body_hmac,
            settings=body_hmac.Settings(
                signature=BodySignature(path='signature.signature'),
                signed='{signature.timestamp}{signature.token}',
                uncovered='the event itself',
                timestamp=BodyTime(path='signature.timestamp', tolerance=32400),
            ),
        ),
    ),
    events=Events(
        mask=('event-data.storage', 'event-data.url',),
        split='["event-data"]',
        require=('event', 'id',),
        id='id',
        type="join('.', [event, severity][?@])",
        time='timestamp',
        time_format='unix',
    ),
    facts=Facts(
        summary='mailgun: {join(\'.\', [event, severity][?@])}: {join(\', \', [\n  message.headers.subject && join(\'\', [\'"\', message.headers.subject, \'"\']),\n  join(\' to \', [envelope.sender || message.headers.from, recipient][?@]),\n  reject.reason || reason, "delivery-status".message || "delivery-status".description,\n  ip && join(\' \', [\'from\', ip])][?@])}',
        severity=Choice(
            of="{join('.', [event, severity][?@])}",
            words={'WARNING': ('complained', 'rejected',), 'NOTICE': ('failed.permanent', 'unsubscribed',)},
        ),
        kind=Choice(of='{event}', words={'data.read': ('opened', 'clicked',), 'data.create': ('accepted',), 'other': ('*',)}),
        outcome=Choice(of='{event}', words={'success': ('delivered',), 'failure': ('failed', 'rejected',)}),
        reason='{reject.reason || "delivery-status".message || "delivery-status".description || reason}',
        user='{envelope.sender}',
        source_ip='{ip}',
        user_agent='{"client-info"."user-agent"}',
        target_user='{recipient}',
        target='{message.headers.subject}',
        organization='{domain.name}',
        extra={
            'message_id': '{message.headers."message-id"}',
            'code': '{"delivery-status".code}',
            'country': '{geolocation.country}',
            'account': '{account.id}',
            'tags': "{join(', ', tags)}",
        },
    ),
    vendor=Vendor(
        docs='https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhooks',
        retries='for 8 hours: after 5, 10 and 15 minutes, 1, 2 and 4 hours; not after 200 or 406',
    ),
)
