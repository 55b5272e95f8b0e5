"""The definition of pagerduty, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='pagerduty',
    description='Several signatures while a secret is rotated, as PagerDuty signs',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-PagerDuty-Signature',), prefix='v1=', split=',')),
        ),
    ),
)
