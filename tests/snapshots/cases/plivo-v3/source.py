"""The definition of plivo-v3, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_events import Events
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='plivo-v3',
    description="The URL, its query by name and a form are signed, and a nonce, as Plivo's third version does",
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-Plivo-Signature-V3',), encoding='base64', split=',', part=1),
                signed="{endpoint}?{query_sorted('.')}{form_sorted}.{header('X-Plivo-Signature-V3-Nonce')}",
            ),
        ),
    ),
    events=Events(format=('form',)),
)
