"""The definition of okta, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Auth, Challenge, Events, Facts, Reply, Source, Vendor, Webhook

SOURCE = Source(
    name='okta',
    description='Okta event hooks',
    webhook=Webhook(
        auth=Auth(type=token, settings=token.Settings(header='Authorization')),
        challenges=(
            Challenge(
                when="header('x-okta-verification-challenge')",
                reply=Reply(json={'verification': "{header('x-okta-verification-challenge')}"}),
                method='GET',
            ),
        ),
        answer=Reply(status=204),
    ),
    events=Events(
        split='data.events',
        require=('uuid', 'eventType'),
        id='uuid',
        type='eventType',
        time='published',
    ),
    facts=Facts(
        summary='okta: {eventType} by {actor.alternateId || actor.displayName || actor.id}: {outcome.result}',
        severity="{severity || 'INFO'}",
        source_ip='{client.ipAddress}',
    ),
    vendor=Vendor(
        docs='https://developer.okta.com/docs/concepts/event-hooks/',
        deadline=3,
        retries='at most once, and never after a 4xx',
    ),
)
