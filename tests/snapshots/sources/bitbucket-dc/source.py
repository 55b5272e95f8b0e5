"""The definition of bitbucket-dc, as the generator validated it."""

from lambdas.credentials import bearer
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'BitbucketHost': '[a-z0-9-]+(\\.[a-z0-9-]+)+'})
SOURCE = Source(
    name='bitbucket-dc',
    description='Audit log of Bitbucket Data Center, on servers of your own',
    pull=Pull(
        url='https://' + PARAMETERS['BitbucketHost'] + '/rest/auditing/1.0',
        credentials=Credentials(type=bearer, settings=bearer.Settings()),
        every=300,
        rate=Rate(requests=60, per=60),
        streams={
            'events': Stream(
                paging=Paging(
                    style=cursor,
                    settings=cursor.Settings(at='pagingInfo.nextPageCursor', while_='pagingInfo && !(pagingInfo.lastPage)'),
                ),
                resume='time',
                get='/events',
                query={'from': '{from}', 'to': '{to}', 'limit': '1000', 'pageCursor': '{cursor}'},
                window=Window(again=86400),
                events=Events(
                    split='entities',
                    require=('type.action || type.actionI18nKey',),
                    id='hash()',
                    type='type.actionI18nKey || type.action',
                    time='timestamp',
                ),
            ),
        },
        headers={'accept': 'application/json'},
        errors=(
            ErrorRule(
                do='stop',
                status=401,
                say='Bitbucket does not know the token: it is wrong, has expired or was revoked, or its user is deactivated',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="Bitbucket refuses: the token's user needs the global permission Admin",
            ),
            ErrorRule(
                do='stop',
                status=404,
                say='Bitbucket has no audit log at this address: it must be Data Center 7.0 or later; where its base URL has a path, pull.url needs that path',
            ),
        ),
        self_hosted=True,
    ),
    events=Events(
        split='entities',
        require=('type.action || type.actionI18nKey',),
        id='hash()',
        type='type.actionI18nKey || type.action',
        time='timestamp',
    ),
    facts=Facts(
        summary="bitbucket: {join(': ', [\n  join(' by ', [type.action || type.actionI18nKey, author.name][?@]),\n  join(' ', [\n    join(', ', [\n      join(' in ', [\n        join(', ', (affectedObjects || `[]`)[?type != 'PROJECT' && type != 'REPOSITORY' && name].name),\n        join('/', (affectedObjects || `[]`)[?(type == 'PROJECT' || type == 'REPOSITORY') && name].name)\n      ][?@ != '']),\n      !affectedObjects && (extraAttributes[?nameI18nKey && ends_with(nameI18nKey, '.legacy.target')].value | [0]),\n      extraAttributes[?nameI18nKey && (ends_with(nameI18nKey, '.label')\n        || ends_with(nameI18nKey, '.accesstoken.name'))].value | [0],\n      join(', ', (changedValues || `[]`)[].join(' ', [\n        key, from && join(' ', ['from', to_string(from)]), to && join(' ', ['to', to_string(to)])][?@]))\n    ][?@ && type(@) == 'string' && @ != '']),\n    extraAttributes[?nameI18nKey && (ends_with(nameI18nKey, '.permission')\n      || ends_with(nameI18nKey, '.permissions'))].value | [0] | @ && join('', ['(', to_string(@), ')'])\n  ][?@ && @ != ''])\n][?@ && @ != ''])}",
        severity=Choice(
            of="{(extraAttributes[?nameI18nKey && ends_with(nameI18nKey, '.permission') && value\n    && ends_with(to_string(value), 'ADMIN')] && 'admin'\n  || author.type == 'system' && 'system' || 'user')} {type.actionI18nKey || '-'} {type.action || '-'}",
            words={
                'INFO': ('*requested *', 'system *.pluginenabled *',),
                'WARNING': (
                    '*.globalpermission*', 'admin *permissiongranted *', '*.audit.config.*',
                    '* Audit log configuration *', '* *ecret scanning *', '* SSH settings *', '*.accesstokencreated*',
                    '*.accesstokenmodified*', '*.sshaccesskeygranted*', '*.projectdeleted *', '*.repositorydeleted *',
                    '* *xport* *', '*.plugin*', '* Plugin *', '* *Unauthorized *', '*directory*', '*restrict*',
                    '* *ranch permission *', '*webhook*', '*applicationlink*', '* *pplication link *',
                    '* *ublic access *', '*.baseurl*', '*mirror*', '*oauth*',
                ),
                'NOTICE': (
                    '*.authenticationfailure *', '* *ogin failed*', '*.action.user*', '*.action.group*', '*permission*',
                    '*.sshkey*', '*.sshaccesskey*', '*.gpgevent.*', '*.accesstoken*', '*.projectmodified *',
                    '*.repositorymodified *', '*.repositoryforked *', '*deleted *', '*hook*',
                ),
            },
        ),
        kind=Choice(
            of="{type.actionI18nKey || '-'} {type.action || '-'}",
            words={
                'authentication.start': ('*.authenticationsuccess *', '*.authenticationfailure *', '* User login *', '* User login failed*',),
                'authentication.end': ('*.logout*',),
                'account.create': ('*.usercreated *',),
                'account.delete': ('*.userdeleted *',),
                'account.change': ('*.userrenamed *', '*.usercredentialupdated *',),
                'permission.grant': (
                    '*permissiongranted *', '*.groupmembershipscreated*', '*.groupmembershipcreated*',
                    '*.accesstokencreated*', '*.sshkeycreated *', '*.sshaccesskeygranted*', '*.gpgevent.created *',
                ),
                'permission.revoke': (
                    '*permissionrevoked *', '*.groupmembershipdeleted*', '*.groupmembershipsdeleted*',
                    '*.accesstokendeleted*', '*.sshkeydeleted *', '*.sshaccesskeyrevoked*', '*.gpgevent.deleted *',
                ),
                'permission.change': ('*permission*', '*.accesstokenmodified*', '*restrict*', '* *ublic access *',),
                'data.read': ('*accessed *', '*.audit.search *', '* *xport* *', '* *Unauthorized *', '* *cloned*', '* *ownload*',),
                'data.change': ('*pullrequest*', '* Pull request *', '* Branch *', '* Tag *',),
                'configuration.create': ('*created *', '*enabled *', '*installed *', '* * added',),
                'configuration.delete': ('*deleted *', '*disabled *', '* * deleted', '* * removed',),
                'configuration.change': ('*modified *', '*changed *', '*updated *', '*requested *', '* * changed', '* * updated',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of="{type.actionI18nKey || '-'} {type.action || '-'}",
            words={
                'failure': ('*.authenticationfailure *', '* *failed*', '* *Unauthorized *',),
                'success': ('*.authenticationsuccess *',),
            },
        ),
        user="{contains(type.actionI18nKey || '', 'authenticationfailure')\n  && (extraAttributes[?nameI18nKey && ends_with(nameI18nKey, '.legacy.target')].value | [0]) || author.name}",
        user_id='{author.id}',
        source_ip='{source}',
        target_user="{affectedObjects[?type == 'USER'].name | [0]}",
        target="{(extraAttributes[?nameI18nKey && (ends_with(nameI18nKey, '.label')\n    || ends_with(nameI18nKey, '.accesstoken.name'))].value | [0])\n  || ((affectedObjects || `[]`)[?type == 'PROJECT' || type == 'REPOSITORY'] && join('/',\n    affectedObjects[?(type == 'PROJECT' || type == 'REPOSITORY') && name].name))\n  || (affectedObjects[?type != 'USER'].name | [0])}",
        role="{extraAttributes[?nameI18nKey && (ends_with(nameI18nKey, '.permission')\n  || ends_with(nameI18nKey, '.permissions'))].value | [0]}",
        organization='{system}',
        extra={
            'category': '{type.category}',
            'actor_type': '{author.type}',
            'through': '{method}',
            'node': '{node}',
            'group': "{affectedObjects[?type == 'GROUP'].name | [0]}",
            'project': "{affectedObjects[?type == 'PROJECT'].name | [0]}",
            'changed': '{changedValues[0].key}',
            'new_value': '{changedValues[0].to}',
        },
    ),
    drop="type.actionI18nKey == 'atlassian.audit.event.action.audit.search'",
    vendor=Vendor(
        docs='https://developer.atlassian.com/server/framework/atlassian-sdk/rest/api-group-events/',
        credential='an HTTP access token of a user with the global permission Admin, by that user',
        limit='60 requests and 5 more a second for the user, where an administrator turned a limit on',
    ),
)
