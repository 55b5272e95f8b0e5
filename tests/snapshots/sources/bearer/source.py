"""The definition of bearer, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts

SOURCE = Source(
    name='bearer',
    description='Any sender of JSON that can send an Authorization header with a bearer token',
    webhook=Webhook(auth=Auth(type=token, settings=token.Settings(header='Authorization', prefix='Bearer '))),
    events=Events(
        mask=(
            'password', 'secret', 'token', 'access_token', 'refresh_token', 'client_secret', 'private_key',
            '[].password', '[].secret', '[].token', '[].access_token', '[].refresh_token', '[].client_secret',
            '[].private_key',
        ),
        split='[] || [@]',
        id='id || event_id',
        type='type || event || event_type || action',
    ),
    facts=Facts(
        summary="bearer: {[\n  [\n    [type, event, event_type, action][?@ && type(@) == 'string'] | [0],\n    [\n      actor.email, actor.username, actor.login, actor.name, user.email, user.username, user.login, user.name,\n      actor, user, username, principal, email, actor.id, user.id\n    ][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['by', @]),\n    [\n      target_user.email, target_user, target.email, target.user.email, member.email, invitee.email, target.name,\n      target.id, resource.name, resource.id, object.name, object.id, target, resource, object\n    ][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['on', @]),\n    [role.name, role][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['as', @]),\n    [\n      organization.name, public_organization_data.name, workspace.name\n    ][?@ && type(@) == 'string'] | [0] | @ && join(' ', ['in', @])\n    ][?@] | join(' ', @),\n  [outcome.result, outcome, result, status][?@ && type(@) == 'string'] | [0],\n  [\n    reason, outcome.reason, error.message, error_message, error, message\n  ][?@ && type(@) == 'string'] | [0]\n  ][?@] | join(': ', @)}",
        severity=Choice(
            of="{([severity, level][?@ && type(@) == 'string'] | [0]) || contains(['admin', 'administrator', 'owner', 'org:admin', 'superuser', 'root'],\n  ([role.name, role][?@ && type(@) == 'string'] | [0]) || '') && 'WARNING'\n|| (success == `false`\n  || ((([outcome.result, outcome, result, status][?@ && type(@) == 'string'] | [0]) || '')\n    | contains(@, 'fail') || contains(@, 'FAIL') || contains(@, 'denied') || contains(@, 'DENIED')\n      || contains(@, 'reject') || contains(@, 'block'))) && 'NOTICE'\n|| ([type, event, event_type, action][?@ && type(@) == 'string'] | [0] | (\n  (contains(@, 'mfa') || contains(@, '2fa') || contains(@, 'two_factor'))\n    && (contains(@, 'disable') || contains(@, 'remove') || contains(@, 'delete')) && 'WARNING'\n  || (contains(@, 'fail') || contains(@, 'denied') || contains(@, 'api_key') || contains(@, 'token')\n    || contains(@, 'role') || contains(@, 'permission')) && 'NOTICE'\n  || 'INFO'))}",
            words={},
        ),
        action="{[type, event, event_type, action][?@ && type(@) == 'string'] | [0]}",
        kind=Choice(
            of="{[type, event, event_type, action][?@ && type(@) == 'string'] | [0]}",
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
            of="{[\n  outcome.result, outcome, result, status, success == `true` && 'true', success == `false` && 'false', type,\n  event, event_type, action\n][?@ && type(@) == 'string'] | [0]}",
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
        reason="{[\n  reason, outcome.reason, error.message, error_message, error, message\n][?@ && type(@) == 'string'] | [0]}",
        user="{[\n  actor.email, actor.username, actor.login, actor.name, user.email, user.username, user.login, user.name, actor,\n  user, username, principal, email, actor.id, user.id\n][?@ && type(@) == 'string'] | [0]}",
        user_id="{[\n  actor.id, user.id, actor_id, user_id\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        source_ip="{[\n  ip, ip_address, source_ip, client_ip, remote_ip, client.ip, client.ipAddress, actor.ip, request.ip, context.ip\n][?@ && type(@) == 'string'] | [0]}",
        user_agent="{[\n  user_agent, userAgent, client.user_agent, client.userAgent, actor.user_agent, request.user_agent\n][?@ && type(@) == 'string'] | [0]}",
        target_user="{[\n  target_user.email, target_user, target.email, target.user.email, member.email, invitee.email\n][?@ && type(@) == 'string'] | [0]}",
        target="{[\n  target.name, target.id, resource.name, resource.id, object.name, object.id, target, resource, object\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        role="{[role.name, role, permission.name, permission][?@ && type(@) == 'string'] | [0]}",
        organization="{[\n  organization.name, organization.id, organization, org.name, org, tenant.name, tenant, workspace.name,\n  workspace, account.name, organization_id, org_id, tenant_id, workspace_id\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        session="{[\n  session_id, session.id, request_id, trace_id\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        url="{[html_url, url][?@ && type(@) == 'string'] | [0]}",
    ),
    vendor=Vendor(docs='https://www.rfc-editor.org/rfc/rfc6750#section-2.1', retries='the sender decides', secret='chosen'),
)
