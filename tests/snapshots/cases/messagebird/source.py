"""The definition of messagebird, as the generator validated it."""

from lambdas.auth import jwt
from lambdas.model import Auth, Source, Webhook

SOURCE = Source(
    name='messagebird',
    description='A token under a stored secret, with hashes of URL and body in it, as MessageBird sends it',
    webhook=Webhook(
        auth=Auth(
            type=jwt,
            settings=jwt.Settings(
                claims={'iss': 'MessageBird', 'payload_hash': '{body_sha256}', 'url_hash': '{url_sha256}'},
                algorithms=('HS256', 'HS384', 'HS512',),
                secret='signing_key',
                header='MessageBird-Signature-JWT',
                prefix='',
            ),
        ),
    ),
)
