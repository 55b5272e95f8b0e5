"""The definition of tailscale-log, as the generator validated it."""

from lambdas.credentials import oauth2
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import none

SOURCE = Source(
    name='tailscale-log',
    description='Tailscale configuration audit log',
    pull=Pull(
        url='https://api.tailscale.com/api/v2',
        credentials=Credentials(
            type=oauth2,
            settings=oauth2.Settings(url='https://api.tailscale.com/api/v2/oauth/token', send='body'),
        ),
        every=300,
        rate=Rate(requests=20, per=60),
        streams={
            'configuration': Stream(
                paging=Paging(style=none, settings=none.Settings()),
                resume='time',
                get='/tailnet/-/logging/configuration',
                query={'start': '{from}', 'end': '{to}'},
                window=Window(overlap=1800, retention=7776000, again=86400),
                events=Events(
                    split='logs || (version && `[]`)',
                    require=('action', 'target',),
                    id='hash()',
                    type="join('.', [target.type, action, target.property][?@])",
                    time='eventTime',
                ),
            ),
        },
        errors=(
            ErrorRule(do='stop', status=401, say='Tailscale does not know the credential: it is wrong, or was revoked'),
            ErrorRule(
                do='stop',
                status=403,
                say='Tailscale refuses: the credential needs the scope logs:configuration:read',
            ),
            ErrorRule(
                do='stop',
                status=404,
                say="Tailscale has no such log here: {message || 'look at pull.url and the tailnet'}",
            ),
        ),
    ),
    events=Events(
        split='logs || (version && `[]`)',
        require=('action', 'target',),
        id='hash()',
        type="join('.', [target.type, action, target.property][?@])",
        time='eventTime',
    ),
    facts=Facts(
        summary="tailscale: {join(': ', [\n  join(' by ', [\n    join('.', [target.type, action, target.property][?@]),\n    actor.loginName || actor.displayName || actor.id || actor.type\n  ][?@]),\n  join(' ', [\n    target.name || target.id,\n    target.property != 'ACL' && new && join(' ', ['now', to_string(new)]),\n    target.property != 'ACL' && old && join('', ['(was ', to_string(old), ')']),\n    actionDetails && join('', ['(', actionDetails, ')']),\n    error && join(' ', ['failed:', error])\n  ][?@ && type(@) == 'string'])\n][?@])}",
        severity=Choice(
            of="{actor.type == 'SECRET_SCANNER' && 'ERROR' || error && 'NOTICE'\n  || join('.', [target.type, action, target.property][?@])}",
            words={
                'WARNING': (
                    'TAILNET.UPDATE.ACL', 'USER.UPDATE.USER_ROLE', 'API_KEY.CREATE', '*.TKA', '*.LOGSTREAM_ENDPOINT',
                    'TAILNET.DISABLE.MACHINE_*', 'TAILNET.DISABLE.USER_APPROVAL_REQUIRED',
                    'TAILNET.DISABLE.NETWORK_FLOW_LOGGING', 'TAILNET.DISABLE.LOG_EXIT_FLOWS',
                    'TAILNET.DISABLE.COLLECT_POSTURE_IDENTITY', 'TAILNET.*.SCIM', '*.AUTH_PROVIDER',
                    '*.MIGRATE_AUTH_PROVIDER*', 'TAILNET.DELETE.POSTURE_INTEGRATION', 'TAILNET.UPDATE.MAX_KEY_DURATION',
                    'TAILNET.UPDATE.SECURITY_EMAIL', 'TAILNET.UPDATE.DNS_CONFIG', 'NODE.DISABLE.KEY_EXPIRY',
                    'NODE.UPDATE.EXIT_NODE', 'NODE.UPDATE.ALLOWED_IPS', 'NODE.UPDATE.AUTO_APPROVED_ROUTES',
                    'SHARE.CREATE', 'INVITE.CREATE.*', 'INVITE.ACCEPT.*', 'WEBHOOK_ENDPOINT.*',
                ),
                'NOTICE': (
                    'USER.*', 'API_KEY.*', 'NODE.APPROVE', 'NODE.CREATE', 'NODE.DELETE', 'NODE.REVOKE',
                    'NODE.UPDATE.ACL_TAGS', 'TAILNET.*', 'SHARE.*', 'INVITE.*', 'FAILED_REQUEST.*', 'GROUP.*',
                ),
            },
        ),
        kind=Choice(
            of="{join('.', [target.type, action, target.property][?@])}",
            words={
                'authentication.start': ('*.LOGIN',),
                'authentication.end': ('*.LOGOUT',),
                'account.create': ('USER.CREATE',),
                'account.enable': ('USER.APPROVE', 'USER.RESTORE*',),
                'account.disable': ('USER.SUSPEND*',),
                'account.delete': ('USER.DELETE',),
                'permission.change': ('USER.UPDATE.USER_ROLE', 'GROUP.*',),
                'account.change': ('USER.PUSH_USER*', 'USER.UPDATE*',),
                'permission.grant': (
                    'NODE.APPROVE', 'API_KEY.CREATE', 'SHARE.CREATE', 'INVITE.CREATE*', 'INVITE.ACCEPT*',
                    'INVITE.RESEND*', 'USER.INVITE*', 'USER.RESEND*', 'TAILNET.JOIN',
                ),
                'permission.revoke': ('NODE.REVOKE', 'API_KEY.*', 'SHARE.DELETE', 'INVITE.DELETE*', 'TAILNET.LEAVE',),
                'configuration.create': ('*.CREATE*',),
                'configuration.delete': ('*.DELETE*',),
                'configuration.change': ('*.UPDATE*', '*.ENABLE*', '*.DISABLE*', '*.EXPIRED*', '*.MIGRATE*', '*.VERIFY*', '*.CANCEL*',),
                'other': ('*',),
            },
        ),
        outcome=Choice(of="{error && 'failed' || 'done'}", words={'success': ('done',), 'failure': ('failed',)}),
        reason='{error || actionDetails}',
        user='{actor.loginName || actor.displayName}',
        user_id='{actor.id}',
        target_user="{target.type == 'USER' && (target.name || target.id) || ''}",
        target="{target.type != 'USER' && (target.name || target.id) || ''}",
        role="{target.property == 'USER_ROLE' && new && to_string(new) || ''}",
        organization="{target.type == 'TAILNET' && (target.name || target.id) || ''}",
        session='{eventGroupID}',
        extra={
            'origin': '{origin}',
            'actor_type': '{actor.type}',
            'actor_tags': "{actor.tags && join(', ', actor.tags)}",
            'property': '{target.property}',
            'old_role': "{target.property == 'USER_ROLE' && old && to_string(old) || ''}",
            'ephemeral': '{target.isEphemeral}',
        },
    ),
    vendor=Vendor(
        docs='https://tailscale.com/kb/1203/audit-logging',
        credential='an OAuth credential with logs:configuration:read, by an Owner, Admin, Network admin or IT admin',
        limit='no figure is published',
    ),
)
