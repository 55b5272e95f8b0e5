"""The definition of clerk, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts, Mozdef
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import MessageId, Signature, Timestamp

SOURCE = Source(
    name='clerk',
    description='Clerk sign-ins, users, organizations, members, invitations and roles',
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
    events=Events(
        mask=(
            'data.secret', 'data.token', 'data.access_token', 'data.refresh_token', 'data.client_secret',
            'data.data.otp_code', 'data.data.action_url', 'data.data.magic_link', 'data.body', 'data.body_plain',
            'data.message', 'data.url',
        ),
        require=('type',),
        id="header('svix-id')",
        type='type',
        time='timestamp',
        time_format='unix_ms',
    ),
    facts=Facts(
        summary="clerk: {join(' ', [\n  type,\n  [data.user.email_addresses[0].email_address, data.email_addresses[0].email_address,\n    data.public_user_data.identifier, data.email_address, data.to_email_address, data.to_phone_number,\n    data.username, data.key, data.organization.name, data.name, data.user_id, data.id] | [?@] | [0]\n    | @ && join(' ', ['on', @]),\n  [data.role, data.role_name][?type(@) == 'string'] | [0] | @ && join(' ', ['as', @]),\n  [data.organization.name, data.public_organization_data.name, data.organization_id][?type(@) == 'string'] | [0]\n    | @ && join(' ', ['in', @]),\n  data.actor.sub && join(' ', ['impersonated by', data.actor.sub])\n][?@])}",
        severity=Choice(
            of="{join(' ', [type, data.role || '-', data.actor.sub && 'impersonated' || '-'])}",
            words={
                'WARNING': (
                    'session.created * impersonated', 'organizationMembership.created *admin*',
                    'organizationMembership.updated *admin*', 'organizationInvitation.* *admin*', 'role.*',
                    'permission.*', 'organization.deleted *',
                ),
                'NOTICE': (
                    'user.deleted *', 'session.removed *', 'session.revoked *', 'organizationMembership.*',
                    'organizationInvitation.*', 'organizationDomain.*', 'organization.created *',
                ),
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
        user="{data.[\n  actor.email, actor.username, actor.name, user.email, user.email_addresses[0].email_address, user.username,\n  user.name, from_user.email, actor, user\n][?@ && type(@) == 'string'] | [0]}",
        user_id="{data.[actor.id, user.id, user_id][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        source_ip='{data.latest_activity.ip_address || event_attributes.http_request.client_ip}',
        user_agent='{event_attributes.http_request.user_agent}',
        target_user="{data.[\n  email_addresses[0].email_address, public_user_data.identifier, email_address, to_email_address,\n  to_phone_number, to[0], email, member.email, username\n][?@ && type(@) == 'string'] | [0]}",
        target="{data.[\n  organization.name, public_organization_data.name, name, subject, endpointId, target.name, resource.name,\n  target, resource, user_id, !(email_addresses || email_address || email || to || actor || user) && id\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        role="{data.[role.name, role, permission.name, permission][?@ && type(@) == 'string'] | [0]}",
        organization="{(data.[\n  organization.name, public_organization_data.name, organization_id, appUid, appId\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]) || instance_id}",
        session="{data.[\n  session_id, object == 'session' && id, request_id, msgId, email_id\n][?@ && (type(@) == 'string' || type(@) == 'number')] | [0]}",
        extra={'status': '{data.status}', 'impersonator': '{data.actor.sub}'},
    ),
    mozdef=Mozdef(category='clerk', hostname='clerk_host', eventsource='clerk_api'),
    vendor=Vendor(
        docs='https://clerk.com/docs/guides/development/webhooks/overview',
        deadline=15,
        retries='7 times: after 5 seconds, 5 and 30 minutes, 2, 5, 10 and 10 hours; not after a 2xx',
        secret='issued',
    ),
)
