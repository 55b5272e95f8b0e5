"""The definition of livekit, as the generator validated it."""

from lambdas.auth import jwt
from lambdas.model import Auth, Source, Webhook

SOURCE = Source(
    name='livekit',
    description="A token under a stored secret with the body's hash in base64, as LiveKit sends it",
    webhook=Webhook(
        auth=Auth(
            type=jwt,
            settings=jwt.Settings(
                claims={'sha256': '{body_sha256_base64}'},
                algorithms=('HS256',),
                secret='api_secret',
                prefix='',
            ),
        ),
    ),
)
