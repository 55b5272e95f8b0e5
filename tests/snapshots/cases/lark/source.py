"""The definition of lark, as the generator validated it."""

from lambdas.auth import digest
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='lark',
    description='A plain hash with the secret in the midst of the text, as Lark makes it',
    webhook=Webhook(
        auth=Auth(
            type=digest,
            settings=digest.Settings(
                signature=Signature(header=('X-Lark-Signature',)),
                timestamp=Timestamp(header='X-Lark-Request-Timestamp'),
                signed="{timestamp}{header('X-Lark-Request-Nonce')}{secret}{body}",
            ),
        ),
    ),
)
