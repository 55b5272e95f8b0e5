"""The definition of strict, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Auth, Source, Webhook
from lambdas.model_events import Events

SOURCE = Source(
    name='strict',
    description='A source with a key of its own, and an authorizer',
    webhook=Webhook(auth=Auth(type=token, settings=token.Settings(header='x-token'))),
    events=Events(id='id'),
    hardening='strict',
)
