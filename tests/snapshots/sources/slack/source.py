"""The definition of slack, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature, Timestamp
from lambdas.transform import transform

SOURCE = Source(
    name='slack',
    description='Slack Events API, slash commands and interactive payloads',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('x-slack-signature',), prefix='v0='),
                timestamp=Timestamp(header='x-slack-request-timestamp'),
                signed='v0:{timestamp}:{body}',
            ),
        ),
        challenges=(
            Challenge(when="type == 'url_verification'", reply=Reply(json={'challenge': '{challenge}'})),
            Challenge(
                when="ssl_check == '1' && starts_with(header('content-type') || '-', 'application/x-www-form-urlencoded') && keys(@)[?@ != 'ssl_check' && @ != 'token'] == `[]`",
                reply=Reply(),
                unauthenticated=True,
            ),
        ),
        refusal_headers={'X-Slack-No-Retry': '1'},
    ),
    events=Events(
        format=('json', 'form',),
        payload='payload',
        mask=(
            'token', 'event.token', 'response_url', 'response_urls[].response_url', 'bot_access_token',
            'event.bot_access_token', 'event.files[].permalink_public', 'event.message.files[].permalink_public',
            'event.previous_message.files[].permalink_public', 'message.files[].permalink_public',
        ),
        require=('type || command',),
        id='event_id || trigger_id',
        type='event.type || type || command',
        time="event_time || header('x-slack-request-timestamp')",
        time_format='unix',
    ),
    facts=Facts(
        summary="slack: {join(': ', [\n  join(' ', [\n    join('.', [event.type || type || command, event.subtype][?@]),\n    [names.actor][?@].join(' ', ['by', @]) | [0]\n  ][?@]),\n  join(' ', [\n    names.person,\n    event.user.deleted && 'deactivated',\n    event.user.is_primary_owner && 'primary owner' || event.user.is_owner && 'owner'\n      || event.user.is_admin && 'administrator' || event.user.is_ultra_restricted && 'single-channel guest'\n      || event.user.is_restricted && 'guest',\n    event.invite_request.invite_type,\n    names.thing,\n    event.connected_team_id || event.previously_connected_team_id,\n    command && text\n  ][?@ && type(@) == 'string'])\n][?@])}",
        severity=Choice(
            of="{contains(['team_join', 'user_change'], event.type)\n    && (event.user.is_admin || event.user.is_owner || event.user.is_primary_owner) && 'WARNING'\n  || event.type == 'user_change' && event.user.deleted && 'NOTICE'\n  || contains(['channel_posting_permissions', 'ekm_access_denied'], event.subtype) && event.subtype\n  || event.type || type}",
            words={
                'WARNING': (
                    'app_deleted', 'app_installed', 'app_rate_limited', 'app_uninstalled', 'app_uninstalled_team',
                    'channel_shared', 'ekm_access_denied', 'email_domain_changed', 'file_public', 'scope_granted',
                    'shared_channel_invite_accepted', 'shared_channel_invite_approved', 'team_access_revoked',
                    'team_domain_change', 'tokens_revoked', 'user_resource_granted',
                ),
                'NOTICE': (
                    'app_requested', 'channel_deleted', 'channel_posting_permissions', 'channel_unshared',
                    'grid_migration_finished', 'grid_migration_started', 'group_deleted', 'invite_requested',
                    'shared_channel_invite_received', 'shared_channel_invite_requested', 'subteam_members_changed',
                    'subteam_updated', 'team_access_granted', 'team_rename',
                ),
            },
        ),
        kind=Choice(
            of="{join('.', [event.type || type || 'command', event.subtype][?@])} {event.user.deleted && 'deactivated' || 'active'}",
            words={
                'account.create': ('team_join *',),
                'account.disable': ('user_change deactivated',),
                'account.change': ('user_change *', 'user_huddle_changed *', 'user_profile_changed *', 'user_status_changed *',),
                'permission.grant': (
                    'app_installed *', 'channel_shared *', 'file_public *', 'file_shared *', 'member_joined_channel *',
                    'resources_added *', 'scope_granted *', 'shared_channel_invite_accepted *',
                    'shared_channel_invite_approved *', 'subteam_self_added *', 'team_access_granted *',
                    'user_resource_granted *',
                ),
                'permission.revoke': (
                    'app_deleted *', 'app_uninstalled*', 'channel_left *', 'channel_unshared *', 'file_unshared *',
                    'group_left *', 'member_left_channel *', 'resources_removed *', 'scope_denied *',
                    'shared_channel_invite_declined *', 'subteam_self_removed *', 'team_access_revoked *',
                    'tokens_revoked *', 'user_resource_*',
                ),
                'permission.change': (
                    'app_requested *', 'invite_requested *', 'shared_channel_invite_*', 'subteam_members_changed *',
                    'subteam_updated *',
                ),
                'configuration.create': ('channel_created *', 'subteam_created *', 'workflow_published *',),
                'configuration.delete': ('channel_deleted *', 'group_deleted *', 'workflow_deleted *', 'workflow_unpublished *',),
                'configuration.change': (
                    'channel_*', 'message.channel_posting_permissions *', 'email_domain_changed *', 'emoji_changed*',
                    'grid_migration_*', 'group_*', 'team_*',
                ),
                'data.change': ('file_change *', 'message.message_changed *',),
                'data.delete': ('file_deleted *', 'message.message_deleted *', 'pin_removed *', 'reaction_removed *', 'star_removed *'),
                'data.create': (
                    'app_mention*', 'file_created *', 'link_shared *', 'message*', 'pin_added *', 'reaction_added *',
                    'star_added *',
                ),
                'other': ('*',),
            },
        ),
        user='{names.actor}',
        user_id='{names.actor_id}',
        target_user='{names.person}',
        target='{names.thing}',
        role="{event.user.is_primary_owner && 'primary owner' || event.user.is_owner && 'owner'\n  || event.user.is_admin && 'administrator' || event.user.is_ultra_restricted && 'single-channel guest'\n  || event.user.is_restricted && 'guest' || event.invite_request.invite_type}",
        organization='{team.domain || team_domain || event.team_domain || team_id || team.id}',
        extra={
            'app': '{api_app_id}',
            'channel': '{event.channel.id || event.channel || event.channel_id || channel.id || channel_id}',
            'inviter': '{event.inviter}',
            'connected_team': '{event.connected_team_id || event.previously_connected_team_id}',
            'subtype': '{event.subtype}',
            'second_factor': '{event.user.has_2fa}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.slack.dev/apis/events-api',
        deadline=3,
        retries='3 times, for events: at once, after 1 minute and after 5; not after a 2xx or X-Slack-No-Retry',
        secret='issued',
    ),
    transform=transform,
)
