"""The definition of discord, as the generator validated it."""

from lambdas.auth import ed25519
from lambdas.model import Auth, Challenge, Events, Facts, Reply, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='discord',
    description='Discord webhook events of an app (authorizations, entitlements, messages)',
    webhook=Webhook(
        auth=Auth(
            type=ed25519,
            settings=ed25519.Settings(
                signature=Signature(header=('X-Signature-Ed25519',)),
                timestamp=Timestamp(header='X-Signature-Timestamp', tolerance=900, future=300),
                signed='{timestamp}{body}',
            ),
        ),
        challenges=(
            Challenge(
                when='type == `0`',
                reply=Reply(status=204, headers={'Content-Type': 'application/json'}),
            ),
            Challenge(when='type == `1` && !event', reply=Reply(json={'type': 1})),
        ),
        answer=Reply(status=204),
    ),
    events=Events(
        require=('event.type', 'event.timestamp'),
        type='event.type',
        time="(contains(event.timestamp, '+') || ends_with(event.timestamp, 'Z')) && event.timestamp || join('', [event.timestamp, 'Z'])",
    ),
    facts=Facts(
        summary="discord: {event.type} by {event.data.user.username || event.data.author.username || event.data.user_id}: {event.data.guild.name || event.data.lobby_id || event.data.channel_id || event.data.sku_id || 'own account'}",
        severity="{starts_with(event.type, 'APPLICATION_') && 'NOTICE' || 'INFO'}",
    ),
    vendor=Vendor(
        docs='https://docs.discord.com/developers/events/webhook-events',
        deadline=3,
        retries='several times, with growing pauses, for up to 10 minutes',
    ),
)
