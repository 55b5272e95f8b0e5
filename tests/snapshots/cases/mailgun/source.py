"""The definition of mailgun, as the generator validated it."""

from lambdas.auth import body_hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.body_settings import BodySignature, BodyTime

SOURCE = Source(
    name='mailgun',
    description='A signature in the body, of a time and a token in it, as Mailgun makes it',
    webhook=Webhook(
        auth=Auth(
            type=body_hmac,
            settings=body_hmac.Settings(
                signature=BodySignature(path='signature.signature'),
                signed='{signature.timestamp}{signature.token}',
                uncovered='the event itself',
                timestamp=BodyTime(path='signature.timestamp'),
            ),
        ),
    ),
)
