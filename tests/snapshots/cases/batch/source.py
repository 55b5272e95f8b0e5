"""The definition of batch, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Auth, Events, Source, Webhook

SOURCE = Source(
    name='batch',
    description='A body that is a list of events, with nothing but their hashes to tell them apart',
    webhook=Webhook(auth=Auth(type=token, settings=token.Settings(header='Authorization', prefix='Bearer '))),
    events=Events(split='@'),
)
