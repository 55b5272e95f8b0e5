"""The definition of asana, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='asana',
    description='A handshake that is answered with a header of its own, as Asana does it',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Hook-Signature',)))),
        challenges=(
            Challenge(
                when="header('x-hook-secret')",
                reply=Reply(headers={'X-Hook-Secret': "{header('x-hook-secret')}"}),
                unauthenticated=True,
            ),
        ),
    ),
)
