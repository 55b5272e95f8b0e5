"""The definition of sha512, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='sha512',
    description='The longest digest, behind a prefix',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-Signature',), prefix='sha512='), algorithm='sha512'),
        ),
    ),
)
