"""The definition of ecdsa-p384, as the generator validated it."""

from lambdas.auth import ecdsa
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='ecdsa-p384',
    description='An ECDSA signature with a key of P-384, in DER or as r and s',
    webhook=Webhook(
        auth=Auth(type=ecdsa, settings=ecdsa.Settings(signature=Signature(header=('X-Signature',)), algorithm='sha384')),
    ),
)
