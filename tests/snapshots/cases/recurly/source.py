"""The definition of recurly, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='recurly',
    description='A list without prefixes in a header, the time first and then signatures, as Recurly sends it',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('recurly-signature',), split=',', part=2),
                timestamp=Timestamp(header='recurly-signature', split=',', part=1, format='unix_ms'),
                signed='{timestamp}.{body}',
            ),
        ),
    ),
)
