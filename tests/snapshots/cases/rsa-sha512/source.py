"""The definition of rsa-sha512, as the generator validated it."""

from lambdas.auth import rsa
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='rsa-sha512',
    description='An RSA signature with SHA-512, as Fireblocks signs',
    webhook=Webhook(
        auth=Auth(type=rsa, settings=rsa.Settings(signature=Signature(header=('X-Signature',)), algorithm='sha512')),
    ),
)
