"""The definition of two-secrets, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='two-secrets',
    description='A key made of two stored secrets',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-Signature',)),
                key=KeyEncoding(text="{secret('client_id')}&{secret}"),
            ),
        ),
    ),
)
