"""The definition of surveymonkey, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.runtime.parameters import read_parameters
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import Signature

PARAMETERS = read_parameters({'ClientId': '[A-Za-z0-9_.-]{1,64}'})
SOURCE = Source(
    name='surveymonkey',
    description="A key made of the client's id and a secret, as SurveyMonkey makes it",
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('Sm-Signature',), encoding='base64'),
                algorithm='sha1',
                key=KeyEncoding(text=PARAMETERS['ClientId'] + '&{secret}'),
            ),
        ),
    ),
)
