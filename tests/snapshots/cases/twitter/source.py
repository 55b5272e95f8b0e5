"""The definition of twitter, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='twitter',
    description='A handshake that signs a query parameter in base64, as X does it',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-Twitter-Webhooks-Signature',), prefix='sha256=', encoding='base64'),
            ),
        ),
        challenges=(
            Challenge(
                when="query('crc_token')",
                reply=Reply(json={'response_token': "sha256={hmac_base64(query('crc_token'))}"}),
                method='GET',
                unauthenticated=True,
            ),
        ),
    ),
)
