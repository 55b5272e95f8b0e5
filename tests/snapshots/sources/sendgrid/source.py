"""The definition of sendgrid, as the generator validated it."""

from lambdas.auth import ecdsa
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='sendgrid',
    description='SendGrid events of mail, recipients and the account',
    webhook=Webhook(
        auth=Auth(
            type=ecdsa,
            settings=ecdsa.Settings(
                signature=Signature(header=('X-Twilio-Email-Event-Webhook-Signature',), encoding='base64'),
                timestamp=Timestamp(
                    header='X-Twilio-Email-Event-Webhook-Timestamp',
                    tolerance=86400,
                    future=300,
                ),
                signed='{timestamp}{body}',
            ),
        ),
    ),
    events=Events(
        split='@',
        require=('event', 'timestamp'),
        id='sg_event_id',
        type='event',
        time='timestamp',
        time_format='unix',
    ),
    facts=Facts(
        summary="sendgrid: {event} for {email || 'the account'}: {reason || response || url || type}",
        severity="{event == 'account_status_change' && 'ERROR' || event == 'spamreport' && 'WARNING' || contains(['bounce', 'dropped'], event) && 'NOTICE' || 'INFO'}",
        source_ip='{ip}',
    ),
    vendor=Vendor(
        docs='https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event',
        retries='for 24 hours, at growing intervals; not after a 2xx',
    ),
)
