"""The definition of fusionauth, as the generator validated it."""

from lambdas.auth import jwt
from lambdas.model import Auth, Source, Webhook

SOURCE = Source(
    name='fusionauth',
    description="A token with the body's hash in it, under keys that FusionAuth publishes",
    webhook=Webhook(
        auth=Auth(
            type=jwt,
            settings=jwt.Settings(
                claims={'request_body_sha256': '{body_sha256_base64}'},
                jwks_url='https://auth.example.com/.well-known/jwks.json',
                header='X-FusionAuth-Signature-JWT',
                prefix='',
            ),
        ),
    ),
)
