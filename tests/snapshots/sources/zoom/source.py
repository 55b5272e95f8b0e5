"""The definition of zoom, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Events, Facts, Mozdef, Reply, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='zoom',
    description='Zoom account, user, meeting and recording events',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('x-zm-signature',), prefix='v0='),
                timestamp=Timestamp(header='x-zm-request-timestamp'),
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
    events=Events(
        mask=(
            'download_token',
            'payload.download_token',
            'payload.object.password',
            'payload.object.recording_play_passcode',
        ),
        require=('event', 'payload'),
        type='event',
        time='event_ts',
        time_format='unix_ms',
    ),
    facts=Facts(
        summary='zoom: {event} by {payload.operator || payload.object.email || payload.object.host_email || payload.object.participant.email || payload.object.participant.user_name || payload.object.host_id}',
    ),
    mozdef=Mozdef(whole=True),
    vendor=Vendor(
        docs='https://developers.zoom.us/docs/api/webhooks/',
        deadline=3,
        retries='3 times: after 5, 25 and 85 minutes; after anything but 200 or 204',
    ),
)
