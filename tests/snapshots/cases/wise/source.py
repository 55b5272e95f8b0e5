"""The definition of wise, as the generator validated it."""

from lambdas.auth import rsa
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='wise',
    description='An RSA signature of the body, PKCS#1 v1.5 with SHA-256, as Wise and bunq sign',
    webhook=Webhook(
        auth=Auth(type=rsa, settings=rsa.Settings(signature=Signature(header=('X-Signature-SHA256',), encoding='base64'))),
    ),
)
