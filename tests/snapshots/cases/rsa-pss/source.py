"""The definition of rsa-pss, as the generator validated it."""

from lambdas.auth import rsa
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='rsa-pss',
    description='An RSA signature with the padding PSS',
    webhook=Webhook(auth=Auth(type=rsa, settings=rsa.Settings(signature=Signature(header=('X-Signature',)), padding='pss'))),
)
