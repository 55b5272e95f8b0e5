"""The definition of hubspot, as the generator validated it."""

from lambdas.auth import any_of, digest, hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature, Timestamp, Url

SOURCE = Source(
    name='hubspot',
    description='Two versions of a scheme, an HMAC and the plain hash before it, as HubSpot signs',
    webhook=Webhook(
        auth=Auth(
            type=any_of,
            settings=any_of.Settings(
                of=(
                    Auth(
                        type=hmac,
                        settings=hmac.Settings(
                            signature=Signature(header=('X-HubSpot-Signature-v3',), encoding='base64'),
                            timestamp=Timestamp(header='X-HubSpot-Request-Timestamp', format='unix_ms'),
                            signed='{method}{url}{body}{timestamp}',
                            url=Url(variants=('unquoted',)),
                        ),
                    ),
                    Auth(
                        type=digest,
                        settings=digest.Settings(
                            signature=Signature(header=('X-HubSpot-Signature',)),
                            signed='{secret}{method}{url}{body}',
                            require={'X-HubSpot-Signature-Version': 'v2'},
                        ),
                    ),
                ),
            ),
        ),
    ),
)
