"""The definition of self-hosted, as the generator validated it."""

from lambdas.credentials import api_key
from lambdas.model import Source
from lambdas.model_events import Events
from lambdas.model_pull import Credentials, Paging, Pull, Rate, Stream
from lambdas.paging import page

SOURCE = Source(
    name='self-hosted',
    description='A source that is pulled from an API in a network of your own',
    pull=Pull(
        url='https://10.20.0.5/api/v4',
        credentials=Credentials(type=api_key, settings=api_key.Settings(header='private-token')),
        every=300,
        rate=Rate(requests=60, per=60),
        streams={
            'audit': Stream(
                paging=Paging(style=page, settings=page.Settings(size=100)),
                resume='time',
                get='/audit_events',
                query={'created_after': '{from}', 'created_before': '{to}', 'per_page': '100', 'page': '{page}'},
                events=Events(split='@', id='id', type='details.event_name', time='created_at'),
            ),
        },
        self_hosted=True,
    ),
    events=Events(split='@', id='id', type='details.event_name', time='created_at'),
)
