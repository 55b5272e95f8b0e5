"""The definition of pulled-objects, as the generator validated it."""

from lambdas.credentials import bearer
from lambdas.model import Destination, S3Objects, Source
from lambdas.model_events import Events
from lambdas.model_pull import Credentials, Paging, Pull, Rate, Stream
from lambdas.paging import cursor

SOURCE = Source(
    name='pulled-objects',
    description='Events that are pulled, and that a SIEM reads as objects of a bucket',
    pull=Pull(
        url='https://api.acme.example/v1',
        credentials=Credentials(type=bearer, settings=bearer.Settings()),
        every=300,
        rate=Rate(requests=60, per=60),
        streams={
            'audit': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='next')),
                resume='time',
                get='/audit',
                query={'since': '{from}', 'cursor': '{cursor}'},
                events=Events(split='items', id='id', type='type', time='at'),
            ),
        },
    ),
    events=Events(split='items', id='id', type='type', time='at'),
    delivery=Destination(s3=S3Objects()),
)
