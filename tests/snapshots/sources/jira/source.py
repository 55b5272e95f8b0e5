"""The definition of jira, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='jira',
    description='Jira Cloud user, project and issue events',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature',), prefix='sha256=')),
        ),
    ),
    events=Events(
        require=('webhookEvent', 'timestamp'),
        id="header('x-atlassian-webhook-identifier')",
        type='webhookEvent',
        time='timestamp',
        time_format='unix_ms',
    ),
    facts=Facts(
        summary="jira: {webhookEvent} by {(issue && user || comment.updateAuthor || comment.author).displayName}: {join(' ', [issue.key || project.key || user.displayName, join(', ', changelog.items[].field || `[]`)][?type(@) == 'string' && @])}",
        severity="{contains(['project_deleted', 'project_soft_deleted'], webhookEvent) && 'WARNING' || changelog.items[?field == 'security'] && 'WARNING' || 'INFO'}",
    ),
    vendor=Vendor(
        docs='https://developer.atlassian.com/cloud/jira/platform/webhooks/',
        retries='5 times, 5 to 15 minutes apart, after 408, 409, 425, 429, 5xx or a timeout; not after another 4xx',
    ),
)
