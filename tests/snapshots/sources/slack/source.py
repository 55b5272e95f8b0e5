"""The definition of slack, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Events, Facts, Reply, Source, Vendor, Webhook
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
            Challenge(
                when="type == 'url_verification'",
                reply=Reply(json={'challenge': '{challenge}'}),
            ),
        ),
        refusal_headers={'X-Slack-No-Retry': '1'},
    ),
    events=Events(
        format=('json', 'form'),
        payload='payload',
        mask=('token', 'response_url', 'response_urls[].response_url'),
        require=('type || command',),
        id='event_id || trigger_id',
        type='event.type || type || command',
        time="event_time || header('x-slack-request-timestamp')",
        time_format='unix',
    ),
    facts=Facts(
        summary='slack: {event.type || type || command} by {event.user.profile.email || event.user.name || event.user.id || event.accepting_user.profile.email || event.user_id || event.channel.creator || user_name || user.username}: {event.channel.name || event.channel.id || event.email_domain || event.file_id || text || actions[0].action_id || team_id}',
        severity="{contains(['app_rate_limited', 'app_uninstalled', 'channel_shared', 'email_domain_changed', 'file_public', 'shared_channel_invite_accepted', 'shared_channel_invite_approved', 'tokens_revoked'], event.type || type) && 'WARNING' || 'INFO'}",
    ),
    vendor=Vendor(
        docs='https://docs.slack.dev/apis/events-api',
        deadline=3,
        retries='3 times, for events: at once, after 1 minute and after 5; not after a 2xx or X-Slack-No-Retry',
    ),
    transform=transform,
)
