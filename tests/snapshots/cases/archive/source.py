"""The definition of archive, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Archive, Auth, Events, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='archive',
    description='Events of which the archive has a copy',
    webhook=Webhook(auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('x-signature',))))),
    events=Events(split='events', id='id', type='type'),
    archive=Archive(days=90),
)
