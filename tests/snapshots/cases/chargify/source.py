"""The definition of chargify, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_events import Events
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='chargify',
    description='A signature of the body in the query, as Chargify sends it',
    webhook=Webhook(auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(query='signature_hmac_sha_256')))),
    events=Events(format=('form',)),
)
