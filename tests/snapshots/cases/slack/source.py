"""The definition of slack, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='slack',
    description='A signed time, and a verified handshake that is answered with its own field, as Slack does it',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-Slack-Signature',), prefix='v0='),
                timestamp=Timestamp(header='X-Slack-Request-Timestamp'),
                signed='v0:{timestamp}:{body}',
            ),
        ),
        challenges=(Challenge(when="type == 'url_verification'", reply=Reply(json={'challenge': '{challenge}'})),),
    ),
)
