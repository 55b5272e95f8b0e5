"""The definition of hub-sha1, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='hub-sha1',
    description='A header of an older algorithm, as GitHub once signed',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature',), prefix='sha1='), algorithm='sha1'),
        ),
    ),
)
