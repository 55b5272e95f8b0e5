"""The definition of twitch, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.signatures.signature_settings import MessageId, Signature, Timestamp

SOURCE = Source(
    name='twitch',
    description="The delivery's id is signed, the time is RFC 3339, and the handshake is answered in plain text",
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('Twitch-Eventsub-Message-Signature',), prefix='sha256='),
                timestamp=Timestamp(header='Twitch-Eventsub-Message-Timestamp', format='rfc3339', tolerance=600),
                id=MessageId(header='Twitch-Eventsub-Message-Id'),
                signed='{id}{timestamp}{body}',
            ),
        ),
        challenges=(
            Challenge(
                when="header('twitch-eventsub-message-type') == 'webhook_callback_verification'",
                reply=Reply(text='{challenge}'),
            ),
        ),
    ),
)
