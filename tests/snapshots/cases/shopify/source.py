"""The definition of shopify, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='shopify',
    description='An HMAC in base64, as Shopify signs',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-Shopify-Hmac-SHA256',), encoding='base64')),
        ),
    ),
)
