"""The definition of asana, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='asana',
    description='Asana webhook events of a project, a team or a workspace',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Hook-Signature',)))),
        challenges=(
            Challenge(
                when="header('x-hook-secret')",
                reply=Reply(headers={'X-Hook-Secret': "{header('x-hook-secret')}"}),
                unauthenticated=True,
                store_secret="header('x-hook-secret')",
            ),
        ),
    ),
    events=Events(split='events', require=('action', 'resource.gid',), type='action', time='created_at'),
    facts=Facts(
        summary="asana: {resource.resource_type} {action} by {user && join(' ', ['user', user.gid]) || 'asana'}: {join(', ', [resource.gid, change.field && join(' ', ['field', change.field]),\n  parent && join(' ', [action == 'removed' && 'from' || 'in', parent.resource_type, parent.gid])][?@])}",
        severity=Choice(
            of="{(contains(['default_access_level', 'privacy_setting', 'public'], change.field)\n    || action == 'deleted' && contains(['portfolio', 'project', 'team', 'workspace'], resource.resource_type))\n  && 'WARNING'\n|| (contains(['deleted', 'removed'], action) || ends_with(resource.resource_type, 'membership')\n    || change.field == 'members') && 'NOTICE'\n|| 'INFO'}",
            words={},
        ),
        action='{resource.resource_type}.{action}',
        kind=Choice(
            of="{resource.resource_type}.{action}.{change.field || '-'}",
            words={
                'permission.grant': ('*membership.added.*',),
                'permission.revoke': ('*membership.removed.*', '*membership.deleted.*',),
                'permission.change': ('*membership.*', '*.changed.members', '*.changed.default_access_level',),
                'configuration.change': ('*.changed.privacy_setting', '*.changed.public', '*.changed.custom_field_settings',),
                'data.create': ('*.added.*', '*.undeleted.*',),
                'data.delete': ('*.removed.*', '*.deleted.*',),
                'data.change': ('*.changed.*',),
            },
        ),
        user='{user.gid}',
        user_id='{user.gid}',
        target_user="{change.[added_value, removed_value][?resource_type == 'user'].gid | [0]}",
        target='{resource.resource_type} {resource.gid}',
        extra={
            'field': '{change.field}',
            'parent': '{parent.resource_type} {parent.gid}',
            'value': "{(change.new_value || change.added_value || change.removed_value).[resource_type, gid] | join(' ', @)}",
        },
    ),
    vendor=Vendor(
        docs='https://developers.asana.com/docs/webhooks-guide',
        deadline=10,
        retries='for up to 24 hours, then Asana deletes the webhook; 410 deletes it at once',
    ),
)
