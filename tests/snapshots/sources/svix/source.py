"""The definition of svix, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import MessageId, Signature, Timestamp

SOURCE = Source(
    name='svix',
    description='Any sender that delivers through Svix, such as Clerk and Resend, and Svix itself',
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
    events=Events(
        mask=(
            'data.secret', 'data.token', 'data.access_token', 'data.refresh_token', 'data.client_secret',
            'data.data.otp_code', 'data.data.action_url', 'data.data.magic_link', 'data.body', 'data.body_plain',
            'data.message', 'data.url',
        ),
        require=('type',),
        id="header('svix-id')",
        type='type',
        time="header('svix-timestamp')",
        time_format='unix',
    ),
    facts=Facts(
        summary="svix: {[\n  [\n    [type][?@ && type(@) == 'string'] | [0],\n    data.[\n      actor.email, actor.username, actor.name, user.email, user.email_addresses[0].email_address, user.username,\n      user.name, from_user.email, actor, user\n    ][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['by', @]),\n    data.[\n      email_addresses[0].email_address, public_user_data.identifier, email_address, to_email_address,\n      to_phone_number, to[0], email, member.email, username, organization.name, public_organization_data.name,\n      name, subject, endpointId, target.name, resource.name, target, resource, user_id, !(email_addresses ||\n      email_address || email || to || actor || user) && id\n    ][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['on', @]),\n    data.[role.name, role][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['as', @]),\n    data.[\n      organization.name, public_organization_data.name, workspace.name\n    ][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['in', @])\n    ][?@] | join(' ', @),\n  data.[\n    bounce.type, outcome, result, status, to_string(lastAttempt.responseStatusCode || ''), failSince\n  ][?@ && type(@) == 'string'] | [0],\n  data.[\n    bounce.message, failed.reason, suppressed.message, reason, error.message, error\n  ][?@ && type(@) == 'string'] | [0]\n  ][?@] | join(': ', @)}",
        severity=Choice(
            of="{([data.severity, severity][?@ && type(@) == 'string'] | [0]) || contains([\n  'endpoint.disabled', 'endpoint.deleted', 'message.attempt.exhausted', 'organization.deleted', 'email.complained'\n  ], type) && 'WARNING'\n|| contains([\n  'endpoint.created', 'endpoint.updated', 'message.attempt.failing', 'user.deleted', 'session.revoked',\n  'email.bounced', 'domain.created', 'domain.deleted', 'organization.created'\n  ], type) && 'NOTICE'\n|| contains(['admin', 'administrator', 'owner', 'org:admin', 'superuser', 'root'],\n  ([data.role.name, data.role][?@ && type(@) == 'string'] | [0]) || '') && 'WARNING'\n|| (data.success == `false`\n  || (((data.[\n    bounce.type, outcome, result, status, to_string(lastAttempt.responseStatusCode || ''), failSince\n  ][?@ && type(@) == 'string'] | [0]) || '')\n    | contains(@, 'fail') || contains(@, 'FAIL') || contains(@, 'denied') || contains(@, 'DENIED')\n      || contains(@, 'reject') || contains(@, 'block'))) && 'NOTICE'\n|| ([type][?@ && type(@) == 'string'] | [0] | (\n  (contains(@, 'mfa') || contains(@, '2fa') || contains(@, 'two_factor'))\n    && (contains(@, 'disable') || contains(@, 'remove') || contains(@, 'delete')) && 'WARNING'\n  || (contains(@, 'fail') || contains(@, 'denied') || contains(@, 'api_key') || contains(@, 'token')\n    || contains(@, 'role') || contains(@, 'permission')) && 'NOTICE'\n  || 'INFO'))}",
            words={},
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
        user="{data.[\n  actor.email, actor.username, actor.name, user.email, user.email_addresses[0].email_address, user.username,\n  user.name, from_user.email, actor, user\n][?@ && type(@) == 'string'] | [0]}",
        user_id="{data.[actor.id, user.id, user_id][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        source_ip="{(data.[\n  ip_address, ip, click.ipAddress, latest_activity.ip_address, actor.ip\n][?@ && type(@) == 'string'] | [0]) || event_attributes.http_request.client_ip}",
        user_agent="{(data.[user_agent, click.userAgent][?@ && type(@) == 'string'] | [0]) || event_attributes.http_request.user_agent}",
        target_user="{data.[\n  email_addresses[0].email_address, public_user_data.identifier, email_address, to_email_address,\n  to_phone_number, to[0], email, member.email, username\n][?@ && type(@) == 'string'] | [0]}",
        target="{data.[\n  organization.name, public_organization_data.name, name, subject, endpointId, target.name, resource.name,\n  target, resource, user_id, !(email_addresses || email_address || email || to || actor || user) && id\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        role="{data.[role.name, role, permission.name, permission][?@ && type(@) == 'string'] | [0]}",
        organization="{(data.[\n  organization.name, public_organization_data.name, organization_id, appUid, appId\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]) || instance_id}",
        session="{data.[\n  session_id, object == 'session' && id, request_id, msgId, email_id\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        extra={
            'status': '{data.status}',
            'from': '{data.from}',
            'endpoint': '{data.endpointId}',
            'response': '{data.lastAttempt.responseStatusCode}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.svix.com/receiving/verifying-payloads/how-manual',
        deadline=15,
        retries='7 times: after 5 seconds, 5 and 30 minutes, 2, 5, 10 and 10 hours; not after a 2xx',
        secret='issued',
    ),
)
