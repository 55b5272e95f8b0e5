"""The definition of cloudinary, as the generator validated it."""

from lambdas.auth import digest
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='cloudinary',
    description='A plain SHA-1 with the secret at its end, as Cloudinary makes it',
    webhook=Webhook(
        auth=Auth(
            type=digest,
            settings=digest.Settings(
                signature=Signature(header=('X-Cld-Signature',)),
                timestamp=Timestamp(header='X-Cld-Timestamp', tolerance=7200, future=300),
                signed='{body}{timestamp}{secret}',
                algorithm='sha1',
            ),
        ),
    ),
)
