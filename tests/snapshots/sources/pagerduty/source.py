"""The definition of pagerduty, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='pagerduty',
    description='PagerDuty incidents and services, through v3 webhooks',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-PagerDuty-Signature',), prefix='v1=', split=',')),
        ),
    ),
    events=Events(
        mask=(
            'event.data.conference_bridge.conference_number', 'event.data.conference_bridge.conference_numbers',
            'event.data.conference_bridge.conference_url', 'event.data.conference_number',
            'event.data.conference_numbers', 'event.data.conference_url', 'event.data.incident.conference_bridge',
            'event.data.incident.conference_numbers', 'event.data.incident.conference_url',
        ),
        split='[event]',
        require=('id', 'event_type', 'occurred_at', 'data',),
        id='id',
        type='event_type',
        time='occurred_at',
    ),
    facts=Facts(
        summary="pagerduty: {[event_type, (agent.summary || client.name || agent.id)\n  && join(' ', ['by', agent.summary || client.name || agent.id])][?@] | join(' ', @)}:\n{[data.title || data.incident.summary || data.summary || data.incident_role_assignments[0].incident.summary\n  || data.service.summary || data.incident.id || data.incident_role_assignments[0].incident.id || data.service.id,\n(contains(['incident.delegated', 'incident.escalated', 'incident.reassigned', 'incident.triggered',\n  'incident.responder.added', 'incident.responder.replied', 'incident.role.assigned', 'incident.task.created'],\n  event_type) && (data.user || data.assignees[0] || data.incident_role_assignments[0].assignee\n  || data.escalation_policy).summary\n|| event_type == 'incident.priority_updated' && data.priority.summary || event_type == 'incident.service_updated' && data.service.summary || event_type == 'incident.incident_type.changed' && data.incident_type.name) | @ && join(' ', ['to', @]), data.changed_custom_fields[].name | @ && join(', ', @), data.incident_role_assignments[0].role.summary || data.action.summary || data.incident_workflow.summary, data.content || data.message, data.state || data.status || data.incident_role_assignments[0].status][?@] | join(', ', @)}",
        severity=Choice(
            of="{contains(['incident.triggered', 'incident.escalated', 'incident.reopened', 'incident.unacknowledged'], event_type)\n  && (data.urgency == 'high' && 'ERROR' || 'NOTICE')\n|| event_type == 'service.deleted' && 'WARNING' || contains(['service.updated', 'incident.priority_updated', 'incident.action_invocation.created'], event_type)\n  && 'NOTICE' || 'INFO'}",
            words={},
        ),
        kind=Choice(
            of='{event_type}',
            words={
                'detection.create': ('incident.triggered', 'incident.reopened',),
                'detection.close': ('incident.resolved',),
                'detection.change': ('incident.*',),
                'configuration.create': ('service.created',),
                'configuration.delete': ('service.deleted',),
                'configuration.change': ('service.*',),
                'other': ('pagey.ping',),
            },
        ),
        reason='{data.content || data.message}',
        user="{[agent][?type == 'user_reference'].summary | [0]}",
        user_id="{[agent][?type == 'user_reference'].id | [0]}",
        target_user='{data.user.summary || data.incident_role_assignments[0].assignee.summary || data.assignees[0].summary}',
        target='{data.title || data.incident.summary || data.summary || data.incident_role_assignments[0].incident.summary || data.service.summary || data.incident.id || data.incident_role_assignments[0].incident.id || data.service.id}',
        role='{data.incident_role_assignments[0].role.summary}',
        url='{data.html_url || data.incident.html_url || data.incident_role_assignments[0].incident.html_url || data.service.html_url}',
        extra={
            'service': "{data.service.summary || ([data][?type == 'service'].summary | [0])}",
            'team': '{data.teams[0].summary}',
            'urgency': '{data.urgency}',
            'priority': '{data.priority.summary}',
            'status': '{data.state || data.status || data.incident_role_assignments[0].status}',
            'client': "{agent.type != 'user_reference' && agent.summary || client.name}",
        },
    ),
    vendor=Vendor(
        docs='https://support.pagerduty.com/main/docs/webhooks',
        deadline=5,
        retries='for 48 hours after 5xx, 429 or no answer; any other 4xx loses the event, three in a row turn the webhook off for a day',
        secret='issued',
    ),
)
