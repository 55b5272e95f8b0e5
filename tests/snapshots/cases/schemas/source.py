"""The definition of schemas, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Auth, Events, Source, Webhook
from lambdas.schemas import check

SOURCE = Source(
    name='schemas',
    description='Events that are held against a JSON Schema of their type, or against that for all others',
    webhook=Webhook(auth=Auth(type=token, settings=token.Settings(header='Authorization', prefix='Bearer '))),
    events=Events(
        split='events',
        id='id',
        type='kind',
        schemas={'user.created': 'schemas/user.created.json', '*': 'schemas/any.json'},
    ),
    check=check,
)
