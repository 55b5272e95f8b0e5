"""The definition of hubspot, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature, Timestamp, Url

SOURCE = Source(
    name='hubspot',
    description='HubSpot changes of contacts, companies, deals and other records',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-HubSpot-Signature-v3',), encoding='base64'),
                timestamp=Timestamp(header='X-HubSpot-Request-Timestamp', format='unix_ms'),
                signed='{method}{url}{body}{timestamp}',
                url=Url(variants=('unquoted',)),
            ),
        ),
    ),
    events=Events(
        split='@',
        require=('portalId', 'occurredAt',),
        id="join('/', [portalId, subscriptionType, objectId || fromObjectId || primaryObjectId, eventId,\n  occurredAt][?@].to_string(@))",
        type='subscriptionType',
        time='occurredAt',
        time_format='unix_ms',
    ),
    facts=Facts(
        summary="hubspot: {join(' ', [subscriptionType, 'of', objectTypeId && join(' ', ['type', objectTypeId]),\n  join(': ', [\n    to_string(objectId || fromObjectId || primaryObjectId || '-'),\n    [propertyName, toObjectId && join(' ', [associationRemoved && 'no more with' || 'with', to_string(toObjectId)]),\n      mergedObjectIds && join(' ', ['takes in', join(', ', mergedObjectIds[].to_string(@))])][?@] | [0]\n  ][?@]),\n  join('', ['(', join(', ', [changeSource, sourceId][?@ && type(@) == 'string']), ')'])][?@])}",
        severity=Choice(
            of="{subscriptionType} {(isSensitive || propertyValue == 'REDACTED') && 'sensitive' || '-'}",
            words={
                'WARNING': ('*.privacyDeletion *',),
                'NOTICE': ('*.deletion *', '*.merge *', '*.propertyChange sensitive',),
                'INFO': ('*',),
            },
        ),
        kind=Choice(
            of='{subscriptionType}',
            words={
                'data.create': ('*.creation', '*.newMessage',),
                'data.delete': ('*.deletion', '*.privacyDeletion',),
                'data.change': ('*',),
            },
        ),
        user_id="{starts_with(sourceId || '', 'userId:') && remove_prefix(sourceId, 'userId:') || ''}",
        target="{to_string(objectId || fromObjectId || primaryObjectId || '')}",
        organization='{portalId}',
        extra={'source': '{changeSource}', 'property': '{propertyName}', 'object_type': '{objectTypeId}', 'app': '{appId}'},
    ),
    vendor=Vendor(
        docs='https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide',
        deadline=5,
        retries='10 times within 24 hours, after any 4xx or 5xx, no answer or a timeout',
        secret='issued',
    ),
)
