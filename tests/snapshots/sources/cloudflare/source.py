"""The definition of cloudflare, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Auth, Challenge, Events, Facts, Reply, Source, Vendor, Webhook

SOURCE = Source(
    name='cloudflare',
    description='Cloudflare notifications, such as DDoS attacks and expiring certificates',
    webhook=Webhook(
        auth=Auth(type=token, settings=token.Settings(header='cf-webhook-auth')),
        challenges=(Challenge(when='text && !ts', reply=Reply()),),
    ),
    events=Events(require=('text', 'ts'), type='alert_type || name', time='ts', time_format='unix'),
    facts=Facts(
        summary='cloudflare: {alert_type || name} on {data.target_hostname || data.target_ip || data.hostnames || data.zone_name || data.account_name}: {text}',
        severity="{alert_event == 'ALERT_STATE_EVENT_END' && 'INFO' || contains(['advanced_ddos_attack_l4_alert', 'advanced_ddos_attack_l7_alert'], alert_type) && 'ERROR' || 'WARNING'}",
        extra={'destinationipaddress': '{data.target_ip || data.origin_ip}'},
    ),
    vendor=Vendor(
        docs='https://developers.cloudflare.com/notifications/reference/webhook-payload-schema/',
        retries='none published',
    ),
)
