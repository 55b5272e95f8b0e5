"""The definition of grafana, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='grafana',
    description='Grafana alerts, firing and resolved',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-Grafana-Alerting-Signature',)),
                timestamp=Timestamp(header='X-Grafana-Alerting-Signature-Timestamp'),
                signed='{timestamp}:{body}',
            ),
        ),
    ),
    events=Events(
        split='alerts',
        require=('status', 'labels',),
        type='status',
        time="status == 'resolved' && endsAt || startsAt",
    ),
    facts=Facts(
        summary="grafana: {status}: {join(', ', [labels.alertname || 'alert', annotations.summary || annotations.description,\n  labels.instance || labels.host, labels.grafana_folder][?@])}",
        severity=Choice(of="{status == 'resolved' && 'INFO' || labels.severity || 'WARNING'}", words={}),
        kind=Choice(of='{status}', words={'detection.create': ('firing',), 'detection.close': ('resolved',)}),
        reason='{annotations.description}',
        target='{labels.instance || labels.host || labels.service}',
        organization="{root('orgId')}",
        url="{generatorURL || root('externalURL')}",
        extra={
            'rule': '{labels.alertname}',
            'folder': '{labels.grafana_folder}',
            'team': '{labels.team}',
            'fingerprint': '{fingerprint}',
            'contact_point': "{root('receiver')}",
            'ended': "{status == 'resolved' && endsAt || ''}",
            'runbook': '{annotations.runbook_url}',
            'not_sent': "{root('truncatedAlerts')}",
        },
    ),
    vendor=Vendor(
        docs='https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/',
        retries='not known in detail; a notification that failed is tried again',
        secret='chosen',
    ),
)
