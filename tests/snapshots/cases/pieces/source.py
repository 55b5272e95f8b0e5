"""The definition of pieces, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import BodyHash, Signature

SOURCE = Source(
    name='pieces',
    description='Every piece of a request that no vendor above signs',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-Signature', 'X-Signature-Next',), encoding='base64url'),
                signed="{method} {header('x-key-id')} {query('account')} {header('x-digest')} {body_sha256} {body_sha256_base64} {body_crc32}",
                body_hash=BodyHash(header='X-Digest'),
                key=KeyEncoding(encoding='hex'),
            ),
        ),
    ),
)
