"""The definition of hub-sha256, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='hub-sha256',
    description='The older header with the newer algorithm, as Jira and Bitbucket sign',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature',), prefix='sha256='))),
    ),
)
