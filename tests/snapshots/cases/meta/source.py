"""The definition of meta, as the generator validated it."""

from lambdas.auth import hmac, token
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='meta',
    description='A handshake with a token of its own in the query, as Meta does it',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature-256',), prefix='sha256='))),
        challenges=(
            Challenge(
                when="query('hub.mode') == 'subscribe'",
                reply=Reply(text="{query('hub.challenge')}"),
                method='GET',
                auth=Auth(type=token, settings=token.Settings(query='hub.verify_token', secret='verify_token')),
            ),
        ),
    ),
)
