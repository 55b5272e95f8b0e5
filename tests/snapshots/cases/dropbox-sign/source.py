"""The definition of dropbox-sign, as the generator validated it."""

from lambdas.auth import body_hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_events import Events
from lambdas.signatures.body_settings import BodySignature

SOURCE = Source(
    name='dropbox-sign',
    description='A form in parts, with the event as JSON in a field, as Dropbox Sign sends it',
    webhook=Webhook(
        auth=Auth(
            type=body_hmac,
            settings=body_hmac.Settings(
                signature=BodySignature(path='event.event_hash'),
                signed='{event.event_time}{event.event_type}',
                uncovered='all but the time and the type of the event',
            ),
        ),
    ),
    events=Events(format=('form',), payload='json'),
)
