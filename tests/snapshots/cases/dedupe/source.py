"""The definition of dedupe, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Dedupe, Events, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='dedupe',
    description="Events that are sent once, by the vendor's id of each",
    webhook=Webhook(auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('x-signature',))))),
    events=Events(split='events', id='id'),
    dedupe=Dedupe(window=48),
)
