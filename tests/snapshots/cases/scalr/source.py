"""The definition of scalr, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='scalr',
    description='The date of HTTP is the time of signing, as Scalr has it',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-Signature',)),
                timestamp=Timestamp(header='Date', format='http_date'),
                signed='{body}{timestamp}',
                algorithm='sha1',
            ),
        ),
    ),
)
