"""The definition of resend, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts, Mozdef
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import MessageId, Signature, Timestamp

SOURCE = Source(
    name='resend',
    description='Resend bounces, complaints and other fates of mail, domains, contacts and suppressions',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('svix-signature',), prefix='v1,', encoding='base64', split=' '),
                timestamp=Timestamp(header='svix-timestamp'),
                id=MessageId(header='svix-id'),
                signed='{id}.{timestamp}.{body}',
                key=KeyEncoding(encoding='base64', strip='whsec_'),
            ),
        ),
    ),
    extends='svix',
    bases=('svix',),
    events=Events(mask=('data.click.link',), require=('type',), id="header('svix-id')", type='type', time='created_at'),
    facts=Facts(
        summary="resend: {join(': ', [\n  join(' ', [\n    type,\n    [data.to[0], data.email, data.name] | [?@] | [0] | @ && join(' ', ['on', @]),\n    data.from && join(' ', ['from', data.from])\n  ][?@]),\n  [data.bounce.type, data.suppressed.type, data.status, data.origin] | [?@] | [0],\n  [data.bounce.message, data.failed.reason, data.suppressed.message, data.subject] | [?@] | [0]\n][?@])}",
        severity=Choice(
            of='{type}',
            words={
                'WARNING': ('domain.created', 'domain.deleted', 'email.complained',),
                'NOTICE': ('domain.*', 'email.bounced', 'email.failed', 'email.suppressed', 'suppression.*',),
            },
        ),
        kind=Choice(
            of="{[type][?@ && type(@) == 'string'] | [0]}",
            words={
                'authentication.end': (
                    '*logout*', '*logged_out*', '*sign_out*', '*signed_out*', 'session.ended', 'session.removed',
                    'session.revoked',
                ),
                'authentication.start': ('*login*', '*logged_in*', '*sign_in*', '*signed_in*', '*authenticat*', 'session.created',),
                'account.change': ('*password*', '*mfa*', '*2fa*', '*two_factor*', '*api_key*', '*token*', '*secret*', 'user.updated',),
                'permission.revoke': (
                    '*role*revoke*', '*role*remove*', '*permission*revoke*', '*permission*remove*', '*access*revoke*',
                    '*ember*remove*', '*embership*delete*',
                ),
                'permission.grant': (
                    '*role*grant*', '*role*assign*', '*role*add*', '*permission*grant*', '*permission*add*',
                    '*access*grant*', '*ember*add*', '*embership*create*', '*nvitation*',
                ),
                'permission.change': ('*role*', '*permission*', '*embership*',),
                'account.enable': ('*unlock*', '*unban*', '*unsuspend*', '*reactivate*', '*user*enable*', '*account*enable*',),
                'account.lock': ('*locked*',),
                'account.disable': ('*suspend*', '*deactivate*', '*banned*', '*user*disable*', '*account*disable*',),
                'account.create': ('*user*create*', '*user*invite*', '*account*create*', 'invite',),
                'account.delete': ('*user*delete*', '*user*remove*', '*account*delete*',),
                'detection.create': ('*alert*', '*detect*', '*finding*', '*incident*', '*threat*',),
                'configuration.create': (
                    '*endpoint*create*', '*webhook*create*', '*omain*create*', '*config*create*', '*policy*create*',
                    'organization.created',
                ),
                'configuration.delete': (
                    '*endpoint*delete*', '*webhook*delete*', '*omain*delete*', '*config*delete*', '*policy*delete*',
                    'organization.deleted',
                ),
                'configuration.change': ('*config*', '*setting*', '*policy*', '*endpoint*', '*webhook*', '*omain*', 'organization.updated',),
                'data.read': ('*export*', '*download*',),
                'data.create': ('*create*', '*upload*', '*add*',),
                'data.delete': ('*delete*', '*remove*',),
                'data.change': ('*update*', '*change*', '*edit*',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of="{[data.outcome, data.result, type][?@ && type(@) == 'string'] | [0]}",
            words={
                'success': (
                    'success*', 'Success*', 'SUCCESS*', 'succeeded*', 'ok', 'OK', 'true', 'allow*', 'ALLOW*', 'granted',
                    'approved', 'delivered', 'completed', '*succeeded', '*success', '*delivered', '*recovered',
                ),
                'failure': (
                    'fail*', 'Fail*', 'FAIL*', 'error*', 'ERROR*', 'false', 'den*', 'DEN*', 'reject*', 'REJECT*',
                    'block*', '*fail*', '*denied*', '*rejected*', '*bounced*', '*exhausted*',
                ),
            },
        ),
        reason="{data.[\n  bounce.message, failed.reason, suppressed.message, reason, error.message, error\n][?@ && type(@) == 'string'] | [0]}",
        source_ip='{data.click.ipAddress}',
        user_agent='{data.click.userAgent}',
        target_user="{data.[\n  email_addresses[0].email_address, public_user_data.identifier, email_address, to_email_address,\n  to_phone_number, to[0], email, member.email, username\n][?@ && type(@) == 'string'] | [0]}",
        target='{[data.name, data.subject] | [?@] | [0]}',
        session="{data.[\n  session_id, object == 'session' && id, request_id, msgId, email_id\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        extra={'status': '{data.status}', 'from': '{data.from}', 'origin': '{data.origin}'},
    ),
    mozdef=Mozdef(category='resend', hostname='resend_host', eventsource='resend_api'),
    vendor=Vendor(
        docs='https://resend.com/docs/dashboard/webhooks/introduction',
        deadline=15,
        retries='7 times: after 5 seconds, 5 and 30 minutes, 2, 5, 10 and 10 hours; not after a 2xx',
        secret='issued',
    ),
)
