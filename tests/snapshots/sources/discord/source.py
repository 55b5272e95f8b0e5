"""The definition of discord, as the generator validated it."""

from lambdas.auth import ed25519
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
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
            Challenge(when='type == `0`', reply=Reply(status=204, headers={'Content-Type': 'application/json'})),
            Challenge(when='type == `1` && !event', reply=Reply(json={'type': 1})),
        ),
        answer=Reply(status=204),
    ),
    events=Events(
        require=('event.type', 'event.timestamp',),
        type='event.type',
        time="(contains(event.timestamp, '+') || ends_with(event.timestamp, 'Z')) && event.timestamp || join('', [event.timestamp, 'Z'])",
    ),
    facts=Facts(
        summary="discord: {join(': ', [\n  join(' ', [\n    event.type,\n    [event.data.user.username, event.data.author.username, event.data.user_id][?@] | [:1].join(' ', ['by', @]) | [0]\n  ][?@]),\n  join(' ', [\n    [event.data.guild.name][?@].join(' ', ['server', @]) | [0],\n    event.type == 'APPLICATION_AUTHORIZED' && !(event.data.guild) && 'own account',\n    [event.data.scopes][?@].join(' ', ['with', join(' ', @)]) | [0],\n    [event.data.sku_id][?@].join(' ', ['SKU', @]) | [0],\n    [event.data.lobby_id][?@].join(' ', ['lobby', @]) | [0],\n    [!(event.data.lobby_id) && event.data.channel_id][?@].join(' ', ['channel', @]) | [0]\n  ][?@])\n][?@])}",
        severity=Choice(of="{starts_with(event.type, 'APPLICATION_') && 'NOTICE' || 'INFO'}", words={}),
        kind=Choice(
            of='{event.type}',
            words={
                'permission.grant': ('APPLICATION_AUTHORIZED', 'ENTITLEMENT_CREATE',),
                'permission.revoke': ('APPLICATION_DEAUTHORIZED', 'ENTITLEMENT_DELETE',),
                'permission.change': ('ENTITLEMENT_UPDATE',),
                'data.create': ('*_MESSAGE_CREATE',),
                'data.change': ('*_MESSAGE_UPDATE',),
                'data.delete': ('*_MESSAGE_DELETE',),
                'other': ('*',),
            },
        ),
        user='{event.data.user.username || event.data.author.username}',
        user_id='{event.data.user.id || event.data.author.id || event.data.user_id}',
        target='{event.data.guild.name || event.data.sku_id || event.data.lobby_id || event.data.channel_id}',
        role="{join(' ', event.data.scopes)}",
        organization='{event.data.guild.name}',
        extra={
            'application': '{application_id}',
            'server': '{event.data.guild.id}',
            'subject': '{event.data.id}',
            'channel': '{event.data.channel_id}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.discord.com/developers/events/webhook-events',
        deadline=3,
        retries='several times, with growing pauses, for up to 10 minutes',
    ),
)
