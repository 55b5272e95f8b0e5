"""The definition of pulled-strict, as the generator validated it."""

from lambdas.credentials import refresh_token
from lambdas.model import Archive, Destination, S3Objects, Source
from lambdas.model_events import Events
from lambdas.model_pull import Credentials, Paging, Pull, Rate, Stream
from lambdas.paging import cursor

SOURCE = Source(
    name='pulled-strict',
    description='A pulled source of objects, with an archive, a key of its own, and a refresh token that the vendor replaces',
    pull=Pull(
        url='https://api.acme.example/v1',
        credentials=Credentials(type=refresh_token, settings=refresh_token.Settings(url='https://auth.acme.example/token')),
        every=300,
        rate=Rate(requests=60, per=60),
        streams={
            'audit': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='next')),
                resume='time',
                get='/audit',
                query={'since': '{from}', 'cursor': '{cursor}'},
                events=Events(split='items', id='id', type='type', time='at', expect_every=24),
            ),
        },
    ),
    events=Events(split='items', id='id', type='type', time='at', expect_every=24),
    archive=Archive(),
    delivery=Destination(s3=S3Objects()),
    hardening='strict',
)
