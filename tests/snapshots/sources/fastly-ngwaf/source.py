"""The definition of fastly-ngwaf, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='fastly-ngwaf',
    description='Fastly Next-Gen WAF activity, such as flagged addresses and changes of integrations',
    webhook=Webhook(auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-SigSci-Signature',))))),
    events=Events(require=('type', 'payload',), type='type', time='created'),
    facts=Facts(
        summary="fastly-ngwaf: {join(' ', [type, payload.CreatedBy && join(' ', ['by', payload.CreatedBy])][?@])}: {join(', ', [payload.Name, payload.Description, payload.Slug || workspaceId][?@])}",
        severity=Choice(of='{type}', words={'WARNING': ('flag',)}),
        kind=Choice(of='{type}', words={'detection.create': ('flag',), 'other': ('*',)}),
        user='{payload.CreatedBy}',
        user_id='{payload.CreatedByID}',
        target='{payload.Name}',
        organization='{payload.CorpID}',
        url='{link}',
        extra={
            'site': '{payload.SiteID}',
            'workspace': '{workspaceId}',
            'scope': '{payload.Scope}',
            'resource': '{payload.ResourceID}',
        },
    ),
    vendor=Vendor(
        docs='https://www.fastly.com/documentation/guides/next-gen-waf/integrations/generic-webhooks/',
        secret='issued',
    ),
)
