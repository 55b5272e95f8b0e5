"""The definition of braintree, as the generator validated it."""

from lambdas.auth import body_hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_events import Events
from lambdas.signatures.body_settings import BodySignature
from lambdas.signatures.keys import KeyEncoding

SOURCE = Source(
    name='braintree',
    description="A form with a signature after a key's id, and a key that is a hash, as Braintree has them",
    webhook=Webhook(
        auth=Auth(
            type=body_hmac,
            settings=body_hmac.Settings(
                signature=BodySignature(path='bt_signature', prefix='*|', split='&'),
                signed='{bt_payload}',
                uncovered='any further field of the form',
                algorithm='sha1',
                key=KeyEncoding(hash='sha1'),
            ),
        ),
    ),
    events=Events(format=('form',)),
)
