"""The definition of sendgrid-inbound, as the generator validated it."""

from lambdas.auth import ecdsa
from lambdas.model import Auth, Source, Webhook
from lambdas.model_events import Events
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='sendgrid-inbound',
    description="Received mail as a form in parts, signed as a whole, as SendGrid's Inbound Parse sends it",
    webhook=Webhook(
        auth=Auth(
            type=ecdsa,
            settings=ecdsa.Settings(
                signature=Signature(header=('X-Twilio-Email-Event-Webhook-Signature',), encoding='base64'),
                timestamp=Timestamp(header='X-Twilio-Email-Event-Webhook-Timestamp'),
                signed='{timestamp}{body}',
            ),
        ),
    ),
    events=Events(format=('form',)),
)
