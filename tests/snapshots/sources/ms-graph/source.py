"""The definition of ms-graph, as the generator validated it."""

from lambdas.auth import body_token
from lambdas.model import Auth, Challenge, Events, Facts, Reply, Source, Vendor, Webhook

SOURCE = Source(
    name='ms-graph',
    description='Microsoft Graph change notifications (basic) and lifecycle notifications',
    webhook=Webhook(
        auth=Auth(type=body_token, settings=body_token.Settings(field='clientState', each='value')),
        challenges=(
            Challenge(
                when="query('validationToken')",
                reply=Reply(text="{query('validationToken')}"),
                unauthenticated=True,
            ),
        ),
        answer=Reply(status=202),
    ),
    events=Events(
        split='value',
        require=('subscriptionId', 'tenantId'),
        id='id',
        type='changeType || lifecycleEvent',
    ),
    facts=Facts(
        summary='ms-graph: {changeType || lifecycleEvent} in tenant {tenantId}: {resource || subscriptionId}',
        severity="{contains(['missed', 'subscriptionRemoved'], lifecycleEvent) && 'WARNING' || (lifecycleEvent || changeType == 'deleted') && 'NOTICE' || 'INFO'}",
    ),
    vendor=Vendor(
        docs='https://learn.microsoft.com/graph/change-notifications-delivery-webhooks',
        deadline=3,
        retries='for up to 4 hours, with growing pauses, after anything but a 2xx',
    ),
)
