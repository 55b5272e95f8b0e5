"""The definition of datadog, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts

SOURCE = Source(
    name='datadog',
    description='Datadog monitors, incidents and security signals',
    webhook=Webhook(auth=Auth(type=token, settings=token.Settings(header='Authorization', prefix='Bearer '))),
    events=Events(
        require=('id', 'title',),
        id='id',
        type="[signal_id && 'security_signal', incident_id && 'incident', event_type][?@] | [0]",
        time='date',
        time_format='unix_ms',
    ),
    facts=Facts(
        summary="datadog: {join(' ', [\n  join(': ', [\n    [signal_id && 'security signal', incident_id && join(' ', ['incident', incident_id]), transition, event_type\n      ][?@] | [0],\n    [signal_title, incident_title, alert_title, title][?@] | [0]\n  ][?@]),\n  incident_status && join('', ['(', join(', ', [incident_severity, incident_status][?@]), ')'])\n    || rule_name && join('', ['(', rule_name, ')']),\n  [host, scope][?@] | [0] | @ && join(' ', ['on', @]),\n  user && join(' ', ['by', user])\n][?@])}",
        severity=Choice(
            of="{[signal_severity, incident_severity, transition == 'Recovered' && 'recovered', priority,\n  alert_type][?@] | [0] || '-'}",
            words={
                'CRITICAL': ('critical', 'SEV-1',),
                'ERROR': ('high', 'SEV-2', 'P1', 'P2', 'error',),
                'WARNING': ('medium', 'SEV-3', 'P3', 'warning',),
                'NOTICE': ('low', 'SEV-4', 'SEV-5', 'P4', 'P5',),
                'INFO': ('*',),
            },
        ),
        kind=Choice(
            of="{[signal_id && 'signal', incident_id && join(' ', ['incident', incident_status || '-']), transition][?@] | [0] || '-'}",
            words={
                'detection.create': ('signal', 'Triggered', 'Warn', 'No Data', 'incident active',),
                'detection.close': ('Recovered', 'incident resolved', 'incident completed',),
                'detection.change': ('Re-*', 'Renotify', 'incident *',),
                'other': ('*',),
            },
        ),
        reason='{alert_status}',
        user='{email || user}',
        target='{[host, scope, monitor, incident_id][?@] | [0]}',
        organization='{org_name || org_id}',
        url='{link}',
        extra={
            'monitor': '{monitor}',
            'transition': '{transition}',
            'priority': '{priority}',
            'rule': '{rule_name}',
            'signal': '{signal_id}',
            'cycle': '{cycle}',
            'query_text': '{query}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.datadoghq.com/integrations/webhooks/',
        deadline=15,
        retries='after a 5xx only; 5 times where it could not connect',
        secret='chosen',
    ),
)
