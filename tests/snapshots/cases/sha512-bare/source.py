"""The definition of sha512-bare, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='sha512-bare',
    description='The longest digest, with nothing before it',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Signature',)), algorithm='sha512')),
    ),
)
