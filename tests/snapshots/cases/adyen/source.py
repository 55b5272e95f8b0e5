"""The definition of adyen, as the generator validated it."""

from lambdas.auth import all_of, basic, body_hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_events import Events
from lambdas.signatures.body_settings import BodySignature
from lambdas.signatures.keys import KeyEncoding

SOURCE = Source(
    name='adyen',
    description='A signature in every item of the body, and HTTP Basic beside it, as Adyen does it',
    webhook=Webhook(
        auth=Auth(
            type=all_of,
            settings=all_of.Settings(
                of=(
                    Auth(type=basic, settings=basic.Settings(secret='basic')),
                    Auth(
                        type=body_hmac,
                        settings=body_hmac.Settings(
                            signature=BodySignature(path='additionalData.hmacSignature', encoding='base64'),
                            signed='{pspReference}:{originalReference}:{merchantAccountCode}:{merchantReference}:{amount.value}:{amount.currency}:{eventCode}:{success}',
                            uncovered='eventDate, reason and additionalData',
                            each='notificationItems[].NotificationRequestItem',
                            key=KeyEncoding(encoding='hex'),
                        ),
                    ),
                ),
            ),
        ),
    ),
    events=Events(split='notificationItems[].NotificationRequestItem'),
)
