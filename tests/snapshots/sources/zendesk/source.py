"""The definition of zendesk, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='zendesk',
    description='Zendesk, changes of users, their roles and groups, of organizations and other things, as they happen',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-Zendesk-Webhook-Signature',), encoding='base64'),
                timestamp=Timestamp(header='X-Zendesk-Webhook-Signature-Timestamp', format='rfc3339'),
                signed='{timestamp}{body}',
            ),
        ),
    ),
    events=Events(require=('type', 'subject',), id='id', type='type', time='time'),
    facts=Facts(
        summary="zendesk: {remove_prefix(remove_prefix(type, 'zen:event-type:'), 'zen:event-type/')}: {join(' ', [\n  (detail.[email, name, title][?type(@) == 'string' && @ != ''] | [0]) || remove_prefix(subject, 'zen:'),\n  contains(['string', 'number', 'boolean'], type(event.current))\n    && join('', ['(', to_string(event.current), ')']),\n  contains(['string', 'number', 'boolean'], type(event.previous))\n    && join(' ', ['was', to_string(event.previous)]),\n  detail.role && !contains(type, 'role_changed') && join(' ', ['as', detail.role])\n][?@])}",
        severity=Choice(
            of="{join(' ', [remove_prefix(remove_prefix(type, 'zen:event-type:'), 'zen:event-type/'),\n  [contains(type, 'role_changed') && event.current, detail.role, '-'][?type(@) == 'string'] | [0],\n  event.current == `false` && 'off' || 'on'])}",
            words={
                'WARNING': (
                    'user.role_changed admin *', 'user.role_changed agent *', 'user.custom_role_changed *',
                    'user.created admin *', 'user.created agent *', 'user.password_changed admin *',
                    'user.password_changed agent *', 'user.identity_* admin *', 'user.identity_* agent *',
                    'user.suspended_changed admin off', 'user.suspended_changed agent off',
                ),
                'NOTICE': (
                    'user.role_changed *', 'user.suspended_changed *', 'user.active_changed *', 'user.deleted *',
                    'user.merged *', 'user.password_changed *', 'user.group_membership_*',
                    'user.only_private_comments_changed *', 'organization.deleted *', 'omnichannel_config.*',
                ),
            },
        ),
        action="{remove_prefix(remove_prefix(type, 'zen:event-type:'), 'zen:event-type/')}",
        kind=Choice(
            of="{join(' ', [remove_prefix(remove_prefix(type, 'zen:event-type:'), 'zen:event-type/'),\n  event.current == `false` && 'off' || 'on'])}",
            words={
                'authentication.start': ('user.last_login_changed *',),
                'account.create': ('user.created *',),
                'account.delete': ('user.deleted *', 'user.merged *',),
                'account.enable': ('user.active_changed on', 'user.suspended_changed off',),
                'account.disable': ('user.active_changed off', 'user.suspended_changed on',),
                'permission.change': ('user.role_changed *', 'user.custom_role_changed *', 'user.only_private_comments_changed *',),
                'permission.grant': ('user.*_membership_created *',),
                'permission.revoke': ('user.*_membership_deleted *',),
                'account.change': ('user.*',),
                'configuration.change': ('omnichannel_config.*',),
                'data.create': ('*created *', '*.published *', '*_added *',),
                'data.delete': ('*deleted *', '*removed *', '*unpublished *',),
                'data.change': ('*changed *',),
                'other': ('*',),
            },
        ),
        target_user="{[starts_with(subject, 'zen:user:') && (detail.email || detail.id)] | [?@] | [0]}",
        target="{remove_prefix(subject, 'zen:')}",
        role="{[contains(type, 'role_changed') && event.current, detail.role][?type(@) == 'string'] | [0]}",
        organization='{account_id}',
        extra={
            'current': "{[event.current][?contains(['string', 'number', 'boolean'], type(@))] | [0]}",
            'previous': "{[event.previous][?contains(['string', 'number', 'boolean'], type(@))] | [0]}",
        },
    ),
    vendor=Vendor(
        docs='https://developer.zendesk.com/documentation/webhooks/',
        deadline=12,
        retries='up to 5 times after a time-out; of statuses only some, which we could not verify',
        secret='issued',
    ),
)
