"""The definition of standard-webhooks, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import MessageId, Signature, Timestamp

SOURCE = Source(
    name='standard-webhooks',
    description='Any sender that signs as the Standard Webhooks specification says',
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
    events=Events(
        mask=(
            'data.secret', 'data.token', 'data.password', 'data.access_token', 'data.refresh_token',
            'data.client_secret', 'data.private_key',
        ),
        id="header('webhook-id')",
        type='type',
        time="header('webhook-timestamp')",
        time_format='unix',
    ),
    facts=Facts(
        summary="webhook: {[\n  [\n    [type, event][?@ && type(@) == 'string'] | [0],\n    data.[\n      actor.email, actor.username, actor.name, actor.id, user.email, user.username, user.name, user.id, actor,\n      user, created_by.email, performed_by.email, performed_by\n    ][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['by', @]),\n    data.[\n      target_user.email, target_user, target.email, member.email, invitee.email, email, target.name, target.id,\n      resource.name, resource.id, object.name, target, resource, name, !(actor || user) && id\n    ][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['on', @]),\n    data.[role.name, role][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['as', @]),\n    data.[\n      organization.name, public_organization_data.name, workspace.name\n    ][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['in', @])\n    ][?@] | join(' ', @),\n  data.[outcome.result, outcome, result, status][?@ && type(@) == 'string'] | [0],\n  data.[\n    reason, error.message, error_message, error, message\n  ][?@ && type(@) == 'string'] | [0]\n  ][?@] | join(': ', @)}",
        severity=Choice(
            of="{([data.severity, data.level, severity][?@ && type(@) == 'string'] | [0]) || contains(['admin', 'administrator', 'owner', 'org:admin', 'superuser', 'root'],\n  ([data.role.name, data.role][?@ && type(@) == 'string'] | [0]) || '') && 'WARNING'\n|| (data.success == `false`\n  || (((data.[outcome.result, outcome, result, status][?@ && type(@) == 'string'] | [0]) || '')\n    | contains(@, 'fail') || contains(@, 'FAIL') || contains(@, 'denied') || contains(@, 'DENIED')\n      || contains(@, 'reject') || contains(@, 'block'))) && 'NOTICE'\n|| ([type, event][?@ && type(@) == 'string'] | [0] | (\n  (contains(@, 'mfa') || contains(@, '2fa') || contains(@, 'two_factor'))\n    && (contains(@, 'disable') || contains(@, 'remove') || contains(@, 'delete')) && 'WARNING'\n  || (contains(@, 'fail') || contains(@, 'denied') || contains(@, 'api_key') || contains(@, 'token')\n    || contains(@, 'role') || contains(@, 'permission')) && 'NOTICE'\n  || 'INFO'))}",
            words={},
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
            of="{[\n  data.outcome.result, data.outcome, data.result, data.status, data.success == `true` && 'true', data.success\n  == `false` && 'false', type, event\n][?@ && type(@) == 'string'] | [0]}",
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
        reason="{data.[reason, error.message, error_message, error, message][?@ && type(@) == 'string'] | [0]}",
        user="{data.[\n  actor.email, actor.username, actor.name, actor.id, user.email, user.username, user.name, user.id, actor, user,\n  created_by.email, performed_by.email, performed_by\n][?@ && type(@) == 'string'] | [0]}",
        user_id="{data.[\n  actor.id, user.id, actor_id, user_id\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        source_ip="{data.[\n  ip_address, ip, source_ip, client_ip, remote_ip, actor.ip, actor.ip_address, request.ip, client.ip\n][?@ && type(@) == 'string'] | [0]}",
        user_agent="{data.[\n  user_agent, userAgent, client.user_agent, client.userAgent, actor.user_agent, request.user_agent\n][?@ && type(@) == 'string'] | [0]}",
        target_user="{data.[\n  target_user.email, target_user, target.email, member.email, invitee.email, email\n][?@ && type(@) == 'string'] | [0]}",
        target="{data.[\n  target.name, target.id, resource.name, resource.id, object.name, target, resource, name, !(actor || user) &&\n  id\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        role="{data.[role.name, role, permission.name, permission][?@ && type(@) == 'string'] | [0]}",
        organization="{data.[\n  organization.name, organization.id, organization, org.name, org, tenant.name, tenant, workspace.name,\n  workspace, account.name, organization_id, org_id, tenant_id, workspace_id\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        session="{data.[\n  session_id, session.id, request_id, trace_id\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        url="{data.[html_url, url][?@ && type(@) == 'string'] | [0]}",
    ),
    vendor=Vendor(
        docs='https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
        retries='the sender decides; the specification wants several days of them, after anything but a 2xx',
        secret='issued',
    ),
)
