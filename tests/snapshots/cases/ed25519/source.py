"""The definition of ed25519, as the generator validated it."""

from lambdas.auth import ed25519
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='ed25519',
    description='An Ed25519 signature of the body alone, as the vectors of RFC 8032 have it',
    webhook=Webhook(auth=Auth(type=ed25519, settings=ed25519.Settings(signature=Signature(header=('X-Signature-Ed25519',))))),
)
