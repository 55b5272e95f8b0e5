"""The definition of hub-sha1, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook

SOURCE = Source(
    name='hub-sha1',
    description='A header of an older algorithm, as GitHub once signed',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=hmac.Signature(header='X-Hub-Signature', prefix='sha1='),
                algorithm='sha1',
            ),
        ),
    ),
)
