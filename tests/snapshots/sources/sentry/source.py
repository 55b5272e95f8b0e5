"""The definition of sentry, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='sentry',
    description='Sentry issues, alerts, errors, comments and installations',
    webhook=Webhook(auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('Sentry-Hook-Signature',))))),
    events=Events(
        mask=('data.installation.code', 'data.installUrl', 'data.event.request.cookies', 'data.error.request.cookies',),
        require=('action', 'data',),
        type="join('.', [header('sentry-hook-resource'), action])",
    ),
    facts=Facts(
        summary="sentry: {header('sentry-hook-resource')}.{action} by {actor.name || 'Sentry'}: {join(' in ', [\n  join(': ', [data.triggered_rule, data.event.title][?@])\n  || join(' to ', [data.issue.title, action == 'assigned' && (data.issue.assignedTo || data.assignee).name][?@])\n  || data.error.title || data.description_title || data.metric_alert.alert_rule.name || data.comment\n  || data.installation.app.slug\n  || data.root_cause.description || data.solution.description\n  || data.changes && join(', ', data.changes[].title)\n  || data.pull_requests && join(', ', data.pull_requests[].pull_request.pr_url)\n  || data.appInfo && join(' ', data.appInfo.[name || appId, version, data][?@])\n  || data.group_id && join(' ', ['issue', to_string(data.group_id)]),\n  (data.issue.project || data.installation.organization).slug || data.project_slug || data.projectSlug\n  || data.metric_alert.projects && join(', ', data.metric_alert.projects)\n][?@])}",
        severity=Choice(
            of="{contains(['critical', 'warning'], action) && action || (data.event || data.error).level || contains(['created', 'unresolved'], action) && data.issue.level || data.installation && action == 'deleted' && 'WARNING' || (contains(['archived', 'ignored'], action) || data.installation || data.state == 'FAILED'\n    || data.comment && action == 'deleted') && 'NOTICE'\n|| 'INFO'}",
            words={},
        ),
        kind=Choice(
            of="{header('sentry-hook-resource')}.{action}",
            words={
                'detection.create': ('event_alert.*', 'metric_alert.critical', 'metric_alert.warning', 'error.created', 'issue.created',),
                'detection.close': ('metric_alert.resolved', 'issue.resolved', 'issue.archived', 'issue.ignored',),
                'detection.change': ('issue.*',),
                'configuration.create': ('installation.created',),
                'configuration.delete': ('installation.deleted',),
                'data.create': ('comment.created',),
                'data.change': ('comment.updated',),
                'data.delete': ('comment.deleted',),
                'other': ('*',),
            },
        ),
        outcome=Choice(of='{data.state}', words={'success': ('COMPLETED',), 'failure': ('FAILED',)}),
        reason='{data.errorMessage || data.errorCode || data.issue.substatus}',
        user="{actor.type == 'user' && actor.name || (data.event || data.error).user.email || (data.event || data.error).user.username || ''}",
        user_id="{actor.type == 'user' && actor.id || (data.event || data.error).user.id || ''}",
        source_ip='{(data.event || data.error).user.ip_address}',
        user_agent="{(data.event || data.error).request.headers[?[0] == 'User-Agent'] | [0][1]}",
        target_user="{action == 'assigned' && (data.issue.assignedTo.email || data.issue.assignedTo.name) || ''}",
        target="{data.issue.title || (data.event || data.error).title || data.metric_alert.alert_rule.name || data.installation.app.slug || data.appInfo.name || ''}",
        organization='{data.installation.organization.slug || data.organizationSlug}',
        session='{(data.event || data.error).contexts.trace.trace_id}',
        url='{data.event.web_url || data.error.web_url || data.issue.web_url || data.web_url}',
        extra={
            'project': '{data.issue.project.slug || data.project_slug || data.projectSlug || data.metric_alert.projects[0]}',
            'rule': '{data.triggered_rule || data.metric_alert.alert_rule.name}',
            'short_id': '{data.issue.shortId}',
            'issue_id': '{data.issue.id || data.issue_id || data.group_id || (data.event || data.error).issue_id}',
            'logger': '{(data.event || data.error || data.issue).logger}',
            'environment': '{(data.event || data.error).environment || data.metric_alert.alert_rule.environment}',
            'request': '{(data.event || data.error).request.url}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.sentry.io/organization/integrations/integration-platform/webhooks/',
        deadline=1,
        retries='none for an internal integration; a published one 3 times, 5 minutes apart, after 5xx or no answer, never after a 4xx',
        secret='issued',
    ),
)
