"""The definition of pagerduty-audit, as the generator validated it."""

from lambdas.credentials import api_key
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'ApiHost': 'api\\.(eu\\.)?pagerduty\\.com'})
SOURCE = Source(
    name='pagerduty-audit',
    description='PagerDuty audit records of users, teams, services, schedules and escalation policies',
    pull=Pull(
        url='https://' + PARAMETERS['ApiHost'],
        credentials=Credentials(type=api_key, settings=api_key.Settings(header='authorization', prefix='Token token=')),
        every=300,
        rate=Rate(requests=60, per=60),
        streams={
            'records': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='next_cursor')),
                resume='time',
                get='/audit/records',
                query={'since': '{from}', 'until': '{to}', 'limit': '100', 'cursor': '{cursor}'},
                window=Window(overlap=1800, longest=604800, retention=31536000, again=86400),
                events=Events(
                    split='records',
                    require=('action', 'root_resource.type',),
                    id='id',
                    type="join('.', [\n  root_resource.type == 'user_reference' && 'user' || root_resource.type == 'team_reference' && 'team'\n    || root_resource.type == 'service_reference' && 'service'\n    || root_resource.type == 'schedule_reference' && 'schedule'\n    || root_resource.type == 'escalation_policy_reference' && 'escalation_policy'\n    || root_resource.type == 'ip_allow_list_reference' && 'ip_allow_list' || root_resource.type,\n  action])",
                    time='execution_time',
                ),
            ),
        },
        headers={'accept': 'application/vnd.pagerduty+json;version=2', 'content-type': 'application/json'},
        errors=(
            ErrorRule(
                do='stop',
                status=401,
                say='PagerDuty does not know the key: it is wrong, deleted, or one of another region',
            ),
            ErrorRule(
                do='stop',
                status=402,
                say="the account's plan has no audit records: {error.message || 'it needs the ability Audit Trail'}",
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="PagerDuty refuses: it takes a general access key, or a user's key of an administrator or the account owner; an app needs the scope audit_records.read",
            ),
        ),
    ),
    events=Events(
        split='records',
        require=('action', 'root_resource.type',),
        id='id',
        type="join('.', [\n  root_resource.type == 'user_reference' && 'user' || root_resource.type == 'team_reference' && 'team'\n    || root_resource.type == 'service_reference' && 'service'\n    || root_resource.type == 'schedule_reference' && 'schedule'\n    || root_resource.type == 'escalation_policy_reference' && 'escalation_policy'\n    || root_resource.type == 'ip_allow_list_reference' && 'ip_allow_list' || root_resource.type,\n  action])",
        time='execution_time',
    ),
    facts=Facts(
        summary="pagerduty: {join(' by ', [\n  join('.', [\n    root_resource.type == 'user_reference' && 'user' || root_resource.type == 'team_reference' && 'team'\n      || root_resource.type == 'service_reference' && 'service'\n      || root_resource.type == 'schedule_reference' && 'schedule'\n      || root_resource.type == 'escalation_policy_reference' && 'escalation_policy'\n      || root_resource.type == 'ip_allow_list_reference' && 'ip_allow_list' || root_resource.type,\n    action]),\n  actors[0].summary || actors[0].id || method.type == 'identity_provider' && 'the identity provider'\n][?@])}: {join(', ', [\n  root_resource.summary || root_resource.id,\n  !contains([root_resource.id], details.resource.id) && (details.resource.summary || details.resource.id),\n  details.fields && join(', ', details.fields[:5].join(' ', [description || name, value && to_string(value),\n    before_value && join('', ['(was ', to_string(before_value), ')'])][?@])),\n  details.references[].added[] && join(' ', [join(', ', details.references[?added].[description || name][]), 'with',\n    join(', ', details.references[].added[].[summary || id][])]),\n  details.references[].removed[] && join(' ', [join(', ', details.references[?removed].[description || name][]),\n    'without', join(', ', details.references[].removed[].[summary || id][])])\n][?@ && type(@) == 'string'])}",
        severity=Choice(
            of="{(root_resource.type == 'ip_allow_list_reference'\n  || details.fields[?(name == 'role' || name == 'team_role' || name == 'base_role')\n    && (before_value || value == 'admin' || value == 'owner')]\n  || action == 'delete' && contains(['service_reference', 'schedule_reference', 'escalation_policy_reference'],\n    root_resource.type)) && 'WARNING'\n|| (contains(['user_reference', 'team_reference', 'escalation_policy_reference', 'schedule_reference'],\n    root_resource.type) || contains(['create', 'delete'], action)) && 'NOTICE' || 'INFO'}",
            words={},
        ),
        kind=Choice(
            of="{join(' ', [\n  join('.', [root_resource.type, action]),\n  contains([root_resource.id], details.resource.id) && 'itself' || 'a part',\n  details.fields[?name == 'role' || name == 'team_role' || name == 'base_role'] && 'role' || '-',\n  root_resource.type == 'team_reference' && details.references[?name == 'members'].added[] && 'joined'\n    || root_resource.type == 'team_reference' && details.references[?name == 'members'].removed[] && 'left'\n    || '-'])}",
            words={
                'permission.change': ('*.update * role *',),
                'permission.grant': ('team_reference.update * joined',),
                'permission.revoke': ('team_reference.update * left',),
                'account.create': ('user_reference.create itself *',),
                'account.delete': ('user_reference.delete itself *',),
                'account.change': ('user_reference.*',),
                'configuration.create': ('*.create *',),
                'configuration.delete': ('*.delete *',),
                'configuration.change': ('*.update *',),
                'other': ('*',),
            },
        ),
        user="{[actors[?type == 'user_reference'].summary | [0], actors[0].summary][?@] | [0]}",
        user_id='{actors[0].id}',
        source_ip='{execution_context.remote_address}',
        target_user="{root_resource.type == 'user_reference' && root_resource.summary\n  || details.resource.type == 'user_reference' && details.resource.summary\n  || root_resource.type == 'team_reference'\n    && (details.references[].[added, removed][][] | [?type == 'user_reference'].summary | [0]) || ''}",
        target='{root_resource.summary || root_resource.id}',
        role="{details.fields[?name == 'role' || name == 'team_role' || name == 'base_role'].value | [0]}",
        session='{execution_context.request_id}',
        url='{root_resource.html_url}',
        extra={
            'method': '{method.type}',
            'token_end': '{method.truncated_token}',
            'resource': '{details.resource.type}',
            'resource_name': '{details.resource.summary}',
            'actor_type': '{actors[0].type}',
            'changed_fields': "{details.fields && join(', ', details.fields[].name)}",
            'old_role': "{details.fields[?name == 'role' || name == 'team_role' || name == 'base_role'].before_value | [0]}",
        },
    ),
    vendor=Vendor(
        docs='https://developer.pagerduty.com/api-reference/116868b0e9772-list-audit-records',
        credential='a read-only REST API key, by an administrator or the account owner',
        limit='960 requests a minute for the key, shared with nobody else',
    ),
)
