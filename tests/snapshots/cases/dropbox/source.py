"""The definition of dropbox, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='dropbox',
    description='A handshake from query to plain text, as Dropbox does it',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Dropbox-Signature',)))),
        challenges=(
            Challenge(
                when="query('challenge')",
                reply=Reply(text="{query('challenge')}"),
                method='GET',
                unauthenticated=True,
            ),
        ),
    ),
)
