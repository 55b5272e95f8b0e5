"""The definition of snyk, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='snyk',
    description='Snyk scan results of open source and container projects',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature',), prefix='sha256=')),
        ),
    ),
    events=Events(
        require=('project.id || webhookId',),
        id="header('x-snyk-transport-id')",
        type="header('x-snyk-event')",
        time="header('x-snyk-timestamp')",
    ),
    facts=Facts(
        summary="snyk: {header('x-snyk-event')} by {org.name || 'Snyk'}: {project.name || webhookId}, {length(newIssues || `[]`)} new, {length(removedIssues || `[]`)} fixed",
        severity="{newIssues[?issueData.severity == 'critical'] && 'CRITICAL' || newIssues[?issueData.severity == 'high'] && 'ERROR' || newIssues && 'WARNING' || 'INFO'}",
    ),
    vendor=Vendor(
        docs='https://docs.snyk.io/snyk-api/using-specific-snyk-apis/webhooks-apis',
        retries='none published',
    ),
)
