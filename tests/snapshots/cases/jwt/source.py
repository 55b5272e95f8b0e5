"""The definition of jwt, as the generator validated it."""

from lambdas.auth import jwt
from lambdas.model import Auth, Source, Webhook

SOURCE = Source(
    name='jwt',
    description='A token of an issuer whose keys are at a place of their own',
    webhook=Webhook(
        auth=Auth(
            type=jwt,
            settings=jwt.Settings(
                issuer='https://issuer.example.com',
                audience=('mozdef', 'siem',),
                claims={'email': 'sender@example.com', 'email_verified': 'true'},
                algorithms=('RS256', 'ES256',),
                jwks_url='https://keys.example.com/jwks.json',
            ),
        ),
    ),
)
