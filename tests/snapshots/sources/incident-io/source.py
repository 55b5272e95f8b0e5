"""The definition of incident-io, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts, Mozdef
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import MessageId, Signature, Timestamp

SOURCE = Source(
    name='incident-io',
    description='incident.io incidents, who may see private ones, alerts, escalations and on-call schedules',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('webhook-signature',), prefix='v1,', encoding='base64', split=' '),
                timestamp=Timestamp(header='webhook-timestamp'),
                id=MessageId(header='webhook-id'),
                signed='{id}.{timestamp}.{body}',
                key=KeyEncoding(encoding='base64', strip='whsec_'),
            ),
        ),
    ),
    extends='standard-webhooks',
    bases=('standard-webhooks',),
    events=Events(
        split="(* | [?type(@) == 'object']) || [@]",
        require=("root('event_type')",),
        id="header('webhook-id')",
        type="root('event_type')",
        time="header('webhook-timestamp')",
        time_format='unix',
    ),
    facts=Facts(
        summary="incident-io: {join(': ', [\n  join(' ', [\n    root('event_type'),\n    user_id && join(' ', ['of', user_id]),\n    incident_id && join(' ', ['in', incident_id]),\n    new_status.name || new_status | @ && join(' ', ['to', @]),\n    (actor || contains(root('event_type'), '_created_') && creator).[\n      user.email, user.name, api_key.name, workflow.name, alert.title] | [?@] | [0] | @ && join(' ', ['by', @]),\n    actor_user_id && join(' ', ['by', actor_user_id])\n  ][?@]),\n  join(' ', [\n    reference || incident.reference,\n    [name, title, description, [incident, schedule, status_page_incident][].name,\n      [escalation, postmortem_document][].title, !user_id && id][] | [?@] | [0],\n    current_users && join(' ', ['with', join(', ', current_users[].[email || name][])])\n  ][?@]),\n  [severity, incident.severity, priority, escalation.priority][].name | [0]\n][?@ && @ != ''])}",
        severity=Choice(
            of="{join(' ', [mode || incident.mode || '-', root('event_type'),\n  severity.name || new_status.name || new_status || '-'])}",
            words={
                'INFO': ('test *', 'tutorial *',),
                'WARNING': (
                    '* private_incident.membership_granted_*', '*.incident_created_* Major',
                    '*.incident_created_* Critical', '*.escalation_status_updated_* expired',
                ),
                'NOTICE': (
                    '*.incident_created_*', '*.alert_created_*', '*.escalation_created_*',
                    '* private_incident.membership_revoked_*', '* schedule.updated_*', '* schedule.deleted_*',
                ),
            },
        ),
        kind=Choice(
            of="{join(' ', [root('event_type'), new_status.category || new_status || '-'])}",
            words={
                'permission.grant': ('private_incident.membership_granted_*',),
                'permission.revoke': ('private_incident.membership_revoked_*',),
                'detection.create': ('*.incident_created_*', '*.alert_created_*', '*.escalation_created_*',),
                'detection.close': (
                    '*.alert_resolved_*', '*.incident_status_updated_* closed', '*.incident_status_updated_* declined',
                    '*.incident_status_updated_* canceled', '*.incident_status_updated_* merged',
                    '*.escalation_status_updated_* resolved', '*.escalation_status_updated_* cancelled',
                ),
                'detection.change': ('*.incident_updated_*', '*.incident_status_updated_*', '*.escalation_status_updated_*',),
                'configuration.create': ('schedule.created_*',),
                'configuration.change': ('schedule.updated_*',),
                'configuration.delete': ('schedule.deleted_*',),
                'data.create': ('*.follow_up_created_*', '*.action_created_*', 'status_page_incident.update_shared_*',),
                'data.change': ('*.follow_up_updated_*', '*.action_updated_*', '*.postmortem_document_status_updated_*',),
                'other': ('*',),
            },
        ),
        user="{(actor || contains(root('event_type'), '_created_') && creator).[user.email, user.name, api_key.name] | [?@] | [0]}",
        user_id="{((actor || contains(root('event_type'), '_created_') && creator).[user.id, api_key.id] | [?@] | [0]) || actor_user_id}",
        target_user='{user_id}',
        target='{[reference, incident.reference, incident_id, name, title, [schedule, status_page_incident][].name,\n  [escalation, postmortem_document][].title, id][] | [?@] | [0]}',
        url='{permalink || incident.permalink || source_url}',
        extra={
            'incident': '{incident_id || incident.id || reference && id}',
            'status': '{new_status.name || new_status || incident_status.name || status}',
            'previous_status': '{previous_status.name || previous_status}',
            'visibility': '{visibility || incident.visibility}',
            'on_call': "{join(', ', current_users[].[email || name][])}",
        },
    ),
    mozdef=Mozdef(category='incident-io', hostname='incident_io_host', eventsource='incident_io_api'),
    vendor=Vendor(
        docs='https://docs.incident.io/integrations/webhooks',
        deadline=15,
        retries='for 24 hours, ever later, after anything but a 2xx; an endpoint that fails for 5 days is turned off',
        secret='issued',
    ),
)
