"""The definition of duo, as the generator validated it."""

from lambdas.credentials import duo
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts, Mozdef
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'ApiHostname': 'api-[a-z0-9]+\\.(duosecurity|duofederal)\\.com'})
SOURCE = Source(
    name='duo',
    description='Cisco Duo authentication, activity, telephony, administrator and offline enrollment logs',
    pull=Pull(
        url='https://' + PARAMETERS['ApiHostname'],
        credentials=Credentials(type=duo, settings=duo.Settings()),
        every=300,
        rate=Rate(requests=5, per=60),
        streams={
            'authentication': Stream(
                paging=Paging(
                    style=cursor,
                    settings=cursor.Settings(at="[response.metadata.next_offset][?@] | [:1].join(',', @) | [0]"),
                ),
                resume='time',
                get='/admin/v2/logs/authentication',
                query={'mintime': '{from}', 'maxtime': '{to}', 'limit': '1000', 'sort': 'ts:asc', 'next_offset': '{cursor}'},
                window=Window(lag=180, longest=2592000, retention=15552000, format='unix_ms'),
                events=Events(split='response.authlogs', id='txid', type='event_type', time='isotimestamp'),
            ),
            'activity': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='response.metadata.next_offset')),
                resume='time',
                get='/admin/v2/logs/activity',
                query={'mintime': '{from}', 'maxtime': '{to}', 'limit': '1000', 'sort': 'ts:asc', 'next_offset': '{cursor}'},
                window=Window(lag=180, longest=2592000, retention=15552000, format='unix_ms'),
                events=Events(split='response.items', id='activity_id', type='action.name || action', time='ts'),
            ),
            'telephony': Stream(
                paging=Paging(style=cursor, settings=cursor.Settings(at='response.metadata.next_offset')),
                resume='time',
                get='/admin/v2/logs/telephony',
                query={'mintime': '{from}', 'maxtime': '{to}', 'limit': '1000', 'sort': 'ts:asc', 'next_offset': '{cursor}'},
                window=Window(lag=180, longest=2592000, retention=15552000, format='unix_ms'),
                events=Events(split='response.items', id='telephony_id', type='type', time='ts'),
            ),
            'administrator': Stream(
                paging=Paging(
                    style=cursor,
                    settings=cursor.Settings(at='to_string(response[-1].timestamp)', size=1000, inclusive=True),
                ),
                resume='time',
                get='/admin/v1/logs/administrator',
                query={'mintime': '{cursor || from}'},
                window=Window(lag=180, longest=2592000, retention=15552000, format='unix'),
                events=Events(split='response', id='hash()', type='action', time='timestamp', time_format='unix'),
            ),
            'offline': Stream(
                paging=Paging(
                    style=cursor,
                    settings=cursor.Settings(at='to_string(response[-1].timestamp)', size=1000, inclusive=True),
                ),
                resume='time',
                get='/admin/v1/logs/offline_enrollment',
                query={'mintime': '{cursor || from}'},
                window=Window(lag=180, longest=2592000, retention=15552000, format='unix'),
                events=Events(split='response', id='hash()', type='action', time='timestamp', time_format='unix'),
            ),
        },
        window=Window(lag=180, longest=2592000, retention=15552000, format='unix_ms'),
        errors=(
            ErrorRule(
                do='stop',
                status=401,
                say='Duo does not accept the signature: {message}; check both keys and the API hostname',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say='Duo refuses: {message}; the Admin API application needs the permission Grant read log, and no list of networks that excludes AWS',
            ),
            ErrorRule(do='wait', status=429, say="Duo's rate limit is reached"),
        ),
    ),
    facts=Facts(
        summary="duo: {join(': ', [\n  join(' by ', [\n    stream() == 'authentication' && join(' ', [event_type || stream(), result][?@])\n      || stream() == 'telephony' && join(' ', ['telephony', type][?@]) || action.name || action,\n    [user.name, actor.name, username][?@] | [0]\n  ][?@]),\n  join(', ', [\n    factor, application.name || integration, target.name || object, stream() == 'telephony' && context, phone,\n    reason, stream() == 'administrator' && contains(['admin_login', 'admin_login_error', 'admin_2fa_error',\n      'admin_lockout', 'user_update'], action) && description\n  ][?@ && type(@) == 'string'])\n][?@])}",
        severity=Choice(
            of="{result == 'fraud' && 'ERROR'\n  || contains(to_string(description), 'fraudulent') && 'ERROR'\n  || contains(['anomalous_push', 'bypass_user', 'bypass_code', 'allow_unenrolled_user', 'deny_unenrolled_user',\n    'locked_out', 'user_marked_fraud'], reason) && 'WARNING'\n  || factor == 'bypass_code' && 'WARNING'\n  || action == 'user_update' && contains(to_string(description), 'Bypass') && 'WARNING'\n  || stream() == 'authentication' && join(' ', ['authentication', result]) || stream() == 'telephony' && 'INFO'\n  || action.name || action}",
            words={
                'WARNING': (
                    'admin_create*', 'admin_update*', 'admin_delete*', 'admin_lockout*', 'admin_unlock*', 'admin_reset*',
                    'admin_2fa_error', 'admin_factor_*', 'admin_rectivates_*', 'admin_single_sign_on_*', 'admin_sso_*',
                    '*bypass*', 'customer_update', 'update_admin_*', 'integration_*', 'application_*', 'adminapi_*',
                    '*skey_*', 'policy_*', '*_policy_*', 'trusted_endpoint*', 'directory_*', '*_directory_*',
                    'edit_password_policy*', '*saml*', 'log_export_*', 'management_system_*', '*_delete_all*',
                    'global_policy*', 'role_*', '*_role_*', 'group_update*',
                ),
                'NOTICE': (
                    'authentication denied', 'authentication failure', 'admin_login_error*', 'admin_login_fail*',
                    'user_create*', 'user_delete*', 'user_update*', 'user_import*', 'user_lock*', 'user_pending_*',
                    'phone_*', 'hardtoken_*', 'token_*', 'u2ftoken_*', 'webauthn*', 'group_*', 'o2fa_user_*',
                    '*_export*', '*_credential_*', 'device_*',
                ),
            },
        ),
        kind=Choice(
            of='{stream() == \'authentication\' && join(\' \', [\'authentication\', event_type]) || stream() == \'telephony\' && stream()\n  || action == \'user_update\' && contains(to_string(description), \'"status": "Disabled"\') && \'user_update Disabled\'\n  || action.name || action}',
            words={
                'authentication.start': (
                    'authentication authentication', 'authentication', 'admin_login*', 'admin_2fa_*',
                    'admin_self_activate*',
                ),
                'authentication.end': ('admin_logout*',),
                'account.disable': ('user_update Disabled',),
                'account.change': (
                    'authentication enrollment', 'o2fa_user_*', 'webauthn*', 'u2ftoken_*', 'phone_*', 'hardtoken_*',
                    'user_update*', '*_credential_*', 'device_*', 'user_associate*', 'user_disassociate*',
                    'admin_reset_password*', 'admin_update*',
                ),
                'account.create': ('user_create*', 'user_import*', 'admin_create*', 'user_pending_*',),
                'account.delete': ('user_delete*', 'admin_delete*',),
                'account.lock': ('admin_lockout*', 'user_lock*',),
                'account.enable': ('user_unlock*', 'admin_unlock*', 'user_restore*',),
                'permission.grant': (
                    '*bypass_create*', '*bypass_code_create*', 'integration_create*', 'application_create*',
                    'application_install*',
                ),
                'permission.change': ('role_*', 'admin_role_*', 'group_*',),
                'configuration.read': ('*bypass_view*', '*bypass_code_view*', '*skey_view*', '*_export*',),
                'configuration.create': ('*_create*', '*_add*',),
                'configuration.delete': ('*_delete*', '*_remove*',),
                'configuration.change': ('*_update*', 'update_*', '*_edit*', 'edit_*', 'customer_*', 'policy_*', '*_enable*', '*_disable*',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{result || action}',
            words={
                'success': ('success', 'admin_login', 'admin_login_success',),
                'failure': ('denied', 'failure', 'fraud', 'error', 'admin_login_err*', 'admin_login_fail*', 'admin_2fa_error',),
            },
        ),
        reason='{reason}',
        user='{[user.name, actor.name, username][?@] | [0]}',
        user_id='{user.key || actor.key}',
        source_ip='{access_device.ip.address || access_device.ip}',
        target_user="{[[target][?type == 'user' || type == 'admin'].name | [0],\n  [@][?starts_with(to_string(action), 'user_') || starts_with(to_string(action), 'admin_')\n    || starts_with(to_string(action), 'bypass_')].object | [0]][?@ && type(@) == 'string'] | [0]}",
        target="{[application.name, target.name, object][?@ && type(@) == 'string'] | [0]}",
        extra={
            'factor': '{factor}',
            'application_key': '{application.key}',
            'auth_device': '{auth_device.name || phone}',
            'auth_device_ip': '{auth_device.ip}',
            'country': '{access_device.location.country}',
            'city': '{access_device.location.city}',
            'os': '{access_device.os}',
            'browser': '{access_device.browser}',
        },
    ),
    mozdef=Mozdef(category="{stream() == 'authentication' && 'authentication' || 'duo'}", details={'result': '{result}'}),
    vendor=Vendor(
        docs='https://duo.com/docs/adminapi#logs',
        credential='an Admin API application with Grant read log, by an Owner',
        lateness='2 minutes',
        limit="one request a minute for each log is Duo's advice",
    ),
)
