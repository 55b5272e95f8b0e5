"""The definition of hook0, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature, SignedHeaders, Timestamp

SOURCE = Source(
    name='hook0',
    description="Headers that the signature's own header names, as Hook0 signs them",
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-Hook0-Signature',), prefix='v1=', split=','),
                timestamp=Timestamp(header='X-Hook0-Signature', prefix='t=', split=','),
                signed='{timestamp}.{header_names}.{headers}.{body}',
                signed_headers=SignedHeaders(header='X-Hook0-Signature', prefix='h=', split=',', separator=' ', join='.'),
            ),
        ),
    ),
)
