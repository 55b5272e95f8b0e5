"""The definition of standard-webhooks, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import MessageId, Signature, Timestamp

SOURCE = Source(
    name='standard-webhooks',
    description='Any sender that signs as the Standard Webhooks specification says',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('webhook-signature',), prefix='v1,', encoding='base64', split=' '),
                timestamp=Timestamp(header='webhook-timestamp'),
                id=MessageId(header='webhook-id'),
                signed='{id}.{timestamp}.{body}',
                key=KeyEncoding(encoding='base64', strip='whsec_'),
            ),
        ),
    ),
    events=Events(
        mask=('data.secret', 'data.token', 'data.password'),
        id="header('webhook-id')",
        type='type',
        time="header('webhook-timestamp')",
        time_format='unix',
    ),
    facts=Facts(
        summary='webhook: {type || event} by {data.actor.email || data.user.email || data.actor.id}: {data.outcome || data.email || data.name || data.status || data.id}',
        severity="{data.severity || 'INFO'}",
        source_ip='{data.ip_address || data.actor.ip}',
    ),
    vendor=Vendor(
        docs='https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
        retries='the sender decides; the specification wants several days of them, after anything but a 2xx',
    ),
)
