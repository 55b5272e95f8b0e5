"""The definition of cloudflare-audit, as the generator validated it."""

from lambdas.credentials import bearer
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import path_part, read_parameters

PARAMETERS = read_parameters({'AccountId': '[0-9a-f]{32}'})
SOURCE = Source(
    name='cloudflare-audit',
    description='Cloudflare account audit log, version 2',
    pull=Pull(
        url='https://api.cloudflare.com/client/v4',
        credentials=Credentials(type=bearer, settings=bearer.Settings()),
        every=300,
        rate=Rate(requests=300, per=300),
        streams={
            'audit': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='result[0] && result_info.cursor')),
                resume='time',
                get='/accounts/' + path_part(PARAMETERS['AccountId']) + '/logs/audit',
                query={'since': '{from}', 'before': '{to}', 'direction': 'asc', 'limit': '100', 'cursor': '{cursor}'},
                window=Window(lag=120, overlap=1800, retention=46656000, again=86400),
                events=Events(
                    mask=(
                        'result[].resource.response.value', 'result[].resource.response.result.value',
                        'result[].resource.response.client_secret', 'result[].resource.response.result.client_secret',
                        'result[].resource.response.result.private_key', 'result[].resource.request.private_key',
                        'result[].resource.request.tunnel_secret', 'result[].resource.request.client_secret',
                    ),
                    split='result || (success && `[]`)',
                    require=('action.type',),
                    id='id',
                    type="join(' ', [action.type, resource.product || resource.type][?@])",
                    time='action.time',
                ),
            ),
        },
        errors=(
            ErrorRule(
                do='stop',
                status=400,
                say="Cloudflare refuses the request: {errors[0].message || 'is the account id right?'}",
            ),
            ErrorRule(
                do='stop',
                status=401,
                say='Cloudflare does not know the token: it is wrong, has expired or was revoked',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="Cloudflare refuses: {errors[0].message || 'no reason'}; the token needs Account Settings: Read for this account, and its owner must be a member with a role that may read it",
            ),
            ErrorRule(
                do='stop',
                status=404,
                say='Cloudflare finds no such account: check AccountId, and that the token is for it',
            ),
            ErrorRule(
                do='stop',
                status=200,
                when='success == `false`',
                say="Cloudflare says: {errors[0].message || 'no reason'}",
            ),
        ),
    ),
    events=Events(
        mask=(
            'result[].resource.response.value', 'result[].resource.response.result.value',
            'result[].resource.response.client_secret', 'result[].resource.response.result.client_secret',
            'result[].resource.response.result.private_key', 'result[].resource.request.private_key',
            'result[].resource.request.tunnel_secret', 'result[].resource.request.client_secret',
        ),
        split='result || (success && `[]`)',
        require=('action.type',),
        id='id',
        type="join(' ', [action.type, resource.product || resource.type][?@])",
        time='action.time',
    ),
    facts=Facts(
        summary="cloudflare: {join(': ', [\n  join(' by ', [\n    action.description || join(' ', [action.type, resource.product || resource.type][?@]),\n    actor.email || actor.token_name || (actor.type == 'cloudflare_admin' && 'Cloudflare') || actor.type\n  ][?@]),\n  join(' ', [\n    join(' in ', [\n      join(', ', [\n        [resource.request.[name, hostname, email, domain], resource.response.[name, hostname, email],\n          resource.response.result.[name, hostname, email]][] | [?type(@) == 'string' && @ != ''] | [0],\n        join(' ', [resource.product || resource.type, resource.id][?@ && type(@) == 'string']),\n        contains(raw.uri || '', '/settings/') && resource.request.value && to_string(resource.request.value)\n      ][?@]),\n      zone.name || account.name || account.id\n    ][?@]),\n    action.result == 'failure' && 'failed',\n    action.result == 'failure' && raw.status_code && join('', ['(status ', to_string(raw.status_code), ')'])\n  ][?@])\n][?@])}",
        severity=Choice(
            of="{actor.type == 'cloudflare_admin' && 'WARNING' || action.result == 'failure' && 'NOTICE'\n  || (contains(action.description || '', 'LOGIN') || contains(action.description || '', 'LOGOUT')) && 'INFO'\n  || join(' ', [action.type, raw.uri || resource.product || '-'])}",
            words={
                'INFO': ('view *', '*/purge_cache*', '*/notifications/*', '*/builds/*',),
                'WARNING': (
                    '*/members*', '*/roles*', '*/iam/*', '*/tokens*', '*/api_key*', '*/service_tokens*', '*/two_factor*',
                    '*/sso*', '*/access/*', '*/logpush/*', '*/firewall/*', '*/rulesets*', '*/settings/*',
                    '*/custom_certificates*', '*/ssl/*', '*/dnssec*', '*/registrar/*', '*/cfd_tunnel*', '*/tunnels*',
                    '*/audit*', '*/gateway/*', 'delete */zones*', '*/email/routing*', '*/accounts/*/alerting/*',
                    'delete *', '*/user', 'update */user/*', 'members', 'create */zones', '*/page_shield*',
                    '*/bot_management*', '*/page_rules*', '*/pagerules*', '*/workers/routes*', '*/workers/domains*',
                ),
                'NOTICE': ('create *', 'update *',),
            },
        ),
        kind=Choice(
            of="{join(' ', [action.description || '-', action.type, raw.uri || resource.product || resource.type || '-'])}",
            words={
                'authentication.end': ('*LOGOUT*', '*ogout *', '*og out *',),
                'authentication.start': ('*LOGIN*', '*ogin *', '*og in *',),
                'configuration.read': ('* view *',),
                'permission.grant': (
                    '* create */members*', '* create */tokens*', '* create */roles*', '* create */service_tokens*',
                    '* create */api_key*', '* create */access/*', '* create members', '* create */iam/*',
                ),
                'permission.revoke': (
                    '* delete */members*', '* delete */tokens*', '* delete */roles*', '* delete */service_tokens*',
                    '* delete */api_key*', '* delete */access/*', '* delete members', '* delete */iam/*',
                ),
                'permission.change': (
                    '* */members*', '* */tokens*', '* */roles*', '* */service_tokens*', '* */api_key*', '* */access/*',
                    '* members', '* */iam/*',
                ),
                'account.change': ('* update */user', '* */user/*', '* */two_factor*',),
                'configuration.create': ('* create *',),
                'configuration.delete': ('* delete *',),
                'configuration.change': ('* update *',),
                'other': ('*',),
            },
        ),
        outcome=Choice(of='{action.result}', words={'success': ('success',), 'failure': ('failure',)}),
        user='{actor.email || actor.token_name}',
        user_id='{actor.id}',
        source_ip='{actor.ip_address}',
        user_agent='{raw.user_agent}',
        target_user="{[resource.request.email, resource.response.result.user.email, resource.response.user.email,\n  resource.response.result.email][?type(@) == 'string'] | [0]}",
        target="{[resource.request.[name, hostname, domain], resource.response.[name, hostname],\n  resource.response.result.[name, hostname], [zone.name, resource.id]][] | [?type(@) == 'string' && @ != ''] | [0]}",
        organization='{account.name || account.id}',
        session='{raw.cf_ray_id}',
        extra={
            'product': '{resource.product}',
            'resource_id': '{resource.id}',
            'zone': '{zone.name}',
            'through': '{actor.context}',
            'api_token': '{actor.token_name}',
            'actor_type': '{actor.type}',
            'method': '{raw.method}',
            'uri': '{raw.uri}',
        },
    ),
    vendor=Vendor(
        docs='https://developers.cloudflare.com/fundamentals/account/account-security/audit-logs/',
        credential='an account-owned token with Account Settings Read, by a Super Administrator',
        limit="1,200 requests in 5 minutes for the token's owner, over all its tokens",
    ),
)
