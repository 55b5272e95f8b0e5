"""The definition of zoom-log, as the generator validated it."""

from lambdas.credentials import oauth2
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'AccountId': '[A-Za-z0-9_-]{10,64}'})
SOURCE = Source(
    name='zoom-log',
    description='Zoom operation log of administrators and users, with sign-ins and sign-outs',
    pull=Pull(
        url='https://api.zoom.us/v2',
        credentials=Credentials(
            type=oauth2,
            settings=oauth2.Settings(
                url='https://zoom.us/oauth/token',
                fields={'grant_type': 'account_credentials', 'account_id': PARAMETERS['AccountId']},
            ),
        ),
        every=900,
        rate=Rate(requests=30, per=60),
        streams={
            'operations': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='next_page_token')),
                resume='time',
                get='/report/operationlogs',
                query={'from': '{from}', 'to': '{to}', 'page_size': '300', 'next_page_token': '{cursor}'},
                window=Window(first=172800, overlap=86400, longest=604800, retention=15552000, format='date'),
                events=Events(
                    split='operation_logs',
                    require=('action',),
                    id='hash()',
                    type="join(' ', [category_type, action][?@])",
                    time='time',
                ),
            ),
            'signin': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='next_page_token')),
                resume='time',
                get='/report/activities',
                query={'from': '{from}', 'to': '{to}', 'page_size': '300', 'next_page_token': '{cursor}'},
                window=Window(first=172800, overlap=86400, longest=604800, retention=15552000, format='date'),
                events=Events(split='activity_logs', require=('type',), id='hash()', type='type', time='time'),
            ),
        },
        window=Window(first=172800, overlap=86400, longest=604800, retention=15552000, format='date'),
        errors=(
            ErrorRule(
                do='stop',
                status=400,
                say="Zoom refuses: {message || 'no reason'}; reports need Pro or above, and the app must be activated",
            ),
            ErrorRule(
                do='stop',
                status=401,
                say="Zoom does not accept the token: {message || 'the app may be deactivated'}",
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="Zoom refuses: {message || 'no reason'}; the app needs report:read:operation_logs:admin and report:read:user_activities:admin, and its owner's role must allow both reports",
            ),
        ),
    ),
    events=Events(id='hash()', time='time'),
    facts=Facts(
        summary="zoom: {join(': ', [\n  join(' by ', [type || join(' ', [category_type, action][?@]), operator || email][?@]),\n  operation_detail || join(' ', [client_type && join(' ', ['with', client_type]), version][?@ && @ != '-'])\n][?@])}",
        severity=Choice(
            of="{type || join(' ', [category_type, action, operation_detail][?@])}",
            words={
                'WARNING': (
                    '*Change Role*', 'Role *', 'Account *', 'Sub Account *', '*Sign-in Methods*', '*Sign-In Password*',
                    '*Two-Factor*', '*Single Sign-On*', 'User Group *', 'Group *', '*Marketplace*',
                ),
                'NOTICE': ('User *', 'Users *', 'Recording *Delete*', 'Recording Delete*', 'IM *', 'Billing *',),
            },
        ),
        kind=Choice(
            of="{type || join(' ', [category_type, action, operation_detail][?@])}",
            words={
                'authentication.start': ('Sign in*',),
                'authentication.end': ('Sign out*',),
                'permission.change': ('*Change Role*', 'Role *', '*SCIM*Role*',),
                'account.create': ('User Add*', 'Users Add*', 'User Batch Add*', 'User SCIM * Add*',),
                'account.delete': ('User Delete*', 'Users Delete*', 'User Batch Delete*', 'User SCIM * Delete*',),
                'account.disable': ('User Deactivate*', 'User SCIM * Deactivate*',),
                'account.enable': ('User Activate*', 'User SCIM * Activate*',),
                'account.change': ('User Update*', 'User Batch*', 'User SCIM*', 'User Settings *', 'Users *',),
                'data.delete': ('Recording *Delete*', 'Recording Delete*',),
                'data.read': ('Recording *Download*',),
                'data.change': ('Recording *',),
                'configuration.create': ('* Add*',),
                'configuration.delete': ('* Delete*',),
                'configuration.change': ('* Update*', '* Edit*', 'Account *', '* Batch *',),
                'other': ('*',),
            },
        ),
        outcome=Choice(of="{type || '-'}", words={'success': ('Sign in*',)}),
        reason='{operation_detail}',
        user='{operator || email}',
        source_ip='{ip_address}',
        extra={
            'category': '{category_type}',
            'operation': '{action}',
            'client': '{client_type}',
            'client_version': '{version}',
        },
    ),
    vendor=Vendor(
        docs='https://developers.zoom.us/docs/api/meetings/#tag/reports',
        credential='a Server-to-Server OAuth app with two report scopes, by who may edit such apps and see the reports',
        limit="the account's daily heavy requests, 30,000 or more, over all apps",
    ),
)
