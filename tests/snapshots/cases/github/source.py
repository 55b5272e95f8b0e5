"""The definition of github, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='github',
    description='An HMAC in hex behind a prefix, as GitHub signs',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature-256',), prefix='sha256='))),
    ),
)
