"""The definition of objects, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Destination, S3Objects, Source, Webhook
from lambdas.model_events import Events
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='objects',
    description='Events that a SIEM reads as objects of a bucket',
    webhook=Webhook(auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('x-signature',))))),
    events=Events(split='events', id='id', type='type'),
    delivery=Destination(s3=S3Objects(days=30)),
)
