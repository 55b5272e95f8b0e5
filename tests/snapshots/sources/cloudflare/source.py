"""The definition of cloudflare, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts

SOURCE = Source(
    name='cloudflare',
    description='Cloudflare notifications, such as DDoS attacks and expiring certificates',
    webhook=Webhook(
        auth=Auth(type=token, settings=token.Settings(header='cf-webhook-auth')),
        challenges=(Challenge(when='text && !ts', reply=Reply()),),
    ),
    events=Events(require=('text', 'ts',), type='alert_type || name', time='ts', time_format='unix'),
    facts=Facts(
        summary="cloudflare: {[alert_type || name, (data.target_hostname || data.target_ip || data.health_check_name || data.tunnel_name\n  || data.pool_name || data.prefix_hijacked || data.hostnames || data.zone_name || data.account_name)\n  | @ && join('', ['on ', to_string(@)])][?@] | join(' ', @)}: {text}",
        severity=Choice(
            of="{(alert_event == 'ALERT_STATE_EVENT_END'\n  || contains(['Healthy', 'TUNNEL_STATUS_TYPE_HEALTHY', 'MAGIC_TUNNEL_STATUS_HEALTHY'],\n    data.new_health_status || data.new_status || data.status || '')\n  || contains(['INCIDENT_STATUS_RESOLVED', 'INCIDENT_STATUS_POSTMORTEM'], data.incident_status || '')) && 'INFO'\n|| contains([\n  'advanced_ddos_attack_l4_alert', 'advanced_ddos_attack_l7_alert', 'dos_attack_l4', 'dos_attack_l7',\n  'fbm_dosd_attack', 'fbm_volumetric_attack', 'bgp_hijack_notification', 'scriptmonitor_alert_new_malicious_hosts',\n  'scriptmonitor_alert_new_malicious_scripts', 'scriptmonitor_alert_new_malicious_url'\n  ], alert_type || '') && 'ERROR'\n|| contains([\n  'billing_usage_alert', 'block_notification_block_removed', 'brand_protection_digest', 'image_notification',\n  'image_resizing_notification', 'maintenance_event_notification', 'pages_event_alert', 'radar_notification',\n  'secondary_dns_zone_successfully_updated', 'stream_live_notifications', 'web_analytics_metrics_update',\n  'weekly_account_overview', 'workers_alert'\n  ], alert_type || '') && 'INFO'\n|| 'WARNING'}",
            words={},
        ),
        kind=Choice(
            of="{[alert_type || name, alert_event][?@] | join(' ', @)}",
            words={
                'detection.close': ('* ALERT_STATE_EVENT_END',),
                'configuration.change': ('tunnel_update_event*', 'load_balancing_pool_enablement_alert*', 'fbm_auto_advertisement*',),
                'detection.create': (
                    '*attack*', 'bgp_hijack*', 'clickhouse_alert_fw*', 'scriptmonitor_alert*', 'brand_protection_alert*',
                    'logo_match_alert*', 'security_insights_alert*', '*port_scan_alert*', '*anomal*', '*bot_*alert*',
                    'block_notification_new_block*',
                ),
                'other': ('*',),
            },
        ),
        reason='{data.reason || data.message}',
        target='{data.target_hostname || data.target_ip || data.health_check_name || data.tunnel_name || data.pool_name || data.prefix_hijacked || data.hostnames || data.zone_name}',
        organization='{data.account_name || account_id}',
        session='{alert_correlation_id}',
        url='{data.dashboard_link || data.rule_link}',
        extra={
            'destinationipaddress': '{data.target_ip || data.origin_ip}',
            'zone': '{data.zone_name}',
            'policy': '{policy_name}',
            'attack': '{data.attack_vector || data.attack_type}',
            'rate': '{data.max_rate}',
            'mitigation': '{data.mitigation}',
            'rule': '{data.rule_description || data.rule_name}',
            'state': '{data.new_health_status || data.new_status || data.status || data.certificate_status || data.incident_status}',
        },
    ),
    vendor=Vendor(
        docs='https://developers.cloudflare.com/notifications/reference/webhook-payload-schema/',
        retries='none published',
        secret='chosen',
    ),
)
