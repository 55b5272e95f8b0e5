"""The definition of svix-v1a, as the generator validated it."""

from lambdas.auth import ed25519
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import MessageId, Signature, Timestamp

SOURCE = Source(
    name='svix-v1a',
    description='The asymmetric version of Standard Webhooks, beside the symmetric one in the same header',
    webhook=Webhook(
        auth=Auth(
            type=ed25519,
            settings=ed25519.Settings(
                signature=Signature(header=('svix-signature',), prefix='v1a,', encoding='base64', split=' '),
                timestamp=Timestamp(header='svix-timestamp'),
                id=MessageId(header='svix-id'),
                signed='{id}.{timestamp}.{body}',
                key=KeyEncoding(encoding='base64', strip='whpk_'),
            ),
        ),
    ),
)
