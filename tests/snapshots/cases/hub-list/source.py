"""The definition of hub-list, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='hub-list',
    description='Several signatures in one header, of which any may match',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature',), prefix='sha256=', split=',')),
        ),
    ),
)
