"""The definition of zoom, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Events, Mozdef, Reply, Source, Webhook

SOURCE = Source(
    name='zoom',
    description='Zoom account, user, meeting and recording events',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=hmac.Signature(header='x-zm-signature', prefix='v0='),
                timestamp=hmac.Timestamp(header='x-zm-request-timestamp'),
                signed='v0:{timestamp}:{body}',
            ),
        ),
        challenges=(
            Challenge(
                when="event == 'endpoint.url_validation'",
                reply=Reply(
                    json={
                        'plainToken': '{payload.plainToken}',
                        'encryptedToken': '{hmac_hex(payload.plainToken)}',
                    },
                ),
                unauthenticated=True,
            ),
        ),
    ),
    events=Events(require=('event', 'payload'), type='event', time='event_ts', time_format='unix_ms'),
    mozdef=Mozdef(
        summary='zoom: {event} by {payload.operator || payload.object.email || payload.object.host_email || payload.object.participant.email || payload.object.participant.user_name || payload.object.host_id}',
    ),
)
