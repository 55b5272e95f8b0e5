"""The definition of vonage, as the generator validated it."""

from lambdas.auth import jwt
from lambdas.model import Auth, Source, Webhook

SOURCE = Source(
    name='vonage',
    description='A token under a stored secret with its time of issue, as Vonage sends it',
    webhook=Webhook(
        auth=Auth(
            type=jwt,
            settings=jwt.Settings(
                claims={'iss': 'Vonage', 'payload_hash': '{body_sha256}'},
                algorithms=('HS256',),
                secret='signature_secret',
                tolerance=300,
            ),
        ),
    ),
)
