"""The definition of snyk, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='snyk',
    description='Snyk scan results of open source and container projects',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature',), prefix='sha256='))),
    ),
    events=Events(
        require=('project.id || webhookId',),
        id="header('x-snyk-transport-id')",
        type="header('x-snyk-event')",
        time="header('x-snyk-timestamp')",
    ),
    facts=Facts(
        summary="snyk: {header('x-snyk-event')}: {project && join('', [\n  join(' in ', [project.name, org.name][?@]),\n  ': ', to_string(length(newIssues || `[]`)), ' new',\n  newIssues && join('', [' (', join(', ', newIssues[:3].join(' in ', [issueData.title, pkgName][?@])), ')']) || '',\n  ', ', to_string(length(removedIssues || `[]`)), ' fixed'])\n|| join(' ', ['webhook', webhookId])}",
        severity=Choice(
            of="{newIssues[?!isIgnored && issueData.severity == 'critical'] && 'CRITICAL' || newIssues[?!isIgnored && issueData.severity == 'high'] && 'ERROR' || newIssues[?!isIgnored && issueData.severity == 'medium'] && 'WARNING' || newIssues[?!isIgnored] && 'NOTICE' || 'INFO'}",
            words={},
        ),
        kind=Choice(
            of="{newIssues && 'new' || removedIssues && 'fixed' || 'neither'}",
            words={'detection.create': ('new',), 'detection.close': ('fixed',), 'other': ('neither',)},
        ),
        target='{project.name || webhookId}',
        organization='{org.name}',
        url='{project.browseUrl}',
        extra={
            'group': '{group.name}',
            'issues': "{newIssues && join(', ', newIssues[].id)}",
            'cve': "{newIssues && join(', ', newIssues[].issueData.identifiers.CVE[])}",
            'origin': '{project.origin}',
            'branch': '{project.branch}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.snyk.io/snyk-api/using-specific-snyk-apis/webhooks-apis',
        retries='none published',
        secret='chosen',
    ),
)
