"""The definition of parameters, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Confirm, Reply, Source, Webhook
from lambdas.model_events import Events
from lambdas.runtime.parameters import read_parameters
from lambdas.signatures.signature_settings import Signature, Url

PARAMETERS = read_parameters({'PublicHost': '[a-z0-9-]+(\\.[a-z0-9-]+)+', 'Tenant': '[a-z0-9]{3,12}'})
SOURCE = Source(
    name='parameters',
    description='A vendor whose URLs and headers differ between deployments',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('x-acme-signature',)),
                signed='{url}{body}',
                url=Url(base='https://' + PARAMETERS['PublicHost'] + '/' + PARAMETERS['Tenant'] + '/events'),
                require={'x-acme-tenant': PARAMETERS['Tenant']},
            ),
        ),
        challenges=(
            Challenge(
                when="type == 'confirm'",
                reply=Reply(),
                confirm=Confirm(url='link', hosts=(PARAMETERS['Tenant'] + '.acme.example.com', 'api.acme.example.com',)),
            ),
        ),
    ),
    events=Events(id='id', type='type'),
)
