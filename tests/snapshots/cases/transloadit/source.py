"""The definition of transloadit, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_events import Events
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='transloadit',
    description='A signature in a field of a form, over another field, as Transloadit sends it',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(form='signature', prefix='sha384:'),
                signed="{form('transloadit')}",
                algorithm='sha384',
            ),
        ),
    ),
    events=Events(format=('form',), payload='transloadit'),
)
