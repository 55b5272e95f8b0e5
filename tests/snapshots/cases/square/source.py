"""The definition of square, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature, Url

SOURCE = Source(
    name='square',
    description='The URL that the vendor was told is signed, and is not that of the endpoint, as with Square behind a proxy',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-Square-HmacSha256-Signature',), encoding='base64'),
                signed='{url}{body}',
                url=Url(base='https://hooks.example.com/square'),
            ),
        ),
    ),
)
