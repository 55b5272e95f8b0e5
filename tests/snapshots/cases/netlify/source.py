"""The definition of netlify, as the generator validated it."""

from lambdas.auth import jwt
from lambdas.model import Auth, Source, Webhook

SOURCE = Source(
    name='netlify',
    description='A token without any time under a stored secret, as Netlify sends it',
    webhook=Webhook(
        auth=Auth(
            type=jwt,
            settings=jwt.Settings(
                claims={'iss': 'netlify', 'sha256': '{body_sha256}'},
                algorithms=('HS256',),
                secret='jws_secret',
                header='X-Webhook-Signature',
                prefix='',
            ),
        ),
    ),
)
