"""The definition of meta, as the generator validated it."""

from lambdas.auth import hmac, token
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='meta',
    description='Meta, changes of WhatsApp Business accounts, Facebook pages and other objects that an app subscribes to',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature-256',), prefix='sha256='))),
        challenges=(
            Challenge(
                when="query('hub.mode') == 'subscribe'",
                reply=Reply(text="{query('hub.challenge')}"),
                method='GET',
                auth=Auth(type=token, settings=token.Settings(query='hub.verify_token', secret='verify_token')),
            ),
        ),
    ),
    events=Events(
        split='entry',
        require=('id',),
        type="join('.', [root('object'), changes[0].field || changed_fields[0] || messaging && 'messaging'][?@ && type(@) == 'string'])",
        time='[time][?@ < `100000000000`] | [0]',
        time_optional=True,
        time_format='unix',
    ),
    facts=Facts(
        summary="meta: {join(' in ', [\n  join('; ', changes[].join(' ', [\n    join(' ', [field, value.event || value.verb || value.decision][?@ && type(@) == 'string']),\n    value.[ban_info.waba_ban_state, violation_info.violation_type, restriction_info[0].restriction_type, reason,\n      alert_info.alert_type][?@ && @ != 'NONE' && type(@) == 'string'] | join(', ', @) | @ != '' && join('', ['(', @, ')']),\n    [value.display_phone_number, value.phone_number, value.message_template_name, value.item, value.entity_id,\n      value.waba_info.waba_id][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['of', @]),\n    [value.requester, value.from.name][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['by', @])\n  ][?@]) || [join(', ', changed_fields || `[]`)] || `[]`) || messaging && 'messaging',\n  join(' ', [root('object'), id][?@ && type(@) == 'string'])\n][?@ && @ != ''])}",
        severity=Choice(
            of="{changes[0].field || '-'} {changes[0].value.[event, alert_info.alert_severity][?@ && type(@) == 'string'] | [0] || '-'} {changes[0].value.ban_info.waba_ban_state || '-'}",
            words={
                'NOTICE': (
                    'account_update * REINSTATE', 'account_alerts WARNING *', 'account_review_update *',
                    'phone_number_*', 'message_template_status_update *', 'business_capability_update *',
                ),
                'ERROR': ('account_update DISABLED_UPDATE *', 'account_update ACCOUNT_DELETED *',),
                'WARNING': ('security *', 'account_update ACCOUNT_*', 'account_update PARTNER_*', 'account_alerts CRITICAL *',),
            },
        ),
        kind=Choice(
            of="{changes[0].field || '-'} {changes[0].value.[event, verb][?@ && type(@) == 'string'] | [0] || '-'} {changes[0].value.ban_info.waba_ban_state || '-'}",
            words={
                'account.change': ('security *',),
                'account.enable': ('account_update * REINSTATE',),
                'account.disable': ('account_update DISABLED_UPDATE *',),
                'account.delete': ('account_update ACCOUNT_DELETED *',),
                'permission.grant': ('account_update PARTNER_ADDED *', 'account_update PARTNER_APP_INSTALLED *',),
                'permission.revoke': ('account_update PARTNER_REMOVED *', 'account_update PARTNER_APP_UNINSTALLED *',),
                'detection.create': ('account_update ACCOUNT_*', 'account_alerts *',),
                'configuration.change': ('account_*', 'phone_number_*', '*template_*', 'business_capability_update *',),
                'data.create': ('* add *',),
                'data.delete': ('* remove *',),
                'data.change': ('* edit* *', '* update *',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of="{changes[0].value.[event, decision][?@ && type(@) == 'string'] | [0]}",
            words={'success': ('APPROVED',), 'failure': ('REJECTED',)},
        ),
        reason="{changes[0].value.[ban_info.waba_ban_state, violation_info.violation_type, restriction_info[0].restriction_type,\n  reason, disconnection_info.reason][?@ && @ != 'NONE' && type(@) == 'string'] | [0]}",
        user='{changes[0].value.from.name}',
        user_id='{changes[0].value.requester || changes[0].value.from.id}',
        target="{changes[0].value.[display_phone_number, phone_number, message_template_name, post_id, entity_id,\n  waba_info.waba_id][?@ && type(@) == 'string'] | [0]}",
        organization='{id}',
        extra={'object': "{root('object')}", 'changes': '{to_string(length(changes || changed_fields || messaging || `[]`))}'},
    ),
    vendor=Vendor(
        docs='https://developers.facebook.com/docs/graph-api/webhooks/getting-started',
        retries='at once and then ever less often, over 36 hours (WhatsApp: 7 days), after anything but a 200',
        secret='issued',
    ),
)
