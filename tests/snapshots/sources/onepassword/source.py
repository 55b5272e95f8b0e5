"""The definition of onepassword, as the generator validated it."""

from lambdas.credentials import bearer
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, LaterRequest, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'EventsHost': 'events\\.(1password\\.(com|ca|eu)|ent\\.1password\\.com)'})
SOURCE = Source(
    name='onepassword',
    description='1Password sign-in attempts, item usages and audit events',
    pull=Pull(
        url='https://' + PARAMETERS['EventsHost'] + '/api/v2',
        credentials=Credentials(type=bearer, settings=bearer.Settings()),
        every=60,
        rate=Rate(requests=100, per=60),
        streams={
            'signin': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='cursor', while_='has_more')),
                resume='paging',
                post='/signinattempts',
                json={'limit': 1000, 'start_time': '{from}'},
                then=LaterRequest(json={'cursor': '{cursor}'}),
                window=Window(retention=10368000),
                events=Events(split='items', require=('category',), id='uuid', type='category', time='timestamp'),
            ),
            'usage': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='cursor', while_='has_more')),
                resume='paging',
                post='/itemusages',
                json={'limit': 1000, 'start_time': '{from}'},
                then=LaterRequest(json={'cursor': '{cursor}'}),
                window=Window(retention=10368000),
                events=Events(split='items', require=('action',), id='uuid', type='action', time='timestamp'),
            ),
            'audit': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='cursor', while_='has_more')),
                resume='paging',
                post='/auditevents',
                json={'limit': 1000, 'start_time': '{from}'},
                then=LaterRequest(json={'cursor': '{cursor}'}),
                window=Window(retention=10368000),
                events=Events(
                    split='items',
                    require=('object_type', 'action',),
                    id='uuid',
                    type="join('.', [object_type, action])",
                    time='timestamp',
                ),
            ),
        },
        window=Window(retention=10368000),
        errors=(
            ErrorRule(
                do='stop',
                status=401,
                say='1Password does not accept the token: it has expired or was revoked, lacks this kind of event (sign-in attempts, item usages, audit events), or belongs to an account of another region',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say='1Password refuses: Events Reporting needs 1Password Business, and the integration to be on',
            ),
        ),
    ),
    events=Events(split='items', id='uuid', time='timestamp'),
    facts=Facts(
        summary="1password: {join(': ', [\n  join(' by ', [\n    stream() == 'signin' && join(' ', ['sign-in', category]) || stream() == 'usage' && join(' ', ['item', action])\n      || join('.', [object_type, action]),\n    [target_user.email, user.email, actor_details.email,\n      target_user.name, user.name, actor_details.name, actor_uuid][?@ && @ != ''] | [0]\n  ][?@]),\n  join(', ', [\n    type, details.value,\n    item_uuid && join(' ', ['item', item_uuid, 'in vault', vault_uuid]),\n    [object_details.email, object_details.name, object_uuid][?@] | [0],\n    [aux_details.email, aux_details.name, aux_uuid][?@] | [0],\n    aux_info,\n    client.app_name\n  ][?@ && @ != ''])\n][?@])}",
        severity=Choice(
            of="{stream() == 'signin' && join(' ', ['sign-in', category]) || stream() == 'usage' && join(' ', ['item', action])\n  || join('.', [object_type, action])}",
            words={
                'WARNING': (
                    'sign-in firewall_failed', 'item export', '*.export', '*.disblduo', '*.disblmfa', '*.disblsso',
                    '*.chngpsso', '*.chngasso', '*.chngdsso', '*.delgsso', '*.addgsso', 'sso.*', '*.updatfw', '*.beginr',
                    '*.completr', 'sa.create', 'satoken.create', '*.dlgsess', 'dlgdsess.*', 'account.delete',
                    '*.vrfydmn', '*.uvrfydmn', '*.dvrfydmn', 'vault.delete', 'vault.purge',
                ),
                'NOTICE': (
                    'sign-in *_failed', 'sign-in firewall_reported_success', 'item share', '*.grant', '*.revoke',
                    '*.share', '*.delshare', 'gm.*', '*.role', 'user.reactive', 'user.suspend', 'user.delete',
                    'user.changemp', 'user.changesk', 'user.changeks', 'group.delete', 'template.*', 'slackapp.*',
                    'sa.*', 'satoken.*', '*.updatmfa', '*.updatduo', '*.purge', '*.propose', 'ec.*', '*.deolddev',
                    '*.dealldev', '*.upguest',
                ),
            },
        ),
        kind=Choice(
            of="{stream() == 'signin' && join(' ', ['sign-in', category]) || stream() == 'usage' && join(' ', ['item', action])\n  || join('.', [object_type, action])}",
            words={
                'authentication.start': ('sign-in *',),
                'permission.grant': ('item share', '*.grant', '*.share', 'gm.join', 'satoken.create', '*.dlgsess', '*.addgsso',),
                'permission.revoke': ('*.revoke', '*.delshare', 'gm.leave', 'satoken.*', '*.trevoke', '*.delgsso',),
                'permission.change': ('gm.*', 'uva.*', 'gva.*', '*.role', '*.upguest',),
                'data.create': ('item server-create', 'item.create', 'items.create', 'file.create',),
                'data.change': ('item enter-item-edit-mode', 'item server-update', 'item.*', 'items.*', 'itemhist.*', 'file.*',),
                'data.read': ('item *', '*.export', '*.view',),
                'account.create': ('user.create', 'user.join', '*.provsn', 'invite.create', 'sa.create', 'famchild.create',),
                'account.enable': ('user.reactive', 'user.activate', 'user.verify',),
                'account.disable': ('user.suspend',),
                'account.delete': ('user.delete', 'sa.delete',),
                'account.change': ('user.*', 'ec.*', 'device.*', 'miguser.*', 'sa.*',),
                'configuration.create': ('*.create', '*.add*',),
                'configuration.delete': ('*.delete', '*.purge',),
                'configuration.change': ('account.*', 'group.*', 'vault.*', 'vaultkey.*', 'sso.*', 'ssotkn.*', 'slackapp.*', 'template.*',),
                'other': ('*',),
            },
        ),
        outcome=Choice(of='{category}', words={'success': ('success', 'firewall_reported_success',), 'failure': ('*_failed',)}),
        reason='{type}',
        user="{[target_user.email, user.email, actor_details.email, target_user.name,\n  user.name, actor_details.name][?@ && @ != ''] | [0]}",
        user_id='{target_user.uuid || user.uuid || actor_uuid}',
        source_ip='{client.ip_address || session.ip}',
        target_user='{object_details.email || aux_details.email}',
        target='{item_uuid || object_uuid}',
        organization='{account_uuid}',
        session='{session_uuid || session.uuid}',
        extra={
            'vault': '{vault_uuid}',
            'object_type': '{object_type}',
            'app': '{client.app_name}',
            'app_version': '{client.app_version}',
            'platform': '{client.platform_name}',
            'os': '{client.os_name}',
            'country': '{location.country || country}',
            'device_id': '{session.device_uuid}',
        },
    ),
    vendor=Vendor(
        docs='https://developer.1password.com/docs/events-api/reference',
        credential="an integration's token, by an owner, an administrator or who may manage integrations",
        lateness='not known; item usages hours, until an app is online again',
        limit='600 requests a minute and 30,000 an hour for the account, over all integrations',
    ),
)
