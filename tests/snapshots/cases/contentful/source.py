"""The definition of contentful, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature, SignedHeaders, Timestamp

SOURCE = Source(
    name='contentful',
    description='Method, path and the headers that the request names are signed, as Contentful signs them',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-Contentful-Signature',)),
                timestamp=Timestamp(header='X-Contentful-Timestamp', format='unix_ms'),
                signed='{method}\n{path}\n{headers}\n{body}',
                signed_headers=SignedHeaders(header='X-Contentful-Signed-Headers', each='{name}:{value}', join=';'),
            ),
        ),
    ),
)
