"""The definition of pagerduty, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='pagerduty',
    description='PagerDuty incidents and services, through v3 webhooks',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-PagerDuty-Signature',), prefix='v1=', split=','),
            ),
        ),
    ),
    events=Events(
        mask=(
            'event.data.conference_bridge.conference_number',
            'event.data.conference_bridge.conference_url',
        ),
        split='[event]',
        require=('id', 'event_type', 'occurred_at', 'data'),
        id='id',
        type='event_type',
        time='occurred_at',
    ),
    facts=Facts(
        summary="pagerduty: {event_type} by {agent.summary || client.name || agent.id || 'PagerDuty'}: {data.title || data.incident.summary || data.summary || data.message} ({data.status || data.state || data.type})",
        severity="{data.urgency == 'high' && contains(['incident.triggered', 'incident.escalated', 'incident.reopened'], event_type) && 'ERROR' || event_type == 'service.deleted' && 'WARNING' || 'INFO'}",
    ),
    vendor=Vendor(
        docs='https://support.pagerduty.com/main/docs/webhooks',
        deadline=5,
        retries='for 48 hours after 5xx, 429 or no answer; any other 4xx loses the event, three in a row turn the webhook off for a day',
    ),
)
