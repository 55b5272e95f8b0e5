"""The definition of crowdstrike, as the generator validated it."""

from lambdas.credentials import oauth2
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'FalconApi': 'api\\.((us-2|eu-1|laggar\\.gcw)\\.)?crowdstrike\\.com|api\\.us-gov-2\\.crowdstrike\\.mil'})
SOURCE = Source(
    name='crowdstrike',
    description='CrowdStrike Falcon alerts of endpoints, identities, clouds and other products',
    pull=Pull(
        url='https://' + PARAMETERS['FalconApi'],
        credentials=Credentials(
            type=oauth2,
            settings=oauth2.Settings(url='https://' + PARAMETERS['FalconApi'] + '/oauth2/token', send='body'),
        ),
        every=60,
        rate=Rate(requests=30, per=60),
        streams={
            'alerts': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='meta.pagination.after')),
                resume='time',
                post='/alerts/combined/alerts/v1',
                json={
                    'filter': "updated_timestamp:>='{from}'+updated_timestamp:<'{to}'",
                    'sort': 'created_timestamp|asc',
                    'limit': 1000,
                    'after': '{cursor}',
                },
                window=Window(overlap=1800, retention=7776000, again=86400),
                events=Events(
                    split='resources || (meta.pagination && `[]`)',
                    require=('composite_id', 'updated_timestamp',),
                    id="join('/', [composite_id, updated_timestamp])",
                    type='type',
                    time='updated_timestamp',
                ),
            ),
        },
        errors=(
            ErrorRule(
                do='stop',
                status=401,
                say="CrowdStrike does not accept the client: {errors[0].message || 'it was deleted, or is of another cloud'}",
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="CrowdStrike refuses ({errors[0].message || 'no reason'}): the API client needs the scope Alerts: Read, and may have a list of allowed addresses",
            ),
            ErrorRule(do='stop', status=400, say="CrowdStrike refuses the request: {errors[0].message || 'no reason'}"),
            ErrorRule(
                do='stop',
                status=200,
                when='errors[0] && !resources',
                say='CrowdStrike says: {errors[0].message}',
            ),
        ),
    ),
    events=Events(
        split='resources || (meta.pagination && `[]`)',
        require=('composite_id', 'updated_timestamp',),
        id="join('/', [composite_id, updated_timestamp])",
        type='type',
        time='updated_timestamp',
    ),
    facts=Facts(
        summary="crowdstrike: {join(': ', [\n  join(' ', [\n    display_name || name || description,\n    (device.hostname || source_endpoint_host_name || host_names[0] || agent_id) | @ && join(' ', ['on', @]),\n    (user_name || source_account_name || source_account_upn || user_names[0]) | @ && join(' ', ['as', @])\n  ][?@]),\n  join(', ', [\n    severity_name, join(' / ', [tactic, technique][?@ && @ != '']), filename,\n    ioc_value && join(' ', ['indicator', ioc_value]),\n    pattern_disposition_description,\n    assigned_to_name && join(' ', ['assigned to', assigned_to_name]), status, resolution\n  ][?@ && @ != ''])\n][?@ && @ != ''])}",
        severity=Choice(
            of="{status == 'closed' && 'INFO' || severity >= `80` && 'CRITICAL' || severity >= `60` && 'ERROR' || severity >= `40` && 'WARNING' || severity >= `20` && 'NOTICE' || 'INFO'}",
            words={},
        ),
        action='{type}',
        kind=Choice(
            of="{status == 'closed' && 'closed' || status == 'new' && contains([created_timestamp], updated_timestamp) && 'made' || 'changed'}",
            words={'detection.close': ('closed',), 'detection.create': ('made',), 'detection.change': ('changed',)},
        ),
        reason='{description}',
        user="{[user_name, source_account_name, source_account_upn, user_names[0]][?@ && @ != ''] | [0]}",
        user_id="{[user_id, source_account_object_sid, user_principal][?@ && @ != ''] | [0]}",
        source_ip="{[source_endpoint_address_ip4, device.external_ip, device.local_ip, source_ips[0]][?@ && @ != ''] | [0]}",
        target="{[device.hostname, target_endpoint_host_name, source_endpoint_host_name, host_names[0]][?@ && @ != ''] | [0]}",
        organization='{cid}',
        session='{aggregate_id}',
        url='{falcon_host_link}',
        extra={
            'product': '{product}',
            'technique': "{join(' / ', [tactic, technique_id || technique][?@ && @ != ''])}",
            'state': '{status}',
            'assigned_to': '{assigned_to_name}',
            'cmdline': '{cmdline}',
            'file': '{filepath || filename}',
            'hash': '{sha256}',
            'disposition': '{pattern_disposition_description}',
        },
    ),
    vendor=Vendor(
        docs='https://developer.crowdstrike.com/api-reference/collections/alerts/',
        credential='an API client with Alerts: Read, by a Falcon administrator',
        limit='no figure is published; all API clients of the customer share it',
    ),
)
