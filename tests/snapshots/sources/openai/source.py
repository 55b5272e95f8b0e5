"""The definition of openai, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts, Mozdef
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import MessageId, Signature, Timestamp

SOURCE = Source(
    name='openai',
    description='OpenAI blocked safety identifiers, fine-tuning jobs, batches, evaluations, responses and calls of a project',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('webhook-signature',), prefix='v1,', encoding='base64', split=' '),
                timestamp=Timestamp(header='webhook-timestamp'),
                id=MessageId(header='webhook-id'),
                signed='{id}.{timestamp}.{body}',
                key=KeyEncoding(encoding='base64', strip='whsec_'),
            ),
        ),
    ),
    extends='standard-webhooks',
    bases=('standard-webhooks',),
    events=Events(
        mask=(
            'data.secret', 'data.token', 'data.password', 'data.access_token', 'data.refresh_token',
            'data.client_secret', 'data.private_key',
        ),
        require=('type', 'data',),
        id='id',
        type='type',
        time='created_at',
        time_format='unix',
    ),
    facts=Facts(
        summary="openai: {join(' ', [\n  type,\n  (data.safety_identifier || data.id || data.call_id) | @ && join(' ', ['on', @]),\n  data.safety_category && join('', ['(', data.safety_category, ')']),\n  data.model && join(' ', ['with', data.model]),\n  data.project_id && join(' ', ['in', data.project_id]),\n  data.sip_headers[?name == 'From'].value | [0] | @ && join(' ', ['from', @])\n][?@])}",
        severity=Choice(
            of='{type}',
            words={
                'WARNING': ('safety_identifier.blocked',),
                'NOTICE': ('*.failed', '*.expired', 'fine_tuning.job.succeeded',),
            },
        ),
        kind=Choice(
            of="{[type, event][?@ && type(@) == 'string'] | [0]}",
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
                'account.disable': ('*suspend*', '*deactivate*', '*banned*', '*user*disable*', '*account*disable*',),
                'account.create': ('*user*create*', '*user*invite*', '*account*create*', 'invite',),
                'account.delete': ('*user*delete*', '*user*remove*', '*account*delete*',),
                'detection.create': ('safety_identifier.blocked',),
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
                'data.create': ('fine_tuning.job.succeeded',),
                'data.delete': ('*delete*', '*remove*',),
                'data.change': ('*update*', '*change*', '*edit*',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{type}',
            words={
                'success': ('*.completed', '*.succeeded',),
                'failure': ('*.failed', '*.expired', '*.cancelled', '*.canceled', '*.incomplete', '*.blocked',),
            },
        ),
        reason='{data.safety_category}',
        target_user='{data.safety_identifier}',
        target='{data.id || data.call_id}',
        organization='{data.project_id}',
        session='{data.request_id}',
        extra={'model': '{data.model}'},
    ),
    mozdef=Mozdef(category='openai', hostname='openai_host', eventsource='openai_api'),
    vendor=Vendor(
        docs='https://platform.openai.com/docs/guides/webhooks',
        retries='for up to 72 hours, at growing intervals; after anything but a 2xx within a few seconds',
        secret='issued',
    ),
)
