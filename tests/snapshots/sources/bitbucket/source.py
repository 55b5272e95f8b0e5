"""The definition of bitbucket, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Events, Facts, Reply, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='bitbucket',
    description='Bitbucket Cloud and Data Center repository and pull request events',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature',), prefix='sha256=')),
        ),
        challenges=(
            Challenge(
                when="header('x-event-key') == 'diagnostics:ping'",
                reply=Reply(),
                unauthenticated=True,
            ),
        ),
    ),
    events=Events(
        require=("header('x-event-key')",),
        id="header('x-request-uuid') || header('x-request-id')",
        type="header('x-event-key')",
    ),
    facts=Facts(
        summary="bitbucket: {header('x-event-key')} by {actor.nickname || actor.display_name || actor.emailAddress || actor.name}: {push.changes[0].new.name || push.changes[0].old.name || pullrequest.title || fork.full_name || changes.name.new || changes[0].refId || secretLocations[0].ruleName} in {repository.full_name || repository.slug || secretLocations[0].repository.slug}",
        severity="{header('x-event-key') == 'repo:secret_detected' && 'ERROR' || contains(['repo:deleted', 'repo:fork', 'repo:forked', 'repo:transfer'], header('x-event-key')) && 'WARNING' || push.changes[?forced || closed] && 'WARNING' || 'INFO'}",
        extra={'event_key': "{header('x-event-key')}"},
    ),
    vendor=Vendor(
        docs='https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/',
        deadline=10,
        retries='Cloud: 2 times after a 5xx, at once; not after a 4xx',
    ),
)
