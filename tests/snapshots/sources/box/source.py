"""The definition of box, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='box',
    description='Box file, sharing and collaboration events, through v2 webhooks',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(
                    header=('Box-Signature-Primary', 'Box-Signature-Secondary'),
                    encoding='base64',
                ),
                timestamp=Timestamp(
                    header='Box-Delivery-Timestamp',
                    format='rfc3339',
                    tolerance=600,
                    future=60,
                ),
                signed='{body}{timestamp}',
                require={'Box-Signature-Version': '1', 'Box-Signature-Algorithm': 'HmacSHA256'},
            ),
        ),
    ),
    events=Events(require=('id', 'trigger', 'created_at'), id='id', type='trigger', time='created_at'),
    facts=Facts(
        summary="box: {trigger} by {created_by.login || created_by.name}: {join(' ', [source.type, source.name || source.item.name || source.id, source.accessible_by.login, source.role, source.status, source.shared_link.effective_access][?type(@) == 'string'])}",
        severity="{source.shared_link.effective_access == 'open' && starts_with(trigger, 'SHARED_LINK') && 'WARNING' || contains(['FILE.DELETED', 'FOLDER.DELETED', 'WEBHOOK.DELETED'], trigger) && 'WARNING' || starts_with(trigger, 'COLLABORATION') && 'NOTICE' || 'INFO'}",
    ),
    vendor=Vendor(
        docs='https://developer.box.com/guides/webhooks/v2',
        deadline=30,
        retries='12 times within 2 hours, after anything but 2xx; Box says that this may change',
    ),
)
