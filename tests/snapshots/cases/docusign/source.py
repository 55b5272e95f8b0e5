"""The definition of docusign, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='docusign',
    description='A family of headers, one for each key, as DocuSign signs',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-DocuSign-Signature-*',), encoding='base64')),
        ),
    ),
)
